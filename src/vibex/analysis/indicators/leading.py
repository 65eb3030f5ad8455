"""Where an input with leading missing values begins: an indicator of an indicator starts there (fill rule 59)."""

from __future__ import annotations

import numpy as np

from vibex.domain.arrays import F64


def first_row(*arrays: F64) -> int:
    """The first row in which every array has a value; the length when there is none, 0 without arrays."""
    if not arrays:
        return 0
    if len(arrays[0]) and not any(np.isnan(array[0]) for array in arrays):
        return 0
    missing = np.isnan(arrays[0])
    for array in arrays[1:]:
        missing = missing | np.isnan(array)
    return int(np.argmin(missing)) if not missing.all() else len(missing)
