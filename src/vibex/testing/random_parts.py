"""Random optional parts of a plan: orders, volume, perpetuals, carry, detail, limits, pairs, schedules, ticks.

Numbers are coarse multiples of the plan's own grid, so that marks, brackets and sub-bars meet levels exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from vibex.backtest.costs.arithmetic import (
    DUTY_RATE,
    DUTY_UNIT,
    FIXED,
    LEVIES,
    LEVY_UNIT,
    MAKER_RATE,
    MAX_SHARE,
    MIN_PER_ORDER,
    PER_SHARE,
    SELL_PER_SHARE,
    SELL_PER_SHARE_CAP,
    SELL_RATE,
    SIZE,
    TAKER_RATE,
)
from vibex.backtest.engine.plan import (
    Carry,
    Detail,
    EntryOrder,
    EntryType,
    Flag,
    Funding,
    LimitRules,
    Liquidation,
    MarkPrices,
    Plan,
    VolumeRules,
)
from vibex.domain.arrays import F64, I64, U8
from vibex.testing.random_draws import GRID, HIGH_COLUMN, LOW_COLUMN, Draw

NAMES: Final = (
    "order", "volume", "mark", "funding", "liquidation", "detail", "carry", "limits", "schedule", "ticks", "targets",
    "priority", "maker", "linked", "management", "state",
)  # fmt: skip


class PartsDraw(Draw):
    """Adds optional parts to a plain plan whose prices lie on GRID × `scale`."""

    def __init__(self, seed: int, plan: Plan, scale: float, *, alone: bool) -> None:
        super().__init__(seed)
        self.plan = plan
        self.grid = GRID * scale
        self.count, self.length = plan.flags.shape
        odds = self.pick((0.15, 0.35, 0.6))
        lone = self.pick(NAMES)
        drawn = {name for name in NAMES if (name == lone if alone else self.chance(odds))}
        self.drawn = self._compatible(drawn)
        self.splits = self.chance(0.6)

    def _compatible(self, drawn: set[str]) -> set[str]:
        """A pair has two symbols and market orders without a volume cap; the cap says how long its rests wait."""
        if self.count != 2:
            drawn.discard("linked")
        if "linked" in drawn:
            drawn -= {"order", "volume"}
        return drawn | {"order"} if "volume" in drawn else drawn

    def wants(self, name: str) -> bool:
        return name in self.drawn

    def add_to_plan(self) -> Plan:
        """The plan with every drawn part but management and state."""
        makers: Mapping[str, Callable[[], Any]] = {
            "order": self._order,
            "volume": self._volume,
            "mark": self._mark,
            "funding": self._funding,
            "liquidation": self._liquidation,
            "detail": self._detail,
            "carry": self._carry,
            "limits": self._limits,
            "schedule": self._schedule,
            "priority": self._priority,
        }
        # Every part is drawn whether it is used or not: a seed's parts do not depend on each other.
        made = {name: make() for name, make in makers.items()}
        plan = replace(self.plan, **{name: part for name, part in made.items() if name in self.drawn})
        if "linked" in self.drawn:
            plan = replace(plan, linked=True, flags=self._mirrored())
        if "maker" in self.drawn:
            plan = replace(plan, maker_rate=plan.fee_rate * self.pick((0.0, 0.5, -0.25)))
        if "targets" in self.drawn:
            through = np.array([self.pick((0.0, 0.0, 1.0, 2.0)) * self.grid for _ in range(self.count)])
            plan = replace(plan, target_takes=self.chance(0.5), target_through=through)
        if "ticks" in self.drawn:
            banded = np.array([self.chance(0.7) for _ in range(self.count)])
            plan = replace(
                plan,
                tick=np.where(banded, np.nan, plan.tick),
                tick_bounds=np.array([30 * self.grid, 60 * self.grid, np.inf]),
                tick_sizes=np.array([0.5, 1.0, 2.5]) * self.grid,
            )
        return plan

    def _mirrored(self) -> U8:
        """Conditions of the second leg that are mostly those of the first with the sides changed."""
        flags = self.plan.flags.copy()
        longs, shorts = flags[0] & (Flag.ENTRY_LONG | Flag.EXIT_LONG), flags[0] & (Flag.ENTRY_SHORT | Flag.EXIT_SHORT)
        mirrored = (flags[1] & ~np.uint8(15)) | (longs << 2) | (shorts >> 2)
        flags[1] = np.where(self.rng.random(self.length) < 0.8, mirrored, flags[1])
        return flags

    def _order(self) -> EntryOrder:
        resting = "linked" not in self.drawn and not ("carry" in self.drawn and self.splits)
        kinds = list(EntryType) if resting else [EntryType.MARKET]
        kind = self.pick([*kinds, *kinds[1:]])
        priced = kind != EntryType.MARKET and self.chance(0.5)
        below, above = (LOW_COLUMN, HIGH_COLUMN) if kind == EntryType.LIMIT else (HIGH_COLUMN, LOW_COLUMN)
        return EntryOrder(
            type=kind,
            offset=self.pick((0.0, 0.0, 0.005, 0.02, 0.05)),
            expires_bars=self.pick((1, 2, 3, 8)),
            long_column=below if priced else -1,
            short_column=above if priced else -1,
        )

    def _volume(self) -> VolumeRules:
        size = self.plan.capital / self.grid * self.pick((0.01, 0.1, 1.0))
        volume = np.round(self.rng.integers(0, 12, (self.count, self.length)) * size, 3)
        if self.chance(0.5):
            volume = np.round(volume)
        volume[(self.plan.flags & (Flag.NO_TRADES | Flag.NO_BAR)) > 0] = 0.0
        return VolumeRules(volume=volume, cap=self.pick((0.05, 0.25, 1.0)), impact=self.pick((0.0, 0.1, 0.5)))

    def _mark(self) -> MarkPrices:
        """Near the last price: often equal, sometimes calmer, sometimes wilder."""
        shift = self.rng.integers(-2, 3, (3, self.count, self.length)) * self.grid
        if self.chance(0.5):
            shift[self.rng.random(shift.shape) < 0.5] = 0.0
        opened = self.plan.open + shift[0]
        high = np.maximum(self.plan.high + shift[1], opened)
        low = np.minimum(np.maximum(self.plan.low + shift[2], self.grid / 2), opened)
        return MarkPrices(open=opened, high=high, low=low)

    def _events(self, most: int, probability: float) -> I64:
        """Offsets (N, T + 1) of up to `most` events in a row."""
        here = self.rng.integers(1, most + 1, (self.count, self.length))
        here *= self.rng.random((self.count, self.length)) < probability
        ends = np.cumsum(here)
        start = np.zeros((self.count, self.length + 1), np.int64)
        start[:, 1:] = ends.reshape(self.count, self.length)
        start[1:, 0] = start[:-1, -1]
        return start

    def _funding(self) -> Funding:
        start = self._events(2, self.pick((0.1, 0.5, 1.0)))
        total = int(start[-1, -1])
        price: F64 = np.asarray(self.rng.integers(20, 100, total) * self.grid, np.float64)
        rate: F64 = np.asarray(self.rng.integers(-4, 6, total) * self.pick((0.0001, 0.003)), np.float64)
        return Funding(start=start, price=price, rate=rate)

    def _liquidation(self) -> Liquidation:
        """Brackets with amounts that make maintenance continuous, for most symbols."""
        start, floor, rate, amount = [0], [], [], []
        for _ in range(self.count):
            number = 0 if self.chance(0.1) else self.pick((1, 2, 3))
            floors = [0.0, *(self.plan.capital * share for share in (0.5, 2.0))][:number]
            rates = [0.005, 0.01, 0.05, 0.1]
            owed = 0.0
            for k in range(number):
                owed += floors[k] * (rates[k] - rates[k - 1]) if k else 0.0
                floor.append(floors[k])
                rate.append(rates[k])
                amount.append(owed)
            start.append(len(floor))
        return Liquidation(
            start=np.array(start, np.int64),
            floor=np.array(floor, np.float64),
            rate=np.array(rate, np.float64),
            amount=np.array(amount, np.float64),
            isolated=self.chance(0.5),
            fee_rate=self.pick((0.0, 0.005)),
        )

    def _detail(self) -> Detail:
        """Sub-bars that walk from the open through both extremes, some rows without any."""
        start = self._events(4, 0.8)
        opened: list[float] = []
        highs: list[float] = []
        lows: list[float] = []
        for symbol in range(self.count):
            for row in range(self.length):
                number = int(start[symbol, row + 1] - start[symbol, row])
                high, low = self.plan.high[symbol, row], self.plan.low[symbol, row]
                top, bottom = int(self.rng.integers(4)), int(self.rng.integers(4))
                price = self.plan.open[symbol, row]
                for k in range(number):
                    up, down = (self.rng.integers(0, 4, 2) * self.grid).tolist()
                    opened.append(price)
                    highs.append(high if k == top else max(price, min(price + up, high)))
                    lows.append(low if k == bottom else min(price, max(price - down, low)))
                    price = highs[-1] if self.chance(0.5) else lows[-1]
        return Detail(start=start, open=np.array(opened), high=np.array(highs), low=np.array(lows))

    def _carry(self) -> Carry:
        start = self._events(2, self.pick((0.02, 0.1)))
        total = int(start[-1, -1])
        split: F64 = np.array([self.pick((1.0, 1.0, 2.0, 0.5, 3.0)) for _ in range(total)], np.float64)
        if not self.splits:  # resting orders and splits are not run together
            split = np.ones(total)
        cash: F64 = np.array([self.pick((0.0, 0.5, 1.0)) for _ in range(total)], np.float64)
        return Carry(borrow_per_year=self.pick((0.0, 0.03, 5.0)), start=start, split=split, cash=cash * self.grid)

    def _limits(self) -> LimitRules:
        return LimitRules(
            session=np.arange(self.length, dtype=np.int64) // self.pick((1, 5, 12)),
            max_trades=self.pick((0, 0, 1, 2)),
            cooldown_bars=self.pick((0, 0, 1, 3)),
            max_daily_loss=self.pick((0.0, 0.0, 0.01, 0.05)),
            max_drawdown=self.pick((0.0, 0.0, 0.05, 0.3)),
        )

    def _schedule(self) -> F64:
        vector: F64 = np.zeros(SIZE)
        vector[MAKER_RATE], vector[TAKER_RATE] = self.pick(((0.0, 0.0), (0.0002, 0.0005), (-0.0001, 0.01)))
        choices = {
            FIXED: (0.0, 1.0),
            PER_SHARE: (0.0, 0.005),
            MIN_PER_ORDER: (0.0, 1.0, 18.0),
            MAX_SHARE: (0.0, 0.01),
            SELL_RATE: (0.0, 0.0000278),
            SELL_PER_SHARE: (0.0, 0.000166),
            SELL_PER_SHARE_CAP: (0.0, 8.3),
            DUTY_RATE: (0.0, 0.001),
            DUTY_UNIT: (0.0, 1.0),
            LEVIES: (0.0, 0.0000565),
            LEVIES + 1: (0.0, 0.000027),
            LEVY_UNIT: (0.0, 0.01),
        }
        for place, values in choices.items():
            vector[place] = self.pick(values)
        return vector

    def _priority(self) -> I64:
        rows = self.pick((1, 2, 7))
        return np.stack([self.rng.permutation(self.count) for _ in range(rows)]).astype(np.int64)
