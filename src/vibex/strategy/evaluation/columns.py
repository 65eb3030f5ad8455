"""The series that levels, sizes and state programs read, each stored once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vibex.domain.arrays import F64
from vibex.strategy.evaluation.frame import Frame

Series = Callable[[Frame], F64]


class ColumnTable:
    """Numbered series in the making: `row` numbers a series, `values` computes all for one symbol."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._series: list[Series] = []
        self._prices: list[int] = []

    def row(self, name: str, series: Series) -> int:
        """The row of the series called `name`; equal names are one series."""
        if name not in self._rows:
            self._rows[name] = len(self._series)
            self._series.append(series)
        return self._rows[name]

    def price_row(self, name: str, series: Series) -> int:
        """The same for a series of prices or price distances, which a split changes."""
        row = self.row(name, series)
        if row not in self._prices:
            self._prices.append(row)
        return row

    @property
    def price_rows(self) -> list[int]:
        return list(self._prices)

    def values(self, frame: Frame) -> F64:
        """All series of one symbol, shape (C, T)."""
        if not self._series:
            return np.empty((0, len(frame)))
        return np.stack([series(frame) for series in self._series])
