"""Rule `group`: what moves together counts together; what is not known to move apart, too."""

from __future__ import annotations

from vibex.risk.exposure import ZERO, losing_together
from vibex.risk.rules.notional import after
from vibex.risk.verdict import Refusal, Rule, short
from vibex.risk.wish import Proposal


def check(proposal: Proposal) -> Refusal | None:
    wish = proposal.wish
    parts = losing_together(wish.symbol, wish.side, after(proposal), wish.inputs)
    total, limit = sum(parts.values(), ZERO), wish.policy.max_group_exposure * wish.account.equity
    if total <= limit:
        return None
    return Refusal(
        rule=Rule.GROUP,
        words=f"{', '.join(sorted(parts))} would lose together with {short(total)} and {short(limit)} is the most",
        numbers={"notional": total, "limit": limit, "symbols": ", ".join(sorted(parts))},
    )
