"""What is under review: the strategy, what was measured of it, and the language in which findings are worded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from vibex.strategy.draft import Issue, Language, Severity
from vibex.strategy.explain import Voice, condition_text, voice_for
from vibex.strategy.review.evidence import Costs, Evidence
from vibex.strategy.review.possible import Prover
from vibex.strategy.review.words import WORDS
from vibex.strategy.spec import Condition, StrategySpec


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The strategy at hand; `evidence` None: nothing was measured."""

    spec: StrategySpec
    evidence: Evidence | None = None
    language: Language = "en"

    @cached_property
    def prover(self) -> Prover:
        """What can be proved about its conditions."""
        return Prover(self.spec)

    @cached_property
    def voice(self) -> Voice:
        """How its parts are called."""
        return voice_for(self.spec, self.language)

    @property
    def costs(self) -> Costs:
        return Costs() if self.evidence is None else self.evidence.costs

    def text(self, condition: Condition, *, inner: bool = False) -> str:
        return condition_text(condition, self.voice, inner=inner)

    def side(self, side: str) -> str:
        """`long` and `short` as positions are called."""
        return self.voice.say(side)

    def say(self, code: str, **parts: str) -> str:
        return WORDS[self.language][code].format(**parts)

    def finding(self, severity: Severity, code: str, field: str, **parts: str) -> Issue:
        """The finding `code` about `field`, in words."""
        return Issue(severity=severity, field=field, message=self.say(code, **parts), code=code)
