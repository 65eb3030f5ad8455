"""Random plans that visit the corners of the fill rules: the shared input of every check of an engine body.

Prices sit on a coarse grid for most seeds, so that opens, extremes and levels meet at exactly equal prices.
"""

from __future__ import annotations

import math

import numpy as np

from vibex.backtest.engine.plan import Flag, LevelOp, LevelProgram, Plan, SidePlan, Sizing, Trailing
from vibex.domain.arrays import F64, U8
from vibex.testing.random_draws import (
    ATR_COLUMN,
    GRID,
    HIGH_COLUMN,
    LOW_COLUMN,
    VOLATILITY_COLUMN,
    Draw,
    LevelStep,
    level_program,
)
from vibex.testing.random_management import ManagementDraw
from vibex.testing.random_parts import PartsDraw

RISK = (Sizing.RISK_PERCENT, Sizing.RISK_NOTIONAL)
SIZES = {
    Sizing.FIXED_PERCENT: (10.0, 33.0, 100.0),
    Sizing.FIXED_NOTIONAL: (100.0, 1_500.0, 50_000.0),
    Sizing.FIXED_QUANTITY: (1.0, 7.3, 400.0),
    Sizing.RISK_PERCENT: (0.5, 2.0, 50.0),
    Sizing.RISK_NOTIONAL: (10.0, 333.0),
    Sizing.VOLATILITY_TARGET: (10.0, 40.0),
}


def random_plan(seed: int, *, symbols: int | None = None, rows: int | None = None) -> Plan:
    """The plan of `seed`, the same in every process; 1–4 symbols and 5–80 rows where not given."""
    return _PlanDraw(seed).plan(symbols, rows)


def random_full_plan(seed: int, *, symbols: int | None = None, rows: int | None = None) -> Plan:
    """The plain plan of `seed` with optional parts added: one alone for every third seed, else any combination."""
    draw = _PlanDraw(seed)
    plain = draw.plan(symbols, rows)
    # A stream of its own, so that the parts leave the draws of the plain plan as they are.
    parts = PartsDraw(seed + 2**32, plain, draw.scale, alone=seed % 3 == 0)
    managed = ManagementDraw(seed + 2**33, draw.scale, draw.program)
    return managed.add_to(parts.add_to_plan(), wanted=parts.wants("management"), state=parts.wants("state"))


