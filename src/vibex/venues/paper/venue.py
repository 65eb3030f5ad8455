"""The paper venue behind the port: the exchange in this process, prices of a real market, one account in one file."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from vibex.domain import Bars, Clock, InvalidInput, RetryLater, StopTrading, Timeframe
from vibex.venues.aster.errors import refused
from vibex.venues.aster.parse_events import account_event
from vibex.venues.aster.symbols import SymbolNames
from vibex.venues.events import AccountEvent, Interrupted, MarketEvent, Subscription
from vibex.venues.outcome import Accepted, Change, Done, Found, NotFound, Outcome, Refused
from vibex.venues.paper import reports
from vibex.venues.paper.market_source import MarketSource
from vibex.venues.paper.orders import order_request
from vibex.venues.paper.playback import Playback
from vibex.venues.paper.state import capture, load, restore, save
from vibex.venues.paper.terms import paper_profile, paper_symbol
from vibex.venues.profile import Request, VenueProfile, check
from vibex.venues.reports import (
    AccountSnapshot,
    BookSnapshot,
    FundingRate,
    IncomeRow,
    MarginMode,
    MarkPrice,
    OpenInterest,
    PositionMode,
    ReportedFill,
    VenueInstrument,
)
from vibex.venues.simulator.exchange import Exchange, Habits, Refusal
from vibex.venues.simulator.exchange.modes import set_leverage, set_margin_type

STREAM_PERIOD_S = 1.0
_NAME = "paper"
_MOST_WAITING = 10_000


class PaperVenue:
    """One account on paper; belongs to one event loop. Implements `Venue`; made by `opened`.

    The market is looked at whenever the venue is asked something and every second while `account_stream` is read. What
    lies between two looks is walked in bars, so that nothing depends on how often somebody looks.
    """

    def __init__(
        self, source: MarketSource, clock: Clock, exchange: Exchange, playback: Playback, path: Path, currency: str
    ) -> None:
        self._source = source
        self._clock = clock
        self._exchange = exchange
        self._playback = playback
        self._path = path
        self._currency = currency
        self._account = exchange.floor.accounts[_NAME]
        self._profile = paper_profile(source.profile)
        self._names = SymbolNames()
        self._lock = asyncio.Lock()
        self._listeners: list[deque[AccountEvent]] = []

    @classmethod
    async def opened(
        cls,
        source: MarketSource,
        clock: Clock,
        path: Path,
        *,
        balance: Decimal = Decimal(10_000),
        gap_timeframe: Timeframe = Timeframe.M1,
    ) -> PaperVenue:
        """The account that `path` holds, or a new one with `balance`. Raises InvalidInput for a file that is none, and
        for an account that trades under another venue's terms."""
        state = load(path)
        if state is not None and state.venue != source.profile.name:
            raise InvalidInput(
                f"{path} trades under the terms of {state.venue}, not {source.profile.name}",
                field="state",
                remedy=f"open it with prices of {state.venue}, or give another path",
            )
        now = round(clock.now().timestamp() * 1000) if state is None else state.now
        exchange = Exchange(now_ms=now, habits=Habits(closed_client_id_reusable=False))
        playback = Playback(exchange, source, clock, gap_timeframe=gap_timeframe)
        account = exchange.open_account(_NAME, balance if state is None else Decimal(0))
        account.maker_rate, account.taker_rate = source.profile.fees.maker, source.profile.fees.taker
        currency = next((one.margin_asset for one in await source.instruments()), "USDT")
        if state is not None:
            currency = state.currency
            for kept in state.symbols:
                await playback.list_symbol(kept.symbol)
            restore(exchange, account, state)
        exchange.take_events()
        venue = cls(source, clock, exchange, playback, path, currency)
        for symbol in playback.symbols:
            venue._names.remember(symbol)
        venue._keep()
        return venue

    @property
    def profile(self) -> VenueProfile:
        return self._profile

    async def close(self) -> None:
        self._keep()
        await self._source.close()

    async def instruments(self, *, refresh: bool = False) -> Sequence[VenueInstrument]:
        return await self._source.instruments(refresh=refresh)

    async def bar_history(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        return await self._source.bar_history(symbol, timeframe, start, end)

    async def mark_price(self, symbol: str) -> MarkPrice:
        return await self._source.mark_price(symbol)

    async def funding_history(self, symbol: str, start: datetime, end: datetime) -> Sequence[FundingRate]:
        return await self._source.funding_history(symbol, start, end)

    async def open_interest(self, symbol: str) -> OpenInterest:
        return await self._source.open_interest(symbol)

    async def order_book(self, symbol: str, depth: int) -> BookSnapshot:
        return await self._source.order_book(symbol, depth)

    def market_stream(self, subscriptions: Sequence[Subscription]) -> AsyncIterator[MarketEvent]:
        return self._source.market_stream(subscriptions)

    async def account_snapshot(self) -> AccountSnapshot:
        started = self._clock.now()
        async with self._lock:
            await self._look()
            positions = [one for one in self._account.positions.values() if one.amount]
            return AccountSnapshot(
                started_at=started,
                taken_at=self._clock.now(),
                position_mode=PositionMode.ONE_WAY,
                multi_assets=False,
                balances=(reports.balance(self._exchange, self._account, self._currency),),
                positions=tuple(
                    reports.position(self._exchange, self._account, one, self._ours(one.symbol)) for one in positions
                ),
                open_orders=tuple(
                    reports.order(one, self._ours(one.symbol)) for one in self._account.open_orders.values()
                ),
            )

    async def account_stream(self) -> AsyncIterator[AccountEvent]:
        """Looks at the market every second; a source that does not answer interrupts the stream until it does."""
        inbox: deque[AccountEvent] = deque(maxlen=_MOST_WAITING)
        self._listeners.append(inbox)
        heard = True
        try:
            yield Interrupted(why="start", resumed=True)
            while True:
                try:
                    async with self._lock:
                        await self._look()
                except RetryLater as error:
                    if heard:
                        yield Interrupted(why=error.message, resumed=False)
                    heard = False
                else:
                    if not heard:
                        yield Interrupted(why="prices are back", resumed=True)
                    heard = True
                while inbox:
                    yield inbox.popleft()
                await self._clock.sleep(STREAM_PERIOD_S)
        finally:
            self._listeners.remove(inbox)

    async def place(self, request: Request) -> Outcome:
        """Kept in the file before it is accepted."""
        profile_refusal = check(request, self.profile, self._clock.now())
        if profile_refusal is not None:
            return profile_refusal
        async with self._lock:
            ready = await self._ready(request.symbol)
            if ready is not None:
                return ready
            try:
                order = self._exchange.place(_NAME, order_request(request))
            except Refusal as refusal:
                self._publish()
                return refused(refusal.code, refusal.message)
            self._publish()
            self._keep()
            return Accepted(order=reports.order(order, request.symbol))

    async def cancel(self, symbol: str, client_order_id: str) -> Outcome:
        async with self._lock:
            ready = await self._ready(symbol)
            if ready is not None:
                return ready
            try:
                order = self._exchange.cancel(_NAME, paper_symbol(symbol), client_id=client_order_id)
            except Refusal as refusal:
                return refused(refusal.code, refusal.message)
            self._publish()
            self._keep()
            return Accepted(order=reports.order(order, symbol))

    async def query(self, symbol: str, client_order_id: str) -> Found:
        async with self._lock:
            await self._playback.list_symbol(symbol)
            self._names.remember(symbol)
            await self._look()
            try:
                order = self._exchange.find(_NAME, paper_symbol(symbol), client_id=client_order_id)
            except Refusal as refusal:
                return NotFound(code=str(refusal.code))
            return reports.order(order, symbol)

    async def fills(self, symbol: str, start: datetime, end: datetime) -> Sequence[ReportedFill]:
        """Executions of the account in start..end, oldest first. Raises InvalidInput for an unknown symbol."""
        async with self._lock:
            await self._playback.list_symbol(symbol)
            await self._look()
            made = (
                reports.fill(one, symbol, self._account.orders[one.order_id].client_id, self._currency)
                for one in self._account.fills
                if one.symbol == paper_symbol(symbol)
            )
            return tuple(one for one in made if start <= one.event_at <= end)

    async def set_leverage(self, symbol: str, leverage: int) -> Change:
        already = self._account.settings_for(paper_symbol(symbol)).leverage == leverage
        return await self._change(
            symbol,
            lambda: set_leverage(self._exchange.floor, self._account, paper_symbol(symbol), leverage),
            already=already,
        )

    async def set_margin_mode(self, symbol: str, mode: MarginMode) -> Change:
        isolated = mode is MarginMode.ISOLATED
        already = self._account.settings_for(paper_symbol(symbol)).isolated == isolated
        return await self._change(
            symbol,
            lambda: set_margin_type(self._exchange.floor, self._account, paper_symbol(symbol), isolated=isolated),
            already=already,
        )

    async def income(self, start: datetime, end: datetime) -> Sequence[IncomeRow]:
        async with self._lock:
            await self._look()
            made = (
                reports.income(row, self._ours(row.symbol) if row.symbol else None, self._currency)
                for row in self._account.income
            )
            return tuple(one for one in made if start <= one.event_at <= end)

    async def _change(self, symbol: str, make: Callable[[], object], *, already: bool) -> Change:
        async with self._lock:
            ready = await self._ready(symbol)
            if ready is not None:
                return ready
            if already:
                return Done(already=True)
            try:
                make()
            except Refusal as refusal:
                return refused(refusal.code, refusal.message)
            self._publish()
            self._keep()
            return Done()

    async def _ready(self, symbol: str) -> Refused | None:
        """The market of `symbol` at the present, or why there is none: then nothing was done."""
        try:
            await self._playback.list_symbol(symbol)
            self._names.remember(symbol)
            await self._look(also=symbol)
        except InvalidInput as error:
            return refused(-1121, error.message)
        except (RetryLater, StopTrading) as error:
            return Refused(
                code="no-prices",
                words=f"there are no prices now: {error.message}",
                remedy=error.remedy or "try again",
                retry_after_ms=1000,
            )
        return None

    async def _look(self, *, also: str | None = None) -> None:
        await self._playback.catch_up(self._account, also=also)
        if self._publish():
            self._keep()

    def _publish(self) -> bool:
        """Tell listeners what happened; whether anything did."""
        told = [event for event in self._exchange.take_events() if event.account == _NAME]
        for event in told:
            # The exchange tells in AsterDEX's own shape, which is read in one place.
            read = account_event(dict(event.payload), self._names)  # type: ignore[arg-type]
            for inbox in self._listeners:
                if read is not None:
                    inbox.append(read)
        return bool(told)

    def _keep(self) -> None:
        state = capture(
            self._exchange,
            self._account,
            self._playback.symbols,
            venue=self._source.profile.name,
            currency=self._currency,
        )
        save(state, self._path)

    def _ours(self, name: str) -> str:
        return self._names.to_ours(name)
