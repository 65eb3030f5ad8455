"""A model maker on a world in memory, with a client that speaks real HTTP to a scripted server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.agent.worlds import ACCOUNT, NOW, SYMBOLS, World
from tests.llm.questions import MODEL, Clients
from vibex.agent.context import ContextBuilder
from vibex.agent.deliberation import Deliberation, MakerSettings, Memory
from vibex.agent.maker import ModelMaker
from vibex.agent.prompt import PromptWriter
from vibex.domain import Decision, ManualClock
from vibex.llm import Retries, Timeouts
from vibex.store import LOCAL_OWNER, ModelCallRepository
from vibex.testing.model_server import ModelServer


@dataclass
class Bench:
    """A maker with what a test looks at."""

    maker: ModelMaker
    told: list[Deliberation] = field(default_factory=list)

    async def decide(self) -> dict[str, Decision]:
        """The decisions by asset."""
        decisions = await self.maker.decide(ACCOUNT, SYMBOLS, NOW)
        assert [each.symbol for each in decisions] == list(SYMBOLS)
        return {each.symbol.partition("/")[0]: each for each in decisions}


@asynccontextmanager
async def bench(
    made: World,
    server: ModelServer | str,
    clients: Clients,
    calls: ModelCallRepository,
    clock: ManualClock,
    *,
    memory: Memory | None = None,
    writer: PromptWriter | None = None,
    secrets: tuple[str, ...] = (),
    timeouts: Timeouts | None = None,
    owner_usd: str = "5",
    **settings: Any,
) -> AsyncIterator[Bench]:
    told: list[Deliberation] = []
    retries = Retries(attempts=2)
    async with clients.of(server, timeouts=timeouts, retries=retries, daily_usd=owner_usd) as client:
        maker = ModelMaker(
            MakerSettings(model=MODEL, **settings),
            model=client,
            owner=LOCAL_OWNER,
            contexts=ContextBuilder(bars=made, facts=made),
            accounts=made,
            spending=calls,
            clock=clock,
            memory=memory,
            writer=writer,
            secrets=secrets,
            tell=told.append,
        )
        yield Bench(maker, told)


def decision(asset: str = "BTC", action: str = "buy", **changes: Any) -> dict[str, Any]:
    """One decision of a model; a buy of BTC at 60,000 unless told otherwise."""
    opens = action == "buy"
    return {
        "asset": asset,
        "action": action,
        "allocation_usd": 1000 if opens else 0,
        "tp_price": 66_000 if opens else None,
        "sl_price": 58_000 if opens else None,
        "exit_plan": "close below EMA50",
        "rationale": "momentum",
        **changes,
    }


def answer(*decisions: dict[str, Any]) -> dict[str, Any]:
    return {"trade_decisions": list(decisions)}


def text(*decisions: dict[str, Any]) -> str:
    return json.dumps(answer(*decisions))
