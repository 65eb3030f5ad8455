"""The venue's server as an ASGI application: faults, limits, signatures, dispatch, in this order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import unquote

from vibex.domain.clock import Clock
from vibex.venues.simulator.exchange.floor import Json
from vibex.venues.simulator.exchange.refusal import TEXTS, Refusal
from vibex.venues.simulator.faults import Fault, Script
from vibex.venues.simulator.http import account_calls, market_calls, trade_calls
from vibex.venues.simulator.http.calls import Access, Call, Route
from vibex.venues.simulator.http.keys import AccountKeys
from vibex.venues.simulator.http.limits import Limits, Throttled
from vibex.venues.simulator.http.listen_keys import ListenKeys
from vibex.venues.simulator.http.parameters import Parameters
from vibex.venues.simulator.http.signatures import Sent, Verifier, names_of_signing
from vibex.venues.simulator.http.streams import Streams
from vibex.venues.simulator.incidents import Incidents
from vibex.venues.simulator.simulator import Simulator

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

_ROUTES: dict[tuple[str, str], Route] = {
    (route.method, route.name): route for route in (*market_calls.ROUTES, *trade_calls.ROUTES, *account_calls.ROUTES)
}
_HTTP_STATUS = {-2014: 401, -2015: 401, -1006: 500, -1007: 408, -1016: 503}
_LARGEST_BODY = 1 << 20
_PAGE = b"<html><body><h1>500 Internal Server Error</h1></body></html>"


@dataclass(slots=True)
class Answer:
    """`body` bytes go out as they are; with `lost_for_ms` they never do."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    lost_for_ms: int = 0


