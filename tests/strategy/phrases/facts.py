"""Compares a StrategySpec with the facts that a careful human reads from the same text.

`check_facts` gives one result per fact; `shares` sums many requests up: facts right, sentences with every fact
right, silent misreads (wrong, and no issue or assumption names that field), unclear requests handled.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.strategy.phrases.conditions import alternatives
from tests.strategy.phrases.fragments import exit_matches, fragment_matches, readers, traded_sides
from vibex.analysis.indicators import complete, find

Json = Any
NUMBERS = ("leverage", "time_stop_bars", "session_exit_minutes")
WORDS = ("market", "timeframe", "on_opposite", "benchmark", "archetype")
CONDITIONS = ("entry_long", "entry_short", "exit_long", "exit_short")
EXITS = ("stop_loss", "take_profit", "trailing_stop")
FRAGMENTS = ("sizing", "limits", "stop_steps", "order")
OTHERS = ("symbols", "sides", "indicators", "order_type", "absent", "assumed")
KNOWN_FACTS = frozenset({*NUMBERS, *WORDS, *CONDITIONS, *EXITS, *FRAGMENTS, *OTHERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class FactResult:
    """One fact: `flagged` when an issue or an assumption names its field, so that a wrong one is not silent."""

    fact: str
    ok: bool
    detail: str = ""
    flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The results of one request; `kind` is the corpus line's."""

    kind: str
    results: Sequence[FactResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Shares from 0 to 1, NaN where nothing was asked. `silent` is of all requests, `unclear` of the unclear ones."""

    facts: float
    sentences: float
    silent: float
    unclear: float


def check_facts(expect: Json, spec: Json | None, issues: Sequence[Json]) -> list[FactResult]:
    """Every fact of `expect` against `spec` (JSON, None when refused) and the draft's `issues`.

    The first result is the outcome. A refusal needs an issue with a field, and one that names the problem where
    `why` says how it may be called; so does a spec that answers a request which need not have been answered.
    """
    allowed = expect["outcome"] if isinstance(expect["outcome"], list) else [expect["outcome"]]
    fields = _named_fields(spec, issues)
    came = "refused or asked" if spec is None else "spec"
    expected = ("spec" in allowed) if spec is not None else bool({"refuse", "ask"} & set(allowed))
    results = [FactResult(fact="outcome", ok=expected, detail=f"{came}, expected {allowed}", flagged=bool(issues))]
    if expected and (spec is None or allowed != ["spec"]):
        results += _explained(expect.get("why", []), spec, issues)
    if expected and spec is None:
        return results
    if "spec" in allowed:
        results += [_checked(spec, fields, *item) for item in _single_facts(expect.get("facts", {}))]
    return results


def shares(readings: Iterable[Reading]) -> Shares:
    """The shares over all requests; a sentence is right when every one of its facts is."""
    every = list(readings)
    clear = [each for each in every if each.kind != "unclear"]
    unclear = [each for each in every if each.kind == "unclear"]
    facts = [fact.ok for each in clear for fact in each.results]
    silent = [any(not fact.ok and not fact.flagged for fact in each.results) for each in every]
    return Shares(
        facts=_share(facts),
        sentences=_share([_right(each) for each in clear]),
        silent=_share(silent),
        unclear=_share([_right(each) for each in unclear]),
    )


def _right(reading: Reading) -> bool:
    return all(fact.ok for fact in reading.results)


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else math.nan


def _named_fields(spec: Json | None, issues: Sequence[Json]) -> set[str]:
    """The top-level fields that the draft speaks about."""
    names = [issue.get("field") or "" for issue in issues]
    names += [each["field"] for each in (spec or {}).get("assumptions") or []]
    return {_head(name) for name in names if name}


def _head(field: str) -> str:
    return field.replace("[", ".").split(".")[0]


def _explained(why: Sequence[str], spec: Json | None, issues: Sequence[Json]) -> list[FactResult]:
    """Whether the refusal (or the doubtful spec) says what the problem is; any of the words of `why` will do."""
    said = [issue for issue in issues if issue.get("field") and issue.get("message")]
    if spec is None and not any(issue["severity"] == "error" for issue in said):
        return [FactResult(fact="why", ok=False, detail="no error with a field and a message", flagged=bool(said))]
    if not why:
        return []
    assumed = [f"{each['field']} {each['reason']}" for each in (spec or {}).get("assumptions") or []]
    texts = [f"{issue['field']} {issue['message']}".casefold() for issue in said] + [
        text.casefold() for text in assumed
    ]
    ok = any(word.casefold() in text for word in why for text in texts)
    return [FactResult(fact="why", ok=ok, detail=f"nothing names any of {list(why)}", flagged=False)]


def _single_facts(facts: Json) -> list[tuple[str, Json]]:
    """Lists of indicators, absent and assumed fields as one fact each."""
    single = []
    for key, value in facts.items():
        if key not in KNOWN_FACTS:
            raise ValueError(f"no fact is called {key!r}")
        single += [(key, each) for each in value] if key in ("indicators", "absent", "assumed") else [(key, value)]
    return single


def _checked(spec: Json | None, fields: set[str], key: str, value: Json) -> FactResult:
    target = value if key in ("absent", "assumed") else key.replace("_long", "").replace("_short", "")
    near = {"indicators": {"entry", "exit", "indicators"}, "sides": {"entry"}, "order_type": {"order"}}
    flagged = bool(near.get(target, {_head(target)}) & fields) or spec is None
    if spec is None:
        return FactResult(fact=f"{key} {_shown(value)}", ok=False, detail="there is no spec", flagged=bool(fields))
    seen: object
    try:
        ok, seen = _check(spec, key, value)
    except (KeyError, TypeError, AttributeError) as error:
        ok, seen = False, f"unreadable: {error!r}"
    return FactResult(
        fact=f"{key} {_shown(value)}", ok=ok, detail="" if ok else f"it says {_shown(seen)}", flagged=flagged
    )


def _check(spec: Json, key: str, value: Json) -> tuple[bool, object]:
    """Whether the fact holds, and what the spec says instead."""
    if isinstance(value, dict) and "one_of" in value and key not in CONDITIONS:
        outcomes = [_check(spec, key, each) for each in value["one_of"]]
        return any(ok for ok, _ in outcomes), outcomes[0][1]
    if key in CONDITIONS:
        reader, notation = readers(spec)
        part, side = key.split("_")
        said = (spec.get(part) or {}).get(side)
        ok = said is not None and alternatives(said, reader) <= alternatives(value, notation)
        return ok, None if said is None else sorted(alternatives(said, reader))
    if key in EXITS:
        return exit_matches(spec, key, value)
    if key == "symbols":
        said = spec["symbols"]
        return (said == value if spec.get("archetype") == "pairs" else sorted(said) == sorted(value)), said
    if key in NUMBERS:
        said = spec.get(key, 1 if key == "leverage" else None)
        return said is not None and math.isclose(said, value, rel_tol=1e-9), said
    return _OTHER_CHECKS.get(key, _check_word)(spec, key, value)


def _check_word(spec: Json, key: str, value: Json) -> tuple[bool, object]:
    default = {"on_opposite": "reverse", "benchmark": "buy_and_hold", "archetype": "custom"}
    said = spec.get(key, default.get(key))
    return said == value, said


def _check_sides(spec: Json, key: str, value: Json) -> tuple[bool, object]:
    said = traded_sides(spec)
    return said == value, said


def _check_indicator(spec: Json, key: str, value: Json) -> tuple[bool, object]:
    reader, notation = readers(spec)
    wanted = {notation.text(each) for each in _spellings(value)}
    said = {reader.text(name) for each in spec.get("indicators") or [] for name in _outputs(each)}
    return bool(wanted & said), sorted(said)


def _outputs(indicator: Json) -> list[str]:
    outputs = find(indicator["name"]).outputs
    return [f"{indicator['id']}.{output}" for output in outputs] or [indicator["id"]]


def _spellings(fact: Json) -> list[str]:
    """The notation of an indicator fact, one per output."""
    definition = find(fact["name"])
    params = ",".join(f"{key}={value}" for key, value in complete(definition, fact.get("params", {})).items())
    inside = ",".join(part for part in (fact.get("input", ""), params) if part)
    frame = f"@{fact['timeframe']}" if fact.get("timeframe") else ""
    symbol = f"/{fact['symbol']}" if fact.get("symbol") else ""
    return [
        f"{fact['name']}({inside}){frame}{f':{output}' if output else ''}{symbol}"
        for output in definition.outputs or ("",)
    ]


def _check_assumed(spec: Json, key: str, value: Json) -> tuple[bool, object]:
    said = [each["field"] for each in spec.get("assumptions") or []]
    return any(_head(field) == value for field in said), said


def _check_absent(spec: Json, key: str, value: Json) -> tuple[bool, object]:
    said: Json = spec
    for step in value.split("."):
        said = (said or {}).get(step)
    empty = not said or (isinstance(said, dict) and all(each is None for each in said.values()))
    return empty, said


def _check_order_type(spec: Json, key: str, value: Json) -> tuple[bool, object]:
    said = (spec.get("order") or {}).get("type", "market")
    return said == value, said


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


_OTHER_CHECKS: dict[str, Callable[[Json, str, Json], tuple[bool, object]]] = {
    "sides": _check_sides,
    "indicators": _check_indicator,
    "assumed": _check_assumed,
    "absent": _check_absent,
    "order_type": _check_order_type,
    **dict.fromkeys(FRAGMENTS, fragment_matches),
}
