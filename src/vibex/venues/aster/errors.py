"""The venue's codes in words, each with what to do; and which of them prove that nothing happened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from vibex.venues.outcome import Refused


class Kind(Enum):
    """What an answer with an error code means for the request that it answers."""

    REFUSED = "refused"
    UNKNOWN = "unknown"
    RESIGN = "sign again"
    BACK_OFF = "back off"
    FATAL = "stop"
    ALREADY = "already so"


@dataclass(frozen=True, slots=True)
class Meaning:
    words: str
    remedy: str
    kind: Kind = Kind.REFUSED


_UNKNOWN = Meaning("the venue does not know what became of the request", "query it by its client id", Kind.UNKNOWN)
_CODE_BUG = "this is a defect of the client: report it with the code"

_MEANINGS: dict[int, Meaning] = {
    -1000: _UNKNOWN,
    -1001: _UNKNOWN,
    -1006: _UNKNOWN,
    -1007: _UNKNOWN,
    -1003: Meaning("too many requests", "wait; the client does so by itself", Kind.BACK_OFF),
    -1015: Meaning("too many new orders", "wait; the client does so by itself", Kind.BACK_OFF),
    -1016: Meaning("the venue is shutting down", "stop entries and watch its announcements", Kind.FATAL),
    -1021: Meaning("the time stamp lies outside the window", "read the venue's time and sign again", Kind.RESIGN),
    -4225: Meaning("the nonce has expired", "read the venue's time and sign again", Kind.RESIGN),
    -1022: Meaning("the signature is not valid", "check the private key, the agent and the network", Kind.FATAL),
    -2014: Meaning("the API key is malformed", "check ASTERDEX_API_KEY", Kind.FATAL),
    -2015: Meaning(
        "key, address or permission is not accepted",
        "check the keys, the list of allowed addresses and the permission for perpetuals",
        Kind.FATAL,
    ),
    -1102: Meaning("a parameter is missing or malformed", _CODE_BUG),
    -1111: Meaning("more digits than the contract has", "read the instrument's rules again and round"),
    -1121: Meaning("unknown symbol", "list the venue's instruments"),
    -1125: Meaning("the listen key does not exist", "make a new one and read the account again"),
    -2010: Meaning("the order was rejected", "read the account before trying anything else"),
    -2011: Meaning("nothing to cancel: unknown or already final", "query the order"),
    -2013: Meaning("the order does not exist", "right after a send query again; the venue may lag"),
    -2018: Meaning("the balance does not suffice", "reduce the quantity"),
    -2019: Meaning("the margin does not suffice", "reduce the quantity"),
    -2020: Meaning("cannot be filled", "use a limit order"),
    -2021: Meaning("the trigger is already passed", "the stop is breached: exit at market"),
    -2022: Meaning("reduce-only refused: nothing to reduce", "read the position; it is usually flat already"),
    -2023: Meaning("the account is being liquidated", "stop trading it", Kind.FATAL),
    -2024: Meaning("the position is smaller than the order", "read the position"),
    -2025: Meaning("too many open orders", "cancel stale orders of our own"),
    -2027: Meaning("the position limit of this leverage is exceeded", "lower the leverage or the quantity"),
    -2028: Meaning("the margin does not allow this leverage", "lower the leverage"),
    -2030: Meaning("leverage cannot change while a position is open", "keep the leverage"),
    -4002: Meaning("the price is above the contract's bound", "read the instrument's rules"),
    -4004: Meaning("the quantity is below the contract's minimum", "raise it or leave the order out"),
    -4005: Meaning("the quantity is above the contract's maximum", "split it"),
    -4013: Meaning("the price is below the contract's bound", "read the instrument's rules"),
    -4014: Meaning("the price is not on the tick", "read the instrument's rules again and round"),
    -4015: Meaning("the client order id is not valid", _CODE_BUG),
    -4016: Meaning("the price is too far above the mark", "lower it"),
    -4022: Meaning("the market is closed", "wait for the contract to trade again"),
    -4023: Meaning("the quantity is not on the lot", "read the instrument's rules again and round"),
    -4024: Meaning("the price is too far below the mark", "raise it"),
    -4028: Meaning("this leverage does not exist", "use a whole number within the contract's brackets"),
    -4045: Meaning("too many stop orders", "cancel stale stops of our own"),
    -4046: Meaning("the margin type is so already", "nothing to do", Kind.ALREADY),
    -4047: Meaning("open orders keep the margin type as it is", "cancel them first"),
    -4048: Meaning("a position keeps the margin type as it is", "close it first"),
    -4059: Meaning("the position mode is so already", "nothing to do", Kind.ALREADY),
    -4060: Meaning("the position side is not valid", "read the position mode again"),
    -4061: Meaning(
        "the position side does not fit the account's mode", "read the position mode again; hold the symbol"
    ),
    -4067: Meaning("open orders keep the position mode as it is", "cancel them first"),
    -4068: Meaning("a position keeps the position mode as it is", "close it first"),
    -4087: Meaning("the account may only reduce", "place no entries; ask the venue why"),
    -4088: Meaning("the account may not place orders", "ask the venue why", Kind.FATAL),
    -4118: Meaning("reduce-only refused: the position is smaller", "read the position"),
    -4131: Meaning("the best price is too far from the mark", "use a limit order"),
    -4137: Meaning("a quantity with close-position", _CODE_BUG),
    -4138: Meaning("reduce-only with close-position", _CODE_BUG),
    -4140: Meaning("the contract's status does not allow orders", "hold the symbol"),
    -4141: Meaning("the contract is closed", "hold the symbol"),
    -4142: Meaning("the trigger is already passed", "the stop is breached: exit at market"),
    -4161: Meaning("leverage of an isolated position cannot be lowered", "keep the leverage"),
    -4164: Meaning("the notional is below the minimum", "raise the quantity or leave the order out"),
    -4168: Meaning("isolated margin does not go with multi-assets mode", "switch one of them off"),
    -4171: Meaning("multi-assets mode is so already", "nothing to do", Kind.ALREADY),
    -4183: Meaning("the price is above the stop's band", "move it towards the trigger"),
    -4184: Meaning("the price is below the stop's band", "move it towards the trigger"),
    -5060: Meaning("the price is outside the band around the mark", "move it towards the mark"),
}

STALE_RULES = frozenset({-1111, -4014, -4023})
"""Codes after which the instruments' rules have to be read again."""

