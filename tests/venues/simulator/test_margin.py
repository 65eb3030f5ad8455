"""Margin, liquidation, deleveraging and funding against numbers computed by hand and the recorded brackets."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.venues.simulator.floor_kit import BTC, NOW, D, held, send, venue
from vibex.venues.simulator.exchange import Exchange, Refusal, standard_rules
from vibex.venues.simulator.exchange.margin import liquidation_price, maintenance, margin_state
from vibex.venues.simulator.exchange.modes import (
    move_isolated_margin,
    set_hedge,
    set_leverage,
    set_margin_type,
    set_multi_assets,
)
from vibex.venues.simulator.exchange.words import Income, PositionSide

HOUR = 3_600_000


def _long_one_btc(*, leverage: int = 20, isolated: bool = False, balance: str = "10000") -> Exchange:
    exchange = venue("a", balance=balance)
    account = exchange.floor.account("a")
    set_leverage(exchange.floor, account, BTC, leverage)
    if isolated:
        set_margin_type(exchange.floor, account, BTC, isolated=True)
    send(exchange, "house", "SELL", "1", "50000")
    send(exchange, "a", "BUY", "1", "50000")
    exchange.take_events()
    return exchange


def test_the_standard_brackets_are_the_recorded_ones(shared_data: Path) -> None:
    with (shared_data / "leverage_brackets_binance-usdm.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["symbol"] == "BTC-USDT"]
    ours = standard_rules(BTC).brackets
    assert len(ours) == len(rows)
    for bracket, row in zip(ours, rows, strict=True):
        assert bracket.floor == D(row["min_notional"])
        assert bracket.cap == D(row["max_notional"])
        assert bracket.maintenance_rate == D(row["maintenance_margin_rate"])
        assert bracket.leverage == D(row["max_leverage"])
        assert bracket.cum == D(row["maintenance_amount"])


def test_the_maintenance_margin_is_continuous_where_brackets_meet() -> None:
    rules = standard_rules(BTC)
    for bracket in rules.brackets[:-1]:
        assert abs(maintenance(rules, bracket.cap) - maintenance(rules, bracket.cap + D("0.0001"))) < D("0.001")


def test_a_cross_position_by_hand() -> None:
    # 1 BTC at 50,000 with 20x: initial 2,500; maintenance 50,000 × 0.4 % = 200; taker fee 20.
    exchange = _long_one_btc()
    state = margin_state(exchange.floor, exchange.floor.account("a"))
    assert state.wallet == D(9980)
    assert state.position_initial == D(2500)
    assert state.maintenance == D(200)
    assert state.available == D(7480)
    # 9980 + p − 50000 = 0.004 p  →  p = 40020 / 0.996
    position = exchange.floor.account("a").position(BTC, PositionSide.BOTH)
    assert liquidation_price(exchange.floor, exchange.floor.account("a"), position) == D(40020) / D("0.996")


def test_an_isolated_position_risks_only_its_own_margin() -> None:
    # Isolated wallet 2,500: 2500 + p − 50000 = 0.004 p  →  p = 47500 / 0.996 = 47690.76…
    exchange = _long_one_btc(isolated=True)
    account = exchange.floor.account("a")
    position = account.position(BTC, PositionSide.BOTH)
    assert position.isolated_wallet == D(2500)
    assert liquidation_price(exchange.floor, account, position) == D(47500) / D("0.996")
    send(exchange, "house", "BUY", "2", "47510")
    exchange.set_price(BTC, D("47690.8"))
    assert held(exchange, "a") == 1
    exchange.set_price(BTC, D("47690.7"))
    assert held(exchange, "a") == 0
    # Sold at 47,510: loss 2,490, fee 1.25 % of 47,510 = 593.875; margin of 2,500 lost whole, the fund pays 583.875.
    assert account.wallet == D(10000) - 20 - 2500
    assert exchange.floor.insurance == D("593.875") - D("583.875")


def test_adding_margin_moves_the_liquidation_price_and_what_is_bound_stays() -> None:
    exchange = _long_one_btc(isolated=True)
    account = exchange.floor.account("a")
    move_isolated_margin(exchange.floor, account, BTC, PositionSide.BOTH, D(500))
    position = account.position(BTC, PositionSide.BOTH)
    assert liquidation_price(exchange.floor, account, position) == D(47000) / D("0.996")
    with pytest.raises(Refusal) as refused:
        move_isolated_margin(exchange.floor, account, BTC, PositionSide.BOTH, D(-501))
    assert refused.value.code == -4051


def test_liquidation_cancels_orders_closes_by_the_venues_own_order_and_then_deleverages() -> None:
    exchange = _long_one_btc(balance="3000")
    account = exchange.floor.account("a")
    resting = send(exchange, "a", "SELL", "0.01", "52000")
    # 2980 + p − 50000 = 0.004 p  →  p = 47208.8; nobody bids, so the house short takes the rest at 47,020.
    exchange.set_price(BTC, D("47208.8"))
    assert resting.status == "CANCELED"
    assert held(exchange, "a") == 0
    assert held(exchange, "house") == 0
    assert account.wallet == 0
    autoclose = [one for one in account.orders.values() if one.client_id.startswith("autoclose-")]
    assert [(one.status, one.average_price) for one in autoclose] == [("FILLED", D(47020))]
    told = [event.payload for event in exchange.take_events()]
    orders = [one["o"] for one in told if one["e"] == "ORDER_TRADE_UPDATE"]
    assert orders[-1]["X"] == "NEW_ADL"  # type: ignore[call-overload, index]
    assert orders[-1]["x"] == "CALCULATED"  # type: ignore[call-overload, index]


def test_a_liquidated_cross_account_never_owes_money() -> None:
    exchange = _long_one_btc(balance="3000")
    send(exchange, "house", "BUY", "2", "47100")
    exchange.set_price(BTC, D(47100))
    account = exchange.floor.account("a")
    assert held(exchange, "a") == 0
    assert account.wallet == 0
    assert any(row.kind is Income.INSURANCE_CLEAR and row.amount > 0 for row in account.income)


def test_funding_is_paid_once_at_the_boundary_by_longs_to_shorts() -> None:
    exchange = _long_one_btc()
    exchange.floor.market(BTC).funding_rate = D("0.0001")
    boundary = (NOW // (8 * HOUR) + 1) * 8 * HOUR
    exchange.advance(boundary - 1)
    assert exchange.floor.account("a").wallet == D(9980)
    exchange.advance(boundary)
    exchange.advance(boundary + HOUR)
    # 1 × 50,000 × 0.0001 = 5
    assert exchange.floor.account("a").wallet == D(9975)
    rows = [row for row in exchange.floor.account("a").income if row.kind is Income.FUNDING_FEE]
    assert [(row.amount, row.time) for row in rows] == [(D(-5), boundary)]
    updates = [event.payload for event in exchange.take_events()]
    assert [(one["e"], one["a"]["m"], one["a"]["P"]) for one in updates] == [  # type: ignore[call-overload, index]
        ("ACCOUNT_UPDATE", "FUNDING_FEE", [])
    ]


def test_funding_beyond_the_cap_pays_the_cap() -> None:
    exchange = _long_one_btc()
    exchange.floor.market(BTC).funding_rate = D("0.5")
    exchange.advance(NOW + 9 * HOUR)
    assert exchange.floor.market(BTC).funding[0].rate == D("0.02")


def test_profit_and_fees_of_a_round_trip_by_hand() -> None:
    exchange = _long_one_btc()
    send(exchange, "house", "BUY", "1", "50400")
    exchange.set_price(BTC, D(50400))
    send(exchange, "a", "SELL", "0.5", reduce_only=True)
    account = exchange.floor.account("a")
    # 10,000 − 20 (open) + 200 (half of 400) − 10.08 (25,200 × 0.04 %)
    assert account.wallet == D("10169.92")
    assert account.position(BTC, PositionSide.BOTH).entry_price == D(50000)


def test_leverage_within_what_margin_and_brackets_allow() -> None:
    exchange = _long_one_btc()
    account = exchange.floor.account("a")
    assert set_leverage(exchange.floor, account, BTC, 75) == D(3_000_000)
    for leverage, code in ((0, -4028), (126, -4028), (4, -2028)):
        with pytest.raises(Refusal) as refused:
            set_leverage(exchange.floor, account, BTC, leverage)
        assert refused.value.code == code
    assert account.settings_for(BTC).leverage == 75


def test_modes_do_not_change_with_a_position_or_with_orders() -> None:
    exchange = _long_one_btc()
    account, floor = exchange.floor.account("a"), exchange.floor
    with pytest.raises(Refusal, match="-4068"):
        set_hedge(floor, account, True)
    with pytest.raises(Refusal, match="-4048"):
        set_margin_type(floor, account, BTC, isolated=True)
    with pytest.raises(Refusal, match="-4059"):
        set_hedge(floor, account, False)
    with pytest.raises(Refusal, match="-4046"):
        set_margin_type(floor, account, BTC, isolated=False)
    send(exchange, "a", "BUY", "0.01", "49000")
    with pytest.raises(Refusal, match="-4047"):
        set_margin_type(floor, account, BTC, isolated=True)
    with pytest.raises(Refusal, match="-4067"):
        set_multi_assets(floor, account, True)
