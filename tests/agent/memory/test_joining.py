"""Fills become closed trades that carry the decision which opened them; money is exact and adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.worlds import ACCOUNT, NOW
from vibex.agent.memory import OpeningDecision, closed_trades
from vibex.domain import ClientOrderId, Fill, InvalidInput, Liquidity, OrderKind, Position, PositionSide, Side

BUY, SELL = Side.BUY, Side.SELL


def fill(number: int, side: Side, quantity: str, price: str, kind: OrderKind = OrderKind.ENTRY, fee: str = "0") -> Fill:
    at = NOW + timedelta(minutes=number)
    return Fill(
        account_id=ACCOUNT,
        client_order_id=ClientOrderId(account_tag="abcde", lease_epoch=1, sequence=number, kind=kind),
        trade_id=str(number),
        symbol="BTC/USDT",
        side=side,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal(fee),
        fee_currency="USDT",
        liquidity=Liquidity.TAKER,
        event_at=at,
        received_at=at,
    )


def opener(order: ClientOrderId) -> OpeningDecision | None:
    return OpeningDecision(id=f"decision-{order.sequence}", at=NOW, maker="model:x", stop=Decimal(95))


def test_a_position_in_several_fills_is_one_trade_of_its_first_decision() -> None:
    fills = [
        fill(1, BUY, "1", "100", fee="0.1"),
        fill(2, BUY, "1", "102", fee="0.1"),
        fill(3, SELL, "0.5", "110", OrderKind.TARGET, fee="0.05"),
        fill(4, SELL, "1.5", "95", OrderKind.STOP, fee="0.15"),
    ]
    (trade,) = closed_trades(fills, opener, lambda *_: Decimal("0.25"))
    assert (trade.side, trade.quantity, trade.entry_price, trade.exit_reason) == (
        PositionSide.LONG,
        Decimal(2),
        Decimal(101),
        "stop",
    )
    assert trade.exit_price == Decimal("98.75")
    assert trade.fees == Decimal("0.40")
    assert trade.pnl == Decimal("4.5") - Decimal(9) - Decimal("0.40") - Decimal("0.25")
    assert trade.decision is not None
    assert trade.decision.id == "decision-1"
    assert (trade.opened_at, trade.closed_at) == (NOW + timedelta(minutes=1), NOW + timedelta(minutes=4))


def test_a_fill_that_is_told_twice_counts_once() -> None:
    fills = [fill(1, BUY, "1", "100"), fill(1, BUY, "1", "100"), fill(2, SELL, "1", "101", OrderKind.EXIT)]
    (trade,) = closed_trades(fills, opener)
    assert (trade.quantity, trade.pnl, trade.exit_reason, trade.funding) == (Decimal(1), Decimal(1), "decision", None)


def test_a_fill_across_zero_closes_one_trade_and_opens_the_next() -> None:
    fills = [
        fill(1, BUY, "1", "100"),
        fill(2, SELL, "3", "90", fee="0.3"),
        fill(3, BUY, "2", "80", OrderKind.TARGET),
    ]
    first, second = closed_trades(fills, opener)
    assert (first.side, first.pnl, first.fees) == (PositionSide.LONG, Decimal("-10.1"), Decimal("0.1"))
    assert (second.side, second.pnl, second.fees) == (PositionSide.SHORT, Decimal("19.8"), Decimal("0.2"))
    assert second.decision is not None
    assert second.decision.id == "decision-2"


def test_an_open_position_is_no_trade_yet() -> None:
    assert closed_trades([fill(1, BUY, "1", "100"), fill(2, SELL, "0.4", "101")], opener) == ()


def test_a_fee_in_another_currency_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not in USDT"):
        closed_trades([replace(fill(1, BUY, "1", "100", fee="0.1"), fee_currency="BNB")], opener)


@settings(max_examples=60, deadline=None)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from([BUY, SELL]), st.integers(1, 5), st.integers(90, 110)), min_size=1, max_size=12
    )
)
def test_the_trades_add_up_to_what_the_position_realised(moves: list[tuple[Side, int, int]]) -> None:
    fills = [fill(n, side, str(q), str(p), fee="0.25") for n, (side, q, p) in enumerate(moves, start=1)]
    held = sum(f.quantity if f.side is BUY else -f.quantity for f in fills)
    if held:
        fills.append(fill(99, SELL if held > 0 else BUY, str(abs(held)), "100", fee="0.25"))
    position = Position(symbol="BTC/USDT")
    for each in fills:
        position = position.apply(each)
    trades = closed_trades(fills, opener)
    total = sum((trade.pnl for trade in trades), Decimal(0))
    assert abs(total - (position.realised_pnl - position.fees)) < Decimal("1e-20")
