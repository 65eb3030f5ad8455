"""The account: what is read, and what a change of its settings is taken to mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.venues.aster.contracts import D
from tests.venues.aster.keys import NOON, NOON_MS, agent, transport_to
from tests.venues.aster.scripted import Answer, ScriptedVenue, error, gives
from vibex.domain import InvalidInput, JsonValue, ManualClock, RetryLater
from vibex.venues.aster.account import Account
from vibex.venues.aster.symbols import SymbolNames
from vibex.venues.outcome import Done, Refused, Unknown
from vibex.venues.reports import MarginMode, PositionMode


@pytest.fixture
async def venue() -> AsyncIterator[ScriptedVenue]:
    async with ScriptedVenue() as venue:
        yield venue


@pytest.fixture
async def account(venue: ScriptedVenue) -> AsyncIterator[Account]:
    transport = transport_to(venue, ManualClock(NOON), agent())
    yield Account(transport, SymbolNames())
    await transport.close()


def row(number: int, at_ms: int, kind: str = "FUNDING_FEE") -> JsonValue:
    return {
        "symbol": "BTCUSDT",
        "incomeType": kind,
        "income": "-0.5",
        "asset": "USDT",
        "info": "",
        "time": at_ms,
        "tranId": number,
        "tradeId": "",
    }


async def test_a_full_page_of_income_is_continued_and_nothing_counted_twice(
    venue: ScriptedVenue, account: Account
) -> None:
    first = [row(n, NOON_MS + n // 2) for n in range(1000)]
    second = [row(n, NOON_MS + n // 2) for n in range(998, 1001)]
    venue.script = [gives(first), gives(second)]
    rows = await account.income(NOON, NOON + timedelta(days=1))
    assert [int(read.row_id) for read in rows] == list(range(1001))
    assert venue.requests[1].params["startTime"] == str(NOON_MS + 499)
    assert (rows[0].amount, rows[0].symbol, rows[0].trade_id) == (D("-0.5"), "BTC/USDT", None)


async def test_a_venue_that_repeats_its_page_of_income_does_not_hold_the_reader(
    venue: ScriptedVenue, account: Account
) -> None:
    venue.script = [gives([row(n, NOON_MS + n) for n in range(1000)])] * 9
    rows = await account.income(NOON, NOON + timedelta(days=1))
    assert len(rows) == 1000
    assert len(venue.requests) == 3


async def test_one_income_id_under_two_kinds_is_two_rows(venue: ScriptedVenue, account: Account) -> None:
    venue.script = [gives([row(1, NOON_MS), row(1, NOON_MS, "COMMISSION")])]
    assert len(await account.income(NOON, NOON + timedelta(hours=1))) == 2


async def test_only_open_positions_are_reported_unless_a_symbol_is_named(
    venue: ScriptedVenue, account: Account
) -> None:
    flat: JsonValue = {
        "symbol": "BTCUSDT",
        "positionAmt": "0.000",
        "entryPrice": "0.00000",
        "markPrice": "6679.5",
        "unRealizedProfit": "0",
        "liquidationPrice": "0",
        "leverage": "10",
        "marginType": "isolated",
        "positionSide": "BOTH",
        "updateTime": 0,
    }
    venue.script = [gives([flat]), gives([flat])]
    assert await account.positions() == ()
    (position,) = await account.positions("BTC/USDT")
    assert (position.leverage, position.entry_price, position.liquidation_price) == (D(10), None, None)
    assert position.margin_mode is MarginMode.ISOLATED


async def test_brackets_come_as_one_object_or_as_a_list(venue: ScriptedVenue, account: Account) -> None:
    def bracket(floor: int, cap: int, leverage: int, rate: str, cum: str) -> JsonValue:
        return {
            "bracket": 1,
            "initialLeverage": leverage,
            "notionalCap": cap,
            "notionalFloor": floor,
            "maintMarginRatio": rate,
            "cum": cum,
        }

    one: JsonValue = {
        "symbol": "BTCUSDT",
        "brackets": [bracket(50000, 250000, 100, "0.005", "50"), bracket(0, 50000, 125, "0.004", "0")],
    }
    venue.script = [gives(one), gives([one])]
    for symbol in ("BTC/USDT", None):
        brackets = (await account.brackets(symbol))["BTC/USDT"]
        assert [b.notional_floor for b in brackets] == [0, 50000]
        assert brackets[1].deduction == D(50)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (gives({"symbol": "BTCUSDT", "leverage": 5, "maxNotionalValue": "1000"}), Done),
        (error(-4028, "Leverage 500 is not valid"), Refused),
        (error(-2030, "open position"), Refused),
        (Answer(status=503, body=""), Unknown),
    ],
)
async def test_a_change_of_leverage_is_done_refused_or_unknown(
    answer: Answer, expected: type, venue: ScriptedVenue, account: Account
) -> None:
    venue.script = [answer]
    assert isinstance(await account.set_leverage("BTC/USDT", 5), expected)


async def test_a_setting_that_holds_already_is_done(venue: ScriptedVenue, account: Account) -> None:
    venue.script = [error(-4046, "No need to change margin type."), error(-4059, "No need"), gives({"code": 200})]
    assert await account.set_margin_mode("BTC/USDT", MarginMode.CROSS) == Done(already=True)
    assert await account.set_position_mode(PositionMode.HEDGE) == Done(already=True)
    assert await account.set_multi_assets(False) == Done()
    sent = [request.params for request in venue.requests]
    assert sent[0]["marginType"] == "CROSSED"
    assert sent[1]["dualSidePosition"] == "true"
    assert sent[2]["multiAssetsMargin"] == "false"


async def test_fees_and_totals_are_read_and_never_assumed(venue: ScriptedVenue, account: Account) -> None:
    totals: JsonValue = {
        "canTrade": True,
        "totalInitialMargin": "1",
        "totalMaintMargin": "0.5",
        "totalWalletBalance": "100",
        "totalUnrealizedProfit": "-2",
        "totalMarginBalance": "98",
        "availableBalance": "97",
        "assets": [],
    }
    rate: JsonValue = {"symbol": "BTCUSDT", "makerCommissionRate": "0.0001", "takerCommissionRate": "0.00035"}
    venue.script = [gives(rate), gives(totals), gives({"symbol": "BTCUSDT"})]
    fees = await account.fee_rates("BTC/USDT")
    assert (fees.maker, fees.taker) == (D("0.0001"), D("0.00035"))
    assert (await account.totals()).total_margin_balance == D(98)
    with pytest.raises(RetryLater, match="makerCommissionRate"):
        await account.fee_rates("BTC/USDT")


async def test_times_without_a_zone_are_refused(account: Account) -> None:
    with pytest.raises(InvalidInput):
        await account.income(NOON.replace(tzinfo=None), NOON)
