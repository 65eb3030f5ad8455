"""What trading cards share: the smallest orders on a flat symbol, and leaving it flat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TypeVar

from vibex.domain import ClientOrderId, OrderKind, OrderType, ProtectiveExit, Side, TimeInForce, account_id
from vibex.testing.conformance.card import CardFailed, Session, Wish, fail, skip
from vibex.venues import (
    Accepted,
    AccountSnapshot,
    NotFound,
    Outcome,
    PositionMode,
    Refused,
    ReportedOrder,
    VenueInstrument,
)

T = TypeVar("T")

_OWNER = account_id("conformance")
_SETTLE_S = 10.0


@dataclass(slots=True, kw_only=True)
class Desk:
    """One card's dealings in one symbol. `quantity` is the smallest that the contract takes, with some room."""

    session: Session
    rules: VenueInstrument
    mark: Decimal
    quantity: Decimal
    sent: list[ClientOrderId] = field(default_factory=list)

    def price(self, share: str, side: Side) -> Decimal:
        """The mark times `share`, on the grid, on the harmless side of it."""
        ticks = self.mark * Decimal(share) / self.rules.tick
        rounding = ROUND_FLOOR if side is Side.BUY else ROUND_CEILING
        return ticks.to_integral_value(rounding) * self.rules.tick

    def wish(
        self,
        side: Side,
        type_: OrderType = OrderType.MARKET,
        *,
        price: Decimal | None = None,
        trigger: Decimal | None = None,
        force: TimeInForce = TimeInForce.GTC,
        quantity: Decimal | None = None,
        expired: bool = False,
        symbol: str | None = None,
        highest: Decimal | None = None,
    ) -> Wish:
        wanted = Wish(
            client_order_id=self.session.next_id(OrderKind.ENTRY),
            symbol=symbol or self.session.symbol,
            side=side,
            type=type_,
            quantity=quantity or self.quantity,
            min_price=self.rules.tick,
            max_price=highest or self.mark * 10,
            price=price,
            trigger_price=trigger,
            time_in_force=force,
            expired=expired,
        )
        self.sent.append(wanted.client_order_id)
        return wanted

    async def enter(self, wish: Wish) -> Outcome:
        if self.session.approve is None:
            skip("nobody approves entries")
        return await self.session.venue.place(self.session.approve(wish))

    async def bought(self) -> ReportedOrder:
        """A long position of `quantity`."""
        wish = self.wish(Side.BUY)
        order = accepted(await self.enter(wish), "a market entry")
        await self.settled(self.held, lambda held: held == self.quantity, "the position")
        return order

    def exit(
        self,
        type_: OrderType = OrderType.MARKET,
        *,
        quantity: Decimal | None = None,
        price: Decimal | None = None,
        trigger: Decimal | None = None,
        whole: bool = False,
        side: Side = Side.SELL,
        kind: OrderKind = OrderKind.EXIT,
    ) -> ProtectiveExit:
        order = ProtectiveExit(
            account_id=_OWNER,
            client_order_id=self.session.next_id(kind),
            symbol=self.session.symbol,
            side=side,
            type=type_,
            quantity=None if whole else quantity or self.quantity,
            price=price,
            trigger_price=trigger,
        )
        self.sent.append(order.client_order_id)
        return order

    async def snapshot(self) -> AccountSnapshot:
        return await self.session.venue.account_snapshot()

    async def held(self) -> Decimal:
        """The position in the session's symbol, with its sign."""
        positions = (await self.snapshot()).positions
        return sum((one.quantity for one in positions if one.symbol == self.session.symbol), Decimal(0))

    async def found(self, client_order_id: ClientOrderId) -> ReportedOrder:
        """The order as the venue knows it, allowing for its lag."""
        found = await self.settled(
            lambda: self.session.venue.query(self.session.symbol, str(client_order_id)),
            lambda order: not isinstance(order, NotFound),
            f"order {client_order_id}",
        )
        if isinstance(found, NotFound):
            fail(f"order {client_order_id} is not found")
        return found

    async def settled(self, read: Callable[[], Awaitable[T]], good: Callable[[T], bool], what: str) -> T:
        """What `read` gives once it is `good`; CardFailed after ten seconds."""
        clock = self.session.clock
        deadline = clock.deadline(_SETTLE_S)
        while True:
            value = await read()
            if good(value):
                return value
            if clock.monotonic() >= deadline:
                fail(f"{what} is still {value} after {_SETTLE_S:g} s")
            await clock.sleep(0.5)


@asynccontextmanager
async def desk(session: Session) -> AsyncIterator[Desk]:
    """A desk on a flat symbol, which is flat again afterwards, whatever the card did. Skips the card where the symbol
    is in use: other people's orders and positions are not touched."""
    rules = await session.instrument()
    snapshot = await session.venue.account_snapshot()
    if snapshot.position_mode is not PositionMode.ONE_WAY:
        skip("the account is in hedge mode")
    if any(one.symbol == session.symbol and one.quantity for one in snapshot.positions):
        skip(f"the account holds {session.symbol}")
    if any(one.symbol == session.symbol for one in snapshot.open_orders):
        skip(f"there are open orders in {session.symbol}")
    mark = (await session.venue.mark_price(session.symbol)).mark_price
    smallest = max(rules.min_quantity, rules.market_min_quantity, rules.min_notional * Decimal("1.5") / mark)
    lot = max(rules.lot, rules.market_lot)
    # An even number of lots, so that half of it can be traded as well.
    quantity = (smallest / lot / 2).to_integral_value(ROUND_CEILING) * 2 * lot
    made = Desk(session=session, rules=rules, mark=mark, quantity=quantity)
    try:
        yield made
    finally:
        await _leave_flat(made)


async def _leave_flat(made: Desk) -> None:
    venue, symbol = made.session.venue, made.session.symbol
    ours = {str(one) for one in made.sent}
    for order in (await venue.account_snapshot()).open_orders:
        if order.symbol == symbol and order.client_order_id in ours:
            await venue.cancel(symbol, order.client_order_id)
    held = await made.held()
    if held:
        side = Side.SELL if held > 0 else Side.BUY
        outcome = await venue.place(made.exit(quantity=abs(held), side=side))
        if not isinstance(outcome, Accepted):
            fail(f"{held} {symbol} is left open: {outcome}")


def accepted(outcome: Outcome, what: str) -> ReportedOrder:
    if isinstance(outcome, Accepted):
        return outcome.order
    if isinstance(outcome, Refused):
        raise CardFailed(f"{what} was refused: {outcome.words} ({outcome.code})")
    raise CardFailed(f"the outcome of {what} is unknown: {outcome.why}")


def refused(outcome: Outcome, what: str) -> Refused:
    """The refusal, which has a code, words and a remedy."""
    if not isinstance(outcome, Refused):
        fail(f"{what} was not refused: {outcome}")
    if not (outcome.code and outcome.words and outcome.remedy):
        fail(f"{what} was refused without code, words or remedy: {outcome}")
    return outcome
