"""What may be traded now? Policy, rules, sizing, trading states; `judge` turns a wish into a verdict.

Must not know agents, execution, stores, HTTP, nor how a venue is asked: it reads what venues report, and nothing
but the policy file from outside. Only this room makes an `ApprovedEntry`.
"""

from vibex.risk.breakers import threats
from vibex.risk.gate import judge
from vibex.risk.inputs import NEVER, AccountFacts, AssetHistory, Health, MakerKind, MarketFacts, RiskInput
from vibex.risk.liquidation import liquidation_price, maintenance_margin
from vibex.risk.policy import EntryType, Policy
from vibex.risk.policy_file import parse_policy, read_policy
from vibex.risk.reading import changed, reading
from vibex.risk.states import Standing, Threat, TradingState, advance, rearm
from vibex.risk.verdict import Rule, SizeInNumbers, Verdict

__all__ = [
    "NEVER",
    "AccountFacts",
    "AssetHistory",
    "EntryType",
    "Health",
    "MakerKind",
    "MarketFacts",
    "Policy",
    "RiskInput",
    "Rule",
    "SizeInNumbers",
    "Standing",
    "Threat",
    "TradingState",
    "Verdict",
    "advance",
    "changed",
    "judge",
    "liquidation_price",
    "maintenance_margin",
    "parse_policy",
    "read_policy",
    "reading",
    "rearm",
    "threats",
]
