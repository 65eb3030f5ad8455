"""The sections of the user turn, each made of the context, and the order in which they may be left out."""

from __future__ import annotations

from collections.abc import Sequence

from vibex.agent.context import AssetContext, Context, Missing
from vibex.agent.context.account import account_document, fills_document, limits_document
from vibex.agent.context.readings import stamp
from vibex.agent.memory import Lesson
from vibex.agent.prompt.envelope import untrusted
from vibex.domain import JsonValue

DROP_ORDER = ("recent_fills", "news", "notes", "memory", "recent_decisions", "performance")
"""What is left out first when the prompt is too long. The account, its limits, exit plans and markets always stay."""

_MOST_DECISIONS, _MOST_FILLS, _MOST_NEWS = 20, 20, 10


def sections(context: Context, lessons: Sequence[Lesson], notes: str) -> dict[str, JsonValue]:
    """Every section by name, in the order of the prompt; those without content are empty lists or null."""
    view, at = context.account, context.at
    return {
        "account": account_document(view, at),
        "limits": limits_document(view.limits, {asset.asset: None for asset in context.assets}, at),
        "exit_plans": [
            {
                "asset": plan.asset,
                "since": stamp(plan.since),
                "plan": untrusted("exit_plan", plan.text, source="the decision that opened it", at=plan.since),
            }
            for plan in view.plans
        ],
        "markets": [{**asset.market, "now": _now(asset), "regime": asset.regime.to_json()} for asset in context.assets],
        "performance": context.performance,
        "recent_decisions": _decisions(context),
        "recent_fills": fills_document(view)[-_MOST_FILLS:],
        "memory": [
            untrusted("lesson", lesson.reflection, source=f"trade {lesson.trade.asset}", at=lesson.trade.closed_at)
            for lesson in lessons
        ],
        "news": [untrusted("news", each.text, source=each.source, at=each.at) for each in view.news[-_MOST_NEWS:]],
        "notes": untrusted("notes", notes, source="the account's notes file", at=None) if notes.strip() else None,
    }


def _now(asset: AssetContext) -> JsonValue:
    """The price of this moment, which the format of the market data has no key for."""
    if isinstance(asset.price, Missing):
        return {"price": None, "missing": asset.price.reason}
    return {"price": float(asset.price.value), "as_of": stamp(asset.price.at)}


def _decisions(context: Context) -> list[JsonValue]:
    """The newest decisions, oldest of them first, with what came of each."""
    newest = sorted(context.account.decisions, key=lambda decision: decision.at)[-_MOST_DECISIONS:]
    return [
        {
            "asset": each.asset,
            "action": each.action,
            "allocation_usd": float(each.allocation_usd),
            "at": stamp(each.at),
            "outcome": each.outcome,
            "rationale": untrusted("rationale", each.rationale, source="the maker then", at=each.at),
        }
        for each in newest
    ]
