"""The crossover job against a hand-written loop: SMA 20/100, long only, 95 % of equity, whole units, 10 bps."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.crossover_rivals import general_path, vectorbt_path, yardstick
from bench.crossover_rules import with_every_rule, with_levels, with_state
from bench.measure import Figure, in_child, peak_mib, timed
from vibex.backtest.engine.plan import NO_LEVEL, Flag, Plan, SidePlan, Sizing, Trailing
from vibex.domain.arrays import F64, U8

SIZES = (10_000, 100_000, 1_000_000)
FAST, SLOW, CAPITAL, FEE = 20, 100, 1e8, 0.001
REFERENCE_UP_TO = 100_000


def prices(rows: int, seed: int = 20) -> F64:
    """Open, high, low, close (4, T) of one-minute bars: a random walk with a weak slow drift, and gaps between
    each close and the next open."""
    random = np.random.default_rng(seed)
    gap = random.normal(0, 2e-4, rows)
    step = random.normal(0, 1e-3, rows) + 1e-4 * np.sin(np.arange(rows) / 5_000)
    close = 100 * np.exp(np.cumsum(gap + step))
    opened = np.concatenate([[100.0], close[:-1]]) * np.exp(gap)
    high = np.maximum(opened, close) * (1 + np.abs(random.normal(0, 5e-4, rows)))
    low = np.minimum(opened, close) * (1 - np.abs(random.normal(0, 5e-4, rows)))
    return np.stack([opened, high, low, close])


def crossings(close: F64) -> U8:
    """Flags (T,): the fast mean crosses the slow one (rule 52)."""
    sums = np.concatenate([[0.0], np.cumsum(close)])
    difference = np.full(len(close), np.nan)
    difference[SLOW - 1 :] = (sums[SLOW:] - sums[:-SLOW]) / -SLOW
    difference[SLOW - 1 :] += ((sums[FAST:] - sums[:-FAST]) / FAST)[SLOW - FAST :]
    before, now = difference[:-1], difference[1:]
    flags = np.zeros(len(close), np.uint8)
    flags[1:][(now > 0) & (before <= 0)] = Flag.ENTRY_LONG
    flags[1:][(now < 0) & (before >= 0)] = Flag.EXIT_LONG
    return flags


def plan(columns: F64, flags: U8, percent: float = 95.0) -> Plan:
    """The job as a plan; `columns` (4, N, T), `flags` (N, T)."""
    side = SidePlan(
        stop=NO_LEVEL,
        target=NO_LEVEL,
        trailing=Trailing.NONE,
        trailing_value=0.0,
        trailing_column=-1,
        sizing=Sizing.FIXED_PERCENT,
        size_value=percent,
        yardstick=NO_LEVEL,
        cap_percent=float("nan"),
        volatility_column=-1,
    )
    symbols, rows = flags.shape
    return Plan(
        symbols=tuple(f"S{k:02}" for k in range(symbols)),
        time=np.arange(rows, dtype=np.int64) * 60_000,
        open=columns[0],
        high=columns[1],
        low=columns[2],
        close=columns[3],
        flags=flags,
        columns=np.empty((symbols, 0, rows)),
        lot=np.ones(symbols),
        tick=np.zeros(symbols),
        long=side,
        short=side,
        capital=CAPITAL,
        leverage=1.0,
        fee_rate=FEE,
        maker_rate=FEE,
        slip=0.0,
        min_notional=0.0,
        reverse=False,
        time_stop_bars=0,
    )


def figures() -> list[Figure]:
    from vibex.backtest.engine import kernel

    out: list[Figure] = []
    for rows in SIZES:
        columns = prices(rows)
        made = plan(columns[:, np.newaxis], crossings(columns[3])[np.newaxis])
        runs = 15 if rows > REFERENCE_UP_TO else 40
        by_hand = partial(yardstick, columns[0], columns[3], CAPITAL, FEE, FAST, SLOW)
        least, median = timed(by_hand, runs)
        hand, trades = by_hand()
        ours = kernel.simulate(made)
        assert trades == len(ours.trades)
        np.testing.assert_allclose(ours.equity, hand, rtol=1e-9)
        note = f"{trades:,} trades, end equity equal"
        out.append(Figure(job="sma", body="yardstick", bars=rows, minimum=least, median=median, ratio=1.0, note=note))
        for job, body, call, count in _rivals(made, columns, runs):
            if isinstance(call, str):
                out.append(Figure(job=job, body=body, bars=rows, note=call))
                continue
            low, middle = timed(call, count)
            out.append(Figure(job=job, body=body, bars=rows, minimum=low, median=middle, ratio=low / least))
    return [*out, _many(), _memory()]


def _rivals(made: Plan, columns: F64, runs: int) -> Iterator[tuple[str, str, Callable[[], Any] | str, int]]:
    """Job, body, what to time or why it cannot be, and how often."""
    from vibex.backtest.engine import kernel

    levels, every, state = with_levels(made), with_every_rule(made), with_state(made)
    yield "sma", "kernel, flags given", lambda: kernel.simulate(made), runs
    yield "sltp", "kernel, flags given", lambda: kernel.simulate(levels), runs
    yield "state", "kernel, flags given", lambda: kernel.simulate(state), runs
    yield "every rule on", "kernel, flags given", lambda: kernel.simulate(every), runs
    yield "sma", "backtest.run, all of it", general_path(columns, CAPITAL, FEE, FAST, SLOW), runs
    if columns.shape[1] <= REFERENCE_UP_TO:
        yield "sma", "reference, flags given", _reference(made), 3
        yield "state", "reference, flags given", _reference(state), 3
    yield "sma", "vectorbt", vectorbt_path(columns, made.flags[0], CAPITAL, FEE), 5


def _reference(made: Plan) -> Callable[[], Any] | str:
    if importlib.util.find_spec("vibex.backtest.engine.reference") is None:
        return "not in this tree"
    reference = importlib.import_module("vibex.backtest.engine.reference")
    return lambda: reference.simulate(made)


def _many() -> Figure:
    """50 symbols of 20k bars on one cash account, 1/50 of 95 % of equity each."""
    from vibex.backtest.engine import kernel

    columns = np.stack([prices(20_000, seed) for seed in range(50)], axis=1)
    made = plan(columns, np.stack([crossings(close) for close in columns[3]]), percent=1.9)
    least, median = timed(lambda: kernel.simulate(made), 9)
    note = f"{len(kernel.simulate(made).trades):,} trades"
    return Figure(job="50 symbols", body="kernel, flags given", bars=1_000_000, minimum=least, median=median, note=note)


def _memory() -> Figure:
    rows = SIZES[-1]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "columns.npy"
        np.save(file, prices(rows))
        grown = in_child(f"from bench.crossover import memory_over_data as m; print(m({str(file)!r}))")
    return Figure(
        job="sma memory", body="kernel, flags given", bars=rows, note=f"{grown} MiB over data, numba included"
    )


def memory_over_data(file: str) -> str:
    """Peak of this process above what it held with the data loaded; run in a fresh interpreter."""
    columns = np.load(file)
    made = plan(columns[:, np.newaxis], crossings(columns[3])[np.newaxis])
    before = peak_mib()
    from vibex.backtest.engine import kernel

    kernel.simulate(made)
    return f"{peak_mib() - before:.0f}"
