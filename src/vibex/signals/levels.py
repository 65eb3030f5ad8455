"""Levels of a strategy as rules that are resolved at the real fill (rule 42): the protection of a decision."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from vibex.backtest.engine.levels import EntrySkipped, Numbers, Steps, atr_distance, moved_level
from vibex.backtest.engine.outcome import Skip
from vibex.backtest.engine.plan import LevelOp, Trailing
from vibex.backtest.engine.position import Position
from vibex.backtest.engine.side import SideRules
from vibex.domain import PartTarget, Protection
from vibex.domain.money import to_decimal
from vibex.domain.protection import AtPrice, Choice, DistanceAway, LevelRule, PercentAway, RiskMultiple

STOP_LOSS, TRAILING_STOP, TAKE_PROFIT = "stop_loss", "trailing_stop", "take_profit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The stop and the single target that should rest for an open position; NaN for none."""

    stop: float
    target: float

    @property
    def protection(self) -> Protection:
        return self.news(Levels(stop=math.nan, target=math.nan))

    def news(self, known: Levels) -> Protection:
        """What of these is not as `known`."""
        stop, target = (
            None if math.isnan(wanted) or wanted == rests else AtPrice(to_decimal(wanted))
            for wanted, rests in ((self.stop, known.stop), (self.target, known.target))
        )
        return Protection(stop=stop, target=target)


