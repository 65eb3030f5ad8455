"""Follow-ups that name a part of the current strategy: another number for an indicator, a condition that goes.

They change the strategy's JSON in place of reading a rule, because “RSI 10 instead of 14” says nothing by itself. A
number that could stand for two things is asked about, with both readings.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vibex.domain import JsonValue
from vibex.strategy.author.canonical import NUMBER, spoken
from vibex.strategy.draft import Option
from vibex.strategy.drafting.parts import value_at

Json = dict[str, JsonValue]

_CHANGE = r"(?:(?:make|change|use|set|try|switch|have|adjust|with|go with|put)\s+)?(?:(?:it|the|a|an|to|my|from)\s+)*"
_KIND = r"(?:\s*\(?(?P<kind>period|length|lookback|window|level|threshold|周期|参数|数值|水平|阈值)\)?)?"
_NAME = r"(?P<name>[a-z][a-z ]*?|[\u4e00-\u9fff]+?)"
_NOT = r"(?:instead of|rather than|in place of|not)"
_SET = r"(?:change|move|set|raise|lower|adjust)"
_ZH_TO = r"(?:改为|改成|改到|调到|变成|换成|到)"
_NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^{_CHANGE}{_NAME}{_KIND}\s*(?:to|of|=)?\s*\(?(?P<new>{NUMBER})\)?\s*,?\s*{_NOT}\s*(?P<old>{NUMBER})$",
        rf"^{_CHANGE}(?P<new>{NUMBER})\s*,?\s*{_NOT}\s*(?P<old>{NUMBER})$",
        rf"^{_SET}\s+(?:the\s+)?{_NAME}{_KIND}\s+from\s+(?P<old>{NUMBER})\s+to\s+(?P<new>{NUMBER})$",
        rf"^{_SET}\s+(?P<old>{NUMBER})\s+to\s+(?P<new>{NUMBER})$",
        rf"^(?:{_SET}|make|use)\s+(?:the\s+|a\s+|an\s+)?{_NAME}{_KIND}\s*(?:to|of|=|be)?\s*\(?(?P<new>{NUMBER})\)?$",
        rf"^{_NAME}{_KIND}\s*(?:=|to)?\s*\(?(?P<new>{NUMBER})\)?$",
        rf"^[把将]?{_NAME}\s*的?{_KIND}\s*(?:从|由)\s*(?P<old>{NUMBER})\s*{_ZH_TO}\s*(?P<new>{NUMBER})$",
        rf"^[把将]?{_NAME}\s*的?{_KIND}\s*(?:改为|改成|改用|调到|设为|换成|用)\s*(?P<new>{NUMBER})(?:而不是(?P<old>{NUMBER}))?$",
    )
)
_PATH = re.compile(rf"^set (?P<path>[a-z][a-z0-9_]*(?:\.[a-z0-9_]+|\[\d{{1,3}}\]){{0,12}}) to (?P<new>-?{NUMBER})$")
_DROP = re.compile(
    r"^(?:drop|remove|delete|skip|lose|forget(?: about)?|without|no|no more|take out|leave out|get rid of|kill|"
    r"去掉|去除|删除|删掉|取消|不要|移除|拿掉)\s*(?:the\s+|my\s+|any\s+|that\s+)?"
    r"(?P<thing>.+?)\s*(?:filter|condition|rule|requirement|check|confirmation|的?(?:过滤|条件|要求|限制|规则))?$"
)
_FIELDS: Mapping[str, str] = {
    r"take[- ]?profit|profit target|target|tp|止[盈赚]|目标": "take_profit",
    r"trailing[- ]stop|trail|(?:追踪|移动|跟踪)止[损蚀]": "trailing_stop",
    r"time (?:stop|exit|limit)|时间止[损蚀]": "time_stop_bars",
    r"limits?|daily limits?|每日限制": "limits",
}
_CALLED: Mapping[str, tuple[str, ...]] = {
    "moving average": ("SMA", "EMA", "WMA", "HMA", "RMA", "KAMA", "DEMA", "TEMA"),
    "ma": ("SMA", "EMA", "WMA", "HMA", "RMA", "KAMA", "DEMA", "TEMA"),
    "均线": ("SMA", "EMA", "WMA", "HMA", "RMA", "KAMA", "DEMA", "TEMA"),
    "bollinger": ("BBANDS",),
    "bollinger bands": ("BBANDS",),
    "布林": ("BBANDS",),
    "布林带": ("BBANDS",),
    "stochastic": ("STOCH", "STOCHF", "STOCHRSI"),
    "成交量": ("volume",),
}
_PERIODS = ("period", "length", "lookback", "window", "周期", "参数")
_LEVELS = ("level", "threshold", "水平", "阈值")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retouched:
    """The changed strategy; `numbers` are those of the text that it now carries."""

    changed: Json
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The text fits two places: each as a request of its own."""

    options: tuple[Option, ...]


