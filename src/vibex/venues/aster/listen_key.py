"""The key of the user-data stream: made, renewed long before it lapses, closed."""

from __future__ import annotations

from vibex.domain import RetryLater, StopTrading
from vibex.venues.aster import endpoints, wire
from vibex.venues.aster.answers import Good
from vibex.venues.aster.limits import Purpose
from vibex.venues.aster.transport import Transport
from vibex.venues.outcome import Refused, Unknown

RENEW_S = 20 * 60.0
"""The key lives 60 minutes; renewing at 60, as the documents advise, is a race."""


_LAPSED = "-1125"


class ListenKeys:
    """Creating while a key lives gives the same key and extends it, so repeating any of these calls is harmless."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create(self) -> str:
        """The key. Raises RetryLater when none could be had, StopTrading when it never will."""
        answer = await self._transport.write(endpoints.CREATE_LISTEN_KEY, (), purpose=Purpose.EXIT)
        if isinstance(answer, Good):
            return wire.expect(wire.WireListenKey, answer.document, "listenKey").listen_key
        if isinstance(answer, Refused) and answer.stop:
            raise StopTrading(f"no listen key: {answer.words} ({answer.code})", remedy=answer.remedy)
        why = answer.why if isinstance(answer, Unknown) else f"{answer.words} ({answer.code})"
        raise RetryLater(f"no listen key: {why}")

    async def renew(self) -> bool:
        """False when the key has lapsed: make a new one and read the account again. Any other failure leaves two more
        chances before it does, and a ban of the address does not end the stream."""
        answer = await self._transport.write(endpoints.RENEW_LISTEN_KEY, (), purpose=Purpose.EXIT)
        return not (isinstance(answer, Refused) and answer.code == _LAPSED)

    async def close(self) -> None:
        """Best effort: an unclosed key lapses by itself."""
        await self._transport.write(endpoints.CLOSE_LISTEN_KEY, (), purpose=Purpose.EXIT)
