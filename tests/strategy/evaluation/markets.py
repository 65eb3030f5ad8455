"""Small random and hand-made bars for tests of strategies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from vibex.domain import Bars, Timeframe
from vibex.domain.arrays import F64, I64

START = datetime(2024, 3, 7, tzinfo=UTC)  # three days before New York changes its clocks


def ms(*when: int) -> int:
    """Epoch milliseconds of a UTC date and time."""
    return int(datetime(*when, tzinfo=UTC).timestamp()) * 1000  # type: ignore[misc, arg-type]


def flat(symbol: str, timeframe: Timeframe, open_time: Sequence[int] | I64, close: Sequence[float] | F64) -> Bars:
    """Bars that open at the close before and reach no further than open and close."""
    closes = np.asarray(close, dtype=np.float64)
    opens = np.concatenate((closes[:1], closes[:-1]))
    return Bars(
        symbol=symbol,
        timeframe=timeframe,
        open_time=np.asarray(open_time, dtype=np.int64),
        open=opens,
        high=np.maximum(opens, closes),
        low=np.minimum(opens, closes),
        close=closes,
        volume=np.full(len(closes), 10.0),
    )


def every(timeframe: Timeframe, count: int, start: int | None = None) -> I64:
    """`count` labels without a gap."""
    first = ms(2024, 3, 7) if start is None else start
    return first + np.arange(count, dtype=np.int64) * timeframe.ms


def walk(seed: int, symbol: str, timeframe: Timeframe, rows: int, *, missing: float = 0.1, idle: float = 0.05) -> Bars:
    """A walk on a grid of 0.5, so that values are often equal; some bars are missing, some without volume."""
    rng = np.random.default_rng([seed, *symbol.encode()])
    close = 100.0 + np.cumsum(rng.integers(-3, 4, rows)) * 0.5
    close += max(0.0, 10.0 - float(np.min(close)))
    opens = np.concatenate((close[:1], close[:-1])) + rng.integers(-1, 2, rows) * 0.5
    high = np.maximum(opens, close) + rng.integers(0, 3, rows) * 0.5
    low = np.minimum(opens, close) - rng.integers(0, 3, rows) * 0.5
    volume = np.where(rng.random(rows) < idle, 0.0, rng.integers(1, 50, rows).astype(np.float64))
    keep = rng.random(rows) >= missing
    keep[[0, -1]] = True
    columns = {"open": opens, "high": high, "low": low, "close": close, "volume": volume}
    return Bars(
        symbol=symbol,
        timeframe=timeframe,
        open_time=every(timeframe, rows)[keep],
        **{name: column[keep] for name, column in columns.items()},
    )
