"""How a benchmark measures: several runs in one process, figures as minimum, median and ratio to a yardstick."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table; times in ms, `ratio` of minima to the yardstick of the same process, None without."""

    job: str
    body: str
    bars: int
    minimum: float | None = None
    median: float | None = None
    ratio: float | None = None
    note: str = ""


def timed(call: Callable[[], object], runs: int) -> tuple[float, float]:
    """(minimum, median) in ms of `runs` calls, after one that compiles and warms up."""
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1e3)
    return min(times), statistics.median(times)


def cpu_ms(pid: int) -> float:
    """Time that process `pid` has had a processor, in ticks of 10 ms: what it costs, however busy the machine is."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1e3 / os.sysconf("SC_CLK_TCK")


def peak_mib() -> float:
    """Largest resident size of this process so far. Not `getrusage`: its figure survives exec, so a child would
    report its parent's peak."""
    status = Path("/proc/self/status").read_text()
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def in_child(code: str) -> str:
    """What `code` prints, run by a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def show(figures: list[Figure]) -> None:
    print(f"{'job':<14}{'body':<26}{'bars':>10}{'min ms':>11}{'median ms':>11}{'ns/bar':>9}{'ratio':>8}  note")
    for f in figures:
        if f.minimum is None or f.median is None:
            print(f"{f.job:<14}{f.body:<26}{f.bars:>10,}{'-':>11}{'-':>11}{'-':>9}{'-':>8}  {f.note}")
            continue
        ratio = f"{f.ratio:.2f}" if f.ratio is not None else "-"
        times = f"{f.minimum:>11.3f}{f.median:>11.3f}{f.minimum * 1e6 / f.bars:>9.2f}{ratio:>8}"
        print(f"{f.job:<14}{f.body:<26}{f.bars:>10,}{times}  {f.note}")
