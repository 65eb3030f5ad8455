"""Questions, prices and clients that the tests of this room share."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from vibex.domain import JsonValue, ManualClock
from vibex.llm import (
    AnswerSchema,
    Endpoint,
    Limits,
    Message,
    ModelClient,
    ModelRequest,
    Occasion,
    Price,
    Prices,
    Rate,
    Retries,
    Role,
    Timeouts,
)
from vibex.store import LOCAL_OWNER, ModelCallRepository
from vibex.testing.model_server import ModelServer

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
MODEL = "x-ai/grok-4"
OCCASION = Occasion(owner=LOCAL_OWNER, purpose="test", subject="BTC", correlation_id="work-1", context={"bars": 3})
RATE = Rate(input=Decimal(3), output=Decimal(15), cached_input=Decimal("0.75"))
SIDE: dict[str, JsonValue] = {"type": "object", "properties": {"side": {"type": "string"}}, "required": ["side"]}
SCHEMA = AnswerSchema(name="decision", schema=SIDE)
KEY = "secret-" + "0123456789abcdef" * 2


def question(**changes: Any) -> ModelRequest:
    """A small question, with some of its fields changed."""
    turns = (Message(role=Role.SYSTEM, text="You trade."), Message(role=Role.USER, text="long or short?"))
    return replace(ModelRequest(model=MODEL, messages=turns, max_tokens=200), **changes)


class Clients:
    """Makes clients that share the clock and the store of a test."""

    def __init__(self, clock: ManualClock, calls: ModelCallRepository) -> None:
        self._clock = clock
        self._calls = calls

    @asynccontextmanager
    async def of(
        self,
        server: ModelServer | str,
        *,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        daily_usd: str = "5",
        headers: dict[str, str] | None = None,
    ) -> AsyncIterator[ModelClient]:
        base_url = server if isinstance(server, str) else server.base_url
        async with ModelClient(
            Endpoint(base_url=base_url, key=SecretStr(KEY), headers=headers or {}),
            calls=self._calls,
            prices=Prices({MODEL: Price(normal=RATE)}),
            limits=Limits(daily_usd=Decimal(daily_usd), call_usd=Decimal(1)),
            clock=self._clock,
            timeouts=timeouts,
            retries=retries,
            rng=random.Random(1),
        ) as client:
            yield client
