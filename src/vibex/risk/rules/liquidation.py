"""Rule `liquidation`: the stop comes well before the venue closes the position."""

from __future__ import annotations

from decimal import Decimal

from vibex.risk.verdict import Refusal, Rule, short
from vibex.risk.wish import Proposal


def check(proposal: Proposal) -> Refusal | None:
    if proposal.liquidation is None:
        return None
    return stop_against(
        price=proposal.wish.price,
        stop=proposal.stop,
        liquidation=proposal.liquidation,
        direction=proposal.wish.side.direction,
        buffer_pct=proposal.policy.liquidation_buffer_pct,
    )


def stop_against(
    *, price: Decimal, stop: Decimal, liquidation: Decimal, direction: int, buffer_pct: Decimal
) -> Refusal | None:
    """None when `stop` lies before the last `buffer_pct` percent of the way from `price` to `liquidation`."""
    way = (price - liquidation) * direction
    if way > 0 and (price - stop) * direction <= way * (1 - buffer_pct / Decimal(100)):
        return None
    return Refusal(
        rule=Rule.LIQUIDATION,
        words=(
            f"its stop {short(stop)} is past or within {short(buffer_pct)} % of the way before liquidation at "
            f"{short(liquidation)}"
        ),
        numbers={"stop": stop, "liquidation": liquidation, "buffer_pct": buffer_pct},
    )
