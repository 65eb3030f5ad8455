"""Decimal and float meet in one place, and rounding never pays more than was meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibex.domain import InvalidInput
from vibex.domain.money import price_on_tick, quantity_in_lots, to_decimal, to_float


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_survives_the_way_there_and_back(value: float) -> None:
    assert to_float(to_decimal(value)) == value


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), "abc", "NaN", ""])
def test_what_is_no_finite_number_is_refused(bad: float | str) -> None:
    with pytest.raises(InvalidInput):
        to_decimal(bad)


@given(st.decimals("0.01", "1e6", places=6), st.sampled_from([Decimal("0.1"), Decimal("0.05"), Decimal(5)]))
def test_a_price_lands_on_its_tick_on_the_side_asked_for(price: Decimal, tick: Decimal) -> None:
    down, up = price_on_tick(price, tick, up=False), price_on_tick(price, tick, up=True)
    assert down <= price <= up
    assert up - down in (0, tick)
    assert down % tick == 0


def test_a_quantity_is_cut_toward_zero() -> None:
    assert quantity_in_lots(Decimal("1.999"), Decimal("0.01")) == Decimal("1.99")
    assert quantity_in_lots(Decimal("-1.999"), Decimal("0.01")) == Decimal("-1.99")
    assert quantity_in_lots(Decimal("1.999"), Decimal(0)) == Decimal("1.999")
