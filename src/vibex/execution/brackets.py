"""Every position has a reduce-only stop at the venue, on the mark price, within seconds of its first fill.

New-first: a replacement rests before the old order is cancelled, so that there is a stop at every moment. A position
that cannot be protected is closed. Bugs that it answers: stops cancelled by a partial close (nofx#70), stops that piled
up (freqtrade#12681), a stop left after the close that could open a trade (freqtrade#11608).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from vibex.domain import (
    AccountId,
    Clock,
    OrderKind,
    OrderType,
    Position,
    Protection,
    ProtectiveExit,
    RetryLater,
    StopTrading,
)
from vibex.execution.books import Books
from vibex.execution.exits import Leaver
from vibex.execution.facts import Fact, FactKind, plain
from vibex.execution.ledger import closing_side, side_of
from vibex.execution.orders import TrackedOrder
from vibex.execution.plans import Levels, Plan, emergency, levels, plan_data
from vibex.execution.ports import IdSource, TradedVenue
from vibex.execution.refusals import Meaning, meaning_of
from vibex.execution.sending import CancelReason, Sender
from vibex.venues import Accepted, Outcome, Refused, VenueInstrument

_EXITS = (OrderKind.STOP, OrderKind.TARGET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds: until the stop must rest, counted from when it was found missing; between two tries; and for an answer
    to a stop before another one is sent beside it (both can only reduce)."""

    protect_s: float = 3.0
    pause_s: float = 0.3
    answer_s: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An exit that should rest."""

    kind: OrderKind
    type: OrderType
    quantity: Decimal
    level: Decimal

    def is_met_by(self, order: TrackedOrder) -> bool:
        level = order.price if self.type is OrderType.LIMIT else order.trigger_price
        return order.type is self.type and order.remaining == self.quantity and level == self.level


def wanted_exits(position: Position, prices: Levels, *, target_type: OrderType) -> list[Wanted]:
    """What should rest beside `position`; nothing beside a flat one."""
    quantity = abs(position.quantity)
    if quantity == 0:
        return []
    stop = Wanted(kind=OrderKind.STOP, type=OrderType.STOP_MARKET, quantity=quantity, level=prices.stop)
    if prices.target is None:
        return [stop]
    return [stop, Wanted(kind=OrderKind.TARGET, type=target_type, quantity=quantity, level=prices.target)]


class Brackets:
    """Stops and targets of one account. `on_doubt` asks for a reconciliation."""

    def __init__(
        self,
        account_id: AccountId,
        venue: TradedVenue,
        books: Books,
        sender: Sender,
        leaver: Leaver,
        ids: IdSource,
        clock: Clock,
        *,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._account_id, self._venue, self._books = account_id, venue, books
        self._sender, self._leaver, self._ids, self._clock = sender, leaver, ids, clock
        self._deadlines = deadlines or Deadlines()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._liquidations: dict[str, Decimal] = {}
        self.on_doubt: Callable[[str], None] = books.on_doubt

    @property
    def target_type(self) -> OrderType:
        """A resting limit where the venue lets it rest beside the stop, otherwise a trigger order."""
        profile = self._venue.profile
        rests = profile.target_rests_beside_stop and OrderType.LIMIT in profile.exit_types
        return OrderType.LIMIT if rests else OrderType.TAKE_PROFIT_MARKET

    def liquidates_at(self, symbol: str, price: Decimal | None) -> None:
        """Where the venue would liquidate `symbol`, as of its last report."""
        if price is None or price <= 0:
            self._liquidations.pop(symbol, None)
        else:
            self._liquidations[symbol] = price

    def is_protected(self, symbol: str) -> bool:
        """Flat, or every unit of the position stands behind a stop that the venue has acknowledged."""
        held = abs(self._books.ledger.position(symbol).quantity)
        stops = [one for one in self._books.ledger.live(symbol, OrderKind.STOP) if not one.is_in_doubt]
        return held == 0 or any(one.quantity is None or one.remaining >= held for one in stops)

    async def amend(self, symbol: str, protection: Protection, correlation_id: str) -> None:
        """New levels for the open position; None in `protection` keeps what stands."""
        position = self._books.ledger.position(symbol)
        if position.side is None:
            return
        standing = self._books.ledger.plans.get(symbol)
        plan = (standing or emergency(position.side, correlation_id)).amended(protection)
        await self._write_plan(symbol, plan)
        await self.protect(symbol)

    async def protect(self, symbol: str) -> bool:
        """Bring the exits of `symbol` in line with its position; whether it is protected or flat afterwards.

        Raises LeaseLost. Called again while at work it waits its turn and then finds nothing left to do.
        """
        async with self._turns[symbol]:
            deadline = self._clock.deadline(self._deadlines.protect_s)
            while True:
                position = self._books.ledger.position(symbol)
                if position.quantity == 0:
                    return await self._clean(symbol)
                done = await self._arrange(symbol, position)
                if self._books.ledger.position(symbol).quantity != position.quantity:
                    continue
                if done and self.is_protected(symbol):
                    return True
                if self._clock.monotonic() >= deadline:
                    if self.is_protected(symbol):
                        return True
                    await self._give_up(symbol, "no stop could be placed in time")
                    return self._books.ledger.position(symbol).quantity == 0
                await self._clock.sleep(self._deadlines.pause_s)

    async def _arrange(self, symbol: str, position: Position) -> bool:
        rules = await self._rules(symbol)
        if rules is None or position.entry_price is None:
            return False
        plan = await self._plan(symbol, position)
        prices = levels(plan, entry=position.entry_price, liquidation=self._liquidations.get(symbol), rules=rules)
        done = True
        for wanted in wanted_exits(position, prices, target_type=self.target_type):
            done = await self._ensure(symbol, position, wanted, plan.correlation_id) and done
            if self._books.ledger.position(symbol).quantity != position.quantity:
                break
        return done

    async def _plan(self, symbol: str, position: Position) -> Plan:
        side = side_of(position.quantity)
        plan = self._books.ledger.plans.get(symbol)
        if plan is None or plan.side is not side:
            plan = emergency(side, f"adopted-{symbol}")
            await self._write_plan(symbol, plan)
        return plan

    async def _write_plan(self, symbol: str, plan: Plan) -> None:
        at = self._clock.now()
        fact = Fact(
            kind=FactKind.PLAN, at=at, correlation_id=plan.correlation_id, symbol=symbol, values=plan_data(plan)
        )
        await self._books.write(fact)

    async def _ensure(self, symbol: str, position: Position, wanted: Wanted, correlation_id: str) -> bool:
        """One exit that fits, then none beside it."""
        resting = self._books.ledger.live(symbol, wanted.kind)
        fitting = next((one for one in resting if wanted.is_met_by(one) and not one.is_in_doubt), None)
        if fitting is None:
            name = await self._place(symbol, position, wanted, correlation_id)
            if name is None:
                return False
            kind = FactKind.RESIZED if resting else FactKind.PROTECTED
            await self._books.note(
                kind,
                correlation_id,
                symbol=symbol,
                order=name,
                exit=wanted.kind.value,
                type=wanted.type.value,
                quantity=plain(wanted.quantity),
                level=plain(wanted.level),
            )
        else:
            name = fitting.client_order_id
        for order in self._books.ledger.live(symbol, wanted.kind):
            if order.client_order_id == name or (order.cancel_asked and order.is_in_doubt):
                continue
            if order.is_in_doubt:
                self._sender.doubt(order.client_order_id)
                continue
            await self._sender.cancel(order, CancelReason.REPLACED)
        return True

    async def _place(self, symbol: str, position: Position, wanted: Wanted, correlation_id: str) -> str | None:
        """The id of the exit that rests now; None when it does not."""
        outcome, name = await self._send(symbol, position, wanted, correlation_id)
        if isinstance(outcome, Refused) and meaning_of(outcome) is Meaning.TOO_MANY:
            await self._cancel_stale(symbol)
            outcome, name = await self._send(symbol, position, wanted, correlation_id)
            if isinstance(outcome, Refused) and wanted.kind is OrderKind.STOP:
                await self._give_up(symbol, f"the venue takes no stop: {outcome.words}")
                return None
        if isinstance(outcome, Accepted):
            return name
        if isinstance(outcome, Refused):
            await self._refused(symbol, wanted, outcome, correlation_id)
            return None
        # Not answered: it may rest or not. Another one beside it can only reduce as well.
        await self._books.until(lambda: not self._sender.known(name).is_in_doubt, self._deadlines.answer_s)
        sent = self._sender.known(name)
        return name if sent.is_live and not sent.is_in_doubt else None

    async def _send(self, symbol: str, position: Position, wanted: Wanted, correlation_id: str) -> tuple[Outcome, str]:
        limit = wanted.type is OrderType.LIMIT
        order = ProtectiveExit(
            account_id=self._account_id,
            client_order_id=self._ids.next(wanted.kind),
            symbol=symbol,
            side=closing_side(position),
            type=wanted.type,
            quantity=wanted.quantity,
            price=wanted.level if limit else None,
            trigger_price=None if limit else wanted.level,
        )
        outcome = await self._sender.leave(order, wanted.kind, correlation_id, purpose="protect")
        return outcome, str(order.client_order_id)

    async def _refused(self, symbol: str, wanted: Wanted, refused: Refused, correlation_id: str) -> None:
        meaning = meaning_of(refused)
        if meaning is Meaning.FLAT:
            await self._books.note(FactKind.ALREADY_FLAT, correlation_id, symbol=symbol)
            self.on_doubt(f"{symbol}: the venue has nothing to reduce")
            # The fill that made it flat is on its way.
            await self._books.until(lambda: self._books.ledger.position(symbol).quantity == 0, self._deadlines.answer_s)
        elif meaning is Meaning.STALE_RULES:
            await self._rules(symbol, refresh=True)
        elif meaning is Meaning.BREACHED and wanted.kind is OrderKind.STOP:
            await self._books.note(
                FactKind.STOP_BREACHED, correlation_id, symbol=symbol, level=plain(wanted.level), code=refused.code
            )
            await self._give_up(symbol, "the stop is breached already")
        elif meaning is Meaning.BREACHED:
            await self._leaver.leave(symbol, correlation_id, why="the target is reached already")
            await self._account_for_exit(symbol)

    async def _give_up(self, symbol: str, why: str) -> None:
        """A position without a stop is closed."""
        plan = self._books.ledger.plans.get(symbol)
        correlation_id = f"unprotected-{symbol}" if plan is None else plan.correlation_id
        await self._leaver.leave(symbol, correlation_id, why=why)
        await self._account_for_exit(symbol)

    async def _account_for_exit(self, symbol: str) -> None:
        if not await self._books.until(lambda: self._books.ledger.position(symbol).quantity == 0, 1.0):
            await self._sender.read_fills(symbol)
            if self._books.ledger.position(symbol).quantity:
                self.on_doubt(f"{symbol}: the exit is not accounted for")

    async def _clean(self, symbol: str) -> bool:
        """Own exits beside a flat position go (the other half of a bracket, a stop after a close by hand)."""
        left = self._books.ledger.live(symbol, *_EXITS)
        for order in left:
            if order.is_in_doubt:
                self._sender.doubt(order.client_order_id)
            else:
                await self._sender.cancel(order, CancelReason.FLAT)
        if left:
            names = [one.client_order_id for one in left]
            await self._books.note(FactKind.CLEANED, left[0].correlation_id, symbol=symbol, orders=list(names))
        return not self._books.ledger.live(symbol, *_EXITS)

    async def _cancel_stale(self, symbol: str) -> None:
        """Own exits of the symbol, the newest acknowledged stop excepted: it guards until another one rests."""
        resting = [one for one in self._books.ledger.live(symbol, *_EXITS) if not one.is_in_doubt]
        stops = [one for one in resting if one.kind is OrderKind.STOP]
        for order in resting:
            if order is not (stops[-1] if stops else None):
                await self._sender.cancel(order, CancelReason.STALE)

    async def _rules(self, symbol: str, *, refresh: bool = False) -> VenueInstrument | None:
        try:
            known = await self._venue.instruments(refresh=refresh)
        except (RetryLater, StopTrading):
            return None
        return next((one for one in known if one.symbol == symbol), None)
