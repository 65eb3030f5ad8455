"""What statements a request is made of, each with its place; binding turns them into one strategy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from vibex.strategy.phrases.grammar.terms import Condition, Operand, Series, Side

Value = str | int | float | bool | None | Operand | Condition | Mapping[str, "Value"] | tuple["Value", ...]
"""A part of the strategy in which operands are not yet written as references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """ "buy", "exit shorts", "sell"; `sides` is empty where the word alone does not say."""

    kind: Literal["enter", "exit"]
    side: Side | None
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition as read; `filters` restricts every entry instead of causing one."""

    condition: Condition
    filters: bool = False
    led: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of the strategy. `side` where the words limit it to one; `direction` "<" or ">" of the entry price."""

    field: str
    value: Value
    side: Side | None = None
    direction: str = ""
    unit: str = ""
    fraction: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    market: str
    symbol: str
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    timeframe: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An indicator that is spoken of outside a rule: it says which parameters are meant later."""

    series: Series
    others: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that concerns the whole: "only_long", "mirror", "opposite_exit", "pairs", "outside" …"""

    kind: str
    value: object = None


Content = Action | Rule | Part | Asset | Frame | Mention | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A statement, the tokens [first, last) of its sentence that it covers, and the role of its line."""

    content: Content
    first: int
    last: int
    sentence: int = 0
    role: str = ""