def retouched(before: Json, text: str) -> Retouched | Choice | None:
    """`before` with what `text` wants of one of its parts; None where the text is no such wish."""
    words = spoken(text)
    explicit = _PATH.match(words)
    if explicit:
        return _at_path(before, explicit["path"], float(explicit["new"]))
    dropped = _DROP.match(words)
    if dropped:
        return _without(before, dropped["thing"].strip())
    for pattern in _NUMBERS:
        found = pattern.match(words)
        touched = _other_number(before, found.groupdict()) if found else None
        if touched is not None:
            return touched
    return None


def _other_number(before: Json, said: Mapping[str, str | None]) -> Retouched | Choice | None:
    new, old, kind = float(said["new"] or 0), said.get("old"), said.get("kind") or ""
    name = (said.get("name") or "").strip()
    ids = _ids(before, name) if name else None
    if name and not ids:
        return None
    places = [path for path in _places(before, ids) if old is None or value_at(before, path) == float(old)]
    if kind in _PERIODS or (not kind and old is None):
        places = [path for path in places if path.startswith("indicators")]
    elif kind in _LEVELS:
        places = [path for path in places if not path.startswith("indicators")]
    if len(places) == 1:
        return _at_path(before, places[0], new)
    if len(places) == 2:
        return Choice(options=tuple(_option(before, path, new) for path in places))
    return None


def _option(before: Json, path: str, new: float) -> Option:
    place, old = path, value_at(before, path)
    if path.startswith("indicators"):
        place = f"{value_at(before, path.split('.')[0] + '.name')} {path.rpartition('.')[2]}"
    return Option(label=f"{place}: {_shown(old)} → {new:g}", text=f"set {path} to {new:g}")


def _shown(value: JsonValue) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _places(before: Json, ids: frozenset[str] | None) -> Iterator[str]:
    """Paths of the numbers that belong to the indicators `ids`: parameters, and what they are compared with. Every
    number of the rules and exits for None."""
    indicators = before.get("indicators")
    for index, each in enumerate(indicators if isinstance(indicators, list) else []):
        if isinstance(each, dict) and (ids is None or each.get("id") in ids):
            params = each.get("params")
            for name in params if isinstance(params, dict) else {}:
                if not name.endswith("matype"):
                    yield f"indicators[{index}].params.{name}"
    for rules in ("entry", "exit"):
        yield from _levels(before.get(rules), rules, ids)
    if ids is None:
        for field in ("stop_loss", "take_profit", "trailing_stop", "sizing", "time_stop_bars", "leverage"):
            yield from _numbers(before.get(field), field)


def _levels(value: JsonValue, path: str, ids: frozenset[str] | None) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _levels(item, f"{path}[{index}]", ids)
    elif isinstance(value, dict):
        if "op" in value:
            for side, other in (("right", "left"), ("left", "right")):
                if ids is None or _heads(value.get(other)) & ids:
                    yield from _numbers(value.get(side), f"{path}.{side}")
        else:
            for key, item in value.items():
                yield from _levels(item, f"{path}.{key}", ids)


def _numbers(value: JsonValue, path: str) -> Iterator[str]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(item, f"{path}.{key}")


def _at_path(before: Json, path: str, new: float) -> Retouched | None:
    """The number at `path` replaced; an indicator whose id tells the old number is renamed."""
    old = value_at(before, path)
    if isinstance(old, bool) or not isinstance(old, int | float):
        return None
    number: JsonValue = int(new) if new.is_integer() else new
    changed = copy.deepcopy(before)
    parent, _, key = path.rpartition(".")
    holder = value_at(changed, parent) if parent else changed
    if not isinstance(holder, dict):
        return None
    holder[key] = number
    if path.startswith("indicators["):
        changed = _renamed(changed, str(value_at(before, path.split(".")[0] + ".id")), _shown(old), _shown(number))
    return Retouched(changed=changed, numbers=(new,))


