"""AsterDEX read through ccxt: public data alone, as a second reading beside our own client. It places nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from vibex.domain import OrderType, TimeInForce
from vibex.venues.ccxt.binanceusdm import BinanceUsdm
from vibex.venues.ccxt.dialect import Codes, Reads
from vibex.venues.profile import FeeSchedule, TriggerPrice, VenueProfile
from vibex.venues.reports import MarginMode, PositionMode


class AsterThroughCcxt(BinanceUsdm):
    """Its profile lists no order, so that `place` refuses all. Answers and codes are those of the family."""

    name = "aster-ccxt"
    ccxt_class = "aster"
    settle = frozenset({"USDT"})
    profile = VenueProfile(
        name="aster-ccxt",
        entry_types=frozenset[OrderType](),
        exit_types=frozenset[OrderType](),
        closing_types=frozenset[OrderType](),
        times_in_force=frozenset[TimeInForce](),
        entry_trigger=TriggerPrice.LAST,
        exit_trigger=TriggerPrice.MARK,
        margin_modes=frozenset[MarginMode](),
        position_modes=frozenset[PositionMode](),
        longest_client_id=36,
        max_leverage=125,
        weight_per_minute=2400,
        orders_per_minute=1200,
        batch_size=1,
        client_id_is_unique_for_ever=False,
        has_dead_mans_switch=False,
        has_account_stream=False,
        history_window=timedelta(days=7),
        fees=FeeSchedule(maker=Decimal("0.0002"), taker=Decimal("0.0004"), funding_interval_hours=8),
    )
    options: Mapping[str, object] = MappingProxyType(
        {"fetchMarkets": {"types": ["swap"]}, "defaultType": "swap", "builderFee": False, "approvedBuilderFee": False}
    )
    codes = Codes()
    reads = Reads(
        bars_page=1500,
        mark_page=None,
        rates_page=1000,
        deepest_book=1000,
        book_depths=(5, 10, 20, 50, 100, 500, 1000),
    )
