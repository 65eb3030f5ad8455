"""The venue's public side: contracts, bars, books, marks, funding, open interest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from vibex.domain import Bars, Clock, InvalidInput, RetryLater, Timeframe
from vibex.venues.aster import endpoints, parse, wire
from vibex.venues.aster.endpoints import Endpoint
from vibex.venues.aster.limits import Purpose
from vibex.venues.aster.reading import as_list, get, refusal
from vibex.venues.aster.symbols import SymbolNames, to_venue
from vibex.venues.aster.transport import Transport, form
from vibex.venues.outcome import Refused
from vibex.venues.reports import (
    BookSnapshot,
    FundingRate,
    FundingTerms,
    MarkPrice,
    OpenInterest,
    VenueInstrument,
)

_RULES_LIVE_S = 3600.0
_MOST_BARS = 1500
_MOST_RATES = 1000
_BOOK_DEPTHS = (5, 10, 20, 50, 100, 500, 1000)


class MarketData:
    """Reads without keys. Keeps the contracts for an hour, or until an order's refusal has put them in doubt."""

    def __init__(self, transport: Transport, clock: Clock, names: SymbolNames) -> None:
        self._transport = transport
        self._clock = clock
        self._names = names
        self._instruments: dict[str, VenueInstrument] = {}
        self._read_until = 0.0

    async def server_time(self) -> datetime:
        """The venue's clock as it answers now."""
        document = await get(self._transport, endpoints.TIME, dict[str, int])
        if "serverTime" not in document:
            raise RetryLater("the venue's answer holds no time")
        return parse.at(document["serverTime"])

    async def instruments(self, *, refresh: bool = False) -> Sequence[VenueInstrument]:
        if refresh or not self._instruments or self._clock.monotonic() >= self._read_until:
            info = await get(self._transport, endpoints.EXCHANGE_INFO, wire.WireExchangeInfo)
            self._instruments = {read.symbol: read for read in map(parse.instrument, info.symbols)}
            self._names.learn(self._instruments.values())
            self._transport.budget.adopt(*parse.rate_limits(info.rate_limits))
            self._read_until = self._clock.deadline(_RULES_LIVE_S)
        return tuple(self._instruments.values())

    async def instrument(self, symbol: str) -> VenueInstrument:
        """Raises InvalidInput for a symbol that the venue does not list."""
        await self.instruments()
        known = self._instruments.get(symbol)
        if known is None:
            raise InvalidInput(
                f"aster has no {symbol!r}", field="symbol", remedy="`vibex venue instruments` lists what it has"
            )
        return known

    def known(self, symbol: str) -> VenueInstrument | None:
        """What was read last, however old; asks nobody."""
        return self._instruments.get(symbol)

    def doubt_rules(self) -> None:
        """The next question for instruments reads them again."""
        self._read_until = 0.0

    async def bar_history(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        """Closed bars of traded prices that opened in start..end."""
        return await self._bars(endpoints.KLINES, "symbol", symbol, timeframe, start, end)

    async def mark_bars(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        """As `bar_history`, of the mark price; the volume is 0."""
        return await self._bars(endpoints.MARK_PRICE_KLINES, "symbol", symbol, timeframe, start, end)

    async def index_bars(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        """As `bar_history`, of the index price; the volume is 0."""
        return await self._bars(endpoints.INDEX_PRICE_KLINES, "pair", symbol, timeframe, start, end)

    async def _bars(
        self, endpoint: Endpoint, name: str, symbol: str, timeframe: Timeframe, start: datetime, end: datetime
    ) -> Bars:
        first, last = _ms(start), _ms(end)
        await self._transport.sync()
        rows: list[wire.WireBar] = []
        while first <= last:
            batch = await get(
                self._transport,
                endpoint,
                list[wire.WireBar],
                [
                    (name, to_venue(symbol)),
                    *form(interval=timeframe.value, startTime=first, endTime=last, limit=_MOST_BARS),
                ],
                weight=endpoints.klines_weight(_MOST_BARS),
            )
            # Only what lies ahead, so that a venue that ignores startTime cannot keep this loop alive.
            fresh = [row for row in batch if first <= row[0] <= last]
            rows.extend(fresh)
            if len(batch) < _MOST_BARS or not fresh:
                break
            first = fresh[-1][0] + 1
        now_ms = self._transport.server_clock.now_ms()
        return parse.bars([row for row in rows if row[6] < now_ms], symbol, timeframe)

    async def order_book(self, symbol: str, depth: int) -> BookSnapshot:
        """`depth` is raised to the next size that the venue has, at most 1000."""
        limit = next((size for size in _BOOK_DEPTHS if size >= depth), _BOOK_DEPTHS[-1])
        document = await get(
            self._transport,
            endpoints.DEPTH,
            wire.WireDepth,
            form(symbol=to_venue(symbol), limit=limit),
            weight=endpoints.depth_weight(limit),
        )
        return parse.book(document, symbol)

    async def mark_price(self, symbol: str) -> MarkPrice:
        document = await get(
            self._transport, endpoints.PREMIUM_INDEX, wire.WirePremiumIndex, form(symbol=to_venue(symbol))
        )
        return parse.mark_price(document, symbol)

    async def mark_prices(self) -> Sequence[MarkPrice]:
        """Of every contract."""
        rows = await get(self._transport, endpoints.PREMIUM_INDEX, list[wire.WirePremiumIndex])
        return tuple(parse.mark_price(row, self._names.to_ours(row.symbol)) for row in rows)

    async def funding_history(self, symbol: str, start: datetime, end: datetime) -> Sequence[FundingRate]:
        """Settled rates in start..end, oldest first."""
        first, last = _ms(start), _ms(end)
        rates: list[FundingRate] = []
        while first <= last:
            batch = await get(
                self._transport,
                endpoints.FUNDING_RATE,
                list[wire.WireFundingRate],
                form(symbol=to_venue(symbol), startTime=first, endTime=last, limit=_MOST_RATES),
            )
            fresh = [row for row in batch if first <= row.funding_time <= last]
            rates.extend(parse.funding_rate(row, symbol) for row in fresh)
            if len(batch) < _MOST_RATES or not fresh:
                break
            first = fresh[-1].funding_time + 1
        return tuple(rates)

    async def funding_terms(self) -> Sequence[FundingTerms]:
        """Of every contract that the venue lists there; the testnet's documents have no such call."""
        answer = await self._transport.read(endpoints.FUNDING_INFO)
        if isinstance(answer, Refused):
            raise refusal(answer, endpoints.FUNDING_INFO)
        rows = wire.expect(list[wire.WireFundingInfo], as_list(answer), endpoints.FUNDING_INFO.path)
        return tuple(parse.funding_terms(row, self._names.to_ours(row.symbol)) for row in rows)

    async def open_interest(self, symbol: str) -> OpenInterest:
        document = await get(
            self._transport,
            endpoints.OPEN_INTEREST,
            wire.WireOpenInterest,
            form(symbol=to_venue(symbol)),
            purpose=Purpose.ORDINARY,
        )
        return parse.open_interest(document, symbol)


def _ms(time: datetime) -> int:
    if time.tzinfo is None:
        raise InvalidInput("a time without zone", field="start", remedy="use aware UTC datetimes")
    return round(time.timestamp() * 1000)
