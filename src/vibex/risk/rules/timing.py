"""Rule `time`: a decision is void after its time to live, and one on data of the future is no decision."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from vibex.domain import Decision
from vibex.risk.inputs import RiskInput
from vibex.risk.verdict import Refusal, Rule


def check(decision: Decision, inputs: RiskInput) -> Refusal | None:
    age = (inputs.now - decision.data_at).total_seconds()
    if age < -inputs.policy.max_clock_skew_ms / 1000:
        return Refusal(
            rule=Rule.TIME,
            words=f"its data are {-age:g} s from the future",
            numbers={"ahead_s": Decimal(str(-age))},
        )
    if inputs.now > decision.valid_until:
        lives = decision.time_to_live.total_seconds()
        return Refusal(
            rule=Rule.TIME,
            words=f"its data are {age:g} s old and it was good for {lives:g} s",
            numbers={"age_s": Decimal(str(age)), "limit_s": Decimal(str(lives))},
        )
    return None


def valid_until(decision: Decision, inputs: RiskInput) -> datetime:
    """Until when an approval holds: as long as the decision, at most the policy's time to live from now."""
    return min(decision.valid_until, inputs.now + timedelta(seconds=inputs.policy.max_time_to_live_s))
