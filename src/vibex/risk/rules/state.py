"""Rule `state`: entries in ACTIVE only."""

from __future__ import annotations

from vibex.domain import Decision
from vibex.risk.inputs import RiskInput
from vibex.risk.verdict import Refusal, Rule


def check(_decision: Decision, inputs: RiskInput) -> Refusal | None:
    if inputs.state.takes_entries:
        return None
    return Refusal(
        rule=Rule.STATE,
        words=f"the account is {inputs.state.value} and takes exits only",
        numbers={"state": inputs.state.value},
    )
