"""Rule `free_capital`: margin and fee of an entry come from what is free, and the reserve stays."""

from __future__ import annotations

from vibex.risk.sizing import capital_free, entry_fee
from vibex.risk.verdict import Refusal, Rule, short
from vibex.risk.wish import Proposal


def check(proposal: Proposal) -> Refusal | None:
    needed, free = proposal.size.margin + entry_fee(proposal), capital_free(proposal.wish)
    if needed <= free:
        return None
    return Refusal(
        rule=Rule.FREE_CAPITAL,
        words=(
            f"it needs {short(needed)} of margin and fee at {proposal.leverage}x and {short(free)} is free beside "
            f"the reserve of {short(proposal.policy.free_margin_reserve_pct)} %"
        ),
        numbers={"needed": needed, "free": free},
    )
