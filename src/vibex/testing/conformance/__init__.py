"""Does a venue behave as the port promises? Numbered cards that any `Venue` runs against itself.

    report = await conformance.run(venue, cards=conformance.READ_ONLY, symbol="BTC/USDT")
    print(report.table())

Read-only cards change nothing. Trading cards place orders of the smallest size, on a symbol that must be flat, and
leave it flat; they need somebody who approves entries, because this kit cannot make an `ApprovedEntry`.
"""

from vibex.testing.conformance.account_cards import ACCOUNT
from vibex.testing.conformance.card import Approve, Card, CardFailed, CardSkipped, Wish
from vibex.testing.conformance.reading_cards import READ_ONLY
from vibex.testing.conformance.report import Difference, Report, Result, Status
from vibex.testing.conformance.runner import run
from vibex.testing.conformance.trading_cards import ORDERS

TRADING = (*ORDERS, *ACCOUNT)
"""Cards that place orders."""

__all__ = [
    "READ_ONLY",
    "TRADING",
    "Approve",
    "Card",
    "CardFailed",
    "CardSkipped",
    "Difference",
    "Report",
    "Result",
    "Status",
    "Wish",
    "run",
]
