"""Reads JSON of unknown origin: nesting is measured before a parser meets it.

A parser that recurses can be brought down by a text of a hundred thousand brackets: Python 3.11 ends the whole
process where a library has raised the recursion limit. Text of unknown origin is measured first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

MAX_NESTING = 200
"""More than any document of this product needs, and far less than a parser's stack holds."""

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def is_nested_too_deeply(text: str, limit: int = MAX_NESTING) -> bool:
    """Whether brackets outside strings are open more than `limit` deep anywhere in `text`, be it JSON or not."""
    depth = 0
    for token in _TOKENS.finditer(text):
        match token[0]:
            case "[" | "{":
                depth += 1
                if depth > limit:
                    return True
            case "]" | "}":
                depth = max(0, depth - 1)
    return False


def loads(
    text: str,
    *,
    parse_float: Callable[[str], Any] | None = None,
    parse_constant: Callable[[str], Any] | None = None,
    object_pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None,
) -> Any:
    """`json.loads` for text from outside. Raises ValueError for what is no JSON or nested too deeply."""
    if is_nested_too_deeply(text):
        raise ValueError("it is nested too deeply")
    return json.loads(text, parse_float=parse_float, parse_constant=parse_constant, object_pairs_hook=object_pairs_hook)
