"""Rule `notional`: what one asset may weigh and what all of them may, waiting entries counted as filled."""

from __future__ import annotations

from decimal import Decimal

from vibex.risk.exposure import ZERO, Exposure, exposures
from vibex.risk.verdict import Refusal, Rule, short
from vibex.risk.wish import Proposal


def after(proposal: Proposal) -> dict[str, Exposure]:
    """The exposures by symbol as they are once the entry has filled too."""
    wish = proposal.wish
    found = exposures(wish.account, wish.prices)
    here = found.get(wish.symbol, Exposure())
    found[wish.symbol] = here.plus(wish.side.entry_side, proposal.size.notional)
    return found


def check(proposal: Proposal) -> Refusal | None:
    wish, policy = proposal.wish, proposal.policy
    found = after(proposal)
    equity = wish.account.equity
    here = found[wish.symbol].worst
    total = sum((exposure.worst for exposure in found.values()), ZERO)
    for notional, limit, what in (
        (here, policy.max_position_exposure * equity, f"{wish.symbol} would weigh"),
        (here, policy.max_position_notional, f"{wish.symbol} would weigh"),
        (total, policy.max_gross_exposure * equity, "everything together would weigh"),
        (total, policy.max_total_notional, "everything together would weigh"),
    ):
        if limit is not None and notional > limit:
            return _refusal(what, notional, limit)
    return None


def _refusal(what: str, notional: Decimal, limit: Decimal) -> Refusal:
    return Refusal(
        rule=Rule.NOTIONAL,
        words=f"{what} {short(notional)} and {short(limit)} is the most",
        numbers={"notional": notional, "limit": limit},
    )
