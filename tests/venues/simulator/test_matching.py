"""Matching: who trades with whom, at which price, and what is left."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.venues.simulator.floor_kit import BTC, NOW, D, held, send, venue
from vibex.venues.simulator.exchange import Exchange, Habits, Refusal
from vibex.venues.simulator.exchange.margin import cross_wallet
from vibex.venues.simulator.exchange.words import PositionSide, SelfTrade, Side, Status, WorkingType


def test_the_better_price_trades_first_and_at_one_price_the_earlier_order() -> None:
    exchange = venue("a", "b", "c", "taker")
    late_better = [send(exchange, "a", "SELL", "0.01", "50010"), send(exchange, "b", "SELL", "0.01", "50000")]
    second = send(exchange, "c", "SELL", "0.01", "50000")
    taker = send(exchange, "taker", "BUY", "0.015", "50010")
    assert taker.status is Status.FILLED
    assert late_better[1].status is Status.FILLED
    assert second.filled == D("0.005")
    assert late_better[0].filled == 0
    assert taker.average_price == D(50000)


def test_fill_or_kill_takes_all_or_nothing_and_immediate_or_cancel_what_is_there() -> None:
    exchange = venue("a", "t")
    send(exchange, "a", "SELL", "0.01", "50000")
    assert send(exchange, "t", "BUY", "0.02", "50000", tif="FOK").status is Status.EXPIRED
    assert held(exchange, "t") == 0
    ioc = send(exchange, "t", "BUY", "0.02", "50000", tif="IOC")
    assert (ioc.status, ioc.filled) == (Status.EXPIRED, D("0.01"))
    assert not exchange.floor.account("t").open_orders


def test_a_post_only_order_that_would_take_expires_without_an_error() -> None:
    exchange = venue("a", "t")
    send(exchange, "a", "SELL", "0.01", "50000")
    assert send(exchange, "t", "BUY", "0.01", "50000", tif="GTX").status is Status.EXPIRED
    assert send(exchange, "t", "BUY", "0.01", "49999.9", tif="GTX").status is Status.NEW


def test_a_hidden_order_trades_but_does_not_show() -> None:
    exchange = venue("a", "t")
    send(exchange, "a", "SELL", "0.01", "50000", tif="HIDDEN")
    assert exchange.floor.market(BTC).book.depth(5) == ([], [])
    assert send(exchange, "t", "BUY", "0.01", "50000").status is Status.FILLED


def test_a_market_order_stops_at_the_bound_around_the_mark() -> None:
    exchange = venue("a", "t", balance="1000000")
    send(exchange, "a", "SELL", "0.01", "50000")
    send(exchange, "house", "SELL", "0.01", "52500")
    exchange.set_price(BTC, D(49900))
    order = send(exchange, "t", "BUY", "0.02")
    assert (order.status, order.filled) == (Status.EXPIRED, D("0.01"))


@pytest.mark.parametrize(
    ("mode", "taker_status", "maker_status"),
    [
        (SelfTrade.EXPIRE_TAKER, Status.EXPIRED, Status.NEW),
        (SelfTrade.EXPIRE_MAKER, Status.NEW, Status.EXPIRED),
        (SelfTrade.EXPIRE_BOTH, Status.EXPIRED, Status.EXPIRED),
    ],
)
def test_own_orders_never_trade_with_each_other(mode: SelfTrade, taker_status: Status, maker_status: Status) -> None:
    exchange = venue("a")
    maker = send(exchange, "a", "SELL", "0.01", "50000")
    taker = send(exchange, "a", "BUY", "0.01", "50000", self_trade=mode)
    assert (taker.status, maker.status) == (taker_status, maker_status)
    assert not exchange.floor.account("a").fills


def test_reduce_only_order_never_flips_the_position() -> None:
    exchange = venue("a", "b")
    send(exchange, "house", "SELL", "0.01", "50000")
    send(exchange, "a", "BUY", "0.01")
    send(exchange, "house", "BUY", "1", "49990")
    order = send(exchange, "a", "SELL", "0.05", reduce_only=True)
    assert held(exchange, "a") == 0
    assert (order.status, order.filled) == (Status.EXPIRED, D("0.01"))
    with pytest.raises(Refusal) as refused:
        send(exchange, "a", "SELL", "0.01", reduce_only=True)
    assert refused.value.code == -2022


def test_a_resting_reduce_only_order_is_cut_when_the_position_shrank_before_it_filled() -> None:
    exchange = venue("a", "b")
    send(exchange, "house", "SELL", "0.02", "50000")
    send(exchange, "a", "BUY", "0.02")
    exit_order = send(exchange, "a", "SELL", "0.02", "50100", reduce_only=True)
    send(exchange, "house", "BUY", "0.015", "49990")
    send(exchange, "a", "SELL", "0.015")
    send(exchange, "b", "BUY", "0.02", "50100")
    assert held(exchange, "a") == 0
    assert (exit_order.status, exit_order.filled) == (Status.EXPIRED, D("0.005"))
    assert held(exchange, "b") == D("0.005")


def test_hedge_mode_holds_both_sides_apart_and_the_closing_side_cannot_open() -> None:
    exchange = venue("a")
    exchange.floor.account("a").hedge = True
    send(exchange, "house", "SELL", "1", "50000")
    send(exchange, "house", "BUY", "1", "49990")
    send(exchange, "a", "BUY", "0.01", position_side=PositionSide.LONG)
    send(exchange, "a", "SELL", "0.02", position_side=PositionSide.SHORT)
    assert held(exchange, "a", PositionSide.LONG) == D("0.01")
    assert held(exchange, "a", PositionSide.SHORT) == D("-0.02")
    send(exchange, "a", "SELL", "0.03", position_side=PositionSide.LONG)
    assert held(exchange, "a", PositionSide.LONG) == 0
    assert held(exchange, "a", PositionSide.SHORT) == D("-0.02")
    with pytest.raises(Refusal) as refused:
        send(exchange, "a", "BUY", "0.01")
    assert refused.value.code == -4061


def test_a_stop_fires_on_the_mark_when_told_so_and_closes_the_whole_position() -> None:
    exchange = venue("a")
    send(exchange, "house", "SELL", "0.02", "50000")
    send(exchange, "a", "BUY", "0.02")
    stop = send(
        exchange, "a", "SELL", None, kind="STOP_MARKET", stop="49500", close_position=True,
        working_type=WorkingType.MARK_PRICE,
    )  # fmt: skip
    target = send(exchange, "a", "SELL", "0.02", kind="TAKE_PROFIT_MARKET", stop="51000", reduce_only=True)
    send(exchange, "house", "BUY", "1", "49400")
    exchange.set_price(BTC, D("49500.1"))
    assert stop.status is Status.NEW
    exchange.set_price(BTC, D("49500"))
    assert (stop.status, stop.type, stop.orig_type) == (Status.FILLED, "MARKET", "STOP_MARKET")
    assert held(exchange, "a") == 0
    assert target.status is Status.NEW, "stop and target are independent on this venue"


def test_a_stop_whose_price_is_reached_on_arrival_is_refused() -> None:
    exchange = venue("a")
    with pytest.raises(Refusal) as refused:
        send(exchange, "a", "SELL", "0.01", kind="STOP_MARKET", stop="50000")
    assert refused.value.code == -2021


def test_a_trailing_stop_follows_the_price_up_and_fires_after_the_turn() -> None:
    exchange = venue("a")
    send(exchange, "house", "SELL", "0.01", "50000")
    send(exchange, "a", "BUY", "0.01")
    send(exchange, "house", "BUY", "1", "47600")
    trailing = send(
        exchange, "a", "SELL", "0.01", kind="TRAILING_STOP_MARKET", callback_rate=D(1), reduce_only=True,
        working_type=WorkingType.MARK_PRICE, activation_price=D(50200),
    )  # fmt: skip
    for mark, status in (("49000", "NEW"), ("50200", "NEW"), ("50400", "NEW"), ("49896.1", "NEW"), ("49896", "FILLED")):
        exchange.set_price(BTC, D(mark))
        assert trailing.status == status, mark


def test_price_protection_holds_a_stop_back_while_last_and_mark_are_far_apart() -> None:
    exchange = venue("a", "b")
    market = exchange.floor.market(BTC)
    market.rules = replace(market.rules, trigger_protect=D("0.01"))
    send(exchange, "house", "SELL", "0.01", "50000")
    send(exchange, "a", "BUY", "0.01")
    protected = send(
        exchange, "a", "SELL", "0.01", kind="STOP_MARKET", stop="49990", price_protect=True, reduce_only=True
    )  # fmt: skip
    exchange.set_price(BTC, D(50600))
    send(exchange, "b", "BUY", "0.03", "49990")
    send(exchange, "house", "SELL", "0.01", "49990")
    assert market.last == D(49990)
    assert protected.type == "STOP_MARKET"
    exchange.set_price(BTC, D(50400))
    assert (protected.status, held(exchange, "a")) == (Status.FILLED, D(0))


@pytest.mark.parametrize("keeps", [True, False])
def test_a_modified_order_keeps_its_place_only_where_the_venue_does_so(keeps: bool) -> None:
    exchange = venue("a", "b", "t", habits=Habits(modify_keeps_priority=keeps))
    first = send(exchange, "a", "SELL", "0.02", "50000")
    second = send(exchange, "b", "SELL", "0.01", "50000")
    exchange.modify("a", BTC, D("0.01"), D("50000"), order_id=first.order_id)
    send(exchange, "t", "BUY", "0.01", "50000")
    assert (first if keeps else second).status is Status.FILLED
    assert (second if keeps else first).status is Status.NEW


def test_a_refused_modification_leaves_the_order_as_it_was() -> None:
    exchange = venue("a")
    order = send(exchange, "a", "BUY", "0.01", "49000")
    with pytest.raises(Refusal) as refused:
        exchange.modify("a", BTC, D("100"), D("49000"), order_id=order.order_id)
    assert refused.value.code == -2019
    assert (order.quantity, order.price, order.status) == (D("0.01"), D(49000), Status.NEW)
    assert exchange.floor.market(BTC).book.depth(1)[0] == [(D(49000), D("0.01"))]


@pytest.mark.parametrize("cancels", [True, False])
def test_the_countdown_cancels_at_its_time_and_conditional_orders_by_habit(cancels: bool) -> None:
    from vibex.venues.simulator.exchange.modes import set_countdown

    exchange = venue("a", habits=Habits(countdown_cancels_conditional=cancels))
    order = send(exchange, "a", "BUY", "0.01", "49000")
    stop = send(exchange, "a", "SELL", "0.01", kind="STOP_MARKET", stop="48000")
    set_countdown(exchange.floor, exchange.floor.account("a"), BTC, 1000)
    exchange.advance(NOW + 999)
    assert order.order_id in exchange.floor.account("a").open_orders
    exchange.advance(NOW + 5000)
    assert order.status is Status.CANCELED
    assert order.updated == NOW + 1000
    assert (stop.status is Status.CANCELED) is cancels


def test_order_updates_come_before_the_account_update() -> None:
    exchange = venue("a")
    send(exchange, "house", "SELL", "0.01", "50000")
    exchange.take_events()
    send(exchange, "a", "BUY", "0.01")
    payloads = [event.payload for event in exchange.take_events()]
    assert [one["e"] for one in payloads] == ["ORDER_TRADE_UPDATE", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"]
    assert payloads[1]["o"]["x"] == "TRADE"  # type: ignore[call-overload, index]


def _random_session(seed: int, steps: int) -> Exchange:
    """Random traffic of three thinly margined accounts and a house account around a mark that sometimes jumps."""
    exchange = venue("a", "b", "c", balance="600")
    for name in ("a", "b", "c"):
        exchange.floor.account(name).settings_for(BTC).leverage = 100
    exchange.floor.account("b").settings_for(BTC).isolated = True
    rng = random.Random(seed)
    mark = 50_000
    for step in range(steps):
        exchange.advance(NOW + step * 600_000)
        mark = max(20_000, mark + rng.randint(-300, 300) * (8 if rng.random() < 0.1 else 1))
        exchange.set_price(BTC, D(mark))
        exchange.floor.market(BTC).funding_rate = D(rng.randint(-20, 20)) / 10_000
        account = rng.choice(["a", "b", "c", "house", "house"])
        side = rng.choice(["BUY", "SELL"])
        quantity = str(D(rng.randint(1, 80)) / 1000)
        price = str(D(mark + rng.randint(-400, 400)))
        try:
            match rng.randint(0, 5):
                case 0:
                    send(exchange, account, side, quantity)
                case 1:
                    send(exchange, account, side, quantity, price, reduce_only=True)
                case 2:
                    send(exchange, account, side, quantity, kind="STOP_MARKET", stop=price)
                case 3 if exchange.floor.account(account).open_orders:
                    order = rng.choice(list(exchange.floor.account(account).open_orders.values()))
                    exchange.cancel(account, BTC, order_id=order.order_id)
                case _:
                    send(exchange, account, side, quantity, price, tif=rng.choice(["GTC", "IOC", "FOK", "GTX"]))
        except Refusal:
            continue
    return exchange


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_quantity_and_cash_are_conserved_whatever_happens(seed: int) -> None:
    floor = _random_session(seed, 150).floor
    market = floor.market(BTC)
    assert sum(one.amount for account in floor.accounts.values() for one in account.positions.values()) == 0
    equity = sum(
        (account.wallet + sum((one.unrealised(market.mark) for one in account.positions.values()), D(0)))
        for account in floor.accounts.values()
    )
    deposits = sum(account.deposited for account in floor.accounts.values())
    assert abs(equity + floor.revenue + floor.insurance - deposits) < D("1e-8")
    assert all(cross_wallet(account) >= 0 for account in floor.accounts.values() if not account.house)
    bid, ask = market.book.bids.best(), market.book.asks.best()
    assert bid is None or ask is None or bid < ask


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_running_sum_of_resting_orders_equals_the_orders_that_rest(seed: int) -> None:
    floor = _random_session(seed, 120).floor
    for account in floor.accounts.values():
        if account.house:
            continue
        for side in Side:
            resting = sum(
                (
                    one.remaining * one.price
                    for one in account.open_orders.values()
                    if one.side is side and not one.waiting and not account.only_reduces(one)
                ),
                Decimal(0),
            )
            assert account.resting.get((BTC, PositionSide.BOTH, side), D(0)) == resting
        assert sum((row.amount for row in account.income), D(0)) == account.wallet


def test_the_random_sessions_reach_liquidation_deleveraging_and_the_insurance_fund() -> None:
    ids: list[str] = []
    cleared: list[Decimal] = []
    for seed in range(12):
        for account in _random_session(seed, 150).floor.accounts.values():
            ids += [order.client_id for order in account.orders.values()]
            cleared += [row.amount for row in account.income if row.kind == "INSURANCE_CLEAR" and row.amount > 0]
    assert sum(name.startswith("autoclose-") for name in ids) > 10
    assert any(name == "adl_autoclose" for name in ids)
    assert cleared


def test_the_same_seed_gives_the_same_tape_and_the_same_events() -> None:
    def digest(seed: int) -> str:
        exchange = _random_session(seed, 300)
        text = repr([*exchange.floor.market(BTC).tape, *exchange.take_events()])
        return hashlib.sha256(text.encode()).hexdigest()

    assert digest(7) == digest(7)
    assert digest(7) != digest(8)
