"""Signed requests out, exact documents in. Reads are repeated where that can help; a write is sent once, and again
only when the venue has proved that it did not run.

Errors of httpx are replaced, not chained: their tracebacks hold the request and with it signatures and keys.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx

from vibex import __version__
from vibex.domain import Clock, InvalidInput, RetryLater, StopTrading
from vibex.venues.aster import endpoints
from vibex.venues.aster.answers import Bad, Good, Json, judge, shown
from vibex.venues.aster.clock_offset import ServerClock
from vibex.venues.aster.config import AsterConfig
from vibex.venues.aster.credentials import AgentKey, HmacKey
from vibex.venues.aster.endpoints import Endpoint
from vibex.venues.aster.errors import Kind, meaning_of, refused
from vibex.venues.aster.limits import Purpose, RateBudget
from vibex.venues.aster.nonce import NonceAllocator
from vibex.venues.aster.signing import Params, Signer, signer_of
from vibex.venues.outcome import Refused, Unknown

_MOST_BYTES = 32 << 20
_RESYNC_S = 60.0
# Reads keep the time fresh; an order waits for it only when nothing was read for this long.
_STALE_S = 600.0
_FIREWALL = "the venue's firewall refuses this address: do not go on calling, ask the venue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds for each part of an exchange, and how often a read is tried. `longest_wait_s` bounds the wait for the
    rate budget and between tries."""

    connect: float = 5.0
    read: float = 10.0
    write: float = 5.0
    total: float = 20.0
    reads: int = 4
    first_pause_s: float = 0.25
    longest_wait_s: float = 60.0


@dataclass(frozen=True, slots=True)
class _NotSent:
    """Proof that the request never left this machine."""

    why: str


