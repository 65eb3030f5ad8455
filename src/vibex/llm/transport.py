"""One exchange with an endpoint over HTTP: bytes out, an answer in, every fault sorted by whether it may be billed.

Imported when the first question is asked, because httpx takes 300 ms to load. Errors of httpx are replaced, not
chained: their tracebacks hold the request's headers, and with them the key.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Generator
from email.utils import parsedate_to_datetime

import httpx

from vibex import __version__
from vibex.domain import Clock, InvalidInput, JsonValue
from vibex.llm.assembly import Assembly, read_json
from vibex.llm.endpoint import Endpoint
from vibex.llm.errors import AnswerLost, AnswerMalformed
from vibex.llm.model import Listener
from vibex.llm.patience import Timeouts
from vibex.llm.refusal import Unavailable, judge_status, said_in
from vibex.llm.sse import EventReader

_MOST_BYTES = 8 << 20
_MOST_ERROR_BYTES = 64 << 10


class Transport:
    """Connections to one endpoint; belongs to one event loop."""

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts, clock: Clock) -> None:
        # Its debug lines repeat the headers of answers, where an endpoint may repeat the key.
        logging.getLogger("httpcore").setLevel(logging.INFO)
        self._endpoint = endpoint
        self._timeouts = timeouts
        self._clock = clock
        self._http = httpx.AsyncClient(
            auth=_Bearer(endpoint),
            headers={"User-Agent": f"vibex/{__version__}", "Accept-Encoding": "identity", **endpoint.headers},
            timeout=httpx.Timeout(
                connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.connect
            ),
            follow_redirects=False,
            trust_env=not endpoint.is_local,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def exchange(
        self, body: bytes, assembly: Assembly, *, deadline: float, started: float, listen: Listener | None
    ) -> None:
        """Send `body` and read the answer into `assembly`; `deadline` and `started` are the clock's monotonic seconds.

        Raises Unavailable (nothing happened, may be sent again), Rejected (a 4xx), InvalidInput (a redirect),
        AnswerMalformed, and AnswerLost where the question may be billed although no complete answer came.
        """
        fault: str
        try:
            async with (
                asyncio.timeout(max(0.0, deadline - self._clock.monotonic())),
                self._http.stream(
                    "POST", self._endpoint.completions_url, content=body, headers={"Content-Type": "application/json"}
                ) as response,
            ):
                await self._read(response, assembly, deadline=deadline, started=started, listen=listen)
            return
        except (httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Unavailable(f"no connection within {self._timeouts.connect:g} s (connect time-out)") from None
        except (httpx.ConnectError, httpx.ProxyError) as error:
            raise Unavailable(self._endpoint.without_key(f"no connection: {error}")) from None
        except TimeoutError:
            fault = f"no complete answer within {self._timeouts.total:g} s (total time-out)"
        except httpx.ReadTimeout:
            fault = f"the endpoint was silent for {self._timeouts.read:g} s (read time-out)"
        except httpx.WriteTimeout:
            fault = f"the question could not be sent within {self._timeouts.write:g} s (write time-out)"
        except httpx.HTTPError as error:
            fault = self._endpoint.without_key(f"the connection broke: {type(error).__name__}")
        if not assembly.is_finished:
            raise AnswerLost(fault, partial=assembly.text)

    async def _read(
        self,
        response: httpx.Response,
        assembly: Assembly,
        *,
        deadline: float,
        started: float,
        listen: Listener | None,
    ) -> None:
        if response.is_redirect or 300 <= response.status_code < 400:
            raise InvalidInput(
                f"answers with a redirect to {_host(response)}, which is not followed with a key",
                field="OPENROUTER_BASE_URL",
                remedy="set the address that it points to, if you trust it",
            )
        if not response.is_success:
            text = (await _bounded(response, _MOST_ERROR_BYTES)).decode(errors="replace")
            said = self._endpoint.without_key(said_in(text))
            raise judge_status(response.status_code, said, _retry_after_s(response, self._clock))
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            text = (await _bounded(response, _MOST_BYTES)).decode(errors="replace")
            self._take(text, assembly, started, listen)
            if not assembly.has_begun:
                raise AnswerMalformed("a completion without choices", text=text[:2000])
        elif kind == "text/event-stream":
            await self._read_events(response, assembly, deadline=deadline, started=started, listen=listen)
        else:
            raise AnswerMalformed(
                f"the endpoint answered with content type {kind or 'none'} instead of JSON",
                remedy="check OPENROUTER_BASE_URL; it usually ends in /v1",
            )

    async def _read_events(
        self,
        response: httpx.Response,
        assembly: Assembly,
        *,
        deadline: float,
        started: float,
        listen: Listener | None,
    ) -> None:
        reader, size = EventReader(), 0
        try:
            async for received in response.aiter_bytes():
                size += len(received)
                if size > _MOST_BYTES:
                    raise AnswerMalformed(f"an answer beyond {_MOST_BYTES >> 20} MiB", text=assembly.text[:2000])
                for event in reader.feed(received):
                    if event.strip() == "[DONE]":
                        return
                    self._take(event, assembly, started, listen)
                if self._clock.monotonic() > deadline:
                    raise TimeoutError
            for event in reader.finish():
                if event.strip() == "[DONE]":
                    return
                self._take(event, assembly, started, listen)
        except UnicodeDecodeError:
            raise AnswerMalformed("a stream that is no UTF-8", text=assembly.text) from None
        if not assembly.is_finished:
            raise AnswerLost("the stream was cut before its end", partial=assembly.text)

    def _take(self, text: str, assembly: Assembly, started: float, listen: Listener | None) -> None:
        document = read_json(text)
        if not isinstance(document, dict):
            raise AnswerMalformed("a completion that is no object", text=text[:2000])
        self._raise_embedded(document, assembly)
        piece = assembly.take(document, at_ms=round((self._clock.monotonic() - started) * 1000))
        if piece and listen is not None:
            listen(piece)

    def _raise_embedded(self, document: dict[str, JsonValue], assembly: Assembly) -> None:
        """An error inside a 200, as routers send it when the host behind them fails."""
        error = document.get("error")
        if not isinstance(error, dict):
            return
        said = self._endpoint.without_key(said_in(json.dumps({"error": error})))
        if assembly.has_begun:
            raise AnswerLost(f"the stream was cut: {said}", partial=assembly.text)
        code = error.get("code")
        raise judge_status(code if isinstance(code, int) else 502, said, None)


class _Bearer(httpx.Auth):
    """Adds the key when the request is sent, so that it stands in no variable of ours before."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._endpoint.key is not None:
            request.headers["Authorization"] = f"Bearer {self._endpoint.key.get_secret_value()}"
        yield request


async def _bounded(response: httpx.Response, most: int) -> bytes:
    received = b""
    async for piece in response.aiter_bytes():
        received += piece
        if len(received) > most:
            raise AnswerMalformed(f"an answer beyond {most >> 10} KiB", text=received[:2000].decode(errors="replace"))
    return received


def _host(response: httpx.Response) -> str:
    try:
        return httpx.URL(response.headers.get("location", "")).host or "nowhere"
    except httpx.InvalidURL:
        return "nowhere"


def _retry_after_s(response: httpx.Response, clock: Clock) -> float | None:
    """Seconds that the endpoint asks to wait (RFC 9110 §10.2.3: a number or a date); None when it does not say."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - clock.now()).total_seconds())
    except (TypeError, ValueError):
        return None
