"""Every spelling of a symbol leads to one."""

from __future__ import annotations

import pytest

from vibex.domain import InvalidInput, Market
from vibex.market import canonical_symbol, market_of


@pytest.mark.parametrize(
    ("text", "market", "canonical"),
    [
        *(
            (text, "crypto", "BTC/USDT")
            for text in ("BTC-USDT", "BTCUSDT", "BTC/USDT", "btc_usdt", "BTC/USDT:USDT", "BTC")
        ),
        ("eth", "crypto", "ETH/USDT"),
        ("ETHBTC", "crypto", "ETH/BTC"),
        ("WBTC", "crypto", "WBTC/USDT"),
        ("BTCFDUSD", "crypto", "BTC/FDUSD"),
        ("1000PEPE/USDC", "crypto", "1000PEPE/USDC"),
        ("spy", "us_equity", "SPY"),
        (" AAPL.US ", "us_equity", "AAPL"),
        ("brk-b", "us_equity", "BRK.B"),
        ("^VIX", "us_equity", "VIX"),
        *((text, "hk_equity", "0700.HK") for text in ("700.HK", "0700", "00700.HK", "700", "hk:0700", "0700.hk")),
        ("^HSI", "hk_equity", "HSI"),
        ("80700", "hk_equity", "80700.HK"),
    ],
)
def test_spellings(text: str, market: str, canonical: str) -> None:
    assert canonical_symbol(text, Market(market)) == canonical
    assert canonical_symbol(canonical, Market(market)) == canonical


@pytest.mark.parametrize(
    ("text", "market"),
    [("", "crypto"), ("BTC/USDT/X", "crypto"), ("/USDT", "crypto"), ("USDT/USDT", "crypto"), ("SP Y", "us_equity"),
     ("0700.HK", "us_equity"), ("0000.HK", "hk_equity"), ("700123", "hk_equity"), ("../x", "us_equity")],
)  # fmt: skip
def test_text_that_is_no_symbol_of_the_market_is_refused(text: str, market: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        canonical_symbol(text, Market(market))
    assert refused.value.field == "symbols"


@pytest.mark.parametrize(
    ("text", "market"),
    [
        ("BTC/USDT", Market.CRYPTO),
        ("btc-usdt", Market.CRYPTO),
        ("BTCUSDT", Market.CRYPTO),
        ("BTC/USDT:USDT", Market.CRYPTO),
        ("0700.HK", Market.HK_EQUITY),
        ("700", Market.HK_EQUITY),
        ("SPY.US", Market.US_EQUITY),
        ("SPY", None),
        ("BTC", None),
        ("BRK.B", None),
    ],
)
def test_a_market_is_read_from_the_spelling_or_not_guessed(text: str, market: Market | None) -> None:
    assert market_of(text) is market
