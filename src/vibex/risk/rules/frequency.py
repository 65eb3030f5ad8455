"""Rule `frequency`: so many entry orders in any 60 minutes and no more."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from vibex.risk.verdict import Refusal, Rule
from vibex.risk.wish import Wish


def check(wish: Wish) -> Refusal | None:
    since = wish.inputs.now - timedelta(hours=1)
    sent, limit = sum(1 for at in wish.entry_times if at > since), wish.policy.max_orders_per_hour
    if sent < limit:
        return None
    return Refusal(
        rule=Rule.FREQUENCY,
        words=f"{sent} entry orders went out in the last 60 minutes and {limit} are allowed",
        numbers={"orders": Decimal(sent), "limit": Decimal(limit)},
    )
