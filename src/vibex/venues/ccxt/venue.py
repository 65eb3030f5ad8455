"""A venue behind ccxt as the port has it: the profile first, then the dialect's table, one request for each write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from decimal import Decimal

from vibex.domain import Bars, Clock, InvalidInput, ProtectiveExit, RetryLater, StopTrading, Timeframe, VibexError
from vibex.venues.ccxt import parse
from vibex.venues.ccxt.account import CcxtAccount
from vibex.venues.ccxt.answers import refusal, verdict
from vibex.venues.ccxt.connection import CallFailed, Connection
from vibex.venues.ccxt.contracts import check_grid
from vibex.venues.ccxt.dialect import Call, Contract, Dialect
from vibex.venues.ccxt.market import CcxtMarket
from vibex.venues.events import AccountEvent, MarketEvent, Subscription
from vibex.venues.outcome import Accepted, Change, Done, Found, NotFound, Outcome, Refused, Unknown
from vibex.venues.polling import MarketPoll, poll_account
from vibex.venues.profile import Request, VenueProfile, check
from vibex.venues.reports import (
    AccountSnapshot,
    BookSnapshot,
    FundingRate,
    IncomeRow,
    MarginMode,
    MarkPrice,
    OpenInterest,
    ReportedFill,
    VenueInstrument,
)


class CcxtVenue:
    """One account (or the public side) of one venue; belongs to one event loop. Implements `Venue`.

    `may_write` False: the live network without leave; reads go on, writes are refused before the wire.
    """

    def __init__(self, dialect: Dialect, connection: Connection, clock: Clock, *, may_write: bool) -> None:
        self._dialect = dialect
        self._connection = connection
        self._clock = clock
        self._may_write = may_write
        self.market = CcxtMarket(connection, dialect, clock)
        self.account = CcxtAccount(connection, dialect, self.market, clock)

    @property
    def profile(self) -> VenueProfile:
        return self._dialect.profile

    async def close(self) -> None:
        await self._connection.close()

    async def instruments(self, *, refresh: bool = False) -> Sequence[VenueInstrument]:
        return tuple(contract.instrument for contract in await self.market.contracts(refresh=refresh))

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
        return MarketPoll(subscriptions, self, self._clock).events()

    def account_stream(self) -> AsyncIterator[AccountEvent]:
        self.account.need_keys()
        return poll_account(self._clock)

    async def account_snapshot(self) -> AccountSnapshot:
        return await self.account.snapshot()

    async def place(self, request: Request) -> Outcome:
        """Refused unless the profile, the approval, tick and lot and the venue's own rules let it pass; never rounded.
        Where the answer shows no fills, the order counts as open: query it."""
        refused = check(request, self.profile, self._clock.now()) or self._refuse_write()
        if refused is not None:
            return refused
        try:
            # An exit is not held up by rules that are due to be read again.
            known = self.market.known(request.symbol) if isinstance(request, ProtectiveExit) else None
            contract = known or await self.market.contract(request.symbol)
            refused = check_grid(request, contract) or self._dialect.check(request, contract)
            if refused is not None:
                return refused
            mark: Decimal | None = None
            if self._dialect.needs_mark(request):
                mark = (await self.market.mark_price(request.symbol)).mark_price
        except (InvalidInput, RetryLater, StopTrading) as error:
            return _not_sent(error)
        call = self._dialect.place(request, contract, mark)
        answer = await self._write(call)
        if isinstance(answer, Refused | Unknown):
            if isinstance(answer, Refused):
                self.market.doubt_rules()
            return answer
        receipt = self._dialect.receipt(answer)
        if receipt is None:
            return Unknown(why="the venue's answer shows no order")
        return Accepted(order=parse.placed(request, receipt, contract, self._clock.now()))

    async def cancel(self, symbol: str, client_order_id: str) -> Outcome:
        """Accepted with the order as it stands after the cancel; unknown when that cannot be read."""
        refused = self._refuse_write()
        if refused is not None:
            return refused
        try:
            contract = await self.market.contract(symbol)
            calls = self._dialect.cancel(contract, client_order_id)
        except (InvalidInput, RetryLater, StopTrading) as error:
            return _not_sent(error)
        answer: object = None
        for call in calls:
            answer = await self._write(call)
            if not (isinstance(answer, Refused) and answer.code in self._dialect.codes.missing):
                break
        if isinstance(answer, Refused | Unknown):
            return answer
        try:
            found = await self.query(symbol, client_order_id)
        except (InvalidInput, RetryLater, StopTrading) as error:
            return Unknown(why=f"cancelled, but the order cannot be read: {error.message}")
        if isinstance(found, NotFound):
            return Unknown(why="cancelled, but the venue does not show the order")
        return Accepted(order=found)

    async def query(self, symbol: str, client_order_id: str) -> Found:
        return await self.account.query(symbol, client_order_id)

    async def fills(self, symbol: str, start: datetime, end: datetime) -> Sequence[ReportedFill]:
        return await self.account.fills(symbol, start, end)

    async def income(self, start: datetime, end: datetime) -> Sequence[IncomeRow]:
        return await self.account.income(start, end)

    async def set_leverage(self, symbol: str, leverage: int) -> Change:
        if not 1 <= leverage <= self.profile.max_leverage:
            return Refused(
                code="not-in-profile",
                words=f"{leverage}× is outside 1..{self.profile.max_leverage}",
                remedy="use a whole number within it",
            )
        return await self._change(symbol, lambda contract: self._dialect.set_leverage(contract, leverage))

    async def set_margin_mode(self, symbol: str, mode: MarginMode) -> Change:
        if mode not in self.profile.margin_modes:
            known = ", ".join(sorted(self.profile.margin_modes)) or "none"
            return Refused(
                code="not-in-profile",
                words=f"{self.profile.name} has no {mode} margin to be set for one contract",
                remedy=f"what it has: {known}; docs/venues.md says where the rest is set",
            )
        return await self._change(symbol, lambda contract: self._dialect.set_margin_mode(contract, mode))

    async def _change(self, symbol: str, build: _Build) -> Change:
        refused = self._refuse_write()
        if refused is not None:
            return refused
        try:
            call = build(await self.market.contract(symbol))
        except (InvalidInput, RetryLater, StopTrading) as error:
            return _not_sent(error)
        if call is None:
            return Done(already=True)
        answer = await self._write(call)
        if isinstance(answer, Refused) and answer.code in self._dialect.codes.unchanged:
            return Done(already=True)
        return answer if isinstance(answer, Refused | Unknown) else Done()

    async def _write(self, call: Call) -> object:
        """The answer, or what its absence proves. Sent once, whatever happens."""
        try:
            answer = await self._connection.send(call)
        except CallFailed as failed:
            return verdict(failed, self._dialect, hidden=self._connection.hidden)
        error = self._dialect.error(answer)
        if error is not None:
            if error.code in self._dialect.codes.unknown:
                return Unknown(why=f"{error.code}: {error.words}")
            return refusal(error, self._dialect, None, hidden=self._connection.hidden)
        return answer

    def _refuse_write(self) -> Refused | None:
        if self._connection.keys is None:
            return Refused(
                code="no-keys",
                words=f"there are no keys of {self.profile.name}",
                remedy=f"set {self.profile.name.upper()}_* in the environment",
                stop=True,
            )
        if not self._may_write:
            return Refused(
                code="not-live",
                words="keys of the live network, but live trading is not switched on",
                remedy="set VIBEX_LIVE=yes to trade real money, or use the test network",
                stop=True,
            )
        return None


_Build = Callable[[Contract], Call | None]


def _not_sent(error: VibexError) -> Refused:
    symbol = isinstance(error, InvalidInput) and error.field == "symbol"
    return Refused(
        code="unknown-symbol" if symbol else "not-sent",
        words=error.message,
        remedy=error.remedy or "try again",
        retry_after_ms=1000 if isinstance(error, RetryLater) else None,
        stop=isinstance(error, StopTrading),
    )
