"""The published GOOG case through the front door: file, strategy as JSON, `run`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vibex.backtest import BacktestResult, RunSettings, run
from vibex.domain import Bars
from vibex.market import read_bars
from vibex.strategy import parse_spec

NEITHER = {"dates": ["2100-01-01", None]}


@pytest.fixture(scope="module")
def goog(shared_data: Path) -> Bars:
    return read_bars(shared_data / "golden_GOOG_1d.parquet").bars


def reversals(bars: Bars, leave: dict[str, Any]) -> BacktestResult:
    """SMA 10/30: long above, short below, all the cash, whole shares, no costs."""
    spec = {
        "version": 1,
        "name": "SMA 10/30 reversal",
        "market": "us_equity",
        "symbols": ["GOOG"],
        "timeframe": "1d",
        "indicators": [
            {"id": "fast", "name": "SMA", "params": {"timeperiod": 10}},
            {"id": "slow", "name": "SMA", "params": {"timeperiod": 30}},
        ],
        "entry": {
            "long": {"left": "fast", "op": "crosses_above", "right": "slow"},
            "short": {"left": "fast", "op": "crosses_below", "right": "slow"},
        },
        "exit": {"long": leave, "short": leave},
        "sizing": {"type": "fixed_percent", "value": 100},
    }
    return run(parse_spec(spec), bars, settings=RunSettings(fee_bps=0, slippage_bps=0, lot_size=1))


def test_rule_27_marks_the_last_position_at_the_last_close(goog: Bars) -> None:
    stats = reversals(goog, NEITHER).summary_stats
    assert stats["end_equity"] == pytest.approx(51_959.95, abs=0.005)
    assert (stats["trades"], stats["open_trades"]) == (65, 1)


def test_an_exit_one_bar_before_the_end_gives_the_published_figures(goog: Bars) -> None:
    day = str(goog.open_time[-2].astype("datetime64[ms]"))[:10]
    found = reversals(goog, {"dates": [day, None]})
    assert found.summary_stats["end_equity"] == pytest.approx(51_422.99, abs=0.005)
    assert (found.summary_stats["trades"], found.summary_stats["open_trades"]) == (66, 0)
