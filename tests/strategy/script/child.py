"""Runs generated scripts in a process of its own: `child.py FOLDER`, where jobs.json says which on which bars.

Every job writes NUMBER.npz: the signals and the table of `orders`, and the signals again on a part of the bars.
"""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd


def read(folder: Path, name: str) -> pd.DataFrame:
    columns = dict(np.load(folder / name))
    index = pd.to_datetime(columns.pop("time"), unit="ms", utc=True)
    return pd.DataFrame(columns, index=index)


def main(folder: Path) -> None:
    for number, job in enumerate(json.loads((folder / "jobs.json").read_text())):
        loader = importlib.util.spec_from_file_location(f"script_{number}", folder / job["script"])
        script = importlib.util.module_from_spec(loader)
        loader.loader.exec_module(script)
        data = read(folder, job["bars"])
        before = data.copy()
        out = {}
        try:
            for name, rows in (("whole", len(data)), ("again", len(data)), ("cut", job["cut"])):
                signals = script.signals(data.iloc[:rows], script.PARAMS)
                for series in signals:
                    if not (series.dtype == bool and series.index.equals(data.index[:rows])):
                        raise TypeError(f"signals of {series.dtype}, {len(series)} rows")
                out[name] = np.array([series.to_numpy() for series in signals])
            table = script.orders(data, script.PARAMS)
            out |= {f"order {name}": column.to_numpy(dtype=float) for name, column in table.items()}
            if not data.equals(before):
                raise ValueError("the script changed its data")
        except Exception as error:
            error.add_note(f"job {number}: {job['script']}")
            raise
        np.savez(folder / f"{number}.npz", **out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
