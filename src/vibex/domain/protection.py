"""Where a stop or a target lies, said so that it can be resolved at the real fill price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vibex.domain.order import PositionSide


@dataclass(frozen=True, slots=True)
class PercentAway:
    """`percent` of the fill price away from it."""

    percent: Decimal


@dataclass(frozen=True, slots=True)
class DistanceAway:
    """`distance` in price units away from the fill (points, or a multiple of an ATR already computed)."""

    distance: Decimal


@dataclass(frozen=True, slots=True)
class AtPrice:
    """A fixed price."""

    price: Decimal


@dataclass(frozen=True, slots=True)
class RiskMultiple:
    """`multiple` times the distance of the initial stop; targets only."""

    multiple: Decimal


@dataclass(frozen=True, slots=True)
class Choice:
    """Of several rules the one nearest to (or farthest from) the fill."""

    rules: tuple[LevelRule, ...]
    nearest: bool


LevelRule = PercentAway | DistanceAway | AtPrice | RiskMultiple | Choice


def resolve(
    rule: LevelRule, *, fill: Decimal, side: PositionSide, in_favour: bool, stop: Decimal | None = None
) -> Decimal | None:
    """The price of `rule` for a position of `side` filled at `fill`; `in_favour` True for a target.

    None when it does not lie beyond the fill on its own side, or a risk multiple has no stop to measure.
    """
    sign = side.direction if in_favour else -side.direction
    match rule:
        case PercentAway(percent):
            level = fill * (1 + sign * percent / 100)
        case DistanceAway(distance):
            level = fill + sign * distance
        case AtPrice(price):
            level = price
        case RiskMultiple(multiple):
            if stop is None:
                return None
            level = fill + multiple * (fill - stop)
        case Choice(rules, nearest):
            levels = [resolve(r, fill=fill, side=side, in_favour=in_favour, stop=stop) for r in rules]
            known = [level for level in levels if level is not None]
            if len(known) < len(levels) or not known:
                return None
            choose = min if nearest else max
            level = choose(known, key=lambda candidate: abs(candidate - fill))
    return level if sign * (level - fill) > 0 else None
