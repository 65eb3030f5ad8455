"""A simulated venue in a process of its own, the client that trades on it, and the faults that it is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from vibex.domain import ApprovedEntry, Clock, account_id
from vibex.testing.conformance import Wish
from vibex.venues.aster.client import AsterVenue
from vibex.venues.aster.config import local_config
from vibex.venues.aster.credentials import Credentials, HmacKey, agent_key
from vibex.venues.aster.feed import FeedPatience

SOURCE = Path(__file__).resolve().parents[2] / "src"
START = [sys.executable, "-c", "from vibex.cli import main; main()", "sim", "--testnet"]


@contextmanager
def running(*options: str) -> Iterator[Simulated]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen([*START, *options], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Simulated(json.loads(process.stdout.readline()))
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0


def keys_of(account: dict[str, str], scheme: str) -> Credentials:
    if scheme == "hmac":
        return HmacKey(api_key=SecretStr(account["api_key"]), secret=SecretStr(account["secret"]))
    return agent_key(user=account["user"], signer=account["signer"], private_key=SecretStr(account["private_key"]))


@dataclass(frozen=True, slots=True)
class Simulated:
    """What the ready line says."""

    ready: dict[str, Any]

    def venue(
        self, clock: Clock, *, scheme: str = "agent", account: int = 0, account_patience: FeedPatience | None = None
    ) -> AsterVenue:
        keys = keys_of(self.ready["accounts"][account], scheme)
        return AsterVenue(local_config(self.ready["rest"], keys), clock, account_patience=account_patience)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.ready['token']}"}

    async def fault(self, lines: str) -> None:
        """Put faults in force from now on."""
        async with httpx.AsyncClient(base_url=self.ready["control"], headers=self.bearer, trust_env=False) as client:
            answer = await client.post("/faults", content=lines.encode())
            assert answer.status_code == 200, answer.text

    async def lose_next_answer(self) -> None:
        await self.fault("lose-answer ms=1 method=POST path=order\n")


class Approver:
    """Approves whatever a card wishes: the risk gate's place in a test."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, wish: Wish) -> ApprovedEntry:
        return ApprovedEntry(
            account_id=account_id("desk"),
            client_order_id=wish.client_order_id,
            symbol=wish.symbol,
            side=wish.side,
            type=wish.type,
            quantity=wish.quantity,
            leverage=Decimal(3),
            valid_until=self._clock.now() + timedelta(minutes=-1 if wish.expired else 1),
            min_price=wish.min_price,
            max_price=wish.max_price,
            rule="conformance",
            price=wish.price,
            trigger_price=wish.trigger_price,
            time_in_force=wish.time_in_force,
        )
