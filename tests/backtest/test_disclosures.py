"""What a result says first: what was not modelled, with its numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.backtest.runs import FREE, codes, days, on, result, strategy

TEN = days(10, 11, 12, 13, 14, 15, 16, 17, 18, 19)


def test_funding_names_the_hours_held_on_each_side() -> None:
    """Long from bar 2 to 5, short from bar 6 to the end of bar 9."""
    spec = strategy(entry={"long": on(1), "short": on(5)}, exit={"long": on(4), "short": None})
    assert codes(result(spec, TEN))["funding_not_modelled"] == {"hours_long": 72, "hours_short": 96}


def test_equities_have_no_funding_but_borrow_when_they_were_short() -> None:
    us = {"market": "us_equity", "symbols": ["SPY"]}
    spy = days(*TEN.close, symbol="SPY")
    long = codes(result(strategy(**us), spy))
    assert "funding_not_modelled" not in long
    assert "borrow_not_modelled" not in long
    both = strategy(**us, entry={"long": on(1), "short": on(5)}, exit={"long": on(4), "short": None})
    assert codes(result(both, spy))["borrow_not_modelled"] == {"short_trades": 1}


@pytest.mark.parametrize(("worst", "count"), [(85.0, 0), (80.6, 0), (80.4, 1), (70.0, 1)])
def test_trades_that_came_within_the_margin_would_have_been_liquidated(worst: float, count: int) -> None:
    """At 5x the margin is 20 %; less half a percent, the position is gone at 80.50."""
    spec = strategy(leverage=5, sizing={"type": "fixed_percent", "value": 50})
    found = codes(result(spec, days(100, 100, 100, worst, 100, 100)))
    assert found["liquidation_not_modelled"] == {"would_have_been_liquidated": count}


def test_shorts_are_liquidated_upwards_and_no_leverage_says_nothing() -> None:
    spec = strategy(leverage=2, entry={"long": None, "short": on(1)}, exit={"long": None, "short": on(4)})
    found = codes(result(spec, days(100, 100, 100, 149.6, 100, 100)))
    assert found["liquidation_not_modelled"] == {"would_have_been_liquidated": 1}
    assert "liquidation_not_modelled" not in codes(result(strategy(), TEN))


def test_few_trades_are_said_with_their_number() -> None:
    assert codes(result(strategy(), TEN))["few_trades"] == {"trades": 1}
    many = strategy(entry={"long": {"left": "day", "op": ">", "right": 0}}, time_stop_bars=1, exit=None)
    assert codes(result(many, days(*[10.0] * 59)))["few_trades"] == {"trades": 29}
    assert "few_trades" not in codes(result(many, days(*[10.0] * 61)))


def test_data_without_volume_or_with_a_leading_stretch_of_it_is_said() -> None:
    """Rule 60."""
    closes = [10.0, 11, 12, 13, 14, 15]
    leading = result(strategy(), days(*closes, volume=[0, 0, 0, 5, 0, 5]))
    assert codes(leading)["no_volume"] == {"symbol": "BTC/USDT", "bars": 3}
    assert leading.trade_log[0]["entry_price"] == 11, "bar 2 has no volume yet and fills all the same"
    assert leading.trade_log[0]["exit_time"] == "2024-01-06T00:00:00Z"
    idle = result(strategy(), days(*closes, volume=[5, 0, 0, 5, 5, 5]))
    assert "no_volume" not in codes(idle)
    assert idle.trade_log[0]["entry_price"] == 12, "bar 2 traded nothing, the order waits"
    none = result(strategy(), replace(days(*closes), volume=None))
    assert codes(none)["no_volume"] == {"symbol": "BTC/USDT", "bars": 6}
    assert codes(result(strategy(), days(*closes, volume=[0.0] * 6)))["no_volume"]["bars"] == 6


def test_every_run_says_that_its_symbols_were_chosen_today_and_notes_come_first() -> None:
    from vibex.backtest import run
    from vibex.backtest.warning import Warning_

    note = Warning_(code="simulated", message="SIMULATED", data={})
    found = run(strategy(), TEN, settings=FREE, notes=[note])
    assert found.warnings[0] == note
    assert found.warnings[-1].code == "symbols_chosen_today"
    assert found.to_json()["warnings"][0] == {"code": "simulated", "message": "SIMULATED"}  # type: ignore[index]


def test_ruin_is_said_before_everything_else_of_the_run() -> None:
    found = result(strategy(leverage=10, exit=None), days(100, 100, 100, 80, 80))
    assert found.warnings[0].code == "ruined"
    assert np.any(found.outcome.equity <= 0)
