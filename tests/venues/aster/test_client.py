"""The whole client against a scripted venue: what is checked before the wire and remembered after it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.venues.aster.contracts import D
from tests.venues.aster.keys import ACCOUNT, NOON, NOON_MS, agent, client_id
from tests.venues.aster.scripted import Answer, ScriptedVenue, error, gives
from tests.venues.aster.test_orders import ANSWER, OURS, entry, protective
from vibex.domain import InvalidInput, JsonValue, ManualClock, OrderType, ProtectiveExit, Side, Timeframe
from vibex.venues import Accepted, PositionMode, Refused, Venue
from vibex.venues.aster.client import AsterVenue
from vibex.venues.aster.config import local_config
from vibex.venues.aster.transport import Patience

BTC: JsonValue = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "contractType": "PERPETUAL",
    "baseAsset": "BTC",
    "quoteAsset": "USDT",
    "marginAsset": "USDT",
    "orderTypes": ["LIMIT"],
    "timeInForce": ["GTC"],
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "1", "maxPrice": "1000000", "tickSize": "0.1"},
        {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "1000", "stepSize": "0.001"},
        {"filterType": "MIN_NOTIONAL", "notional": "5"},
    ],
}
INFO: JsonValue = {"symbols": [BTC], "rateLimits": []}
ONE_WAY: JsonValue = {"dualSidePosition": False}
HEDGE: JsonValue = {"dualSidePosition": True}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def venue() -> AsyncIterator[ScriptedVenue]:
    async with ScriptedVenue(time_ms=NOON_MS) as venue:
        yield venue


@pytest.fixture
async def aster(venue: ScriptedVenue, clock: ManualClock) -> AsyncIterator[AsterVenue]:
    aster = AsterVenue(local_config(venue.url, agent()), clock, patience=Patience(reads=2))
    yield aster
    await aster.close()


def paths(venue: ScriptedVenue) -> list[str]:
    return [f"{request.method} {request.path.removeprefix('/fapi/v3/')}" for request in venue.requests]


def test_the_client_is_a_venue(aster: AsterVenue) -> None:
    port: Venue = aster
    assert port.profile.name == "aster"


async def test_an_entry_is_checked_against_rules_and_mode_before_it_is_sent(
    venue: ScriptedVenue, aster: AsterVenue
) -> None:
    venue.script = [gives(INFO), gives(HEDGE), gives(ANSWER), gives(ANSWER)]
    assert isinstance(await aster.place(entry()), Accepted)
    assert isinstance(await aster.place(entry()), Accepted)
    assert paths(venue) == ["GET exchangeInfo", "GET positionSide/dual", "POST order", "POST order"]
    assert venue.requests[2].params["positionSide"] == "LONG"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": D("50000.05")}, "-4014"),
        ({"quantity": D("0.0105")}, "-4023"),
        ({"symbol": "NONE/USDT"}, "-1121"),
        ({"valid_until": NOON - timedelta(seconds=1)}, "too-late"),
    ],
)
async def test_what_the_venue_would_refuse_never_reaches_it(
    changes: dict[str, object], code: str, venue: ScriptedVenue, aster: AsterVenue
) -> None:
    venue.script = [gives(INFO), gives(ONE_WAY)]
    outcome = await aster.place(replace(entry(), **changes))  # type: ignore[arg-type]
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert "POST order" not in paths(venue)


async def test_a_disputed_rule_is_read_again_before_the_next_entry(venue: ScriptedVenue, aster: AsterVenue) -> None:
    venue.script = [gives(INFO), gives(ONE_WAY), error(-4014, "Price not increased by tick size."), gives(INFO)]
    refused = await aster.place(entry())
    assert isinstance(refused, Refused)
    assert "tick" in refused.words
    await aster.place(replace(entry(), price=D("50000.05")))
    assert paths(venue).count("GET exchangeInfo") == 2
    assert paths(venue).count("POST order") == 1


async def test_a_mode_that_was_switched_outside_is_read_again(venue: ScriptedVenue, aster: AsterVenue) -> None:
    venue.script = [gives(INFO), gives(ONE_WAY), error(-4061, "position side"), gives(HEDGE), gives(ANSWER)]
    refused = await aster.place(entry())
    assert isinstance(refused, Refused)
    assert refused.code == "-4061"
    assert isinstance(await aster.place(entry()), Accepted)
    assert venue.requests[-1].params["positionSide"] == "LONG"


async def test_an_entry_waits_for_rules_but_an_exit_does_not(venue: ScriptedVenue, aster: AsterVenue) -> None:
    broken = [Answer(status=500, body="<html>")] * 2
    leave = protective(OrderType.MARKET, "0.5")
    venue.script = [*broken, *broken, gives({**ANSWER, "clientOrderId": str(leave.client_order_id)})]
    refused = await aster.place(entry())
    assert isinstance(refused, Refused)
    assert refused.retry_after_ms is not None
    assert isinstance(await aster.place(leave), Accepted)
    assert venue.requests[-1].params["reduceOnly"] == "true"


async def test_an_exit_off_the_known_grid_is_refused_with_the_code(venue: ScriptedVenue, aster: AsterVenue) -> None:
    venue.script = [gives(INFO)]
    await aster.instruments()
    order = ProtectiveExit(
        account_id=ACCOUNT,
        client_order_id=client_id(),
        symbol="BTC/USDT",
        side=Side.SELL,
        type=OrderType.STOP_MARKET,
        quantity=None,
        trigger_price=D("49000.05"),
    )
    outcome = await aster.place(order)
    assert isinstance(outcome, Refused)
    assert outcome.code == "-4014"


async def test_a_snapshot_holds_mode_balances_positions_and_orders(venue: ScriptedVenue, aster: AsterVenue) -> None:
    answers: dict[str, JsonValue] = {
        "exchangeInfo": INFO,
        "positionSide/dual": HEDGE,
        "multiAssetsMargin": {"multiAssetsMargin": False},
        "balance": [
            {
                "asset": "USDT",
                "balance": "10",
                "crossWalletBalance": "9",
                "availableBalance": "8",
                "updateTime": NOON_MS,
            }
        ],
        "positionRisk": [],
        "openOrders": [ANSWER],
    }
    venue.answers = {f"/fapi/v3/{path}": gives(document) for path, document in answers.items()}
    snapshot = await aster.account_snapshot()
    assert snapshot.position_mode is PositionMode.HEDGE
    assert [(b.asset, b.wallet, b.available) for b in snapshot.balances] == [("USDT", D(10), D(8))]
    assert snapshot.open_orders[0].client_order_id == OURS
    assert not snapshot.multi_assets


def kline(opened: int, closed: int) -> JsonValue:
    return [opened, "1.0", "2.0", "0.5", "1.5", "10", closed, "15", 3, "5", "7", "0"]


async def test_bars_are_read_page_by_page_and_the_running_one_left_out(venue: ScriptedVenue, aster: AsterVenue) -> None:
    minute = 60_000
    start = NOON_MS - 1502 * minute
    first = [kline(start + n * minute, start + (n + 1) * minute - 1) for n in range(1500)]
    second = [kline(start + n * minute, start + (n + 1) * minute - 1) for n in range(1500, 1503)]
    venue.script = [gives(first), gives(second)]
    bars = await aster.bar_history("BTC/USDT", Timeframe.M1, NOON - timedelta(minutes=1502), NOON)
    assert len(bars) == 1502
    assert int(bars.open_time[-1]) == NOON_MS - minute
    assert venue.requests[1].params["startTime"] == str(start + 1499 * minute + 1)
    assert venue.requests[0].params["interval"] == "1m"


async def test_a_venue_that_repeats_its_first_page_does_not_hold_the_reader(
    venue: ScriptedVenue, aster: AsterVenue
) -> None:
    page = [kline(NOON_MS - (1501 - n) * 60_000, NOON_MS - (1500 - n) * 60_000 - 1) for n in range(1500)]
    venue.script = [gives(page)] * 5
    bars = await aster.bar_history("BTC/USDT", Timeframe.M1, NOON - timedelta(days=5), NOON)
    assert len(bars) == 1500
    assert len(venue.requests) == 2


@pytest.mark.parametrize(
    ("call", "document", "path"),
    [
        (
            lambda a: a.mark_price("BTC/USDT"),
            {
                "symbol": "BTCUSDT",
                "markPrice": "1.5",
                "indexPrice": "1.4",
                "lastFundingRate": "0.0001",
                "time": NOON_MS,
            },
            "premiumIndex",
        ),
        (
            lambda a: a.funding_history("BTC/USDT", NOON, NOON + timedelta(days=1)),
            [{"symbol": "BTCUSDT", "fundingRate": "-0.0001", "fundingTime": NOON_MS + 7}],
            "fundingRate",
        ),
        (lambda a: a.order_book("BTC/USDT", 30), {"lastUpdateId": 1, "bids": [["1", "2"]], "asks": []}, "depth"),
    ],
)
async def test_public_data_is_read_without_a_signature(
    call: Callable[[AsterVenue], Awaitable[object]],
    document: JsonValue,
    path: str,
    venue: ScriptedVenue,
    aster: AsterVenue,
) -> None:
    venue.script = [gives(document)]
    await call(aster)
    assert paths(venue) == [f"GET {path}"]
    assert "signature" not in venue.requests[0].params


async def test_open_interest_is_asked_where_it_lives(venue: ScriptedVenue, aster: AsterVenue) -> None:
    venue.script = [gives({"symbol": "BTCUSDT", "openInterest": "10.5", "time": NOON_MS})]
    assert (await aster.open_interest("BTC/USDT")).quantity == D("10.5")
    assert venue.requests[0].path == "/fapi/v1/openInterest"


async def test_an_unknown_symbol_names_the_field(venue: ScriptedVenue, aster: AsterVenue) -> None:
    venue.script = [error(-1121, "Invalid symbol.")]
    with pytest.raises(InvalidInput) as caught:
        await aster.mark_price("NONE/USDT")
    assert caught.value.field == "symbol"


def test_the_manual_lists_exactly_the_endpoints_of_the_client() -> None:
    from vibex.venues.aster.endpoints import ENDPOINTS

    manual = (Path(__file__).resolve().parents[3] / "docs" / "venues.md").read_text(encoding="utf-8")
    listed = {line.split("|")[1].strip() for line in manual.splitlines() if line.startswith("| `")}
    listed = {row.strip("`") for row in listed}
    wanted = {f"{e.method} {e.route(legacy=False)}" for e in ENDPOINTS.values()}
    assert {row for row in listed if row.split(" ")[0] in {"GET", "POST", "PUT", "DELETE"}} == wanted
