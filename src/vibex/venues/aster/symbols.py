"""The venue's spelling of a contract (`BTCUSDT`) and the product's (`BTC/USDT`); two names that never mix."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vibex.domain import InvalidInput
from vibex.venues.reports import VenueInstrument

_PAIR = re.compile(r"([A-Z0-9]{1,20})/([A-Z0-9]{2,10})")
_QUOTES = ("USDT", "USDC", "USD1", "USDF", "USD")


def to_venue(symbol: str) -> str:
    """`BTC/USDT` → `BTCUSDT`. Raises InvalidInput for text that is no pair."""
    pair = _PAIR.fullmatch(symbol)
    if pair is None:
        raise InvalidInput(f"{symbol!r} is no pair", field="symbol", remedy="write it like BTC/USDT")
    return pair[1] + pair[2]


class SymbolNames:
    """From the venue's spelling to ours: by the venue's own list once it is known, by the quote's name before."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}

    def learn(self, instruments: Iterable[VenueInstrument]) -> None:
        self._ours.update((instrument.venue_symbol, instrument.symbol) for instrument in instruments)

    def remember(self, symbol: str) -> None:
        """`symbol` (ours) is in use, whether or not the venue's list was read. Raises InvalidInput for no pair."""
        self._ours.setdefault(to_venue(symbol), symbol)

    def to_ours(self, venue_symbol: str) -> str:
        known = self._ours.get(venue_symbol)
        if known is not None:
            return known
        for quote in _QUOTES:
            base = venue_symbol.removesuffix(quote)
            if base and base != venue_symbol:
                return f"{base}/{quote}"
        # An unknown contract of the account must still be reported, not hidden behind an error.
        return venue_symbol
