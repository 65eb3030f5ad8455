"""What changed between two versions of a strategy: path, old, new, and a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from vibex.domain import JsonValue
from vibex.strategy.draft import Language
from vibex.strategy.explain import Voice, condition_text, exit_text, voice_for
from vibex.strategy.spec import Condition, Exit, StrategySpec

_NOTES = ("metadata", "assumptions")
_EXITS = ("stop_loss", "take_profit")
_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
_EXIT: TypeAdapter[Exit] = TypeAdapter(Exit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. `old` None: it was not there; `new` None: it is gone. `path` is a JSON path of the spec."""

    path: str
    old: JsonValue
    new: JsonValue
    words: str

    def to_json(self) -> dict[str, JsonValue]:
        return {"path": self.path, "old": self.old, "new": self.new, "words": self.words}


def difference(old: StrategySpec, new: StrategySpec, language: Language = "en") -> tuple[Change, ...]:
    """What differs in what the two do, in the order of the contract. Notes for people are left out.

    Indicators are compared by id. Objects of different kinds (a percent stop that became an ATR stop) are one change.
    """
    before, after = old.to_json_dict(), new.to_json_dict()
    names = [name for name in {**before, **after} if name not in _NOTES]
    voices = voice_for(old, language), voice_for(new, language)
    return tuple(
        Change(path=path, old=one, new=other, words=_sentence(path, one, other, voices))
        for name in names
        for path, one, other in _compare(name, before.get(name), after.get(name))
    )


def _compare(path: str, old: JsonValue, new: JsonValue) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    if old == new:
        return
    if path == "indicators" and isinstance(old, list) and isinstance(new, list):
        yield from _members(path, _by_id(old), _by_id(new))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _compare(f"{path}[{index}]", one, other)
    elif isinstance(old, dict) and isinstance(new, dict) and _same_kind(path, old, new):
        for key in {**old, **new}:
            yield from _compare(f"{path}.{key}", old.get(key), new.get(key))
    else:
        yield path, old, new


def _members(
    path: str, old: dict[str, JsonValue], new: dict[str, JsonValue]
) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    for id_ in {**old, **new}:
        yield from _compare(f"{path}[{id_}]", old.get(id_), new.get(id_))


def _by_id(indicators: list[JsonValue]) -> dict[str, JsonValue]:
    return {str(each["id"]): each for each in indicators if isinstance(each, dict)}


def _same_kind(path: str, old: dict[str, JsonValue], new: dict[str, JsonValue]) -> bool:
    """Same form of condition, operand or exit; a part that is there for both sides is compared side by side."""
    if path.startswith("indicators") or set(old) <= {"long", "short"} >= set(new):
        return True
    return old.get("type") == new.get("type") and old.get("name") == new.get("name") and set(old) == set(new)


def _sentence(path: str, old: JsonValue, new: JsonValue, voices: tuple[Voice, Voice]) -> str:
    before, after = _said(path, old, voices[0]), _said(path, new, voices[1])
    key = "change.new" if old is None else "change.gone" if new is None else "change.other"
    return voices[1].say(key, path=path, old=before, new=after)


def _said(path: str, value: JsonValue, voice: Voice) -> str:
    if isinstance(value, dict):
        if path.startswith("indicators[") and value.get("id") in voice.labels:
            return voice.labels[str(value["id"])]
        try:
            if path.startswith(("entry", "exit")):
                return condition_text(_CONDITION.validate_python(value), voice)
            if path.startswith(_EXITS):
                return exit_text(_EXIT.validate_python(value), voice)
        except ValidationError:  # an operand, or one value per side
            pass
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
