"""What a decision of a strategy says, when it is said, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.backtest.runs import MONDAY, days, on, strategy
from tests.signals.desk import ACCOUNT, clock
from vibex.domain import (
    AccountId,
    Bars,
    Decision,
    Instrument,
    Intent,
    InvalidInput,
    Market,
    NotSupported,
    PositionSide,
    QuantityKind,
    QuantityRule,
    Timeframe,
)
from vibex.domain.protection import AtPrice, Choice, DistanceAway, PercentAway
from vibex.domain.timeframe import DAY_MS
from vibex.signals import Deployment, EquityMark, Holdings, StrategyMaker
from vibex.strategy import StrategySpec
from vibex.strategy.evaluation import Episode

BTC = "BTC/USDT"


@dataclass
class Account:
    """Bars and holdings as told."""

    data: Bars
    episodes: Sequence[Episode] = ()
    equity: Decimal = Decimal(10_000)

    async def bars(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        assert (symbol, timeframe) == (BTC, Timeframe.D1)
        return self.data.between(_ms(start), _ms(end) - DAY_MS)

    async def holdings(self, account_id: AccountId, symbols: Sequence[str], since: datetime) -> Holdings:
        assert (account_id, list(symbols)) == (ACCOUNT, [BTC])
        return Holdings(episodes={BTC: self.episodes}, equity=[EquityMark(at=since, equity=self.equity)])


def maker(spec: StrategySpec, account: Account, **more: Any) -> StrategyMaker:
    instrument = Instrument(symbol=BTC, market=Market.CRYPTO, currency="USDT")
    deployed = Deployment(spec=spec, anchors={BTC: MONDAY}, instruments={BTC: instrument}, **more)
    return StrategyMaker(deployed, account, account, clock())


def decide(made: StrategyMaker, after_bar: int) -> Decision | None:
    """What is said at the close of a daily bar."""
    found = asyncio.run(made.decide(ACCOUNT, [BTC], _close(after_bar)))
    assert len(found) <= 1
    return found[0] if found else None


def said(spec: StrategySpec, after_bar: int, *episodes: Episode, **more: Any) -> Decision | None:
    return decide(maker(spec, Account(days(100, 102, 104, 106, 108, 110), episodes), **more), after_bar)


def held(since_bar: int, price: float = 102.0, **more: Any) -> Episode:
    return Episode(side=PositionSide.LONG, opened=MONDAY + since_bar * DAY_MS, entry_price=price, **more)


def _close(bar: int) -> datetime:
    return datetime.fromtimestamp((MONDAY + (bar + 1) * DAY_MS) / 1000, UTC)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def test_an_entry_says_its_size_its_protection_and_how_long_it_holds() -> None:
    spec = strategy(
        stop_loss={"type": "percent", "value": 3},
        take_profit={"type": "points", "value": 9},
        sizing={"type": "fixed_percent", "value": 50},
        leverage=2,
    )
    decision = said(spec, 1)
    assert decision is not None
    assert (decision.intent, decision.side) == (Intent.OPEN, PositionSide.LONG)
    assert decision.quantity == QuantityRule(QuantityKind.EXPOSURE_PERCENT, Decimal(100))
    assert decision.protection.stop == PercentAway(Decimal("3.0"))
    assert decision.protection.target == DistanceAway(Decimal("9.0"))
    assert (decision.data_at, decision.valid_until) == (_close(1), _close(2))
    assert decision.maker == f"strategy:{spec.rules_digest()[:12]}"
    assert decision.exit_plan == "stop_loss"
    assert "entry.long is true (close of the bar that opened 2024-01-02 00:00 UTC)" in decision.rationale
    assert "50 % of equity as margin at 2x" in decision.rationale
    assert said(spec, 0) is None


def test_a_risk_is_said_in_units_where_the_stop_is_a_distance_and_as_a_notional_where_it_is_a_share() -> None:
    risk = {"type": "risk_percent", "value": 1}
    by_distance = said(strategy(stop_loss={"type": "points", "value": 4}, sizing=risk), 1)
    by_share = said(strategy(stop_loss={"type": "percent", "value": 2}, sizing=risk), 1)
    assert by_distance is not None
    assert by_share is not None
    assert by_distance.quantity == QuantityRule(QuantityKind.BASE, Decimal("25.0"))  # 1 % of 10,000 over 4
    assert by_share.quantity is not None
    assert by_share.quantity.kind is QuantityKind.NOTIONAL
    assert float(by_share.quantity.value) == pytest.approx(5_000)  # 100 lost by 2 % of it


def test_the_nearer_of_stop_and_trail_protects_the_entry() -> None:
    spec = strategy(stop_loss={"type": "points", "value": 4}, trailing_stop={"type": "percent", "value": 5})
    decision = said(spec, 1)
    assert decision is not None
    assert decision.protection.stop == Choice((DistanceAway(Decimal("4.0")), PercentAway(Decimal("5.0"))), nearest=True)
    assert decision.exit_plan == "stop_loss or trailing_stop, the nearer"


def test_an_entry_is_void_beyond_its_fixed_prices_and_beyond_the_allowed_drift() -> None:
    levels = {"stop_loss": {"type": "price", "value": 90}, "take_profit": {"type": "price", "value": 120}}
    decision = said(strategy(**levels), 1)
    assert decision is not None
    assert decision.min_price is not None
    assert decision.max_price is not None
    assert Decimal(90) < decision.min_price < Decimal("90.0001")
    assert Decimal("119.9999") < decision.max_price < Decimal(120)
    near = said(strategy(**levels), 1, max_drift_pct=Decimal(5))
    assert near is not None
    assert (near.min_price, near.max_price) == (Decimal("96.9"), Decimal("107.1"))  # 102 ± 5 %


def test_an_exit_names_its_cause() -> None:
    by_signal = said(strategy(), 4, held(2))
    assert by_signal is not None
    assert by_signal.intent is Intent.CLOSE
    assert by_signal.rationale.startswith("signal: the exit condition is true")
    by_time = said(strategy(exit={"long": None, "short": None}, time_stop_bars=2), 3, held(2))
    assert by_time is not None
    assert by_time.rationale.startswith("time_stop:")


def test_an_entry_of_the_other_side_turns_a_position_round() -> None:
    both = {"entry": {"long": on(1), "short": on(3)}, "exit": {"long": None, "short": None}}
    decision = said(strategy(**both), 3, held(2))
    assert decision is not None
    assert (decision.intent, decision.side) == (Intent.REVERSE, PositionSide.SHORT)
    assert decision.rationale.startswith("reversal: ")
    assert said(strategy(**both, on_opposite="ignore"), 3, held(2)) is None


def test_an_entry_is_said_once_at_its_close_and_an_exit_until_it_is_done() -> None:
    account = Account(days(100, 102, 104, 106, 108, 110))
    made = maker(strategy(), account)
    assert decide(made, 1) is not None
    assert decide(made, 1) is None  # refused or not: it is not the backtest's order any more
    account.episodes = [held(2)]
    for _ in range(2):
        leaves = decide(made, 4)
        assert leaves is not None
        assert leaves.intent is Intent.CLOSE


def test_a_close_that_has_been_acted_on_says_nothing_more() -> None:
    made = maker(strategy(), Account(days(100, 102, 104), [held(2)]))
    assert decide(made, 1) is None  # the position was opened in the bar after the close


def test_a_trail_is_amended_when_it_has_moved_and_again_after_a_restart() -> None:
    spec = strategy(trailing_stop={"type": "percent", "value": 5}, exit={"long": None, "short": None})
    account = Account(days(100, 102, 104, 108, 108, 108), [held(2)])
    made = maker(spec, account)
    moved = decide(made, 2)
    assert moved is not None
    assert moved.intent is Intent.AMEND
    assert moved.protection.stop == AtPrice(Decimal("98.8"))  # 5 % below 104
    assert moved.exit_plan == "trailing_stop"
    assert decide(made, 2) is None
    again = decide(made, 3)
    assert again is not None
    assert again.protection.stop == AtPrice(Decimal("102.6"))
    assert decide(made, 4) is None  # the best price is what it was
    restarted = decide(maker(spec, account), 4)
    assert restarted is not None
    assert restarted.protection == again.protection


def test_a_stop_step_moves_the_stop_and_leaves_the_target() -> None:
    spec = strategy(
        stop_loss={"type": "percent", "value": 5},
        take_profit={"type": "percent", "value": 50},
        stop_steps=[{"after": {"type": "percent", "value": 1}, "to": {"type": "percent", "value": 0}}],
        exit={"long": None, "short": None},
    )
    decision = said(spec, 2, held(2))
    assert decision is not None
    assert decision.protection.stop == AtPrice(Decimal("102.0"))
    assert decision.protection.target is None


def test_a_cooldown_and_the_trades_of_a_day_hold_entries_back() -> None:
    left = held(2, closed=MONDAY + 3 * DAY_MS, exit_price=106.0, reason="take_profit")
    again = {"entry": {"long": on(3, 4, 5), "short": None}, "exit": {"long": None, "short": None}}
    assert said(strategy(**again, limits={"cooldown_bars": 2}), 4, left) is None
    free = said(strategy(**again, limits={"cooldown_bars": 2}), 5, left)
    assert free is not None
    assert free.intent is Intent.OPEN


def test_a_loss_of_the_account_beyond_the_limit_leaves_and_enters_nothing() -> None:
    spec = strategy(limits={"max_drawdown_percent": 10}, exit={"long": None, "short": None})

    @dataclass
    class Losing(Account):
        async def holdings(self, account_id: AccountId, symbols: Sequence[str], since: datetime) -> Holdings:
            now = EquityMark(at=_close(3), equity=Decimal(8_900))
            told = await super().holdings(account_id, symbols, since)
            return replace(told, equity=[*told.equity, now])

    decision = decide(maker(spec, Losing(days(100, 102, 104, 103, 102), [held(2)])), 3)
    assert decision is not None
    assert decision.rationale.startswith("stop_loss:")


def test_a_fill_beyond_the_strategys_own_levels_is_left_at_once() -> None:
    spec = strategy(stop_loss={"type": "price", "value": 101}, exit={"long": None, "short": None})
    decision = said(spec, 2, held(2, price=100.0))
    assert decision is not None
    assert decision.intent is Intent.CLOSE
    assert "beyond the strategy's own levels" in decision.rationale


def test_without_a_number_that_it_needs_no_entry_is_said() -> None:
    young = strategy(stop_loss={"type": "atr", "value": 2})  # ATR(14) has no value on the second bar
    assert said(young, 1) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order": {"type": "limit", "offset_bps": 10}}, "order.type"),
        (
            {"take_profit": [{"type": "percent", "value": 2, "fraction": 0.5}]},
            "take_profit",
        ),
    ],
)
def test_what_a_decision_cannot_say_is_refused_when_it_is_deployed(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(NotSupported) as refused:
        maker(strategy(**changes), Account(days(100, 101)))
    assert refused.value.field == field
    if field == "take_profit":
        several = said(strategy(**changes), 1, rests_several_targets=True)
        assert several is not None
        assert [part.fraction for part in several.protection.parts] == [Decimal("0.5")]


def test_an_account_without_a_known_equity_is_refused() -> None:
    with pytest.raises(InvalidInput, match="equity is not known"):
        Holdings(episodes={}, equity=[])


def test_equity_counts_with_the_mark_before() -> None:
    marks = [EquityMark(at=_close(bar), equity=Decimal(bar)) for bar in (0, 2)]
    holdings = Holdings(episodes={}, equity=marks)
    moments = np.array([_ms(_close(bar)) for bar in (0, 1, 2, 9)], dtype=np.int64)
    assert holdings.equity_at(moments).tolist() == [0.0, 0.0, 2.0, 2.0]
    with pytest.raises(InvalidInput, match="time order"):
        Holdings(episodes={}, equity=marks[::-1])
