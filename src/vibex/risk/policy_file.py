"""Reads a policy file, YAML or JSON: strict, so that a limit that is misspelt never silently is no limit."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vibex.domain import InvalidInput
from vibex.domain.json_text import MAX_NESTING, loads
from vibex.risk.policy import Policy

MAX_BYTES = 65_536

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_PLAIN = {
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "too_short": "must name at least one",
    "tuple_type": "must be a list",
    "dict_type": "must be names with lists",
    "string_type": "must be text",
}
"""By pydantic's kind of finding."""


def read_policy(path: Path | str) -> Policy:
    """The policy of a file. Raises InvalidInput naming the file, the field and what to do; OSError when unreadable."""
    path = Path(path)
    if not path.is_file():
        raise InvalidInput(f"no file {path}", field="policy", remedy="give the path of a policy in YAML or JSON")
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"has more than {MAX_BYTES} bytes, a policy is short", field=str(path))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("is not UTF-8 text", field=str(path)) from None
    return parse_policy(text, source=str(path), is_json=path.suffix.lower() == ".json")


def parse_policy(text: str, *, source: str = "policy", is_json: bool = False) -> Policy:
    """The policy that `text` says. Raises InvalidInput; `source` names where the text is from."""
    document = _json(text, source) if is_json else _yaml(text, source)
    if document is None:
        raise InvalidInput("is empty", field=source, remedy="write at least `version: 1`")
    if not isinstance(document, Mapping) or not all(isinstance(key, str) for key in document):
        raise InvalidInput("must be names with values, such as `max_leverage: 3`", field=source)
    try:
        # The strict reading of JSON takes lists for tuples and words for members of an enumeration.
        return Policy.model_validate_json(json.dumps(document, default=float))
    except ValidationError as error:
        raise _in_words(error, source) from None


def _json(text: str, source: str) -> object:
    def constant(word: str) -> object:
        raise ValueError(f"{word} is no number")

    try:
        document: object = loads(text, parse_float=Decimal, parse_constant=constant, object_pairs_hook=_no_repeats)
    except ValueError as error:
        raise InvalidInput(f"is no JSON: {error}", field=source) from None
    return document


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key} stands there twice")
        found[key] = value
    return found


def _yaml(text: str, source: str) -> object:
    """YAML without anchors, tags and repeated keys; numbers keep the digits that were written."""
    import yaml

    try:
        depth = 0
        # Events come without recursion, so the nesting is known before anything recurses over it.
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise InvalidInput("anchors (& and *) are not read", field=source, remedy="write the values out")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_NESTING:
                raise InvalidInput("is nested too deeply", field=source)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return None if node is None else _plain(node, source)
    except yaml.YAMLError as error:
        raise InvalidInput(f"is no YAML: {' '.join(str(error).split())}"[:300], field=source) from None


def _plain(node: Any, source: str) -> object:
    import yaml

    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, source) for child in node.value]
    if isinstance(node, yaml.MappingNode):
        try:
            return _no_repeats([(str(key.value), _plain(value, source)) for key, value in node.value])
        except ValueError as error:
            raise InvalidInput(f"line {node.start_mark.line + 1}: {error}", field=source) from None
    return _scalar(node.tag.rpartition(":")[2], str(node.value))


def _scalar(kind: str, written: str) -> object:
    """`written` by the kind that YAML sees in it. What looks like no plain number or switch stays text."""
    if kind == "null":
        return None
    if kind == "bool" and written.lower() in ("true", "false"):
        return written.lower() == "true"
    if kind in ("int", "float") and _NUMBER.fullmatch(written):
        return Decimal(written) if "." in written else int(written)
    return written


def _in_words(error: ValidationError, source: str) -> InvalidInput:
    """The first finding as one message, with the number of others."""
    findings = error.errors(include_url=False)
    first = findings[0]
    where = ".".join(str(step) for step in first["loc"])
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(where, Policy.model_fields, n=1, cutoff=0.6)
        remedy = f"did you mean {near[0]}?" if near else "`vibex risk show` lists every field"
        return InvalidInput(f"unknown field {where[:60]!r}{more}", field=source, remedy=remedy)
    field = Policy.model_fields.get(str(first["loc"][0])) if first["loc"] else None
    theirs = str(first["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")
    message = _PLAIN.get(first["type"], theirs)
    return InvalidInput(
        f"{where}: {message}{more}" if where else f"{message}{more}",
        field=source,
        remedy=field.description if field else None,
    )