def resting_levels(position: Position) -> Levels:
    """The tighter stop and the single target of `position` as they are live in its next bar."""
    stop, _ = position.tighter_stop()
    rules = position.rules
    single = len(position.targets) == 1 and not rules.fractions and not rules.target_on_close
    return Levels(
        stop=stop if math.isfinite(stop) else math.nan, target=position.targets[0].level if single else math.nan
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProtection:
    """The protection of an entry, and which reason a fill of its stop has.

    `stop_prices` and `target_prices` are the fixed prices of all levels of that side of the fill, resting or not.
    """

    protection: Protection
    exit_plan: str
    stop_prices: Sequence[Decimal]
    target_prices: Sequence[Decimal]


def entry_protection(rules: SideRules, direction: int, numbers: Numbers, close: float) -> EntryProtection:
    """What `rules` give an entry that is decided at `close`.

    A level that is compared with the close does not rest, and a trail that begins later does not rest yet. A level
    that reads the position is taken as of a fill at the close. Raises EntrySkipped where one has no value.
    """
    stop_loss = level_rule(rules.stop, numbers) if rules.stop else None
    trail = _first_trail(rules, numbers) if rules.trailing else None
    targets = [level_rule(target, numbers) for target in rules.targets]
    afters = [level_rule(steps, numbers) for steps in (rules.trailing_after, *(s.after for s in rules.steps)) if steps]
    stops = {
        STOP_LOSS: None if rules.stop_on_close else stop_loss,
        TRAILING_STOP: None if rules.trailing_on_close or rules.trailing_after else trail,
    }
    resting = {name: rule for name, rule in stops.items() if rule is not None}
    aims = [] if rules.target_on_close else targets
    if stop_loss is not None and resting != {STOP_LOSS: stop_loss}:
        # What rests is the nearer of two stops, or none; a multiple of the risk is meant of the stop-loss alone.
        risk = abs(close - moved_level(rules.stop, close, -direction, numbers, math.nan))
        aims = [_measured(target, stop_loss, risk) for target in aims]
    return EntryProtection(
        protection=_protection(list(resting.values()), aims, rules.fractions),
        exit_plan=_plan(list(resting)),
        stop_prices=_prices([stop_loss, trail]),
        target_prices=_prices([*targets, *afters]),
    )


def _plan(names: Sequence[str]) -> str:
    return " or ".join(names) + (", the nearer" if len(names) > 1 else "") if names else "no resting stop"


def _prices(rules: Sequence[LevelRule | None]) -> list[Decimal]:
    return [price for rule in rules if rule is not None for price in _fixed_prices(rule)]


def level_rule(steps: Steps, numbers: Numbers) -> LevelRule:
    """The program `steps` as a rule, numbers of the decision bar put in. Raises EntrySkipped where one is missing."""
    stack: list[LevelRule] = []
    for op, value, column in steps:
        match op:
            case LevelOp.PERCENT:
                stack.append(PercentAway(to_decimal(value)))
            case LevelOp.POINTS:
                stack.append(DistanceAway(to_decimal(value)))
            case LevelOp.ATR:
                stack.append(DistanceAway(to_decimal(atr_distance(value, numbers.column(column)))))
            case LevelOp.PRICE:
                stack.append(AtPrice(to_decimal(value)))
            case LevelOp.LEVEL:
                stack.append(_fixed(numbers.column(column)))
            case LevelOp.RISK_MULTIPLE:
                stack.append(RiskMultiple(to_decimal(value)))
            case LevelOp.PROGRAM:
                stack.append(_fixed(numbers.program(int(value))))
            case _:
                count = int(value)
                stack[-count:] = [Choice(tuple(stack[-count:]), nearest=op == LevelOp.NEAREST)]
    return stack[-1]


def is_estimate(rules: SideRules) -> bool:
    """Whether some level of an entry is known only at the fill, so that what `entry_protection` says is amended."""
    steps = [step for program in (rules.stop, *rules.targets, rules.trailing_level) for step in program]
    alone = rules.stop and not rules.trailing and not rules.stop_on_close
    measured = not alone and any(op == LevelOp.RISK_MULTIPLE for op, _, _ in steps)
    return bool(measured) or any(op == LevelOp.PROGRAM for op, _, _ in steps)


def _fixed_prices(rule: LevelRule) -> Iterator[Decimal]:
    """The prices in `rule` that do not depend on the fill: an entry beyond one of them is not made (rule 42)."""
    match rule:
        case AtPrice(price):
            yield price
        case Choice(rules):
            for part in rules:
                yield from _fixed_prices(part)
        case _:
            return


def _first_trail(rules: SideRules, numbers: Numbers) -> LevelRule:
    if rules.trailing == Trailing.PERCENT:
        return PercentAway(to_decimal(rules.trailing_value))
    if rules.trailing == Trailing.ATR:
        return DistanceAway(to_decimal(atr_distance(rules.trailing_value, numbers.column(rules.trailing_column))))
    return level_rule(rules.trailing_level, numbers)


def _fixed(price: float) -> AtPrice:
    if not math.isfinite(price):
        raise EntrySkipped(Skip.MISSING_LEVEL)
    return AtPrice(to_decimal(price))


def _measured(rule: LevelRule, stop: LevelRule, risk: float) -> LevelRule:
    """`rule` with multiples of the distance to `stop` worked out; where that depends on the fill, `risk` stands in."""
    match rule, stop:
        case RiskMultiple(multiple), PercentAway(percent):
            return PercentAway(multiple * percent)
        case RiskMultiple(multiple), DistanceAway(distance):
            return DistanceAway(multiple * distance)
        case RiskMultiple(multiple), _:
            return DistanceAway(multiple * to_decimal(risk))
        case Choice(rules, nearest), _:
            return Choice(tuple(_measured(part, stop, risk) for part in rules), nearest)
        case _:
            return rule


def _protection(stops: Sequence[LevelRule], targets: Sequence[LevelRule], fractions: Sequence[float]) -> Protection:
    stop = None
    if stops:
        stop = stops[0] if len(stops) == 1 else Choice(tuple(stops), nearest=True)
    if not targets or not fractions:
        return Protection(stop=stop, target=targets[0] if targets else None)
    parts = zip(targets, fractions, strict=True)
    return Protection(stop=stop, parts=tuple(PartTarget(rule, to_decimal(fraction)) for rule, fraction in parts))
