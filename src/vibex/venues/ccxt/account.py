"""An account behind ccxt: what it holds, its orders and fills, and every change of its wallet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from vibex.domain import Clock, InvalidInput, RetryLater
from vibex.venues.ccxt import parse
from vibex.venues.ccxt.answers import reading_error, verdict
from vibex.venues.ccxt.connection import CallFailed, Connection
from vibex.venues.ccxt.dialect import Call, Contract, Dialect
from vibex.venues.ccxt.documents import fields, rows
from vibex.venues.ccxt.market import CcxtMarket
from vibex.venues.ccxt.wording import epoch_ms
from vibex.venues.outcome import Found, NotFound, Refused
from vibex.venues.reports import AccountSnapshot, IncomeRow, PositionMode, ReportedFill, ReportedOrder

_STEP = timedelta(days=7) - timedelta(milliseconds=1)
_MOST_PAGES = 200
_FILLS_PAGE = 100


class CcxtAccount:
    """Reads with keys; raises InvalidInput without, and RetryLater and StopTrading as the port says."""

    def __init__(self, connection: Connection, dialect: Dialect, market: CcxtMarket, clock: Clock) -> None:
        self._connection = connection
        self._dialect = dialect
        self._market = market
        self._clock = clock

    def need_keys(self) -> None:
        """Raises InvalidInput without keys."""
        if self._connection.keys is None:
            raise InvalidInput(
                f"there are no keys of {self._dialect.name}",
                field="keys",
                remedy=f"set {self._dialect.name.upper()}_* in the environment",
            )

    async def snapshot(self) -> AccountSnapshot:
        self.need_keys()
        started = self._clock.now()
        await self._market.contracts()
        (hedge, multi_assets), balances, held, orders = await asyncio.gather(
            self._modes(),
            self._market.ask(self._dialect.balances(self._connection.user)),
            self._market.read("fetch_positions"),
            self._open_orders(),
        )
        positions = (parse.position(row, self._market.known(row.get("symbol"))) for row in rows(held))
        return AccountSnapshot(
            started_at=started,
            taken_at=self._clock.now(),
            position_mode=PositionMode.HEDGE if hedge else PositionMode.ONE_WAY,
            multi_assets=multi_assets,
            balances=self._dialect.read_balances(balances),
            positions=tuple(one for one in positions if one is not None),
            open_orders=orders,
        )

    async def query(self, symbol: str, client_order_id: str) -> Found:
        """Plain orders first, then those with a trigger; a fired one is followed to the order that it became."""
        self.need_keys()
        contract = await self._market.contract(symbol)
        code = ""
        for call in self._dialect.find(contract, client_order_id, self._connection.user):
            raw, code = await self._look_up(call)
            if raw is None:
                continue
            child = self._dialect.follow(contract, raw)
            fired = None if child is None else (await self._look_up(child))[0]
            report = self._report(raw if fired is None else fired, contract)
            if fired is None:
                return report
            return replace(report, client_order_id=client_order_id, venue_type=self._dialect.venue_type(raw))
        return NotFound(code=code or "not-found")

    async def fills(self, symbol: str, start: datetime, end: datetime) -> Sequence[ReportedFill]:
        """Our executions in start..end, oldest first. Some venues answer with the first of a span and some with the
        last: what a full answer leaves out on either side is asked for again."""
        self.need_keys()
        contract = await self._market.contract(symbol)
        found: dict[str, ReportedFill] = {}
        spans = _pieces(start, end)
        while spans:
            first, last = spans.pop()
            bound = {"until": epoch_ms(last)}
            answer = await self._market.read(
                "fetch_my_trades", contract.ccxt_symbol, epoch_ms(first), _FILLS_PAGE, bound
            )
            read = [parse.fill(row, contract, self._dialect) for row in rows(answer)]
            inside = [one for one in read if first <= one.event_at <= last]
            found.update((one.trade_id, one) for one in inside)
            if len(read) >= _FILLS_PAGE:
                spans.extend(_around([one.event_at for one in inside], first, last))
        # Ids of one moment by their length first: where they are numbers, this is their order.
        return tuple(sorted(found.values(), key=lambda one: (one.event_at, len(one.trade_id), one.trade_id)))

    async def income(self, start: datetime, end: datetime) -> Sequence[IncomeRow]:
        """Every change of the wallet in start..end, oldest first, asked for in pieces of 7 days."""
        self.need_keys()
        await self._market.contracts()
        found: dict[tuple[str, str, str], IncomeRow] = {}
        while start <= end:
            until = min(start + _STEP, end)
            for row in await self._income_piece(start, until):
                found[row.kind, row.row_id, row.asset] = row
            start = until + timedelta(milliseconds=1)
        return tuple(sorted(found.values(), key=lambda row: row.event_at))

    async def _income_piece(self, start: datetime, end: datetime) -> Sequence[IncomeRow]:
        cursor: str | None = None
        piece: list[IncomeRow] = []
        for _ in range(_MOST_PAGES):
            answer = await self._market.ask(self._dialect.income(start, end, self._connection.user, cursor))
            read, cursor = self._dialect.read_income(answer, cursor)
            piece.extend(replace(row, symbol=self._market.symbol_of(row.symbol)) for row in read)
            if cursor is None:
                return piece
        raise RetryLater(f"more than {_MOST_PAGES} pages of income in a week: ask for a shorter span")

    async def _modes(self) -> tuple[bool, bool]:
        question = self._dialect.modes()
        return self._dialect.read_modes(None if question is None else await self._market.ask(question))

    async def _open_orders(self) -> Sequence[ReportedOrder]:
        found: dict[str, ReportedOrder] = {}
        for params in self._dialect.reads.open_orders:
            answer = await self._market.read("fetch_open_orders", None, None, None, dict(params))
            for row in rows(answer):
                report = parse.order(row, self._market.known(row.get("symbol")), self._dialect)
                found[report.venue_order_id] = report
        return tuple(found.values())

    async def _look_up(self, call: Call) -> tuple[Mapping[str, object] | None, str]:
        """The order in the venue's shape, or None and the code with which it said that there is none."""
        try:
            return self._dialect.found(await self._connection.send(call)), ""
        except CallFailed as failed:
            hidden = self._connection.hidden
            outcome = verdict(failed, self._dialect, hidden=hidden)
            if isinstance(outcome, Refused) and outcome.code in self._dialect.codes.missing:
                return None, outcome.code
            raise reading_error(failed, self._dialect, hidden=hidden) from None

    def _report(self, raw: Mapping[str, object], contract: Contract) -> ReportedOrder:
        market = self._connection.exchange.market(contract.ccxt_symbol)
        return parse.order(fields(self._connection.exchange.parse_order(raw, market)), contract, self._dialect)


def _pieces(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """start..end in pieces that venues answer; neighbours share their bound."""
    pieces = []
    while start + _STEP < end:
        pieces.append((start, start + _STEP))
        start += _STEP
    return [*pieces, (start, end)]


def _around(times: Sequence[datetime], first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """What lies in first..last before and after the `times` of a full answer; they are part of both, since the answer
    may have ended among several of one moment. Raises RetryLater when they are all of one."""
    if not times:
        return []
    low, high = min(times), max(times)
    if low == high:
        raise RetryLater(f"more than {_FILLS_PAGE} executions at {low:%H:%M:%S.%f}: the venue shows no more of them")
    return [span for span in ((first, low), (high, last)) if span[0] < span[1]]
