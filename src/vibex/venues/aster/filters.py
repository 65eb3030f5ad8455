"""A contract's rules applied to an order: onto the grid when sizing, and refused off it before the wire.

`place` never rounds: an order whose price or quantity changes on the way is another order.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from vibex.domain import ApprovedEntry, OrderType, Side
from vibex.venues.aster.errors import refused
from vibex.venues.outcome import Refused
from vibex.venues.profile import Request
from vibex.venues.reports import VenueInstrument


def price_on_grid(rules: VenueInstrument, price: Decimal, side: Side) -> Decimal:
    """`price` on the tick, counted from the lowest price: a buy rounds down, a sell up, so that neither pays more."""
    if rules.tick == 0:
        return price
    rounding = ROUND_FLOOR if side is Side.BUY else ROUND_CEILING
    steps = ((price - rules.min_price) / rules.tick).to_integral_value(rounding=rounding)
    return rules.min_price + steps * rules.tick


def quantity_on_grid(rules: VenueInstrument, quantity: Decimal, order_type: OrderType) -> Decimal | None:
    """`quantity` cut to the lot, counted from the smallest quantity, and to the largest; None below the smallest."""
    lot, least, most = _lot(rules, order_type)
    if most > 0:
        quantity = min(quantity, most)
    if quantity <= 0 or quantity < least:
        return None
    if lot == 0:
        return quantity
    return least + ((quantity - least) / lot).to_integral_value(rounding=ROUND_FLOOR) * lot


def check_rules(request: Request, rules: VenueInstrument, mark_price: Decimal | None = None) -> Refused | None:
    """None when the venue's filters let `request` pass; otherwise the refusal that it would send.

    Rules that need the mark price are left to the venue when it is None.
    """
    if not rules.is_trading:
        return refused(-4140, f"{rules.symbol} is {rules.status}")
    for price in (request.price, request.trigger_price):
        broken = None if price is None else _check_price(price, rules)
        if broken is not None:
            return broken
    if request.quantity is not None:
        broken = _check_quantity(request.quantity, request.type, rules)
        if broken is not None:
            return broken
    if mark_price is not None:
        broken = _check_band(request, rules, mark_price)
        if broken is not None:
            return broken
    return _check_notional(request, rules, mark_price)


def _check_price(price: Decimal, rules: VenueInstrument) -> Refused | None:
    if 0 < price < rules.min_price:
        return refused(-4013, f"{price} below {rules.min_price}")
    if 0 < rules.max_price < price:
        return refused(-4002, f"{price} above {rules.max_price}")
    if rules.tick and (price - rules.min_price) % rules.tick:
        return refused(-4014, f"{price} with a tick of {rules.tick}")
    return None


def _check_quantity(quantity: Decimal, order_type: OrderType, rules: VenueInstrument) -> Refused | None:
    lot, least, most = _lot(rules, order_type)
    if quantity < least:
        return refused(-4004, f"{quantity} below {least}")
    if 0 < most < quantity:
        return refused(-4005, f"{quantity} above {most}")
    if lot and (quantity - least) % lot:
        return refused(-4023, f"{quantity} with a lot of {lot}")
    return None


def _check_band(request: Request, rules: VenueInstrument, mark: Decimal) -> Refused | None:
    """How far a limit price may lie from the mark."""
    if request.type is not OrderType.LIMIT or request.price is None:
        return None
    if request.side is Side.BUY and rules.price_up and request.price > mark * rules.price_up:
        return refused(-4016, f"{request.price} above {mark * rules.price_up}")
    if request.side is Side.SELL and rules.price_down and request.price < mark * rules.price_down:
        return refused(-4024, f"{request.price} below {mark * rules.price_down}")
    return None


def _check_notional(request: Request, rules: VenueInstrument, mark: Decimal | None) -> Refused | None:
    """Exits are exempt, as reduce-only orders are at the venue."""
    price = request.price if request.price is not None else mark
    if not isinstance(request, ApprovedEntry) or price is None:
        return None
    if price * request.quantity < rules.min_notional:
        return refused(-4164, f"{price * request.quantity} below {rules.min_notional}")
    return None


def _lot(rules: VenueInstrument, order_type: OrderType) -> tuple[Decimal, Decimal, Decimal]:
    """Step, smallest and largest quantity for this type of order."""
    if order_type is OrderType.MARKET:
        return rules.market_lot, rules.market_min_quantity, rules.market_max_quantity
    return rules.lot, rules.min_quantity, rules.max_quantity
