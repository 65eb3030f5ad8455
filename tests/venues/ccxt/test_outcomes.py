"""What an answer proves about a write: accepted, refused or unknown; nothing is sent twice; no secret is told."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import aiohttp
import pytest

from tests.venues.ccxt.intents import VENUES, entry, exit_, symbol_of
from tests.venues.ccxt.scripted import CANARY, NOW, PRIVATE_KEY, Answer, ScriptedSession, opened, scripted
from vibex.domain import InvalidInput, ManualClock, OrderStatus, OrderType, RetryLater, Side, StopTrading, TimeInForce
from vibex.venues import Accepted, Done, NotFound, Outcome, Refused, Unknown
from vibex.venues.reports import MarginMode

D = Decimal
PATHS = {
    "binanceusdm": "fapi/v1/order",
    "bybit": "v5/order/create",
    "okx": "api/v5/trade/order",
    "hyperliquid": "/exchange",
}
SUCCESSES: dict[str, object] = {
    "binanceusdm": {
        "orderId": 123,
        "symbol": "BTCUSDT",
        "status": "FILLED",
        "clientOrderId": "vxabc230003000007e00",
        "price": "0",
        "avgPrice": "65000.50",
        "origQty": "0.012",
        "executedQty": "0.012",
        "side": "BUY",
        "type": "MARKET",
        "updateTime": 1763700000000,
    },
    "bybit": {"retCode": 0, "retMsg": "OK", "result": {"orderId": "b-1", "orderLinkId": "vxabc230003000007e00"}},
    "okx": {"code": "0", "msg": "", "data": [{"ordId": "o-1", "clOrdId": "x", "sCode": "0", "sMsg": ""}]},
    "hyperliquid": {
        "status": "ok",
        "response": {
            "type": "order",
            "data": {"statuses": [{"filled": {"totalSz": "0.012", "avgPx": "65000.5", "oid": 77}}]},
        },
    },
}
REFUSALS: dict[str, tuple[int, object, str]] = {
    "binanceusdm": (400, {"code": -2019, "msg": "Margin is insufficient."}, "-2019"),
    "bybit": (200, {"retCode": 110007, "retMsg": "ab not enough for new order", "result": {}}, "110007"),
    "okx": (
        200,
        {"code": "1", "msg": "All operations failed", "data": [{"ordId": "", "sCode": "51008", "sMsg": "No margin"}]},
        "51008",
    ),
    "hyperliquid": (
        200,
        {
            "status": "ok",
            "response": {
                "type": "order",
                "data": {"statuses": [{"error": "Insufficient margin to place order. asset=0"}]},
            },
        },
        "refused",
    ),
}


async def place(venue: str, *answers: Answer) -> tuple[Outcome, ScriptedSession]:
    session = scripted(venue)
    client = opened(venue, session)
    await client.instruments()
    session.once.extend(answers)
    session.sent.clear()
    outcome = await client.place(entry(venue, OrderType.LIMIT, Side.BUY))
    await client.close()
    return outcome, session


@pytest.mark.parametrize("venue", VENUES)
async def test_an_order_that_was_taken_is_accepted_with_the_venues_number(venue: str) -> None:
    outcome, _ = await place(venue, Answer(PATHS[venue], SUCCESSES[venue]))
    assert isinstance(outcome, Accepted)
    assert outcome.order.venue_order_id
    assert outcome.order.client_order_id == "vxabc230003000007e00"
    if venue in ("binanceusdm", "hyperliquid"):
        assert (outcome.order.status, outcome.order.filled_quantity) == (OrderStatus.FILLED, D("0.012"))
        assert outcome.order.average_price == D("65000.50")
    else:
        assert outcome.order.status is OrderStatus.OPEN


@pytest.mark.parametrize("venue", VENUES)
async def test_a_refusal_carries_the_venues_code_its_words_and_a_remedy(venue: str) -> None:
    status, body, code = REFUSALS[venue]
    outcome, session = await place(venue, Answer(PATHS[venue], body, status=status))
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert outcome.words
    assert outcome.remedy == "reduce the quantity"
    assert len(session.sent) == 1


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize(
    "answer",
    [
        Answer("", raises=TimeoutError()),
        Answer("", raises=aiohttp.ServerDisconnectedError()),
        Answer("", raises=aiohttp.ClientPayloadError("cut")),
        Answer("", "<html>Bad gateway</html>", status=502),
        Answer("", "<html>elsewhere</html>", status=302),
        Answer("", "<html>hello</html>"),
        Answer("", '{"orderId": 1, "executedQty": NaN}'),
        Answer("", '{"orderId": 1, "exec'),
        Answer("", {}),
        Answer("", {"code": -1007, "msg": "Timeout", "retCode": 10016, "status": ""}, status=503),
    ],
    ids=["time-out", "disconnect", "cut", "502", "302", "html", "nan", "half", "empty", "503"],
)
async def test_an_answer_that_proves_nothing_is_unknown_and_never_sent_again(venue: str, answer: Answer) -> None:
    outcome, session = await place(venue, Answer(PATHS[venue], answer.body, answer.status, answer.raises))
    assert isinstance(outcome, Unknown), outcome
    assert len(session.sent) == 1


@pytest.mark.parametrize(
    ("venue", "body"),
    [
        ("binanceusdm", {"code": -1007, "msg": "Timeout waiting for response from backend server."}),
        ("bybit", {"retCode": 10000, "retMsg": "Server Timeout", "result": {}}),
        ("okx", {"code": "50004", "msg": "API endpoint request timeout", "data": []}),
    ],
)
async def test_codes_that_leave_the_venue_in_doubt_leave_the_order_unknown(venue: str, body: object) -> None:
    outcome, _ = await place(venue, Answer(PATHS[venue], body))
    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("venue", VENUES)
async def test_a_machine_that_cannot_be_reached_was_sent_nothing(venue: str) -> None:
    outcome, _ = await place(venue, Answer(PATHS[venue], raises=socket.gaierror("no such host")))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.retry_after_ms) == ("not-sent", 1000)


@pytest.mark.parametrize("status", [429, 418])
async def test_too_many_requests_are_refused_with_the_time_to_wait(status: int) -> None:
    outcome, session = await place(
        "binanceusdm", Answer(PATHS["binanceusdm"], {"code": -1003, "msg": "Way too many requests"}, status=status)
    )
    assert isinstance(outcome, Refused)
    assert outcome.code == str(status)
    assert outcome.retry_after_ms
    assert len(session.sent) == 1


WRONG_KEYS: dict[str, tuple[int, object]] = {
    "binanceusdm": (401, {"code": -2015, "msg": f"Invalid API-key {CANARY}, IP, or permissions for action."}),
    "bybit": (200, {"retCode": 10003, "retMsg": f"API key {CANARY} is invalid.", "result": {}}),
    "okx": (401, {"code": "50111", "msg": f"Invalid OK-ACCESS-KEY {CANARY}", "data": []}),
}


@pytest.mark.parametrize("venue", list(WRONG_KEYS))
async def test_wrong_keys_stop_and_no_message_repeats_a_secret(venue: str, caplog: pytest.LogCaptureFixture) -> None:
    status, body = WRONG_KEYS[venue]
    caplog.set_level("DEBUG")
    outcome, _ = await place(venue, Answer(PATHS[venue], body, status=status))
    assert isinstance(outcome, Refused)
    assert outcome.stop
    assert f"{venue.upper()}_" in outcome.remedy
    assert CANARY not in repr(outcome) + caplog.text
    assert f"key-of-{venue}" not in caplog.text


@pytest.mark.parametrize("venue", list(WRONG_KEYS))
async def test_wrong_keys_stop_a_reading_too(venue: str) -> None:
    status, body = WRONG_KEYS[venue]
    session = scripted(venue)
    client = opened(venue, session)
    await client.instruments()
    session.standing.append(Answer("", body, status=status))
    with pytest.raises(StopTrading) as error:
        await client.account_snapshot()
    assert CANARY not in str(error.value) + repr(error.value)
    await client.close()


@pytest.mark.parametrize("venue", VENUES)
async def test_what_the_profile_does_not_list_never_reaches_the_wire(venue: str) -> None:
    session = scripted(venue)
    client = opened(venue, session)
    await client.instruments()
    session.sent.clear()
    refused = [
        await client.place(exit_(venue, kind, Side.SELL, quantity=None))
        for kind in OrderType
        if kind not in client.profile.closing_types and kind is not OrderType.LIMIT
    ]
    refused += [
        await client.place(entry(venue, kind, Side.BUY)) for kind in OrderType if kind not in client.profile.entry_types
    ]
    assert refused
    assert all(isinstance(one, Refused) and one.code == "not-in-profile" for one in refused)
    assert not session.sent
    await client.close()


async def test_okx_has_no_time_in_force_behind_a_trigger() -> None:
    session = scripted("okx")
    client = opened("okx", session)
    outcome = await client.place(entry("okx", OrderType.STOP_LIMIT, Side.BUY, force=TimeInForce.IOC))
    assert isinstance(outcome, Refused)
    assert outcome.code == "not-in-profile"
    await client.close()


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("quantity", ["0.01200001", "0.00000001"])
async def test_a_quantity_off_the_lot_is_refused_and_never_rounded(venue: str, quantity: str) -> None:
    session = scripted(venue)
    client = opened(venue, session)
    await client.instruments()
    session.sent.clear()
    outcome = await client.place(entry(venue, OrderType.LIMIT, Side.BUY, quantity=D(quantity)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "off-grid"
    assert outcome.remedy
    assert not session.sent
    await client.close()


@pytest.mark.parametrize("venue", VENUES)
async def test_the_live_network_without_leave_is_read_and_not_written(venue: str) -> None:
    session = scripted(venue)
    client = opened(venue, session, may_write=False)
    symbol = symbol_of(venue)
    await client.instruments()
    session.sent.clear()
    for outcome in (
        await client.place(entry(venue, OrderType.LIMIT, Side.BUY)),
        await client.cancel(symbol, "vxabc230003000007e00"),
        await client.set_leverage(symbol, 2),
    ):
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.stop) == ("not-live", True)
    assert not session.sent
    await client.close()


async def test_without_keys_nothing_is_written_and_the_account_is_no_question() -> None:
    session = scripted("okx")
    client = opened("okx", session, keys=False)
    outcome = await client.place(entry("okx", OrderType.LIMIT, Side.BUY))
    assert isinstance(outcome, Refused)
    assert outcome.code == "no-keys"
    with pytest.raises(InvalidInput, match="OKX"):
        await client.account_snapshot()
    await client.close()


async def test_an_unknown_symbol_is_refused_with_what_there_is_instead() -> None:
    client = opened("hyperliquid", scripted("hyperliquid"))
    outcome = await client.place(entry("binanceusdm", OrderType.LIMIT, Side.BUY))
    assert isinstance(outcome, Refused)
    assert outcome.code == "unknown-symbol"
    assert "BTC/USDC" in outcome.remedy
    await client.close()


async def test_hedge_mode_is_refused_by_the_venue_and_says_what_to_do() -> None:
    body = {"code": -4061, "msg": "Order's position side does not match user's setting."}
    outcome, _ = await place("binanceusdm", Answer(PATHS["binanceusdm"], body, status=400))
    assert isinstance(outcome, Refused)
    assert outcome.code == "-4061"
    assert "one-way" in outcome.remedy


async def test_a_stop_is_found_on_its_own_path_and_followed_to_the_order_that_it_became() -> None:
    session = scripted("binanceusdm")
    client = opened("binanceusdm", session)
    session.once += [
        Answer("origClientOrderId", {"code": -2013, "msg": "Order does not exist."}, status=400),
        Answer(
            "algoOrder",
            {
                "algoId": 9,
                "clientAlgoId": "vxabc230003000007s00",
                "algoType": "CONDITIONAL",
                "orderType": "STOP_MARKET",
                "symbol": "BTCUSDT",
                "side": "SELL",
                "algoStatus": "FINISHED",
                "triggerPrice": "63500",
                "quantity": "0.012",
                "actualOrderId": "555",
                "reduceOnly": True,
            },
        ),
        Answer(
            "orderId=555",
            {
                "orderId": 555,
                "symbol": "BTCUSDT",
                "status": "PARTIALLY_FILLED",
                "clientOrderId": "system",
                "price": "0",
                "avgPrice": "63490",
                "origQty": "0.012",
                "executedQty": "0.005",
                "cumQuote": "317.45",
                "side": "SELL",
                "type": "MARKET",
                "reduceOnly": True,
                "time": 1763700000000,
                "updateTime": 1763700000001,
            },
        ),
    ]
    found = await client.query("BTC/USDT", "vxabc230003000007s00")
    assert not isinstance(found, NotFound)
    assert (found.client_order_id, found.venue_type) == ("vxabc230003000007s00", "STOP_MARKET")
    assert (found.status, found.filled_quantity) == (OrderStatus.PARTIALLY_FILLED, D("0.005"))
    await client.close()


async def test_a_fired_stop_whose_order_is_not_known_is_not_called_filled() -> None:
    session = scripted("okx")
    client = opened("okx", session)
    session.once += [
        Answer("clOrdId=vx", {"code": "51603", "msg": "Order does not exist", "data": []}),
        Answer(
            "order-algo",
            {
                "code": "0",
                "msg": "",
                "data": [
                    {
                        "algoId": "9",
                        "algoClOrdId": "vxabc230003000007s00",
                        "instId": "BTC-USDT-SWAP",
                        "instType": "SWAP",
                        "ordType": "conditional",
                        "side": "sell",
                        "state": "effective",
                        "sz": "1.2",
                        "slTriggerPx": "63500",
                        "slOrdPx": "-1",
                        "reduceOnly": "true",
                        "ordId": "",
                        "ordIdList": [],
                        "cTime": "1763700000000",
                        "uTime": "1763700000000",
                    }
                ],
            },
        ),
    ]
    found = await client.query("BTC/USDT", "vxabc230003000007s00")
    assert not isinstance(found, NotFound)
    assert found.status is OrderStatus.UNKNOWN
    assert found.quantity == D("0.0120")
    await client.close()


async def test_an_order_that_nobody_knows_is_not_found_with_the_venues_code() -> None:
    session = scripted("hyperliquid")
    client = opened("hyperliquid", session)
    session.once.append(Answer("orderStatus", {"status": "unknownOid"}))
    assert await client.query("BTC/USDC", "vxabc230003000007e00") == NotFound(code="unknownOid")
    await client.close()


async def test_a_setting_that_holds_already_is_done() -> None:
    session = scripted("binanceusdm")
    client = opened("binanceusdm", session)
    session.once.append(Answer("marginType", {"code": -4046, "msg": "No need to change margin type."}, status=400))
    assert await client.set_margin_mode("BTC/USDT", MarginMode.CROSS) == Done(already=True)
    await client.close()


async def test_two_actions_of_hyperliquid_in_one_moment_have_two_nonces() -> None:
    session = scripted("hyperliquid")
    client = opened("hyperliquid", session)
    await client.instruments()
    session.sent.clear()
    session.standing.append(Answer("/exchange", SUCCESSES["hyperliquid"]))
    await asyncio.gather(*(client.place(entry("hyperliquid", OrderType.LIMIT, side)) for side in (Side.BUY, Side.SELL)))
    nonces = {part for one in session.sent for part in one.body.split(",") if '"nonce"' in part}
    assert len(nonces) == 2
    assert PRIVATE_KEY[2:] not in "".join(one.body for one in session.sent)
    await client.close()


async def test_a_venue_that_does_not_answer_is_a_reason_to_ask_later() -> None:
    session = scripted("bybit")
    client = opened("bybit", session)
    await client.instruments()
    session.standing.append(Answer("", "<html>maintenance</html>", status=503))
    with pytest.raises(RetryLater):
        await client.order_book("BTC/USDT", 5)
    await client.close()


async def test_an_exit_is_not_held_up_by_rules_that_cannot_be_read_again() -> None:
    session = scripted("binanceusdm")
    clock = ManualClock(NOW)
    client = opened("binanceusdm", session, clock=clock)
    await client.instruments()
    clock.advance(2 * 3600)
    session.standing = [Answer("exchangeInfo", raises=TimeoutError()), Answer("", SUCCESSES["binanceusdm"])]
    assert isinstance(await client.place(exit_("binanceusdm", OrderType.MARKET, Side.SELL)), Accepted)
    fresh = replace(entry("binanceusdm", OrderType.MARKET, Side.SELL), valid_until=NOW + timedelta(hours=3))
    held = await client.place(fresh)
    assert isinstance(held, Refused)
    assert held.code == "not-sent"
    await client.close()
