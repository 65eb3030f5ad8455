"""Long series made short enough to draw, without losing what a reader looks for: the ends and the extremes."""

from __future__ import annotations

import numpy as np

from vibex.domain.arrays import F64, I64


def rows_to_draw(values: F64, limit: int) -> I64:
    """Rows of `values` (T,) that draw the same line with at most `limit` points, rising.

    Equal buckets of rows, of each its first, lowest, highest and last row: a line through them covers the same
    pixels as the whole series when there are at least as many buckets as pixels (M4, Jugel et al. 2014). All rows
    when T ≤ limit. `limit` is at least 4.
    """
    count = values.size
    if count <= limit:
        return np.arange(count, dtype=np.int64)
    size = -(-count // (limit // 4))
    first = np.arange(0, count, size)
    last = np.minimum(first + size, count) - 1
    padding = first.size * size - count
    # The last bucket is filled up with its own last value, which adds no new extreme.
    buckets = np.pad(values, (0, padding), mode="edge").reshape(first.size, size)
    lowest = np.minimum(first + np.argmin(buckets, axis=1), last)
    highest = np.minimum(first + np.argmax(buckets, axis=1), last)
    return np.unique(np.concatenate((first, lowest, highest, last))).astype(np.int64)


def bars_per_candle(count: int, limit: int) -> int:
    """How many of `count` bars one candle joins so that at most `limit` are drawn; 1 draws each bar."""
    return max(1, -(-count // limit))


def joined_candles(open_: F64, high: F64, low: F64, close: F64, per_candle: int) -> tuple[I64, F64, F64, F64, F64]:
    """First row, open, high, low and close of candles that join `per_candle` bars each; columns of shape (T,)."""
    first = np.arange(0, open_.size, per_candle, dtype=np.int64)
    if not first.size:
        return first, open_, high, low, close
    last = np.minimum(first + per_candle, open_.size) - 1
    return first, open_[first], np.maximum.reduceat(high, first), np.minimum.reduceat(low, first), close[last]
