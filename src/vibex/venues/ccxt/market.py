"""The public side of a venue behind ccxt: contracts, bars, books, marks, funding, open interest."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from vibex.domain import Bars, Clock, InvalidInput, NotSupported, RetryLater, Timeframe
from vibex.venues.ccxt import parse
from vibex.venues.ccxt.answers import reading_error
from vibex.venues.ccxt.connection import CallFailed, Connection
from vibex.venues.ccxt.contracts import contract_of
from vibex.venues.ccxt.dialect import Call, Contract, Dialect, Reads
from vibex.venues.ccxt.documents import decimal, fields, rows
from vibex.venues.ccxt.wording import at, epoch_ms
from vibex.venues.reports import BookSnapshot, FundingRate, MarkPrice, OpenInterest

_RULES_LIVE_S = 3600.0
_HOUR_MS = 3_600_000


class CcxtMarket:
    """Reads without keys. Contracts are kept for an hour, or until an order's refusal has put them in doubt."""

    def __init__(self, connection: Connection, dialect: Dialect, clock: Clock) -> None:
        self._connection = connection
        self._dialect = dialect
        self._clock = clock
        self._contracts: dict[str, Contract] = {}
        self._by_id: dict[str, Contract] = {}
        self._read_until = 0.0

    @property
    def reads(self) -> Reads:
        """How much comes with one answer."""
        return self._dialect.reads

    async def server_time(self) -> datetime:
        """The venue's clock as it answers now."""
        told = await self.read("fetch_time")
        if not isinstance(told, int):
            raise RetryLater(f"{self._dialect.name} tells no time")
        return at(Decimal(told))

    async def contracts(self, *, refresh: bool = False) -> Sequence[Contract]:
        stale = self._clock.monotonic() >= self._read_until
        if refresh or stale or not self._contracts:
            markets = await self._answer(self._connection.load(again=refresh or bool(self._contracts)))
            found = [contract_of(fields(market), self._dialect) for market in fields(markets).values()]
            self._contracts = {one.instrument.symbol: one for one in found if one is not None}
            self._by_id = {one.id: one for one in self._contracts.values()}
            self._read_until = self._clock.deadline(_RULES_LIVE_S)
        return tuple(self._contracts.values())

    def doubt_rules(self) -> None:
        self._read_until = 0.0

    async def contract(self, symbol: str) -> Contract:
        """Raises InvalidInput for a symbol that the venue does not list."""
        await self.contracts()
        known = self._contracts.get(symbol)
        if known is None:
            base = symbol.partition("/")[0]
            others = [name for name in self._contracts if name.partition("/")[0] == base]
            remedy = f"it has {', '.join(others)}" if others else "`vibex venue instruments` lists what it has"
            raise InvalidInput(f"{self._dialect.name} has no {symbol!r}", field="symbol", remedy=remedy)
        return known

    def known(self, symbol: object) -> Contract | None:
        """By ccxt's spelling or ours, among those read, however old; asks nobody."""
        return self._contracts.get(str(symbol).partition(":")[0])

    def symbol_of(self, venue_symbol: str | None) -> str | None:
        """Our spelling of the venue's; what is not listed stays as it is."""
        if venue_symbol is None:
            return None
        known = self._by_id.get(venue_symbol)
        return venue_symbol if known is None else known.instrument.symbol

    async def bar_history(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        return await self._bars(symbol, timeframe, start, end, self.reads.bars_page, {})

    async def mark_bars(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        """As `bar_history`, of the mark price, without a volume. Raises NotSupported where the venue has none."""
        if self.reads.mark_page is None:
            raise NotSupported(f"{self._dialect.name} publishes no bars of the mark price", field="kind")
        return await self._bars(symbol, timeframe, start, end, self.reads.mark_page, {"price": "mark"})

    async def _bars(
        self,
        symbol: str,
        timeframe: Timeframe,
        start: datetime,
        end: datetime,
        page: int,
        extra: Mapping[str, object],
    ) -> Bars:
        """Asked for in windows that one answer holds, both ends named: what a window lacks, the venue does not have."""
        contract = await self.contract(symbol)
        if timeframe.value not in self._connection.exchange.timeframes:
            raise NotSupported(f"{self._dialect.name} has no {timeframe} bars", field="timeframe")
        first, last = epoch_ms(start), epoch_ms(end)
        candles: dict[int, Sequence[object]] = {}
        while first <= last:
            until = min(last, first + page * timeframe.ms - 1)
            bounds = {"until": until + self.reads.end_is_excluded, **extra}
            answer = await self.read("fetch_ohlcv", contract.ccxt_symbol, timeframe.value, first, page, bounds)
            read = [row for row in answer if isinstance(row, Sequence)] if isinstance(answer, Sequence) else []
            candles.update((int(str(row[0])), row) for row in read if first <= int(str(row[0])) <= until)
            first = until + 1
        closed_by = epoch_ms(self._clock.now()) - timeframe.ms
        closed = [candles[time] for time in sorted(candles) if time <= closed_by]
        return parse.bars(closed, contract, timeframe, has_volume="price" not in extra)

    async def order_book(self, symbol: str, depth: int) -> BookSnapshot:
        """`depth` is raised to a size that the venue has; Hyperliquid shows 20 levels at most."""
        contract = await self.contract(symbol)
        reads = self._dialect.reads
        limit = min(depth, reads.deepest_book)
        limit = next((size for size in reads.book_depths if size >= limit), limit)
        return parse.book(fields(await self.read("fetch_order_book", contract.ccxt_symbol, limit)), contract)

    async def mark_price(self, symbol: str) -> MarkPrice:
        contract = await self.contract(symbol)
        funding = fields(await self.read("fetch_funding_rate", contract.ccxt_symbol))
        mark: Decimal | None = None
        if decimal(funding, "markPrice") is None:
            mark = decimal(await self.read("fetch_mark_price", contract.ccxt_symbol), "markPrice")
        return parse.mark_price(funding, symbol, mark, self._clock.now())

    async def funding_history(self, symbol: str, start: datetime, end: datetime) -> Sequence[FundingRate]:
        """Settled rates in start..end, oldest first, asked for in pieces that one answer holds at hourly funding."""
        contract = await self.contract(symbol)
        reads, first, last = self.reads, epoch_ms(start), epoch_ms(end)
        found: dict[datetime, FundingRate] = {}
        while first <= last:
            until = min(last, first + reads.rates_page * _HOUR_MS - 1)
            bound = {reads.rates_end: until + reads.end_is_excluded}
            answer = await self.read("fetch_funding_rate_history", contract.ccxt_symbol, first, reads.rates_page, bound)
            for rate in (parse.funding_rate(row, symbol) for row in rows(answer)):
                if start <= rate.event_at <= end:
                    found[rate.event_at] = rate
            first = until + 1
        return tuple(found[time] for time in sorted(found))

    async def open_interest(self, symbol: str) -> OpenInterest:
        contract = await self.contract(symbol)
        answer = fields(await self.read("fetch_open_interest", contract.ccxt_symbol))
        return parse.open_interest(answer, contract, self._clock.now())

    async def read(self, method: str, *arguments: object) -> object:
        """One of ccxt's readings. Raises RetryLater, InvalidInput and StopTrading."""
        return await self._answer(self._connection.read(method, *arguments))

    async def ask(self, call: Call) -> object:
        """One reading of the venue's own. Raises as `read`."""
        return await self._answer(self._connection.send(call))

    async def _answer(self, asked: Awaitable[object]) -> object:
        try:
            return await asked
        except CallFailed as failed:
            raise reading_error(failed, self._dialect, hidden=self._connection.hidden) from None
