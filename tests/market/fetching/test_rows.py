"""Spans of time behave as sets of times."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vibex.market.fetching.rows import missing, union

SPAN = st.tuples(st.integers(0, 30), st.integers(0, 30))


def times(spans: list[tuple[int, int]]) -> set[int]:
    return {time for start, stop in spans for time in range(start, stop)}


@given(st.lists(SPAN, max_size=6), SPAN)
def test_what_is_missing_is_what_is_wanted_without_what_is_there(
    have: list[tuple[int, int]], wanted: tuple[int, int]
) -> None:
    joined = union(have)
    assert times(list(joined)) == times(have)
    assert list(joined) == sorted(joined)
    assert times(list(missing(wanted, joined))) == times([wanted]) - times(have)
