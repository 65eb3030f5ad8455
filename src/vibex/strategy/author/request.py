"""What the model is told: versioned prompts, and one envelope in which all words of others are data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from vibex.domain import JsonValue
from vibex.llm import Message, Role
from vibex.strategy.author.plain import plain, whole
from vibex.strategy.draft import Issue, Reading
from vibex.strategy.spec import StrategySpec

SYSTEM_PROMPT = "system_v2"
FINDINGS_PROMPT = "findings_v1"
CATALOGUE = "catalogue_v1"
MAX_CHARACTERS = 10_000
"""Longer requests are not sent: the offline reader refuses them as well."""
_PROMPTS = Path(__file__).parent / "prompts"
_MOST_TURNS, _LONGEST_TURN, _MOST_EARLIER = 20, 4_000, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A strategy of the same person from another conversation: its name and what it does in one line."""

    name: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request with all that is known about it.

    `reading` is the offline reading of `text`, in a follow-up that of the changed strategy. `current` is the strategy
    that a follow-up may change.
    """

    text: str
    reading: Reading
    history: Sequence[Turn] = ()
    current: StrategySpec | None = None
    earlier: Sequence[Earlier] = ()
    insight: Mapping[str, JsonValue] | None = None

    @property
    def is_worth_asking(self) -> bool:
        """Whether there are words, and not more than a request may have."""
        return len(self.text) <= MAX_CHARACTERS and any(letter.isalnum() for letter in self.text)

    @property
    def may_ask(self) -> bool:
        """Whether the last answer was no question: two in a row are one too many."""
        said = [turn for turn in self.history if turn.role == "assistant"]
        return not (said and said[-1].text.rstrip().endswith(("?", "？")))

    def messages(self) -> tuple[Message, ...]:
        """The instructions, which no request changes, and the envelope."""
        return (
            Message(role=Role.SYSTEM, text=_system()),
            Message(role=Role.USER, text=json.dumps(self._envelope(), ensure_ascii=False)),
        )

    def _envelope(self) -> dict[str, JsonValue]:
        turns = list(self.history)[-_MOST_TURNS:]
        return {
            "envelope": "strategy_request_v1",
            "text": whole(self.text),
            "numbers": [fact.value for fact in self.reading.facts if fact.kind == "number"],
            "assets": [fact.value for fact in self.reading.facts if fact.kind == "asset"],
            "language": self.reading.language,
            "history": [{"role": turn.role, "text": whole(turn.text)[:_LONGEST_TURN]} for turn in turns],
            "current_strategy": None if self.current is None else _rules(self.current),
            "earlier_strategies": [
                {"name": plain(each.name), "reading": plain(each.reading)} for each in self.earlier[:_MOST_EARLIER]
            ],
            "market_insight": None if self.insight is None else dict(self.insight),
            "may_ask": self.may_ask,
        }


def findings_message(findings: Sequence[Issue]) -> Message:
    """What is put to the model when its answer does not pass."""
    listed: JsonValue = [{"field": each.field, "message": each.message} for each in findings]
    return Message(
        role=Role.USER,
        text=whole(
            _template(FINDINGS_PROMPT).substitute(findings=json.dumps({"findings": listed}, ensure_ascii=False))
        ),
    )


def _rules(spec: StrategySpec) -> JsonValue:
    """A strategy without its notes for people."""
    return {key: value for key, value in spec.to_json_dict().items() if key not in ("metadata",)}


@cache
def _template(name: str) -> Template:
    return Template((_PROMPTS / f"{name}.md").read_text(encoding="utf-8"))


@cache
def _system() -> str:
    shipped = (_PROMPTS / f"{CATALOGUE}.txt").read_text(encoding="utf-8")
    return _template(SYSTEM_PROMPT).substitute(catalogue=shipped)


def made_catalogue() -> str:
    """What the shipped list of indicators has to be: name, parameters, outputs, one a line."""
    from vibex.analysis.indicators import all_definitions

    lines = (
        f"{each.name}({', '.join(parameter.name for parameter in each.parameters)})"
        + (f"->{' '.join(each.outputs)}" if each.outputs else "")
        for each in all_definitions()
    )
    return "\n".join(lines)
