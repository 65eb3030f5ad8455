"""Numbers that a reading holds and the words do not: the customary values that the reader put there, owned up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vibex.domain import JsonValue
from vibex.strategy.draft import Fact, Language
from vibex.strategy.drafting.figures import Carried, numbers_in, said_as, timeframe_of
from vibex.strategy.drafting.parts import value_at

_PARAMETER: Mapping[Language, str] = {
    "en": "no number was given for it; this is the usual one",
    "zh-Hant": "沒有指定數值；這是常用的數值",
    "zh-Hans": "没有指定数值；这是常用的数值",
}
_LEVEL: Mapping[Language, str] = {
    "en": "the words name no number here; this is how they are usually meant",
    "zh-Hant": "要求沒有說明數值；這是該說法的慣常意思",
    "zh-Hans": "要求没有说明数值；这是该说法的惯常意思",
}
_CANDLE_VALUE = 100.0


def customary(
    partial: Mapping[str, JsonValue],
    facts: Sequence[Fact],
    language: Language,
    before: Mapping[str, JsonValue] | None = None,
) -> tuple[dict[str, JsonValue], ...]:
    """An assumption for each number of the indicators and rules of `partial` that no fact of the text is.

    In a change only what differs from the strategy `before` is asked about.
    """
    said = [float(fact.value) for fact in facts if fact.kind == "number"]
    return tuple(_assumptions(partial, said, language, before))


def _assumptions(
    partial: Mapping[str, JsonValue], said: Sequence[float], language: Language, before: Mapping[str, JsonValue] | None
) -> Iterator[dict[str, JsonValue]]:
    frame = timeframe_of(partial)
    for each in numbers_in(partial):
        value = value_at(partial, each.path)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue  # a number inside a text, a length of a list, a default that is not written down
        if before is not None and value_at(before, each.path) == value:
            continue
        if _is_candidate(each) and not any(said_as(number, each, frame) for number in said):
            reason = _PARAMETER if each.path.startswith("indicators") else _LEVEL
            yield {"field": each.path, "value": value, "reason": reason[language]}


def _is_candidate(each: Carried) -> bool:
    """Parameters of indicators, and numbers of the rules that are more than their structure."""
    if each.path.startswith("indicators"):
        return ".params." in each.path and not each.path.endswith("matype")
    return each.path.startswith(("entry.", "exit.")) and not each.is_usual and abs(each.value) != _CANDLE_VALUE
