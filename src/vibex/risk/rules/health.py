"""Rule `health`: nothing is opened by a process that may not write, sees nothing or has the wrong time."""

from __future__ import annotations

from decimal import Decimal

from vibex.domain import Decision
from vibex.risk.inputs import RiskInput
from vibex.risk.verdict import Refusal, Rule


def check(_decision: Decision, inputs: RiskInput) -> Refusal | None:
    health, limit = inputs.health, inputs.policy.max_clock_skew_ms
    for holds, words in (
        (health.lease_held, "this process is not known to hold the account's lease"),
        (health.market_feed_alive, "prices are not known to come in"),
        (health.account_feed_alive, "events of the account are not known to come in"),
        (health.reconciled, "venue and journal are not known to agree"),
    ):
        if holds is not True:
            return Refusal(rule=Rule.HEALTH, words=words)
    if health.clock_skew_ms is None:
        return Refusal(rule=Rule.HEALTH, words="the difference to the venue's clock is not known")
    if abs(health.clock_skew_ms) >= limit:
        return Refusal(
            rule=Rule.HEALTH,
            words=f"the clock is {abs(health.clock_skew_ms)} ms from the venue's and entries stop at {limit} ms",
            numbers={"skew_ms": Decimal(abs(health.clock_skew_ms)), "limit_ms": Decimal(limit)},
        )
    return None
