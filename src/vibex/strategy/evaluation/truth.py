"""Conditions on closed bars, in three-valued logic: true, false, or unknown where a value is missing.

Two questions are asked of a condition, `is_true` and `is_false`; unknown is where both answer no. Each asks
only what it needs of the parts, so that a strategy without `not` never computes what is false.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import numpy as np

from vibex.analysis.calendars import clock_mask, date_mask
from vibex.domain.arrays import F64, I64, Mask
from vibex.strategy.evaluation.arithmetic import Value
from vibex.strategy.evaluation.frame import Frame
from vibex.strategy.spec import All, Any_, AtLeast, Clock, Compare, Condition, Dates, For, Not, Within

BLOCK = 1 << 16
"""Rows of a temporary column that stays in the processor's cache."""

_COMPARE = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal, "==": np.equal}
_OPPOSITE = {">": np.less_equal, ">=": np.less, "<": np.greater_equal, "<=": np.greater}


def is_true(condition: Condition, frame: Frame) -> Mask:
    """Where `condition` holds at the close, shape (T,)."""
    match condition:
        case All(of):
            return reduce(np.logical_and, (is_true(part, frame) for part in of))
        case Any_(of):
            return reduce(np.logical_or, (is_true(part, frame) for part in of))
        case Not(of):
            return is_false(of, frame)
        case Compare():
            return _compared(condition, frame, truth=True)
        case Within(bars, of, times):
            return _count_of_last(is_true(of, frame), bars) >= times
        case For(bars, of):
            return _count_of_last(is_true(of, frame), bars) >= bars
        case AtLeast(count, of):
            return _votes(is_true(part, frame) for part in of) >= count
        case Clock() | Dates():
            return _calendar_mask(condition, frame)
    raise AssertionError(condition)


def is_false(condition: Condition, frame: Frame) -> Mask:
    """Where `condition` is known not to hold at the close, shape (T,)."""
    match condition:
        case All(of):
            return reduce(np.logical_or, (is_false(part, frame) for part in of))
        case Any_(of):
            return reduce(np.logical_and, (is_false(part, frame) for part in of))
        case Not(of):
            return is_true(of, frame)
        case Compare():
            return _compared(condition, frame, truth=False)
        case Within(bars, of, times):
            return _count_of_last(is_false(of, frame), bars) > bars - times
        case For(bars, of):
            return _count_of_last(is_false(of, frame), bars) > 0
        case AtLeast(count, of):
            return _votes(is_false(part, frame) for part in of) > len(of) - count
        case Clock() | Dates():
            return ~_calendar_mask(condition, frame)
    raise AssertionError(condition)


def _compared(condition: Compare, frame: Frame, *, truth: bool) -> Mask:
    left, right = frame.operand(condition.left), frame.operand(condition.right)
    match condition.op:
        case "crosses_above":
            return _crossed(left, right, frame, truth=truth)
        case "crosses_below":
            return _crossed(right, left, frame, truth=truth)
        case "rising" | "falling" as way:
            column = _column(left, frame)
            if not isinstance(right, float):
                raise AssertionError(right)
            return _monotone(column if way == "rising" else -column, int(right), truth=truth)
        case op:
            return _plain(op, left, right, frame, truth=truth)


def _plain(op: str, left: Value, right: Value, frame: Frame, *, truth: bool) -> Mask:
    if truth:
        mask = _COMPARE[op](left, right)
    elif op == "==":
        mask = np.not_equal(left, right) & ~np.isnan(left) & ~np.isnan(right)
    else:
        mask = _OPPOSITE[op](left, right)
    return mask if isinstance(mask, np.ndarray) else np.full(len(frame), bool(mask))


def _crossed(left: Value, right: Value, frame: Frame, *, truth: bool) -> Mask:
    """Rule 52: above now and not above before; all four values must exist, so never on the first bar.

    Computed block by block: whole-column temporaries would cost more in fresh memory than the comparison does.
    """
    mask = np.zeros(len(frame), dtype=np.bool_)
    for start in range(1, len(frame), BLOCK):
        stop = min(start + BLOCK, len(frame))
        now, other_now = _rows(left, start, stop), _rows(right, start, stop)
        before, other_before = _rows(left, start - 1, stop - 1), _rows(right, start - 1, stop - 1)
        if truth:
            mask[start:stop] = (now > other_now) & (before <= other_before)
        else:
            exist = ~np.isnan(now + other_now + before + other_before)
            mask[start:stop] = exist & ~((now > other_now) & (before <= other_before))
    return mask


def _rows(value: Value, start: int, stop: int) -> Value:
    return value[start:stop] if isinstance(value, np.ndarray) else value


def _monotone(column: F64, steps: int, *, truth: bool) -> Mask:
    """Rule 53: each of the last `steps` steps strictly up; false as soon as one of them is known not to be."""
    step = np.zeros(len(column), dtype=np.bool_)
    if truth:
        np.greater(column[1:], column[:-1], out=step[1:])
        return _count_of_last(step, steps) >= steps
    np.less_equal(column[1:], column[:-1], out=step[1:])
    return _count_of_last(step, steps) > 0


def _count_of_last(mask: Mask, bars: int) -> I64:
    """How many of the last `bars` rows are set, this one included; rows before the data count as not set."""
    total = np.cumsum(mask, dtype=np.int64)
    total[bars:] -= total[:-bars].copy() if bars < len(total) else 0
    return total


def _votes(masks: Iterable[Mask]) -> I64:
    return reduce(np.add, (mask.astype(np.int64) for mask in masks))


def _calendar_mask(condition: Clock | Dates, frame: Frame) -> Mask:
    if isinstance(condition, Clock):
        return clock_mask(frame.sessions, condition.clock[0], condition.clock[1], condition.zone)
    return date_mask(frame.sessions, condition.first, condition.last)


def _column(value: Value, frame: Frame) -> F64:
    return value if isinstance(value, np.ndarray) else np.full(len(frame), value)


def _any_column(*values: Value) -> bool:
    return any(isinstance(value, np.ndarray) for value in values)
