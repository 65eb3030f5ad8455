"""The trades and fills of a run as rows, and the columns that they become."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from vibex.backtest.engine.outcome import FillColumns, Reason, TradeColumns
from vibex.domain.arrays import F64, I64


class Trade(NamedTuple):
    """One row of `TradeColumns`, fields in the same order."""

    symbol: int
    direction: int
    entry_row: int
    exit_row: int
    entry_price: float
    exit_price: float
    quantity: float
    pnl: float
    fees: float
    bars_held: int
    lowest: float
    highest: float
    reason: Reason
    funding: float
    carry: float


class Fill(NamedTuple):
    """One row of `FillColumns`, fields in the same order."""

    symbol: int
    row: int
    side: int
    entry: int
    quantity: float
    price: float
    fee: float
    reason: int


def trade_columns(closed: Sequence[Trade], still_open: Sequence[Trade]) -> TradeColumns:
    """All trades as columns: closed ones by clock row and symbol of their exit, then the open ones by symbol."""
    # The sort is stable: a reversal and the stop of its new position keep their order within one bar.
    rows = [*sorted(closed, key=lambda trade: (trade.exit_row, trade.symbol)), *still_open]
    return TradeColumns(
        symbol=_integers(rows, 0),
        direction=_integers(rows, 1),
        entry_row=_integers(rows, 2),
        exit_row=_integers(rows, 3),
        entry_price=_floats(rows, 4),
        exit_price=_floats(rows, 5),
        quantity=_floats(rows, 6),
        pnl=_floats(rows, 7),
        fees=_floats(rows, 8),
        bars_held=_integers(rows, 9),
        lowest=_floats(rows, 10),
        highest=_floats(rows, 11),
        reason=_integers(rows, 12),
        funding=_floats(rows, 13),
        carry=_floats(rows, 14),
    )


def fill_columns(fills: Sequence[Fill]) -> FillColumns:
    """All fills as columns, in the order in which they were booked."""
    return FillColumns(
        symbol=_integers(fills, 0),
        row=_integers(fills, 1),
        side=_integers(fills, 2),
        entry=_integers(fills, 3),
        quantity=_floats(fills, 4),
        price=_floats(fills, 5),
        fee=_floats(fills, 6),
        reason=_integers(fills, 7),
    )


def _integers(rows: Sequence[Trade] | Sequence[Fill], place: int) -> I64:
    return np.array([int(value) for value in map(itemgetter(place), rows)], dtype=np.int64)


def _floats(rows: Sequence[Trade] | Sequence[Fill], place: int) -> F64:
    return np.array(list(map(itemgetter(place), rows)), dtype=np.float64)