class _PlanDraw(Draw):
    """Draws a plan without optional parts; `scale` is the price unit that it drew last."""

    scale = 1.0

    def plan(self, symbols: int | None, rows: int | None) -> Plan:
        count = symbols or self.pick((1, 1, 2, 3, 4))
        length = rows or int(self.rng.integers(5, 81))
        scale = self.pick((1.0, 1.0, 1.0, 1.0371, 317.77, 0.00123))  # 1: exact ties; others: inexact floats
        self.scale = scale
        tapes = [self.candles(length) for _ in range(count)]
        prices = np.stack(tapes) * scale
        flags = self.flags(count, length)
        columns = np.stack([self.columns(tape[3], scale) for tape in tapes])
        prices.transpose(0, 2, 1)[(flags & Flag.NO_BAR) > 0] = np.nan
        return Plan(
            symbols=tuple(f"S{index:02d}" for index in range(count)),
            time=np.arange(length, dtype=np.int64) * 3_600_000,
            open=prices[:, 0].copy(),
            high=prices[:, 1].copy(),
            low=prices[:, 2].copy(),
            close=prices[:, 3].copy(),
            flags=flags,
            columns=columns,
            lot=np.array([self.pick((0.0, 0.0, 0.001, 0.1, 1.0, 5.0)) for _ in range(count)]),
            tick=np.array([self.pick((0.0, 0.0, GRID, 0.25, 0.1, 3.0)) * scale for _ in range(count)]),
            long=self.side(scale, 1),
            short=self.side(scale, -1),
            capital=self.pick((500.0, 10_000.0, 10_000.0)),
            leverage=self.pick((1.0, 1.0, 2.0, 3.0, 20.0, 125.0)),
            fee_rate=(fee_rate := self.pick((0.0, 0.001, 0.00055, 0.02))),
            maker_rate=fee_rate,
            slip=self.pick((0.0, 0.0, 0.0005, 0.003, 0.05)),
            min_notional=self.pick((0.0, 0.0, 10.0, 300.0)),
            reverse=self.chance(0.7),
            time_stop_bars=self.pick((0, 0, 0, 1, 2, 3, 9)),
        )

    def candles(self, length: int) -> F64:
        """Open, high, low, close (4, T) on the grid: a walk with gaps between a close and the next open."""
        rng = self.rng
        gap = rng.integers(-3, 4, length) * (rng.random(length) < 0.5)
        jump = rng.integers(-20, 21, length) * (rng.random(length) < 0.03)
        body = rng.integers(-4, 5, length)
        out = np.empty((4, length))
        close = int(rng.integers(15, 120))
        for row in range(length):
            opened = max(close + int(gap[row] + jump[row]), 3)
            close = max(opened + int(body[row]), 3)
            out[:, row] = opened, max(opened, close), min(opened, close), close
        out[1] += rng.integers(0, 4, length)
        out[2] = np.maximum(out[2] - rng.integers(0, 4, length), 1)
        return out * GRID

    def flags(self, count: int, length: int) -> U8:
        """Conditions and kinds of bars (N, T); at every row at least one symbol has a bar."""
        odds = {
            Flag.ENTRY_LONG: self.pick((0.0, 0.1, 0.3, 0.3)),
            Flag.ENTRY_SHORT: self.pick((0.0, 0.1, 0.3, 0.3)),
            Flag.EXIT_LONG: self.pick((0.0, 0.05, 0.2)),
            Flag.EXIT_SHORT: self.pick((0.0, 0.05, 0.2)),
            Flag.SESSION_EXIT: self.pick((0.0, 0.0, 0.1)),
            Flag.NO_TRADES: self.pick((0.0, 0.05, 0.3)),
            Flag.NO_BAR: self.pick((0.0, 0.05, 0.3)) if count > 1 else 0.0,
        }
        flags = np.zeros((count, length), dtype=np.uint8)
        for bit, probability in odds.items():
            flags |= np.uint8(bit) * (self.rng.random((count, length)) < probability).astype(np.uint8)
        if count > 1 and self.chance(0.3):  # a symbol that starts late and one that ends early
            flags[1, : length // 3] |= np.uint8(Flag.NO_BAR)
            flags[-1, length - length // 4 :] |= np.uint8(Flag.NO_BAR)
        empty = np.all(flags & Flag.NO_BAR > 0, axis=0)
        flags[0, empty] &= np.uint8(255 - Flag.NO_BAR)
        return flags

    def columns(self, close: F64, scale: float) -> F64:
        """ATR, a level around and below the close, one around and above, volatility (4, T); some are missing."""
        length = len(close)
        rng = self.rng
        out = np.stack(
            [
                rng.integers(1, 8, length) * GRID * scale,
                (close - rng.integers(-2, 12, length) * GRID) * scale,
                (close + rng.integers(-2, 12, length) * GRID) * scale,
                rng.integers(5, 120, length).astype(np.float64),
            ]
        )
        out[:, : int(rng.integers(0, 6))] = np.nan
        out[rng.random((4, length)) < 0.03] = np.nan
        for column in (ATR_COLUMN, VOLATILITY_COLUMN):
            out[column, rng.random(length) < 0.03] = self.pick((0.0, -1.0, math.inf))
        return out

    def side(self, scale: float, direction: int) -> SidePlan:
        stop = self.program(scale, -direction, with_stop=False) if self.chance(0.6) else level_program([])
        has_stop = stop.exists
        target = self.program(scale, direction, with_stop=has_stop) if self.chance(0.6) else level_program([])
        trailing = self.pick((Trailing.NONE, Trailing.NONE, Trailing.PERCENT, Trailing.ATR))
        sizing = self.pick(tuple(Sizing))
        yardstick = sizing in RISK and ((not has_stop and trailing == Trailing.NONE) or self.chance(0.3))
        return SidePlan(
            stop=stop,
            target=target,
            trailing=trailing,
            trailing_value=self.pick((1.0, 2.0, 5.0, 12.5)) if trailing == Trailing.PERCENT else self.pick((1.0, 2.0)),
            trailing_column=ATR_COLUMN if trailing == Trailing.ATR else -1,
            sizing=sizing,
            size_value=self.pick(SIZES[sizing]),
            yardstick=self.program(scale, -direction, with_stop=False) if yardstick else level_program([]),
            cap_percent=self.pick((math.nan, math.nan, 50.0, 300.0)),
            volatility_column=VOLATILITY_COLUMN if sizing == Sizing.VOLATILITY_TARGET else -1,
        )

    def program(self, scale: float, sign: int, *, with_stop: bool) -> LevelProgram:
        """A level that lies mostly above the fill for sign +1, mostly below for −1; `with_stop` for a target only."""
        return level_program(self.level(scale, sign, with_stop, depth=self.pick((0, 0, 1, 2))))

    def level(self, scale: float, sign: int, with_stop: bool, depth: int) -> list[LevelStep]:
        """Postfix steps of a leaf, or of nearest or farthest of two or three levels."""
        if depth == 0:
            return [self.leaf(scale, sign, with_stop)]
        count = self.pick((2, 2, 3))
        steps: list[LevelStep] = []
        for _ in range(count):
            steps += self.level(scale, sign, with_stop, depth=self.pick((0, depth - 1)))
        return [*steps, (self.pick((LevelOp.NEAREST, LevelOp.FARTHEST)), float(count), -1)]

    def leaf(self, scale: float, sign: int, with_stop: bool) -> LevelStep:
        kinds = [LevelOp.PERCENT, LevelOp.POINTS, LevelOp.ATR, LevelOp.LEVEL]
        if with_stop:
            kinds += [LevelOp.RISK_MULTIPLE] * 2
        if self.chance(0.05):
            kinds = [LevelOp.PRICE]
        op = self.pick(kinds)
        if op == LevelOp.PERCENT:
            return op, self.pick((1.0, 2.5, 5.0, 10.0, 50.0)), -1
        if op == LevelOp.POINTS:
            return op, self.pick((1, 2, 3, 6)) * GRID * scale, -1
        if op == LevelOp.ATR:
            return op, self.pick((1.0, 2.0, 3.0)), ATR_COLUMN
        if op == LevelOp.PRICE:
            return op, (5 * GRID if sign < 0 else 120 * GRID) * scale, -1
        if op == LevelOp.LEVEL:
            other_side = self.chance(0.05)
            return op, 0.0, HIGH_COLUMN if (sign > 0) != other_side else LOW_COLUMN
        return op, self.pick((0.5, 1.0, 2.0)), -1
