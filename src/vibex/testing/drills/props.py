"""Stands in for other rooms in a drill: a journal in memory that can fail, the account's state, the approval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from vibex.domain import (
    AccountId,
    ApprovedEntry,
    ClientOrderId,
    Clock,
    EntriesStopped,
    LeaseLost,
    OrderType,
    Side,
    StopTrading,
    TimeInForce,
)
from vibex.execution.facts import Fact
from vibex.risk.states import Standing, Threat, advance
from vibex.venues import Outcome, Request
from vibex.venues.aster.client import AsterVenue


class Crashed(Exception):
    """The process dies here, as far as the drill is concerned."""


class MemoryJournal:
    """The semantics of the durable journal, without the disk. `dies_before` and `dies_after` choose a row at which the
    process ends; everything after it fails as well until `revive`."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.is_full = False
        self.entries_stopped = False
        self.fence = 0
        self.dies_before: Callable[[Fact], bool] | None = None
        self.dies_after: Callable[[Fact], bool] | None = None
        self._is_dead = False

    def writer(self, epoch: int) -> FencedWriter:
        """The journal under the lease `epoch`, which fences off every earlier one."""
        self.fence = max(self.fence, epoch)
        return FencedWriter(self, epoch)

    def revive(self) -> None:
        self._is_dead, self.dies_before, self.dies_after = False, None, None

    def write(self, facts: Sequence[Fact]) -> None:
        if self._is_dead:
            raise Crashed
        if self.is_full:
            raise StopTrading("the journal cannot be written: no space left")
        for fact in facts:
            if self.dies_before is not None and self.dies_before(fact):
                self._is_dead = True
                raise Crashed
        self.facts.extend(facts)
        for fact in facts:
            if self.dies_after is not None and self.dies_after(fact):
                self._is_dead = True
                raise Crashed


class FencedWriter:
    """Implements `OrderJournal`."""

    def __init__(self, journal: MemoryJournal, epoch: int) -> None:
        self._journal, self._epoch = journal, epoch

    async def append_intent(self, fact: Fact, *, opens: bool) -> None:
        self._check_lease()
        if opens and self._journal.entries_stopped:
            raise EntriesStopped("a kill was written before this entry", reason="kill")
        self._journal.write([fact])

    async def append(self, facts: Sequence[Fact]) -> None:
        self._check_lease()
        self._journal.write(facts)

    async def read(self) -> Sequence[Fact]:
        return tuple(self._journal.facts)

    def _check_lease(self) -> None:
        if self._epoch < self._journal.fence:
            raise LeaseLost(f"lease {self._epoch} was taken over by {self._journal.fence}")


class DrillGate:
    """The account's standing, kept with the risk room's own rules."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.standing = Standing(since=clock.now())
        self.present: set[Threat] = set()
        self.seen: set[Threat] = set()

    def refusal(self) -> str | None:
        return None if self.standing.state.takes_entries else self.standing.words

    def report(self, trouble: Threat, words: str) -> None:
        if not words:
            raise ValueError("a threat is told in words")
        self.present.add(trouble)
        self.seen.add(trouble)
        self._advance()

    def clear(self, trouble: Threat) -> None:
        self.present.discard(trouble)
        self._advance()

    def _advance(self) -> None:
        self.standing = advance(self.standing, self.present, self._clock.now())


class DrillVenue(AsterVenue):
    """The production client; with `dies_after_send` the process ends between an order's arrival and its answer."""

    dies_after_send = False

    async def place(self, request: Request) -> Outcome:
        outcome = await super().place(request)
        if self.dies_after_send:
            raise Crashed
        return outcome


def approve(
    account_id: AccountId,
    client_order_id: ClientOrderId,
    clock: Clock,
    *,
    symbol: str,
    side: Side,
    quantity: Decimal,
    mark: Decimal,
    price: Decimal | None = None,
    time_to_live_s: float = 60.0,
) -> ApprovedEntry:
    """The risk gate's place in a drill, which tries what happens to an order, not whether it should be."""
    return ApprovedEntry(  # lint: skip=approved-entry a drill starts behind the gate
        account_id=account_id,
        client_order_id=client_order_id,
        symbol=symbol,
        side=side,
        type=OrderType.MARKET if price is None else OrderType.LIMIT,
        quantity=quantity,
        leverage=Decimal(3),
        valid_until=clock.now() + timedelta(seconds=time_to_live_s),
        min_price=mark / 2,
        max_price=mark * 2,
        rule="drill",
        price=price,
        time_in_force=TimeInForce.GTC,
    )
