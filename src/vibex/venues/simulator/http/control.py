"""The port behind the stage: faults and the time, for whoever has the token of the ready line.

GET /faults      what is in force, with how often each was used
POST /faults     one fault a line, as in a scenario file; without `at=` from now on
DELETE /faults   no faults any more (what they changed stays changed)
GET /time        the venue's time and how long it has run, in ms
"""

from __future__ import annotations

import hmac
import json

from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange.floor import Json
from vibex.venues.simulator.faults import Fault, parse_script
from vibex.venues.simulator.http.application import Application, Message, Receive, Send

_LARGEST_BODY = 1 << 16


class Control:
    """An ASGI application beside the venue's own; `token` is asked for as `Authorization: Bearer …`."""

    def __init__(self, application: Application, token: str) -> None:
        self._application, self._token = application, token

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        body = await _body(receive)
        status, payload = self._answer(scope, body)
        raw = json.dumps(payload).encode() + b"\n"
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(raw)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": raw})

    def _answer(self, scope: Message, body: bytes | None) -> tuple[int, Json]:
        given = dict(scope["headers"]).get(b"authorization", b"")
        if not hmac.compare_digest(given, b"Bearer " + self._token.encode()):
            return 401, {"error": "send the token of the ready line as Authorization: Bearer …"}
        self._application.catch_up()
        incidents = self._application.incidents
        match scope["method"], scope["path"]:
            case "GET", "/time":
                return 200, {"now_ms": incidents.simulator.now_ms, "elapsed_ms": incidents.elapsed_ms}
            case "GET", "/faults":
                return 200, [_row(fault) for fault in incidents.script.faults]
            case "DELETE", "/faults":
                cleared = len(incidents.script.faults)
                incidents.clear()
                return 200, {"cleared": cleared}
            case "POST", "/faults":
                return self._add(body)
            case _:
                return 404, {"error": "there are GET, POST and DELETE /faults, and GET /time"}

    def _add(self, body: bytes | None) -> tuple[int, Json]:
        incidents = self._application.incidents
        try:
            if body is None:
                raise InvalidInput(f"more than {_LARGEST_BODY} bytes", field="scenario")
            faults = parse_script(body.decode()).faults
            for fault in faults:
                fault.options.setdefault("at", str(incidents.elapsed_ms))
            incidents.add(faults)
        except (InvalidInput, UnicodeDecodeError) as error:
            return 400, {"error": str(error)}
        self._application.catch_up()
        return 200, {"added": len(faults)}


def _row(fault: Fault) -> Json:
    return {"fault": fault.kind, "options": dict(fault.options), "used": fault.used}


async def _body(receive: Receive) -> bytes | None:
    """The request's body, None when it is too large."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > _LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return body
