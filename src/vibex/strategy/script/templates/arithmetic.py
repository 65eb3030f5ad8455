"""Arithmetic on columns with missing values."""

import numpy as np
import pandas as pd


def finite(values: pd.Series) -> pd.Series:
    """What is no finite number (x / 0, overflow) counts as missing."""
    return values.where(np.isfinite(values))


def scaled(values: pd.Series, factor: float) -> pd.Series:
    """`values` × `factor`; an overflow counts as missing."""
    product = values * factor
    return product.where(np.isfinite(product) | ~np.isfinite(values))


def column(value: float, index: pd.DatetimeIndex) -> pd.Series:
    """The same number on every bar."""
    return pd.Series(float(value), index=index)


def whole_numbers(values: pd.Series, source: pd.Series, lookback: int) -> pd.Series:
    """A TA-Lib result of whole numbers; TA-Lib writes 0 where there is no value yet, here it is missing."""
    known = source.notna().to_numpy()
    first = int(known.argmax()) if known.any() else len(known)
    rows = np.arange(len(values))
    return values.astype(float).where(rows >= first + lookback)
