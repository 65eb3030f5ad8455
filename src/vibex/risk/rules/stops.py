"""Rules `stop` and `loss_at_stop`: neither too near nor too far, and what it loses is bearable."""

from __future__ import annotations

from decimal import Decimal

from vibex.risk.verdict import Refusal, Rule, short
from vibex.risk.wish import Proposal

HUNDRED = Decimal(100)


def distance(proposal: Proposal) -> Refusal | None:
    policy, price = proposal.policy, proposal.wish.price
    away = abs(price - proposal.stop) / price * HUNDRED
    if policy.min_stop_pct <= away <= policy.max_stop_pct:
        return None
    return Refusal(
        rule=Rule.STOP,
        words=(
            f"its stop {short(proposal.stop)} is {short(away)} % from the price and must be "
            f"{short(policy.min_stop_pct)} to {short(policy.max_stop_pct)} % away"
        ),
        numbers={"stop_pct": away, "least_pct": policy.min_stop_pct, "most_pct": policy.max_stop_pct},
    )


def loss(proposal: Proposal) -> Refusal | None:
    at_stop, percent = proposal.size.loss_at_stop, proposal.policy.max_loss_at_stop_pct
    limit = proposal.wish.account.equity * percent / HUNDRED
    if at_stop <= limit:
        return None
    return Refusal(
        rule=Rule.LOSS_AT_STOP,
        words=(
            f"it loses {short(at_stop)} at its stop with costs and {short(limit)}, {short(percent)} % of equity, "
            "is the most"
        ),
        numbers={"loss": at_stop, "limit": limit, "limit_pct": percent},
    )
