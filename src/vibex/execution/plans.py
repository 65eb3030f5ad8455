"""What protects a position: rules of the decision, resolved at the real fill, on the grid, inside liquidation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from vibex.domain import InvalidInput, JsonValue, PositionSide, Protection, Side
from vibex.domain.protection import AtPrice, Choice, DistanceAway, LevelRule, PercentAway, RiskMultiple, resolve
from vibex.venues import VenueInstrument

EMERGENCY_STOP = PercentAway(Decimal(3))
"""For a position that came without a plan: adopted from the venue, or left by a decision that named no stop."""

_LIQUIDATION_ROOM = Decimal("0.1")
"""Of the way from liquidation to the entry: where a stop goes that would lie beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The exits of one position. `is_emergency`: the stop is ours because nobody named one."""

    side: PositionSide
    protection: Protection
    correlation_id: str
    is_emergency: bool = False

    def amended(self, protection: Protection) -> Plan:
        """None keeps what stands."""
        stop = protection.stop or self.protection.stop
        target = protection.target or self.protection.target
        emergency = self.is_emergency and protection.stop is None
        return replace(self, protection=Protection(stop=stop, target=target), is_emergency=emergency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Prices on the grid; `target` None when there is none or it does not lie beyond the fill."""

    stop: Decimal
    target: Decimal | None


def emergency(side: PositionSide, correlation_id: str) -> Plan:
    return Plan(side=side, protection=Protection(stop=EMERGENCY_STOP), correlation_id=correlation_id, is_emergency=True)


def levels(plan: Plan, *, entry: Decimal, liquidation: Decimal | None, rules: VenueInstrument) -> Levels:
    """Where stop and target of a position entered at `entry` rest.

    A stop rule that does not resolve (it lies on the wrong side of the real fill) gives the emergency stop. A stop at
    or beyond `liquidation` is moved inside it, with a tenth of the way to the entry between the two.
    """
    stop = resolve(plan.protection.stop or EMERGENCY_STOP, fill=entry, side=plan.side, in_favour=False)
    if stop is None:
        stop = resolve(EMERGENCY_STOP, fill=entry, side=plan.side, in_favour=False) or entry
    if liquidation is not None and liquidation > 0:
        safe = liquidation + (entry - liquidation) * _LIQUIDATION_ROOM
        stop = max(stop, safe) if plan.side is PositionSide.LONG else min(stop, safe)
    target: Decimal | None = None
    if plan.protection.target is not None:
        target = resolve(plan.protection.target, fill=entry, side=plan.side, in_favour=True, stop=stop)
    closing = plan.side.entry_side.opposite
    # A sell rounds up, a buy down: never further from the position than was said, for the stop; better for the target.
    return Levels(
        stop=price_on_grid(rules, stop, closing),
        target=None if target is None else price_on_grid(rules, target, closing),
    )


def price_on_grid(rules: VenueInstrument, price: Decimal, side: Side) -> Decimal:
    """`price` on the tick, counted from the lowest price: a buy rounds down, a sell up."""
    if rules.tick == 0:
        return price
    rounding = ROUND_FLOOR if side is Side.BUY else ROUND_CEILING
    return rules.min_price + ((price - rules.min_price) / rules.tick).to_integral_value(rounding) * rules.tick


def quantity_on_grid(rules: VenueInstrument, quantity: Decimal) -> Decimal:
    """`quantity` cut to the lot and to the largest order; 0 below the smallest."""
    least = max(rules.min_quantity, rules.market_min_quantity)
    most = min((one for one in (rules.max_quantity, rules.market_max_quantity) if one > 0), default=quantity)
    lot = max(rules.lot, rules.market_lot)
    quantity = min(quantity, most)
    if quantity < least:
        return Decimal(0)
    return quantity if lot == 0 else (quantity / lot).to_integral_value(ROUND_FLOOR) * lot


def plan_data(plan: Plan) -> dict[str, JsonValue]:
    """The plan as the journal keeps it."""
    stop, target = plan.protection.stop, plan.protection.target
    return {
        "side": plan.side.value,
        "stop": None if stop is None else _rule_data(stop),
        "target": None if target is None else _rule_data(target),
        "emergency": plan.is_emergency,
    }


def plan_of(data: Mapping[str, JsonValue], correlation_id: str) -> Plan:
    """Raises InvalidInput for what `plan_data` never writes."""
    stop, target = data.get("stop"), data.get("target")
    return Plan(
        side=PositionSide(str(data.get("side"))),
        protection=Protection(
            stop=None if stop is None else _rule_of(stop), target=None if target is None else _rule_of(target)
        ),
        correlation_id=correlation_id,
        is_emergency=data.get("emergency") is True,
    )


def _rule_data(rule: LevelRule) -> JsonValue:
    match rule:
        case PercentAway(percent):
            return ["percent", f"{percent:f}"]
        case DistanceAway(distance):
            return ["distance", f"{distance:f}"]
        case AtPrice(price):
            return ["price", f"{price:f}"]
        case RiskMultiple(multiple):
            return ["risk", f"{multiple:f}"]
        case Choice(rules, nearest):
            return ["nearest" if nearest else "farthest", *[_rule_data(one) for one in rules]]


def _rule_of(data: JsonValue) -> LevelRule:
    match data:
        case ["percent", str(text)]:
            return PercentAway(Decimal(text))
        case ["distance", str(text)]:
            return DistanceAway(Decimal(text))
        case ["price", str(text)]:
            return AtPrice(Decimal(text))
        case ["risk", str(text)]:
            return RiskMultiple(Decimal(text))
        case ["nearest" | "farthest" as which, *rules]:
            return Choice(tuple(_rule_of(one) for one in rules), nearest=which == "nearest")
        case _:
            raise InvalidInput(f"{data!r} is no level", field="stop", remedy="restore the journal")
