"""Fees against tickets worked by hand, against exact decimal arithmetic, and compiled against plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import cast

import numpy as np
import pytest

from vibex.backtest.costs import (
    CostSchedule,
    Levy,
    affordable_quantity,
    borrow_cost,
    fee_from_vector,
    impact,
    preset,
    preset_names,
)
from vibex.backtest.costs.arithmetic import LEVIES, LEVY_COUNT, SIZE
from vibex.domain import InvalidInput
from vibex.domain.arrays import F64
from vibex.domain.order import Side


def test_a_ticket_of_10_000_hong_kong_dollars_costs_29_28_a_side() -> None:
    # 200 shares at 50.00: commission 0.05 % = 5.00, at least 18.00; stamp duty 0.1 % = 10.00; SFC levy 0.0027 % = 0.27;
    # AFRC levy 0.00015 % = 0.015, so 0.02; trading fee 0.00565 % = 0.565, so 0.57; settlement 0.0042 % = 0.42.
    by_hand = 18.00 + 10.00 + 0.27 + 0.02 + 0.57 + 0.42
    for side in Side:
        assert preset("hk-equities").fee(side, 200, 50.0, maker=False) == pytest.approx(by_hand, abs=1e-9)
    assert by_hand == pytest.approx(29.28)


def test_stamp_duty_of_one_dollar_more_is_rounded_up_and_an_exact_thousand_is_not() -> None:
    duty = CostSchedule(name="duty", duty_rate=0.001, duty_unit=1.0)
    assert duty.fee(Side.BUY, 100, 90.00, maker=False) == 9.0
    assert duty.fee(Side.BUY, 1, 9_000.01, maker=False) == 10.0
    assert duty.fee(Side.SELL, 1, 1.00, maker=False) == 1.0
    # 0.001 × 41,000 is 41.00000000000001 in binary floats: still 41 dollars.
    assert all(duty.fee(Side.BUY, 1, 1000.0 * n, maker=False) == n for n in range(1, 2000))


def test_us_orders_pay_per_share_at_least_a_dollar_and_at_most_one_percent() -> None:
    # The broker's own examples: 100 shares at 25 cost 1.00, 1,000 at 25 cost 5.00, 1,000 at 0.25 cost 2.50.
    us = preset("us-equities")
    assert us.fee(Side.BUY, 100, 25.0, maker=False) == 1.0
    assert us.fee(Side.BUY, 1000, 25.0, maker=False) == 5.0
    assert us.fee(Side.BUY, 1000, 0.25, maker=False) == 2.5
    sold = us.fee(Side.SELL, 1000, 25.0, maker=False) - 5.0
    assert sold == pytest.approx(25_000 * 27.8 / 1e6 + 1000 * 0.000166)


def test_a_schedule_of_plain_rates_keeps_the_bits_of_the_fee_formula() -> None:
    rng = np.random.default_rng(5)
    plain = CostSchedule(name="flat", maker_rate=0.0002, taker_rate=0.001)
    for quantity, price in rng.lognormal(3, 4, (500, 2)).tolist():
        assert plain.fee(Side.SELL, quantity, price, maker=False) == (quantity * price) * 0.001
        assert plain.fee(Side.BUY, quantity, price, maker=True) == (quantity * price) * 0.0002


def test_a_makers_rebate_is_paid_out() -> None:
    rebate = CostSchedule(name="rebate", maker_rate=-0.0001, taker_rate=0.0005)
    assert rebate.fee(Side.BUY, 2, 500.0, maker=True) == -0.1


def test_the_seller_alone_pays_selling_fees_up_to_their_cap() -> None:
    costs = CostSchedule(name="sell", sell_rate=0.00002, sell_per_share=0.001, sell_per_share_cap=5.0)
    assert costs.fee(Side.BUY, 10_000, 10.0, maker=False) == 0.0
    assert costs.fee(Side.SELL, 10_000, 10.0, maker=False) == pytest.approx(2.0 + 5.0)


def _exact(schedule: CostSchedule, side: Side, quantity: float, price: float, maker: bool) -> Decimal:
    """The same fee in decimal arithmetic, written from the words of the schedule."""

    def d(number: float) -> Decimal:
        return Decimal(repr(number))

    notional = d(quantity) * d(price)
    total = d(schedule.fixed) + d(schedule.per_share) * d(quantity)
    total += d(schedule.maker_rate if maker else schedule.taker_rate) * notional
    if schedule.min_per_order:
        total = max(total, d(schedule.min_per_order))
    if schedule.max_share_of_notional:
        total = min(total, d(schedule.max_share_of_notional) * notional)
    if schedule.duty_rate:
        steps = (d(schedule.duty_rate) * notional / d(schedule.duty_unit)).to_integral_value(ROUND_CEILING)
        total += steps * d(schedule.duty_unit)
    for levy in schedule.levies:
        steps = (d(levy.rate) * notional / d(schedule.levy_unit)).to_integral_value(ROUND_HALF_UP)
        total += steps * d(schedule.levy_unit)
    if side is Side.SELL:
        total += d(schedule.sell_rate) * notional + d(schedule.sell_per_share) * d(quantity)
    return total


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_agrees_with_decimal_arithmetic(name: str) -> None:
    rng = np.random.default_rng(11)
    schedule = preset(name)
    for _ in range(300):
        quantity, price = float(rng.integers(1, 20_000)), round(float(rng.uniform(0.05, 700)), 2)
        side, maker = (Side.BUY, Side.SELL)[int(rng.integers(2))], bool(rng.integers(2))
        exact = float(_exact(schedule, side, quantity, price, maker))
        assert schedule.fee(side, quantity, price, maker) == pytest.approx(exact, rel=1e-12, abs=1e-9)


def compiled(function: Callable[..., float]) -> Callable[..., float]:
    """The function as an engine body compiles it."""
    import numba

    return cast(Callable[..., float], numba.njit(function))


def _random_vectors(count: int) -> F64:
    rng = np.random.default_rng(7)
    vectors: F64 = rng.uniform(0, 0.01, (count, SIZE))
    vectors[:, [2, 4, 8]] = rng.uniform(0, 20, (count, 3))
    vectors[:, 10] = rng.choice([0.0, 0.5, 1.0, 10.0], count)
    vectors[:, 15] = rng.choice([0.0, 0.01, 0.05, 1.0], count)
    vectors[:, LEVIES : LEVIES + LEVY_COUNT] *= 0.01
    vectors[rng.random((count, SIZE)) < 0.3] = 0.0
    for row, name in enumerate(preset_names()):
        vectors[row] = preset(name).as_vector()
    return vectors


def test_compiled_and_plain_fees_are_equal_to_the_bit() -> None:
    fee, afford, moved = compiled(fee_from_vector), compiled(affordable_quantity), compiled(impact)
    rng = np.random.default_rng(8)
    for vector in _random_vectors(4000):
        side, maker = (1, -1)[int(rng.integers(2))], bool(rng.integers(2))
        quantity, price, free = (float(x) for x in rng.lognormal(3, 3, 3))
        plain = fee_from_vector(vector.tolist(), side, quantity, price, maker)
        assert fee(vector, side, quantity, price, maker) == plain
        assert fee_from_vector(vector, side, quantity, price, maker) == plain
        bought = (vector, side, free, price, float(rng.integers(1, 125)), maker)
        assert afford(*bought) == affordable_quantity(*bought)
        assert moved(0.1, quantity, free) == impact(0.1, quantity, free)


def test_what_is_affordable_fits_with_its_fee_and_is_nearly_all_of_it() -> None:
    rng = np.random.default_rng(9)
    for vector in _random_vectors(4000):
        side, leverage = (1, -1)[int(rng.integers(2))], float(rng.integers(1, 20))
        free, price = float(rng.uniform(0, 1e6)), float(rng.lognormal(3, 1))
        quantity = affordable_quantity(vector, side, free, price, leverage, False)
        if quantity == 0:
            continue
        spent = quantity * price / leverage + fee_from_vector(vector, side, quantity, price, False)
        assert spent <= free * (1 + 1e-12)
        if vector[5] == 0 and vector[8] == 0:  # neither bound hides part of the fee
            slack = vector[10] + LEVY_COUNT * vector[15]
            assert spent >= free * (1 - 1e-9) - slack - (vector[4] if vector[4] > 0 else 0)


def test_plain_rates_afford_exactly_what_rule_32_says() -> None:
    vector = CostSchedule(name="flat", taker_rate=0.001).as_vector()
    assert affordable_quantity(vector, 1, 9_876.5, 33.3, 3.0, False) == 9_876.5 / (33.3 * (1.0 / 3.0 + 0.001))
    assert affordable_quantity(preset("hk-equities").as_vector(), 1, 15.0, 1.0, 1.0, False) == 0.0


def test_impact_grows_with_the_square_of_the_share_of_volume() -> None:
    assert impact(0.1, 25.0, 1000.0) == pytest.approx(0.1 * 0.025**2)
    assert impact(0.1, 50.0, 1000.0) / impact(0.1, 25.0, 1000.0) == pytest.approx(4.0)


def test_a_year_of_borrowing_costs_the_yearly_rate() -> None:
    assert borrow_cost(10_000.0, 365.0, 0.03) == pytest.approx(300.0)
    assert borrow_cost(10_000.0, 1.0, 0.03) == pytest.approx(300.0 / 365)


@pytest.mark.parametrize(
    ("field", "value"), [("taker_rate", 5.0), ("maker_rate", -0.5), ("fixed", -1.0), ("duty_rate", math.nan)]
)
def test_a_number_that_is_no_cost_is_refused_by_its_name(field: str, value: float) -> None:
    with pytest.raises(InvalidInput) as refusal:
        preset("aster").overridden_by({field: value})
    assert refusal.value.field == field


def test_more_than_four_levies_are_refused() -> None:
    with pytest.raises(InvalidInput, match="more than 4"):
        CostSchedule(name="many", levies=tuple(Levy(name=str(n), rate=0.1) for n in range(5)))
