"""What a failed request proves: refused, unknown, or never sent; and which error a failed reading is.

Proof is the venue's own answer with its own code. A time-out, a 5xx, HTML, a cut body and every code that says so
leave a write unknown; nothing is ever sent twice from here.
"""

from __future__ import annotations

from vibex.domain import InvalidInput, RetryLater, StopTrading, VibexError
from vibex.venues.ccxt.connection import CallFailed, answer_of
from vibex.venues.ccxt.dialect import Dialect, VenueError
from vibex.venues.outcome import Refused, Unknown

_SHOWN = 200
_BUSY_MS = 10_000
_BANNED_MS = 120_000
_TOO_MANY, _BANNED = 429, 418
# The exception classes of ccxt by what to do, the nearest first: they are compared by name, ccxt is not loaded here.
_STOPPING = frozenset({"AuthenticationError", "PermissionDenied", "AccountSuspended", "AccountNotEnabled"})
_REMEDIES = {
    "InsufficientFunds": "reduce the quantity",
    "BadSymbol": "`vibex venue instruments` lists what the venue has",
    "OrderNotFound": "query the order; it is usually final already",
    "DuplicateOrderId": "query the order: the id is in use",
    "OrderImmediatelyFillable": "the order would have taken: move its price away",
    "OrderNotFillable": "use another price, or another time in force",
    "MarketClosed": "wait for the contract to trade again",
    "InvalidOrder": "read the contract's rules again",
    "RestrictedLocation": "the venue does not serve this place",
}


def verdict(failed: CallFailed, dialect: Dialect, *, hidden: tuple[str, ...]) -> Refused | Unknown:
    """What the failure of a write proves."""
    trace = failed.trace
    if not trace.left or _never_connected(failed.cause):
        return Refused(
            code="not-sent",
            words=f"{dialect.name} was not reached: {_name(failed.cause)}",
            remedy="check the connection and try again",
            retry_after_ms=1000,
        )
    error = dialect.error(answer_of(trace))
    if trace.status in (_TOO_MANY, _BANNED):
        banned = trace.status == _BANNED
        return Refused(
            code=str(trace.status),
            words="too many requests" + (": the venue has banned this address" if banned else ""),
            remedy="wait",
            retry_after_ms=trace.retry_after_ms or (_BANNED_MS if banned else _BUSY_MS),
        )
    if error is None or trace.status is None or trace.status >= 500:
        return Unknown(why=f"{_name(failed.cause)}: no answer that proves anything (HTTP {trace.status})")
    if error.code in dialect.codes.unknown:
        return Unknown(why=f"{error.code}: {_clean(error.words, hidden)}")
    return refusal(error, dialect, failed.cause, hidden=hidden)


def refusal(error: VenueError, dialect: Dialect, cause: Exception | None, *, hidden: tuple[str, ...]) -> Refused:
    """The venue's refusal with its code, in its words, and what to do."""
    family = () if cause is None else tuple(kind.__name__ for kind in type(cause).__mro__)
    stops = any(name in _STOPPING for name in family)
    remedy = dialect.codes.remedies.get(error.code)
    if remedy is None and stops:
        remedy = f"check {dialect.name.upper()}_* in the environment: the keys, their permissions and the network"
    if remedy is None:
        remedy = next((_REMEDIES[name] for name in family if name in _REMEDIES), "read the venue's message")
    busy = "RateLimitExceeded" in family or "InvalidNonce" in family
    return Refused(
        code=error.code,
        words=_clean(error.words, hidden) or _name(cause),
        remedy=remedy,
        retry_after_ms=_BUSY_MS if busy else None,
        stop=stops,
    )


def reading_error(failed: CallFailed, dialect: Dialect, *, hidden: tuple[str, ...]) -> VibexError:
    """The error that a failed reading is for its caller."""
    outcome = verdict(failed, dialect, hidden=hidden)
    if isinstance(outcome, Unknown):
        return RetryLater(f"{dialect.name}: {outcome.why}", retry_after_ms=1000)
    if outcome.stop:
        return StopTrading(f"{dialect.name}: {outcome.words} ({outcome.code})", remedy=outcome.remedy)
    if outcome.retry_after_ms is not None:
        return RetryLater(f"{dialect.name}: {outcome.words}", retry_after_ms=outcome.retry_after_ms)
    field = "symbol" if _name(failed.cause) == "BadSymbol" else None
    return InvalidInput(f"{dialect.name}: {outcome.words} ({outcome.code})", field=field, remedy=outcome.remedy)


def _never_connected(cause: Exception) -> bool:
    """No connection was made: a name that has no address, or a machine that does not answer."""
    return type(cause.__cause__).__name__ in ("gaierror", "ClientConnectorError", "ClientConnectorDNSError")


def _name(cause: Exception | None) -> str:
    return "failure" if cause is None else type(cause).__name__


def _clean(words: str, hidden: tuple[str, ...]) -> str:
    """The venue's words, short and without anything secret that it repeats."""
    for secret in hidden:
        words = words.replace(secret, "***")
    return words[:_SHOWN]
