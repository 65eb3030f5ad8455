"""The compiled body of the fill rules: for long data and many runs. Importing it imports numba.

It reads the same page as `reference` and does the same float64 operations in the same order (see `plan`). Plans without
parts are played here; `kernel_full` plays the others.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
from numba import njit

from vibex.backtest.engine.kernel_loop import run
from vibex.backtest.engine.kernel_pack import pack_rules, pack_sides, pack_steps, pack_tape
from vibex.backtest.engine.kernel_records import ACCOUNT, NONE, OPTIONS, POSITION, TRADE, digest_of
from vibex.backtest.engine.kernel_results import longer, trade_columns
from vibex.backtest.engine.outcome import Outcome, Skip
from vibex.backtest.engine.parts import Tie
from vibex.backtest.engine.plan import Plan, Trailing


def _entry_point() -> Callable[..., Any]:
    """With a disk cache. numba renews a cache when this file changes or a value in the closure does; the digest makes
    that hold for every file that is compiled into it."""
    sources = digest_of(Path(__file__).parent.glob("*.py"))

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


def is_plain(plan: Plan) -> bool:
    """Whether nothing in `plan` needs more than market entries, fixed levels and plain rates."""
    parts = (plan.order, plan.volume, plan.mark, plan.funding, plan.liquidation, plan.detail, plan.carry, plan.limits)
    sides = (plan.long, plan.short)
    managed = any(side.management is not None or side.trailing == Trailing.LEVEL for side in sides)
    sizes = (plan.schedule.size, plan.target_through.size, plan.priority.size, int(np.isnan(plan.tick).any()))
    absent = plan.state is None and all(part is None for part in parts) and not any(sizes)
    return absent and not (managed or plan.target_takes or plan.linked)


def simulate(plan: Plan, *, tie: Tie = Tie.STOP_FIRST) -> Outcome:
    """Play `plan` and return what it leaves behind; the same plan gives the same bits, from any thread.

    `tie`: which of stop and target an ambiguous bar fills (rules 8, 49). Arrays that already are contiguous float64
    and uint8 are not copied. Raises InvalidInput for shapes, dtypes and numbers that do not fit.
    """
    if is_plain(plan):
        return _simulate_plain(plan, tie)
    from vibex.backtest.engine.kernel_full.play import play

    return play(plan, tie)


def _simulate_plain(plan: Plan, tie: Tie) -> Outcome:
    tape, steps, sides, rules = pack_tape(plan), pack_steps(plan), pack_sides(plan), pack_rules(plan, tie)
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
        trades = longer(trades)
    trades = trades[: account["trades"][0]]
    closed = len(trades) - int(np.count_nonzero(book["direction"]))
    return Outcome(
        equity=equity,
        trades=trade_columns(trades, closed=closed, symbols=symbols),
        skipped={reason: int(skipped[reason]) for reason in Skip if skipped[reason]},
        ambiguous_bars=int(account["ambiguous"][0]),
        unfilled_at_end=int(account["exits"][0] + account["orders"][0]),
        cash_cut=int(account["cash_cut"][0]),
        fills=None,
    )
