"""Follow-ups without a model: what a text changes in a strategy, read by the offline reader behind a known rule.

The reader reads whole strategies, so a change is read behind a sentence that supplies an entry; what the reading holds
beyond that sentence is the change. A text of which anything is left over changes nothing: half a change is a misread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from vibex.domain import JsonValue
from vibex.strategy.author.facts import Ground, lost
from vibex.strategy.draft import Fact, Issue, Reading
from vibex.strategy.drafting.parts import value_at
from vibex.strategy.spec import StrategySpec

Read = Callable[[str], Reading]

UNDO = frozenset(
    ("undo", "undo that", "undo it", "undo this", "take that back", "撤銷", "撤销", "復原", "还原", "還原")
)
_LONG = ("only long", "long only", "only longs", "longs only", "no shorts", "只做多", "僅做多", "仅做多")
_SHORT = ("only short", "short only", "only shorts", "shorts only", "no longs", "只做空", "僅做空", "仅做空")
ONE_SIDE: Mapping[str, str] = {**dict.fromkeys(_LONG, "long"), **dict.fromkeys(_SHORT, "short")}
_CARRIER = "Buy when the close is above the open.\n"
_UNREAD = (
    "this change cannot be read without a model: name a field and its value, such as “stop 3 %”, or say it all again"
)


def bare(text: str) -> str:
    """A short command without its punctuation, in lower case."""
    return " ".join(text.split()).strip(".!。！ ").casefold()


def read_change(current: StrategySpec, text: str, read: Read) -> Reading:
    """`current` with the change that `text` asks for, as a reading; a whole strategy in `text` is read as that.

    The reading has no partial strategy and an error where the change could not be read in full.
    """
    whole = read(text)
    if whole.partial is not None or any(issue.field == "text" and issue.severity == "error" for issue in whole.issues):
        return whole
    before = current.to_json_dict()
    side = ONE_SIDE.get(bare(text))
    if side is not None:
        return _result(whole, current, _one_side(before, side), frozenset(), ())
    carrier, behind = read(_CARRIER), read(_CARRIER + text)
    facts = tuple(
        replace(fact, start=fact.start - len(_CARRIER), end=fact.end - len(_CARRIER)) for fact in behind.facts
    )
    issues = [issue for issue in behind.issues if issue not in carrier.issues]
    known = carrier.partial or {}
    said = {key: value for key, value in (behind.partial or {}).items() if key != "name" and known.get(key) != value}
    is_read = (said or behind.refused) and "entry" not in said and not _lost(said, facts)
    if not is_read or any(issue.severity != "info" for issue in issues):
        reasons = [issue for issue in issues if issue.severity != "info"] or [_error("text", _UNREAD)]
        return _unread(whole, facts, tuple(reasons))
    changed = _with(before, said, behind.refused)
    if changed is None:
        return _unread(whole, facts, (_error("text", _UNREAD),))
    return _result(replace(whole, facts=facts), current, changed, behind.refused, tuple(issues))


def _lost(said: Mapping[str, JsonValue], facts: tuple[Fact, ...]) -> bool:
    return bool(lost(said, Ground(facts=facts)))


def _with(
    before: dict[str, JsonValue], said: Mapping[str, JsonValue], refused: frozenset[str]
) -> dict[str, JsonValue] | None:
    """The strategy with the fields that were said; None where an indicator's id is taken by another."""
    changed = {key: value for key, value in before.items() if key not in refused}
    for key, value in said.items():
        if key == "indicators":
            kept = {str(value_at(each, "id")): each for each in _list(before.get("indicators"))}
            added = {str(value_at(each, "id")): each for each in _list(value)}
            if any(kept[id_] != each for id_, each in added.items() if id_ in kept):
                return None
            changed[key] = list({**kept, **added}.values())
        elif key == "exit" and isinstance(value, dict):
            sides = before.get("exit")
            changed[key] = {**(sides if isinstance(sides, dict) else {}), **_present(value)}
        else:
            changed[key] = value
    return changed


def _one_side(before: dict[str, JsonValue], side: str) -> dict[str, JsonValue]:
    changed = dict(before)
    for key in ("entry", "exit"):
        changed[key] = {side: value_at(before, f"{key}.{side}")}
    for key, value in before.items():
        if key not in ("entry", "exit") and isinstance(value, dict) and value and set(value) <= {"long", "short"}:
            changed[key] = value.get(side)
    return changed


def _result(
    whole: Reading,
    before: StrategySpec,
    changed: dict[str, JsonValue],
    refused: frozenset[str],
    issues: tuple[Issue, ...],
) -> Reading:
    """The changed strategy as a reading, with the assumptions that the change left alone."""
    partial = settled(before, changed)
    if before.stop_loss is None and changed.get("stop_loss") is None:
        refused |= {"stop_loss"}
    return replace(whole, partial=partial, refused=refused, issues=issues)


def settled(before: StrategySpec, changed: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """`changed` without what follows from the strategy `before` and no longer holds: notes, assumptions about values
    that are others now, a size that was assumed because of the stop, a name that names another asset or timeframe."""
    old = before.to_json_dict()
    partial = {key: value for key, value in changed.items() if key not in ("metadata", "assumptions")}
    assumed = {each.field for each in before.assumptions}
    unprotected = any(partial.get(key) is None and old.get(key) is not None for key in ("stop_loss", "trailing_stop"))
    if unprotected and "sizing" in assumed and partial.get("sizing") == old.get("sizing"):
        del partial["sizing"]
    if "name" in assumed or any(partial.get(key) != old.get(key) for key in ("symbols", "timeframe")):
        partial.pop("name", None)
    partial["assumptions"] = [
        {"field": each.field, "value": each.value, "reason": each.reason}
        for each in before.assumptions
        if value_at(partial, each.field) is not None and value_at(partial, each.field) == value_at(old, each.field)
    ]
    return partial


def _unread(whole: Reading, facts: tuple[Fact, ...], reasons: tuple[Issue, ...]) -> Reading:
    errors = tuple(_error(issue.field, issue.message) for issue in reasons)
    return replace(whole, partial=None, facts=facts, issues=errors)


def _present(value: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {key: item for key, item in value.items() if item is not None}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _error(field: str, message: str) -> Issue:
    return Issue(severity="error", field=field, message=message)
