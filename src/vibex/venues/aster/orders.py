"""Orders: what exactly is sent for each allowed request, and what the venue's answer proves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from vibex.domain import ApprovedEntry, InvalidInput, OrderType, ProtectiveExit, RetryLater, Side, TimeInForce
from vibex.venues.aster import endpoints, parse, wire
from vibex.venues.aster.answers import Good, Json, error_in
from vibex.venues.aster.endpoints import Endpoint
from vibex.venues.aster.errors import ORDER_MISSING, Kind, meaning_of, refused
from vibex.venues.aster.limits import Purpose
from vibex.venues.aster.profile import ASTER_PROFILE
from vibex.venues.aster.reading import get, refusal
from vibex.venues.aster.symbols import SymbolNames, to_venue
from vibex.venues.aster.transport import Transport, form
from vibex.venues.outcome import Accepted, Change, Done, Found, NotFound, Outcome, Refused, Unknown
from vibex.venues.profile import Request
from vibex.venues.reports import PositionMode, ReportedFill, ReportedOrder

_TYPES = {
    OrderType.MARKET: "MARKET",
    OrderType.LIMIT: "LIMIT",
    OrderType.STOP_MARKET: "STOP_MARKET",
    OrderType.STOP_LIMIT: "STOP",
    OrderType.TAKE_PROFIT_MARKET: "TAKE_PROFIT_MARKET",
}
_TIMES_IN_FORCE = {
    TimeInForce.GTC: "GTC",
    TimeInForce.IOC: "IOC",
    TimeInForce.FOK: "FOK",
    TimeInForce.POST_ONLY: "GTX",
}
_MOST_ROWS = 1000
_CANCEL_BATCH = 10
_WINDOW = ASTER_PROFILE.history_window


def order_form(request: Request, mode: PositionMode) -> list[tuple[str, str]]:
    """The parameters of `request`, in the order in which they are signed.

    In hedge mode the position side says what an order may touch and the venue takes no reduce-only flag; an exit there
    names the side that it closes. Exits fire on the mark price, entries on the last.
    """
    exits = isinstance(request, ProtectiveExit)
    hedged = mode is PositionMode.HEDGE
    timed = request.type.has_price
    force = TimeInForce.GTC if isinstance(request, ProtectiveExit) else request.time_in_force
    return form(
        symbol=to_venue(request.symbol),
        side=request.side.name,
        positionSide=_position_side(request.side, exits) if hedged else None,
        type=_TYPES[request.type],
        timeInForce=_TIMES_IN_FORCE[force] if timed else None,
        quantity=None if request.quantity is None else plain(request.quantity),
        price=None if request.price is None else plain(request.price),
        stopPrice=None if request.trigger_price is None else plain(request.trigger_price),
        reduceOnly="true" if exits and not hedged and request.quantity is not None else None,
        closePosition="true" if request.quantity is None else None,
        workingType=("MARK_PRICE" if exits else "CONTRACT_PRICE") if request.type.has_trigger else None,
        newClientOrderId=str(request.client_order_id),
        newOrderRespType="RESULT",
    )


def plain(value: Decimal) -> str:
    """A number without exponent: 1E+3 is not one of the venue's numbers."""
    return f"{value:f}"


