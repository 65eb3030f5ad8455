"""Rule `cooldown`: an asset rests after its position closed. A flip that the policy allows is one move, not two."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from vibex.domain import Intent
from vibex.risk.verdict import Refusal, Rule
from vibex.risk.wish import Wish


def check(wish: Wish) -> Refusal | None:
    if wish.decision.intent is Intent.REVERSE and wish.policy.flip:
        return None
    minutes = wish.policy.cooldown_minutes
    rested = wish.inputs.now - wish.last_exit_at
    if rested >= timedelta(minutes=minutes):
        return None
    passed = Decimal(int(rested.total_seconds())) / 60
    return Refusal(
        rule=Rule.COOLDOWN,
        words=f"its last position closed {passed:.1f} minutes ago and the asset rests for {minutes}",
        numbers={"passed_minutes": passed, "limit_minutes": Decimal(minutes)},
    )
