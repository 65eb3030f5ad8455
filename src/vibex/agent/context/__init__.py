"""What is known when a decision is made: market, account, performance, plans, limits; each value with its time.

What is missing or stale is null with a reason, never 0. Facts come through the Protocols of `sources`; documents are
made of them by pure functions.
"""

from vibex.agent.context.account import (
    AccountLimits,
    AccountState,
    AccountView,
    ExitPlan,
    HeldPosition,
    PastDecision,
    RecentFill,
    RestingOrder,
    UntrustedText,
)
from vibex.agent.context.builder import AssetContext, Context, ContextBuilder, asset_of
from vibex.agent.context.market import MarketFrames
from vibex.agent.context.performance import PerformanceFacts, performance_document
from vibex.agent.context.readings import Freshness, Missing, Reading
from vibex.agent.context.regime import Regime, RegimeName, RegimeRules
from vibex.agent.context.sources import AccountSource, MarketSource

__all__ = [
    "AccountLimits",
    "AccountSource",
    "AccountState",
    "AccountView",
    "AssetContext",
    "Context",
    "ContextBuilder",
    "ExitPlan",
    "Freshness",
    "HeldPosition",
    "MarketFrames",
    "MarketSource",
    "Missing",
    "PastDecision",
    "PerformanceFacts",
    "Reading",
    "RecentFill",
    "Regime",
    "RegimeName",
    "RegimeRules",
    "RestingOrder",
    "UntrustedText",
    "asset_of",
    "performance_document",
]
