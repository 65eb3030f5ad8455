"""The requests that would leave for prices of the venues behind ccxt, and the rows made of recorded answers; no byte
leaves this machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.venues.ccxt.scripted import Answer, ScriptedSession, opened, scripted
from vibex.domain import InvalidInput, ManualClock, NotSupported, RetryLater, Timeframe
from vibex.market import Series
from vibex.market.fetching import Page, PageQuery
from vibex.market.sources.venue import VenuePrices
from vibex.services import SOURCES
from vibex.venues.opening import CCXT_VENUES

HOUR = 3_600_000
START = 1_704_067_200_000
CCXT_NAMES = ("binanceusdm", "bybit", "okx", "hyperliquid")
OF = {"hyperliquid": "BTC/USDC"}
CLOCKS = {
    "binanceusdm": Answer("fapi/v1/time", {"serverTime": 1_795_262_400_000}),
    "bybit": Answer("v5/market/time", {"retCode": 0, "result": {}, "time": 1_795_262_400_000}),
    "okx": Answer("public/time", {"code": "0", "msg": "", "data": [{"ts": "1795262400000"}]}),
    "hyperliquid": Answer("exchangeStatus", {"time": 1_795_262_400_000, "specialStatuses": None}),
}


async def asked(name: str, query: PageQuery, *answers: Answer, markets: object = None) -> tuple[Page, list[Any]]:
    """The page, and (path, parameters) of every request for prices."""
    session = scripted(name)
    if markets is not None:
        session.once.append(Answer("exchangeInfo", markets))
    session.once += answers
    session.standing.append(CLOCKS[name])
    clock = ManualClock(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
    client = opened(name, session, keys=False, clock=clock)
    try:
        reads = client.market.reads
        await client.instruments()
        before = len(session.sent)
        source = VenuePrices(name, client.market, clock, bars_a_page=reads.bars_page, rates_a_page=reads.rates_page)
        page = await source.page(query)
        return page, _prices(session, before)
    finally:
        await client.close()


def _prices(session: ScriptedSession, before: int) -> list[tuple[str, dict[str, Any]]]:
    sent = [
        (urlsplit(one.url).path, json.loads(one.body) if one.body else dict(parse_qsl(urlsplit(one.url).query)))
        for one in session.sent[before:]
    ]
    return [(path, told) for path, told in sent if not path.endswith("time") and told.get("type") != "exchangeStatus"]


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
PATHS = {
    "binanceusdm": ("klines", "fundingRate"),
    "bybit": ("kline", "funding/history"),
    "okx": ("candles", "funding-rate-history"),
    "hyperliquid": ("candleSnapshot", "fundingHistory"),
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
async def test_bars_are_asked_for_with_both_ends_and_kept_with_the_volume_in_coins(name: str) -> None:
    answer, path, parameters = BARS[name]
    page, sent = await asked(name, query(name), Answer(PATHS[name][0], answer))
    assert sent == [(path, parameters)]
    assert page.rows.time.tolist() == [START]
    assert page.rows.cells.tolist() == [[100, 103, 99, 101, 7.5]]
    assert page.final_to_ms == START + 2 * HOUR


@pytest.mark.parametrize("name", CCXT_NAMES)
async def test_settled_funding_is_asked_for_with_both_ends(name: str) -> None:
    answer, path, parameters = FUNDING[name]
    page, sent = await asked(name, query(name, Series.FUNDING), Answer(PATHS[name][1], answer))
    assert sent == [(path, parameters)]
    assert (page.rows.time.tolist(), page.rows.cells.tolist()) == ([START], [[0.0001]])


@pytest.mark.parametrize(("name", "path"), [
    ("binanceusdm", "/fapi/v1/markPriceKlines"),
    ("bybit", "/v5/market/mark-price-kline"),
    ("okx", "/api/v5/market/history-mark-price-candles"),
])  # fmt: skip
async def test_mark_prices_have_a_path_of_their_own(name: str, path: str) -> None:
    answer = BARS[name][0]
    if name == "bybit":
        # The venue tells no volume of a mark price.
        answer = {"retCode": 0, "result": {"category": "linear", "list": [BYBIT_ROW[:5]]}}
    page, sent = await asked(name, query(name, Series.MARK), Answer(path, answer))
    assert [one for one, _ in sent] == [path]
    assert page.rows.cells.tolist() == [[100, 103, 99, 101]]


@pytest.mark.parametrize("name", CCXT_NAMES)
async def test_a_page_is_no_longer_than_the_venue_answers_at_once(name: str) -> None:
    page, sent = await asked(name, query(name, hours=99_999), Answer(PATHS[name][0], BARS[name][0]))
    assert len(sent) == 1
    limit = int(sent[0][1].get("limit", 2000))
    assert page.final_to_ms == START + limit * HOUR - 1


async def test_recorded_answers_of_binance_become_rows(shared_data: Path) -> None:
    lines = (shared_data / "payloads_binance.jsonl").read_text().splitlines()
    recorded = {payload["name"].rpartition("/")[2]: payload["payload"] for payload in map(json.loads, lines)}
    markets = recorded["http_futures_market_exchange_info.json"]
    funding = PageQuery(
        symbol="BTC/USDT", series=Series.FUNDING, timeframe=None, start_ms=1_570_600_000_000, end_ms=1_570_700_000_000
    )
    answer = Answer("fundingRate", recorded["http_futures_market_funding_rate.json"])
    rates, _ = await asked("binanceusdm", funding, answer, markets=markets)
    assert rates.rows.time.tolist() == [1570608000000, 1570636800000]
    assert rates.rows.cells.tolist() == [[-0.0375], [0.0001]]
    old = 1_499_040_000_000
    day = PageQuery(symbol="BTC/USDT", series=Series.BARS, timeframe=Timeframe.D1, start_ms=old, end_ms=old)
    answer = Answer("klines", recorded["http_futures_market_klines.json"])
    bars, _ = await asked("binanceusdm", day, answer, markets=markets)
    assert bars.rows.cells.tolist() == [[0.01634790, 0.8, 0.015758, 0.015771, 148976.11427815]]
    euro = PageQuery(symbol="BTC/EUR", series=Series.BARS, timeframe=Timeframe.H1, start_ms=0, end_ms=9)
    with pytest.raises(InvalidInput, match="binanceusdm has no 'BTC/EUR'") as refused:
        await asked("binanceusdm", euro, markets=markets)
    assert "BTC/USDT" in str(refused.value.remedy)


async def test_a_limit_is_waited_for_as_the_venue_says_and_a_refusal_is_not() -> None:
    limited = Answer("klines", {"code": -1003, "msg": "Too many requests"}, status=429, headers={"Retry-After": "17"})
    with pytest.raises(RetryLater, match="too many requests") as later:
        await asked("binanceusdm", query("binanceusdm"), limited)
    assert later.value.retry_after_ms == 17_000
    refused = Answer("kline", {"retCode": 10001, "retMsg": "no such interval", "result": {}})
    with pytest.raises(InvalidInput, match="no such interval"):
        await asked("bybit", query("bybit"), refused)


async def test_a_span_of_several_windows_is_read_whole_although_one_of_them_is_empty() -> None:
    session = scripted("okx")
    rows = [[str(START + hour * HOUR), *OKX_ROW[1:]] for hour in (0, 700)]
    empty: Sequence[Any] = []
    session.once += [
        Answer("candles", {"code": "0", "msg": "", "data": data}) for data in ([rows[0]], empty, [rows[1]])
    ]
    client = opened("okx", session, keys=False)
    start, end = (datetime.fromtimestamp((START + hour * HOUR) / 1000, UTC) for hour in (0, 899))
    bars = await client.bar_history("BTC/USDT", Timeframe.H1, start, end)
    assert bars.open_time.tolist() == [START, START + 700 * HOUR]
    await client.close()


def test_every_venue_behind_ccxt_with_keys_can_be_named_as_a_source() -> None:
    assert ("aster", *CCXT_NAMES, "yfinance") == SOURCES
    assert set(CCXT_NAMES) < set(CCXT_VENUES)


async def test_hyperliquid_publishes_no_mark_bars() -> None:
    with pytest.raises(NotSupported, match="mark price"):
        await asked("hyperliquid", query("hyperliquid", Series.MARK))
