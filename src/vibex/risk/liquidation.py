"""At which mark price the venue closes a position: maintenance margin by brackets, isolated or cross.

Maintenance = notional × rate − deduction of the bracket that the notional falls in; liquidation where the money
behind a position and its open profit equal that (Binance, "How to calculate liquidation price of USDⓈ-M futures
contracts"; AsterDEX has the same).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from vibex.venues.reports import LeverageBracket


def bracket_of(brackets: Sequence[LeverageBracket], notional: Decimal) -> LeverageBracket | None:
    """The bracket of a position of `notional` ≥ 0; None beyond the table."""
    return next((bracket for bracket in brackets if notional <= bracket.notional_cap), None)


def maintenance_margin(brackets: Sequence[LeverageBracket], notional: Decimal) -> Decimal | None:
    """What a position of `notional` must keep; None beyond the table."""
    bracket = bracket_of(brackets, notional)
    return None if bracket is None else notional * bracket.maintenance_rate - bracket.deduction


def liquidation_price(
    *, quantity: Decimal, entry_price: Decimal, behind: Decimal, brackets: Sequence[LeverageBracket]
) -> Decimal | None:
    """The mark at which a position of signed `quantity` is liquidated; None when no price above 0 does it.

    `behind` is the money besides the position's own profit: its isolated margin, or in cross mode the cross
    wallet plus the other cross positions' open profit, less their maintenance margin.
    Solves behind + quantity·(p − entry) = |quantity|·p·rate − deduction. What is left over is continuous in p and
    falls all the way as the position loses, so there is one answer; it lies in the bracket at whose cap the sign
    has changed. Beyond the table the last bracket is continued. 0 for a short that is past it at every price.
    """
    size = abs(quantity)
    owed = quantity * entry_price - behind
    for bracket in brackets:
        at_cap = bracket.notional_cap
        left = quantity * at_cap / size - owed - (at_cap * bracket.maintenance_rate - bracket.deduction)
        if (left >= 0) == (quantity > 0) or bracket is brackets[-1]:
            price = (owed - bracket.deduction) / (quantity - size * bracket.maintenance_rate)
            if quantity > 0:
                return price if price > 0 else None
            return max(price, Decimal(0))
    return None
