"""Venue against journal as a pure comparison; forced closes and strangers are recognised."""

from __future__ import annotations

from decimal import Decimal

from tests.execution.reports import SYMBOL, fill, hear, ledger_with, name, reported, snapshot
from vibex.domain import OrderKind, OrderStatus, Side
from vibex.execution.ledger import Ledger
from vibex.execution.reconcile import (
    Adopt,
    Ask,
    Clean,
    HoldMode,
    Protect,
    ReadFills,
    ReportForeign,
    TakePosition,
    compare_orders,
    compare_positions,
)
from vibex.venues import PositionMode


def test_agreement_asks_for_nothing_but_protection() -> None:
    ledger = ledger_with(1)
    hear(ledger, reported(name(1), OrderStatus.FILLED, "1"), fill("1", "1", order=name(1)))
    venue = snapshot(quantity="1")
    assert compare_orders(ledger, venue) == []
    assert compare_positions(ledger, venue) == [Protect(SYMBOL)]


def test_an_intent_that_the_venue_does_not_list_is_asked_for_as_in_nautilus_trader_4958() -> None:
    assert compare_orders(ledger_with(1), snapshot()) == [Ask(name(1), in_doubt=True)]


def test_an_order_that_the_journal_calls_unknown_is_adopted_by_its_id() -> None:
    open_order = reported(name(1), OrderStatus.OPEN)
    assert compare_orders(ledger_with(1), snapshot(orders=(open_order,))) == [Adopt(open_order)]


def test_a_position_that_nobody_explains_is_read_then_taken_and_protected_as_in_bytex_30() -> None:
    ledger = Ledger(account_tag="tests")
    venue = snapshot(quantity="-2")
    assert compare_orders(ledger, venue) == [ReadFills(SYMBOL)]
    assert compare_positions(ledger, venue) == [
        TakePosition(SYMBOL, Decimal(0), Decimal(-2), Decimal(100)),
        Protect(SYMBOL),
    ]


def test_a_trade_that_ended_at_the_venue_is_not_served_on_as_in_freqtrade_7107() -> None:
    ledger = ledger_with(1)
    hear(ledger, reported(name(1), OrderStatus.FILLED, "1"), fill("1", "1", order=name(1)))
    (action,) = compare_positions(ledger, snapshot())
    assert isinstance(action, TakePosition)
    assert action.is_closed


def test_a_stop_left_beside_a_flat_position_is_cleaned_as_in_freqtrade_11608() -> None:
    ledger = Ledger(account_tag="tests")
    hear(ledger, reported(name(1, OrderKind.STOP), OrderStatus.OPEN, trigger="90", side=Side.SELL))
    assert compare_positions(ledger, snapshot()) == [Clean(SYMBOL)]


def test_orders_of_others_are_reported_and_nothing_else() -> None:
    theirs = reported(name(1, tag="other"), OrderStatus.OPEN)
    assert compare_orders(Ledger(account_tag="tests"), snapshot(orders=(theirs,))) == [ReportForeign(theirs)]


def test_hedge_mode_holds_the_account() -> None:
    assert compare_orders(Ledger(account_tag="tests"), snapshot(mode=PositionMode.HEDGE)) == [HoldMode()]


def test_a_deleveraging_and_a_liquidation_are_recognised_by_the_venues_ids() -> None:
    ledger = ledger_with(1)
    hear(ledger, reported(name(1), OrderStatus.FILLED, "1"), fill("1", "1", order=name(1)))
    adl = fill("2", "0.4", order="adl_autoclose", venue_id="77", side=Side.SELL)
    assert hear(ledger, None, adl) == ["fill", "deleveraged"]
    forced = fill("3", "0.6", order="autoclose-1767614400000", venue_id="78", side=Side.SELL)
    assert hear(ledger, None, forced) == ["fill", "liquidated"]
    assert ledger.position(SYMBOL).quantity == 0
