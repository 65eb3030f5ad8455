"""Trading cards about what an account is told and what it is charged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from vibex.domain import OrderKind, OrderStatus, OrderType, Side
from vibex.testing.conformance.card import Card, CardFailed, Session, card, fail, listening, require
from vibex.testing.conformance.desk import accepted, desk
from vibex.venues import AccountEvent, Interrupted, Refused, ReportedFill
from vibex.venues.events import AccountChanged, OrderChanged

_FLAT = "keys, one-way mode, the symbol flat"
_PATIENCE_S = 30.0
_EXACT = Decimal("1e-8")


@card(
    "T21", "the account stream tells an order's life in order", prerequisite=_FLAT, needs_account=True,
    steps=("open the account stream", "buy at market", "sell reduce-only"),
    passes="each order is new before it fills, fills add up to the quantities, positions follow, times do not go back",
    section="Streams",
)  # fmt: skip
async def stream_in_order(session: Session) -> None:
    async with desk(session) as at, listening(session.venue.account_stream(), session.clock) as heard:
        await heard.until(bool, _PATIENCE_S, "first event")
        await at.bought()
        accepted(await session.venue.place(at.exit()), "the exit")
        entry, leave = str(at.sent[0]), str(at.sent[1])
        events = await heard.until(
            lambda seen: _is_final(seen, entry) and _is_final(seen, leave) and _says_flat(seen, session.symbol),
            _PATIENCE_S,
            "end of both orders and the flat position",
        )
        for name in (entry, leave):
            of_order = [one for one in events if isinstance(one, OrderChanged) and one.order.client_order_id == name]
            require(of_order[0].execution == "NEW", f"the first event of an order is {of_order[0].execution}")
            filled = sum((one.fill.quantity for one in of_order if one.fill), Decimal(0))
            require(filled == at.quantity, f"fills add up to {filled} of {at.quantity}")
            cumulative = [one.order.filled_quantity for one in of_order]
            require(cumulative == sorted(cumulative), "the filled quantity goes back")
        times = [one.event_at for one in events if not isinstance(one, Interrupted)]
        require(times == sorted(times), "times go back")


@card(
    "T22", "income explains the balance to the last digit", prerequisite=_FLAT, needs_account=True,
    steps=("read the balance", "buy and sell", "read the balance and the income since"),
    passes="the balance changed by the sum of the income rows, fees and profits among them as the stream told them",
    section="Taken on the word of one source",
)  # fmt: skip
async def income_and_balance(session: Session) -> None:
    async with desk(session) as at, listening(session.venue.account_stream(), session.clock) as heard:
        await heard.until(bool, _PATIENCE_S, "first event")
        # Rows of the same second belong to what was before.
        await session.clock.sleep(1.1)
        start = session.clock.now()
        before = await _wallet(session, at.rules.margin_asset)
        await at.bought()
        accepted(await session.venue.place(at.exit()), "the exit")
        leave = str(at.sent[1])
        events = await heard.until(lambda seen: _is_final(seen, leave), _PATIENCE_S, "the end of the exit")
        fills = [one.fill for one in events if isinstance(one, OrderChanged) and one.fill is not None]
        after = await _wallet(session, at.rules.margin_asset)
        rows = await session.venue.income(start, session.clock.now() + timedelta(seconds=2))
        mine = [row for row in rows if row.asset == at.rules.margin_asset]
        changed, explained = after - before, sum((row.amount for row in mine), Decimal(0))
        require(abs(changed - explained) <= _EXACT, f"the balance changed by {changed}, income says {explained}")
        fees = -sum((row.amount for row in mine if row.kind == "COMMISSION"), Decimal(0))
        told = sum((fill.fee for fill in fills), Decimal(0))
        require(abs(fees - told) <= _EXACT, f"fees of {fees}, the stream says {told}")
        profit = sum((row.amount for row in mine if row.kind == "REALIZED_PNL"), Decimal(0))
        realised = sum((fill.realised_pnl for fill in fills), Decimal(0))
        require(abs(profit - realised) <= _EXACT, f"a profit of {profit}, the stream says {realised}")


@card(
    "T23", "a stop close to the market fires and closes", prerequisite=_FLAT, needs_account=True,
    steps=("buy", "place a closing stop one hundredth of a percent below the mark", "wait up to five minutes"),
    passes="it fires by itself, fills, and leaves the symbol flat; refused as passed is as good",
)  # fmt: skip
async def stop_fires(session: Session) -> None:
    async with desk(session) as at:
        await at.bought()
        mark = (await session.venue.mark_price(session.symbol)).mark_price
        at.mark = mark
        stop = at.exit(OrderType.STOP_MARKET, trigger=at.price("0.9999", Side.BUY), whole=True, kind=OrderKind.STOP)
        outcome = await session.venue.place(stop)
        if isinstance(outcome, Refused):
            return
        accepted(outcome, "the stop")
        deadline = session.clock.deadline(300)
        while session.clock.monotonic() < deadline:
            found = await at.found(stop.client_order_id)
            if found.status is OrderStatus.FILLED:
                require(await at.held() == 0, "the stop filled and a position is left")
                return
            require(found.status in (OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED), f"status {found.status}")
            await session.clock.sleep(2)
        low = (await session.venue.mark_price(session.symbol)).mark_price
        if low <= (stop.trigger_price or 0):
            fail(f"the mark is {low}, the stop at {stop.trigger_price} has not fired")


@card(
    "T24", "executions explain the orders", prerequisite=_FLAT, needs_account=True,
    steps=("buy and sell the smallest quantity", "read the executions since"),
    passes="those of each order add up to its quantity and its average price, and are of its side",
)  # fmt: skip
async def executions_explain(session: Session) -> None:
    async with desk(session) as at:
        start = session.clock.now() - timedelta(seconds=2)
        await at.bought()
        accepted(await session.venue.place(at.exit()), "the exit")
        orders = [await at.found(name) for name in at.sent]
        wanted = {order.venue_order_id: order for order in orders}

        async def of_both() -> Sequence[ReportedFill]:
            fills = await session.venue.fills(session.symbol, start, session.clock.now() + timedelta(seconds=2))
            return [fill for fill in fills if fill.venue_order_id in wanted]

        fills = await at.settled(
            of_both, lambda read: sum(fill.quantity for fill in read) == 2 * at.quantity, "the executions"
        )
        for number, order in wanted.items():
            mine = [fill for fill in fills if fill.venue_order_id == number]
            quantity = sum((fill.quantity for fill in mine), Decimal(0))
            require(quantity == at.quantity, f"executions of {order.client_order_id} add up to {quantity}")
            require(all(fill.side is order.side for fill in mine), "an execution of the other side")
            average = sum((fill.quantity * fill.price for fill in mine), Decimal(0)) / quantity
            told = order.average_price
            require(told is not None and abs(average / told - 1) < _EXACT, f"an average of {average}, told as {told}")


async def _wallet(session: Session, asset: str) -> Decimal:
    for balance in (await session.venue.account_snapshot()).balances:
        if balance.asset == asset:
            return balance.wallet
    raise CardFailed(f"no balance of {asset}")


def _is_final(events: Sequence[AccountEvent], client_order_id: str) -> bool:
    return any(
        isinstance(one, OrderChanged) and one.order.client_order_id == client_order_id and one.order.status.is_final
        for one in events
    )


def _says_flat(events: Sequence[AccountEvent], symbol: str) -> bool:
    changes = [one for one in events if isinstance(one, AccountChanged)]
    held = [held for change in changes for held in change.positions if held.symbol == symbol]
    return bool(held) and held[-1].quantity == 0


ACCOUNT: tuple[Card, ...] = (stream_in_order, income_and_balance, stop_fires, executions_explain)