class Transport:
    """One account's connections; belongs to one event loop."""

    def __init__(
        self,
        config: AsterConfig,
        clock: Clock,
        *,
        patience: Patience | None = None,
        server_clock: ServerClock | None = None,
        budget: RateBudget | None = None,
        nonces: NonceAllocator | None = None,
    ) -> None:
        # Their lines repeat addresses with signatures, and headers with keys.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        logging.getLogger("httpcore").setLevel(logging.INFO)
        self._config = config
        self._clock = clock
        self._patience = patience or Patience()
        self.server_clock = server_clock or ServerClock(clock)
        self.budget = budget or RateBudget(clock, self.server_clock.now_ms)
        self._syncing = asyncio.Lock()
        self._readings = 0
        self._signer: Signer | None = None
        if config.credentials is not None:
            self._signer = signer_of(
                config.credentials,
                chain_id=config.chain_id,
                nonces=nonces or NonceAllocator(self.server_clock.now_us),
                server_now_ms=self.server_clock.now_ms,
            )
        self._legacy = isinstance(config.credentials, HmacKey)
        wait = self._patience
        self._http = httpx.AsyncClient(
            base_url=config.rest_url,
            headers={"User-Agent": f"vibex/{__version__}"},
            timeout=httpx.Timeout(connect=wait.connect, read=wait.read, write=wait.write, pool=wait.connect),
            # An idle connection that the venue closes meanwhile would leave the next write unknown.
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=15.0),
            follow_redirects=False,
            trust_env=not config.is_local,
        )

    @property
    def is_signed(self) -> bool:
        """Whether there are keys."""
        return self._signer is not None

    async def close(self) -> None:
        await self._http.aclose()

    async def read(
        self,
        endpoint: Endpoint,
        params: Params = (),
        *,
        purpose: Purpose = Purpose.ORDINARY,
        weight: int | None = None,
    ) -> Json | Refused:
        """The answer of a GET, or the venue's refusal. Raises RetryLater when none could be had, StopTrading for keys
        that are not accepted and for the firewall."""
        pause, why = self._patience.first_pause_s, ""
        for attempt in range(self._patience.reads):
            if attempt:
                await self._clock.sleep(pause)
                pause = min(pause * 2, self._patience.longest_wait_s)
            await self._wait_for_budget(endpoint, purpose, weight)
            answer = await self._once(endpoint, params)
            if isinstance(answer, Good):
                return answer.document
            if isinstance(answer, _NotSent):
                why = answer.why
                continue
            if answer.kind is Kind.REFUSED or answer.kind is Kind.ALREADY:
                return refused(answer.code or 0, answer.message)
            self._raise_if_fatal(answer)
            why = answer.message
            if answer.kind is Kind.RESIGN:
                await self.sync(older_than_s=0.0)
            if self.budget.is_banned:
                break
        wait = self.budget.blocked_s(purpose)
        raise RetryLater(
            f"{endpoint.method} {endpoint.path}: {why}", retry_after_ms=round(wait * 1000) if wait else None
        )

    async def write(
        self, endpoint: Endpoint, params: Params, *, purpose: Purpose = Purpose.ORDINARY, orders: int | None = None
    ) -> Good | Refused | Unknown:
        """Send a change once. Sent a second time only after the venue has refused its nonce or time stamp, which
        proves that it did not run, or when no connection was made. Does not wait for a budget, because an order that
        waits is another order."""
        if endpoint.signed:
            await self.sync(older_than_s=_STALE_S)
        for attempt in range(2):
            wait = self.budget.spend(endpoint.weight, endpoint.orders if orders is None else orders, purpose)
            if wait > 0:
                return Refused(
                    code="rate-budget",
                    words="the budget for this kind of call is used up, or the venue has asked for silence",
                    remedy=f"wait {wait:.1f} s",
                    retry_after_ms=round(wait * 1000),
                )
            answer = await self._once(endpoint, params)
            if isinstance(answer, Good):
                return answer
            if isinstance(answer, Bad):
                if answer.kind is Kind.UNKNOWN:
                    return Unknown(why=answer.message)
                if answer.kind is not Kind.RESIGN or attempt:
                    return self._refusal(answer, purpose)
                await self.sync(older_than_s=0.0)
        return Refused(code="not-sent", words="no connection", remedy="check the network", retry_after_ms=1000)

    async def sync(self, *, older_than_s: float = _RESYNC_S) -> None:
        """Read the venue's time when the last reading is as old as that; a failure leaves the last one in force.

        Concurrent callers share one reading.
        """
        before = self._readings
        async with self._syncing:
            age = self.server_clock.age_s
            if self._readings != before or (age is not None and age < older_than_s):
                return
            if self.budget.spend(endpoints.TIME.weight, 0, Purpose.EXIT) > 0:
                return
            sent = self._clock.monotonic()
            answer = await self._once(endpoints.TIME, ())
            received = self._clock.monotonic()
            if isinstance(answer, Good) and isinstance(answer.document, dict):
                server_ms = answer.document.get("serverTime")
                if isinstance(server_ms, int) and server_ms > 0:
                    self.server_clock.observe(server_ms=server_ms, sent=sent, received=received)
                    self._readings += 1

    async def _wait_for_budget(self, endpoint: Endpoint, purpose: Purpose, weight: int | None) -> None:
        if endpoint.signed:
            await self.sync()
        cost = endpoint.weight if weight is None else weight
        waited = 0.0
        while (wait := self.budget.spend(cost, 0, purpose)) > 0:
            waited += wait
            if waited > self._patience.longest_wait_s:
                raise RetryLater("the venue's rate limit leaves no room", retry_after_ms=round(wait * 1000))
            await self._clock.sleep(wait)

    async def _once(self, endpoint: Endpoint, params: Params) -> Good | Bad | _NotSent:
        request = self._build(endpoint, params)
        try:
            async with asyncio.timeout(self._patience.total):
                response = await self._http.send(request, stream=True)
                try:
                    text = await _bounded(response)
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            return _NotSent(f"no connection ({type(error).__name__})")
        except TimeoutError:
            return Bad(Kind.UNKNOWN, None, f"no complete answer within {self._patience.total:g} s")
        except httpx.HTTPError as error:
            return Bad(Kind.UNKNOWN, None, f"the connection broke ({type(error).__name__})")
        except _TooLong:
            return Bad(Kind.UNKNOWN, None, f"an answer beyond {_MOST_BYTES >> 20} MiB")
        self.budget.observe({name.lower(): value for name, value in response.headers.items()})
        answer = judge(response.status_code, text, writes=endpoint.writes)
        if isinstance(answer, Bad):
            if answer.kind is Kind.BACK_OFF:
                self._back_off(response, answer)
            return Bad(answer.kind, answer.code, self._without_keys(answer.message))
        return answer

    def _build(self, endpoint: Endpoint, params: Params) -> httpx.Request:
        path = endpoint.route(legacy=self._legacy)
        if not endpoint.signed:
            return self._http.build_request(endpoint.method, path, params=list(params))
        if self._signer is None:
            raise InvalidInput(
                f"{endpoint.path} needs the keys of an account",
                field="ASTERDEX_PRIVATE_KEY",
                remedy="set ASTERDEX_USER and ASTERDEX_PRIVATE_KEY",
            )
        text = self._signer.sign(params)
        headers = dict(self._signer.headers)
        if endpoint.method == "GET":
            return self._http.build_request("GET", f"{path}?{text}", headers=headers)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._http.build_request(endpoint.method, path, content=text.encode(), headers=headers)

    def _back_off(self, response: httpx.Response, answer: Bad) -> None:
        asked = self._retry_after_s(response)
        if response.status_code == 418:
            self.budget.banned(answer.message, asked)
        else:
            self.budget.too_many(asked)

    def _retry_after_s(self, response: httpx.Response) -> float | None:
        """Seconds that the venue asks to wait (RFC 9110 §10.2.3: a number or a date); None when it does not say."""
        text = response.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return float(text[:9])
        try:
            asked = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return None
        return max(0.0, asked.replace(tzinfo=asked.tzinfo or UTC).timestamp() - self.server_clock.now_ms() / 1000)

    def _refusal(self, answer: Bad, purpose: Purpose) -> Refused:
        code = answer.code if answer.code is not None else -1003
        if answer.kind is Kind.FATAL and answer.code is None:
            return Refused(code="403", words=answer.message, remedy=_FIREWALL, stop=True)
        wait = self.budget.blocked_s(purpose) if answer.kind is Kind.BACK_OFF else 0.0
        return refused(code, answer.message, retry_after_ms=round(wait * 1000) if wait else None)

    def _raise_if_fatal(self, answer: Bad) -> None:
        if answer.kind is not Kind.FATAL:
            return
        if answer.code is None:
            raise StopTrading(answer.message, remedy=_FIREWALL)
        meaning = meaning_of(answer.code)
        raise StopTrading(f"{meaning.words} ({answer.code}: {answer.message})", remedy=meaning.remedy)

    def _without_keys(self, text: str) -> str:
        """A message of the venue with our keys blotted out, should it repeat them."""
        keys = self._config.credentials
        secrets = () if keys is None else (keys.key,) if isinstance(keys, AgentKey) else (keys.api_key, keys.secret)
        for secret in secrets:
            text = text.replace(secret.get_secret_value().removeprefix("0x"), "***")
        return shown(text)


class _TooLong(Exception):
    """An answer that no call of this client asks for."""


async def _bounded(response: httpx.Response) -> str:
    received = bytearray()
    async for piece in response.aiter_bytes():
        received += piece
        if len(received) > _MOST_BYTES:
            raise _TooLong
    return received.decode(errors="replace")


def form(**values: str | int | None) -> list[tuple[str, str]]:
    """Parameters in the order given; what is None is left out."""
    return [(name, str(value)) for name, value in values.items() if value is not None]
