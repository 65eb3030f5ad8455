"""What the compiled body works on: flat records, so that one compilation serves every plan.

Each class names the fields of one record once; its dtype follows from it. Fields are int64 or float64.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeVar, cast, get_type_hints

import numpy as np
from numba import njit

from vibex.backtest.engine.outcome import Reason, Skip
from vibex.backtest.engine.plan import Flag, Tie
from vibex.domain.arrays import F64, U8

F = TypeVar("F", bound=Callable[..., object])

# Plain integers, because compiled code cannot read class attributes.
SIGNAL, REVERSAL, STOP_LOSS, TAKE_PROFIT, TRAILING_STOP, TIME_STOP, END_OF_DATA, LIQUIDATION = map(int, Reason)
(
    NO_EQUITY,
    MISSING_ATR,
    MISSING_LEVEL,
    WRONG_SIDE_LEVEL,
    MISSING_VOLATILITY,
    NO_FREE_CASH,
    BELOW_LOT,
    BELOW_MIN_NOTIONAL,
    EXPIRED,
    MAX_TRADES,
    COOLDOWN,
    LOSS_LIMIT,
) = map(int, Skip)
STOP_FIRST, TARGET_FIRST, NEARER_FIRST = map(int, Tie)
NONE: Final = -1  # no reason to leave, no reason to skip
ENTRY_LONG, EXIT_LONG, ENTRY_SHORT, EXIT_SHORT = Flag.ENTRY_LONG, Flag.EXIT_LONG, Flag.ENTRY_SHORT, Flag.EXIT_SHORT
ENTRY: Final = Flag.ENTRY_LONG | Flag.ENTRY_SHORT
SESSION_EXIT: Final = Flag.SESSION_EXIT
NO_BAR: Final = Flag.NO_BAR
NO_FILL: Final = Flag.NO_TRADES | Flag.NO_BAR


# Without fastmath the operations keep their order, so the bodies stay bit-equal. `_nrt=False`: compiled code owns
# no array, so it need not count references, which takes longer than a bar does.
OPTIONS: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy", "_nrt": False}


INNER: Final[dict[str, Any]] = {**OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""For functions that only compiled code calls: they need no door from Python, which takes as long to compile."""


def compiled(function: F) -> F:
    """Compile into the caller: a call that passes arrays takes longer than a bar does, too."""
    return cast(F, njit(forceinline=True, **INNER)(function))


def called(function: F) -> F:
    """Compile once, for what happens too seldom to stand in every caller."""
    return cast(F, njit(**INNER)(function))


def digest_of(files: Iterable[Path]) -> str:
    """A short name of what the files say."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


def inlined(function: F) -> F:
    """Written into the caller before it is compiled: numba makes machine code of every function that it compiles by
    itself, with all that it calls, which adds up."""
    return cast(F, njit(inline="always", **INNER)(function))


class Position(Protocol):
    """One symbol's state between events. Level fields hold ±inf where there is no level, so they never touch."""

    direction: int  # +1 long, −1 short, 0 flat
    exit_reason: int  # Reason of the exit order that is due, NONE without one
    order: int  # direction of the entry order that is due, 0 without one
    order_row: int  # its decision bar
    bars: int  # own closes seen, the entry bar's included
    entry_row: int
    entry_price: float
    entry_fee: float
    quantity: float
    mark: float  # last own close
    stop: float
    target: float
    trail: float
    trailing: int
    trail_gap: float  # PERCENT: level = reference × gap; ATR: level = reference − direction × gap
    reference: float
    lowest: float
    highest: float


class Account(Protocol):
    """The shared cash, and counters that let the loop pass over what is not there."""

    balance: float
    exits: int  # exit orders due
    orders: int  # entry orders due
    trades: int
    ambiguous: int
    cash_cut: int


class Step(Protocol):
    """One step of a level program."""

    op: int
    value: float
    column: int


class Side(Protocol):
    """A `SidePlan`; programs are ranges of the shared steps."""

    stop_begin: int
    stop_end: int
    target_begin: int
    target_end: int
    yardstick_begin: int
    yardstick_end: int
    trailing: int
    trailing_value: float
    trailing_column: int
    sizing: int
    size_value: float
    cap_percent: float
    volatility_column: int


class Trade(Protocol):
    """One row of `TradeColumns`."""

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
    reason: int
    funding: float
    carry: float


@cache
def dtype_of(record: type) -> np.dtype[np.void]:
    """The record that the class describes, its fields in their order; a field may be a record."""
    kinds = {int: np.int64, float: np.float64}
    return np.dtype(
        [(name, kinds.get(kind) or dtype_of(kind)) for name, kind in get_type_hints(record).items()], align=True
    )


POSITION, ACCOUNT, STEP, SIDE, TRADE = map(dtype_of, (Position, Account, Step, Side, Trade))


class Tape(NamedTuple):
    """The plan's arrays: prices and flags (N, T), columns (N, C, T), lot and tick (N,)."""

    open: F64
    high: F64
    low: F64
    close: F64
    flags: U8
    columns: F64
    lot: F64
    tick: F64


class Rules(NamedTuple):
    """The plan's numbers. `buy`, `sell`: 1 ± slippage; `margin`: cash that one unit of notional ties up."""

    leverage: float
    margin: float
    fee_rate: float
    maker_rate: float
    buy: float
    sell: float
    min_notional: float
    reverse: bool
    time_stop_bars: int
    tie: int
