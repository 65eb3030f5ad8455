"""Writes plans as small candle tables, so that a rule test reads like a chart.

A row is `(open, high, low, close)`, optionally followed by signals as text (`"EL xS"`: entry long, exit short;
`"SE"`: session exit; `"NT"`: no trades; `"--"`: no bar at all), in any order separated by blanks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from vibex.backtest.engine.outcome import Outcome, Reason
from vibex.backtest.engine.plan import Flag, LevelOp, LevelProgram, Management, Plan, SidePlan, Sizing, Trailing

BIT = {
    "EL": Flag.ENTRY_LONG,
    "xL": Flag.EXIT_LONG,
    "ES": Flag.ENTRY_SHORT,
    "xS": Flag.EXIT_SHORT,
    "SE": Flag.SESSION_EXIT,
    "NT": Flag.NO_TRADES,
    "--": Flag.NO_BAR,
}
Row = tuple[float, float, float, float] | tuple[float, float, float, float, str]
Step = tuple[LevelOp, float] | tuple[LevelOp, float, int]
GAP: Row = (np.nan, np.nan, np.nan, np.nan, "--")


def level(*steps: Step) -> LevelProgram:
    """A level program from `(op, value)` or `(op, value, column)` steps in postfix order."""
    columns = [step[2] if len(step) == 3 else -1 for step in steps]
    return LevelProgram(
        op=np.array([step[0] for step in steps], dtype=np.int64),
        value=np.array([step[1] for step in steps], dtype=np.float64),
        column=np.array(columns, dtype=np.int64),
    )


def percent(value: float) -> LevelProgram:
    """A level `value` percent away from the fill."""
    return level((LevelOp.PERCENT, value))


def points(value: float) -> LevelProgram:
    """A level `value` quote units away from the fill."""
    return level((LevelOp.POINTS, value))


def price(value: float) -> LevelProgram:
    """A level at a fixed price."""
    return level((LevelOp.PRICE, value))


NO_LEVEL = level()
SIDE = SidePlan(
    stop=NO_LEVEL,
    target=NO_LEVEL,
    trailing=Trailing.NONE,
    trailing_value=0.0,
    trailing_column=-1,
    sizing=Sizing.FIXED_QUANTITY,
    size_value=1.0,
    yardstick=NO_LEVEL,
    cap_percent=float("nan"),
    volatility_column=-1,
)


class Side(NamedTuple):
    """What a test says about a side; everything else is one unit without levels."""

    stop: LevelProgram = NO_LEVEL
    target: LevelProgram = NO_LEVEL
    trailing: Trailing = Trailing.NONE
    trailing_value: float = 0.0
    trailing_column: int = -1
    sizing: Sizing = Sizing.FIXED_QUANTITY
    size_value: float = 1.0
    yardstick: LevelProgram = NO_LEVEL
    cap_percent: float = float("nan")
    volatility_column: int = -1
    management: Management | None = None

    def plan(self) -> SidePlan:
        return replace(SIDE, **self._asdict())


def plan(
    *tables: Sequence[Row],
    side: Side | None = None,
    short: Side | None = None,
    columns: Sequence[Sequence[float]] = (),
    capital: float = 10_000.0,
    leverage: float = 1.0,
    fee_rate: float = 0.0,
    maker_rate: float | None = None,
    slip: float = 0.0,
    min_notional: float = 0.0,
    reverse: bool = True,
    time_stop_bars: int = 0,
    lot: float = 0.0,
    tick: float = 0.0,
    **parts: object,
) -> Plan:
    """One table for each symbol; `side` counts for both sides unless `short` is given.

    `columns` are shared by every symbol; `parts` are further fields of the plan. Without further words: 10,000 cash,
    one unit an entry, no costs.
    """
    rows = len(tables[0])
    prices = np.array([[row[:4] for row in table] for table in tables], dtype=np.float64)
    flags = np.array([[sum(BIT[word] for word in _words(row)) for row in table] for table in tables], dtype=np.uint8)
    long_side = (side or Side()).plan()
    count = len(tables)
    shared = np.array(columns, dtype=np.float64).reshape(len(columns), rows)
    made = Plan(
        symbols=tuple("ABCDEFGH"[:count]),
        time=np.arange(rows, dtype=np.int64) * 3_600_000,
        open=prices[:, :, 0].copy(),
        high=prices[:, :, 1].copy(),
        low=prices[:, :, 2].copy(),
        close=prices[:, :, 3].copy(),
        flags=flags,
        columns=np.repeat(shared[np.newaxis], count, axis=0),
        lot=np.full(count, lot),
        tick=np.full(count, tick),
        long=long_side,
        short=short.plan() if short else long_side,
        capital=capital,
        leverage=leverage,
        fee_rate=fee_rate,
        maker_rate=fee_rate if maker_rate is None else maker_rate,
        slip=slip,
        min_notional=min_notional,
        reverse=reverse,
        time_stop_bars=time_stop_bars,
    )
    return replace(made, **parts)  # type: ignore[arg-type]


def _words(row: Row) -> list[str]:
    return row[4].split() if len(row) == 5 else []


def bar(at: float, signals: str = "") -> Row:
    """A bar that opens and closes at `at` and reaches one unit to both sides."""
    return (at, at + 1, at - 1, at, signals)


class Fill(NamedTuple):
    """The part of a trade that most rules speak of."""

    direction: int
    entry_row: int
    entry_price: float
    exit_row: int
    exit_price: float
    reason: Reason


def fills(outcome: Outcome) -> list[Fill]:
    """The trades of a run in its order, prices to nine digits."""
    trades = outcome.trades
    return [
        Fill(
            int(trades.direction[i]),
            int(trades.entry_row[i]),
            round(float(trades.entry_price[i]), 9),
            int(trades.exit_row[i]),
            round(float(trades.exit_price[i]), 9),
            Reason(int(trades.reason[i])),
        )
        for i in range(len(trades))
    ]


def long(entry_row: int, entry_price: float, exit_row: int, exit_price: float, reason: Reason) -> Fill:
    return Fill(1, entry_row, entry_price, exit_row, exit_price, reason)


def short(entry_row: int, entry_price: float, exit_row: int, exit_price: float, reason: Reason) -> Fill:
    return Fill(-1, entry_row, entry_price, exit_row, exit_price, reason)


def counts(outcome: Outcome) -> Mapping[str, int]:
    """The skipped entries by the name of their reason."""
    return {skip.name: count for skip, count in outcome.skipped.items()}
