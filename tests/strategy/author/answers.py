"""Requests, and what a model answers to them."""

from __future__ import annotations

import copy
import json
from typing import Any

from tests.llm.questions import MODEL
from vibex.domain import JsonValue
from vibex.llm import Model
from vibex.store import LOCAL_OWNER
from vibex.strategy.author import Authored, author
from vibex.strategy.phrases import read
from vibex.testing.model_replies import GivesJson
from vibex.testing.model_server import ModelServer

Json = dict[str, Any]

TEXT = "Buy BTC when RSI(14) crosses below 30 on the 4h chart, sell when it goes above 55, stop 2 %"
SPEC: Json = {
    "market": "crypto",
    "symbols": ["BTC/USDT"],
    "timeframe": "4h",
    "indicators": [{"id": "rsi_14", "name": "RSI", "params": {"timeperiod": 14}}],
    "entry": {"long": {"left": "rsi_14", "op": "crosses_below", "right": 30}},
    "exit": {"long": {"left": "rsi_14", "op": "crosses_above", "right": 55}},
    "stop_loss": {"type": "percent", "value": 2},
}


def spec(**changes: Any) -> Json:
    """`SPEC` with changes; None takes a field out."""
    changed = {**copy.deepcopy(SPEC), **changes}
    return {key: value for key, value in changed.items() if value is not None}


def answer(strategy: Json | None, **changes: Any) -> Json:
    """A complete answer of a model."""
    return {
        "intent": "strategy",
        "reading": ["buy when the RSI crosses below 30"],
        "problems": [],
        "question": None,
        "refused": [],
        "spec": strategy,
        "assumptions": [],
        **changes,
    }


def gives(strategy: Json | None, **changes: Any) -> GivesJson:
    return GivesJson(value=answer(strategy, **changes))


async def drafted(model: Model, text: str = TEXT, **options: Any) -> Authored:
    """`text` through the author, with the offline reading of the same text."""
    options = {"offline_reading": read(text), **options}
    return await author(text, model=model, model_name=MODEL, owner=LOCAL_OWNER, **options)


def messages(server: ModelServer, at: int) -> list[Json]:
    """The turns of the question number `at`."""
    turns: Any = server.received[at].body["messages"]
    assert isinstance(turns, list)
    return turns


def envelope(server: ModelServer, at: int = 0) -> Json:
    """The envelope of a question."""
    content: JsonValue = messages(server, at)[1]["content"]
    found: Json = json.loads(str(content))
    return found
