"""ccxt over a session that answers from a script: no network, and every request kept as it would have left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import SecretStr

from vibex.domain import ManualClock
from vibex.venues.ccxt import CcxtVenue, open_ccxt
from vibex.venues.ccxt.connection import AccountKeys

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CANARY = "canary0123456789canary0123456789"
# Made up for tests: 32 bytes that never were a wallet's.
PRIVATE_KEY = "0x" + "17" * 32
KEYS = {
    "hyperliquid": AccountKeys(private_key=SecretStr(PRIVATE_KEY), user="0x" + "ab" * 20),
    "okx": AccountKeys(
        api_key=SecretStr("key-of-okx"), secret=SecretStr(CANARY), passphrase=SecretStr("phrase-of-okx")
    ),
}


def keys_of(name: str) -> AccountKeys:
    return KEYS.get(name) or AccountKeys(api_key=SecretStr(f"key-of-{name}"), secret=SecretStr(CANARY))


@dataclass(frozen=True, slots=True)
class Sent:
    method: str
    url: str
    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the next request whose URL or body holds `path` gets; an exception is raised instead."""

    path: str
    body: object = None
    status: int = 200
    raises: Exception | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class _Response:
    def __init__(self, answer: Answer) -> None:
        self.status, self.reason = answer.status, "scripted"
        self.headers = {"Content-Type": "application/json", **answer.headers}
        self._answer = answer

    async def text(self, **_: object) -> str:
        body = self._answer.body
        return body if isinstance(body, str) else json.dumps(body)

    async def __aenter__(self) -> _Response:
        if self._answer.raises is not None:
            raise self._answer.raises
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


@dataclass
class ScriptedSession:
    """Answers stand until they match; those `once` given go first, in order."""

    standing: list[Answer] = field(default_factory=list)
    once: list[Answer] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def _request(self, method: str, url: object, **options: Any) -> _Response:
        assert options["allow_redirects"] is False, "a key would follow a redirect to another host"
        body = options["data"].decode() if options.get("data") else ""
        sent = Sent(method=method, url=str(url), body=body, headers=dict(options["headers"]))
        self.sent.append(sent)
        for answer in self.once:
            if answer.path in sent.url or answer.path in body:
                self.once.remove(answer)
                return _Response(answer)
        # The most particular answer goes first.
        for answer in sorted(self.standing, key=lambda one: -len(one.path)):
            if answer.path in sent.url or answer.path in body:
                return _Response(answer)
        raise AssertionError(f"nothing is scripted for {method} {url} {body}")

    def get(self, url: object, **options: Any) -> _Response:
        return self._request("GET", url, **options)

    def post(self, url: object, **options: Any) -> _Response:
        return self._request("POST", url, **options)

    def delete(self, url: object, **options: Any) -> _Response:
        return self._request("DELETE", url, **options)

    async def close(self) -> None:
        return None


def scripted(name: str) -> ScriptedSession:
    """A session that can answer what ccxt asks before it knows the venue's contracts."""
    markets = json.loads((HERE / "markets" / f"{name}.json").read_text(encoding="utf-8"))
    return ScriptedSession(standing=[Answer(path, body) for path, body in markets.items()])


def opened(
    name: str, session: ScriptedSession, *, keys: bool = True, may_write: bool = True, clock: ManualClock | None = None
) -> CcxtVenue:
    client = open_ccxt(
        name,
        clock or ManualClock(NOW),
        keys=keys_of(name) if keys else None,
        mainnet=True,
        may_write=may_write,
        session=session,
    )
    # Nobody is there to be spared.
    client._connection.exchange.enableRateLimit = False  # type: ignore[attr-defined]
    return client
