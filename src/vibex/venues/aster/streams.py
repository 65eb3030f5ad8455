"""Market events of many symbols over one connection, with whole books out of differences."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from itertools import count

from vibex.domain import Clock, InvalidInput, RetryLater
from vibex.venues.aster import endpoints, parse, wire
from vibex.venues.aster.answers import Json
from vibex.venues.aster.book import LocalBook, Step
from vibex.venues.aster.feed import Feed, FeedPatience, Verdict
from vibex.venues.aster.limits import Purpose
from vibex.venues.aster.parse_events import market_event, unwrapped
from vibex.venues.aster.reading import get
from vibex.venues.aster.sockets import Connect, Connection
from vibex.venues.aster.symbols import SymbolNames, to_venue
from vibex.venues.aster.transport import Transport, form
from vibex.venues.aster.wire_events import DepthEvent
from vibex.venues.events import BookChanged, BookLost, Channel, Interrupted, MarketEvent, Subscription
from vibex.venues.reports import BookSnapshot

_MOST_STREAMS = 200
_SNAPSHOT_LEVELS = 1000
_SHOWN_LEVELS = 20
_RETRY_S = 1.0


def stream_name(subscription: Subscription) -> str:
    """Raises InvalidInput for bars without a timeframe, and for a timeframe elsewhere."""
    symbol = to_venue(subscription.symbol).lower()
    if (subscription.channel is Channel.BARS) != (subscription.timeframe is not None):
        raise InvalidInput("bars have a timeframe, nothing else has", field="timeframe")
    names = {
        Channel.TRADES: "aggTrade",
        Channel.MARK_PRICE: "markPrice@1s",
        Channel.BARS: f"kline_{subscription.timeframe}",
        Channel.QUOTE: "bookTicker",
        Channel.BOOK: "depth@100ms",
    }
    return f"{symbol}@{names[subscription.channel]}"


class _BookKeeper:
    """One symbol's book and the snapshot that is on its way."""

    def __init__(self, symbol: str, transport: Transport, clock: Clock) -> None:
        self._symbol = symbol
        self._transport = transport
        self._clock = clock
        self._book = LocalBook()
        self._fetching: asyncio.Task[wire.WireDepth] | None = None
        self._fetch_at = 0.0

    def restart(self) -> None:
        self._book.reset()
        if self._fetching is not None:
            self._fetching.cancel()
            self._fetching = None

    def apply(self, event: DepthEvent) -> BookChanged | BookLost | None:
        was_whole = self._book.is_whole
        step = self._book.apply(event)
        if step is Step.WAITING:
            step = self._load()
        if step is Step.BROKEN:
            return BookLost(symbol=self._symbol, why="a gap between differences") if was_whole else None
        if step is not Step.APPLIED:
            return None
        return BookChanged(
            book=BookSnapshot(
                symbol=self._symbol,
                update_id=self._book.last_id or 0,
                bids=self._book.bids(_SHOWN_LEVELS),
                asks=self._book.asks(_SHOWN_LEVELS),
                event_at=parse.at(event.event_time),
            )
        )

    def _load(self) -> Step:
        """Ask for a snapshot, or play it when it has come; differences are kept meanwhile."""
        if self._fetching is None:
            if self._clock.monotonic() >= self._fetch_at:
                self._fetch_at = self._clock.deadline(_RETRY_S)
                self._fetching = asyncio.create_task(self._fetch())
            return Step.WAITING
        if not self._fetching.done():
            return Step.WAITING
        done, self._fetching = self._fetching, None
        try:
            return self._book.load(done.result())
        except RetryLater:
            return Step.WAITING

    async def _fetch(self) -> wire.WireDepth:
        return await get(
            self._transport,
            endpoints.DEPTH,
            wire.WireDepth,
            form(symbol=to_venue(self._symbol), limit=_SNAPSHOT_LEVELS),
            purpose=Purpose.RECONCILE,
            weight=endpoints.depth_weight(_SNAPSHOT_LEVELS),
        )


class MarketStream:
    """Events of `subscriptions`; one consumer. Raises InvalidInput for none and for more than 200."""

    def __init__(
        self,
        subscriptions: Sequence[Subscription],
        transport: Transport,
        connect: Connect,
        base_url: str,
        names: SymbolNames,
        clock: Clock,
        patience: FeedPatience | None = None,
    ) -> None:
        streams = sorted({stream_name(subscription) for subscription in subscriptions})
        if not 1 <= len(streams) <= _MOST_STREAMS:
            raise InvalidInput(
                f"{len(streams)} streams on one connection", field="subscriptions", remedy=f"1 to {_MOST_STREAMS}"
            )
        for subscription in subscriptions:
            names.remember(subscription.symbol)
        self._url = f"{base_url.rstrip('/')}/stream?streams={'/'.join(streams)}"
        self._connect = connect
        self._names = names
        self._clock = clock
        self._patience = patience
        self._commands = count(1)
        self._books = {
            s.symbol: _BookKeeper(s.symbol, transport, clock) for s in subscriptions if s.channel is Channel.BOOK
        }

    async def events(self) -> AsyncIterator[MarketEvent]:
        feed = Feed(self._dial, self._probe, self._clock, self._patience)
        try:
            async with aclosing(feed.messages()) as messages:
                async for message in messages:
                    if isinstance(message, Interrupted):
                        self._restart_books()
                        yield message
                        continue
                    event = self._read(message, feed)
                    if event is not None:
                        yield event
        finally:
            self._restart_books()

    def _read(self, message: Json, feed: Feed) -> MarketEvent | None:
        try:
            event = market_event(unwrapped(message), self._names)
        except RetryLater as error:
            feed.drop(error.message)
            return None
        if not isinstance(event, DepthEvent):
            return event
        keeper = self._books.get(self._names.to_ours(event.symbol))
        return None if keeper is None else keeper.apply(event)

    def _restart_books(self) -> None:
        for keeper in self._books.values():
            keeper.restart()

    async def _dial(self) -> Connection:
        return await self._connect(self._url)

    async def _probe(self, connection: Connection) -> Verdict:
        """A command that changes nothing; its answer is a message."""
        await connection.send(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": next(self._commands)}))
        return Verdict.ASKED
