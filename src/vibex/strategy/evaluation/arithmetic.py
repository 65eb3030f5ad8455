"""Operand arithmetic on columns: NaN in, NaN out; x/0 and overflow give NaN (rule 54 and strategy-spec).

Infinity is a value that only BARS_SINCE gives (never); arithmetic carries it on like any number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce

import numpy as np

from vibex.domain.arrays import F64
from vibex.strategy.spec.operand import CalcOp

Value = F64 | float
"""A column of shape (T,), or a constant that is the same on every bar."""

_Binary = Callable[[Value, Value], Value]
_EXACT: dict[str, _Binary] = {"min": np.minimum, "max": np.maximum}
_ROUNDED: dict[str, _Binary] = {"add": np.add, "mul": np.multiply, "sub": np.subtract, "div": np.divide}


def calculate(op: CalcOp, args: Sequence[Value]) -> Value:
    """Apply `op` from left to right."""
    if op == "abs":
        result: Value = np.abs(args[0])
    elif op in _EXACT:
        result = reduce(_EXACT[op], args)
    else:
        result = reduce(partial(_rounded, op), args)
    return result if isinstance(result, np.ndarray) and result.ndim else float(result)


def _rounded(op: CalcOp, left: Value, right: Value) -> Value:
    """One step: missing where it divides by 0, and where it is infinite though both sides are not."""
    with np.errstate(all="ignore"):
        result: Value = _ROUNDED[op](left, right)
        lost = np.isinf(result)
        if not np.any(lost):
            return result
        lost = lost & np.isfinite(left) & np.isfinite(right)
        if op == "div":
            lost = lost | np.equal(right, 0)
        return np.where(lost, np.nan, result)


def shifted(column: F64, bars: int, times: float) -> F64:
    """The value of `bars` bars ago × `times`, NaN on the first `bars` rows (rule 55)."""
    moved = column
    if bars:
        moved = np.full_like(column, np.nan)
        moved[bars:] = column[: len(column) - bars] if bars < len(column) else column[:0]
    if times == 1.0:
        return moved
    return np.asarray(calculate("mul", (moved, times)))
