"""Bands and flipping lines around the price."""

import numpy as np
import pandas as pd
import talib as ta

from vibex.strategy.script.templates.windows import rolling_max, rolling_min, smoothed


def donchian(high: pd.Series, low: pd.Series, timeperiod: int) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Highest high, lowest low and their middle over the `timeperiod` bars BEFORE this one."""
    upper = rolling_max(high, timeperiod).shift(1)
    lower = rolling_min(low, timeperiod).shift(1)
    return upper, lower, (upper + lower) / 2


def keltner(
    high: pd.Series, low: pd.Series, close: pd.Series, timeperiod: int, atr_period: int, multiplier: float
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Exponential average of the close and lines a multiple of the average true range above and below it."""
    middle = smoothed(close, timeperiod)
    width = multiplier * ta.ATR(high, low, close, timeperiod=atr_period)
    return middle + width, middle, middle - width


def flipping_line(
    high: pd.Series, low: pd.Series, close: pd.Series, middle: pd.Series, timeperiod: int, multiplier: float
) -> tuple[pd.Series, pd.Series]:
    """The band around `middle` that trails the price, and its direction: +1 below the close, -1 above.

    The upper band only falls and the lower only rises, until the close before lay beyond them; the line
    changes sides when the close goes through it.
    """
    width = multiplier * ta.ATR(high, low, close, timeperiod=timeperiod)
    uppers, lowers, closes = (middle + width).to_numpy(), (middle - width).to_numpy(), close.to_numpy()
    line, direction = np.full(len(closes), np.nan), np.full(len(closes), np.nan)
    upper = lower = np.nan
    long = True
    for i in range(timeperiod, len(closes)):
        if i == timeperiod:
            upper, lower, long = uppers[i], lowers[i], closes[i] >= middle.iloc[i]
        else:
            if uppers[i] < upper or closes[i - 1] > upper:
                upper = uppers[i]
            if lowers[i] > lower or closes[i - 1] < lower:
                lower = lowers[i]
        long = closes[i] > (lower if long else upper)
        line[i] = lower if long else upper
        direction[i] = 1.0 if long else -1.0
    return pd.Series(line, index=close.index), pd.Series(direction, index=close.index)
