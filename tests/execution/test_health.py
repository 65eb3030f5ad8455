"""What blocks entries: clock, silence of the feed, a book with a gap, a price far from the mark."""

from __future__ import annotations

from decimal import Decimal

from vibex.execution.health import Bounds, Prices, is_outlier, judge_clock, judge_prices
from vibex.venues.reports import Vitals

BOUNDS = Bounds()


def _vitals(skew: float | None) -> Vitals:
    return Vitals(clock_skew_s=skew, used_share=0.1, quiet_s=0, banned_s=0)


def test_a_clock_that_was_off_has_to_come_close_before_entries_pass_again() -> None:
    assert judge_clock(_vitals(-12.0), BOUNDS, was_bad=False)
    assert judge_clock(_vitals(2.0), BOUNDS, was_bad=True)
    assert not judge_clock(_vitals(2.0), BOUNDS, was_bad=False)
    assert not judge_clock(_vitals(0.4), BOUNDS, was_bad=True)
    assert not judge_clock(_vitals(None), BOUNDS, was_bad=False)


def test_prices_are_used_only_while_the_book_is_whole_and_fresh() -> None:
    assert judge_prices(Prices(), BOUNDS, 0.0) == "no quotes come"
    assert judge_prices(Prices(heard_at=10.0, book_is_whole=True), BOUNDS, 12.0) is None
    assert judge_prices(Prices(heard_at=10.0, book_is_whole=False), BOUNDS, 11.0) == "the book is not whole"
    assert judge_prices(Prices(heard_at=10.0, book_is_whole=True), BOUNDS, 13.1) == "no quotes come"


def test_a_price_far_from_the_mark_is_an_outlier_and_an_unknown_one_is_not() -> None:
    assert is_outlier(Prices(mark=Decimal(100), last=Decimal(80)), BOUNDS)
    assert not is_outlier(Prices(mark=Decimal(100), last=Decimal("99.5")), BOUNDS)
    assert not is_outlier(Prices(mark=None, last=Decimal(80)), BOUNDS)
