"""The way in for a strategy: text, a file or plain JSON values become a StrategySpec or an error in words."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vibex.domain import InvalidInput, InvalidSpec, SpecIssue
from vibex.domain.json_text import loads
from vibex.strategy.spec.checks import find_issues
from vibex.strategy.spec.strategy import StrategySpec
from vibex.strategy.spec.wording import in_words, shown

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
_LARGEST = 2**1000


class _TwiceError(ValueError):
    """A JSON object names one key twice."""


def parse_spec(source: object) -> StrategySpec:
    """Read a strategy from JSON text (str or bytes, up to 1 MB) or from plain JSON values (a dict).

    Raises InvalidSpec with one issue per field for a strategy that breaks its contract, InvalidInput (field
    "spec") for text that is no JSON.
    """
    raw = _from_text(source) if isinstance(source, str | bytes) else source
    if not isinstance(raw, dict):
        raise _refused("spec", f"a strategy is a JSON object, not {shown(raw)}")
    for issue in _unplain(raw):
        raise InvalidSpec([issue])
    if "version" in raw and (type(raw["version"]) is not int or raw["version"] != 1):
        raise _refused("version", f"version must be 1, the only version there is, not {shown(raw['version'])}")
    try:
        spec = StrategySpec.model_validate(raw)
    except ValidationError as error:
        raise InvalidSpec(in_words(error, raw)) from None
    issues = find_issues(spec)
    if issues:
        raise InvalidSpec(issues)
    return spec


def load_spec(path: Path | str) -> StrategySpec:
    """Read a strategy from a file. Raises InvalidInput (field "spec") when it cannot be read, else as `parse_spec`."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InvalidInput(f"no file {path}", field="spec", remedy="give the path of a strategy in JSON") from None
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"cannot read {path}: {error}", field="spec", remedy="give the path of a readable file"
        ) from None
    return parse_spec(content)


def _from_text(text: str | bytes) -> object:
    if len(text) > MAX_BYTES:
        raise InvalidInput(
            f"the strategy is larger than {MAX_BYTES:,} bytes", field="spec", remedy="shorten texts and lists"
        )
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"the strategy is not UTF-8 text (byte {error.start})", field="spec", remedy="save it as UTF-8"
        ) from None
    try:
        return loads(decoded, object_pairs_hook=_once, parse_constant=_no_constant)
    except _TwiceError as error:
        raise _refused("spec", str(error)) from None
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}",
            field="spec",
            remedy="give one JSON object; comments and trailing commas are not JSON",
        ) from None
    except ValueError as error:  # a number of thousands of digits; endless nesting
        raise InvalidInput(f"not JSON: {error}", field="spec", remedy="give finite numbers and plain nesting") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _TwiceError(f"the key {twice[:60]!r} is given twice in one object; keep one of them")
    return members


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")


def _unplain(raw: object) -> list[SpecIssue]:
    """The first value that JSON text could not hold or this product does not carry; empty when there is none."""
    pending: list[tuple[object, str, int]] = [(raw, "", 0)]
    while pending:
        value, path, depth = pending.pop()
        if depth > MAX_DEPTH:
            top = path.split(".")[1]
            return [SpecIssue(_short(top), f"nested more than {MAX_DEPTH} deep; name parts as indicators instead")]
        problem = _unplain_value(value)
        if problem:
            return [SpecIssue(_short(path), problem)]
        if isinstance(value, dict):
            for key, item in value.items():
                if not isinstance(key, str) or not _is_utf8(key):
                    return [SpecIssue(_short(path), f"the key {shown(key)} is not plain text; use names of fields")]
                pending.append((item, f"{path}.{key}", depth + 1))
        elif isinstance(value, list | tuple):
            pending += [(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
    return []


def _unplain_value(value: object) -> str | None:
    match value:
        case None | bool() | dict() | list() | tuple():
            return None
        case int():
            return None if abs(value) < _LARGEST else "is a number too large to compute with; use a smaller one"
        case float():
            return None if math.isfinite(value) else f"must be a finite number, not {value}"
        case str():
            return None if _is_utf8(value) else "holds half a character (a lone surrogate); write the text anew"
        case _:
            return f"is {type(value).__name__}, which JSON does not have; use text, numbers, lists and objects"


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _short(path: str) -> str:
    return path.removeprefix(".").encode("ascii", "replace").decode()[:200] or "spec"


def _refused(field: str, message: str) -> InvalidSpec:
    return InvalidSpec([SpecIssue(field, message)])
