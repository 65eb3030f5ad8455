"""What becomes of a request in words: what was read, what is wrong with it, and the strategy if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from vibex.domain import JsonValue
from vibex.strategy.spec import StrategySpec

Severity = Literal["error", "warning", "info"]
Language = Literal["en", "zh-Hant", "zh-Hans"]
CUSTOMARY = "customary"
"""The code of what the reader understood in a customary way, the text naming no number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the readings between which a question asks: how it is shown, and the words that it stands for, which
    are a request of their own or, with `completes`, complete the one that was asked about."""

    label: str
    text: str
    completes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One finding. `field` is a path of the StrategySpec ("stop_loss", "entry.long"), or "text" for the request;
    `code` names the kind of finding whatever the language of the message, "" where nobody has to tell it apart;
    `options` are the readings of a question that can be answered by their number."""

    severity: Severity
    field: str
    message: str
    code: str = ""
    options: tuple[Option, ...] = ()

    def to_json(self) -> dict[str, JsonValue]:
        return {"severity": self.severity, "field": self.field, "message": self.message}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that the text names and the strategy must carry: a number or an asset, with its place.

    `kind` is "asset" or "number"; `value` a canonical symbol or the number as written in decimals (2 for "2 %");
    `start`, `end` are offsets in the text.
    """

    kind: Literal["asset", "number"]
    value: str | float
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the offline reader understood.

    `partial` holds StrategySpec fields as JSON, only those that the text says; None when there is nothing to
    trade in it. `refused` names fields that the text rules out ("no stop" → {"stop_loss"}), so that no default
    fills them. An issue of severity "error" means that no strategy may be made of this reading.
    """

    text: str
    language: Language
    partial: Mapping[str, JsonValue] | None
    refused: frozenset[str]
    facts: tuple[Fact, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The draft output of the contract: a strategy or None, all issues, and the explanation in plain language."""

    spec: StrategySpec | None
    issues: tuple[Issue, ...]
    explanation: str

    def to_json(self) -> dict[str, JsonValue]:
        return {
            "spec": None if self.spec is None else self.spec.to_json_dict(),
            "issues": [issue.to_json() for issue in self.issues],
            "explanation": self.explanation,
        }
