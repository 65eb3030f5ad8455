"""Brings the market of the exchange in this process up to the present: what happened since, then what is now.

While nobody looked, prices are walked through closed bars (open → near extreme → far extreme → close) with one bar's
volume on either side, so that stops and resting orders meet what they would have met; then stands the present book.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from vibex.domain import Bars, Clock, InvalidInput, Timeframe
from vibex.venues.paper.market_source import MarketSource
from vibex.venues.paper.terms import paper_symbol, rules_of
from vibex.venues.reports import BookSnapshot, MarkPrice, VenueInstrument
from vibex.venues.simulator.exchange import Exchange
from vibex.venues.simulator.exchange.account import Account
from vibex.venues.simulator.participants import BarPath, DepthMessage, RecordedBook

_LEVELS = 50
_LOOKED_AWAY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Step:
    """At `time_ms` the price is `price` with `quantity` on either side of it, or funding settles at `rate`."""

    time_ms: int
    symbol: str
    price: Decimal | None = None
    quantity: Decimal = Decimal(0)
    rate: Decimal | None = None


class Playback:
    """One exchange that follows `source`. Symbols are ours; `gap_timeframe` are the bars that gaps are walked in."""

    def __init__(
        self, exchange: Exchange, source: MarketSource, clock: Clock, *, gap_timeframe: Timeframe = Timeframe.M1
    ) -> None:
        self._exchange = exchange
        self._source = source
        self._clock = clock
        self._gap_timeframe = gap_timeframe
        self._books: dict[str, RecordedBook] = {}
        self._shown: dict[str, tuple[frozenset[Decimal], frozenset[Decimal]]] = {}
        self._rules: dict[str, VenueInstrument] = {}

    @property
    def symbols(self) -> Sequence[str]:
        return tuple(self._books)

    async def list_symbol(self, symbol: str) -> None:
        """Open a market for `symbol` if there is none. Raises InvalidInput for one that the source does not list."""
        if symbol in self._books:
            return
        instruments = {one.symbol: one for one in await self._source.instruments()}
        rules = instruments.get(symbol)
        if rules is None:
            raise InvalidInput(
                f"{self._source.profile.name} has no {symbol!r}",
                field="symbol",
                remedy="`vibex venue instruments` lists what it has",
            )
        self._exchange.list_symbol(rules_of(rules, self._source.profile))
        self._rules[symbol] = rules
        self._books[symbol] = RecordedBook(self._exchange, paper_symbol(symbol))
        self._shown[symbol] = (frozenset(), frozenset())

    async def catch_up(self, account: Account, *, also: str | None = None) -> None:
        """To the clock's present, for every symbol with a position or an open order, and `also`.

        Everything is read before anything is changed: a source that does not answer leaves the market as it was.
        """
        now = self._clock.now()
        watched = [symbol for symbol in self._books if self._matters(account, symbol) or symbol == also]
        since = datetime.fromtimestamp(self._exchange.floor.now / 1000, UTC)
        steps: list[_Step] = []
        present: list[tuple[str, BookSnapshot, MarkPrice]] = []
        for symbol in watched:
            if self._matters(account, symbol):
                steps += await self._missed(symbol, since, now)
            present.append(
                (symbol, await self._source.order_book(symbol, _LEVELS), await self._source.mark_price(symbol))
            )
        for step in sorted(steps, key=lambda one: (one.time_ms, one.rate is None)):
            self._play(step)
        self._exchange.advance(max(self._exchange.floor.now, _ms(now)))
        for symbol, book, mark in present:
            self._show_present(symbol, book, mark)

    def _matters(self, account: Account, symbol: str) -> bool:
        name = paper_symbol(symbol)
        held = any(one.amount for one in account.positions.values() if one.symbol == name)
        return held or any(one.symbol == name for one in account.open_orders.values())

    async def _missed(self, symbol: str, since: datetime, now: datetime) -> Sequence[_Step]:
        steps: list[_Step] = []
        if now - since > _LOOKED_AWAY:
            length = timedelta(milliseconds=self._gap_timeframe.ms)
            bars = await self._source.bar_history(symbol, self._gap_timeframe, since - length, now)
            steps += [step for step in self._walk(symbol, bars) if _ms(since) < step.time_ms <= _ms(now)]
        market = self._exchange.floor.market(paper_symbol(symbol))
        if market.mark and market.next_funding <= _ms(now):
            for rate in await self._source.funding_history(symbol, since, now):
                if rate.event_at > since:
                    steps.append(_Step(_ms(rate.event_at), symbol, rate=rate.rate))
        return steps

    def _walk(self, symbol: str, bars: Bars) -> Iterator[_Step]:
        if not len(bars):
            return
        path, lot = BarPath(bars), self._rules[symbol].lot
        for row in range(len(bars)):
            start = int(bars.open_time[row])
            traded = 0.0 if bars.volume is None else float(bars.volume[row])
            quantity = max(lot, (Decimal(repr(traded)) / lot).to_integral_value() * lot)
            for time in (start, start + bars.timeframe.ms // 3, start + 2 * bars.timeframe.ms // 3):
                price = path.price_at(time)
                if price is not None:
                    yield _Step(time, symbol, price=price, quantity=quantity)
            yield _Step(start + bars.timeframe.ms - 1, symbol, Decimal(repr(float(bars.close[row]))), quantity)

    def _play(self, step: _Step) -> None:
        market = self._exchange.floor.market(paper_symbol(step.symbol))
        if step.rate is not None:
            # The venue's own rate at the venue's own time, in place of the expected one.
            market.funding_rate, market.next_funding = step.rate, max(step.time_ms, self._exchange.floor.now)
            self._exchange.advance(step.time_ms)
        elif step.price is not None:
            self._exchange.advance(step.time_ms)
            tick = self._rules[step.symbol].tick
            middle = (step.price / tick).to_integral_value(ROUND_HALF_EVEN) * tick
            self._set(step.symbol, [(middle - tick, step.quantity)], [(middle + tick, step.quantity)], step.price)

    def _show_present(self, symbol: str, book: BookSnapshot, mark: MarkPrice) -> None:
        market = self._exchange.floor.market(paper_symbol(symbol))
        if mark.funding_rate is not None:
            market.funding_rate = mark.funding_rate
        if mark.next_funding_at is not None and _ms(mark.next_funding_at) > self._exchange.floor.now:
            market.next_funding = _ms(mark.next_funding_at)
        bids = [(level.price, level.quantity) for level in book.bids]
        asks = [(level.price, level.quantity) for level in book.asks]
        self._set(symbol, bids, asks, mark.mark_price)

    def _set(
        self, symbol: str, bids: list[tuple[Decimal, Decimal]], asks: list[tuple[Decimal, Decimal]], mark: Decimal
    ) -> None:
        """The book first, so that a stop that the mark fires trades at the present prices."""
        name = paper_symbol(symbol)
        if not self._exchange.floor.market(name).mark:
            self._exchange.set_price(name, mark)
        old_bids, old_asks = self._shown[symbol]
        gone_bids = [(price, Decimal(0)) for price in sorted(old_bids - {price for price, _ in bids})]
        gone_asks = [(price, Decimal(0)) for price in sorted(old_asks - {price for price, _ in asks})]
        # All levels that were go before one that is comes: a book that moved through itself would trade otherwise.
        self._books[symbol].apply(DepthMessage(time_ms=0, bids=gone_bids, asks=gone_asks))
        self._books[symbol].apply(DepthMessage(time_ms=0, bids=bids, asks=asks))
        self._shown[symbol] = (frozenset(price for price, _ in bids), frozenset(price for price, _ in asks))
        self._exchange.set_price(name, mark)


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)
