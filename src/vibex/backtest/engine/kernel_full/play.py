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
from vibex.backtest.engine.kernel_full.pack import (
    frozen,
    pack_bars,
    pack_detail,
    pack_full_rules,
    pack_market,
    pack_priority,
    pack_ticks,
)
from vibex.backtest.engine.kernel_full.pack_programs import Tray, pack_sides, pack_state
from vibex.backtest.engine.kernel_full.records import FILL, GOAL, HOLDING, PAST, PURSE, RUNG, World
from vibex.backtest.engine.kernel_records import NONE, OPTIONS, TRADE, Tape, digest_of
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
    def entry_point(row, market, events, priority, equity, world):  # type: ignore[no-untyped-def]
        assert len(sources) > 0  # noqa: S101  keeps the digest in the closure
        return run(row, market, events, priority, equity, world)

    return cast("Callable[..., Any]", entry_point)


_run = _entry_point()


def play(plan: Plan, tie: Tie) -> Outcome:
    """As `kernel.simulate`, for any plan."""
    tape, market, events = pack_market(plan)
    account = np.zeros(1, PURSE)
    account["balance"] = account["day_start"] = account["peak"] = plan.capital
    world = _world(plan, tie, tape, account)
    equity, priority = np.empty(market.flags.shape[1]), pack_priority(plan)
    row, rows = 0, len(equity)
    while True:
        row = _run(row, market, events, priority, equity, world)
        if row > rows:
            break
        world = world._replace(trades=longer(_list(world.trades)), fills=longer(_list(world.fills)))
    return _outcome(plan, world, account[0], equity)


def _list(rows: object) -> NDArray[np.void]:
    return cast("NDArray[np.void]", rows)


def _world(plan: Plan, tie: Tie, tape: Tape, account: NDArray[np.void]) -> World:
    """Everything that compiled code writes to, and what it looks things up in."""
    symbols = len(plan.symbols)
    tray = Tray(plan)
    sides, aims, rung_plans = pack_sides(plan, tray)
    bars, brackets = pack_bars(plan, tape)
    state = pack_state(plan)
    book = np.zeros(symbols + 1, HOLDING)
    book["exit_reason"] = book["last_reason"] = NONE
    past = np.zeros((symbols, 2), PAST)
    past["exit_price"] = np.nan
    room = max(len(tray.steps()), len(state["code"]), len(state["programs"])) + 1
    parts: dict[str, Any] = {
        "rules": pack_full_rules(plan, tie)[0],
        "account": account[0],
        "book": book,
        "bars": bars,
        "past": past,
        "goals": np.zeros((symbols + 1, aims.shape[1]), GOAL),
        "rungs": np.zeros((symbols + 1, rung_plans.shape[1]), RUNG),
        "sides": sides,
        "aims": aims,
        "rung_plans": rung_plans,
        "steps": tray.steps(),
        **state,
        "scratch": np.empty((3, room)),
        "columns": tape.columns,
        "schedule": frozen(np.ascontiguousarray(plan.schedule, np.float64)),
        "ticks": pack_ticks(plan),
        "brackets": brackets,
        "detail": pack_detail(plan),
        "trades": np.empty(1024 + 8 * symbols, TRADE),
        "fills": np.empty((2048 + 16 * symbols * (1 + aims.shape[1])) if plan.fills_in_parts else 1, FILL),
        "skipped": np.zeros(len(Skip), np.int64),
    }
    return World(**parts)


def _outcome(plan: Plan, world: World, account: np.void, equity: NDArray[np.float64]) -> Outcome:
    trades, book = _list(world.trades)[: account["trades"]], _list(world.book)
    closed = len(trades) - int(np.count_nonzero(book["direction"][:-1]))
    return Outcome(
        equity=equity,
        trades=trade_columns(trades, closed=closed, symbols=len(plan.symbols)),
        skipped={reason: int(world.skipped[reason]) for reason in Skip if world.skipped[reason]},
        ambiguous_bars=int(account["ambiguous"]),
        unfilled_at_end=int(account["exits"] + account["orders"]),
        cash_cut=int(account["cash_cut"]),
        fills=fill_columns(_list(world.fills)[: account["fills"]]) if plan.fills_in_parts else None,
    )
