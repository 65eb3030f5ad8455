"""Conditions: what is true or false on a closed bar, in three-valued logic (rule 54)."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, Tag
from pydantic_core import PydanticCustomError

from vibex.strategy.spec.node import Bars, Node, TimeOfDay, Zone, choose, pick_by_key
from vibex.strategy.spec.operand import Operand

Op = Literal[">", ">=", "<", "<=", "==", "crosses_above", "crosses_below", "rising", "falling"]
Members = Annotated[tuple["Condition", ...], Field(min_length=1, max_length=64)]


def _iso_date(value: object) -> object:
    """Pydantic also reads numbers and date-times as dates; a strategy has one spelling."""
    if type(value) is date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("iso_date", "must be a date such as 2025-10-01")


Day = Annotated[date, BeforeValidator(_iso_date, json_schema_input_type=str)]


class All(Node):
    """Every one of `of` is true."""

    __match_args__ = ("of",)
    of: Members = Field(alias="all")


class Any_(Node):  # noqa: N801 - `Any` is taken by typing
    """At least one of `of` is true."""

    __match_args__ = ("of",)
    of: Members = Field(alias="any")


class Not(Node):
    """`of` is false; unknown stays unknown."""

    __match_args__ = ("of",)
    of: Condition = Field(alias="not")


class Compare(Node):
    """`left` `op` `right` on this bar; crosses also look at the bar before (rule 52).

    `rising` and `falling` read the last n steps of `left`, n being the whole number on the right (rule 53).
    """

    __match_args__ = ("left", "op", "right")
    left: Operand
    op: Op
    right: Operand


class Within(Node):
    """`of` was true on at least `times` of the last `bars` closed bars, this one included."""

    __match_args__ = ("bars", "of", "times")
    bars: Bars = Field(alias="within")
    of: Condition
    times: Bars = 1


class For(Node):
    """`of` was true on each of the last `bars` closed bars, this one included."""

    __match_args__ = ("bars", "of")
    bars: Bars = Field(alias="for")
    of: Condition


class AtLeast(Node):
    """Votes: at least `count` of `of` are true now."""

    __match_args__ = ("count", "of")
    count: Annotated[int, Field(strict=True, ge=1, le=64)] = Field(alias="at_least")
    of: Members


class Clock(Node):
    """The bar closes at or after the first time of day and before the second, in `zone`; may span midnight."""

    __match_args__ = ("start_minute", "end_minute", "zone")
    clock: tuple[TimeOfDay, TimeOfDay]
    zone: Zone

    @property
    def start_minute(self) -> int:
        """Minutes after midnight, 0 … 1439."""
        return minute_of_day(self.clock[0])

    @property
    def end_minute(self) -> int:
        """Minutes after midnight, 0 … 1440; below `start_minute` when the window spans midnight."""
        return minute_of_day(self.clock[1])


class Dates(Node):
    """The session's date lies between the two, both included; None is open."""

    __match_args__ = ("first", "last")
    dates: tuple[Day | None, Day | None]

    @property
    def first(self) -> date | None:
        return self.dates[0]

    @property
    def last(self) -> date | None:
        return self.dates[1]


def minute_of_day(text: str) -> int:
    """Minutes after midnight of a `TimeOfDay` such as "09:30"; "24:00" is 1440."""
    return int(text[:2]) * 60 + int(text[3:])


CONDITION_KEYS: dict[str, type[BaseModel]] = {
    "all": All,
    "any": Any_,
    "not": Not,
    "within": Within,
    "for": For,
    "at_least": AtLeast,
    "clock": Clock,
    "dates": Dates,
    "left": Compare,
    "op": Compare,
    "right": Compare,
}

Condition = Annotated[
    Annotated[All, Tag("<All>")]
    | Annotated[Any_, Tag("<Any_>")]
    | Annotated[Not, Tag("<Not>")]
    | Annotated[Compare, Tag("<Compare>")]
    | Annotated[Within, Tag("<Within>")]
    | Annotated[For, Tag("<For>")]
    | Annotated[AtLeast, Tag("<AtLeast>")]
    | Annotated[Clock, Tag("<Clock>")]
    | Annotated[Dates, Tag("<Dates>")],
    choose("condition_form", pick_by_key(CONDITION_KEYS)),
]

for _cls in (All, Any_, Not, Within, For, AtLeast):
    _cls.model_rebuild()


class Rules(Node):
    """One condition per side of the position; None: this side has none."""

    long: Condition | None = None
    short: Condition | None = None
