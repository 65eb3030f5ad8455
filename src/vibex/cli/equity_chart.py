"""Equity as a small chart of block characters: the shape of a run at a glance, in any terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from vibex.domain.arrays import F64

_BLOCKS = " ▁▂▃▄▅▆▇█"


def equity_chart(equity: F64, first: str, last: str, *, width: int = 60, height: int = 8) -> list[str]:
    """Lines of a chart of `equity` (T,), T ≥ 1: highest and lowest value at the left, `first` and `last` moment below.

    A column shows the last value of its share of the bars, the last column the end of the run.
    """
    columns = min(width, equity.size)
    ends = np.linspace(0, equity.size - 1, columns).round().astype(int) if columns > 1 else [equity.size - 1]
    values = equity[ends]
    low, high = float(equity.min()), float(equity.max())
    span = high - low
    # A flat line lies in the middle; the lowest value keeps a visible foot.
    levels = np.full(values.size, height / 2) if span == 0 else (values - low) / span * (height - 0.125) + 0.125
    labels = _labels(high, low, height)
    lines = [f"{label} {row}" for label, row in zip(labels, _rows(levels, height), strict=True)]
    gap = max(columns - len(first) - len(last), 1)
    return [*lines, " " * (len(labels[0]) + 1) + first + " " * gap + last]


def _rows(levels: F64, height: int) -> Iterator[str]:
    for row in range(height - 1, -1, -1):
        eighths = np.clip((levels - row) * 8, 0, 8).round().astype(int)
        yield "".join(_BLOCKS[each] for each in eighths)


def _labels(high: float, low: float, height: int) -> Sequence[str]:
    top, bottom = f"{high:,.0f}", f"{low:,.0f}"
    room = max(len(top), len(bottom))
    return [top.rjust(room), *[" " * room] * (height - 2), bottom.rjust(room)]
