"""Price jumps that no corporate action explains: an unadjusted split looks like a crash and trades like one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vibex.domain.arrays import F64
from vibex.domain.bars import Bars, format_ms
from vibex.domain.errors import InvalidInput
from vibex.domain.timeframe import DAY_MS
from vibex.market.adjustment import ActionKind, Adjustment, CorporateActions, first_row_on

LIMIT = 0.35 + 1e-9  # a close of 135 after 100 is a move of 35 % in floating point as well
# Over a hole of a year the price may be anywhere; the hole itself stands in the data quality.
LONGEST_STEP_MS = 365 * DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A bar whose open or close lies beyond ±35 % of the close before; `move` is that change, -0.5 = halved."""

    row: int
    time_ms: int
    move: float
    over_hole: bool


def find_jumps(bars: Bars, adjustment: Adjustment, actions: CorporateActions) -> tuple[Jump, ...]:
    """Jumps left after the known actions: splits explain raw prices only, a checked `move` explains its own day."""
    moves: F64 = np.stack([bars.close[1:], bars.open[1:]]) / bars.close[:-1]
    if adjustment is Adjustment.RAW:
        for split in actions.of(bars.symbol, ActionKind.SPLIT):
            row = first_row_on(bars, split.ex_date)
            if row is not None:
                moves[:, row - 1] *= split.value
    moves -= 1
    for checked in actions.of(bars.symbol, ActionKind.MOVE):
        row = first_row_on(bars, checked.ex_date)
        if row is not None:
            moves[:, row - 1] = 0.0
    to_close, to_open = moves[0], moves[1]
    size = np.where(np.abs(to_close) >= np.abs(to_open), to_close, to_open)
    steps = np.diff(bars.open_time)
    return tuple(
        Jump(
            row=i + 1,
            time_ms=int(bars.open_time[i + 1]),
            move=float(size[i]),
            over_hole=bool(steps[i] > LONGEST_STEP_MS),
        )
        for i in map(int, np.flatnonzero(np.abs(size) > LIMIT))
    )


def unexplained(jump: Jump, symbol: str, adjustment: Adjustment) -> InvalidInput:
    """The refusal of a run on such data, with what the user can do."""
    day = format_ms(jump.time_ms)[:10]
    raw = adjustment is Adjustment.RAW
    prices = "raw prices, known splits taken out" if raw else f"{adjustment} prices"
    remedy = "correct the splits in a file given with --actions" if raw else "check --adjust"
    return InvalidInput(
        f"{symbol} moves {jump.move:+.1%} on {day} ({prices}), and no corporate action explains it",
        field="data",
        remedy=f"{remedy}; if the price really moved so far, add the line {symbol},{day},move,1 to that file; "
        "or give data that begins after that day",
    )
