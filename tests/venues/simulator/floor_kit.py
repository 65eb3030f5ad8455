"""A small venue for tests: one listed symbol, a few accounts, and short ways to send orders."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict, Unpack

from vibex.venues.simulator.exchange import Exchange, Habits, Order, OrderRequest, standard_rules
from vibex.venues.simulator.exchange.words import (
    OrderType,
    PositionSide,
    SelfTrade,
    Side,
    TimeInForce,
    WorkingType,
)

NOW = 1_700_000_000_000
BTC = "BTCUSDT"
D = Decimal


class More(TypedDict, total=False):
    position_side: PositionSide
    reduce_only: bool
    close_position: bool
    activation_price: Decimal
    callback_rate: Decimal
    working_type: WorkingType
    price_protect: bool
    self_trade: SelfTrade
    client_id: str


def venue(*names: str, balance: str = "10000", mark: str = "50000", habits: Habits | None = None) -> Exchange:
    exchange = Exchange(now_ms=NOW, habits=habits)
    exchange.list_symbol(standard_rules(BTC))
    exchange.open_account("house", D(0), house=True)
    for name in names:
        exchange.open_account(name, D(balance))
    exchange.set_price(BTC, D(mark))
    exchange.take_events()
    return exchange


def send(
    exchange: Exchange,
    account: str,
    side: str,
    quantity: str | None,
    price: str | None = None,
    *,
    kind: str | None = None,
    tif: str | None = None,
    stop: str | None = None,
    **more: Unpack[More],
) -> Order:
    order_type = OrderType(kind or ("LIMIT" if price else "MARKET"))
    if order_type is OrderType.LIMIT and tif is None:
        tif = "GTC"
    return exchange.place(
        account,
        OrderRequest(
            symbol=BTC,
            side=Side(side),
            type=order_type,
            time_in_force=TimeInForce(tif) if tif else None,
            quantity=D(quantity) if quantity else None,
            price=D(price) if price else None,
            stop_price=D(stop) if stop else None,
            **more,
        ),
    )


def held(exchange: Exchange, account: str, side: PositionSide = PositionSide.BOTH) -> Decimal:
    position = exchange.floor.account(account).positions.get((BTC, side))
    return position.amount if position else D(0)
