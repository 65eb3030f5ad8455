"""One ccxt object, kept on a short lead: no retries, no builder, no float, and for each request what became of it.

ccxt tells failures by exception classes that mix what was answered with what was not; whether a request left and what
came back is therefore noted here, at the socket.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Protocol, cast

from pydantic import SecretStr

from vibex.domain import InvalidInput
from vibex.domain.json_text import loads
from vibex.venues.ccxt.dialect import Call, Dialect
from vibex.venues.ccxt.documents import fields

_TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKeys:
    """What signs: a pair of keys (and OKX's passphrase), or with Hyperliquid an agent's key and the wallet `user`."""

    api_key: SecretStr | None = None
    secret: SecretStr | None = None
    passphrase: SecretStr | None = None
    private_key: SecretStr | None = None
    user: str | None = None

    def for_ccxt(self) -> dict[str, str]:
        named = {
            "apiKey": self.api_key,
            "secret": self.secret,
            "password": self.passphrase,
            "privateKey": self.private_key,
        }
        shown = {name: value.get_secret_value() for name, value in named.items() if value is not None}
        return shown if self.user is None else shown | {"walletAddress": self.user}

    def secrets(self) -> tuple[str, ...]:
        hidden = (self.api_key, self.secret, self.passphrase, self.private_key)
        return tuple(value.get_secret_value() for value in hidden if value is not None)


@dataclass(slots=True)
class Trace:
    """What is known of one request: whether it left this machine, the answer's status and text, and the silence that
    it asks for (`Retry-After` as a number of seconds)."""

    left: bool = False
    status: int | None = None
    body: str = ""
    retry_after_ms: int | None = None


class CallFailed(Exception):
    """A request that did not end with a document. `cause` is ccxt's exception."""

    def __init__(self, cause: Exception, trace: Trace) -> None:
        self.cause = cause
        self.trace = trace
        super().__init__(type(cause).__name__)


class Session(Protocol):
    """What ccxt needs of an HTTP session; tests put a scripted one in its place."""

    async def close(self) -> None: ...


class Connection:
    """Calls of one account (or, without keys, of the public side). `mainnet` False is the venue's test network.

    Raises InvalidInput where the venue has no test network, and where ccxt is not installed.
    """

    def __init__(
        self,
        dialect: Dialect,
        *,
        keys: AccountKeys | None = None,
        mainnet: bool = False,
        session: Session | None = None,
    ) -> None:
        self._dialect = dialect
        self.keys = keys
        self._loading = asyncio.Lock()
        self._trace: ContextVar[Trace | None] = ContextVar("trace", default=None)
        self.exchange = self._build(mainnet, session)

    @property
    def user(self) -> str:
        return (self.keys.user if self.keys is not None else None) or ""

    @property
    def hidden(self) -> tuple[str, ...]:
        """Texts that must not stand in any message."""
        return () if self.keys is None else self.keys.secrets()

    async def load(self, *, again: bool = False) -> Mapping[str, Mapping[str, object]]:
        """ccxt's markets, read once."""
        async with self._loading:
            return cast("Mapping[str, Mapping[str, object]]", await self.read("load_markets", again))

    async def send(self, call: Call) -> object:
        """The venue's answer to `call`. Raises CallFailed."""
        if call.signed_action:
            return await self._traced(lambda: self._send_action(call))
        method = getattr(self.exchange, call.method)
        # A copy: ccxt writes into what it is given.
        params = dict(call.params) if isinstance(call.params, Mapping) else call.params
        return await self._traced(lambda: method(params))

    async def read(self, method: str, *arguments: object) -> object:
        """The result of one of ccxt's own readings. Raises CallFailed."""
        return await self._traced(lambda: getattr(self.exchange, method)(*arguments))

    async def close(self) -> None:
        await self.exchange.close()

    async def _send_action(self, call: Call) -> object:
        nonce = self.exchange.incrementing_nonce()
        signature = self.exchange.sign_l1_action(call.params, nonce, None)
        return await self.exchange.privatePostExchange({"action": call.params, "nonce": nonce, "signature": signature})

    async def _traced(self, run: Callable[[], Awaitable[object]]) -> object:
        trace = Trace()
        token = self._trace.set(trace)
        try:
            return await run()
        except self._failures as error:
            raise CallFailed(error, trace) from None
        finally:
            self._trace.reset(token)

    def _build(self, mainnet: bool, session: Session | None) -> _Exchange:
        try:
            module = import_module("ccxt.async_support")
        except ImportError:
            raise InvalidInput("ccxt is not installed", field="venue", remedy="pip install 'ccxt>=4.5,<5'") from None
        # The last ones are how ccxt's readers stumble over an answer of another shape than they expect.
        self._failures: tuple[type[Exception], ...] = (
            import_module("ccxt.base.errors").BaseError,
            ValueError,
            ArithmeticError,
            LookupError,
            TypeError,
            AttributeError,
        )
        settings: dict[str, object] = {
            "enableRateLimit": True,
            "timeout": _TIMEOUT_MS,
            "options": dict(self._dialect.options),
            **({} if self.keys is None else self.keys.for_ccxt()),
        }
        if session is not None:
            settings["session"] = session
        exchange = cast("_Exchange", getattr(module, self._dialect.ccxt_class)(settings))
        # At level DEBUG it would write whole requests, keys included.
        logging.getLogger("ccxt").setLevel(logging.WARNING)
        exchange.verbose = False
        exchange.options["maxRetriesOnFailure"] = 0
        exchange.has["fetchCurrencies"] = False
        exchange.number = str
        exchange.on_json_response = _exact
        exchange.on_rest_response = self._note_answer
        whole_fetch = exchange.fetch

        async def fetch(*arguments: object, **named: object) -> object:
            exchange.open(True)
            if not isinstance(exchange.session, _WithoutRedirects):
                exchange.session = _WithoutRedirects(exchange.session)
            trace = self._trace.get()
            if trace is not None:
                trace.left = True
                trace.status, trace.body, trace.retry_after_ms = None, "", None
            return await whole_fetch(*arguments, **named)

        exchange.fetch = fetch
        if not mainnet:
            if "test" not in exchange.urls or self._dialect.ccxt_class == "aster":
                raise InvalidInput(
                    f"{self._dialect.name} has no test network that ccxt knows", field="network", remedy="read mainnet"
                )
            exchange.set_sandbox_mode(True)
        return exchange

    def _note_answer(self, *told: object) -> str:
        """ccxt's hook: status, reason, URL, method, headers, body of the answer, and the request's two."""
        status, headers, body = told[0], told[4], told[5]
        trace = self._trace.get()
        if trace is not None:
            trace.status, trace.body = int(str(status)), str(body)
            trace.retry_after_ms = _retry_after_ms(fields(headers))
        return str(body).strip()


def _retry_after_ms(headers: Mapping[str, object]) -> int | None:
    asked = next((str(value) for name, value in headers.items() if str(name).lower() == "retry-after"), "")
    return int(asked[:9]) * 1000 if asked.isascii() and asked.isdigit() else None


class _WithoutRedirects:
    """An HTTP session that stays where it was sent: a key in a header is for one host."""

    def __init__(self, session: object) -> None:
        self._session = session

    def __getattr__(self, name: str) -> object:
        found: object = getattr(self._session, name)
        if name not in ("get", "post", "put", "patch", "delete") or not callable(found):
            return found
        return partial(found, allow_redirects=False)


def _exact(body: str) -> object:
    """A document whose fractions are texts. Raises ValueError for what is no JSON, NaN included."""

    def refuse(name: str) -> object:
        raise ValueError(f"{name} is no number")

    document: object = loads(body, parse_float=str, parse_constant=refuse)
    return document


def answer_of(trace: Trace) -> Mapping[str, object]:
    """The answer of a failed request where it was an object, else an empty one."""
    try:
        return fields(_exact(trace.body))
    except ValueError:
        return {}


class _Exchange(Protocol):
    """The part of ccxt's class that is used here, untyped as it is."""

    options: dict[str, object]
    has: dict[str, object]
    urls: dict[str, object]
    timeframes: Mapping[str, object]
    number: type
    verbose: bool
    on_json_response: Callable[[str], object]
    on_rest_response: Callable[..., str]
    fetch: Callable[..., Awaitable[object]]
    session: object

    def open(self, force_enable_throttle: bool, /) -> None: ...

    def set_sandbox_mode(self, enabled: bool, /) -> None: ...

    def incrementing_nonce(self) -> int: ...

    def sign_l1_action(self, action: object, nonce: int, vault: None, /) -> object: ...

    async def privatePostExchange(self, params: object, /) -> object: ...  # noqa: N802  ccxt's own spelling

    async def close(self) -> None: ...

    def market(self, symbol: str, /) -> object: ...

    def parse_order(self, order: object, market: object, /) -> Mapping[str, object]: ...
