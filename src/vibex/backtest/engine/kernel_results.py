"""From the lists that the compiled body writes to the columns of an `Outcome`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vibex.backtest.engine.kernel_records import TRADE
from vibex.backtest.engine.outcome import FillColumns, TradeColumns


def longer(rows: NDArray[np.void]) -> NDArray[np.void]:
    """A list of twice the length that begins with `rows`."""
    result = np.empty(2 * len(rows), rows.dtype)
    result[: len(rows)] = rows
    return result


def trade_columns(trades: NDArray[np.void], *, closed: int, symbols: int) -> TradeColumns:
    """Columns ordered by exit row, then symbol. The loop emits by exit row, at the open before inside the bar;
    the sort is stable, so two exits of one symbol in one row keep that order."""
    table = trades.view(np.int64).reshape(len(trades), len(TRADE.names or ()))
    if symbols > 1:
        order = np.lexsort((trades["symbol"][:closed], trades["exit_row"][:closed]))
        table = np.concatenate([table[:closed][order], table[closed:]])
    columns = np.ascontiguousarray(table.T)
    return TradeColumns(**{name: columns[k].view(TRADE[name]) for k, name in enumerate(TRADE.names or ())})


def fill_columns(fills: NDArray[np.void]) -> FillColumns:
    """Columns in the order of booking."""
    return FillColumns(**{name: np.ascontiguousarray(fills[name]) for name in fills.dtype.names or ()})
