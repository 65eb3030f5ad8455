"""The venue without a wire: books, accounts, margin, funding and liquidation as plain values on an explicit clock.

Decimal only, no I/O, no randomness, no time but what it is told: the same calls give the same trades. It must not
know HTTP, signatures or where prices come from.
"""

from vibex.venues.simulator.exchange.exchange import Exchange
from vibex.venues.simulator.exchange.listing import standard_rules
from vibex.venues.simulator.exchange.order import Fill, Order, OrderRequest
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.rules import Habits, SymbolRules

__all__ = ["Exchange", "Fill", "Habits", "Order", "OrderRequest", "Refusal", "SymbolRules", "standard_rules"]
