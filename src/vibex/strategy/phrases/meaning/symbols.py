"""Which market and symbols are meant, from the assets that a text names outside and inside its rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vibex.strategy.phrases.grammar.elements import Asset
from vibex.strategy.phrases.grammar.terms import Series
from vibex.strategy.phrases.meaning.binding import Bound

Say = Callable[[str, str, str], None]


def market_of(symbol: str) -> str:
    return "crypto" if "/" in symbol else "hk_equity" if symbol.endswith(".HK") or symbol == "HSI" else "us_equity"


def symbols_of(bound: Bound, series: Sequence[Series], say: Say) -> tuple[str, tuple[str, ...]]:
    """The market and the symbols, ("", ()) when no asset is named; what is unclear is said."""
    if bound.legs:
        return market_of(bound.legs[0]), bound.legs
    assets = list(dict.fromkeys((asset.market, asset.symbol) for asset in _assets(bound, series, say)))
    if not assets:
        say("error", "symbols", "no asset is named: which symbol should be traded?")
        return "", ()
    markets = list(dict.fromkeys(market for market, _ in assets))
    if len(markets) > 1:
        names = ", ".join(symbol for _, symbol in assets)
        say("error", "symbols", f"{names} are of different markets; which of them should be traded?")
    return markets[0], tuple(symbol for market, symbol in assets if market == markets[0])


def _assets(bound: Bound, series: Sequence[Series], say: Say) -> list[Asset]:
    known = [asset for asset in bound.assets if asset.market]
    words = sorted({str(note.value) for note in bound.notes if note.kind == "market_word"})
    for asset in bound.assets:
        if asset.market or (known and not asset.sure):
            continue
        if asset.sure or (words and not known):
            market = words[0] if words else "us_equity"
            symbol = f"{asset.symbol}/USDT" if market == "crypto" else asset.symbol
            say("info", "symbols", f"{asset.symbol} is in no list of the reader; it is read as {symbol} ({market})")
            known.append(Asset(market=market, symbol=symbol))
        else:
            say("error", "symbols", f"{asset.symbol} is in no list of the reader: on which market is it traded?")
    inside = sorted({each.symbol for each in series if each.symbol})
    return known or [Asset(market=market_of(symbol), symbol=symbol) for symbol in inside[:1]]
