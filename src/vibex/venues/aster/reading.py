"""From a call to a typed document, with the venue's refusal turned into the error that its reader can act on."""

from __future__ import annotations

from typing import TypeVar

from vibex.domain import InvalidInput
from vibex.venues.aster.answers import Json
from vibex.venues.aster.endpoints import Endpoint
from vibex.venues.aster.limits import Purpose
from vibex.venues.aster.signing import Params
from vibex.venues.aster.transport import Transport
from vibex.venues.aster.wire import expect
from vibex.venues.outcome import Refused

T = TypeVar("T")

_UNKNOWN_SYMBOL = "-1121"


async def get(
    transport: Transport,
    endpoint: Endpoint,
    kind: type[T],
    params: Params = (),
    *,
    purpose: Purpose = Purpose.ORDINARY,
    weight: int | None = None,
) -> T:
    """The answer as a `kind`. Raises InvalidInput when the venue refuses the question, and RetryLater when no answer
    could be had or read."""
    answer = await transport.read(endpoint, params, purpose=purpose, weight=weight)
    if isinstance(answer, Refused):
        raise refusal(answer, endpoint)
    return expect(kind, answer, endpoint.path)


def refusal(answer: Refused, endpoint: Endpoint) -> InvalidInput:
    field = "symbol" if answer.code == _UNKNOWN_SYMBOL else None
    return InvalidInput(f"{endpoint.path}: {answer.words} ({answer.code})", field=field, remedy=answer.remedy)


def as_list(document: Json) -> Json:
    """Some calls answer with one object for one symbol and with a list for all."""
    return document if isinstance(document, list) else [document]
