"""A paper venue over a few recorded bars and a clock that jumps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from vibex.domain import (
    ApprovedEntry,
    Bars,
    ManualClock,
    OrderType,
    ProtectiveExit,
    Side,
    Timeframe,
    TimeInForce,
)
from vibex.domain.ids import AccountId, ClientOrderId, OrderKind
from vibex.venues.aster import ASTER_PROFILE
from vibex.venues.paper import PaperVenue, RecordedMarket
from vibex.venues.reports import FundingRate, VenueInstrument

D = Decimal
START = datetime(2026, 1, 5, tzinfo=UTC)
BTC = "BTC/USDT"
RULES = VenueInstrument(
    symbol=BTC,
    venue_symbol="BTCUSDT",
    base="BTC",
    quote="USDT",
    margin_asset="USDT",
    is_trading=True,
    status="TRADING",
    tick=D("0.1"),
    min_price=D("0.1"),
    max_price=D(1_000_000),
    lot=D("0.001"),
    min_quantity=D("0.001"),
    max_quantity=D(1000),
    market_lot=D("0.001"),
    market_min_quantity=D("0.001"),
    market_max_quantity=D(100),
    min_notional=D(5),
    price_up=None,
    price_down=None,
    max_open_orders=200,
    max_stop_orders=100,
    order_types=frozenset({"LIMIT"}),
    times_in_force=frozenset({"GTC"}),
)
TAKER = ASTER_PROFILE.fees.taker
MAKER = ASTER_PROFILE.fees.maker


def bars(rows: Sequence[tuple[float, float, float, float]], *, timeframe: Timeframe = Timeframe.M1) -> Bars:
    """(open, high, low, close) from START on, each with a volume of 1000."""
    columns = np.array(rows, dtype=np.float64)
    first = int(START.timestamp() * 1000)
    return Bars(
        symbol=BTC,
        timeframe=timeframe,
        open_time=np.arange(len(rows), dtype=np.int64) * timeframe.ms + first,
        open=columns[:, 0],
        high=columns[:, 1],
        low=columns[:, 2],
        close=columns[:, 3],
        volume=np.full(len(rows), 1000.0),
    )


def flat(count: int, price: float = 100.0) -> list[tuple[float, float, float, float]]:
    return [(price, price, price, price)] * count


class Desk:
    """The venue, its clock, and short ways to send orders."""

    def __init__(self, venue: PaperVenue, clock: ManualClock) -> None:
        self.venue = venue
        self.clock = clock
        self._sequence = 0

    def _id(self, kind: OrderKind) -> ClientOrderId:
        self._sequence += 1
        return ClientOrderId(
            account_tag="paper",
            lease_epoch=int(self.clock.monotonic()) % 1000,
            sequence=self._sequence,
            kind=kind,
        )

    def entry(
        self,
        side: Side,
        quantity: str,
        *,
        type_: OrderType = OrderType.MARKET,
        price: str | None = None,
        force: TimeInForce = TimeInForce.GTC,
        symbol: str = BTC,
    ) -> ApprovedEntry:
        return ApprovedEntry(
            account_id=AccountId("paper"),
            client_order_id=self._id(OrderKind.ENTRY),
            symbol=symbol,
            side=side,
            type=type_,
            quantity=D(quantity),
            leverage=D(1),
            valid_until=self.clock.now() + timedelta(minutes=1),
            min_price=D(1),
            max_price=D(1_000_000),
            rule="test",
            price=None if price is None else D(price),
            time_in_force=force,
        )

    def exit(
        self, side: Side, quantity: str | None, *, type_: OrderType = OrderType.MARKET, trigger: str | None = None
    ) -> ProtectiveExit:
        return ProtectiveExit(
            account_id=AccountId("paper"),
            client_order_id=self._id(OrderKind.EXIT),
            symbol=BTC,
            side=side,
            type=type_,
            quantity=None if quantity is None else D(quantity),
            trigger_price=None if trigger is None else D(trigger),
        )


async def desk(
    path: Path,
    recorded: Bars,
    *,
    funding: Sequence[FundingRate] = (),
    clock: ManualClock | None = None,
    balance: str = "10000",
) -> Desk:
    clock = clock or ManualClock(START)
    source = RecordedMarket({BTC: recorded}, [RULES], ASTER_PROFILE, clock, funding={BTC: funding})
    venue = await PaperVenue.opened(source, clock, path, balance=D(balance), gap_timeframe=recorded.timeframe)
    return Desk(venue, clock)