STALE_MODE = frozenset({-4060, -4061})
"""Codes after which the position mode has to be read again."""

ORDER_MISSING = frozenset({-2011, -2013})
"""Codes that say that there is no such order (any more)."""

ALREADY_SO = frozenset(str(code) for code, meaning in _MEANINGS.items() if meaning.kind is Kind.ALREADY)
"""Codes, as text, of a change that is refused because it holds already."""


def meaning_of(code: int) -> Meaning:
    """What `code` means; an unlisted one is a refusal, malformed requests (-11xx) are named as such."""
    known = _MEANINGS.get(code)
    if known is not None:
        return known
    if code >= 0:
        # The venue's refusals are negative; what this is nobody has said.
        return _UNKNOWN
    if -1199 <= code <= -1100:
        return Meaning("the request is malformed", _CODE_BUG)
    return Meaning("refused for a reason that is not in the venue's documents", "read its message")


def refused(code: int, message: str, *, retry_after_ms: int | None = None) -> Refused:
    """The refusal in our words, with the venue's own behind them."""
    meaning = meaning_of(code)
    return Refused(
        code=str(code),
        words=f"{meaning.words}: {message}" if message else meaning.words,
        remedy=meaning.remedy,
        retry_after_ms=retry_after_ms,
        stop=meaning.kind is Kind.FATAL,
    )
