"""A scripted OpenAI-compatible server: real HTTP on loopback, for tests of everything that asks a model.

    async with ModelServer([says("hello"), Fails(status=429)]) as server:
        endpoint = Endpoint(base_url=server.base_url)

Written on sockets, not on a web framework, because it has to fail in ways that frameworks prevent.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType

from vibex.domain import JsonValue
from vibex.testing.model_replies import (
    CallsTool,
    Fails,
    GivesJson,
    HangsUp,
    KeepsSilent,
    Reply,
    Says,
    Sends,
    in_form,
)
from vibex.testing.model_wire import completion, events, feature_refusal

__all__ = ["ModelServer", "Received", "serve_in_thread"]

Script = Iterable[Reply] | Callable[["Received"], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One question as it arrived; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, JsonValue]


@dataclass(slots=True)
class _Listening:
    """What exists only while the server runs."""

    server: asyncio.Server
    handlers: set[asyncio.Task[None]] = field(default_factory=set)


class ModelServer:
    """Answers questions with `script`, in order, or with what a function makes of each; a question beyond the end of
    the script gets HTTP 418.

    `lacks` names features that are refused with a 400 that names them: "response_format", "tools", "stream_options",
    "max_tokens", "temperature", "stream". A refusal uses up no reply.
    """

    def __init__(self, script: Script, *, lacks: Iterable[str] = ()) -> None:
        self._reply_to = script if callable(script) else _in_order(script)
        self._lacks = frozenset(lacks)
        self._listening: _Listening | None = None
        self.received: list[Received] = []
        self.arrived = asyncio.Event()
        """Set when a question has arrived."""

    @property
    def base_url(self) -> str:
        if self._listening is None:
            raise RuntimeError("the server is not running")
        return f"http://127.0.0.1:{self._listening.server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> ModelServer:
        handlers: set[asyncio.Task[None]] = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                handlers.add(task)
            try:
                await self._serve(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                # The client has gone away, as it does after a time-out.
                return
            finally:
                writer.close()

        self._listening = _Listening(await asyncio.start_server(serve, "127.0.0.1", 0), handlers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            self._listening.server.close()
            for task in self._listening.handlers:
                task.cancel()
            await asyncio.gather(*self._listening.handlers, return_exceptions=True)
            self._listening = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))) or b"{}")
        received = Received(path=first.split(" ")[1], headers=headers, body=body)
        self.received.append(received)
        self.arrived.set()
        refusal = feature_refusal(body, self._lacks)
        await _answer(writer, refusal or self._reply_to(received), body)


async def _answer(writer: asyncio.StreamWriter, reply: Reply, asked: Mapping[str, JsonValue]) -> None:
    if isinstance(reply, GivesJson):
        reply = in_form(reply, asked)
    match reply:
        case KeepsSilent():
            await asyncio.Event().wait()
        case HangsUp():
            return
        case Fails():
            document = json.dumps(reply.document()).encode()
            await _send(writer, reply.status, "application/json", document, reply.headers)
        case Sends():
            await _send(writer, reply.status, reply.content_type, reply.body, {})
        case Says() | CallsTool() if asked.get("stream"):
            await _stream(writer, reply, asked)
        case Says() | CallsTool():
            await _send(writer, 200, "application/json", json.dumps(completion(reply, asked)).encode(), {})


async def _send(
    writer: asyncio.StreamWriter, status: int, content_type: str, body: bytes, headers: Mapping[str, str]
) -> None:
    lines = [
        f"HTTP/1.1 {status} Scripted",
        f"content-type: {content_type}",
        f"content-length: {len(body)}",
        "connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
    await writer.drain()


async def _stream(writer: asyncio.StreamWriter, reply: Says | CallsTool, asked: Mapping[str, JsonValue]) -> None:
    """Server-sent events in HTTP chunks; a cut leaves out the last chunk, which clients see as a broken connection."""
    writer.write(
        b"HTTP/1.1 200 Scripted\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
        b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    )
    cut_after = reply.cut_after if isinstance(reply, Says) else None
    gate = reply.gate if isinstance(reply, Says) else None
    for number, event in enumerate(events(reply, asked)):
        if number == cut_after:
            await writer.drain()
            return
        if gate is not None:
            await gate(number)
        data = event.encode()
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _in_order(replies: Iterable[Reply]) -> Callable[[Received], Reply]:
    left = iter(replies)
    end = Fails(status=418, message="the script has no more replies")
    return lambda _received: next(left, end)


@contextmanager
def serve_in_thread(script: Script, *, lacks: Iterable[str] = ()) -> Iterator[ModelServer]:
    """The same server on a loop of its own, for tests of commands that start a loop themselves."""
    server = ModelServer(script, lacks=lacks)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="scripted model server", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
