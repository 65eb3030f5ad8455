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

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from vibex.backtest.engine.parts import (
    Carry,
    Detail,
    EntryOrder,
    EntryType,
    Funding,
    LimitRules,
    Liquidation,
    MarkPrices,
    Tie,
    VolumeRules,
)
from vibex.domain.arrays import F64, I64, U8
from vibex.domain.signals import Flag
from vibex.strategy.evaluation.state_rules import StateRules

__all__ = [
    "NO_LEVEL",
    "Carry",
    "Detail",
    "EntryOrder",
    "EntryType",
    "Flag",
    "Funding",
    "LevelOp",
    "LevelProgram",
    "LimitRules",
    "Liquidation",
    "Management",
    "MarkPrices",
    "Plan",
    "SidePlan",
    "Sizing",
    "StateRules",
    "StopStep",
    "Tie",
    "Trailing",
    "VolumeRules",
]


def _no_numbers() -> F64:
    return np.empty(0)


def _no_order() -> I64:
    return np.empty((0, 0), np.int64)


class LevelOp(IntEnum):
    """One step of a `LevelProgram`, a small stack machine that turns a fill price into a level.

    Leaves push a level; `sign` is −d for stops and yardsticks, +d for targets:
    PERCENT fill × (1 + sign × value / 100) · POINTS fill + sign × value ·
    ATR fill + sign × (value × column at the decision bar) · PRICE value · LEVEL column at the decision bar ·
    RISK_MULTIPLE fill + value × (fill − initial stop) · PROGRAM what `StateRules.levels[value]` gives.
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
    PROGRAM = 8


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


NO_LEVEL = LevelProgram(op=np.empty(0, np.int64), value=np.empty(0), column=np.empty(0, np.int64))


class Trailing(IntEnum):
    """How far a trailing stop stays behind its reference (rule 45)."""

    NONE = 0
    PERCENT = 1  # level = reference × (1 − d × value / 100)
    ATR = 2  # level = reference − d × (value × column at the decision bar)
    LEVEL = 3  # the level of `SidePlan.trailing_level`, computed at every close; it only tightens


class Sizing(IntEnum):
    """What `SidePlan.size_value` means (rules 31, 34, 36)."""

    FIXED_PERCENT = 0
    FIXED_NOTIONAL = 1
    FIXED_QUANTITY = 2
    RISK_PERCENT = 3
    RISK_NOTIONAL = 4
    VOLATILITY_TARGET = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StopStep:
    """Moves the stop to `to` once the bar's extreme reached `after`, or target number `after_target` (from 1) filled.

    `after` lies on the target's side of the fill; `to` may lie anywhere: PERCENT fill × (1 + d × value / 100), POINTS
    fill + d × value, ATR fill + d × (value × column at the decision bar), PRICE, LEVEL and PROGRAM as they say.
    """

    after: LevelProgram
    after_target: int
    to: LevelProgram


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Management:
    """What is done with a position after its entry, beyond one fixed stop, one fixed target and a plain trail.

    `targets` with `fractions` (K,) of the entered quantity replace `SidePlan.target`, which then does not exist.
    `…_moves`: the whole program is run again at every close. `…_on_close`: the close is compared with the level, and
    the position leaves at the next open. `trailing_after`: the trail is off until the bar's extreme reached it.
    `trailing_level` belongs to Trailing.LEVEL.
    """

    targets: tuple[LevelProgram, ...]
    fractions: F64
    stop_moves: bool
    target_moves: bool
    stop_on_close: bool
    target_on_close: bool
    trailing_on_close: bool
    trailing_after: LevelProgram
    trailing_level: LevelProgram
    steps: tuple[StopStep, ...]


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
    management: Management | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """N symbols in code-point order on one clock of T timestamps (the union of all, rule 61).

    `time` (T,) int64 ms; prices (N, T), NaN where the symbol has no bar; `flags` (N, T) of `Flag` bits;
    `columns` (N, C, T): numbers known at the close of each bar that levels, sizes and state programs refer to;
    `lot`, `tick` (N,), 0 = no rounding, a tick of NaN: `tick_sizes[b]` of the first b with price < `tick_bounds[b]`,
    both (B,), the last bound +inf. `fee_rate` (taker) and `maker_rate` are fractions of the notional; a `schedule`
    that is not empty replaces them (`vibex.backtest.costs.fee_from_vector`). `slip` is a fraction, half the spread
    included. `time_stop_bars` 0 = none. `target_takes`: targets are market orders (slippage, taker fee).
    `target_through` (N,): how far in price a target must be traded through. `priority` (P, N): the symbols in the
    order in which their entries are served in row r, `priority[r % P]`; empty: symbol order. `linked`: the two symbols
    are the legs of a pair. The parts below are None where nothing asks for them.
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
    maker_rate: float
    slip: float
    min_notional: float
    reverse: bool
    time_stop_bars: int
    tick_bounds: F64 = field(default_factory=_no_numbers)
    tick_sizes: F64 = field(default_factory=_no_numbers)
    schedule: F64 = field(default_factory=_no_numbers)
    target_takes: bool = False
    target_through: F64 = field(default_factory=_no_numbers)
    priority: I64 = field(default_factory=_no_order)
    linked: bool = False
    order: EntryOrder | None = None
    volume: VolumeRules | None = None
    mark: MarkPrices | None = None
    funding: Funding | None = None
    liquidation: Liquidation | None = None
    detail: Detail | None = None
    carry: Carry | None = None
    limits: LimitRules | None = None
    state: StateRules | None = None

    @property
    def bar_steps(self) -> int:
        """Symbols × timestamps: the work of one pass."""
        return int(np.prod(self.flags.shape))

    @property
    def fills_in_parts(self) -> bool:
        """Whether a trade can have more than one entry or exit fill; `Outcome.fills` is kept then."""
        managed = (self.long.management, self.short.management)
        return self.volume is not None or any(each is not None and len(each.targets) > 0 for each in managed)
