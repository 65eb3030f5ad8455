"""Higher timeframes, of which only closed bars may be seen."""

import numpy as np
import pandas as pd


def bigger_bars(data: pd.DataFrame, label: pd.DatetimeIndex) -> pd.DataFrame:
    """The bars of `data` merged where `label`, the opening time of the bigger bar, is the same."""
    starts = np.flatnonzero(np.append(True, label[1:] != label[:-1]))
    ends = np.append(starts[1:], len(label)) - 1
    merged = {
        "open": data["open"].to_numpy()[starts],
        "high": np.maximum.reduceat(data["high"].to_numpy(), starts),
        "low": np.minimum.reduceat(data["low"].to_numpy(), starts),
        "close": data["close"].to_numpy()[ends],
    }
    if "volume" in data:
        merged["volume"] = np.add.reduceat(data["volume"].to_numpy(), starts)
    return pd.DataFrame(merged, index=label[starts])


def as_seen(values: pd.Series, closes: pd.DatetimeIndex, now: pd.DatetimeIndex, index: pd.DatetimeIndex) -> pd.Series:
    """The newest of `values` whose bar had closed by `now`; missing before the first."""
    row = np.asarray(closes.searchsorted(now, side="right")) - 1
    return pd.Series(np.where(row >= 0, values.to_numpy()[row], np.nan), index=index)
