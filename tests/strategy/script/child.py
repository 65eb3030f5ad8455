"""Runs generated scripts in a process of its own: `child.py FOLDER`, where jobs.json says which on which bars.

Every job writes NUMBER.npz: the signals and the table of `orders`, and the signals again on a part of the bars.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def read(folder: Path, name: str) -> pd.DataFrame:
    columns: dict[str, Any] = dict(np.load(folder / name))
    index = pd.DatetimeIndex(pd.to_datetime(columns.pop("time"), unit="ms", utc=True))
    return pd.DataFrame(columns, index=index)


def results(script: dict[str, Any], data: pd.DataFrame, cut: int, *, again: bool) -> dict[str, Any]:
    before = data.copy()
    out: dict[str, Any] = {}
    signals: tuple[pd.Series, ...] = ()
    for name, rows in (("cut", cut), *([("again", len(data))] if again else []), ("whole", len(data))):
        signals = script["signals"](data.iloc[:rows], script["PARAMS"])
        for series in signals:
            if not (series.dtype == bool and series.index.equals(data.index[:rows])):
                raise TypeError(f"signals of {series.dtype}, {len(series)} rows")
        out[name] = np.array([series.to_numpy() for series in signals])
    table = script["orders"](data, script["PARAMS"])
    out |= {f"order {name}": table[name].to_numpy(dtype=float) for name in table}
    if len(signals) == 4:
        trades = script["trades_at_next_open"](data, *signals, True)
        at = [data.index.get_indexer(trades[name]) for name in ("entry_time", "exit_time")]
        out["trades"] = np.array([trades["side"], *at, trades["entry_price"], trades["exit_price"]], dtype=float)
    if not data.equals(before):
        raise ValueError("the script changed its data")
    return out


def main(folder: Path) -> None:
    for number, job in enumerate(json.loads((folder / "jobs.json").read_text())):
        script = runpy.run_path(str(folder / job["script"]))
        try:
            out = results(script, read(folder, job["bars"]), job["cut"], again=number % 5 == 0)
        except Exception as error:
            error.add_note(f"job {number}: {job['script']}")
            raise
        np.savez(folder / f"{number}.npz", **out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
