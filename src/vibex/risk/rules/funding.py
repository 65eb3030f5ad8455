"""Rule `funding`: no entry that pays more funding per day than the policy bears. What is received is no matter."""

from __future__ import annotations

from decimal import Decimal

from vibex.risk.verdict import Refusal, Rule, short
from vibex.risk.wish import Wish


def check(wish: Wish) -> Refusal | None:
    pays = wish.market.daily_funding * wish.side.direction * Decimal(100)
    limit = wish.policy.max_funding_pct_per_day
    if pays <= limit:
        return None
    return Refusal(
        rule=Rule.FUNDING,
        words=f"a {wish.side} pays {short(pays)} % of its notional per day in funding and {short(limit)} % is the most",
        numbers={"funding_pct_per_day": pays, "limit_pct": limit},
    )
