"""Getting out: reduce-only orders in rungs of a ladder, each as large as what the venue still holds.

The quantity is read from the venue before every rung, never from memory, and an order that is in doubt is waited for:
a close that was sent again is a counter position (hummingbot#7294, #7503).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vibex.domain import (
    AccountId,
    Clock,
    OrderKind,
    OrderType,
    ProtectiveExit,
    RetryLater,
    Side,
    StopTrading,
    TimeInForce,
)
from vibex.execution.books import Books
from vibex.execution.facts import FactKind, plain
from vibex.execution.plans import price_on_grid, quantity_on_grid
from vibex.execution.ports import IdSource, TradedVenue
from vibex.execution.refusals import Meaning, meaning_of
from vibex.execution.sending import CancelReason, Sender
from vibex.venues import Refused, VenueInstrument

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Fractions of the mark by which each rung may trade worse than it; the last one is repeated. `pause_s` lies
    between two rungs; after `rungs` the ladder gives up and says so."""

    bands: tuple[Decimal, ...] = (Decimal("0.003"), Decimal("0.01"), Decimal("0.02"), Decimal("0.04"))
    pause_s: float = 0.5
    rungs: int = 12


@dataclass(frozen=True, slots=True)
class Held:
    """What the venue holds, signed, and the mark price that it says beside it."""

    quantity: Decimal
    mark: Decimal | None


class Leaver:
    """Reduces and closes positions of one account."""

    def __init__(
        self,
        account_id: AccountId,
        venue: TradedVenue,
        books: Books,
        sender: Sender,
        ids: IdSource,
        clock: Clock,
        ladder: Ladder | None = None,
    ) -> None:
        self._account_id, self._venue, self._books = account_id, venue, books
        self._sender, self._ids, self._clock = sender, ids, clock
        self._ladder = ladder or Ladder()

    async def leave(self, symbol: str, correlation_id: str, *, why: str, quantity: Decimal | None = None) -> bool:
        """Reduce `symbol` by `quantity`, or to nothing; whether the venue holds no more than was wanted.

        Raises LeaseLost. A venue that cannot be asked is asked again with the next rung.
        """
        target: Decimal | None = None
        for number in range(self._ladder.rungs):
            if number:
                await self._clock.sleep(self._ladder.pause_s * min(number, 8))
            position = await self._held(symbol)
            if position is None:
                continue
            held = abs(position.quantity)
            if target is None:
                target = ZERO if quantity is None else max(ZERO, held - quantity)
            if held <= target:
                return True
            await self._rung(symbol, position, held - target, number, correlation_id, why)
        position = await self._held(symbol)
        return position is not None and target is not None and abs(position.quantity) <= target

    async def _rung(
        self, symbol: str, position: Held, wanted: Decimal, number: int, correlation_id: str, why: str
    ) -> None:
        doubt = next((one for one in self._books.ledger.live(symbol, OrderKind.EXIT) if one.is_in_doubt), None)
        if doubt is not None:
            self._sender.doubt(doubt.client_order_id)
            await self._books.until(lambda: not self._sender.known(doubt.client_order_id).is_in_doubt, 12.0)
            return
        rules = await self._rules(symbol, refresh=False)
        order = self._order(symbol, position, wanted, number, rules)
        await self._books.note(
            FactKind.EXIT,
            correlation_id,
            symbol=symbol,
            order=str(order.client_order_id),
            why=why,
            rung=number,
            quantity=plain(order.quantity),
            price=plain(order.price),
        )
        outcome = await self._sender.leave(order, OrderKind.EXIT, correlation_id, purpose=why)
        if isinstance(outcome, Refused):
            meaning = meaning_of(outcome)
            if meaning is Meaning.FLAT:
                await self._books.note(FactKind.ALREADY_FLAT, correlation_id, symbol=symbol, order=None)
            if meaning is Meaning.STALE_RULES:
                await self._rules(symbol, refresh=True)
            return
        sent = self._sender.known(str(order.client_order_id))
        if sent.is_live and not sent.is_in_doubt:
            # A rung that rests would trade later, when nobody expects it.
            await self._books.until(lambda: not self._sender.known(sent.client_order_id).is_live, 0.2)
            if self._sender.known(sent.client_order_id).is_live:
                await self._sender.cancel(sent, CancelReason.REPLACED)

    def _order(
        self, symbol: str, position: Held, wanted: Decimal, number: int, rules: VenueInstrument | None
    ) -> ProtectiveExit:
        """An immediate limit within the rung's band of the mark; at market without a mark or without such orders."""
        side = Side.SELL if position.quantity > 0 else Side.BUY
        quantity = wanted if rules is None else quantity_on_grid(rules, wanted) or wanted
        mark, profile = position.mark, self._venue.profile
        price: Decimal | None = None
        immediate = OrderType.LIMIT in profile.exit_types and TimeInForce.IOC in profile.times_in_force
        if immediate and mark is not None and rules is not None:
            band = self._ladder.bands[min(number, len(self._ladder.bands) - 1)]
            price = price_on_grid(rules, mark * (1 - band if side is Side.SELL else 1 + band), side)
        return ProtectiveExit(
            account_id=self._account_id,
            client_order_id=self._ids.next(OrderKind.EXIT),
            symbol=symbol,
            side=side,
            type=OrderType.MARKET if price is None else OrderType.LIMIT,
            quantity=quantity,
            price=price,
            time_in_force=TimeInForce.GTC if price is None else TimeInForce.IOC,
        )

    async def _held(self, symbol: str) -> Held | None:
        """None when the venue cannot say now. In hedge mode the larger leg, which is closed as any other."""
        try:
            position = await self._venue.position(symbol)
            if position is None:
                legs = [one for one in (await self._venue.account_snapshot()).positions if one.symbol == symbol]
                position = max(legs, key=lambda one: abs(one.quantity), default=None)
        except (RetryLater, StopTrading):
            return None
        return Held(ZERO, None) if position is None else Held(position.quantity, position.mark_price)

    async def _rules(self, symbol: str, *, refresh: bool) -> VenueInstrument | None:
        try:
            known = await self._venue.instruments(refresh=refresh)
        except (RetryLater, StopTrading):
            return None
        return next((one for one in known if one.symbol == symbol), None)
