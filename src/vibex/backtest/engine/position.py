"""One open position of the reference body: its live levels, its targets, and what its fills have booked so far."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from operator import attrgetter

from vibex.backtest.engine.levels import WHOLE, Numbers, Steps, Ticks, whole_lots
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import Trailing
from vibex.backtest.engine.side import SideRules

_level = attrgetter("level")


@dataclass(slots=True)
class Target:
    """One target: `planned` is what it takes of the position (inf: all that is held), `filled` what it has taken."""

    level: float
    planned: float = math.inf
    filled: float = 0.0
    hit: bool = False


@dataclass(slots=True)
class Step:
    """A stop step: the price that reaches it (NaN: a target does), and whether it is reached and has been applied."""

    after: float
    after_target: int
    to: Steps
    reached: bool = False
    applied: bool = False


@dataclass(slots=True, kw_only=True)
class EntryLevels:
    """The levels that a fill gives (rule 42); NaN where the side has none. `afters` belong to the stop steps."""

    stop: float
    targets: list[float]
    trailing_after: float
    trailing_value: float  # percent, or the frozen price distance of an ATR trail (rule 35)
    trailing_stop: float
    afters: list[float]


@dataclass(slots=True, kw_only=True)
class Position:
    """One open position; prices in quote currency, `quantity` > 0 what is held, `entered` all that was bought.

    `direction` is +1 for a long and −1 for a short. A level that does not exist lies at an infinite price, so
    that no bar reaches it. `target` is the target nearest to the entry that is tested inside bars, `first_target` the
    one that a rising (falling) price meets first. `bars` counts the symbol's own closes since the fill, the fill bar
    is 1 (rule 47). `inside_row` is the row in which it was opened inside the bar, −1 when at an open. `floor` is how
    far steps have moved the stop; moving it later does not go behind that.
    """

    direction: int
    rules: SideRules
    ticks: Ticks
    lot: float
    entry_row: int
    decision_row: int
    entry_price: float
    quantity: float
    entered: float
    fees: float
    lowest: float
    highest: float
    reference: float  # best price that the trailing stop has seen
    inside_row: int = -1
    stop: float = 0.0
    initial_stop: float = math.nan
    stop_moved: bool = False
    floor: float = 0.0
    targets: list[Target] = field(default_factory=list)
    remaining: list[Target] = field(default_factory=list)
    target: float = 0.0
    first_target: float = 0.0
    targets_hit: int = 0
    trailing_value: float = math.nan
    trailing_stop: float = math.nan
    trailing_after: float = math.nan
    trails: bool = False
    watches_trail: bool = False
    steps: list[Step] = field(default_factory=list)
    numbers: Numbers | None = None  # what moving levels read, once there are any
    bars: int = 0
    gross: float = 0.0
    funding: float = 0.0
    carry: float = 0.0
    exited: float = 0.0
    exit_value: float = 0.0
    exit_fills: int = 0

    def set_levels(self, levels: EntryLevels) -> None:
        """Take the levels of the first fill."""
        d, rules = self.direction, self.rules
        self.floor = -d * math.inf
        self.trailing_value, self.trailing_stop = levels.trailing_value, levels.trailing_stop
        self.trails = bool(rules.trailing) and math.isnan(levels.trailing_after)
        self.watches_trail = self.trails and not rules.trailing_on_close
        self.targets = [Target(level) for level in levels.targets]
        self.steps = [
            Step(after, rule.after_target, rule.to) for after, rule in zip(levels.afters, rules.steps, strict=True)
        ]
        self.renew_levels(levels)

    def renew_levels(self, levels: EntryLevels) -> None:
        """Take the levels of a mean entry price (rule 64): a stop that was moved, and the trail, stay."""
        self.initial_stop = levels.stop
        if not self.stop_moved:
            self.stop = -self.direction * math.inf if math.isnan(levels.stop) else levels.stop
        for target, level in zip(self.targets, levels.targets, strict=True):
            target.level = level
        self.trailing_after = levels.trailing_after
        for step, after in zip(self.steps, levels.afters, strict=True):
            step.after = after
        self.plan_targets()

    def plan_targets(self) -> None:
        """Divide what was entered among the targets, in whole lots; the last takes what the others leave."""
        fractions = self.rules.fractions
        if fractions:
            planned = [whole_lots(fraction * self.entered, self.lot) for fraction in fractions]
            if sum(fractions) >= 1 - WHOLE:
                planned[-1] = self.entered - sum(planned[:-1])
            for target, quantity in zip(self.targets, planned, strict=True):
                target.planned = quantity
        self.order_targets()

    def order_targets(self) -> None:
        """Sort the targets that are left by their distance from the entry; of equals the first in the list."""
        d = self.direction
        left = [target for target in self.targets if not target.hit]
        if len(left) > 1:
            left.sort(key=lambda target: abs(target.level - self.entry_price))
        self.remaining = left
        watched = left and not self.rules.target_on_close
        self.target = left[0].level if watched else d * math.inf
        self.first_target = (min if d > 0 else max)(left, key=_level).level if watched else self.target

    def tighter_stop(self) -> tuple[float, Reason]:
        """The stop that is reached first and the reason that it gives; at equal levels the stop-loss (rule 46)."""
        d = self.direction
        stop = -d * math.inf if self.rules.stop_on_close else self.stop
        if self.watches_trail and d * self.trailing_stop > d * stop:
            return self.trailing_stop, Reason.TRAILING_STOP
        return stop, Reason.STOP_LOSS

    def survive(self, low: float, high: float) -> None:
        """Take in a bar with trades that closed nothing, then raise the trailing stop from it (rules 9, 45)."""
        if low < self.lowest:
            self.lowest = low
        if high > self.highest:
            self.highest = high
        if self.rules.trailing:
            self._trail(high if self.direction > 0 else low)
        if self.steps:
            best = self.direction * (high if self.direction > 0 else low)
            for step in self.steps:
                if best >= self.direction * step.after:  # never for NaN
                    step.reached = True

    def _trail(self, best: float) -> None:
        d, kind = self.direction, self.rules.trailing
        raised = d * best > d * self.reference
        if raised:
            self.reference = best
        if not self.trails:
            if not d * best >= d * self.trailing_after:
                return
            self.trails, raised = True, True
            self.watches_trail = not self.rules.trailing_on_close
        if raised and kind != Trailing.LEVEL:
            level = trailing_level(kind, self.trailing_value, self.reference, d)
            self.tighten_trail(self.ticks.outward(level, -d))

    def tighten_trail(self, level: float) -> None:
        """Move the trailing stop to `level` unless that is looser."""
        if self.direction * level > self.direction * self.trailing_stop:
            self.trailing_stop = level

    def gross_at(self, price: float) -> float:
        """Profit before fees when what is held is valued at `price`."""
        return (price - self.entry_price) * self.quantity * self.direction

    def split(self, by: float) -> None:
        """Each share becomes `by` shares: quantities are multiplied, prices divided."""
        self.quantity *= by
        self.entered *= by
        self.exited *= by
        for name in (
            "entry_price", "stop", "initial_stop", "floor", "trailing_stop", "trailing_after", "reference",
            "lowest", "highest", "target", "first_target",
        ):  # fmt: skip
            setattr(self, name, getattr(self, name) / by)
        if self.rules.trailing == Trailing.ATR:
            self.trailing_value /= by
        for target in self.targets:
            target.level /= by
            target.planned *= by
            target.filled *= by
        for step in self.steps:
            step.after /= by


def trailing_level(trailing: Trailing, value: float, reference: float, direction: int) -> float:
    """Where the trailing stop lies behind its reference, not rounded (rule 45)."""
    if trailing == Trailing.PERCENT:
        return reference * (1 - direction * value / 100)
    return reference - direction * value
