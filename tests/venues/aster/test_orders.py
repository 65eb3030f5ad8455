"""What exactly is sent for each allowed request, and what the venue's answers are taken to prove."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.venues.aster.contracts import D
from tests.venues.aster.keys import ACCOUNT, NOON, NOON_MS, agent, client_id, transport_to
from tests.venues.aster.scripted import Answer, ScriptedVenue, error, gives
from vibex.domain import (
    ApprovedEntry,
    InvalidInput,
    JsonValue,
    ManualClock,
    OrderKind,
    OrderStatus,
    OrderType,
    ProtectiveExit,
    RetryLater,
    Side,
    TimeInForce,
)
from vibex.venues.aster.orders import Orders, order_form
from vibex.venues.aster.profile import ASTER_PROFILE
from vibex.venues.aster.symbols import SymbolNames
from vibex.venues.outcome import Accepted, Done, NotFound, Refused, Unknown
from vibex.venues.profile import check
from vibex.venues.reports import PositionMode, ReportedOrder

ONE_WAY, HEDGE = PositionMode.ONE_WAY, PositionMode.HEDGE


def entry(kind: OrderType = OrderType.LIMIT, **changes: object) -> ApprovedEntry:
    whole = ApprovedEntry(
        account_id=ACCOUNT,
        client_order_id=client_id(),
        symbol="BTC/USDT",
        side=Side.BUY,
        type=kind,
        quantity=D("0.010"),
        leverage=D(3),
        valid_until=NOON + timedelta(seconds=30),
        min_price=D(40000),
        max_price=D(60000),
        rule="test",
        price=D("5E+4") if kind.has_price else None,
        trigger_price=D("50500") if kind.has_trigger else None,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def protective(kind: OrderType, quantity: str | None, side: Side = Side.SELL) -> ProtectiveExit:
    return ProtectiveExit(
        account_id=ACCOUNT,
        client_order_id=client_id(kind=OrderKind.STOP),
        symbol="BTC/USDT",
        side=side,
        type=kind,
        quantity=None if quantity is None else D(quantity),
        price=D(48000) if kind.has_price else None,
        trigger_price=D(49000) if kind.has_trigger else None,
    )


def sent(order: ApprovedEntry | ProtectiveExit, mode: PositionMode = ONE_WAY) -> str:
    params = dict(order_form(order, mode))
    assert params.pop("newClientOrderId") == str(order.client_order_id)
    assert params.pop("newOrderRespType") == "RESULT"
    assert params.pop("symbol") == "BTCUSDT"
    return " ".join(f"{name}={value}" for name, value in params.items())


@pytest.mark.parametrize(
    ("order", "mode", "expected"),
    [
        (entry(), ONE_WAY, "side=BUY type=LIMIT timeInForce=GTC quantity=0.010 price=50000"),
        (
            entry(time_in_force=TimeInForce.POST_ONLY),
            HEDGE,
            "side=BUY positionSide=LONG type=LIMIT timeInForce=GTX quantity=0.010 price=50000",
        ),
        (entry(OrderType.MARKET, side=Side.SELL), HEDGE, "side=SELL positionSide=SHORT type=MARKET quantity=0.010"),
        (
            entry(OrderType.STOP_MARKET),
            ONE_WAY,
            "side=BUY type=STOP_MARKET quantity=0.010 stopPrice=50500 workingType=CONTRACT_PRICE",
        ),
        (
            entry(OrderType.STOP_LIMIT),
            ONE_WAY,
            "side=BUY type=STOP timeInForce=GTC quantity=0.010 price=50000 stopPrice=50500 workingType=CONTRACT_PRICE",
        ),
        (
            protective(OrderType.STOP_MARKET, None),
            ONE_WAY,
            "side=SELL type=STOP_MARKET stopPrice=49000 closePosition=true workingType=MARK_PRICE",
        ),
        (
            protective(OrderType.STOP_MARKET, None),
            HEDGE,
            "side=SELL positionSide=LONG type=STOP_MARKET stopPrice=49000 closePosition=true workingType=MARK_PRICE",
        ),
        (
            protective(OrderType.TAKE_PROFIT_MARKET, "0.5", Side.BUY),
            HEDGE,
            "side=BUY positionSide=SHORT type=TAKE_PROFIT_MARKET quantity=0.5 stopPrice=49000 workingType=MARK_PRICE",
        ),
        (protective(OrderType.MARKET, "0.5"), ONE_WAY, "side=SELL type=MARKET quantity=0.5 reduceOnly=true"),
        (protective(OrderType.MARKET, "0.5"), HEDGE, "side=SELL positionSide=LONG type=MARKET quantity=0.5"),
        (
            protective(OrderType.LIMIT, "0.5"),
            ONE_WAY,
            "side=SELL type=LIMIT timeInForce=GTC quantity=0.5 price=48000 reduceOnly=true",
        ),
    ],
)
def test_each_allowed_request_becomes_exactly_these_parameters(
    order: ApprovedEntry | ProtectiveExit, mode: PositionMode, expected: str
) -> None:
    assert check(order, ASTER_PROFILE, NOON) is None
    assert sent(order, mode) == expected


@pytest.mark.parametrize("kind", list(OrderType))
@pytest.mark.parametrize("quantity", [None, "1"])
def test_no_exit_in_one_way_mode_goes_out_without_a_flag_that_binds_it(kind: OrderType, quantity: str | None) -> None:
    order = protective(kind, quantity)
    if check(order, ASTER_PROFILE, NOON) is None:
        assert ("reduceOnly=true" in sent(order)) is not ("closePosition=true" in sent(order))


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (entry(OrderType.TAKE_PROFIT_MARKET), "not-in-profile"),
        (entry(leverage=D(126)), "not-in-profile"),
        (entry(OrderType.MARKET, time_in_force=TimeInForce.IOC), "not-in-profile"),
        (entry(valid_until=NOON - timedelta(seconds=1)), "too-late"),
        (entry(price=D(60001)), "outside-approval"),
        (protective(OrderType.MARKET, None), "not-in-profile"),
        (protective(OrderType.LIMIT, None), "not-in-profile"),
    ],
)
def test_what_is_not_in_the_profile_or_the_approval_is_refused_before_the_wire(
    order: ApprovedEntry | ProtectiveExit, code: str
) -> None:
    refused = check(order, ASTER_PROFILE, NOON)
    assert refused is not None
    assert refused.code == code
    assert refused.remedy


OURS = str(client_id())
ANSWER: dict[str, JsonValue] = {
    "orderId": 7,
    "symbol": "BTCUSDT",
    "status": "PARTIALLY_FILLED",
    "clientOrderId": OURS,
    "price": "50000",
    "avgPrice": "49999.50",
    "origQty": "0.010",
    "executedQty": "0.004",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "origType": "LIMIT",
    "side": "BUY",
    "positionSide": "BOTH",
    "stopPrice": "0",
    "reduceOnly": False,
    "closePosition": False,
    "updateTime": NOON_MS,
    "newChainData": {"hash": "0x1"},
}


@pytest.fixture
async def venue() -> AsyncIterator[ScriptedVenue]:
    async with ScriptedVenue() as venue:
        yield venue


@pytest.fixture
async def orders(venue: ScriptedVenue) -> AsyncIterator[Orders]:
    transport = transport_to(venue, ManualClock(NOON), agent())
    yield Orders(transport, SymbolNames())
    await transport.close()


async def test_an_accepted_order_is_reported_as_the_venue_has_it(venue: ScriptedVenue, orders: Orders) -> None:
    venue.script = [gives(ANSWER)]
    outcome = await orders.place(entry(), ONE_WAY)
    assert isinstance(outcome, Accepted)
    assert outcome.order.status is OrderStatus.PARTIALLY_FILLED
    assert (outcome.order.filled_quantity, outcome.order.average_price) == (D("0.004"), D("49999.50"))
    assert outcome.order.symbol == "BTC/USDT"
    assert outcome.order.updated_at == NOON
    assert venue.requests[0].params["newClientOrderId"] == str(client_id())


@pytest.mark.parametrize("body", ["[]", "{}", '"ok"', '{"orderId": 7, "symbol": "BTCUSDT"}'])
async def test_an_answer_without_an_order_leaves_the_outcome_unknown(
    body: str, venue: ScriptedVenue, orders: Orders
) -> None:
    venue.script = [Answer(body=body)]
    assert isinstance(await orders.place(entry(), ONE_WAY), Unknown)


async def test_an_answer_about_another_order_proves_nothing(venue: ScriptedVenue, orders: Orders) -> None:
    other: JsonValue = {**ANSWER, "clientOrderId": "vxother"}
    venue.script = [gives(other)] * 3
    assert isinstance(await orders.place(entry(), ONE_WAY), Unknown)
    assert isinstance(await orders.cancel("BTC/USDT", OURS), Unknown)
    with pytest.raises(RetryLater, match="another order"):
        await orders.query("BTC/USDT", OURS)


async def test_a_status_in_no_document_is_unknown(venue: ScriptedVenue, orders: Orders) -> None:
    venue.script = [gives({**ANSWER, "status": "PONDERING"})]
    outcome = await orders.place(entry(), ONE_WAY)
    assert isinstance(outcome, Accepted)
    assert outcome.order.status is OrderStatus.UNKNOWN


async def test_a_batch_has_one_outcome_for_each_order_in_order(venue: ScriptedVenue, orders: Orders) -> None:
    venue.script = [gives([ANSWER, {"code": -2019, "msg": "Margin"}, {"code": -1007, "msg": "Timeout"}])]
    outcomes = await orders.place_batch([entry(), entry(), entry()], ONE_WAY)
    assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Unknown]
    batch = venue.requests[0].params["batchOrders"]
    assert " " not in batch
    assert [order["symbol"] for order in json.loads(batch)] == ["BTCUSDT"] * 3


async def test_a_batch_answer_that_misses_an_order_proves_nothing_about_any(
    venue: ScriptedVenue, orders: Orders
) -> None:
    venue.script = [gives([ANSWER])]
    outcomes = await orders.place_batch([entry(), entry()], ONE_WAY)
    assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]


async def test_batches_beyond_the_venues_size_are_refused(orders: Orders) -> None:
    with pytest.raises(InvalidInput):
        await orders.place_batch([entry()] * 6, ONE_WAY)
    with pytest.raises(InvalidInput):
        await orders.cancel_batch("BTC/USDT", ["a"] * 11)


async def test_cancels_name_our_id_and_report_what_is_left(venue: ScriptedVenue, orders: Orders) -> None:
    cancelled: JsonValue = {**ANSWER, "status": "CANCELED"}
    venue.script = [
        gives(cancelled),
        error(-2011, "Unknown order sent."),
        gives([cancelled, {"code": "-2011", "msg": "Unknown order sent."}]),
        gives({"code": "200", "msg": "The operation of cancel all open order is done."}),
    ]
    outcome = await orders.cancel("BTC/USDT", OURS)
    assert isinstance(outcome, Accepted)
    assert outcome.order.status is OrderStatus.CANCELLED
    gone = await orders.cancel("BTC/USDT", OURS)
    assert isinstance(gone, Refused)
    assert "final" in gone.words
    assert [type(o) for o in await orders.cancel_batch("BTC/USDT", ["a", "b"])] == [Accepted, Refused]
    assert await orders.cancel_all("BTC/USDT") == Done()
    assert [request.method for request in venue.requests] == ["DELETE"] * 4
    assert venue.requests[2].params["origClientOrderIdList"] == '["a","b"]'


async def test_a_missing_order_is_not_found_and_no_error(venue: ScriptedVenue, orders: Orders) -> None:
    venue.script = [error(-2013, "Order does not exist."), gives(ANSWER), error(-2013)]
    assert await orders.query("BTC/USDT", OURS) == NotFound(code="-2013")
    assert isinstance(await orders.query("BTC/USDT", OURS), ReportedOrder)
    assert await orders.query_open("BTC/USDT", OURS) == NotFound(code="-2013")
    assert [request.path for request in venue.requests] == [
        "/fapi/v3/order",
        "/fapi/v3/order",
        "/fapi/v3/openOrder",
    ]


async def test_a_change_names_both_price_and_quantity(venue: ScriptedVenue, orders: Orders) -> None:
    venue.script = [gives(ANSWER)]
    assert isinstance(await orders.modify("BTC/USDT", OURS, quantity=D("0.02"), price=D("1E+4")), Accepted)
    assert venue.requests[0].method == "PUT"
    assert venue.requests[0].params["price"] == "10000"


async def test_the_dead_mans_switch_is_told_in_milliseconds(venue: ScriptedVenue, orders: Orders) -> None:
    venue.script = [gives({"symbol": "BTCUSDT", "countdownTime": "120000"})]
    assert await orders.countdown_cancel("BTC/USDT", timedelta(minutes=2)) == Done()
    assert venue.requests[0].params["countdownTime"] == "120000"


def trade(number: int, commission: str = "-0.02") -> JsonValue:
    return {
        "symbol": "BTCUSDT",
        "id": number,
        "orderId": 7,
        "side": "BUY",
        "price": "50000",
        "qty": "0.001",
        "realizedPnl": "0",
        "commission": commission,
        "commissionAsset": "USDT",
        "time": NOON_MS + number,
        "positionSide": "BOTH",
        "maker": False,
    }


async def test_a_full_page_of_trades_is_continued_by_id_without_repeats(venue: ScriptedVenue, orders: Orders) -> None:
    venue.script = [gives([trade(n) for n in range(1000)]), gives([trade(n) for n in range(999, 1003)])]
    fills = await orders.user_trades("BTC/USDT", NOON, NOON + timedelta(days=1))
    assert [int(fill.trade_id) for fill in fills] == list(range(1003))
    assert "startTime" in venue.requests[0].params
    assert venue.requests[1].params["fromId"] == "1000"
    assert "startTime" not in venue.requests[1].params


async def test_a_paid_commission_is_a_positive_fee(venue: ScriptedVenue, orders: Orders) -> None:
    venue.script = [gives([trade(1, "-0.02"), trade(2, "0.005")])]
    fills = await orders.user_trades("BTC/USDT", NOON, NOON + timedelta(days=1))
    assert [fill.fee for fill in fills] == [Decimal("0.02"), Decimal("-0.005")]


async def test_history_longer_than_the_venues_window_is_asked_for_in_pieces(
    venue: ScriptedVenue, orders: Orders
) -> None:
    venue.script = [gives([ANSWER]), gives([]), gives([])]
    found = await orders.all_orders("BTC/USDT", NOON - timedelta(days=15), NOON)
    assert len(found) == 1
    spans = [(int(r.params["startTime"]), int(r.params["endTime"])) for r in venue.requests]
    week_ms = 7 * 86_400_000
    assert all(end - start < week_ms for start, end in spans)
    assert all(after[0] == before[1] + 1 for before, after in pairwise(spans))
    assert (spans[0][0], spans[-1][1]) == (NOON_MS - 15 * 86_400_000, NOON_MS)
