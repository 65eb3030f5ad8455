"""The compiled body of the fill rules: for long data and many runs. Importing it imports numba.

It reads the same page as `reference` and does the same float64 operations in the same order (see `plan`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vibex.backtest.engine.kernel_loop import run
from vibex.backtest.engine.kernel_pack import pack_rules, pack_sides, pack_steps, pack_tape
from vibex.backtest.engine.kernel_records import ACCOUNT, NONE, OPTIONS, POSITION, TRADE
from vibex.backtest.engine.outcome import Outcome, Skip, TradeColumns
from vibex.backtest.engine.plan import Plan


def _entry_point() -> Callable[..., Any]:
    """The one function with a disk cache. numba renews a cache when this file changes or a value in the closure
    does; the digest makes that hold for every file that is compiled into it."""
    folder = Path(__file__).parent
    sources = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(folder.glob("*.py")))).hexdigest()

    @njit(cache=True, **OPTIONS)
    def entry_point(row, tape, sides, steps, stack, rules, book, accounts, skipped, equity, trades):  # type: ignore[no-untyped-def]
        assert len(sources) > 0  # noqa: S101  keeps the digest in the closure
        return run(row, tape, sides, steps, stack, rules, book, accounts, skipped, equity, trades)

    return cast("Callable[..., Any]", entry_point)


_run = _entry_point()


def _let_memory_be_kept() -> None:
    """Give back one large block that was never touched.

    glibc keeps freed memory up to a limit that grows with the largest block given back (32 MiB at most). Without
    this, every run on a million bars returns its columns to the system and waits for fresh pages, which takes up to
    twice as long as the run itself. Harmless elsewhere.
    """
    np.empty(31 << 20, dtype=np.uint8)


_let_memory_be_kept()


def simulate(plan: Plan, *, target_first: bool = False) -> Outcome:
    """Play `plan` and return what it leaves behind; the same plan gives the same bits, from any thread.

    `target_first` fills the target in ambiguous bars (the other order of rules 8 and 49). Arrays that already
    are contiguous float64 and uint8 are not copied. Raises InvalidInput for shapes and dtypes that do not fit.
    """
    tape, steps, sides, rules = pack_tape(plan), pack_steps(plan), pack_sides(plan), pack_rules(plan, target_first)
    symbols, rows = tape.flags.shape
    book, account, skipped = np.zeros(symbols, POSITION), np.zeros(1, ACCOUNT), np.zeros(len(Skip), np.int64)
    book["exit_reason"] = NONE
    account["balance"] = plan.capital
    equity, stack = np.empty(rows), np.empty(len(steps) + 1)
    trades, row = np.empty(1024 + 4 * symbols, TRADE), 0
    while True:
        row = _run(row, tape, sides, steps, stack, rules, book, account, skipped, equity, trades)
        if row > rows:
            break
        longer = np.empty(2 * len(trades), TRADE)
        longer[: len(trades)] = trades
        trades = longer
    trades = trades[: account["trades"][0]]
    return Outcome(
        equity=equity,
        trades=_trade_columns(trades, closed=len(trades) - int(np.count_nonzero(book["direction"])), symbols=symbols),
        skipped={reason: int(skipped[reason]) for reason in Skip if skipped[reason]},
        ambiguous_bars=int(account["ambiguous"][0]),
        unfilled_at_end=int(account["exits"][0] + account["orders"][0]),
    )


def _trade_columns(trades: NDArray[np.void], *, closed: int, symbols: int) -> TradeColumns:
    """Columns ordered by exit row, then symbol. The loop emits by exit row, at the open before inside the bar;
    the sort is stable, so two exits of one symbol in one row keep that order."""
    table = trades.view(np.int64).reshape(len(trades), len(TRADE.names or ()))
    if symbols > 1:
        order = np.lexsort((trades["symbol"][:closed], trades["exit_row"][:closed]))
        table = np.concatenate([table[:closed][order], table[closed:]])
    columns = np.ascontiguousarray(table.T)
    return TradeColumns(**{name: columns[k].view(TRADE[name]) for k, name in enumerate(TRADE.names or ())})
