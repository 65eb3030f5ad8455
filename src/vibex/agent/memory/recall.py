"""Which lessons return: those of the same asset, regime and side first, newer before older, a bounded number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from vibex.agent.memory.trade import Lesson
from vibex.domain import PositionSide

MOST = 8
HALF_LIFE_DAYS = 30.0
"""After so many days a lesson weighs half; one of another asset never passes an equally old one of the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryQuery:
    """What is being decided: each asset with the regimes that hold for it, and the side held where there is one."""

    at: datetime
    regimes: dict[str, frozenset[str]]
    sides: dict[str, PositionSide]


def relevant(lessons: Iterable[Lesson], query: MemoryQuery, most: int = MOST) -> tuple[Lesson, ...]:
    """At most `most` lessons, the most relevant first. Those with no likeness at all, and of the future, stay out."""
    scored = [
        (score, lesson.trade.closed_at, lesson.trade.id, lesson)
        for lesson in lessons
        if lesson.trade.closed_at <= query.at and (score := _score(lesson, query)) > 0
    ]
    scored.sort(key=lambda each: each[:3], reverse=True)
    return tuple(lesson for *_, lesson in scored[:most])


def _score(lesson: Lesson, query: MemoryQuery) -> float:
    """4 for the asset, 2 for each shared regime, 1 for the side that is held; halved every `HALF_LIFE_DAYS`."""
    trade = lesson.trade
    known = frozenset(() if trade.decision is None else trade.decision.regimes)
    same_asset = trade.asset in query.regimes
    regimes = query.regimes[trade.asset] if same_asset else frozenset[str]().union(*query.regimes.values())
    likeness = 4.0 * same_asset + 2.0 * len(known & regimes) + 1.0 * (query.sides.get(trade.asset) is trade.side)
    age_days = (query.at - trade.closed_at).total_seconds() / 86_400
    weight: float = 0.5 ** (age_days / HALF_LIFE_DAYS)
    return likeness * weight
