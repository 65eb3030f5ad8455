"""The rate budget: shares, windows, the venue's own counts, silence after 429 and 418."""

from __future__ import annotations

import pytest

from tests.venues.aster.keys import NOON, NOON_MS
from vibex.domain import ManualClock
from vibex.venues.aster.clock_offset import ServerClock
from vibex.venues.aster.limits import Limit, Purpose, RateBudget


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def budget(clock: ManualClock) -> RateBudget:
    return RateBudget(clock, ServerClock(clock).now_ms)


def spend_all(budget: RateBudget, purpose: Purpose, weight: int = 20) -> int:
    total = 0
    while budget.spend(weight, 0, purpose) == 0:
        total += weight
    return total


def test_ordinary_calls_leave_a_reserve_for_reconciliation_and_exits(budget: RateBudget) -> None:
    assert spend_all(budget, Purpose.ORDINARY) == 1440
    assert spend_all(budget, Purpose.RECONCILE) == 480
    assert spend_all(budget, Purpose.EXIT) == 480
    assert budget.used_share == 1.0


def test_the_budget_returns_with_the_venues_next_minute(budget: RateBudget, clock: ManualClock) -> None:
    clock.advance(45)
    spend_all(budget, Purpose.EXIT)
    assert budget.spend(1, 0, Purpose.EXIT) == pytest.approx(15)
    clock.advance(15)
    assert budget.spend(1, 0, Purpose.EXIT) == 0


def test_a_refused_call_is_not_counted(budget: RateBudget) -> None:
    spend_all(budget, Purpose.ORDINARY)
    before = budget.used_share
    assert budget.spend(20, 0, Purpose.ORDINARY) > 0
    assert budget.used_share == before


def test_orders_are_counted_in_both_of_their_windows(budget: RateBudget, clock: ManualClock) -> None:
    sent = 0
    while budget.spend(0, 1, Purpose.ORDINARY) == 0:
        sent += 1
    assert sent == 180
    assert budget.spend(0, 1, Purpose.ORDINARY) == pytest.approx(10)
    assert budget.spend(0, 1, Purpose.EXIT) == 0
    clock.advance(10)
    assert budget.spend(0, 1, Purpose.ORDINARY) == 0


def test_the_venues_higher_count_wins_and_a_lower_one_does_not(budget: RateBudget) -> None:
    budget.spend(100, 0, Purpose.ORDINARY)
    budget.observe({"x-mbx-used-weight-1m": "1440", "x-mbx-order-count-1m": "nonsense"})
    assert budget.spend(1, 0, Purpose.ORDINARY) > 0
    budget.observe({"x-mbx-used-weight-1m": "7"})
    assert budget.spend(1, 0, Purpose.ORDINARY) > 0


def test_after_a_429_only_exits_may_go_until_the_next_minute(budget: RateBudget, clock: ManualClock) -> None:
    clock.advance(20)
    assert budget.too_many(None) == pytest.approx(40)
    assert budget.spend(1, 0, Purpose.RECONCILE) == pytest.approx(40)
    assert budget.spend(1, 1, Purpose.EXIT) == 0
    clock.advance(40)
    assert budget.spend(1, 0, Purpose.ORDINARY) == 0


def test_after_a_418_nothing_goes_until_the_time_in_the_message(budget: RateBudget, clock: ManualClock) -> None:
    budget.banned(f"Way too many requests; IP banned until {NOON_MS + 180_000}.", 1.0)
    assert budget.is_banned
    assert budget.spend(1, 0, Purpose.EXIT) == pytest.approx(180)
    clock.advance(180)
    assert budget.spend(1, 0, Purpose.EXIT) == 0


def test_bans_without_an_end_grow(budget: RateBudget, clock: ManualClock) -> None:
    assert budget.banned("banned", None) == 120
    assert budget.banned("banned", None) == 240
    for _ in range(20):
        longest = budget.banned("banned", None)
    assert longest == 3 * 86_400


def test_published_limits_replace_the_assumed_ones_and_keep_the_count(budget: RateBudget) -> None:
    budget.spend(100, 0, Purpose.ORDINARY)
    budget.adopt(Limit(200, 60), (Limit(1200, 60),))
    assert budget.spend(60, 0, Purpose.ORDINARY) > 0
    assert budget.spend(60, 0, Purpose.RECONCILE) == 0