class Application:
    """One simulated venue. Everything happens on one event loop; between two awaits nothing else does."""

    def __init__(
        self,
        simulator: Simulator,
        keys: Iterable[AccountKeys],
        *,
        clock: Clock,
        chain_id: int = 1666,
        script: Script | None = None,
    ) -> None:
        self.simulator, self.clock = simulator, clock
        self.habits = simulator.exchange.floor.habits
        self.verifier = Verifier(keys, chain_id=chain_id, habits=self.habits)
        self.limits = Limits()
        self.listen_keys = ListenKeys()
        self.script = script or Script()
        self.streams = Streams(simulator, self.listen_keys, self.script)
        self._last_answers: dict[tuple[str, str], Answer] = {}
        self.incidents = Incidents(simulator=simulator, script=self.script, listen_keys=self.listen_keys)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "websocket":
            await self.streams.serve(scope, receive, send)
        elif scope["type"] == "http":
            sent = await _sent(scope, receive)
            answer = await self.answer(sent)
            if answer.lost_for_ms:
                await self._lose(receive, send, answer.lost_for_ms)
            else:
                await _deliver(send, answer)

    async def answer(self, sent: Sent) -> Answer:
        """What the venue answers, after the delays and with the faults that the script has for this request."""
        self.catch_up()
        if self.incidents.split_ms:
            return Answer(504, b"", lost_for_ms=self.incidents.split_ms)
        version, name = _version_and_name(sent.path)
        faults = self.script.for_request(sent.method, name, self.incidents.elapsed_ms)
        if "delay" in faults:
            await self.clock.sleep(faults["delay"].whole("ms") / 1000)
            self.catch_up()
        early = self._refused_by_fault(sent, faults)
        if early is not None:
            return early
        answer = self._run(sent, version, name, faults)
        if "duplicate-request" in faults:
            self._run(sent, version, name, faults)
        self.streams.publish()
        before, self._last_answers[sent.method, name] = self._last_answers.get((sent.method, name), answer), answer
        return _spoiled(before if "stale-answer" in faults else answer, faults)

    def catch_up(self) -> None:
        self.simulator.catch_up()
        self.streams.publish(reachable=not self.incidents.split_ms)

    def _refused_by_fault(self, sent: Sent, faults: dict[str, Fault]) -> Answer | None:
        """Faults that keep the request from having any effect."""
        now = self.simulator.now_ms
        if "maintenance" in faults:
            return _refusal(-1016)
        if "ban" in faults:
            return self._throttled(self.limits.ban(sent.address, now, faults["ban"].whole("ms") or None))
        if "rate-limit" in faults:
            until = (now // 60_000 + 1) * 60_000
            return self._throttled(Throttled(429, -1003, TEXTS[-1003] % 2400, until))
        if "error-before" in faults:
            return _broken(faults["error-before"])
        if "timeout" in faults and faults["timeout"].options.get("effect") == "no":
            return _refusal(int(faults["timeout"].options.get("code", "-1007")))
        return None

    def _run(self, sent: Sent, version: str, name: str, faults: dict[str, Fault]) -> Answer:
        route = _ROUTES.get((sent.method, name))
        if route is None or version not in route.versions:
            return Answer(404, b"<html><body><h1>404 Not Found</h1></body></html>", {"content-type": "text/html"})
        now = self.simulator.now_ms
        server_ms = now + self.incidents.skew_ms
        read = Parameters(sent.pairs(), python_booleans=self.habits.python_booleans)
        headers: dict[str, str] = {}
        try:
            used = self.limits.charge(sent.address, route.cost(read), now)
            headers["X-MBX-USED-WEIGHT-1M"] = str(used)
            account = self._identify(sent, version, route, server_ms)
            if route.orders and account is not None:
                headers["X-MBX-ORDER-COUNT-1M"] = str(self.limits.order(account, route.orders, now))
            self._refuse_lagging(name, account, read, faults)
            call = Call(
                simulator=self.simulator,
                listen_keys=self.listen_keys,
                parameters=read,
                server_ms=server_ms,
                account_name=account,
            )
            read.ignore(names_of_signing(version))
            payload = route.handler(call)
            if sent.method == "GET":
                call.refuse_unknown()
        except Throttled as throttled:
            return self._throttled(throttled)
        except Refusal as refusal:
            return _refused(refusal.code, refusal.message, headers)
        return Answer(200, _encoded(payload), headers)

    def _identify(self, sent: Sent, version: str, route: Route, server_ms: int) -> str | None:
        if route.access is Access.PUBLIC:
            return None
        if version == "v3":
            return self.verifier.v3(sent, server_ms)
        return self.verifier.by_key(sent) if route.access is Access.KEY else self.verifier.v1(sent, server_ms)

    def _refuse_lagging(self, name: str, account: str | None, read: Parameters, faults: dict[str, Fault]) -> None:
        """order-lag: an order that was just taken is not found yet."""
        if "order-lag" not in faults or name not in ("order", "openOrder") or account is None:
            return
        floor = self.simulator.exchange.floor
        number = read.maybe_integer("orderId")
        if number is None:
            number = floor.account(account).client_ids.get(read.maybe("origClientOrderId") or "")
        order = floor.account(account).orders.get(number or 0)
        if order is not None and floor.now - order.created < faults["order-lag"].whole("ms"):
            raise Refusal(-2013)

    def _throttled(self, throttled: Throttled) -> Answer:
        headers = {}
        if self.habits.send_retry_after:
            headers["Retry-After"] = str(max(1, -(-(throttled.until_ms - self.simulator.now_ms) // 1000)))
        return _refused(throttled.code, throttled.message, headers, status=throttled.status)

    async def _lose(self, receive: Receive, send: Send, silence_ms: int) -> None:
        """The effect stands, the answer never comes: silence until the client gave up, then a broken connection."""
        gone = asyncio.ensure_future(_until_gone(receive))
        waited = asyncio.ensure_future(self.clock.sleep(silence_ms / 1000))
        _, pending = await asyncio.wait({gone, waited}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        # A promised body that never follows makes the server close the connection.
        await send({"type": "http.response.start", "status": 504, "headers": [(b"content-length", b"1")]})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _spoiled(answer: Answer, faults: dict[str, Fault]) -> Answer:
    """Faults after the effect: the request was carried out and the client must not learn it here."""
    if "timeout" in faults:
        return _refusal(int(faults["timeout"].options.get("code", "-1007")))
    if "error-after" in faults:
        return _broken(faults["error-after"])
    if "truncate" in faults:
        return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)
    if "lose-answer" in faults:
        return Answer(answer.status, b"", lost_for_ms=max(1, faults["lose-answer"].whole("ms", 60_000)))
    return answer


def _broken(fault: Fault) -> Answer:
    status = fault.whole("status", 503)
    if fault.options.get("html") == "yes":
        return Answer(status, _PAGE, {"content-type": "text/html"})
    return _refused(-1000, TEXTS[-1000], {}, status=status)


def _refusal(code: int) -> Answer:
    refusal = Refusal(code)
    return _refused(refusal.code, refusal.message, {})


def _refused(code: int, message: str, headers: dict[str, str], *, status: int | None = None) -> Answer:
    return Answer(status or _HTTP_STATUS.get(code, 400), _encoded({"code": code, "msg": message}), headers)


def _encoded(payload: Json) -> bytes:
    return json.dumps(payload, separators=(",", ":"), allow_nan=False).encode()


def _version_and_name(path: str) -> tuple[str, str]:
    """`/fapi/v3/ticker/price` → ("v3", "ticker/price"); empty texts for a path that is none of the venue's."""
    parts = path.split("/", 3)
    if len(parts) == 4 and parts[1] == "fapi":
        return parts[2], parts[3]
    # The spot side has another prefix and lists nothing here.
    if len(parts) == 4 and parts[1:3] == ["api", "v3"]:
        return "spot", f"spot/{parts[3]}"
    return "", ""


async def _sent(scope: Message, receive: Receive) -> Sent:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > _LARGEST_BODY:
            break
    headers = {name.lower(): value for name, value in scope["headers"]}
    client = scope.get("client")
    return Sent(
        method=scope["method"],
        path=unquote(scope["path"]),
        query=scope["query_string"].decode("latin-1"),
        body=body.decode("utf-8", "replace"),
        api_key=headers[b"x-mbx-apikey"].decode("latin-1") if b"x-mbx-apikey" in headers else None,
        address=client[0] if client else "127.0.0.1",
    )


async def _deliver(send: Send, answer: Answer) -> None:
    headers = {"content-type": "application/json", **answer.headers, "content-length": str(len(answer.body))}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
