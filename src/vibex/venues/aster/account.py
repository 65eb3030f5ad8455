"""The account: balances, positions, brackets, settings, income, fees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from vibex.domain import InvalidInput, PositionSide
from vibex.venues.aster import endpoints, parse, wire
from vibex.venues.aster.answers import Good
from vibex.venues.aster.endpoints import Endpoint
from vibex.venues.aster.errors import ALREADY_SO
from vibex.venues.aster.limits import Purpose
from vibex.venues.aster.reading import as_list, get, refusal
from vibex.venues.aster.signing import Params
from vibex.venues.aster.symbols import SymbolNames, to_venue
from vibex.venues.aster.transport import Transport, form
from vibex.venues.outcome import Change, Done, Refused
from vibex.venues.reports import (
    Balance,
    FeeRates,
    IncomeRow,
    LeverageBracket,
    MarginMode,
    PositionMode,
    ReportedPosition,
)

SelfTrade = Literal["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"]
_MOST_ROWS = 1000
_MARGIN_TYPES = {MarginMode.CROSS: "CROSSED", MarginMode.ISOLATED: "ISOLATED"}


class Account:
    """Reads raise, changes return what became of them."""

    def __init__(self, transport: Transport, names: SymbolNames) -> None:
        self._transport = transport
        self._names = names

    async def totals(self) -> wire.WireAccount:
        """The venue's own sums; they count USDT only."""
        return await get(self._transport, endpoints.ACCOUNT, wire.WireAccount, purpose=Purpose.RECONCILE)

    async def balances(self) -> Sequence[Balance]:
        rows = await get(self._transport, endpoints.BALANCE, list[wire.WireBalance], purpose=Purpose.RECONCILE)
        return tuple(map(parse.balance, rows))

    async def positions(self, symbol: str | None = None) -> Sequence[ReportedPosition]:
        """Open positions; with a symbol also a flat one, for its leverage and margin mode."""
        rows = await get(
            self._transport,
            endpoints.POSITION_RISK,
            list[wire.WirePosition],
            form(symbol=None if symbol is None else to_venue(symbol)),
            purpose=Purpose.RECONCILE,
        )
        return tuple(
            parse.position(row, self._names.to_ours(row.symbol))
            for row in rows
            if row.position_amt or symbol is not None
        )

    async def brackets(self, symbol: str | None = None) -> Mapping[str, Sequence[LeverageBracket]]:
        """Leverage brackets by symbol, lowest notional first."""
        params = form(symbol=None if symbol is None else to_venue(symbol))
        answer = await self._transport.read(endpoints.LEVERAGE_BRACKET, params)
        if isinstance(answer, Refused):
            raise refusal(answer, endpoints.LEVERAGE_BRACKET)
        rows = wire.expect(list[wire.WireBrackets], as_list(answer), endpoints.LEVERAGE_BRACKET.path)
        return {self._names.to_ours(row.symbol): parse.brackets(row.brackets) for row in rows}

    async def fee_rates(self, symbol: str) -> FeeRates:
        row = await get(
            self._transport, endpoints.COMMISSION_RATE, wire.WireCommissionRate, form(symbol=to_venue(symbol))
        )
        return parse.fee_rates(row, symbol)

    async def position_mode(self) -> PositionMode:
        mode = await get(self._transport, endpoints.GET_POSITION_MODE, wire.WirePositionMode, purpose=Purpose.RECONCILE)
        return PositionMode.HEDGE if mode.dual_side_position else PositionMode.ONE_WAY

    async def multi_assets(self) -> bool:
        mode = await get(self._transport, endpoints.GET_MULTI_ASSETS, wire.WireMultiAssets, purpose=Purpose.RECONCILE)
        return mode.multi_assets_margin

    async def set_position_mode(self, mode: PositionMode) -> Change:
        """For the whole account; refused while anything is open."""
        wanted = "true" if mode is PositionMode.HEDGE else "false"
        return await self._change(endpoints.SET_POSITION_MODE, form(dualSidePosition=wanted))

    async def set_multi_assets(self, on: bool) -> Change:
        return await self._change(endpoints.SET_MULTI_ASSETS, form(multiAssetsMargin="true" if on else "false"))

    async def set_leverage(self, symbol: str, leverage: int) -> Change:
        return await self._change(endpoints.SET_LEVERAGE, form(symbol=to_venue(symbol), leverage=leverage))

    async def set_margin_mode(self, symbol: str, mode: MarginMode) -> Change:
        return await self._change(
            endpoints.SET_MARGIN_TYPE, form(symbol=to_venue(symbol), marginType=_MARGIN_TYPES[mode])
        )

    async def move_margin(self, symbol: str, amount: Decimal, *, side: PositionSide | None = None) -> Change:
        """Add to the margin of an isolated position, or take out of it (`amount` below 0). `side` in hedge mode."""
        return await self._change(
            endpoints.SET_POSITION_MARGIN,
            form(
                symbol=to_venue(symbol),
                positionSide=None if side is None else side.name,
                amount=f"{abs(amount):f}",
                type=1 if amount > 0 else 2,
            ),
        )

    async def self_trade(self) -> str:
        """Which of two own orders gives way when they would meet, in the venue's word (EXPIRE_TAKER and so on)."""
        mode = await get(self._transport, endpoints.GET_SELF_TRADE, wire.WireSelfTrade, purpose=Purpose.RECONCILE)
        return mode.stp_mode

    async def set_self_trade(self, mode: SelfTrade) -> Change:
        """For the whole account."""
        return await self._change(endpoints.SET_SELF_TRADE, form(stpMode=mode))

    async def income(
        self, start: datetime, end: datetime, *, symbol: str | None = None, kind: str | None = None
    ) -> Sequence[IncomeRow]:
        """Every change of the wallet in start..end, oldest first. A full page is continued from the time of its last
        row; rows that come twice are told apart by kind and id."""
        if start.tzinfo is None or end.tzinfo is None:
            raise InvalidInput("a time without zone", field="start", remedy="use aware UTC datetimes")
        first, last = round(start.timestamp() * 1000), round(end.timestamp() * 1000)
        found: dict[tuple[str, str, str], wire.WireIncome] = {}
        while first <= last:
            rows = await get(
                self._transport,
                endpoints.INCOME,
                list[wire.WireIncome],
                form(
                    symbol=None if symbol is None else to_venue(symbol),
                    incomeType=kind,
                    startTime=first,
                    endTime=last,
                    limit=_MOST_ROWS,
                ),
                purpose=Purpose.RECONCILE,
            )
            before = len(found)
            found.update({(row.income_type, row.tran_id, row.asset): row for row in rows})
            if len(rows) < _MOST_ROWS:
                break
            newest, grown = max(row.time for row in rows), len(found) > before
            if not grown and newest < first:
                break
            # A page filled by one millisecond cannot be continued from its own time.
            first = newest if grown and newest > first else max(newest, first) + 1
        ordered = sorted(found.values(), key=lambda row: row.time)
        return tuple(parse.income(row, self._names.to_ours(row.symbol) if row.symbol else None) for row in ordered)

    async def _change(self, endpoint: Endpoint, params: Params) -> Change:
        answer = await self._transport.write(endpoint, params)
        if isinstance(answer, Good):
            return Done()
        if isinstance(answer, Refused) and answer.code in ALREADY_SO:
            return Done(already=True)
        return answer
