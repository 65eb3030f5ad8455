"""What venues answer, read into our words: Decimal, base units, our symbols. Payloads are the venues' own shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.venues.ccxt.intents import VENUES, symbol_of
from tests.venues.ccxt.scripted import NOW, Answer, ScriptedSession, opened, scripted
from vibex.domain import InvalidInput, Liquidity, ManualClock, OrderStatus, Side, Timeframe
from vibex.venues import Channel, Interrupted, PositionMode, Subscription
from vibex.venues.events import BookChanged, Quote

D = Decimal
Payloads = Mapping[str, object]


def _payloads(path: Path) -> Payloads:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    perpetuals = [row for row in rows if not str(row["name"]).startswith("spot/")]
    return {str(row["name"]).rpartition("/")[2].removesuffix(".json"): row["payload"] for row in perpetuals}


@pytest.fixture(scope="module")
def binance(shared_data: Path) -> Payloads:
    return _payloads(shared_data / "payloads_binance.jsonl")


@pytest.fixture(scope="module")
def hyperliquid(shared_data: Path) -> Payloads:
    return _payloads(shared_data / "payloads_hyperliquid.jsonl")


@pytest.mark.parametrize(
    ("venue", "tick", "lot", "smallest"),
    [
        ("binanceusdm", "0.10", "0.001", "0.001"),
        ("bybit", "0.10", "0.001", "0.001"),
        ("okx", "0.1", "0.0001", "0.0001"),
        ("hyperliquid", "0.1", "0.00001", "0"),
    ],
)
async def test_contracts_are_told_in_base_units_and_our_spelling(
    venue: str, tick: str, lot: str, smallest: str
) -> None:
    client = opened(venue, scripted(venue), keys=False)
    (one, *_) = await client.instruments()
    assert one.symbol == symbol_of(venue)
    assert (one.tick, one.lot, one.min_quantity) == (D(tick), D(lot), D(smallest))
    assert one.is_trading
    await client.close()


async def test_the_recorded_exchange_info_reads_without_the_dated_contract(binance: Payloads) -> None:
    session = scripted("binanceusdm")
    session.once.append(Answer("exchangeInfo", binance["http_futures_market_exchange_info"]))
    client = opened("binanceusdm", session, keys=False)
    found = {one.symbol: one for one in await client.instruments()}
    assert sorted(found) == ["BTC/USDT", "ETH/USDT"]
    btc = found["BTC/USDT"]
    assert (btc.tick, btc.lot, btc.min_notional, btc.max_price) == (D("0.10"), D("0.001"), D(10), D("1246396.60"))
    await client.close()


async def test_the_recorded_market_answers_of_binance_read_exactly(binance: Payloads) -> None:
    session = scripted("binanceusdm")
    client = opened("binanceusdm", session, keys=False)
    session.standing += [
        Answer("v1/depth", binance["http_futures_market_depth"]),
        Answer("premiumIndex", binance["http_futures_market_premium_index"]),
        Answer("openInterest", binance["http_futures_market_open_interest"]),
        Answer("fundingRate", binance["http_futures_market_funding_rate"]),
    ]
    book = await client.order_book("BTC/USDT", 7)
    assert (book.bids[0].price, book.bids[0].quantity) == (D("4.00000000"), D("431.00000000"))
    assert "limit=10" in session.sent[-1].url
    mark = await client.mark_price("BTC/USDT")
    assert (mark.mark_price, mark.index_price) == (D("11793.63104562"), D("11781.80495970"))
    assert mark.next_funding_at is not None
    interest = await client.open_interest("BTC/USDT")
    assert interest.quantity == D("10659.509")
    rates = await client.funding_history(
        "BTC/USDT", datetime(2019, 10, 1, tzinfo=UTC), datetime(2019, 11, 1, tzinfo=UTC)
    )
    assert rates[0].rate == D("-0.03750000")
    assert [one.event_at for one in rates] == sorted(one.event_at for one in rates)
    await client.close()


async def test_bars_are_closed_and_inside_what_was_asked() -> None:
    session = scripted("binanceusdm")
    client = opened("binanceusdm", session, keys=False)
    start = NOW - timedelta(minutes=3)
    first = int(start.timestamp() * 1000)

    def row(number: int) -> list[object]:
        time = first + number * 60_000
        return [time, "100.1", "101", "99", "100.5", "12", time + 59_999, "0", 5, "0", "0", "0"]

    session.once.append(Answer("klines", [row(number) for number in (-1, 0, 1, 2, 3)]))
    bars = await client.bar_history("BTC/USDT", Timeframe.M1, start, NOW)
    assert list(bars.open_time) == [first, first + 60_000, first + 120_000]
    assert float(bars.open[0]) == 100.1
    await client.close()


@pytest.mark.parametrize("newest_first", [False, True])
async def test_executions_beyond_one_answer_are_read_whichever_end_the_venue_begins_at(newest_first: bool) -> None:
    first = int(NOW.timestamp() * 1000) - 3_600_000
    made = [
        {"symbol": "BTCUSDT", "id": number, "orderId": number // 4, "side": "BUY", "price": "100", "qty": "1",
         "realizedPnl": "0", "quoteQty": "100", "commission": "0.1", "commissionAsset": "USDT",
         "time": first + number // 3 * 1000, "positionSide": "BOTH", "maker": False, "buyer": True}
        for number in range(450)
    ]  # fmt: skip

    class Shown(ScriptedSession):
        """Answers with at most 100 executions, from either end of what was asked for."""

        def _request(self, method: str, url: object, **options: Any) -> Any:
            if "userTrades" in str(url):
                asked = dict(parse_qsl(urlsplit(str(url)).query))
                start, end = int(asked["startTime"]), int(asked["endTime"])
                inside = [row for row in made if start <= int(str(row["time"])) <= end]
                self.once = [Answer("userTrades", inside[-100:] if newest_first else inside[:100])]
            return super()._request(method, url, **options)

    session = Shown(standing=scripted("binanceusdm").standing)
    client = opened("binanceusdm", session)
    fills = await client.fills("BTC/USDT", NOW - timedelta(days=20), NOW)
    assert [fill.trade_id for fill in fills] == [str(number) for number in range(450)]
    await client.close()


async def test_the_recorded_book_and_funding_of_hyperliquid_read_exactly(hyperliquid: Payloads) -> None:
    session = scripted("hyperliquid")
    client = opened("hyperliquid", session, keys=False)
    session.once += [
        Answer("l2Book", hyperliquid["http_l2_book_btc"]),
        Answer("fundingHistory", hyperliquid["http_funding_history"]),
    ]
    book = await client.order_book("BTC/USDC", 5)
    assert (book.bids[0].price, book.bids[0].quantity) == (D("110427.0"), D("4.11882"))
    assert book.asks[0].price == D("110428.0")
    start = datetime.fromtimestamp(1769900000, UTC)
    rates = await client.funding_history("BTC/USDC", start, start + timedelta(hours=12))
    assert [one.rate for one in rates] == [D("0.0000125"), D("-0.0000081"), D("0.0000033")]
    mark = await client.mark_price("BTC/USDC")
    assert (mark.mark_price, mark.index_price) == (D("65000.0"), D("65005.0"))
    interest = await client.open_interest("BTC/USDC")
    assert interest.quantity == D("27353.17682")
    await client.close()


async def test_the_recorded_account_of_binance_reads_whole(binance: Payloads) -> None:
    session = scripted("binanceusdm")
    client = opened("binanceusdm", session)
    session.standing += [
        Answer("accountConfig", {"dualSidePosition": False, "multiAssetsMargin": True}),
        Answer("v3/balance", binance["balance"]),
        Answer("positionRisk", binance["position_risk"]),
        Answer("openOrders", [binance["order_response"]]),
        Answer("openAlgoOrders", binance["open_algo_orders"]),
        Answer("leverageBracket", []),
    ]
    snapshot = await client.account_snapshot()
    assert (snapshot.position_mode, snapshot.multi_assets) == (PositionMode.ONE_WAY, True)
    assert snapshot.balances[0].wallet == D("122.12345678")
    (position,) = snapshot.positions
    assert (position.symbol, position.quantity, position.entry_price) == ("BTC/USDT", D("0.001"), D("50000.0"))
    orders = {one.client_order_id: one for one in snapshot.open_orders}
    assert orders["testOrder123"].status is OrderStatus.OPEN
    assert orders["testOrder123"].price == D("50000.00")
    stop = orders["test-algo-order-1"]
    assert stop.venue_type == "STOP_MARKET"
    assert stop.trigger_price
    await client.close()


async def test_the_recorded_trades_of_binance_are_fills_with_their_fees(binance: Payloads) -> None:
    session = scripted("binanceusdm")
    client = opened("binanceusdm", session)
    rows = binance["http_futures_account_trades"]
    assert isinstance(rows, list)
    session.standing.append(Answer("userTrades", [{**row, "symbol": "BTCUSDT"} for row in rows]))
    times = [int(row["time"]) / 1000 for row in rows]
    start = datetime.fromtimestamp(min(times), UTC)
    fills = await client.fills("BTC/USDT", start, datetime.fromtimestamp(max(times), UTC))
    assert len(fills) == len({row["id"] for row in rows})
    first = fills[0]
    assert (first.trade_id, first.side, first.price) == ("82357626", Side.SELL, D("2778.35"))
    assert first.liquidity in (Liquidity.MAKER, Liquidity.TAKER)
    assert first.fee == D(rows[0]["commission"])
    await client.close()


async def test_okx_positions_and_orders_are_turned_into_base_units() -> None:
    session = scripted("okx")
    client = opened("okx", session)
    session.standing += [
        Answer("account/config", {"code": "0", "msg": "", "data": [{"posMode": "net_mode", "acctLv": "2"}]}),
        Answer(
            "account/balance",
            {
                "code": "0",
                "msg": "",
                "data": [
                    {"details": [{"ccy": "USDT", "cashBal": "1000.5", "availEq": "900", "uTime": "1763700000000"}]}
                ],
            },
        ),
        Answer(
            "account/positions",
            {
                "code": "0",
                "msg": "",
                "data": [
                    {
                        "instId": "BTC-USDT-SWAP",
                        "instType": "SWAP",
                        "pos": "-1.5",
                        "posSide": "net",
                        "avgPx": "65000",
                        "markPx": "64000",
                        "upl": "15",
                        "lever": "3",
                        "mgnMode": "cross",
                        "liqPx": "80000",
                        "notionalUsd": "960",
                        "uTime": "1763700000000",
                        "cTime": "1763700000000",
                    }
                ],
            },
        ),
        Answer(
            "orders-pending",
            {
                "code": "0",
                "msg": "",
                "data": [
                    {
                        "instId": "BTC-USDT-SWAP",
                        "instType": "SWAP",
                        "ordId": "7",
                        "clOrdId": "vxabc230003000007e00",
                        "ordType": "limit",
                        "side": "buy",
                        "px": "60000",
                        "sz": "2",
                        "accFillSz": "0.5",
                        "avgPx": "60000",
                        "state": "partially_filled",
                        "reduceOnly": "false",
                        "cTime": "1763700000000",
                        "uTime": "1763700000000",
                    }
                ],
            },
        ),
        Answer("orders-algo-pending", {"code": "0", "msg": "", "data": []}),
    ]
    snapshot = await client.account_snapshot()
    (position,) = snapshot.positions
    assert (position.quantity, position.unrealised_pnl, position.leverage) == (D("-0.015"), D(15), D(3))
    (order,) = snapshot.open_orders
    assert (order.quantity, order.filled_quantity) == (D("0.02"), D("0.005"))
    assert order.status is OrderStatus.PARTIALLY_FILLED
    assert snapshot.balances[0].available == D(900)
    await client.close()


async def test_hyperliquid_wallets_leave_the_open_profit_out() -> None:
    session = scripted("hyperliquid")
    client = opened("hyperliquid", session)
    state = {
        "assetPositions": [
            {
                "type": "oneWay",
                "position": {
                    "coin": "BTC",
                    "szi": "-0.5",
                    "entryPx": "66000",
                    "positionValue": "32500",
                    "unrealizedPnl": "500",
                    "liquidationPx": "90000",
                    "marginUsed": "3250",
                    "leverage": {"type": "cross", "value": 10},
                    "returnOnEquity": "0.1",
                },
            }
        ],
        "marginSummary": {"accountValue": "10500", "totalNtlPos": "32500"},
        "crossMarginSummary": {"accountValue": "10500"},
        "withdrawable": "7000",
        "time": 1763700000000,
    }
    session.standing += [Answer("clearinghouseState", state), Answer("frontendOpenOrders", [])]
    snapshot = await client.account_snapshot()
    assert snapshot.balances[0].wallet == D(10000)
    (position,) = snapshot.positions
    assert (position.quantity, position.entry_price) == (D("-0.5"), D(66000))
    await client.close()


async def test_income_of_hyperliquid_comes_from_three_books_and_names_our_symbols() -> None:
    session = scripted("hyperliquid")
    client = opened("hyperliquid", session)
    at = int(NOW.timestamp() * 1000)
    session.standing += [
        Answer(
            "userFunding",
            [{"time": at, "hash": "0x0", "delta": {"type": "funding", "coin": "BTC", "usdc": "-1.5", "szi": "1"}}],
        ),
        Answer(
            "userFillsByTime",
            [
                {
                    "coin": "BTC",
                    "px": "65000",
                    "sz": "0.1",
                    "side": "A",
                    "time": at,
                    "closedPnl": "20",
                    "fee": "2.9",
                    "feeToken": "USDC",
                    "tid": 8,
                    "dir": "Close Long",
                }
            ],
        ),
        Answer(
            "userNonFundingLedgerUpdates", [{"time": at, "hash": "0x1", "delta": {"type": "deposit", "usdc": "100"}}]
        ),
    ]
    rows = await client.income(NOW - timedelta(hours=1), NOW)
    assert {(row.kind, row.amount) for row in rows} == {
        ("funding", D("-1.5")),
        ("closedPnl", D(20)),
        ("fee", D("-2.9")),
        ("deposit", D(100)),
    }
    assert {row.symbol for row in rows} == {"BTC/USDC", None}
    await client.close()


async def test_income_of_binance_is_read_page_by_page() -> None:
    session = scripted("binanceusdm")
    client = opened("binanceusdm", session)

    def row(number: int) -> dict[str, object]:
        return {
            "symbol": "BTCUSDT",
            "incomeType": "COMMISSION",
            "income": "-0.01",
            "asset": "USDT",
            "time": int(NOW.timestamp() * 1000) - number,
            "tranId": number,
            "tradeId": str(number),
        }

    session.once += [Answer("page=1", [row(n) for n in range(1000)]), Answer("page=2", [row(1000)])]
    rows = await client.income(NOW - timedelta(hours=1), NOW)
    assert len(rows) == 1001
    assert rows[0].event_at < rows[-1].event_at
    assert rows[0].symbol == "BTC/USDT"
    await client.close()


async def test_a_polled_market_says_when_it_starts_and_refuses_what_it_cannot_see() -> None:
    session = scripted("bybit")
    clock = ManualClock(NOW)
    client = opened("bybit", session, keys=False, clock=clock)
    session.standing.append(
        Answer(
            "orderbook",
            {
                "retCode": 0,
                "retMsg": "OK",
                "result": {"s": "BTCUSDT", "b": [["64999.9", "1"]], "a": [["65000", "2"]], "ts": 1763700000000, "u": 5},
            },
        )
    )
    wanted = [Subscription(channel=channel, symbol="BTC/USDT") for channel in (Channel.QUOTE, Channel.BOOK)]
    stream = client.market_stream(wanted)
    told = [await anext(stream) for _ in range(3)]
    assert isinstance(told[0], Interrupted)
    assert told[0].resumed
    assert isinstance(told[1], Quote)
    assert told[1].ask.price == D(65000)
    assert isinstance(told[2], BookChanged)
    with pytest.raises(InvalidInput, match="no single trades"):
        client.market_stream([Subscription(channel=Channel.TRADES, symbol="BTC/USDT")])
    await client.close()


async def test_a_polled_account_asks_to_be_read_again_and_again() -> None:
    clock = ManualClock(NOW)
    client = opened("okx", scripted("okx"), clock=clock)
    stream = client.account_stream()
    told = [await anext(stream) for _ in range(3)]
    assert all(isinstance(event, Interrupted) and event.resumed for event in told)
    assert clock.monotonic() == 10
    await client.close()


@pytest.mark.parametrize("venue", VENUES)
async def test_an_unknown_symbol_is_refused_by_name(venue: str) -> None:
    client = opened(venue, scripted(venue), keys=False)
    with pytest.raises(InvalidInput) as error:
        await client.mark_price("NOSUCH/USDT")
    assert error.value.field == "symbol"
    await client.close()
