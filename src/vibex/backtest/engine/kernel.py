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
from vibex.backtest.engine.kernel_records import ACCOUNT, NONE, POSITION, SIDE, STEP, TRADE, Rules, Tape
from vibex.backtest.engine.outcome import Outcome, Skip, TradeColumns
from vibex.backtest.engine.plan import LevelProgram, Plan, SidePlan
from vibex.domain.errors import InvalidInput


def _entry_point() -> Callable[..., Any]:
    """The one function with a disk cache. numba renews a cache when this file changes or a value in the closure
    does; the digest makes that hold for every file that is compiled into it."""
    folder = Path(__file__).parent
    sources = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(folder.glob("*.py")))).hexdigest()

    @njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
    def entry_point(row, tape, sides, steps, stack, rules, book, accounts, skipped, equity, trades):  # type: ignore[no-untyped-def]
        assert len(sources) > 0  # noqa: S101  keeps the digest in the closure
        return run(row, tape, sides, steps, stack, rules, book, accounts, skipped, equity, trades)

    return cast("Callable[..., Any]", entry_point)


_run = _entry_point()


def simulate(plan: Plan, *, target_first: bool = False) -> Outcome:
    """Play `plan` and return what it leaves behind; the same plan gives the same bits, from any thread.

    `target_first` fills the target in ambiguous bars (the other order of rules 8 and 49). Arrays that already
    are contiguous float64 and uint8 are not copied. Raises InvalidInput for shapes and dtypes that do not fit.
    """
    tape, steps, sides, rules = _tape(plan), _steps(plan), _sides(plan), _rules(plan, target_first)
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
        trades=_trade_columns(trades, closed=len(trades) - np.count_nonzero(book["direction"]), symbols=symbols),
        skipped={reason: int(skipped[reason]) for reason in Skip if skipped[reason]},
        ambiguous_bars=int(account["ambiguous"][0]),
        unfilled_at_end=int(account["exits"][0] + account["orders"][0]),
    )


def _tape(plan: Plan) -> Tape:
    if plan.flags.ndim != 2 or 0 in plan.flags.shape:
        raise InvalidInput(f"is {plan.flags.shape}, must be (N, T), both above 0", field="flags")
    symbols, rows = plan.flags.shape
    if len(plan.symbols) != symbols or plan.time.shape != (rows,):
        raise InvalidInput(
            f"{len(plan.symbols)} symbols on a clock of {plan.time.shape} do not fit flags of {plan.flags.shape}",
            field="symbols",
        )
    column_count = plan.columns.shape[1] if plan.columns.ndim == 3 else 0
    return Tape(
        *(_array(plan, name, (symbols, rows), np.float64) for name in ("open", "high", "low", "close")),
        flags=_array(plan, "flags", (symbols, rows), np.uint8),
        columns=_array(plan, "columns", (symbols, column_count, rows), np.float64),
        lot=_array(plan, "lot", (symbols,), np.float64),
        tick=_array(plan, "tick", (symbols,), np.float64),
    )


def _array(plan: Plan, name: str, shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
    """Contiguous and read-only, so that the types, and with them the compilation, are always the same."""
    given = getattr(plan, name)
    if given.shape != shape:
        raise InvalidInput(f"has shape {given.shape}, must be {shape}", field=name)
    if given.dtype != dtype:
        raise InvalidInput(f"is {given.dtype}, must be {np.dtype(dtype)}", field=name, remedy="convert it first")
    array = np.require(given, dtype, ["C", "A"]).view()
    array.flags.writeable = False
    return array


def _programs(plan: Plan) -> list[LevelProgram]:
    return [program for side in (plan.long, plan.short) for program in (side.stop, side.target, side.yardstick)]


def _steps(plan: Plan) -> NDArray[np.void]:
    """All programs one after the other."""
    programs = _programs(plan)
    steps = np.zeros(sum(len(program.op) for program in programs), STEP)
    for name in ("op", "value", "column"):
        steps[name] = np.concatenate([getattr(program, name) for program in programs])
    if len(steps) and int(steps["column"].max()) >= plan.columns.shape[1]:
        raise InvalidInput("a level refers to a column that the plan does not have", field="columns")
    return steps


def _sides(plan: Plan) -> NDArray[np.void]:
    sides = np.zeros(2, SIDE)
    begin = 0
    for packed, side in zip(sides, (plan.long, plan.short), strict=True):
        for name in ("stop", "target", "yardstick"):
            end = begin + len(getattr(side, name).op)
            packed[f"{name}_begin"], packed[f"{name}_end"] = begin, end
            begin = end
        for name in ("trailing", "trailing_value", "trailing_column", "sizing", "size_value", "cap_percent"):
            packed[name] = getattr(side, name)
        packed["volatility_column"] = side.volatility_column
        _check_columns(side, plan.columns.shape[1])
    return sides


def _check_columns(side: SidePlan, count: int) -> None:
    if max(side.trailing_column, side.volatility_column) >= count:
        raise InvalidInput("a side refers to a column that the plan does not have", field="columns")


def _rules(plan: Plan, target_first: bool) -> Rules:
    return Rules(
        leverage=float(plan.leverage),
        margin=1 / float(plan.leverage) + float(plan.fee_rate),
        fee_rate=float(plan.fee_rate),
        buy=1 + float(plan.slip),
        sell=1 - float(plan.slip),
        min_notional=float(plan.min_notional),
        reverse=bool(plan.reverse),
        time_stop_bars=int(plan.time_stop_bars),
        target_first=bool(target_first),
    )


def _trade_columns(trades: NDArray[np.void], *, closed: int, symbols: int) -> TradeColumns:
    """Columns ordered by exit row, then symbol. The loop emits by exit row, at the open before inside the bar;
    the sort is stable, so two exits of one symbol in one row keep that order."""
    table = trades.view(np.int64).reshape(len(trades), len(TRADE))
    if symbols > 1:
        order = np.lexsort((trades["symbol"][:closed], trades["exit_row"][:closed]))
        table = np.concatenate([table[:closed][order], table[closed:]])
    columns = np.ascontiguousarray(table.T)
    return TradeColumns(**{name: columns[k].view(TRADE[name]) for k, name in enumerate(TRADE.names or ())})
