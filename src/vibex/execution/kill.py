"""The kill switch: entries first, so that nothing refills; then every position; then the venue is asked twice.

Bugs that it answers: a resting limit that refilled the position after the flattening (go-trader#1462), a kill switch
that raised and let the bot go on (hummingbot#2534).
"""

from __future__ import annotations

from dataclasses import dataclass

from vibex.domain import Clock, OrderKind, RetryLater, StopTrading
from vibex.execution.books import Books
from vibex.execution.brackets import Brackets
from vibex.execution.exits import Leaver
from vibex.execution.facts import FactKind
from vibex.execution.ports import StateGate, TradedVenue
from vibex.execution.reconcile import held_at
from vibex.execution.sending import CancelReason, Sender
from vibex.risk.states import Threat
from vibex.venues import AccountSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What is left after the switch was pulled: nothing, or what a person has to close at the venue."""

    is_flat: bool
    positions_left: tuple[str, ...]
    entries_left: tuple[str, ...]
    foreign_orders: tuple[str, ...]

    @property
    def words(self) -> str:
        if self.is_flat and not self.foreign_orders:
            return "flat, and no entry is left"
        parts = []
        if self.positions_left:
            parts.append("open positions: " + ", ".join(self.positions_left))
        if self.entries_left:
            parts.append("entries: " + ", ".join(self.entries_left))
        if self.foreign_orders:
            parts.append("orders of others, which may open a position: " + ", ".join(self.foreign_orders))
        return "; ".join(parts)


class KillSwitch:
    """Of one account. It never leaves HALTED: a person does."""

    def __init__(
        self,
        venue: TradedVenue,
        books: Books,
        sender: Sender,
        brackets: Brackets,
        leaver: Leaver,
        gate: StateGate,
        clock: Clock,
        *,
        passes: int = 20,
        pause_s: float = 1.0,
    ) -> None:
        self._venue, self._books, self._sender, self._brackets = venue, books, sender, brackets
        self._leaver, self._gate, self._clock = leaver, gate, clock
        self._passes, self._pause_s = passes, pause_s

    async def pull(self, why: str, *, flatten: bool = True) -> Killed:
        """Halt, cancel entries, close everything (with `flatten`), and look twice. Raises LeaseLost."""
        self._gate.report(Threat.KILLED, why)
        correlation_id = f"kill-{self._clock.now().isoformat()}"
        await self._books.note(FactKind.KILL_STARTED, correlation_id, why=why, flatten=flatten)
        good = 0
        snapshot: AccountSnapshot | None = None
        for number in range(self._passes):
            if number:
                await self._clock.sleep(self._pause_s)
            await self._cancel_entries()
            snapshot = await self._read() or snapshot
            if snapshot is None:
                continue
            if self._is_done(snapshot, flatten=flatten):
                good += 1
                if good == 2:
                    break
                continue
            good = 0
            if flatten:
                for symbol in sorted(held_at(snapshot)):
                    await self._leaver.leave(symbol, correlation_id, why="kill")
                    await self._sender.read_fills(symbol)
                    await self._brackets.protect(symbol)
        result = self._result(snapshot, verified=good == 2)
        await self._clean()
        await self._books.note(
            FactKind.KILL_DONE, correlation_id, flat=result.is_flat, words=result.words, verified=good
        )
        return result

    async def close_now(self, symbol: str, why: str) -> bool:
        """One position, at once, at any price within the ladder; the account's state stays as it is."""
        done = await self._leaver.leave(symbol, f"close-{symbol}", why=why)
        await self._sender.read_fills(symbol)
        await self._brackets.protect(symbol)
        return done

    async def _cancel_entries(self) -> None:
        for order in self._books.ledger.live(None, OrderKind.ENTRY):
            if order.is_in_doubt:
                self._sender.doubt(order.client_order_id)
            await self._sender.cancel(order, CancelReason.KILL)

    async def _clean(self) -> None:
        for symbol in {order.symbol for order in self._books.ledger.live()}:
            if self._books.ledger.position(symbol).quantity == 0:
                await self._brackets.protect(symbol)

    async def _read(self) -> AccountSnapshot | None:
        try:
            return await self._venue.account_snapshot()
        except (RetryLater, StopTrading):
            return None

    def _is_done(self, snapshot: AccountSnapshot, *, flatten: bool) -> bool:
        doubts = [one for one in self._books.ledger.live(None, OrderKind.ENTRY) if one.is_in_doubt]
        return not doubts and not self._entries(snapshot) and not (flatten and held_at(snapshot))

    def _entries(self, snapshot: AccountSnapshot) -> tuple[str, ...]:
        """Ours that could open; exits only reduce."""
        ours = (one for one in snapshot.open_orders if self._books.ledger.is_ours(one.client_order_id))
        return tuple(one.client_order_id for one in ours if not one.reduce_only and not one.closes_position)

    def _result(self, snapshot: AccountSnapshot | None, *, verified: bool) -> Killed:
        if snapshot is None:
            return Killed(is_flat=False, positions_left=("unknown",), entries_left=("unknown",), foreign_orders=())
        held = tuple(f"{symbol} {one.quantity}" for symbol, one in sorted(held_at(snapshot).items()))
        others = (one for one in snapshot.open_orders if not self._books.ledger.is_ours(one.client_order_id))
        return Killed(
            is_flat=verified and not held,
            positions_left=held,
            entries_left=self._entries(snapshot),
            foreign_orders=tuple(one.client_order_id for one in others if not one.reduce_only),
        )
