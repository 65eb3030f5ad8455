"""Operand arithmetic on columns: NaN in, NaN out; x/0 and overflow give NaN (rule 54 and strategy-spec)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from vibex.domain.arrays import F64
from vibex.strategy.spec.operand import CalcOp

Value = F64 | float
"""A column of shape (T,), or a constant that is the same on every bar."""

_BINARY = {
    "add": np.add,
    "mul": np.multiply,
    "min": np.minimum,
    "max": np.maximum,
    "sub": np.subtract,
    "div": np.divide,
}


def calculate(op: CalcOp, args: Sequence[Value]) -> Value:
    """Apply `op` from left to right. A result that is not finite where the inputs were is missing, NaN."""
    if op == "abs":
        return np.abs(args[0]) if isinstance(args[0], np.ndarray) else abs(args[0])
    with np.errstate(all="ignore"):
        result = reduce(_BINARY[op], args)
    if op in ("min", "max"):
        return result
    if isinstance(result, np.ndarray):
        return np.where(np.isfinite(result), result, np.nan)
    return float(result) if np.isfinite(result) else float("nan")


def shifted(column: F64, bars: int, times: float) -> F64:
    """The value of `bars` bars ago × `times`, NaN on the first `bars` rows (rule 55)."""
    moved = column
    if bars:
        moved = np.full_like(column, np.nan)
        moved[bars:] = column[: len(column) - bars] if bars < len(column) else column[:0]
    if times == 1.0:
        return moved
    with np.errstate(over="ignore"):
        product = moved * times
    return np.where(np.isinf(product) & np.isfinite(moved), np.nan, product)
