"""Reading bars, and trades without an account."""

import numpy as np
import pandas as pd


def usable(distance: pd.Series) -> pd.Series:
    """A stop or target that is missing or on the wrong side of the entry price is no distance."""
    return distance.where((distance > 0) & np.isfinite(distance))


def read_bars(path: str) -> pd.DataFrame:
    """Bars from a CSV file: the opening time first (text, or epoch milliseconds; UTC where it names no zone)."""
    data = pd.read_csv(path, index_col=0)
    data.columns = [str(name).strip().lower() for name in data.columns]
    data.index = pd.to_datetime(data.index, utc=True, unit="ms" if data.index.dtype.kind in "if" else None)
    names = [name for name in ("open", "high", "low", "close", "volume") if name in data]
    return data[names].astype(float)


def trades_at_next_open(
    data: pd.DataFrame,
    long_entries: pd.Series,
    long_exits: pd.Series,
    short_entries: pd.Series,
    short_exits: pd.Series,
    reverse: bool,
) -> pd.DataFrame:
    """Every trade of these signals, filled at the open after the decision; no stops, no costs, no account."""
    rows, side, since = [], 0, 0
    opens = data["open"].to_numpy()
    for i in range(len(data) - 1):
        leave = (side > 0 and long_exits.iloc[i]) or (side < 0 and short_exits.iloc[i])
        wanted = int(long_entries.iloc[i]) - int(short_entries.iloc[i])
        turn = reverse and wanted == -side != 0
        if side and (leave or turn):
            rows.append((side, data.index[since], opens[since], data.index[i + 1], opens[i + 1]))
            side = 0
            if not turn:
                continue
        if side == 0 and wanted:
            side, since = wanted, i + 1
    trades = pd.DataFrame(rows, columns=["side", "entry_time", "entry_price", "exit_time", "exit_price"])
    trades["return_pct"] = 100 * trades["side"] * (trades["exit_price"] / trades["entry_price"] - 1)
    return trades
