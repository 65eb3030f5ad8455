"""Our ids as Hyperliquid's 128-bit numbers: there and back, and never mistaken for somebody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibex.domain import InvalidInput
from vibex.domain.ids import ClientOrderId, OrderKind
from vibex.venues.ccxt.client_ids import from_number, to_number

IDS = st.builds(
    ClientOrderId,
    account_tag=st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=5, max_size=5),
    lease_epoch=st.integers(0, 36**4 - 1),
    sequence=st.integers(0, 36**6 - 1),
    kind=st.sampled_from(OrderKind),
    attempt=st.integers(0, 36**2 - 1),
)


@given(IDS)
def test_every_id_comes_back_from_its_number(one: ClientOrderId) -> None:
    number = to_number(str(one))
    assert len(number) == 34
    assert from_number(number) == str(one)


@given(st.integers(0, 2**128 - 1))
def test_a_foreign_number_stays_what_it_is(number: int) -> None:
    text = f"0x{number:032x}"
    read = from_number(text)
    assert read == text or to_number(read) == text


def test_text_that_is_not_ours_is_refused() -> None:
    with pytest.raises(InvalidInput):
        to_number("somebody-elses")
