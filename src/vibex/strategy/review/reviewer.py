"""Asks every question of the review and puts the answers in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from vibex.strategy.draft import Issue, Language
from vibex.strategy.review import contradictions, costs, dangers, feasibility, frequency, levels
from vibex.strategy.review.evidence import Evidence
from vibex.strategy.review.subject import Subject
from vibex.strategy.spec import StrategySpec

Check = Callable[[Subject], Iterator[Issue]]

CHECKS: tuple[Check, ...] = (
    contradictions.contradictions,
    levels.wrong_sides,
    levels.named_prices,
    feasibility.symbols,
    feasibility.history,
    feasibility.volume,
    feasibility.windows,
    feasibility.not_run_yet,
    dangers.leverage,
    dangers.missing_stops,
    dangers.sizes,
    dangers.shorts,
    costs.costs_against_targets,
    costs.costs_against_stops,
    costs.costs_against_trades,
    levels.small_targets,
    frequency.trades_at_all,
    frequency.quick_re_entries,
    frequency.ways_out,
)
"""To add a finding, write a function of this form, list it here, and word it in every table of `words`."""

_RANK = {"error": 0, "warning": 1, "info": 2}


def review(spec: StrategySpec, evidence: Evidence | None = None, language: Language = "en") -> tuple[Issue, ...]:
    """What is wrong with a valid strategy, or worth knowing: errors first, each once. Without `evidence` nothing
    that has to be measured is said."""
    about = Subject(spec=spec, evidence=evidence, language=language)
    return in_order(issue for check in CHECKS for issue in check(about))


def in_order(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Errors, warnings, infos; within each as they came, duplicates left out."""
    return tuple(sorted(dict.fromkeys(issues), key=lambda issue: _RANK[issue.severity]))
