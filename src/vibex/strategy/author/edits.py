"""Follow-ups without a model: what a text changes in a strategy.

A part of the strategy that is named is changed where it stands (`retouch`). Everything else goes to the offline reader,
which reads whole strategies: so it is read behind a sentence that supplies an entry, and what the reading holds beyond
that sentence is the change. A text of which anything is left over changes nothing: half a change is a misread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from vibex.domain import JsonValue
from vibex.strategy.author.canonical import canonical, clauses, spoken
from vibex.strategy.author.facts import Ground, lost
from vibex.strategy.author.retouch import Choice, retouched
from vibex.strategy.draft import Fact, Issue, Reading
from vibex.strategy.drafting import draft
from vibex.strategy.drafting.customary import customary
from vibex.strategy.drafting.parts import value_at
from vibex.strategy.explain import Voice
from vibex.strategy.spec import StrategySpec

Read = Callable[[str], Reading]

UNDO = frozenset(("undo", "undo that", "undo it", "undo this", "take that back", "go back", "撤销", "复原", "还原"))
REDO = frozenset(("redo", "redo that", "redo it", "redo this", "重做", "恢复"))
_LONG = ("only long", "long only", "only longs", "longs only", "no shorts", "drop the short side", "只做多", "仅做多")
_SHORT = (
    "only short",
    "short only",
    "only shorts",
    "shorts only",
    "no longs",
    "drop the long side",
    "只做空",
    "仅做空",
)
ONE_SIDE: Mapping[str, str] = {**dict.fromkeys(_LONG, "long"), **dict.fromkeys(_SHORT, "short")}
_ALSO = re.compile(
    r"^(?:(?:also|additionally|in addition|but|plus|and)[, ]+)?"
    r"(?:(?:require|need)(?: that)?|add (?:a |the )?(?:filter|condition)(?: that| of)?:?|"
    r"only (?:(?:enter|buy) )?(?:if|when)|(?:enter|buy) only (?:if|when)|"
    r"另外?(?:要求|需要)|同时(?:要求|需要)|加上?(?:条件|过滤)|只在)[:： ]*"
    r"(?P<rule>.+?)(?:时才?(?:买入|入场)?)?$"
)
_CARRIER = "Buy when the close is above the open.\n"


def read_change(current: StrategySpec, text: str, read: Read) -> Reading:
    """`current` with the change that `text` asks for, as a reading; a whole strategy in `text` is read as that.

    Several wishes in one text are read one after the other where they cannot be read together. The reading has no
    partial strategy and an error where the change could not be read in full.
    """
    whole = read(text)
    if whole.partial is not None or any(issue.field == "text" and issue.severity == "error" for issue in whole.issues):
        return whole
    together = _one_wish(current, text, whole, read)
    wishes = clauses(text)
    if together.partial is not None or _asks(together) or len(wishes) < 2:
        return together
    changed, last, facts = current, together, list[Fact]()
    for wish in wishes:
        last = _one_wish(changed, wish, replace(read(wish), language=whole.language), read)
        made = draft(last).spec
        if made is None:
            return together
        changed, facts = made, [*facts, *last.facts]
    return replace(last, text=text, facts=tuple(facts))


def _asks(reading: Reading) -> bool:
    return any(issue.options for issue in reading.issues)


def _one_wish(current: StrategySpec, text: str, whole: Reading, read: Read) -> Reading:
    """`current` changed by one wish; `whole` is `text` as the reader alone reads it."""
    before = current.to_json_dict()
    side = ONE_SIDE.get(spoken(text))
    if side is not None:
        return _result(whole, current, _one_side(before, side), frozenset(), ())
    touched = retouched(before, text)
    if isinstance(touched, Choice):
        question = Voice(language=whole.language).say("ask.which")
        asked = Issue(severity="error", field="text", message=question, options=touched.options)
        return replace(whole, partial=None, issues=(asked,))
    if touched is not None:
        facts = tuple(fact for fact in whole.facts if fact.kind != "number" or fact.value in touched.numbers)
        return _result(replace(whole, facts=facts), current, touched.changed, frozenset(), ())
    return _added(current, before, text, whole, read) or _behind_carrier(current, before, canonical(text), whole, read)


def _added(
    current: StrategySpec, before: dict[str, JsonValue], text: str, whole: Reading, read: Read
) -> Reading | None:
    """One more condition of the entry, where the strategy enters on one side; None where `text` is no such wish, or
    where anything of it is left over."""
    wish = _ALSO.match(spoken(text))
    sides = [side for side in ("long", "short") if value_at(before, f"entry.{side}") is not None]
    if wish is None or len(sides) != 1:
        return None
    rule = read(f"Buy when {wish['rule']}")
    condition = value_at(rule.partial or {}, "entry.long")
    if condition is None or set(rule.partial or {}) - {"name", "entry", "indicators"}:
        return None
    changed = _with(before, {"indicators": (rule.partial or {}).get("indicators")}, frozenset())
    unnamed = read(_CARRIER).issues  # that no asset is named
    issues = tuple(issue for issue in rule.issues if issue not in unnamed)
    if changed is None or any(issue.severity != "info" for issue in issues):
        return None
    entry = value_at(before, f"entry.{sides[0]}")
    known = value_at(entry, "all") if isinstance(entry, dict) else None
    together: dict[str, JsonValue] = {"all": [*(known if isinstance(known, list) else [entry]), condition]}
    changed["entry"] = {"long": None, "short": None, sides[0]: together}
    return _result(replace(whole, facts=rule.facts), current, changed, frozenset(), issues)


def _behind_carrier(
    current: StrategySpec, before: dict[str, JsonValue], text: str, whole: Reading, read: Read
) -> Reading:
    """What the reader finds in `text` behind a rule that it knows."""
    carrier, behind = read(_CARRIER), read(_CARRIER + text)
    facts = tuple(
        replace(fact, start=fact.start - len(_CARRIER), end=fact.end - len(_CARRIER)) for fact in behind.facts
    )
    issues = [issue for issue in behind.issues if issue not in carrier.issues]
    known = carrier.partial or {}
    said = {key: value for key, value in (behind.partial or {}).items() if key != "name" and known.get(key) != value}
    is_read = (said or behind.refused) and "entry" not in said and not _lost(said, facts)
    changed = _with(before, said, behind.refused) if is_read else None
    if changed is None or any(issue.severity != "info" for issue in issues):
        unread = _error("text", Voice(language=whole.language).say("talk.unread"))
        reasons = [issue for issue in issues if issue.severity != "info"] or [unread]
        return _unread(whole, facts, tuple(reasons))
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
    old = before.to_json_dict()
    owned = customary(partial, whole.facts, whole.language, before=old)
    partial["assumptions"] = [*_list(partial.get("assumptions")), *owned]
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
