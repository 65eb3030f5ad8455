"""One listed symbol while it trades: its book, its prices, its tape and its candles."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

from vibex.venues.simulator.exchange.book import Book
from vibex.venues.simulator.exchange.order import Order, Print
from vibex.venues.simulator.exchange.rules import SymbolRules
from vibex.venues.simulator.exchange.words import ZERO

MINUTE = 60_000
HOUR = 60 * MINUTE


@dataclass(slots=True, kw_only=True)
class Candle:
    """One minute of trades, or of the mark price (then volumes stay 0). `open_time` in ms."""

    open_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
    quote_volume: Decimal = ZERO
    trades: int = 0
    taker_volume: Decimal = ZERO
    taker_quote: Decimal = ZERO

    def see(self, price: Decimal) -> None:
        self.high = max(self.high, price)
        self.low = min(self.low, price)
        self.close = price

    def add(self, later: Candle) -> None:
        """Join the next candle of the same interval."""
        self.see(later.high)
        self.see(later.low)
        self.close = later.close
        self.volume += later.volume
        self.quote_volume += later.quote_volume
        self.trades += later.trades
        self.taker_volume += later.taker_volume
        self.taker_quote += later.taker_quote


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRow:
    time: int
    rate: Decimal


@dataclass(slots=True, kw_only=True)
class Market:
    """`mark`, `index` and `last` are 0 until the first price; `funding_rate` is what the next boundary settles."""

    rules: SymbolRules
    book: Book = field(default_factory=Book)
    mark: Decimal = ZERO
    index: Decimal = ZERO
    last: Decimal = ZERO
    funding_rate: Decimal = ZERO
    next_funding: int = 0
    waiting: dict[int, Order] = field(default_factory=dict)
    tape: deque[Print] = field(default_factory=lambda: deque(maxlen=20_000))
    candles: list[Candle] = field(default_factory=list)
    mark_candles: list[Candle] = field(default_factory=list)
    index_candles: list[Candle] = field(default_factory=list)
    funding: list[FundingRow] = field(default_factory=list)
    # The latest execution of a liquidation, and how many there were.
    forced: tuple[Order, Decimal] | None = None
    forced_count: int = 0

    @property
    def symbol(self) -> str:
        return self.rules.symbol

    def record(self, trade: Print) -> None:
        """Put a public trade on the tape and into the minute's candle."""
        self.tape.append(trade)
        self.last = trade.price
        candle = _minute(self.candles, trade.time, trade.price)
        value = trade.price * trade.quantity
        candle.volume += trade.quantity
        candle.quote_volume += value
        candle.trades += 1
        if not trade.buyer_is_maker:
            candle.taker_volume += trade.quantity
            candle.taker_quote += value

    def set_mark(self, mark: Decimal, index: Decimal, now: int) -> None:
        self.mark, self.index = mark, index
        _minute(self.mark_candles, now, mark)
        _minute(self.index_candles, now, index)
        if self.last == 0:
            self.last = mark

    def funding_boundary(self, now: int) -> int:
        """The first settlement after `now`: settlements lie on whole multiples of the interval, UTC."""
        every = self.rules.funding_hours * HOUR
        return (now // every + 1) * every


def _minute(candles: list[Candle], now: int, price: Decimal) -> Candle:
    start = now - now % MINUTE
    if not candles or candles[-1].open_time != start:
        candles.append(Candle(open_time=start, open=price, high=price, low=price, close=price))
    else:
        candles[-1].see(price)
    return candles[-1]


def grouped(candles: list[Candle], interval_ms: int) -> list[Candle]:
    """Candles of `interval_ms`, aligned to the epoch, built from minutes."""
    made: list[Candle] = []
    for minute in candles:
        start = minute.open_time - minute.open_time % interval_ms
        if made and made[-1].open_time == start:
            made[-1].add(minute)
        else:
            first = Candle(open_time=start, open=minute.open, high=minute.open, low=minute.open, close=minute.open)
            first.add(minute)
            made.append(first)
    return made
