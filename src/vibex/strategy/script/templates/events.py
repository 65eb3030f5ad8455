"""What was when something happened: conditions of the past and swing points."""

import numpy as np
import pandas as pd

from vibex.strategy.script.templates.windows import rolling_max


def bars_since(when: pd.Series, lookback: int) -> pd.Series:
    """Bars since `when` was last true (0 = this bar); infinity when not within the last `lookback` bars."""
    rows = pd.Series(np.arange(len(when), dtype=float), index=when.index)
    age = rows - rows.where(when).ffill()
    return age.where(age < lookback, np.inf)


def value_when(values: pd.Series, when: pd.Series, lookback: int) -> pd.Series:
    """`values` on the bar on which `when` was last true; missing when not within the last `lookback` bars."""
    age = bars_since(when, lookback)
    recent = np.isfinite(age)
    rows = np.arange(len(values)) - age.where(recent, 0).astype(int).to_numpy()
    return pd.Series(values.to_numpy()[rows], index=values.index).where(recent)


def swing_highs(values: pd.Series, left: int, right: int) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series]:
    """The latest value above the `left` ones before and `right` ones after it, the one before, and their ages.

    It is known only `right` bars later, and its age counts from its own bar.
    """
    walls = values.fillna(np.inf)  # next to a missing value nothing stands out
    candidate = values.shift(right)
    known = (candidate > rolling_max(walls, left).shift(right + 1)) & (candidate > rolling_max(walls, right))
    known_at = np.flatnonzero(known)
    rows, found = np.arange(len(values)), known.cumsum().to_numpy()
    columns = []
    for which in (found - 1, found - 2):
        there = which >= 0
        at = np.full(len(values), 0)
        at[there] = known_at[which[there]]
        columns.append(pd.Series(np.where(there, candidate.to_numpy()[at], np.nan), index=values.index))
        columns.append(pd.Series(np.where(there, rows - at + right, np.nan), index=values.index))
    return columns[0], columns[2], columns[1], columns[3]


def pivots(highs: pd.Series, lows: pd.Series, left: int, right: int) -> tuple[pd.Series, ...]:
    """Latest and previous swing high and low, then their ages in the same order of latest before previous."""
    high, prev_high, high_age, prev_high_age = swing_highs(highs, left, right)
    low, prev_low, low_age, prev_low_age = swing_highs(-lows, left, right)
    return high, -low, prev_high, -prev_low, high_age, low_age, prev_high_age, prev_low_age
