"""The baseline: its documented rules on made markets, the same decisions for the same data, holds with reasons."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import talib

from tests.agent.worlds import ACCOUNT, NOW, World, account_view, held, walk, world
from vibex.agent.baseline import Baseline, BaselineSettings
from vibex.agent.context import AccountLimits, ContextBuilder, Missing
from vibex.domain import Decision, Intent, InvalidInput, ManualClock, PositionSide, RetryLater, Timeframe
from vibex.domain.protection import DistanceAway, RiskMultiple

BTC = "BTC/USDT"


def baseline(made: World, clock: ManualClock | None = None) -> Baseline:
    return Baseline(ContextBuilder(bars=made, facts=made), made, clock or ManualClock(NOW))


async def decide(made: World) -> Decision:
    (only,) = await baseline(made).decide(ACCOUNT, [BTC], NOW)
    return only


def market(seed: int, drift: float) -> World:
    made = world(symbols=[BTC])
    made.bars_of[BTC, Timeframe.H4] = walk(BTC, Timeframe.H4, 600, drift=drift, seed=seed)
    return made


async def market_to_enter() -> World:
    """The first seed whose market the baseline enters."""
    for seed in range(100):
        made = market(seed, 0.0005)
        if (await decide(made)).intent is Intent.OPEN:
            return made
    raise AssertionError("no seed gives an entry")


@pytest.mark.parametrize("drift", [0.0005, 0.0, -0.0005])
async def test_every_decision_follows_from_the_documented_rules(drift: float) -> None:
    seen = set[Intent | PositionSide | None]()
    for seed in range(30):
        made = market(seed, drift)
        bars = made.bars_of[BTC, Timeframe.H4].rows(100, 600)
        fast, slow = talib.EMA(bars.close, 20)[-1], talib.EMA(bars.close, 50)[-1]
        rsi, close = talib.RSI(bars.close, 14)[-1], bars.close[-1]
        wanted = None
        if fast > slow and close > fast and 40 <= rsi <= 70:
            wanted = PositionSide.LONG
        if fast < slow and close < fast and 30 <= rsi <= 60:
            wanted = PositionSide.SHORT
        made_decision = await decide(made)
        assert made_decision.side is wanted
        assert made_decision.intent is (Intent.HOLD if wanted is None else Intent.OPEN)
        seen.add(wanted)
    assert len(seen) > 1


async def test_a_stop_is_two_atr_away_and_loses_one_percent_of_equity() -> None:
    made = await market_to_enter()
    made.view = account_view(limits=AccountLimits(max_exposure=Decimal(5)))
    decision = await decide(made)
    bars = made.bars_of[BTC, Timeframe.H4].rows(100, 600)
    stop = decision.protection.stop
    assert isinstance(stop, DistanceAway)
    assert float(stop.distance) == pytest.approx(2 * talib.ATR(bars.high, bars.low, bars.close, 14)[-1])
    assert decision.protection.target == RiskMultiple(Decimal(2))
    assert decision.quantity is not None
    loss = decision.quantity.value / Decimal(60_000) * stop.distance
    assert float(loss) == pytest.approx(100)


async def test_no_decision_opens_more_than_its_part_of_the_cap() -> None:
    for seed in range(10):
        made = world()
        for symbol in ("BTC/USDT", "ETH/USDT", "SOL/USDT"):
            made.bars_of[symbol, Timeframe.H4] = walk(symbol, Timeframe.H4, 600, drift=0.0005, seed=seed)
        decisions = await baseline(made).decide(ACCOUNT, ["BTC/USDT", "ETH/USDT", "SOL/USDT"], NOW)
        opened = sum(each.quantity.value for each in decisions if each.quantity is not None)
        assert opened <= 10_000


@pytest.mark.parametrize("side", list(PositionSide))
@pytest.mark.parametrize("drift", [0.01, -0.01])
async def test_a_position_against_the_averages_is_closed_and_one_with_them_is_kept(
    side: PositionSide, drift: float
) -> None:
    made = market(3, drift)
    made.view = account_view(positions=[held("BTC", side, "0.05")])
    against = (side is PositionSide.LONG) == (drift < 0)
    assert (await decide(made)).intent is (Intent.CLOSE if against else Intent.HOLD)


async def test_the_same_data_give_the_same_decision_but_for_its_id() -> None:
    made = market(7, 0.002)
    first, second = await decide(made), await decide(made)
    assert first.id != second.id
    assert replace(first, id="") == replace(second, id="")


async def test_what_is_not_known_is_a_hold_with_the_reason() -> None:
    made = market(1, 0.01)
    made.bars_of[BTC, Timeframe.H4] = walk(BTC, Timeframe.H4, 40)
    assert (await decide(made)).rationale == "held: 40 closed bars are too few"
    del made.bars_of[BTC, Timeframe.H4]
    assert (await decide(made)).rationale == "held: there are no 4h bars of BTC/USDT"
    made.failure = RetryLater("the venue is busy")
    assert (await decide(made)).rationale == "held: the venue is busy"


async def test_without_price_or_equity_nothing_is_opened() -> None:
    made = await market_to_enter()
    made.price_of[BTC] = Missing("no quote was recorded")
    assert (await decide(made)).rationale == "held: its price is not known: no quote was recorded"
    made.view = account_view(equity=None)
    assert (await decide(made)).intent is Intent.HOLD


async def test_data_older_than_the_deadline_holds() -> None:
    clock = ManualClock(NOW)
    clock.advance(31)
    (only,) = await baseline(market(1, 0.01), clock).decide(ACCOUNT, [BTC], NOW)
    assert only.rationale == "held: no data within 30 s"


def test_a_timeframe_that_the_context_does_not_have_is_refused() -> None:
    made = world()
    with pytest.raises(InvalidInput, match="1d is none of the context's timeframes"):
        Baseline(
            ContextBuilder(bars=made, facts=made), made, ManualClock(NOW), BaselineSettings(timeframe=Timeframe.D1)
        )
