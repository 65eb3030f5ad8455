"""What blocks entries although nothing is wrong with the account: clock, rate limits, prices that stand still or lie.

Exits and stops are never blocked here. The judgement is pure; `Watch` gathers what it judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from decimal import Decimal

from vibex.domain import Clock
from vibex.execution.books import Books
from vibex.execution.facts import FactKind, plain
from vibex.execution.ports import StateGate, TradedVenue
from vibex.risk.states import Threat
from vibex.venues import Channel, Interrupted, MarketEvent, Subscription
from vibex.venues.events import BookChanged, BookLost, Quote, Trade
from vibex.venues.reports import MarkPrice, Vitals


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Seconds, and a fraction of the mark price. Skew warns above `warn_skew_s` (no entries either) and is over only
    below it, so that it does not flutter."""

    skew_s: float = 5.0
    calm_skew_s: float = 1.0
    stale_s: float = 3.0
    outlier: Decimal = Decimal("0.01")
    look_s: float = 1.0


@dataclass(slots=True)
class Prices:
    """What the market stream last said of one symbol. Monotonic seconds; None before the first word.

    The book is what stands still when a feed freezes: trades that go on beside it prove that it is not the market.
    """

    heard_at: float | None = None
    mark: Decimal | None = None
    last: Decimal | None = None
    book_is_whole: bool = False


def judge_clock(vitals: Vitals, bounds: Bounds, *, was_bad: bool) -> bool:
    """Whether the clock is too far off for entries."""
    skew = abs(vitals.clock_skew_s or 0.0)
    return skew > bounds.skew_s or (was_bad and skew > bounds.calm_skew_s)


def judge_prices(prices: Prices, bounds: Bounds, now: float) -> str | None:
    """Why the prices of a symbol are not to be traded on; None when they are."""
    if prices.heard_at is None or now - prices.heard_at > bounds.stale_s:
        return "no quotes come"
    if not prices.book_is_whole:
        return "the book is not whole"
    return None


def is_outlier(prices: Prices, bounds: Bounds) -> bool:
    """A last price far from the mark: one trade far away, which no signal may be built on."""
    if prices.mark is None or prices.last is None or prices.mark <= 0:
        return False
    return abs(prices.last - prices.mark) > prices.mark * bounds.outlier


@dataclass(slots=True)
class Watch:
    """Of one account and its symbols; reports troubles to the gate and notes when they begin and end."""

    venue: TradedVenue
    books: Books
    gate: StateGate
    clock: Clock
    symbols: Sequence[str]
    bounds: Bounds = field(default_factory=Bounds)
    prices: dict[str, Prices] = field(default_factory=dict)
    _standing: dict[str, str] = field(default_factory=dict)
    _outliers: set[str] = field(default_factory=set)

    def symbol_refusal(self, symbol: str) -> str | None:
        """Why no entry may be sent in `symbol` on what is heard of it."""
        prices = self.prices.get(symbol) or Prices()
        if is_outlier(prices, self.bounds):
            return "the last price lies far from the mark"
        return judge_prices(prices, self.bounds, self.clock.monotonic())

    async def keep(self) -> None:
        """For ever: look once in `look_s`."""
        while True:
            await self.look()
            await self.clock.sleep(self.bounds.look_s)

    async def look(self) -> None:
        vitals = self.venue.vitals()
        clock_is_off = judge_clock(vitals, self.bounds, was_bad=Threat.CLOCK.value in self._standing)
        await self._mark(Threat.CLOCK.value, clock_is_off, f"{vitals.clock_skew_s or 0:.1f} s from the venue's clock")
        self._gate(Threat.CLOCK, clock_is_off, "this machine's clock is too far from the venue's")
        blocked = vitals.banned_s > 0 or vitals.quiet_s > 0
        await self._mark(
            "throttled", blocked, f"silence for {max(vitals.banned_s, vitals.quiet_s):.0f} s was asked for"
        )
        now = self.clock.monotonic()
        stale = {one: judge_prices(self.prices.get(one) or Prices(), self.bounds, now) for one in self.symbols}
        bad = sorted(symbol for symbol, why in stale.items() if why is not None)
        await self._mark("stale", bool(bad), ", ".join(f"{symbol}: {stale[symbol]}" for symbol in bad))

    async def watch_prices(self) -> None:
        """Consume the market's stream until cancelled."""
        wanted = [
            Subscription(channel=channel, symbol=symbol)
            for symbol in self.symbols
            for channel in (Channel.BOOK, Channel.MARK_PRICE, Channel.TRADES)
        ]
        if not wanted:
            return
        async with aclosing(self.venue.market_stream(wanted)) as events:  # type: ignore[type-var]
            async for event in events:
                await self.hear(event)

    async def hear(self, event: MarketEvent) -> None:
        if isinstance(event, Interrupted):
            for known in self.prices.values():
                known.book_is_whole = False
            return
        symbol = event.book.symbol if isinstance(event, BookChanged) else event.symbol
        prices = self.prices.setdefault(symbol, Prices())
        match event:
            case BookChanged():
                prices.heard_at, prices.book_is_whole = self.clock.monotonic(), True
            case BookLost():
                prices.book_is_whole = False
            case Quote():
                prices.heard_at = self.clock.monotonic()
            case MarkPrice(mark_price=mark):
                prices.mark = mark
            case Trade(price=price):
                prices.last = price
            case _:
                return
        await self._note_outlier(symbol, prices)

    async def _note_outlier(self, symbol: str, prices: Prices) -> None:
        if not is_outlier(prices, self.bounds):
            self._outliers.discard(symbol)
        elif symbol not in self._outliers:
            self._outliers.add(symbol)
            await self.books.note(
                FactKind.OUTLIER, "prices", symbol=symbol, last=plain(prices.last), mark=plain(prices.mark)
            )

    async def _mark(self, name: str, holds: bool, words: str) -> None:
        if holds == (name in self._standing):
            return
        if holds:
            self._standing[name] = words
            await self.books.note(FactKind.TROUBLE, "health", trouble=name, words=words)
        else:
            del self._standing[name]
            await self.books.note(FactKind.TROUBLE_OVER, "health", trouble=name)

    def _gate(self, trouble: Threat, holds: bool, words: str) -> None:
        if holds:
            self.gate.report(trouble, words)
        else:
            self.gate.clear(trouble)
