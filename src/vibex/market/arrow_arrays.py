"""Arrow columns as numpy arrays without Arrow's own conversion, which loads pandas: over a second of a short run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vibex.domain.arrays import F64, I64

if TYPE_CHECKING:
    import pyarrow as pa


def floats(column: pa.ChunkedArray) -> F64:
    """A float64 column, shape (T,), NaN where empty."""
    import pyarrow.compute as pc

    filled = pc.fill_null(column, float("nan")) if column.null_count else column
    return np.concatenate([np.empty(0), *(_values(chunk, np.float64) for chunk in filled.chunks)])


def integers(column: pa.ChunkedArray) -> I64:
    """An int64 column without empty cells, shape (T,)."""
    empty = np.empty(0, dtype=np.int64)
    return np.concatenate([empty, *(_values(chunk, np.int64) for chunk in column.chunks)])


def _values(chunk: pa.Array, dtype: type[np.generic]) -> np.ndarray:
    """The value buffer of 8-byte cells; a slice shares its parent's buffer and starts inside it."""
    values = chunk.buffers()[1]
    if values is None:
        return np.empty(0, dtype=dtype)
    return np.frombuffer(values, dtype=dtype, count=len(chunk), offset=8 * chunk.offset)
