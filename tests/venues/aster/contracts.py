"""One contract's rules, for tests of orders."""

from __future__ import annotations

from decimal import Decimal

from vibex.venues.reports import VenueInstrument

D = Decimal

SOL = VenueInstrument(
    symbol="SOL/USDT",
    venue_symbol="SOLUSDT",
    base="SOL",
    quote="USDT",
    margin_asset="USDT",
    is_trading=True,
    status="TRADING",
    tick=D("0.0100"),
    min_price=D("0.4200"),
    max_price=D(100000),
    lot=D("0.01"),
    min_quantity=D("0.01"),
    max_quantity=D(1000000),
    market_lot=D("0.01"),
    market_min_quantity=D("0.01"),
    market_max_quantity=D(8000),
    min_notional=D(5),
    price_up=D("1.03"),
    price_down=D("0.97"),
    max_open_orders=200,
    max_stop_orders=10,
    order_types=frozenset({"LIMIT", "MARKET"}),
    times_in_force=frozenset({"GTC"}),
)
