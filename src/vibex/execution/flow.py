"""What a verdict becomes: open, reduce, close, reverse, amend. Orders of the risk gate in, a protected position out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from vibex.domain import (
    ApprovedEntry,
    Clock,
    OrderKind,
    OrderStatus,
    PositionSide,
    Protection,
    RetryLater,
    Side,
    StopTrading,
)
from vibex.execution.books import Books
from vibex.execution.brackets import Brackets
from vibex.execution.exits import Leaver
from vibex.execution.orders import TrackedOrder
from vibex.execution.plans import Plan
from vibex.execution.ports import TradedVenue
from vibex.execution.refusals import Meaning, meaning_of
from vibex.execution.sending import CancelReason, Sender
from vibex.venues import Done, MarginMode, Outcome, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the risk gate let through: the sized order, its exits, and how its margin is held."""

    entry: ApprovedEntry
    protection: Protection
    margin_mode: MarginMode


SizeAnew = Callable[[], Awaitable[Opening | None]]
"""Asks the risk gate with the present account and rules; None when it says no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What became of an entry. `order` None: nothing was sent; `is_protected` speaks of the position after it."""

    order: TrackedOrder | None
    is_protected: bool
    words: str


class Flow:
    """Of one account."""

    def __init__(
        self, venue: TradedVenue, books: Books, sender: Sender, brackets: Brackets, leaver: Leaver, clock: Clock
    ) -> None:
        self._venue, self._books, self._sender = venue, books, sender
        self._brackets, self._leaver, self._clock = brackets, leaver, clock
        self._settings: dict[str, tuple[Decimal | None, MarginMode]] = {}

    async def open(self, opening: Opening, correlation_id: str, *, size_anew: SizeAnew | None = None) -> Opened:
        """Send the entry; when it filled, return once its exits rest.

        When the venue says that the contract's rules have changed, they are read again and `size_anew` is asked once.
        """
        refused = await self._prepare(opening)
        if refused is not None:
            return Opened(order=None, is_protected=self._brackets.is_protected(opening.entry.symbol), words=refused)
        outcome = await self._enter(opening, correlation_id)
        if isinstance(outcome, Refused) and meaning_of(outcome) is Meaning.STALE_RULES and size_anew is not None:
            await self._venue.instruments(refresh=True)
            again = await size_anew()
            if again is not None:
                opening = again
                outcome = await self._enter(opening, correlation_id)
        return await self._settled(opening.entry, outcome)

    async def reduce(self, symbol: str, quantity: Decimal, correlation_id: str, *, why: str) -> bool:
        """Take `quantity` off the position; its exits follow. Whether it came about."""
        done = await self._leaver.leave(symbol, correlation_id, why=why, quantity=quantity)
        await self._account_for(symbol)
        await self._brackets.protect(symbol)
        return done

    async def close(self, symbol: str, correlation_id: str, *, why: str) -> bool:
        """Close the whole position, waiting entries of the symbol first; then its exits are cleaned up."""
        for order in self._books.ledger.live(symbol, OrderKind.ENTRY):
            await self._sender.cancel(order, CancelReason.ASKED)
        done = await self._leaver.leave(symbol, correlation_id, why=why)
        await self._account_for(symbol)
        await self._brackets.protect(symbol)
        return done

    async def reverse(self, symbol: str, correlation_id: str, size_anew: SizeAnew) -> Opened:
        """Close, make sure that the venue is flat, then ask the risk gate anew: a flip is never one order."""
        if not await self.close(symbol, correlation_id, why="reverse"):
            return Opened(
                order=None, is_protected=self._brackets.is_protected(symbol), words="the close did not finish"
            )
        if self._books.ledger.position(symbol).quantity:
            return Opened(order=None, is_protected=self._brackets.is_protected(symbol), words="not flat in the journal")
        opening = await size_anew()
        if opening is None:
            return Opened(order=None, is_protected=True, words="the risk gate refused the other side")
        return await self.open(opening, correlation_id, size_anew=size_anew)

    async def amend(self, symbol: str, protection: Protection, correlation_id: str) -> bool:
        """New levels for the open position; whether it is protected afterwards."""
        await self._brackets.amend(symbol, protection, correlation_id)
        return self._brackets.is_protected(symbol)

    async def cancel_entry(self, client_order_id: str, reason: str = CancelReason.ASKED) -> TrackedOrder:
        return await self._sender.cancel(self._sender.known(client_order_id), reason)

    async def _enter(self, opening: Opening, correlation_id: str) -> Outcome:
        entry = opening.entry
        side = PositionSide.LONG if entry.side is Side.BUY else PositionSide.SHORT
        plan = Plan(side=side, protection=opening.protection, correlation_id=correlation_id)
        return await self._sender.enter(entry, correlation_id, plan)

    async def _settled(self, entry: ApprovedEntry, outcome: Outcome) -> Opened:
        symbol, name = entry.symbol, str(entry.client_order_id)
        order = self._books.ledger.orders.get(name)
        if order is None or (isinstance(outcome, Refused) and not order.filled):
            words = outcome.words if isinstance(outcome, Refused) else "not sent"
            return Opened(order=order, is_protected=self._brackets.is_protected(symbol), words=words)
        if order.filled:
            await self._account_for(symbol)
            await self._brackets.protect(symbol)
        order = self._sender.known(name)
        words = "what became of it is not known yet" if order.status is OrderStatus.UNKNOWN else order.status.value
        return Opened(order=order, is_protected=self._brackets.is_protected(symbol), words=words)

    async def _account_for(self, symbol: str) -> None:
        """The executions of what was just acknowledged."""
        await self._books.until(lambda: symbol not in self._books.ledger.missing_fills(), 0.3)
        await self._sender.account_for(symbol)

    async def _prepare(self, opening: Opening) -> str | None:
        """Leverage and margin mode as approved, set and read back before the first entry; why not, otherwise."""
        symbol = opening.entry.symbol
        wanted: tuple[Decimal | None, MarginMode] = (opening.entry.leverage, opening.margin_mode)
        if self._settings.get(symbol) == wanted:
            return None
        try:
            held = await self._venue.position(symbol)
            if held is not None and (held.leverage, held.margin_mode) != wanted:
                if held.quantity == 0 and held.margin_mode is not opening.margin_mode:
                    changed = await self._venue.set_margin_mode(symbol, opening.margin_mode)
                    if not isinstance(changed, Done):
                        return f"the margin mode of {symbol} cannot be set: {changed}"
                leveraged = await self._venue.set_leverage(symbol, int(opening.entry.leverage))
                if not isinstance(leveraged, Done):
                    return f"the leverage of {symbol} cannot be set: {leveraged}"
                held = await self._venue.position(symbol)
        except (RetryLater, StopTrading) as error:
            return f"leverage and margin mode of {symbol} cannot be read: {error}"
        if held is None:
            return f"the account is in hedge mode: {symbol} takes no entries"
        if (held.leverage, held.margin_mode) != wanted:
            return f"{symbol} is at {held.leverage}× {held.margin_mode}, not at {wanted[0]}× {wanted[1]}"
        self._settings[symbol] = wanted
        return None

    def forget_settings(self) -> None:
        """Somebody may have changed them: read again before the next entry."""
        self._settings.clear()
