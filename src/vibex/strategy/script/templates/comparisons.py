"""Comparisons that look at more than one bar, and their opposites where a missing value makes both untrue."""

import pandas as pd


def previous(values: pd.Series | float) -> pd.Series | float:
    """The value one bar earlier; a constant is the same on both bars."""
    return values.shift(1) if isinstance(values, pd.Series) else values


def crosses_above(left: pd.Series | float, right: pd.Series | float) -> pd.Series:
    """Above on this bar and not above on the bar before; all four values must exist."""
    return (left > right) & (previous(left) <= previous(right))


def does_not_cross_above(left: pd.Series | float, right: pd.Series | float) -> pd.Series:
    """All four values exist and it is no cross."""
    known = ((left > right) | (left <= right)) & (
        (previous(left) > previous(right)) | (previous(left) <= previous(right))
    )
    return known & ~crosses_above(left, right)


def count_of_last(mask: pd.Series, bars: int) -> pd.Series:
    """On how many of the last `bars` bars, this one included, `mask` is true."""
    total = mask.cumsum()
    return total - total.shift(bars, fill_value=0)


def rising(values: pd.Series, bars: int) -> pd.Series:
    """Each of the last `bars` steps went up."""
    return count_of_last(values > values.shift(1), bars) >= bars


def falling(values: pd.Series, bars: int) -> pd.Series:
    """Each of the last `bars` steps went down."""
    return count_of_last(values < values.shift(1), bars) >= bars


def is_not_rising(values: pd.Series, bars: int) -> pd.Series:
    """At least one of the last `bars` steps is known not to go up."""
    return count_of_last(values <= values.shift(1), bars) > 0


def is_not_falling(values: pd.Series, bars: int) -> pd.Series:
    """At least one of the last `bars` steps is known not to go down."""
    return count_of_last(values >= values.shift(1), bars) > 0


def differs(left: pd.Series, right: pd.Series | float) -> pd.Series:
    """Not equal, both known."""
    return (left > right) | (left < right)
