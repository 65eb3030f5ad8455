"""The AsterDEX client: one signed order, and one level changed in a local book, reading included."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from pydantic import SecretStr

from bench.measure import Figure, timed
from vibex.venues.aster.answers import read_json
from vibex.venues.aster.book import LocalBook, Step
from vibex.venues.aster.credentials import agent_key
from vibex.venues.aster.nonce import NonceAllocator
from vibex.venues.aster.parse_events import market_event
from vibex.venues.aster.signing import AgentSigner
from vibex.venues.aster.symbols import SymbolNames
from vibex.venues.aster.wire import WireDepth
from vibex.venues.aster.wire_events import DepthEvent

ORDERS, MESSAGES, LEVELS = 200, 200, 50
ORDER = [("symbol", "BTCUSDT"), ("side", "BUY"), ("type", "LIMIT"), ("quantity", "0.001"), ("price", "50000")]


def figures() -> list[Figure]:
    key = agent_key(user="0x" + "2" * 40, private_key=SecretStr("11" * 32))
    signer = AgentSigner(key, 714, NonceAllocator(lambda: 1_700_000_000_000_000))
    sign = timed(lambda: [signer.sign(ORDER) for _ in range(ORDERS)], 5)
    texts = list(messages())
    book = timed(lambda: play(texts), 5)
    return [
        Figure(
            job="signed order",
            body="agent wallet",
            bars=ORDERS,
            minimum=sign[0],
            median=sign[1],
            note="per order; at most 1.5 ms",
        ),
        Figure(
            job="book",
            body="differences of 50 levels",
            bars=MESSAGES * LEVELS,
            minimum=book[0],
            median=book[1],
            note="per level change, reading included; at least 20,000 a second",
        ),
    ]


def messages() -> Iterator[str]:
    """Differences around a still mid price of 60,000, one third of them removals."""
    chance = random.Random(7)
    for number in range(MESSAGES):
        sides: dict[str, list[list[str]]] = {"b": [], "a": []}
        for _ in range(LEVELS):
            away = chance.randint(1, 2000)
            side, cents = ("b", 6_000_000 - away) if chance.random() < 0.5 else ("a", 6_000_000 + away)
            quantity = "0" if chance.random() < 1 / 3 else str(chance.randint(1, 900))
            sides[side].append([f"{cents / 100:.2f}", quantity])
        ids = {"E": number, "s": "BTCUSDT", "U": number, "u": number, "pu": number - 1}
        yield json.dumps({"e": "depthUpdate", **ids, **sides})


def play(texts: list[str]) -> None:
    book, names = LocalBook(), SymbolNames()
    book.load(WireDepth(last_update_id=0, bids=[], asks=[]))
    for text in texts:
        event = market_event(read_json(text), names)
        if not isinstance(event, DepthEvent) or book.apply(event) is not Step.APPLIED:
            raise AssertionError("the differences form one chain")
        book.bids(20)
        book.asks(20)
