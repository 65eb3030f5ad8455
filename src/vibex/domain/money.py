"""The one place where money crosses between Decimal (orders, balances) and float64 (arrays), and is rounded.

Orders, fills and balances stay Decimal; research arrays are float64. A float never becomes an order's price or
quantity without passing `price_on_tick` or `quantity_in_lots`.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

from vibex.domain.errors import InvalidInput


def to_decimal(value: float | int | str | Decimal, *, field: str = "amount") -> Decimal:
    """The Decimal that the shortest decimal text of `value` names: 0.1 → Decimal("0.1").

    Raises InvalidInput for text that is no number, and for NaN and infinities.
    """
    try:
        number = value if isinstance(value, Decimal) else Decimal(repr(value) if isinstance(value, float) else value)
    except ArithmeticError:
        raise InvalidInput(f"{value!r} is not a number", field=field) from None
    if not number.is_finite():
        raise InvalidInput(f"{value!r} is not a finite number", field=field)
    return number


def to_float(value: Decimal) -> float:
    """The nearest float64; for arrays and statistics only."""
    return float(value)


def price_on_tick(price: Decimal, tick: Decimal, *, up: bool) -> Decimal:
    """`price` moved to a multiple of `tick`, up or down as told; a tick of 0 leaves it as it is.

    A buy's limit rounds down and a sell's up, so that rounding never pays more than was meant.
    """
    if tick == 0:
        return price
    steps = (price / tick).to_integral_value(rounding=ROUND_CEILING if up else ROUND_FLOOR)
    return steps * tick


def quantity_in_lots(quantity: Decimal, lot: Decimal) -> Decimal:
    """`quantity` cut toward zero to a multiple of `lot`; a lot of 0 leaves it as it is."""
    if lot == 0:
        return quantity
    return (quantity / lot).to_integral_value(rounding=ROUND_DOWN) * lot
