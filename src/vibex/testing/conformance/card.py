"""One card: what is asked of a venue, and the session in which it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Generic, NoReturn, Protocol, TypeVar

from vibex.domain import ApprovedEntry, ClientOrderId, Clock, OrderKind, OrderType, Side, TimeInForce
from vibex.venues import Venue, VenueInstrument

E = TypeVar("E")


class CardFailed(Exception):
    """The venue does not do what the card asks; the text says what it did instead."""


class CardSkipped(Exception):
    """The card cannot be tried here; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An entry that a trading card would like to have approved. `min_price`..`max_price` is the band it may trade in;
    `expired` asks for an approval that has run out."""

    client_order_id: ClientOrderId
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal
    min_price: Decimal
    max_price: Decimal
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expired: bool = False


class Approve(Protocol):
    """Turns a wish into an approved entry: the risk gate of a paper account, or a test's own."""

    def __call__(self, wish: Wish) -> ApprovedEntry: ...


LoseNextAnswer = Callable[[], Awaitable[None]]
"""Makes the venue carry out the next order and lose its answer. Only a simulated venue can."""


@dataclass(slots=True, kw_only=True)
class Session:
    """What a card has at hand. `has_account`: whether the venue has keys. `tag` marks the orders of one run."""

    venue: Venue
    clock: Clock
    symbol: str
    has_account: bool = True
    approve: Approve | None = None
    lose_next_answer: LoseNextAnswer | None = None
    tag: str = "cards"
    epoch: int = 0
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def instrument(self) -> VenueInstrument:
        """The contract of the session. CardFailed when the venue does not list it."""
        for one in await self.venue.instruments():
            if one.symbol == self.symbol:
                return one
        raise CardFailed(f"{self.symbol} is not listed")

    def next_id(self, kind: OrderKind) -> ClientOrderId:
        return ClientOrderId(account_tag=self.tag, lease_epoch=self.epoch, sequence=next(self._numbers), kind=kind)


Check = Callable[[Session], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`number` never changes its meaning; `passes` is the criterion; `section` is the heading in docs/venues.md under
    which the venue's behaviour is described; `check` raises CardFailed or CardSkipped."""

    number: str
    title: str
    prerequisite: str
    steps: Sequence[str]
    passes: str
    needs_account: bool
    check: Check
    section: str = "Conformance cards"


def card(
    number: str,
    title: str,
    *,
    steps: Sequence[str],
    passes: str,
    prerequisite: str = "",
    needs_account: bool = False,
    section: str = "Conformance cards",
) -> Callable[[Check], Card]:
    """Makes a card of the function that carries it out."""

    def made(check: Check) -> Card:
        return Card(
            number=number,
            title=title,
            prerequisite=prerequisite or ("keys" if needs_account else "none"),
            steps=tuple(steps),
            passes=passes,
            needs_account=needs_account,
            check=check,
            section=section,
        )

    return made


def fail(words: str) -> NoReturn:
    raise CardFailed(words)


def skip(words: str) -> NoReturn:
    raise CardSkipped(words)


def require(holds: bool, words: str) -> None:
    """CardFailed with `words` unless `holds`."""
    if not holds:
        raise CardFailed(words)


class Heard(Generic[E]):
    """What a stream has said so far, in order."""

    def __init__(self, clock: Clock) -> None:
        self.events: list[E] = []
        self._clock = clock
        self._fresh = asyncio.Event()
        self._why: str | None = None

    async def until(self, enough: Callable[[Sequence[E]], bool], seconds: float, what: str) -> Sequence[E]:
        """The events once they are `enough`. CardFailed, naming `what` is missing, after `seconds`."""
        deadline = self._clock.deadline(seconds)
        while not enough(self.events):
            if self._why is not None:
                fail(f"the stream ended: {self._why}")
            left = deadline - self._clock.monotonic()
            if left <= 0:
                fail(f"no {what} within {seconds:g} s; {len(self.events)} other events came")
            self._fresh.clear()
            waiting = asyncio.ensure_future(self._clock.sleep(left))
            hearing = asyncio.ensure_future(self._fresh.wait())
            try:
                await asyncio.wait({waiting, hearing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
                hearing.cancel()
        return self.events

    async def read(self, stream: AsyncIterator[E]) -> None:
        try:
            async for event in stream:
                self.events.append(event)
                self._fresh.set()
            self._why = "without a word"
        finally:
            self._why = self._why or "with an error"
            self._fresh.set()


@asynccontextmanager
async def listening(stream: AsyncIterator[E], clock: Clock) -> AsyncIterator[Heard[E]]:
    """Read `stream` beside the card's own steps; what it raised is raised at the end."""
    heard: Heard[E] = Heard(clock)
    reading = asyncio.ensure_future(heard.read(stream))
    try:
        yield heard
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
