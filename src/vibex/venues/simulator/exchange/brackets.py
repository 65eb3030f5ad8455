"""Leverage brackets: the standard table, and those of the venue's own document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange.rules import Bracket
from vibex.venues.simulator.exchange.words import ZERO

_STANDARD = ((50_000, 125, "0.004"), (600_000, 100, "0.005"), (3_000_000, 75, "0.0065"), (12_000_000, 50, "0.01"),
             (70_000_000, 25, "0.02"), (100_000_000, 20, "0.025"), (230_000_000, 10, "0.05"),
             (480_000_000, 5, "0.1"), (600_000_000, 4, "0.125"), (800_000_000, 3, "0.15"),
             (1_200_000_000, 2, "0.25"), (1_800_000_000, 1, "0.5"))  # fmt: skip
_REMEDY = "save what GET leverageBracket answers under `leverageBracket`"
# Venues round the amounts that make the margin continuous.
_ROUNDED = Decimal("0.01")


def standard_brackets() -> tuple[Bracket, ...]:
    """The table of every symbol without its own."""
    return brackets_from(_STANDARD)


def brackets_from(steps: Sequence[tuple[int, int, str]]) -> tuple[Bracket, ...]:
    """Brackets from (cap, leverage, maintenance rate); `cum` makes the maintenance margin continuous."""
    made: list[Bracket] = []
    floor, cum, previous = ZERO, ZERO, ZERO
    for number, (cap, leverage, rate_text) in enumerate(steps, start=1):
        rate = Decimal(rate_text)
        cum += floor * (rate - previous) if number > 1 else ZERO
        made.append(
            Bracket(number=number, floor=floor, cap=Decimal(cap), leverage=leverage, maintenance_rate=rate, cum=cum)
        )
        floor, previous = Decimal(cap), rate
    return tuple(made)


def brackets_of(document: object) -> dict[str, tuple[Bracket, ...]]:
    """Brackets by symbol from a `leverageBracket` answer: a list of symbols, or the object of one.

    Raises InvalidInput (field "instruments") naming the symbol whose table cannot be read, has gaps, or whose margin
    would jump at a bound.
    """
    tables = document if isinstance(document, list) else [document]
    found: dict[str, tuple[Bracket, ...]] = {}
    for table in tables:
        name = table.get("symbol") if isinstance(table, Mapping) else None
        if not isinstance(table, Mapping) or not isinstance(name, str):
            raise InvalidInput("a table of leverage brackets has no symbol", field="instruments", remedy=_REMEDY)
        try:
            steps = sorted((_bracket(row) for row in table["brackets"]), key=lambda one: one.floor)
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise _refusal(name, f"cannot be read: {error!r}") from None
        _check(name, steps)
        found[name] = tuple(steps)
    return found


def _bracket(row: Mapping[str, object]) -> Bracket:
    return Bracket(
        number=int(str(row["bracket"])),
        floor=Decimal(str(row["notionalFloor"])),
        cap=Decimal(str(row["notionalCap"])),
        leverage=int(str(row["initialLeverage"])),
        maintenance_rate=Decimal(str(row["maintMarginRatio"])),
        cum=Decimal(str(row["cum"])),
    )


def _check(name: str, steps: Sequence[Bracket]) -> None:
    if not steps or steps[0].floor != 0 or any(low.cap != high.floor for low, high in pairwise(steps)):
        raise _refusal(name, "do not join from 0 upwards")
    for one in steps:
        if not (one.floor < one.cap and one.leverage >= 1 and 0 < one.maintenance_rate < 1 and one.cum.is_finite()):
            raise _refusal(name, f"are wrong in number {one.number}")
    for low, high in pairwise(steps):
        jump = high.floor * (high.maintenance_rate - low.maintenance_rate) - (high.cum - low.cum)
        if high.leverage > low.leverage or high.maintenance_rate < low.maintenance_rate or abs(jump) > _ROUNDED:
            raise _refusal(name, f"do not follow from number {low.number} to {high.number}")


def _refusal(name: str, words: str) -> InvalidInput:
    return InvalidInput(f"the leverage brackets of {name} {words}", field="instruments", remedy=_REMEDY)
