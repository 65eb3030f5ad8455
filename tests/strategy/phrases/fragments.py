"""Exits, sizes, limits and orders of a spec against the fragments that the corpus expects."""

from __future__ import annotations

import json
import math
from typing import Any

from tests.strategy.phrases.operands import Reader

Json = Any


def readers(spec: Json) -> tuple[Reader, Reader]:
    """One that reads the spec's operands, one that reads the notation in the same surroundings."""
    where = {"timeframe": spec["timeframe"], "symbols": tuple(spec["symbols"])}
    ids = {each["id"]: each for each in spec.get("indicators") or []}
    return Reader(**where, indicators=ids), Reader(**where)


def traded_sides(spec: Json) -> list[str]:
    """The sides that have an entry."""
    return [side for side in ("long", "short") if spec["entry"].get(side) is not None]


def exit_matches(spec: Json, key: str, value: Json) -> tuple[bool, object]:
    """Per traded side; a value written once serves both."""
    reader, notation = readers(spec)
    sides = traded_sides(spec)
    said = {side: _fragment(_of_side(spec.get(key), side), reader) for side in sides}
    wanted = {side: _fragment(_of_side(value, side), notation) for side in sides}
    return said == wanted and bool(said), said


def _of_side(value: Json, side: str) -> Json:
    return value.get(side) if isinstance(value, dict) and ({"long", "short"} & set(value)) else value


def _fragment(value: Json, reader: Reader) -> Json:
    """Part of a spec with numbers, indicators and operands in one form and without what is null."""
    if isinstance(value, list):
        alone = len(value) == 1 and math.isclose(value[0].get("fraction", 1), 1)
        parts = [_fragment(each, reader) for each in value]
        return {k: v for k, v in parts[0].items() if k != "fraction"} if alone else parts
    if isinstance(value, bool) or not isinstance(value, int | float | dict):
        return value
    if not isinstance(value, dict):
        return float(f"{value:.9g}")
    said = {key: each for key, each in value.items() if each is not None}
    if said.get("type") == "atr":
        said["indicator"] = reader.text(said.get("indicator", "ATR(14)")) if "indicator" in said else "ATR(14)"
    if said.get("type") == "level":
        said["value"] = reader.text(said["value"])
    if "price" in said and isinstance(said["price"], dict):
        said["price"] = {side: reader.text(each) for side, each in said["price"].items() if each is not None}
    for key in ("nearest", "farthest"):
        if key in said:
            said[key] = sorted(json.dumps(_fragment(each, reader), sort_keys=True) for each in said[key])
    return {key: _fragment(each, reader) if key not in ("nearest", "farthest") else each for key, each in said.items()}


def fragment_matches(spec: Json, key: str, value: Json) -> tuple[bool, object]:
    """What the fact says must stand there; a cap or a look-back that nobody spoke of may stand beside it."""
    reader, notation = readers(spec)
    said, wanted = _fragment(spec.get(key), reader), _fragment(value, notation)
    if key == "stop_steps" or said is None:
        return said == wanted or [said] == wanted, said
    sides = traded_sides(spec)
    for side in sides if key == "sizing" else ["both"]:
        one, other = _of_side(said, side), _of_side(wanted, side)
        extra = set(one) - set(other)
        free = {"sizing": {"cap_percent", "lookback"}, "order": set(one), "limits": set()}[key]
        if {name: one.get(name) for name in other} != other or extra - free:
            return False, said
    return True, said
