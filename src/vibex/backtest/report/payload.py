"""What the page embeds: the result's JSON with its long series thinned, and candles of each symbol.

Series become columns (`t` epoch milliseconds, `v` values) because a row per object would triple the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from vibex.backtest.report.thinning import bars_per_candle, joined_candles, rows_to_draw
from vibex.domain.arrays import F64, I64
from vibex.domain.errors import InvalidInput

MAX_POINTS = 4_000
MAX_CANDLES = 3_000
MAX_TRADES = 5_000
# Series of the result and the name of their value column.
SERIES = {"equity_curve": "equity", "drawdown_series": "drawdown_pct", "returns_series": "return_pct"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportBars:
    """Bars of one symbol to draw: columns of shape (T,), `timestamps` the bars' opens in epoch milliseconds.

    Raises InvalidInput when the columns differ in length.
    """

    symbol: str
    timestamps: I64
    open: F64
    high: F64
    low: F64
    close: F64

    def __post_init__(self) -> None:
        sizes = {c.size for c in (self.timestamps, self.open, self.high, self.low, self.close)}
        if len(sizes) != 1:
            raise InvalidInput(f"columns of {self.symbol} differ in length: {sorted(sizes)}", field="bars")


def report_payload(result: Mapping[str, object], bars: Sequence[ReportBars]) -> dict[str, object]:
    """The embedded document: `result` without its series, `series`, `candles`, and what was left out.

    Raises InvalidInput when a series or the trade log does not have the result's shape.
    """
    trades = _rows(result.get("trade_log"), "trade_log")
    benchmark = result.get("benchmark_vs_strategy")
    series = {name: _thinned(result.get(name), name, value) for name, value in SERIES.items()}
    kept = {key: value for key, value in result.items() if key not in SERIES}
    # Open trades come last in the log, so that a cut log keeps them.
    kept["trade_log"] = list(trades[-MAX_TRADES:])
    if isinstance(benchmark, Mapping):
        kept["benchmark_vs_strategy"] = {key: value for key, value in benchmark.items() if key != "curve"}
        series["benchmark"] = _thinned(benchmark.get("curve"), "benchmark_vs_strategy.curve", "equity")
    return {
        "result": kept,
        "series": series,
        "candles": [_candles(b) for b in bars if b.timestamps.size],
        "trades_total": len(trades),
    }


def _thinned(raw: object, name: str, value_key: str) -> dict[str, object]:
    rows = _rows(raw, name)
    try:
        values = np.array([row[value_key] for row in rows], dtype=np.float64)
        kept = rows_to_draw(values, MAX_POINTS)
        times = [_epoch_ms(rows[row]["timestamp"]) for row in kept]
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"rows need timestamp and {value_key}: {error}", field=name) from error
    return {"t": times, "v": [rows[row][value_key] for row in kept], "total": len(rows)}


def _candles(bars: ReportBars) -> dict[str, object]:
    per_candle = bars_per_candle(bars.timestamps.size, MAX_CANDLES)
    first, open_, high, low, close = joined_candles(bars.open, bars.high, bars.low, bars.close, per_candle)
    steps = np.diff(bars.timestamps)
    return {
        "symbol": bars.symbol,
        "bars": int(bars.timestamps.size),
        "bars_per_candle": per_candle,
        # A lone bar has no step; an hour makes it visible.
        "bar_ms": int(np.median(steps)) if steps.size else 3_600_000,
        "t": bars.timestamps[first].tolist(),
        "o": open_.tolist(),
        "h": high.tolist(),
        "l": low.tolist(),
        "c": close.tolist(),
    }


def _rows(raw: object, name: str) -> Sequence[Mapping[str, object]]:
    if raw is None:
        return ()
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not all(isinstance(r, Mapping) for r in raw):
        raise InvalidInput("is not a list of objects", field=name, remedy="give the result as the backtest wrote it")
    return raw


def _epoch_ms(time: object) -> int:
    if isinstance(time, str):
        return round(datetime.fromisoformat(time).timestamp() * 1000)
    if isinstance(time, int):
        return time
    raise ValueError(f"{time!r} is not a time")
