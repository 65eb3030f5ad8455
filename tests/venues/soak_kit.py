"""A client that trades at random through random faults and keeps its own books, which must agree with the venue's."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from tests.venues.simulated import Approver
from vibex.domain import (
    ClientOrderId,
    Clock,
    OrderKind,
    OrderStatus,
    OrderType,
    ProtectiveExit,
    RetryLater,
    Side,
    StopTrading,
    account_id,
)
from vibex.testing.conformance import Wish
from vibex.venues import Accepted, Channel, NotFound, Outcome, Refused, ReportedFill, ReportedOrder, Subscription
from vibex.venues.aster.client import AsterVenue
from vibex.venues.events import BookChanged, BookLost, OrderChanged

SYMBOL, LISTED = "BTC/USDT", "BTCUSDT"
MINUTES = 10
_FAULTS = (
    "delay ms={ms}",
    "lose-answer ms=1 method=POST",
    "lose-answer ms=30000 method=DELETE",
    "error-before method=POST",
    "error-after method=POST status=500 html=yes",
    "timeout",
    "timeout effect=no method=POST",
    "order-lag ms=5000 for=8000",
    "rate-limit",
    "ban ms=15000",
    "maintenance",
    "truncate",
    "stale-answer method=POST path=order",
    "stale-answer method=GET",
    "duplicate-request method=POST path=order",
    "clock-step ms={step}",
    "freeze-feed for=9000",
    "tick-size symbol=BTCUSDT tick=0.2",
    "price-shock symbol=BTCUSDT percent={percent}",
    "manual-trade account=sim-1 symbol=BTCUSDT side={side} quantity=0.004",
    "hedge-switch account=sim-1",
    "expire-listen-key account=sim-1",
    "split for=12000",
    "thin-book symbol=BTCUSDT percent=90 for=20000",
    "wick symbol=BTCUSDT percent={percent}",
    "liquidation account=sim-1 symbol=BTCUSDT",
    "countdown account=sim-1 symbol=BTCUSDT ms=3000",
    "drop-events count=2",
    "duplicate-events count=2",
    "reorder-events count=2",
    "depth-gap symbol=BTCUSDT",
)


def scenario(seed: int) -> str:
    """Every fault there is, twice, at random times of the ten minutes but the last."""
    drawn = random.Random(seed)
    lines = []
    for line in _FAULTS * 2:
        text = line.format(
            ms=drawn.randint(100, 9000),
            step=drawn.choice((-9000, 4000, 12_000)),
            percent=drawn.choice((-4, -2, 2, 4)),
            side=drawn.choice(("BUY", "SELL")),
        )
        lines.append(f"{text} at={drawn.randint(0, (MINUTES - 1) * 60_000)}")
    return "\n".join(lines)


@dataclass(slots=True)
class Books:
    """What the client believes. An order that is not answered for is None."""

    orders: dict[str, ReportedOrder | None] = field(default_factory=dict)
    refused: dict[str, Refused] = field(default_factory=dict)
    fills: dict[str, ReportedFill] = field(default_factory=dict)

    def hear(self, order: ReportedOrder) -> None:
        """Events come late, twice and out of order: a final state stays, and the filled quantity never falls."""
        known = self.orders.get(order.client_order_id)
        newer = known is None or (not known.status.is_final and order.filled_quantity >= known.filled_quantity)
        if newer or order.status.is_final:
            self.orders[order.client_order_id] = order


class Trader:
    """Random orders on one symbol; nothing is ever sent twice."""

    def __init__(self, venue: AsterVenue, clock: Clock, seed: int) -> None:
        self.venue, self.clock, self.books = venue, clock, Books()
        self._drawn = random.Random(seed * 7919)
        self._numbers = count(1)
        self._approve = Approver(clock)
        self.books_lost = 0
        self.started: datetime = clock.now()

    async def trade(self) -> None:
        end = self.clock.deadline(MINUTES * 60)
        while self.clock.monotonic() < end:
            with suppress(RetryLater, StopTrading):
                await self._act()
            await self.clock.sleep(self._drawn.uniform(1, 6))

    async def listen(self) -> None:
        async for event in self.venue.account_stream():
            if isinstance(event, OrderChanged):
                self.books.hear(event.order)
                if event.fill is not None:
                    self.books.fills[event.fill.trade_id] = event.fill

    async def watch(self) -> None:
        """A book beside it all: it may be lost, it may not be crossed."""
        async for event in self.venue.market_stream([Subscription(channel=Channel.BOOK, symbol=SYMBOL)]):
            if isinstance(event, BookChanged) and event.book.bids and event.book.asks:
                assert event.book.bids[0].price < event.book.asks[0].price
            self.books_lost += isinstance(event, BookLost)

    async def settle(self) -> None:
        """What a client does when it is back: ask for every order that it is not sure of, and for all executions."""
        for name, known in list(self.books.orders.items()):
            if known is None or not known.status.is_final:
                found = await self.venue.query(SYMBOL, name)
                if isinstance(found, NotFound):
                    del self.books.orders[name]
                else:
                    self.books.orders[name] = found
        for fill in await self.venue.orders.user_trades(SYMBOL, self.started, self.clock.now() + timedelta(minutes=1)):
            self.books.fills.setdefault(fill.trade_id, fill)

    async def _act(self) -> None:
        mark = (await self.venue.mark_price(SYMBOL)).mark_price
        resting = [name for name, one in self.books.orders.items() if one and one.status is OrderStatus.OPEN]
        choice = self._drawn.random()
        if choice < 0.25 and resting:
            self._note(*await self._cancelled(self._drawn.choice(resting)))
        elif choice < 0.45:
            await self._exit(mark)
        else:
            await self._enter(mark)

    async def _cancelled(self, name: str) -> tuple[str, Outcome]:
        return name, await self.venue.cancel(SYMBOL, name)

    async def _enter(self, mark: Decimal) -> None:
        side = self._drawn.choice((Side.BUY, Side.SELL))
        share = Decimal(self._drawn.randint(-30, 10)) / 1000
        price = (mark * (1 + (share if side is Side.BUY else -share))).quantize(Decimal(1))
        market = self._drawn.random() < 0.5
        wish = Wish(
            client_order_id=self._next_id(OrderKind.ENTRY),
            symbol=SYMBOL,
            side=side,
            type=OrderType.MARKET if market else OrderType.LIMIT,
            quantity=Decimal(self._drawn.randint(1, 20)) / 1000,
            min_price=Decimal(1),
            max_price=mark * 3,
            price=None if market else price,
        )
        name = str(wish.client_order_id)
        self.books.orders[name] = None
        self._note(name, await self.venue.place(self._approve(wish)))

    async def _exit(self, mark: Decimal) -> None:
        side = self._drawn.choice((Side.BUY, Side.SELL))
        stops = self._drawn.random() < 0.5
        away = Decimal("0.985") if side is Side.SELL else Decimal("1.015")
        order = ProtectiveExit(
            account_id=account_id("desk"),
            client_order_id=self._next_id(OrderKind.STOP if stops else OrderKind.EXIT),
            symbol=SYMBOL,
            side=side,
            type=OrderType.STOP_MARKET if stops else OrderType.MARKET,
            quantity=None if stops else Decimal("0.005"),
            trigger_price=(mark * away).quantize(Decimal(1)) if stops else None,
        )
        name = str(order.client_order_id)
        self.books.orders[name] = None
        self._note(name, await self.venue.place(order))

    def _note(self, name: str, outcome: Outcome) -> None:
        if isinstance(outcome, Accepted):
            self.books.hear(outcome.order)
        elif isinstance(outcome, Refused) and self.books.orders.get(name) is None:
            self.books.orders.pop(name, None)
            self.books.refused[name] = outcome

    def _next_id(self, kind: OrderKind) -> ClientOrderId:
        return ClientOrderId(account_tag="soaks", lease_epoch=1, sequence=next(self._numbers), kind=kind)


async def soak(venue: AsterVenue, clock: Clock, seed: int) -> Trader:
    """Ten minutes of trading beside an account stream, then everything settled."""
    trader = Trader(venue, clock, seed)
    beside = [asyncio.ensure_future(trader.listen()), asyncio.ensure_future(trader.watch())]
    await trader.trade()
    # The last ban and the last split are over by then.
    await clock.sleep(60)
    for task in beside:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert trader.books_lost, "a gap in the depth stream went unnoticed"
    await trader.settle()
    return trader
