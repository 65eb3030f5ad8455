"""Everything a simulation needs, as numbers: the one input of both engine bodies.

Rule numbers in this room are those of docs/fill-rules.md.

Both bodies are bit-equal because they do the same float64 operations in the same order. The order is:

- direction d = +1 for a long, −1 for a short; slip = slippage_bps / 1e4; a buy fills at price × (1 + slip),
  a sell at price × (1 − slip) where slippage applies (rule 37).
- balance = capital; an entry does `balance -= fee` with fee = (quantity × price) × fee_rate; an exit does
  `balance += gross - fee` with gross = (exit price − entry price) × quantity × d, evaluated left to right.
  A trade's fees = entry fee + exit fee, its pnl = gross − fees.
- equity at a set of marks: start from balance; for each open position in symbol order add
  (mark − entry price) × quantity × d.
- free cash: start from balance; for each open position in symbol order subtract
  (quantity × entry price) / leverage.
- target quantity: fixed_percent → ((equity × value / 100) × leverage) / fill; fixed_notional → value / fill;
  fixed_quantity → value; risk_percent → (equity × value / 100) / distance; risk_notional → value / distance;
  volatility_target → (equity × value / volatility) / fill. With a cap: min(quantity, (equity × cap / 100) / fill).
- cut (rule 32): min(quantity, free / (fill × (1 / leverage + fee_rate))).
- lot (rule 33): floor(quantity / lot + 1e-9) × lot when lot > 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from vibex.domain.arrays import F64, I64, U8
from vibex.domain.signals import Flag

__all__ = ["Flag", "LevelOp", "LevelProgram", "Plan", "SidePlan", "Sizing", "Trailing"]


class LevelOp(IntEnum):
    """One step of a `LevelProgram`, a small stack machine that turns a fill price into a level.

    Leaves push a level; `sign` is −d for stops and yardsticks, +d for targets:
    PERCENT fill × (1 + sign × value / 100) · POINTS fill + sign × value ·
    ATR fill + sign × (value × column at the decision bar) · PRICE value · LEVEL column at the decision bar ·
    RISK_MULTIPLE fill + value × (fill − initial stop).
    NEAREST and FARTHEST take the last `value` levels and leave the one with the smallest (largest)
    |level − fill|, the first of equals.
    A leaf that is not finite (an ATR that is not finite or not above 0, rule 35), or not beyond the fill on
    its own side, that is sign × (level − fill) > 0 is false, skips the entry.
    """

    PERCENT = 0
    POINTS = 1
    ATR = 2
    PRICE = 3
    LEVEL = 4
    RISK_MULTIPLE = 5
    NEAREST = 6
    FARTHEST = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelProgram:
    """Steps in postfix order, arrays of shape (K,); K = 0 means that there is no level.

    `op` holds LevelOp values, `value` their number, `column` the row of `Plan.columns` (−1 where none).
    """

    op: I64
    value: F64
    column: I64

    @property
    def exists(self) -> bool:
        return len(self.op) > 0


class Trailing(IntEnum):
    """How far a trailing stop stays behind its reference (rule 45)."""

    NONE = 0
    PERCENT = 1  # level = reference × (1 − d × value / 100)
    ATR = 2  # level = reference − d × (value × column at the decision bar)


class Sizing(IntEnum):
    """What `SidePlan.size_value` means (rules 31, 34, 36)."""

    FIXED_PERCENT = 0
    FIXED_NOTIONAL = 1
    FIXED_QUANTITY = 2
    RISK_PERCENT = 3
    RISK_NOTIONAL = 4
    VOLATILITY_TARGET = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SidePlan:
    """The levels and the size of entries of one side.

    Levels are rounded to the symbol's tick against the trader: a long's stops down and target up, a short's
    stops up and target down: floor(level / tick + 1e-9) × tick, ceil(level / tick − 1e-9) × tick.
    `trailing_column`, `volatility_column` are rows of `Plan.columns`, −1 where none.
    The distance that risk sizing divides by is |fill − level| of `yardstick` if that exists, else of the
    initial stop, else of the trailing stop's first level. `cap_percent` NaN means no cap.
    """

    stop: LevelProgram
    target: LevelProgram
    trailing: Trailing
    trailing_value: float
    trailing_column: int
    sizing: Sizing
    size_value: float
    yardstick: LevelProgram
    cap_percent: float
    volatility_column: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """N symbols in code-point order on one clock of T timestamps (the union of all, rule 61).

    `time` (T,) int64 ms; prices (N, T), NaN where the symbol has no bar; `flags` (N, T) of `Flag` bits;
    `columns` (N, C, T): numbers known at the close of each bar that levels and sizes refer to;
    `lot`, `tick` (N,), 0 = no rounding. `fee_rate` and `slip` are fractions. `time_stop_bars` 0 = none.
    """

    symbols: tuple[str, ...]
    time: I64
    open: F64
    high: F64
    low: F64
    close: F64
    flags: U8
    columns: F64
    lot: F64
    tick: F64
    long: SidePlan
    short: SidePlan
    capital: float
    leverage: float
    fee_rate: float
    slip: float
    min_notional: float
    reverse: bool
    time_stop_bars: int

    @property
    def bar_steps(self) -> int:
        """Symbols × timestamps: the work of one pass."""
        return int(np.prod(self.flags.shape))
