"""The account's own events: a listen key kept alive, probed in silence and replaced when it has lapsed.

After a key's end the socket stays open, answers pings and says nothing. The probe therefore asks over HTTP which key
is in force: another one than ours means that events were lost.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing

from vibex.domain import Clock, InvalidInput, RetryLater
from vibex.venues.aster.answers import Json
from vibex.venues.aster.feed import Feed, FeedPatience, Verdict
from vibex.venues.aster.listen_key import RENEW_S, ListenKeys
from vibex.venues.aster.parse_events import KEY_EXPIRED, account_event, kind_of, unwrapped
from vibex.venues.aster.sockets import Connect, Connection
from vibex.venues.aster.symbols import SymbolNames
from vibex.venues.events import AccountEvent, Interrupted

ACCOUNT_PATIENCE = FeedPatience(silence_s=5.0)
"""An account may have nothing to say for hours: what tells silence from a lapsed key is asked soon."""


class UserStream:
    """Events of one account; one consumer. Delivery order is the venue's and not guaranteed.

    Raises InvalidInput for a silence longer than a key goes without being renewed.
    """

    def __init__(
        self,
        keys: ListenKeys,
        connect: Connect,
        base_url: str,
        names: SymbolNames,
        clock: Clock,
        patience: FeedPatience | None = None,
    ) -> None:
        self._keys = keys
        self._connect = connect
        self._base_url = base_url.rstrip("/")
        self._names = names
        self._clock = clock
        self._patience = patience or ACCOUNT_PATIENCE
        if self._patience.silence_s > RENEW_S:
            raise InvalidInput(
                f"{self._patience.silence_s:g} s of silence would outlast the listen key",
                field="account_patience",
                remedy=f"ask after {RENEW_S:g} s at the latest",
            )
        self._key = ""
        self._renew_at = 0.0

    async def events(self) -> AsyncIterator[AccountEvent]:
        feed = Feed(self._dial, self._probe, self._clock, self._patience)
        async with aclosing(feed.messages()) as messages:
            async for message in messages:
                if isinstance(message, Interrupted):
                    yield message
                    continue
                event = self._read(message, feed)
                if event is not None:
                    yield event
                if self._clock.monotonic() >= self._renew_at and not await self._renew():
                    feed.drop("the listen key has lapsed")

    def _read(self, message: Json, feed: Feed) -> AccountEvent | None:
        document = unwrapped(message)
        if kind_of(document) == KEY_EXPIRED:
            feed.drop("the listen key has lapsed")
            return None
        try:
            return account_event(document, self._names)
        except RetryLater as error:
            feed.drop(error.message)
            return None

    async def _dial(self) -> Connection:
        self._key = await self._keys.create()
        self._renew_at = self._clock.deadline(RENEW_S)
        return await self._connect(f"{self._base_url}/ws/{self._key}")

    async def _probe(self, _: Connection) -> Verdict:
        """Creating gives the living key and extends it, so a probe renews as well. No answer is no verdict: the
        address may be banned while the stream lives on."""
        try:
            key = await self._keys.create()
        except RetryLater:
            return Verdict.ALIVE
        self._renew_at = self._clock.deadline(RENEW_S)
        return Verdict.ALIVE if key == self._key else Verdict.DEAD

    async def _renew(self) -> bool:
        self._renew_at = self._clock.deadline(RENEW_S)
        return await self._keys.renew()
