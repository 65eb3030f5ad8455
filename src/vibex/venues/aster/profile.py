"""What AsterDEX offers of what this product uses. Trailing stops, iceberg and hidden orders are left out: nothing here
sends them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from vibex.domain import OrderType, TimeInForce
from vibex.venues.profile import FeeSchedule, TriggerPrice, VenueProfile
from vibex.venues.reports import MarginMode, PositionMode

ASTER_PROFILE = VenueProfile(
    name="aster",
    entry_types=frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT}),
    exit_types=frozenset(OrderType),
    # The venue closes whole positions by stops alone; a market exit names its quantity.
    closing_types=frozenset({OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET}),
    times_in_force=frozenset(TimeInForce),
    entry_trigger=TriggerPrice.LAST,
    # A wick on one venue must not fire a stop.
    exit_trigger=TriggerPrice.MARK,
    margin_modes=frozenset(MarginMode),
    position_modes=frozenset(PositionMode),
    longest_client_id=36,
    max_leverage=125,
    weight_per_minute=2400,
    orders_per_minute=1200,
    batch_size=5,
    # Unique among open orders only: the id of a closed order is taken again.
    client_id_is_unique_for_ever=False,
    has_dead_mans_switch=True,
    has_account_stream=True,
    history_window=timedelta(days=7),
    fees=FeeSchedule(maker=Decimal("0.0002"), taker=Decimal("0.0004"), funding_interval_hours=8),
)
