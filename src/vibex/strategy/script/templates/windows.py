"""Statistics of a rolling window."""

import math

import numpy as np
import pandas as pd
import talib as ta


def rolling_max(values: pd.Series, timeperiod: int) -> pd.Series:
    """Largest of the last `timeperiod` values."""
    return values if timeperiod == 1 else ta.MAX(values, timeperiod=timeperiod)


def rolling_min(values: pd.Series, timeperiod: int) -> pd.Series:
    """Smallest of the last `timeperiod` values."""
    return values if timeperiod == 1 else ta.MIN(values, timeperiod=timeperiod)


def rolling_total(values: pd.Series, timeperiod: int) -> pd.Series:
    """Sum of the last `timeperiod` values, oldest first: a running sum would carry the rounding of all rows before."""
    total = values.shift(timeperiod - 1)
    for back in range(timeperiod - 2, -1, -1):
        total = total + values.shift(back)
    return total


def rolling_deviation(values: pd.Series, timeperiod: int) -> tuple[pd.Series, pd.Series]:
    """Mean and sample standard deviation (n - 1) of the last `timeperiod` values."""
    mean = rolling_total(values, timeperiod) / timeperiod
    squares = 0.0 * mean
    for back in range(timeperiod - 1, -1, -1):
        distance = values.shift(back) - mean
        squares = squares + distance * distance
    return mean, (squares / (timeperiod - 1)) ** 0.5


def z_score(values: pd.Series, timeperiod: int) -> pd.Series:
    """(x - mean) / sample standard deviation of the window; a window of equal values has none."""
    mean, deviation = rolling_deviation(values, timeperiod)
    flat = rolling_max(values, timeperiod) == rolling_min(values, timeperiod)
    score = (values - mean) / deviation
    return score.where(np.isfinite(score) & ~flat)


def rolling_volatility(values: pd.Series, timeperiod: int, bars_per_year: float) -> pd.Series:
    """Annualised sample deviation of log returns, in percent."""
    growth = values / values.shift(1)
    returns = np.log(growth.where((growth > 0) & np.isfinite(growth)))
    _, deviation = rolling_deviation(returns, timeperiod)
    return deviation * math.sqrt(bars_per_year) * 100


def percent_rank(values: pd.Series, timeperiod: int) -> pd.Series:
    """Share of the `timeperiod` values before this one that lie below it, 0 to 100."""
    below = pd.Series(0, index=values.index)
    known = values.notna()
    for back in range(1, timeperiod + 1):
        before = values.shift(back)
        below = below + (before < values)
        known = known & before.notna()
    return (100.0 * below / timeperiod).where(known)


def smoothed(values: pd.Series, timeperiod: int) -> pd.Series:
    """Exponential average."""
    return values if timeperiod == 1 else ta.EMA(values, timeperiod=timeperiod)


def true_strength(values: pd.Series, fast: int, slow: int) -> pd.Series:
    """Twice smoothed change over twice smoothed absolute change, -100 to 100."""
    change = values - values.shift(1)
    above = smoothed(smoothed(change, slow), fast)
    below = smoothed(smoothed(change.abs(), slow), fast)
    strength = 100.0 * above / below
    return strength.where(np.isfinite(strength))
