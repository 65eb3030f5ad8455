"""The account's events become facts; a gap makes the account be read again, and entries wait for both.

Bug that it answers: a stream that was mute with pings fine, fills inferred late (nautilus_trader#3861); the venue's
client finds the silence, and says so with `Interrupted`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

from vibex.execution.books import Books
from vibex.execution.facts import FactKind
from vibex.execution.ports import StateGate, TradedVenue
from vibex.execution.reconciling import Reconciler
from vibex.risk.states import Threat
from vibex.venues import AccountEvent, Interrupted
from vibex.venues.events import AccountChanged, ConfigurationChanged, OrderChanged


class Listener:
    """Consumes the account's stream. `on_change` is called with a symbol whose exits may have to follow."""

    def __init__(
        self,
        venue: TradedVenue,
        books: Books,
        gate: StateGate,
        reconciler: Reconciler,
        on_change: Callable[[str], None],
    ) -> None:
        self._venue, self._books, self._gate = venue, books, gate
        self._reconciler, self._on_change = reconciler, on_change
        self._healthy = False

    @property
    def is_healthy(self) -> bool:
        """Whether events would be told now."""
        return self._healthy

    async def listen(self) -> None:
        """Until cancelled."""
        stream = self._venue.account_stream()
        async with aclosing(stream) as events:  # type: ignore[type-var]
            async for event in events:
                await self._hear(event)

    async def _hear(self, event: AccountEvent) -> None:
        match event:
            case Interrupted(why=why, resumed=resumed):
                await self._interrupted(why, resumed=resumed)
            case OrderChanged():
                await self._order(event)
            case AccountChanged():
                self._positions(event)
            case ConfigurationChanged(hedge=True):
                self._reconciler.ask("the account was switched to hedge mode")
            case _:
                return

    async def _interrupted(self, why: str, *, resumed: bool) -> None:
        self._healthy = resumed
        if resumed:
            self._reconciler.ask(why)
            self._gate.clear(Threat.FEED)
        else:
            self._gate.report(Threat.FEED, why)
            await self._books.note(FactKind.TROUBLE, "stream", trouble=Threat.FEED.value, words=why)

    async def _order(self, event: OrderChanged) -> None:
        facts = await self._books.hear(event.order, event.fill, told=True)
        symbol = event.order.symbol
        for fact in facts:
            match fact.kind:
                case FactKind.LIQUIDATED:
                    self._gate.report(Threat.LIQUIDATED, f"{symbol} was liquidated")
                    self._reconciler.ask(f"{symbol} was liquidated")
                case FactKind.DELEVERAGED | FactKind.EXTERNAL:
                    self._reconciler.ask(f"somebody else traded {symbol}")
                case _:
                    continue
        if facts:
            self._on_change(symbol)

    def _positions(self, event: AccountChanged) -> None:
        """A position that our fills do not explain; the fills may come after it, so it is only a reason to look."""
        for position in event.positions:
            if position.position_side is not None:
                self._reconciler.ask("a position of hedge mode was reported")
            elif position.quantity != self._books.ledger.position(position.symbol).quantity:
                self._on_change(position.symbol)
