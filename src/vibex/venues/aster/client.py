"""AsterDEX behind the venue port: the rooms of this package put together for one account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from vibex.domain import (
    Bars,
    Clock,
    InvalidInput,
    ProtectiveExit,
    RetryLater,
    StopTrading,
    Timeframe,
    VibexError,
)
from vibex.venues.aster.account import Account
from vibex.venues.aster.config import AsterConfig
from vibex.venues.aster.errors import STALE_MODE, STALE_RULES
from vibex.venues.aster.feed import FeedPatience
from vibex.venues.aster.filters import check_rules
from vibex.venues.aster.listen_key import ListenKeys
from vibex.venues.aster.market import MarketData
from vibex.venues.aster.orders import Orders
from vibex.venues.aster.profile import ASTER_PROFILE
from vibex.venues.aster.sockets import Connect, connector
from vibex.venues.aster.streams import MarketStream
from vibex.venues.aster.symbols import SymbolNames
from vibex.venues.aster.transport import Patience, Transport
from vibex.venues.aster.user_stream import UserStream
from vibex.venues.events import AccountEvent, MarketEvent, Subscription
from vibex.venues.outcome import Change, Found, Outcome, Refused
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

_STALE_RULES = frozenset(map(str, STALE_RULES))
_STALE_MODE = frozenset(map(str, STALE_MODE))


class AsterVenue:
    """One account on AsterDEX (or its public side); belongs to one event loop. Implements `Venue`.

    What the port does not have (batches, changes, brackets, fee rates, the dead man's switch) stands in `orders`,
    `account` and `market`.
    """

    def __init__(
        self,
        config: AsterConfig,
        clock: Clock,
        *,
        patience: Patience | None = None,
        market_patience: FeedPatience | None = None,
        account_patience: FeedPatience | None = None,
        connect: Connect | None = None,
    ) -> None:
        """`patience` is that of requests; the streams have their own. The account stream asks after 5 s of silence
        unless told otherwise: where many days pass in seconds, each such question is a signed request."""
        self._config = config
        self._clock = clock
        self._market_patience, self._account_patience = market_patience, account_patience
        self._connect = connect or connector(direct=config.is_local)
        self._names = SymbolNames()
        self.transport = Transport(config, clock, patience=patience)
        self.market = MarketData(self.transport, clock, self._names)
        self.orders = Orders(self.transport, self._names)
        self.account = Account(self.transport, self._names)
        self._mode: PositionMode | None = None

    @property
    def config(self) -> AsterConfig:
        return self._config

    @property
    def profile(self) -> VenueProfile:
        return ASTER_PROFILE

    async def close(self) -> None:
        await self.transport.close()

    async def instruments(self, *, refresh: bool = False) -> Sequence[VenueInstrument]:
        return await self.market.instruments(refresh=refresh)

    async def bar_history(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        return await self.market.bar_history(symbol, timeframe, start, end)

    async def mark_price(self, symbol: str) -> MarkPrice:
        return await self.market.mark_price(symbol)

    async def funding_history(self, symbol: str, start: datetime, end: datetime) -> Sequence[FundingRate]:
        return await self.market.funding_history(symbol, start, end)

    async def open_interest(self, symbol: str) -> OpenInterest:
        return await self.market.open_interest(symbol)

    async def order_book(self, symbol: str, depth: int) -> BookSnapshot:
        return await self.market.order_book(symbol, depth)

    def market_stream(self, subscriptions: Sequence[Subscription]) -> AsyncIterator[MarketEvent]:
        stream = MarketStream(
            subscriptions,
            self.transport,
            self._connect,
            self._config.market_stream_url,
            self._names,
            self._clock,
            self._market_patience,
        )
        return stream.events()

    async def account_snapshot(self) -> AccountSnapshot:
        """The mode is read anew each time: somebody may have switched it in the venue's app."""
        started = self._clock.now()
        await self.market.instruments()
        mode, multi_assets, balances, positions, open_orders = await asyncio.gather(
            self.account.position_mode(),
            self.account.multi_assets(),
            self.account.balances(),
            self.account.positions(),
            self.orders.open_orders(),
        )
        self._mode = mode
        return AccountSnapshot(
            started_at=started,
            taken_at=self._clock.now(),
            position_mode=mode,
            multi_assets=multi_assets,
            balances=balances,
            positions=positions,
            open_orders=open_orders,
        )

    def account_stream(self) -> AsyncIterator[AccountEvent]:
        stream = UserStream(
            ListenKeys(self.transport),
            self._connect,
            self._config.user_stream_url,
            self._names,
            self._clock,
            self._account_patience,
        )
        return stream.events()

    async def place(self, request: Request) -> Outcome:
        """Checked against the profile, the approval and the contract's rules before the wire; never rounded.

        An exit is not held up by what cannot be read: without the contract's rules the venue judges it, and without
        the position mode it goes out as in one-way mode, bound by its flag, which hedge mode refuses with -4061.
        """
        refused = check(request, self.profile, self._clock.now()) or await self._check_rules(request)
        if refused is not None:
            return refused
        mode = await self._position_mode(request)
        if isinstance(mode, Refused):
            return mode
        outcome = await self.orders.place(request, mode)
        if isinstance(outcome, Refused):
            if outcome.code in _STALE_RULES:
                self.market.doubt_rules()
            if outcome.code in _STALE_MODE:
                self._mode = None
        return outcome

    async def cancel(self, symbol: str, client_order_id: str) -> Outcome:
        return await self.orders.cancel(symbol, client_order_id)

    async def query(self, symbol: str, client_order_id: str) -> Found:
        return await self.orders.query(symbol, client_order_id)

    async def set_leverage(self, symbol: str, leverage: int) -> Change:
        return await self.account.set_leverage(symbol, leverage)

    async def set_margin_mode(self, symbol: str, mode: MarginMode) -> Change:
        return await self.account.set_margin_mode(symbol, mode)

    async def fills(self, symbol: str, start: datetime, end: datetime) -> Sequence[ReportedFill]:
        """Our executions in start..end. Their fees are taken from the income rows, whose sign is documented; that of
        the trade list is not, and stands in only where no row was written."""
        trades, rows = await asyncio.gather(
            self.orders.user_trades(symbol, start, end),
            self.account.income(start, end, symbol=symbol, kind="COMMISSION"),
        )
        charged: dict[str | None, Decimal] = {}
        for row in rows:
            charged[row.trade_id] = charged.get(row.trade_id, Decimal(0)) - row.amount
        return tuple(replace(trade, fee=charged.get(trade.trade_id, trade.fee)) for trade in trades)

    async def income(self, start: datetime, end: datetime) -> Sequence[IncomeRow]:
        return await self.account.income(start, end)

    async def _check_rules(self, request: Request) -> Refused | None:
        if isinstance(request, ProtectiveExit):
            known = self.market.known(request.symbol)
            return None if known is None else check_rules(request, known)
        try:
            rules = await self.market.instrument(request.symbol)
        except InvalidInput as error:
            return Refused(code="-1121", words=error.message, remedy=error.remedy or "list the venue's instruments")
        except (RetryLater, StopTrading) as error:
            return _unreadable("the contract's rules", error)
        return check_rules(request, rules)

    async def _position_mode(self, request: Request) -> PositionMode | Refused:
        if self._mode is None:
            try:
                self._mode = await self.account.position_mode()
            except (InvalidInput, RetryLater, StopTrading) as error:
                if isinstance(request, ProtectiveExit):
                    return PositionMode.ONE_WAY
                return _unreadable("the position mode", error)
        return self._mode


def _unreadable(what: str, error: VibexError) -> Refused:
    return Refused(
        code="not-sent",
        words=f"{what} cannot be read: {error.message}",
        remedy=error.remedy or "try again",
        retry_after_ms=1000,
        stop=isinstance(error, StopTrading),
    )
