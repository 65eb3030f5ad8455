"""An order's fold: what is told late, twice or in the wrong order ends in the same state."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest

from tests.execution.reports import START, SYMBOL, fill, hear, ledger_with, name, reported
from vibex.domain import InvalidInput, OrderStatus
from vibex.execution.facts import Fact, FactKind, data_of, fact_of
from vibex.execution.ledger import Ledger
from vibex.execution.orders import Overfilled

ONE = name(1)


def _tell(ledger: Ledger, kind: FactKind, **values: str) -> None:
    ledger.follow(Fact(kind=kind, at=START, correlation_id="story", symbol=SYMBOL, order=ONE, values=values))


def test_every_order_of_the_events_ends_in_the_same_state() -> None:
    """Scenario 14: a fill before the acknowledgement, FILLED before PARTIALLY_FILLED."""
    events = [
        (reported(ONE, OrderStatus.OPEN), None),
        (reported(ONE, OrderStatus.PARTIALLY_FILLED, "0.4"), fill("1", "0.4", order=ONE)),
        (reported(ONE, OrderStatus.FILLED, "1"), fill("2", "0.6", order=ONE)),
    ]
    for order in permutations(events):
        ledger = ledger_with(1)
        for report, execution in order:
            hear(ledger, report, execution)
        tracked = ledger.orders[ONE]
        assert (tracked.status, tracked.filled, tracked.missing_fills) == (OrderStatus.FILLED, Decimal(1), Decimal(0))
        assert ledger.position(SYMBOL).quantity == 1


def test_fills_told_twice_count_once_as_in_nautilus_trader_3104() -> None:
    ledger = ledger_with(1)
    report = reported(ONE, OrderStatus.PARTIALLY_FILLED, "0.4")
    assert hear(ledger, report, fill("1", "0.4", order=ONE)) == ["fill", "reported"]
    assert hear(ledger, report, fill("1", "0.4", order=ONE)) == ["duplicate"]
    assert ledger.position(SYMBOL).quantity == Decimal("0.4")


def test_cumulative_quantity_never_falls() -> None:
    ledger = ledger_with(1)
    hear(ledger, reported(ONE, OrderStatus.PARTIALLY_FILLED, "0.7"))
    hear(ledger, reported(ONE, OrderStatus.PARTIALLY_FILLED, "0.2"))
    hear(ledger, reported(ONE, OrderStatus.OPEN))
    assert (ledger.orders[ONE].filled, ledger.orders[ONE].status) == (Decimal("0.7"), OrderStatus.PARTIALLY_FILLED)


def test_an_overfill_is_refused_and_changes_nothing() -> None:
    ledger = ledger_with(1)
    hear(ledger, reported(ONE, OrderStatus.PARTIALLY_FILLED, "0.8"), fill("1", "0.8", order=ONE))
    before = ledger.orders[ONE]
    with pytest.raises(Overfilled, match=r"1\.2 of 1"):
        hear(ledger, None, fill("2", "0.4", order=ONE))
    assert ledger.orders[ONE] == before


def test_an_order_that_was_called_absent_and_then_filled_counts_as_in_hummingbot_7294() -> None:
    ledger = ledger_with(1)
    _tell(ledger, FactKind.UNKNOWN)
    _tell(ledger, FactKind.NOT_FOUND)
    assert ledger.orders[ONE].status is OrderStatus.REFUSED
    hear(ledger, reported(ONE, OrderStatus.FILLED, "1"), fill("1", "1", order=ONE))
    assert ledger.orders[ONE].status is OrderStatus.FILLED
    assert ledger.position(SYMBOL).quantity == 1


def test_a_refusal_by_the_venue_stays_until_the_venue_says_otherwise() -> None:
    ledger = ledger_with(1)
    _tell(ledger, FactKind.REFUSED, code="-2019")
    assert ledger.orders[ONE].status is OrderStatus.REFUSED
    _tell(ledger, FactKind.UNKNOWN)
    assert ledger.orders[ONE].status is OrderStatus.REFUSED


def test_a_late_doubt_does_not_undo_what_the_stream_told_as_in_nautilus_trader_4215() -> None:
    ledger = ledger_with(1)
    hear(ledger, reported(ONE, OrderStatus.OPEN))
    _tell(ledger, FactKind.UNKNOWN)
    _tell(ledger, FactKind.REFUSED, code="-4116")
    assert ledger.orders[ONE].status is OrderStatus.OPEN


def test_a_cancel_that_raced_a_fill_ends_filled_as_in_freqtrade_3647() -> None:
    ledger = ledger_with(1)
    _tell(ledger, FactKind.CANCEL_ASKED)
    _tell(ledger, FactKind.CANCEL_REFUSED, code="-2011")
    hear(ledger, reported(ONE, OrderStatus.FILLED, "1"), fill("1", "1", order=ONE))
    assert ledger.orders[ONE].status is OrderStatus.FILLED


def test_a_cancelled_order_keeps_the_fill_that_is_told_afterwards() -> None:
    ledger = ledger_with(1)
    hear(ledger, reported(ONE, OrderStatus.CANCELLED, "0.3"))
    assert ledger.missing_fills() == {SYMBOL}
    hear(ledger, None, fill("1", "0.3", order=ONE))
    assert ledger.orders[ONE].status is OrderStatus.CANCELLED
    assert ledger.missing_fills() == set()


def test_an_execution_read_before_the_order_is_known_as_ours_is_given_to_it_later() -> None:
    """The trade list names the venue's order id alone; a lost answer leaves ours without one (scenario 7)."""
    ledger = ledger_with(1)
    assert hear(ledger, None, fill("1", "1", order=None)) == ["fill", "external"]
    assert ledger.orders[ONE].filled == 0
    hear(ledger, reported(ONE, OrderStatus.FILLED, "1"))
    assert (ledger.orders[ONE].missing_fills, ledger.position(SYMBOL).quantity) == (Decimal(0), Decimal(1))


def test_an_order_of_ours_that_the_journal_lost_is_recovered_with_its_state() -> None:
    ledger = Ledger(account_tag="tests")
    assert hear(ledger, reported(ONE, OrderStatus.OPEN)) == ["recovered", "reported"]
    assert ledger.orders[ONE].status is OrderStatus.OPEN


def test_a_fact_survives_its_way_through_the_journal() -> None:
    ledger = ledger_with(1)
    facts = ledger.news(reported(ONE, OrderStatus.FILLED, "1"), fill("1", "1", order=ONE), START, told=True)
    again = [fact_of(data_of(fact), fact.at, fact.correlation_id) for fact in facts]
    copy = ledger_with(1).fold(fact for fact in again if fact is not None)
    assert copy.position(SYMBOL) == ledger.fold(facts).position(SYMBOL)
    assert copy.orders == ledger.orders


def test_a_row_of_another_room_is_no_fact_and_an_unknown_fact_is_refused() -> None:
    assert fact_of({"equity": "1"}, START, "story") is None
    with pytest.raises(InvalidInput, match="no fact of execution"):
        fact_of({"fact": "guessed"}, START, "story")


def test_ids_go_on_behind_those_of_the_journal_under_the_same_lease() -> None:
    ledger = ledger_with(1, 7)
    assert ledger.next_sequence(1) == 8
    assert ledger.next_sequence(2) == 1