def _renamed(spec: Json, id_: str, old: str, new: str) -> Json:
    """`rsi_14` becomes `rsi_10` wherever it is referred to, unless that id is taken."""
    parts = id_.split("_")
    if old not in parts or not new.isdigit():
        return spec
    named = "_".join(new if part == old else part for part in parts)
    taken = {str(value_at(each, "id")) for each in _list(spec.get("indicators"))}
    return spec if named in taken else _with_id(spec, id_, named)


def _with_id(spec: Json, old: str, new: str) -> Json:
    return {
        key: item if key in ("name", "metadata", "assumptions") else _swapped(item, old, new)
        for key, item in spec.items()
    }


def _swapped(part: JsonValue, old: str, new: str) -> JsonValue:
    """`part` with every reference to `old`, or to an output of it, turned to `new`."""
    if isinstance(part, str):
        head, dot, output = part.partition(".")
        return f"{new}{dot}{output}" if head == old else part
    if isinstance(part, list):
        return [_swapped(item, old, new) for item in part]
    if isinstance(part, dict):
        return {key: _swapped(item, old, new) for key, item in part.items()}
    return part


def _without(before: Json, thing: str) -> Retouched | None:
    for called, field in _FIELDS.items():
        if re.fullmatch(called, thing):
            return Retouched(changed={**before, field: None}) if before.get(field) is not None else None
    named, _, length = thing.rpartition(" ") if re.fullmatch(rf".+ {NUMBER}", thing) else (thing, "", "")
    first = re.fullmatch(rf"({NUMBER})[- ](?:day |bar |period )?(.+)", thing)
    if first:
        named, length = first[2], first[1]
    ids = _ids(before, named, length)
    if not ids:
        return None
    changed = copy.deepcopy(before)
    for rules in ("entry", "exit"):
        sides = changed.get(rules)
        for side, condition in sides.items() if isinstance(sides, dict) else ():
            kept, touched = _pruned(condition, ids)
            if touched and kept is None:
                return None  # nothing would be left of the rule
            if isinstance(sides, dict):
                sides[side] = kept
    used = _heads(changed.get("entry")) | _heads(changed.get("exit"))
    for field in ("stop_loss", "take_profit", "trailing_stop", "order", "sizing", "stop_steps"):
        used |= _heads(changed.get(field))
    changed["indicators"] = _needed(_list(changed.get("indicators")), used)
    return None if changed == before else Retouched(changed=changed)


def _needed(indicators: list[JsonValue], used: set[str]) -> list[JsonValue]:
    """The indicators that are used, and those that they are computed from."""
    kept: list[JsonValue] = []
    for each in reversed(indicators):
        if value_at(each, "id") in used:
            kept.append(each)
            rest: Json = {key: item for key, item in each.items() if key != "id"} if isinstance(each, dict) else {}
            used |= _heads(rest)
    return kept[::-1]


def _pruned(condition: JsonValue, ids: frozenset[str]) -> tuple[JsonValue, bool]:
    """`condition` without its parts that refer to `ids`, None when nothing is left; and whether any did."""
    if not isinstance(condition, dict) or not _heads(condition) & ids:
        return condition, False
    items = condition.get("all")
    if not isinstance(items, list):
        return None, True
    kept: list[JsonValue] = [part for part, _ in (_pruned(item, ids) for item in items) if part is not None]
    if len(kept) < 2:
        return (kept[0] if kept else None), True
    return {"all": kept}, True


def _ids(before: Json, name: str, length: str = "") -> frozenset[str]:
    """What the conditions refer to under that name: ids of indicators, and `volume` itself."""
    wanted = _CALLED.get(name, (name.upper() if name != "volume" else "volume",))
    found: set[str] = set()
    for each in _list(before.get("indicators")):
        params = value_at(each, "params")
        lengths = {_shown(value) for value in params.values()} if isinstance(params, dict) else set()
        by_name = value_at(each, "name") in wanted or value_at(each, "id") == name
        if (by_name or ("volume" in wanted and value_at(each, "input") == "volume")) and (
            not length or length in lengths
        ):
            found.add(str(value_at(each, "id")))
    if "volume" in wanted and not length:
        found.add("volume")
    return frozenset(found)


def _heads(value: JsonValue) -> set[str]:
    """Every series that a part of a strategy refers to, outputs left out."""
    if isinstance(value, str):
        return {value.partition(".")[0]}
    if isinstance(value, list):
        return {head for item in value for head in _heads(item)}
    return {head for item in value.values() for head in _heads(item)} if isinstance(value, dict) else set()


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
