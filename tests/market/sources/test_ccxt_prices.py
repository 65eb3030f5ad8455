"""The requests that ccxt would send for prices, and the rows made of recorded answers; no byte leaves this machine."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import ccxt.async_support
import pytest

from vibex.domain import InvalidInput, RetryLater, Timeframe
from vibex.market import Series
from vibex.market.fetching import PageQuery
from vibex.market.sources.ccxt_venues import CCXT_NAMES, CcxtPrices
from vibex.services import SOURCES

HOUR = 3_600_000
START = 1_704_067_200_000
OF = {"hyperliquid": "BTC/USDC"}
IDS = {"binanceusdm": "BTCUSDT", "bybit": "BTCUSDT", "okx": "BTC-USDT-SWAP", "hyperliquid": "0"}

Answer = Callable[[str], Any]


class Wire:
    """A ccxt exchange that sends nothing: `sent` are path and parameters, `answer` gives the document for a path."""

    def __init__(self, name: str, answer: Answer, *, listed: bool = True) -> None:
        self.exchange = getattr(ccxt.async_support, name)({"enableRateLimit": False})
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self._answer = answer
        self.exchange.fetch = self._fetch
        if listed:
            symbol = OF.get(name, "BTC/USDT")
            self.exchange.set_markets([self._market(symbol, IDS[name])])

    async def _fetch(self, url: str, method: str = "GET", headers: object = None, body: str | None = None) -> Any:
        parts = urlsplit(url)
        self.sent.append((parts.path, json.loads(body) if body else dict(parse_qsl(parts.query))))
        return self._answer(parts.path)

    @staticmethod
    def _market(symbol: str, identifier: str) -> dict[str, Any]:
        base, quote = symbol.split("/")
        return {
            "id": identifier,
            "symbol": f"{symbol}:{quote}",
            "base": base,
            "quote": quote,
            "settle": quote,
            "baseId": base,
            "quoteId": quote,
            "baseName": base,
            "type": "swap",
            "spot": False,
            "swap": True,
            "future": False,
            "option": False,
            "contract": True,
            "linear": True,
            "inverse": False,
            "contractSize": 0.01,
            "info": {},
        }


@pytest.fixture
async def open_wire() -> AsyncIterator[Callable[..., Wire]]:
    wires: list[Wire] = []

    def open_(name: str, answer: Answer, **options: bool) -> Wire:
        wires.append(Wire(name, answer, **options))
        return wires[-1]

    yield open_
    for wire in wires:
        await wire.exchange.close()


def query(name: str, series: Series = Series.BARS, hours: int = 3) -> PageQuery:
    return PageQuery(
        symbol=OF.get(name, "BTC/USDT"),
        series=series,
        timeframe=None if series is Series.FUNDING else Timeframe.H1,
        start_ms=START,
        end_ms=START + (hours - 1) * HOUR,
    )


BINANCE_ROW = [START, "100", "103", "99", "101", "7.5", START + HOUR - 1, "0", 3, "0", "0", "0"]
BYBIT_ROW = [str(START), "100", "103", "99", "101", "7.5", "750"]
OKX_ROW = [str(START), "100", "103", "99", "101", "750", "7.5", "750", "1"]  # contracts of 0.01, then coins
HYPERLIQUID_ROW = {
    "t": START,
    "T": START + HOUR - 1,
    "s": "BTC",
    "i": "1h",
    "o": "100",
    "h": "103",
    "l": "99",
    "c": "101",
    "v": "7.5",
    "n": 3,
}
BARS: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "binanceusdm": (
        [BINANCE_ROW],
        "/fapi/v1/klines",
        {
            "interval": "1h",
            "limit": "1000",
            "symbol": "BTCUSDT",
            "startTime": f"{START}",
            "endTime": f"{START + 2 * HOUR}",
        },
    ),
    "bybit": (
        {"retCode": 0, "result": {"symbol": "BTCUSDT", "category": "linear", "list": [BYBIT_ROW]}},
        "/v5/market/kline",
        {
            "symbol": "BTCUSDT",
            "category": "linear",
            "interval": "60",
            "limit": "1000",
            "start": f"{START}",
            "end": f"{START + 2 * HOUR}",
        },
    ),
    "okx": (
        {"code": "0", "msg": "", "data": [OKX_ROW]},
        "/api/v5/market/history-candles",
        {
            "instId": "BTC-USDT-SWAP",
            "bar": "1H",
            "limit": "300",
            "before": f"{START - 1}",
            "after": f"{START + 2 * HOUR + 1}",
        },
    ),
    "hyperliquid": (
        [HYPERLIQUID_ROW],
        "/info",
        {
            "type": "candleSnapshot",
            "req": {"coin": "BTC", "interval": "1h", "startTime": START, "endTime": START + 2 * HOUR},
        },
    ),
}
FUNDING: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "binanceusdm": (
        [{"symbol": "BTCUSDT", "fundingRate": "0.0001", "fundingTime": START}],
        "/fapi/v1/fundingRate",
        {"symbol": "BTCUSDT", "startTime": f"{START}", "endTime": f"{START + 2 * HOUR}", "limit": "1000"},
    ),
    "bybit": (
        {
            "retCode": 0,
            "result": {
                "category": "linear",
                "list": [{"symbol": "BTCUSDT", "fundingRate": "0.0001", "fundingRateTimestamp": f"{START}"}],
            },
        },
        "/v5/market/funding/history",
        {
            "symbol": "BTCUSDT",
            "category": "linear",
            "limit": "200",
            "startTime": f"{START}",
            "endTime": f"{START + 2 * HOUR}",
        },
    ),
    "okx": (
        {
            "code": "0",
            "msg": "",
            "data": [
                {
                    "instType": "SWAP",
                    "instId": "BTC-USDT-SWAP",
                    "fundingRate": "0.0002",
                    "realizedRate": "0.0001",
                    "fundingTime": f"{START}",
                }
            ],
        },
        "/api/v5/public/funding-rate-history",
        {"instId": "BTC-USDT-SWAP", "limit": "100", "before": f"{START - 1}", "after": f"{START + 2 * HOUR + 1}"},
    ),
    "hyperliquid": (
        [{"coin": "BTC", "fundingRate": "0.0001", "premium": "0.0005", "time": START}],
        "/info",
        {"type": "fundingHistory", "coin": "BTC", "startTime": START, "endTime": START + 2 * HOUR},
    ),
}


@pytest.mark.parametrize("name", CCXT_NAMES)
async def test_bars_are_asked_for_with_both_ends_and_kept_with_the_volume_in_coins(
    name: str, open_wire: Callable[..., Wire]
) -> None:
    answer, path, parameters = BARS[name]
    wire = open_wire(name, lambda _: answer)
    page = await CcxtPrices(name, wire.exchange).page(query(name))
    assert wire.sent == [(path, parameters)]
    assert page.rows.time.tolist() == [START]
    assert page.rows.cells.tolist() == [[100, 103, 99, 101, 7.5]]
    assert page.final_to_ms == START + 2 * HOUR


@pytest.mark.parametrize("name", CCXT_NAMES)
async def test_settled_funding_is_asked_for_with_both_ends(name: str, open_wire: Callable[..., Wire]) -> None:
    answer, path, parameters = FUNDING[name]
    wire = open_wire(name, lambda _: answer)
    page = await CcxtPrices(name, wire.exchange).page(query(name, Series.FUNDING))
    assert wire.sent == [(path, parameters)]
    assert (page.rows.time.tolist(), page.rows.cells.tolist()) == ([START], [[0.0001]])


@pytest.mark.parametrize(("name", "path"), [
    ("binanceusdm", "/fapi/v1/markPriceKlines"),
    ("bybit", "/v5/market/mark-price-kline"),
    ("okx", "/api/v5/market/history-mark-price-candles"),
])  # fmt: skip
async def test_mark_prices_have_a_path_of_their_own(name: str, path: str, open_wire: Callable[..., Wire]) -> None:
    wire = open_wire(name, lambda _: BARS[name][0])
    page = await CcxtPrices(name, wire.exchange).page(query(name, Series.MARK))
    assert [sent for sent, _ in wire.sent] == [path]
    assert page.rows.cells.tolist() == [[100, 103, 99, 101]]


@pytest.mark.parametrize("name", CCXT_NAMES)
async def test_a_page_is_no_longer_than_the_exchange_answers_at_once(name: str, open_wire: Callable[..., Wire]) -> None:
    wire = open_wire(name, lambda _: BARS[name][0])
    page = await CcxtPrices(name, wire.exchange).page(query(name, hours=99_999))
    limit = int(wire.sent[0][1].get("limit", 2000))
    assert page.final_to_ms == START + limit * HOUR - 1


async def test_recorded_answers_of_binance_become_rows(shared_data: Path, open_wire: Callable[..., Wire]) -> None:
    lines = (shared_data / "payloads_binance.jsonl").read_text().splitlines()
    recorded = {payload["name"].rpartition("/")[2]: payload["payload"] for payload in map(json.loads, lines)}
    files = {
        "exchangeInfo": "http_futures_market_exchange_info.json",
        "klines": "http_futures_market_klines.json",
        "fundingRate": "http_futures_market_funding_rate.json",
    }
    wire = open_wire("binanceusdm", lambda path: recorded[files[path.rpartition("/")[2]]], listed=False)
    source = CcxtPrices("binanceusdm", wire.exchange)
    asked = PageQuery(
        symbol="BTC/USDT", series=Series.FUNDING, timeframe=None, start_ms=1_570_600_000_000, end_ms=1_570_700_000_000
    )
    rates = await source.page(asked)
    assert rates.rows.time.tolist() == [1570608000000, 1570636800000]
    assert rates.rows.cells.tolist() == [[-0.0375], [0.0001]]
    old = 1_499_040_000_000
    asked = PageQuery(symbol="BTC/USDT", series=Series.BARS, timeframe=Timeframe.D1, start_ms=old, end_ms=old)
    bars = await source.page(asked)
    assert bars.rows.cells.tolist() == [[0.01634790, 0.8, 0.015758, 0.015771, 148976.11427815]]
    with pytest.raises(InvalidInput, match="binanceusdm lists no perpetual BTC/EUR") as refused:
        await source.page(PageQuery(symbol="BTC/EUR", series=Series.BARS, timeframe=Timeframe.H1, start_ms=0, end_ms=9))
    assert "BTC/USDT" in str(refused.value.remedy)


async def test_a_limit_is_waited_for_as_the_exchange_says_and_a_refusal_is_not(
    open_wire: Callable[..., Wire],
) -> None:
    def limited(_: str) -> Any:
        raise ccxt.async_support.RateLimitExceeded("binanceusdm 429 Too Many Requests")

    wire = open_wire("binanceusdm", limited)
    wire.exchange.last_response_headers = {"Retry-After": "17"}
    with pytest.raises(RetryLater, match="429") as later:
        await CcxtPrices("binanceusdm", wire.exchange).page(query("binanceusdm"))
    assert later.value.retry_after_ms == 17_000

    def refused(_: str) -> Any:
        raise ccxt.async_support.BadRequest("no such interval")

    with pytest.raises(InvalidInput, match="no such interval"):
        await CcxtPrices("bybit", open_wire("bybit", refused).exchange).page(query("bybit"))


def test_every_exchange_can_be_named_as_a_source() -> None:
    assert ("aster", *CCXT_NAMES, "yfinance") == SOURCES


def test_hyperliquid_publishes_no_mark_bars() -> None:
    assert Series.MARK not in CcxtPrices("hyperliquid").series
