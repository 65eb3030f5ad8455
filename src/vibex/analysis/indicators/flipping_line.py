"""The one loop that no array operation can express: a trailing band that flips when the close crosses it.

Compiled on first use and loaded only then, because importing the compiler is slow.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vibex.domain.arrays import F64


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def flipping_line(close: F64, middle: F64, width: F64, first: int) -> tuple[F64, F64]:
    """The line (T,) and its direction (T,): +1 with the line below the close, −1 above; missing before row `first`.

    The bands are middle ± width. The upper band only falls and the lower only rises, until the close before this
    bar lay beyond them. A long line turns when the close is at or below the lower band, a short one when it is above
    the upper band. The first row is long when the close is at or above the middle.
    """
    line = np.full(len(close), np.nan)
    direction = np.full(len(close), np.nan)
    upper, lower, long = np.nan, np.nan, True
    for i in range(first, len(close)):
        new_upper, new_lower = middle[i] + width[i], middle[i] - width[i]
        if i == first:
            upper, lower, long = new_upper, new_lower, close[i] >= middle[i]
        else:
            if new_upper < upper or close[i - 1] > upper:
                upper = new_upper
            if new_lower > lower or close[i - 1] < lower:
                lower = new_lower
        long = close[i] > (lower if long else upper)
        line[i] = lower if long else upper
        direction[i] = 1.0 if long else -1.0
    return line, direction
