"""Lays out the `World` of a plan with parts and plays it; the compiled code is kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vibex.backtest.costs import arithmetic
from vibex.backtest.engine.kernel_full.loop import run
from vibex.backtest.engine.kernel_full.pack import Lists, pack_bars, pack_full_rules, pack_market, pack_tables
from vibex.backtest.engine.kernel_full.pack_programs import Tray, pack_sides, pack_state
from vibex.backtest.engine.kernel_full.records import Fill, Goal, Holding, Past, Rung
from vibex.backtest.engine.kernel_full.world import WORLD
from vibex.backtest.engine.kernel_records import NONE, OPTIONS, TRADE, Tape, digest_of, dtype_of
from vibex.backtest.engine.kernel_results import fill_columns, longer, trade_columns
from vibex.backtest.engine.outcome import Outcome, Skip
from vibex.backtest.engine.parts import Tie
from vibex.backtest.engine.plan import Plan
from vibex.strategy.evaluation import step


def _entry_point() -> Callable[..., Any]:
    """With a disk cache that holds as long as no file that is compiled into it changes."""
    here = Path(__file__).parent
    sources = digest_of([*here.glob("*.py"), *here.parent.glob("*.py"), Path(step.__file__), Path(arithmetic.__file__)])

    @njit(cache=True, **OPTIONS)
    def entry_point(row, world):  # type: ignore[no-untyped-def]
        assert len(sources) > 0  # noqa: S101  keeps the digest in the closure
        return run(row, world[0])

    return cast("Callable[..., Any]", entry_point)


_run = _entry_point()

LENGTHS = {
    "detail_count": ("detail_open", 0),
    "priority_count": ("priority", 0),
    "goal_width": ("goals", 1),
    "rung_width": ("rungs", 1),
    "step_count": ("steps", 0),
    "code_count": ("code_op", 0),
    "since_count": ("since", 0),
    "state_width": ("state", 2),
    "memory_width": ("memory", 1),
    "scratch_width": ("scratch", 1),
    "schedule_count": ("schedule", 0),
    "tick_count": ("ticks", 1),
    "trade_room": ("trades", 0),
    "fill_room": ("fills", 0),
}
"""Which axis of which list a length of the `World` is; 0 where the list is absent."""


def play(plan: Plan, tie: Tie) -> Outcome:
    """As `kernel.simulate`, for any plan."""
    tape, lists = pack_market(plan)
    symbols, rows = tape.flags.shape
    lists |= _lists(plan, tape)
    world = np.zeros(1, WORLD)
    world["symbols"], world["rows"], world["column_count"] = symbols, rows, tape.columns.shape[1]
    for name, value in pack_full_rules(plan, tie).items():
        world["rules"][name] = value
    account = world["account"][0]
    account["balance"] = account["day_start"] = account["peak"] = plan.capital
    row = 0
    while row <= rows:
        _point(world, lists)
        row = _run(row, world)
        if row <= rows:
            lists["trades"], lists["fills"] = longer(lists["trades"]), longer(lists["fills"])
    return _outcome(plan, lists, account)


def _point(world: NDArray[np.void], lists: Lists) -> None:
    """Tell the world where the lists lie."""
    for name, given in lists.items():
        if not given.flags.c_contiguous:
            raise AssertionError(f"{name} is not contiguous")
        world[name] = given.ctypes.data
    for name, (measured, axis) in LENGTHS.items():
        world[name] = lists[measured].shape[axis] if measured in lists else 0


def _lists(plan: Plan, tape: Tape) -> Lists:
    """Everything that compiled code writes to, and what it looks things up in."""
    symbols, rows = tape.flags.shape
    tray = Tray(plan)
    sides, aims, rung_plans = pack_sides(plan, tray)
    bars, brackets = pack_bars(plan, tape)
    state = pack_state(plan)
    book = np.zeros(symbols + 1, dtype_of(Holding))
    book["exit_reason"] = book["last_reason"] = NONE
    past = np.zeros((symbols, 2), dtype_of(Past))
    past["exit_price"] = np.nan
    depth = max(tray.end, len(state.get("code_op", ())), len(state["programs"])) + 1
    return {
        **state,
        **pack_tables(plan),
        "equity": np.empty(rows),
        "book": book,
        "bars": bars,
        "past": past,
        "goals": np.zeros((symbols + 1, aims.shape[1]), dtype_of(Goal)),
        "rungs": np.zeros((symbols + 1, rung_plans.shape[1]), dtype_of(Rung)),
        "sides": sides,
        "aims": aims,
        "rung_plans": rung_plans,
        "steps": tray.steps(),
        "scratch": np.empty((3, depth)),
        "brackets": brackets,
        "skipped": np.zeros(len(Skip), np.int64),
        "trades": np.empty(1024 + 8 * symbols, TRADE),
        "fills": np.empty((2048 + 16 * symbols * (1 + aims.shape[1])) if plan.fills_in_parts else 1, dtype_of(Fill)),
    }


def _outcome(plan: Plan, lists: Lists, account: np.void) -> Outcome:
    trades, skipped = lists["trades"][: account["trades"]], lists["skipped"]
    closed = len(trades) - int(np.count_nonzero(lists["book"]["direction"][:-1]))
    return Outcome(
        equity=lists["equity"],
        trades=trade_columns(trades, closed=closed, symbols=len(plan.symbols)),
        skipped={reason: int(skipped[reason]) for reason in Skip if skipped[reason]},
        ambiguous_bars=int(account["ambiguous"]),
        unfilled_at_end=int(account["exits"] + account["orders"]),
        cash_cut=int(account["cash_cut"]),
        fills=fill_columns(lists["fills"][: account["fills"]]) if plan.fills_in_parts else None,
    )