class Orders:
    """Places, changes, cancels and finds orders. Writes return outcomes, reads raise."""

    def __init__(self, transport: Transport, names: SymbolNames) -> None:
        self._transport = transport
        self._names = names

    async def place(self, request: Request, mode: PositionMode) -> Outcome:
        purpose = Purpose.EXIT if isinstance(request, ProtectiveExit) else Purpose.ORDINARY
        answer = await self._transport.write(endpoints.NEW_ORDER, order_form(request, mode), purpose=purpose)
        return _about(self._outcome(answer), str(request.client_order_id))

    async def place_batch(self, requests: Sequence[Request], mode: PositionMode) -> Sequence[Outcome]:
        """Up to 5 requests in one call, run concurrently by the venue; outcomes in the order of `requests`.

        Raises InvalidInput for none or for more.
        """
        if not 1 <= len(requests) <= ASTER_PROFILE.batch_size:
            raise InvalidInput(f"{len(requests)} orders in a batch", field="requests", remedy="send 1 to 5")
        forms = [dict(order_form(request, mode)) for request in requests]
        purpose = Purpose.ORDINARY if any(isinstance(r, ApprovedEntry) for r in requests) else Purpose.EXIT
        answer = await self._transport.write(
            endpoints.BATCH_ORDERS, form(batchOrders=_compact(forms)), purpose=purpose, orders=len(forms)
        )
        return self._outcomes(answer, len(forms))

    async def modify(self, symbol: str, client_order_id: str, *, quantity: Decimal, price: Decimal) -> Outcome:
        """Change a resting limit order; when refused, the order stays as it was."""
        params = form(
            symbol=to_venue(symbol),
            origClientOrderId=client_order_id,
            quantity=plain(quantity),
            price=plain(price),
        )
        return _about(self._outcome(await self._transport.write(endpoints.MODIFY_ORDER, params)), client_order_id)

    async def cancel(self, symbol: str, client_order_id: str) -> Outcome:
        params = form(symbol=to_venue(symbol), origClientOrderId=client_order_id)
        answer = await self._transport.write(endpoints.CANCEL_ORDER, params, purpose=Purpose.EXIT)
        return _about(self._outcome(answer), client_order_id)

    async def cancel_batch(self, symbol: str, client_order_ids: Sequence[str]) -> Sequence[Outcome]:
        """Up to 10 orders of one symbol. Raises InvalidInput for none or for more."""
        if not 1 <= len(client_order_ids) <= _CANCEL_BATCH:
            raise InvalidInput(f"{len(client_order_ids)} cancels in a batch", field="client_order_ids")
        params = form(symbol=to_venue(symbol), origClientOrderIdList=_compact(list(client_order_ids)))
        answer = await self._transport.write(endpoints.CANCEL_BATCH, params, purpose=Purpose.EXIT)
        return self._outcomes(answer, len(client_order_ids))

    async def cancel_all(self, symbol: str) -> Change:
        """Every open order of `symbol`, protective stops and foreign orders included."""
        answer = await self._transport.write(endpoints.CANCEL_ALL, form(symbol=to_venue(symbol)), purpose=Purpose.EXIT)
        return Done() if isinstance(answer, Good) else answer

    async def countdown_cancel(self, symbol: str, after: timedelta) -> Change:
        """Dead man's switch of `symbol`: unless renewed within `after`, the venue cancels its orders, stops included.
        Zero switches it off."""
        milliseconds = round(after.total_seconds() * 1000)
        answer = await self._transport.write(
            endpoints.COUNTDOWN_CANCEL,
            form(symbol=to_venue(symbol), countdownTime=milliseconds),
            purpose=Purpose.RECONCILE,
        )
        return Done() if isinstance(answer, Good) else answer

    async def query(self, symbol: str, client_order_id: str) -> Found:
        """An order by our id, open or final. Orders that ended without a fill are forgotten after 7 days."""
        return await self._find(endpoints.QUERY_ORDER, symbol, client_order_id)

    async def query_open(self, symbol: str, client_order_id: str) -> Found:
        """As `query`, among open orders only."""
        return await self._find(endpoints.OPEN_ORDER, symbol, client_order_id)

    async def _find(self, endpoint: Endpoint, symbol: str, client_order_id: str) -> Found:
        params = form(symbol=to_venue(symbol), origClientOrderId=client_order_id)
        answer = await self._transport.read(endpoint, params, purpose=Purpose.RECONCILE)
        if isinstance(answer, Refused):
            if int(answer.code) in ORDER_MISSING:
                return NotFound(code=answer.code)
            raise refusal(answer, endpoint)
        found = self._report(wire.expect(wire.WireOrder, answer, endpoint.path))
        if found.client_order_id != client_order_id:
            raise RetryLater(f"the venue's answer to {endpoint.path} is about another order")
        return found

    async def open_orders(self, symbol: str | None = None) -> Sequence[ReportedOrder]:
        rows = await get(
            self._transport,
            endpoints.OPEN_ORDERS,
            list[wire.WireOrder],
            form(symbol=None if symbol is None else to_venue(symbol)),
            purpose=Purpose.RECONCILE,
            weight=endpoints.OPEN_ORDERS.weight if symbol is None else 1,
        )
        return tuple(map(self._report, rows))

    async def all_orders(self, symbol: str, start: datetime, end: datetime) -> Sequence[ReportedOrder]:
        """Orders in any state made in start..end, oldest first; longer spans are asked for in pieces of 7 days, and a
        full piece is continued behind its last order."""
        found: dict[str, wire.WireOrder] = {}
        for first, last in _pieces(start, end):
            after: int | None = None
            while True:
                rows = await get(
                    self._transport,
                    endpoints.ALL_ORDERS,
                    list[wire.WireOrder],
                    form(symbol=to_venue(symbol), orderId=after, startTime=first, endTime=last, limit=_MOST_ROWS),
                    purpose=Purpose.RECONCILE,
                )
                fresh = {row.order_id: row for row in rows if row.order_id not in found}
                found.update(fresh)
                if len(rows) < _MOST_ROWS or not fresh:
                    break
                after = max(int(row.order_id) for row in rows) + 1
        return tuple(map(self._report, found.values()))

    async def user_trades(self, symbol: str, start: datetime, end: datetime) -> Sequence[ReportedFill]:
        """Our executions in start..end, oldest first. A full piece is continued by trade id, which the venue does not
        combine with times."""
        found: dict[str, wire.WireTrade] = {}
        for first, last in _pieces(start, end):
            params = form(startTime=first, endTime=last)
            while True:
                rows = await get(
                    self._transport,
                    endpoints.USER_TRADES,
                    list[wire.WireTrade],
                    [*form(symbol=to_venue(symbol)), *params, *form(limit=_MOST_ROWS)],
                    purpose=Purpose.RECONCILE,
                )
                fresh = {row.id: row for row in rows if row.id not in found and first <= row.time <= last}
                found.update(fresh)
                if len(rows) < _MOST_ROWS or not fresh:
                    break
                params = form(fromId=max(int(row.id) for row in rows) + 1)
        return tuple(parse.fill(row, self._names.to_ours(row.symbol)) for row in found.values())

    def _report(self, document: wire.WireOrder) -> ReportedOrder:
        return parse.order(document, self._names.to_ours(document.symbol))

    def _outcome(self, answer: Good | Refused | Unknown) -> Outcome:
        return self._judge(answer.document) if isinstance(answer, Good) else answer

    def _judge(self, document: Json) -> Outcome:
        """An order, an error, or something that proves nothing."""
        code, message = error_in(document)
        if code is not None:
            kind = meaning_of(code).kind
            return Unknown(why=message) if kind is Kind.UNKNOWN else refused(code, message)
        order = wire.conforms(wire.WireOrder, document)
        if order is None or order.side not in ("BUY", "SELL"):
            return Unknown(why="the venue's answer holds no order")
        return Accepted(order=self._report(order))

    def _outcomes(self, answer: Good | Refused | Unknown, count: int) -> Sequence[Outcome]:
        if not isinstance(answer, Good):
            return (answer,) * count
        rows = answer.document
        if not isinstance(rows, list) or len(rows) != count:
            return (Unknown(why="the venue's answer does not list every order"),) * count
        return tuple(map(self._judge, rows))


def _about(outcome: Outcome, client_order_id: str) -> Outcome:
    """An acceptance that names another order (an answer of before, a broken proxy) proves nothing about this one."""
    if isinstance(outcome, Accepted) and outcome.order.client_order_id != client_order_id:
        return Unknown(why="the venue's answer is about another order")
    return outcome


def _position_side(side: Side, exits: bool) -> str:
    opens_long = (side is Side.BUY) is not exits
    return "LONG" if opens_long else "SHORT"


def _compact(value: Json | list[dict[str, str]] | list[str]) -> str:
    """JSON without spaces, as the venue wants lists."""
    return json.dumps(value, separators=(",", ":"))


def _pieces(start: datetime, end: datetime) -> list[tuple[int, int]]:
    """start..end in pieces shorter than the venue's window, as inclusive epoch milliseconds."""
    if start.tzinfo is None or end.tzinfo is None:
        raise InvalidInput("a time without zone", field="start", remedy="use aware UTC datetimes")
    first, last = round(start.timestamp() * 1000), round(end.timestamp() * 1000)
    step = round(_WINDOW.total_seconds() * 1000) - 1
    return [(begin, min(begin + step - 1, last)) for begin in range(first, last + 1, step)]
