"""Strategies that manage their position, from the spec to the trades: what was written is what is run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vibex.backtest import BacktestResult, RunSettings, run
from vibex.domain import Bars, Timeframe
from vibex.strategy import parse_spec

HOUR = 3_600_000
FREE = RunSettings(capital=10_000, fee_bps=0, slippage_bps=0, engine="reference")
ALWAYS = {"left": "close", "op": ">", "right": 0}


def bars(closes: list[float], symbol: str = "BTC/USDT", spread: float = 0.0, volume: float = 1e6) -> Bars:
    """Bars that open at the close before and reach `spread` beyond open and close."""
    close = np.array(closes, dtype=np.float64)
    opens = np.concatenate(([close[0]], close[:-1]))
    return Bars(
        symbol=symbol,
        timeframe=Timeframe.H1,
        open_time=np.arange(len(close), dtype=np.int64) * HOUR,
        open=opens,
        high=np.maximum(opens, close) + spread,
        low=np.minimum(opens, close) - spread,
        close=close,
        volume=np.full(len(close), volume),
    )


def strategy(**changes: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "name": "managed",
        "market": "crypto",
        "symbols": ["BTC/USDT"],
        "timeframe": "1h",
        "entry": {"long": ALWAYS},
        "sizing": {"type": "fixed_percent", "value": 50},
        **changes,
    }


def played(closes: list[float], settings: RunSettings = FREE, spread: float = 0.0, **changes: Any) -> BacktestResult:
    return run(parse_spec(strategy(**changes)), bars(closes, spread=spread), settings=settings)


def test_an_exit_after_n_bars_ends_every_trade_and_bars_none() -> None:
    held = {"left": "bars_since_entry", "op": ">=", "right": 2}
    result = played([100.0] * 20, exit={"long": held})
    closed = [trade for trade in result.trade_log if trade["reason"] == "signal"]
    assert len(closed) >= 4
    # Fill bar, two more closes, then the next open.
    assert {trade["bars_held"] for trade in closed} == {3}


def test_a_fall_from_the_best_close_since_the_entry_leaves() -> None:
    best = {"ref": "close", "since_entry": "max", "times": 0.95}
    result = played(
        [100, 100, 110, 120, 115, 113, 113, 113], exit={"long": {"left": "close", "op": "<", "right": best}}
    )
    first = result.trade_log[0]
    # 120 × 0.95 = 114: the close of 113 in bar 5 is the first below it, so the trade leaves at the open of bar 6.
    assert (first["reason"], first["bars_held"], first["exit_price"]) == ("signal", 5, 113.0)


def test_a_condition_on_state_that_must_hold_for_bars_counts_them() -> None:
    below = {"for": 2, "of": {"left": "close", "op": "<", "right": "entry_price"}}
    result = played([100, 100, 99, 101, 99, 98, 97, 97], exit={"long": below})
    assert result.trade_log[0]["bars_held"] == 5  # 99 alone in bar 2 is one bar; bars 4 and 5 are two


def test_a_moving_stop_follows_its_level_and_fires_at_the_one_of_the_bar_before() -> None:
    level = {"type": "level", "value": {"mul": ["close", 0.98]}, "update": "bar"}
    result = played([100, 100, 110, 120, 116], stop_loss=level)
    # Moved to 120 × 0.98 = 117.6 at the close of bar 3; bar 4 falls from 120 to 116.
    assert result.trade_log[0]["reason"] == "stop_loss"
    assert result.trade_log[0]["exit_price"] == pytest.approx(117.6)


def test_two_targets_take_half_each_and_the_stop_steps_to_the_entry_after_the_first() -> None:
    result = played(
        [100, 100, 103, 99, 99],
        entry={"long": {"left": "bars_since_exit", "op": ">", "right": 1e9}},
        take_profit=[
            {"type": "percent", "value": 2, "fraction": 0.5},
            {"type": "percent", "value": 10, "fraction": 0.5},
        ],
        stop_loss={"type": "percent", "value": 5},
        stop_steps=[{"after": {"target": 1}, "to": {"type": "percent", "value": 0}}],
    )
    (trade,) = result.trade_log
    assert result.outcome.fills is not None
    assert result.outcome.fills.price.tolist() == [100.0, 102.0, 100.0]
    assert trade["exit_price"] == pytest.approx(101.0)
    assert trade["reason"] == "stop_loss"
    assert trade["pnl"] == pytest.approx(50 * 1.0)


def test_a_late_trail_begins_once_its_distance_was_reached() -> None:
    trail = {"type": "percent", "value": 1, "after": {"type": "percent", "value": 5}}
    result = played([100, 100, 98, 104, 106, 103], trailing_stop=trail)
    # 2 % down and 4 % up leave it alone; 106 is 5 % ahead, so 104.94 is live in the last bar.
    assert result.trade_log[0]["reason"] == "trailing_stop"
    assert result.trade_log[0]["exit_price"] == pytest.approx(104.94)


def test_a_limit_entry_waits_below_the_close_and_expires() -> None:
    order = {"type": "limit", "offset_bps": 200, "expires_bars": 2}
    result = played([100, 99, 97, 97], order=order, spread=0.5)
    # Decided at 100: the limit is 98. Bar 1 reaches 98.5, bar 2 passes 98.
    first = result.trade_log[0]
    assert (first["entry_price"], first["entry_time"]) == (98.0, "1970-01-01T02:00:00Z")
    never = played([100, 100, 100, 100, 100], order=order, spread=0.5)
    assert never.trade_log == []
    assert never.summary_stats["skipped"] == {"expired": 2}


def test_an_entry_at_a_computed_price_is_sent_there() -> None:
    order = {"type": "stop", "price": {"long": {"mul": ["high", 1.01]}}, "expires_bars": 5}
    result = played([100, 100, 100, 103], order=order)
    assert result.trade_log[0]["entry_price"] == pytest.approx(101.0)


def test_at_most_two_trades_a_day_and_the_next_day_trades_again() -> None:
    quick = {"left": "close", "op": ">", "right": 0}
    result = played([100.0] * 30, exit={"long": {"left": "bars_since_entry", "op": ">=", "right": 1}})
    limited = played(
        [100.0] * 30,
        entry={"long": quick},
        exit={"long": {"left": "bars_since_entry", "op": ">=", "right": 1}},
        limits={"max_trades_per_day": 2},
    )
    days = [str(trade["entry_time"])[:10] for trade in limited.trade_log]
    assert days.count("1970-01-01") == 2
    assert days.count("1970-01-02") == 2
    assert len(result.trade_log) > len(limited.trade_log)


def test_both_legs_of_a_pair_enter_and_leave_together_on_opposite_sides() -> None:
    rng = np.random.default_rng(4)
    walk = 100 + np.cumsum(rng.normal(size=400))
    first, second = walk + 3 * rng.normal(size=400), walk
    spec = strategy(
        archetype="pairs",
        symbols=["ETH/USDT", "BTC/USDT"],
        indicators=[
            {"id": "ratio", "name": "RATIO"},
            {"id": "z", "name": "ZSCORE", "params": {"timeperiod": 30}, "input": "ratio"},
        ],
        entry={"long": {"left": "z", "op": "<", "right": -1.5}, "short": {"left": "z", "op": ">", "right": 1.5}},
        exit={"long": {"left": "z", "op": ">", "right": 0}, "short": {"left": "z", "op": "<", "right": 0}},
        sizing={"type": "fixed_percent", "value": 30},
    )
    data = [bars(first.tolist(), "ETH/USDT"), bars(second.tolist(), "BTC/USDT")]
    trades = run(parse_spec(spec), data, settings=FREE).trade_log
    legs = {name: [trade for trade in trades if trade["symbol"] == name] for name in ("ETH/USDT", "BTC/USDT")}
    assert len(legs["ETH/USDT"]) == len(legs["BTC/USDT"]) > 5
    for eth, btc in zip(legs["ETH/USDT"], legs["BTC/USDT"], strict=True):
        assert (eth["entry_time"], eth["exit_time"]) == (btc["entry_time"], btc["exit_time"])
        assert {eth["side"], btc["side"]} == {"long", "short"}
