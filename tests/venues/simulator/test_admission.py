"""What the venue refuses, with which code, and that a refused order changes nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.venues.simulator.floor_kit import BTC, D, send, venue
from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange import Habits, OrderRequest, Refusal, standard_rules
from vibex.venues.simulator.exchange.brackets import brackets_from
from vibex.venues.simulator.exchange.modes import set_leverage
from vibex.venues.simulator.exchange.words import OrderType, PositionSide, Side, TimeInForce

LIMIT = OrderRequest(
    symbol=BTC, side=Side.BUY, type=OrderType.LIMIT, time_in_force=TimeInForce.GTC, quantity=D("0.01"), price=D(50000)
)
STOP = OrderRequest(
    symbol=BTC, side=Side.SELL, type=OrderType.STOP_MARKET, quantity=D("0.01"), stop_price=D(49000)
)  # fmt: skip
TRAIL = OrderRequest(
    symbol=BTC, side=Side.SELL, type=OrderType.TRAILING_STOP_MARKET, quantity=D("0.01"), callback_rate=D(1)
)  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "change", "code"),
    [
        (LIMIT, {"symbol": "NOPEUSDT"}, -1121),
        (LIMIT, {"price": None}, -1102),
        (LIMIT, {"quantity": None}, -1102),
        (LIMIT, {"time_in_force": None}, -1102),
        (LIMIT, {"stop_price": D(1)}, -1106),
        (LIMIT, {"type": OrderType.MARKET}, -1106),
        (LIMIT, {"price": D("50000.123")}, -1111),
        (LIMIT, {"quantity": D("0.0101")}, -1111),
        (LIMIT, {"price": D("50000.05")}, -4014),
        (LIMIT, {"price": D("0.05")}, -4013),
        (LIMIT, {"price": D("1000000.1")}, -4002),
        (LIMIT, {"price": D(0)}, -4001),
        (LIMIT, {"quantity": D(0)}, -4003),
        (LIMIT, {"quantity": D(1001)}, -4005),
        (LIMIT, {"price": D("52500.1")}, -4016),
        (LIMIT, {"side": Side.SELL, "price": D("47499.9")}, -4024),
        (LIMIT, {"quantity": D("0.001"), "price": D(4999)}, -4164),
        (LIMIT, {"quantity": D(5)}, -2019),
        (LIMIT, {"position_side": PositionSide.LONG}, -4061),
        (LIMIT, {"reduce_only": True}, -2022),
        (LIMIT, {"client_id": "x" * 37}, -4015),
        (LIMIT, {"client_id": "a b"}, -1100),
        (LIMIT, {"close_position": True}, -4136),
        (STOP, {"close_position": True}, -4137),
        (STOP, {"close_position": True, "quantity": None, "reduce_only": True}, -1106),
        (STOP, {"close_position": True, "quantity": None, "reduce_only": False}, -4138),
        (STOP, {"stop_price": None}, -1102),
        (STOP, {"stop_price": D(50000)}, -2021),
        (STOP, {"side": Side.BUY}, -2021),
        (STOP, {"type": OrderType.TAKE_PROFIT_MARKET}, -2021),
        (STOP, {"type": OrderType.STOP, "price": D(52000)}, -4183),
        (STOP, {"type": OrderType.STOP, "price": D(46000)}, -4184),
        (TRAIL, {"callback_rate": None}, -1102),
        (TRAIL, {"callback_rate": D("5.1")}, -1130),
        (TRAIL, {"activation_price": D(49000)}, -2021),
        (TRAIL, {"quantity": None}, -1102),
    ],
)
def test_a_bad_order_is_refused_with_the_venues_code_and_changes_nothing(
    request_: OrderRequest, change: dict[str, Any], code: int
) -> None:
    exchange = venue("a")
    # A cheap price needs a low mark, so that no other filter speaks first.
    if code == -4164:
        exchange.set_price(BTC, D(4990))
    if code == -4002:
        exchange.set_price(BTC, D(990_000))
    with pytest.raises(Refusal) as refused:
        exchange.place("a", replace(request_, **change))
    assert refused.value.code == code
    assert not exchange.floor.account("a").open_orders
    assert not exchange.take_events()


def test_quantity_below_the_smallest_lot_and_off_its_step() -> None:
    rules = replace(standard_rules(BTC), quantity_digits=4)
    for quantity, code in (("0.0009", -4004), ("0.0015", -4023)):
        with pytest.raises(Refusal) as refused:
            rules.check_quantity(D(quantity), market=False)
        assert refused.value.code == code


def test_orders_per_symbol_are_limited_and_conditional_ones_have_their_own_limit() -> None:
    exchange = venue("a", balance="1000000")
    for _ in range(100):
        send(exchange, "a", "SELL", "0.01", kind="STOP_MARKET", stop="49000")
    with pytest.raises(Refusal, match="-4045"):
        send(exchange, "a", "SELL", "0.01", kind="STOP_MARKET", stop="49000")
    for _ in range(100):
        send(exchange, "a", "BUY", "0.01", "49000")
    with pytest.raises(Refusal, match="-2025"):
        send(exchange, "a", "BUY", "0.01", "49000")


@pytest.mark.parametrize("reusable", [True, False])
def test_a_client_id_is_unique_among_open_orders_and_comes_again_by_habit(reusable: bool) -> None:
    exchange = venue("a", habits=Habits(closed_client_id_reusable=reusable))
    send(exchange, "a", "BUY", "0.01", "49000", client_id="x-1")
    with pytest.raises(Refusal, match="-4116"):
        send(exchange, "a", "BUY", "0.01", "49000", client_id="x-1")
    exchange.cancel("a", BTC, client_id="x-1")
    if reusable:
        assert send(exchange, "a", "BUY", "0.01", "49000", client_id="x-1").status == "NEW"
    else:
        with pytest.raises(Refusal, match="-4116"):
            send(exchange, "a", "BUY", "0.01", "49000", client_id="x-1")


def test_a_trailing_stop_without_quantity_is_taken_where_the_venue_does_so() -> None:
    exchange = venue("a", habits=Habits(trailing_needs_quantity=False))
    order = exchange.place("a", replace(TRAIL, quantity=None))
    assert order.status == "NEW"


def test_a_reduce_only_order_is_free_of_margin_and_of_the_smallest_notional() -> None:
    exchange = venue("a", balance="60")
    send(exchange, "house", "SELL", "0.02", "50000")
    send(exchange, "a", "BUY", "0.02", "50000")
    exchange.set_price(BTC, D(49500))
    order = send(exchange, "a", "SELL", "0.02", "51000", reduce_only=True)
    assert order.status == "NEW"


def test_an_order_beyond_what_the_leverage_allows_is_refused_even_with_the_margin() -> None:
    exchange = venue("a", balance="100000000")
    set_leverage(exchange.floor, exchange.floor.account("a"), BTC, 125)
    assert send(exchange, "a", "BUY", "1", "50000").status == "NEW"
    with pytest.raises(Refusal, match="-2027"):
        send(exchange, "a", "BUY", "0.001", "50000")


def test_unknown_orders_have_their_two_codes() -> None:
    exchange = venue("a")
    with pytest.raises(Refusal, match="-2011"):
        exchange.cancel("a", BTC, order_id=1)
    with pytest.raises(Refusal, match="-2013"):
        exchange.find("a", BTC, client_id="no")


def test_rules_refuse_symbols_without_a_listing_and_brackets_with_gaps() -> None:
    with pytest.raises(InvalidInput, match="NOPEUSDT"):
        standard_rules("NOPEUSDT")
    steps = brackets_from([(100, 10, "0.01"), (200, 5, "0.02")])
    with pytest.raises(InvalidInput, match="gap"):
        replace(standard_rules(BTC), brackets=(steps[0], replace(steps[1], floor=Decimal(150))))
