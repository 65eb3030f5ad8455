"""Rule `assets`: only what the account and its policy name, and only while the venue trades it."""

from __future__ import annotations

from vibex.domain import Decision
from vibex.risk.exposure import asset_of
from vibex.risk.inputs import RiskInput
from vibex.risk.verdict import Refusal, Rule
from vibex.risk.wish import Wish


def allowed(decision: Decision, inputs: RiskInput) -> Refusal | None:
    asset = asset_of(decision.symbol)
    for names, whose in ((inputs.account_assets, "account"), (inputs.policy.assets, "policy")):
        if names is not None and asset not in names:
            return Refusal(
                rule=Rule.ASSETS,
                words=f"{asset} is not among the {whose}'s assets ({', '.join(sorted(names)) or 'none'})",
                numbers={"asset": asset},
            )
    return None


def tradable(wish: Wish) -> Refusal | None:
    instrument = wish.market.instrument
    if instrument.is_trading:
        return None
    return Refusal(
        rule=Rule.ASSETS,
        words=f"the venue does not trade {wish.symbol} now (status {instrument.status})",
        numbers={"status": instrument.status},
    )
