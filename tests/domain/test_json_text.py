"""Endless nesting is seen before any parser meets it, whatever the recursion limit."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from vibex.domain import InvalidInput
from vibex.domain.json_text import is_nested_too_deeply
from vibex.strategy import parse_spec


@pytest.fixture
def high_recursion_limit() -> Iterator[None]:
    """As a library leaves it that raises the limit when it is imported."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("[" * 201, True),
        ("[" * 200 + "]" * 200, False),
        ("[]" * 1000, False),
        ('{"a":' * 201, True),
        ('"' + "[" * 500 + '"', False),
        ('"\\"' + "[" * 500 + '"', False),
        ("]" * 500 + "[" * 201, True),
        ("", False),
    ],
)
def test_only_brackets_outside_strings_count(text: str, deep: bool) -> None:
    assert is_nested_too_deeply(text) is deep


def test_a_strategy_of_brackets_is_refused_under_a_high_recursion_limit(high_recursion_limit: None) -> None:
    with pytest.raises(InvalidInput, match="nested too deeply"):
        parse_spec("[" * 100_000)
