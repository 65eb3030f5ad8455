"""Rule `price`: the decision's band holds the price, and last and mark price tell the same story."""

from __future__ import annotations

from decimal import Decimal

from vibex.risk.verdict import Refusal, Rule, short
from vibex.risk.wish import Wish


def check(wish: Wish) -> Refusal | None:
    low, high, price = wish.decision.min_price, wish.decision.max_price, wish.price
    if (low is not None and price < low) or (high is not None and price > high):
        least, most = "0" if low is None else short(low), "any" if high is None else short(high)
        return Refusal(
            rule=Rule.PRICE,
            words=f"the price is {short(price)} and the decision holds from {least} to {most}",
            numbers={"price": price, "low": least, "high": most},
        )
    gap, limit = abs(price / wish.market.mark_price - 1) * Decimal(100), wish.policy.max_mark_gap_pct
    if gap <= limit:
        return None
    return Refusal(
        rule=Rule.PRICE,
        words=f"last price and mark price are {short(gap)} % apart and {short(limit)} % is the most",
        numbers={"gap_pct": gap, "limit_pct": limit},
    )
