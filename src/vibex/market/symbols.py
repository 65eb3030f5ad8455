"""One spelling for each symbol inside the product, however it was written at the edge."""

from __future__ import annotations

import re

from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Market

# Longest first, so that FDUSD is not read as USD. Coins count as quotes only behind a base of three letters or more:
# ETHBTC is a pair, WBTC is a coin.
_CASH_QUOTES = ("FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR")
_COIN_QUOTES = ("BTC", "ETH", "BNB")
_PAIR_FORMS = "BTC/USDT, BTC-USDT, BTCUSDT or BTC"


def canonical_symbol(text: str, market: Market) -> str:
    """`BTC/USDT` on crypto, `SPY` on us_equity, `0700.HK` on hk_equity, from any usual spelling.

    A crypto symbol without a quote is quoted in USDT. Raises InvalidInput (field "symbols") for other text.
    """
    plain = text.strip().upper()
    if market is Market.CRYPTO:
        return _pair(plain, text)
    if market is Market.US_EQUITY:
        return _us_ticker(plain, text)
    return _hk_code(plain, text)


def _pair(plain: str, text: str) -> str:
    plain = plain.split(":", 1)[0]  # ccxt writes a perpetual's settlement currency behind a colon
    parts = re.split(r"[/_-]", plain)
    base, quote = (parts[0], parts[1]) if len(parts) == 2 else _split(plain) if len(parts) == 1 else ("", "")
    if not re.fullmatch(r"[A-Z0-9]{1,20}", base) or not re.fullmatch(r"[A-Z0-9]{2,10}", quote) or base == quote:
        raise InvalidInput(f"{text!r} is no crypto symbol", field="symbols", remedy=f"write it like {_PAIR_FORMS}")
    return f"{base}/{quote}"


def _split(joined: str) -> tuple[str, str]:
    for quote in _CASH_QUOTES:
        if joined.endswith(quote) and len(joined) > len(quote):
            return joined.removesuffix(quote), quote
    for quote in _COIN_QUOTES:
        if joined.endswith(quote) and len(joined) >= len(quote) + 3:
            return joined.removesuffix(quote), quote
    return joined, "USDT"


def _us_ticker(plain: str, text: str) -> str:
    ticker = plain.removeprefix("^").removesuffix(".US").replace("-", ".")
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,5}(\.[A-Z]{1,2})?", ticker):
        raise InvalidInput(f"{text!r} is no US ticker", field="symbols", remedy="write it like SPY or BRK.B")
    return ticker


def _hk_code(plain: str, text: str) -> str:
    code = re.fullmatch(r"(?:HK(?:EX)?[:.]?)?(\d{1,5})(?:\.HK)?", plain)
    if code and int(code[1]) > 0:
        return f"{int(code[1]):04d}.HK"
    index = plain.removeprefix("^").removesuffix(".HK")
    if not re.fullmatch(r"[A-Z]{2,10}", index):  # HSI and other indices have letters
        raise InvalidInput(f"{text!r} is no Hong Kong code", field="symbols", remedy="write it like 0700.HK")
    return index


def market_of(text: str) -> Market | None:
    """The market that a symbol's spelling names: a pair is crypto, a code or `.HK` Hong Kong, `.US` New York.

    None for `BTC` or `SPY`, which could be either: a missing fact is asked for.
    """
    plain = text.strip().upper()
    if re.fullmatch(r"(HK(EX)?[:.]?)?\d{1,5}(\.HK)?", plain):
        return Market.HK_EQUITY
    if plain.endswith(".US"):
        return Market.US_EQUITY
    if "/" in plain or re.fullmatch(rf"[A-Z0-9]+[-_]?({'|'.join(_CASH_QUOTES[:5])})", plain):
        return Market.CRYPTO
    return None
