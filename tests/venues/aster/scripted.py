"""A scripted AsterDEX on loopback: real HTTP, answers in order, able to fail as frameworks prevent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import parse_qsl

from vibex.domain import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`hangs_up`: the connection closes after the request was read; `stays_silent`: no byte ever comes."""

    status: int = 200
    body: str = "{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    stays_silent: bool = False


def gives(document: JsonValue, status: int = 200, **headers: str) -> Answer:
    return Answer(
        status=status, body=json.dumps(document), headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def error(code: int, message: str = "no", status: int = 400) -> Answer:
    return gives({"code": code, "msg": message}, status)


_BEYOND = error(-1, "beyond the script", 404)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    text: str
    """The query of a GET, the body of anything else: what was signed."""
    headers: Mapping[str, str]

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.text))


class ScriptedVenue:
    """Answers with `script` in order, whatever is asked; `GET …/time` is answered apart and not counted, unless
    `answers_time` is off. What comes after the script gets HTTP 404."""

    def __init__(self, script: Sequence[Answer] = (), *, time_ms: int = 0, answers_time: bool = True) -> None:
        self.script = list(script)
        self.requests: list[Request] = []
        self.answers: dict[str, Answer] = {}
        """Answers by path, for calls that come in no fixed order; they go before the script."""
        self.time_ms = time_ms
        self.times_asked = 0
        self._answers_time = answers_time
        self._server: asyncio.Server | None = None
        self._handlers: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> ScriptedVenue:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._handlers:
            task.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            self._handlers.discard(task)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
        method, target, _ = first.split(" ")
        path, _, query = target.partition("?")
        if self._answers_time and path.endswith("/time"):
            self.times_asked += 1
            answer = gives({"serverTime": self.time_ms})
        else:
            self.requests.append(Request(method=method, path=path, text=body or query, headers=headers))
            answer = self.answers.get(path) or (self.script.pop(0) if self.script else _BEYOND)
        if answer.hangs_up:
            return False
        if answer.stays_silent:
            await asyncio.Event().wait()
        content = answer.body.encode()
        extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        writer.write(f"HTTP/1.1 {answer.status} X\r\nContent-Length: {len(content)}\r\n{extra}\r\n".encode() + content)
        await writer.drain()
        return True
