"""Rule `leverage`: within the policy's range and what the venue gives a position of that size."""

from __future__ import annotations

from decimal import Decimal

from vibex.risk.liquidation import bracket_of
from vibex.risk.verdict import Refusal, Rule, short
from vibex.risk.wish import Proposal


def check(proposal: Proposal) -> Refusal | None:
    held = proposal.wish.held
    total = (proposal.quantity + (abs(held.quantity) if held is not None else 0)) * proposal.wish.price
    bracket = bracket_of(proposal.wish.market.brackets, total)
    if bracket is None:
        return Refusal(
            rule=Rule.LEVERAGE,
            words=f"a position of {short(total)} is larger than the venue has a bracket for",
            numbers={"notional": total},
        )
    if proposal.leverage <= bracket.max_leverage:
        return None
    return Refusal(
        rule=Rule.LEVERAGE,
        words=(
            f"the venue gives a position of {short(total)} at most {short(bracket.max_leverage)}x and the entry "
            f"has {proposal.leverage}x"
        ),
        numbers={"leverage": Decimal(proposal.leverage), "limit": bracket.max_leverage, "notional": total},
    )
