"""The proof of match: what generated scripts give in a child process against the evaluation, bar for bar."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vibex.domain import Bars
from vibex.strategy import StrategySpec, SymbolSignals, evaluate, parse_spec
from vibex.strategy.script import write_script

Json = dict[str, Any]
CHILD = Path(__file__).with_name("child.py")
Arrays = dict[str, np.ndarray]


def expected(signals: SymbolSignals, spec: StrategySpec) -> np.ndarray:
    """The raw conditions after rules 22 and 23 and the session's end, in the order of a script's result."""
    leave = signals.session_exit
    long = signals.entry_long & ~signals.entry_short & ~signals.exit_long & ~leave
    short = signals.entry_short & ~signals.entry_long & ~signals.exit_short & ~leave
    exits = signals.exit_long | leave, signals.exit_short | leave
    return np.array([long, exits[0], short, exits[1]] if spec.trades_short else [long, exits[0]])


def run_scripts(folder: Path, jobs: Sequence[tuple[str, Bars]]) -> list[Arrays]:
    """The results of every script on its bars, one child process for all; warnings are errors there."""
    names: dict[int, str] = {}
    written = []
    for number, (text, bars) in enumerate(jobs):
        if id(bars) not in names:
            names[id(bars)] = f"bars_{len(names)}.npz"
            columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close")}
            assert bars.volume is not None
            np.savez(folder / names[id(bars)], time=bars.open_time, volume=bars.volume, **columns)
        (folder / f"script_{number}.py").write_text(text, encoding="utf-8")
        written.append({"script": f"script_{number}.py", "bars": names[id(bars)], "cut": len(bars) * 2 // 3})
    (folder / "jobs.json").write_text(json.dumps(written))
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(CHILD), str(folder)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return [dict(np.load(folder / f"{number}.npz")) for number in range(len(jobs))]


def assert_match(folder: Path, cases: Sequence[tuple[Json, Bars]]) -> list[Arrays]:
    """Each strategy's script gives its evaluation's signals, the same when run again and with the future cut off."""
    specs = [parse_spec(raw) for raw, _ in cases]
    scripts = [write_script(spec, target="pandas") for spec in specs]
    results = run_scripts(folder, [(text, bars) for text, (_, bars) in zip(scripts, cases, strict=True)])
    for number, (spec, (_, bars), got) in enumerate(zip(specs, cases, results, strict=True)):
        wanted = expected(evaluate(spec, bars).only, spec)
        if not np.array_equal(got["whole"], wanted):
            which, row = np.argwhere(got["whole"] != wanted)[0]
            differing = int((got["whole"] != wanted).sum())
            text = (folder / f"script_{number}.py").read_text()
            raise AssertionError(f"{spec.name}: signal {which} differs first in row {row}, {differing} in all\n{text}")
        assert np.array_equal(got["whole"], got.get("again", got["whole"])), f"{spec.name} differs when run again"
        rows = got["cut"].shape[1]
        assert np.array_equal(got["whole"][:, :rows], got["cut"]), f"{spec.name} looks ahead"
    return results
