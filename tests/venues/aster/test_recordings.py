"""Recorded payloads and frames of the venue and of its family, read by the same code."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest

from vibex.domain import Liquidity, OrderStatus, PositionSide, Side
from vibex.venues.aster import parse, wire
from vibex.venues.aster.answers import Json, read_json
from vibex.venues.aster.book import LocalBook, Step
from vibex.venues.aster.parse_events import account_event, kind_of, market_event, unwrapped
from vibex.venues.aster.symbols import SymbolNames
from vibex.venues.aster.wire_events import DepthEvent
from vibex.venues.events import (
    AccountChanged,
    BarUpdate,
    OrderChanged,
    Quote,
    Trade,
)
from vibex.venues.reports import MarginMode, MarkPrice

D = Decimal
NAMES = SymbolNames()


@pytest.fixture(scope="module")
def aster(shared_data: Path) -> dict[str, Json]:
    document = read_json((shared_data / "payloads_aster.json").read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def family(shared_data: Path) -> Mapping[str, Json]:
    payloads = {}
    for line in (shared_data / "payloads_binance.jsonl").read_text(encoding="utf-8").splitlines():
        row = read_json(line)
        assert isinstance(row, dict)
        payloads[str(row["name"])] = row["payload"]
    return payloads


def part(document: Json, name: str) -> Json:
    assert isinstance(document, dict)
    return document[name]


def test_the_venues_own_contracts_keep_their_traps(aster: dict[str, Json]) -> None:
    info = wire.expect(wire.WireExchangeInfo, aster["exchangeInfo"], "exchangeInfo")
    found = {read.symbol: read for read in map(parse.instrument, info.symbols)}
    sol = found["SOL/USDT"]
    # pricePrecision is 4 there; only the tick counts.
    assert (sol.tick, sol.min_price, sol.lot, sol.market_max_quantity) == (D("0.01"), D("0.42"), D("0.01"), D(8000))
    assert (sol.price_up, sol.price_down, sol.min_notional) == (D("1.03"), D("0.97"), D(5))
    assert (sol.max_open_orders, sol.max_stop_orders) == (200, 10)
    assert "HIDDEN" in sol.times_in_force
    assert "TRAILING_STOP_MARKET" in sol.order_types
    weight, orders = parse.rate_limits(info.rate_limits)
    assert weight is not None
    assert (weight.count, weight.seconds) == (2400, 60)
    assert [(limit.count, limit.seconds) for limit in orders] == [(1200, 60), (300, 10)]


def test_the_venues_own_funding_terms_and_private_answers_are_read(aster: dict[str, Json]) -> None:
    terms = wire.expect(list[wire.WireFundingInfo], aster["fundingInfo"], "fundingInfo")
    assert {row.funding_interval_hours for row in terms} >= {1, 4, 8}
    assert next(row.funding_fee_cap for row in terms if row.symbol == "TRXUSDT") == D("0.004875")
    private = aster["private"]
    rate = wire.expect(wire.WireCommissionRate, part(private, "commissionRate"), "commissionRate")
    assert (rate.maker_commission_rate, rate.taker_commission_rate) == (D("0.000100"), D("0.000350"))
    assert wire.expect(wire.WirePositionMode, part(private, "positionSideDual"), "mode").dual_side_position
    trailing = parse.order(wire.expect(wire.WireOrder, part(private, "queryOrderFutures"), "order"), "BTC/USDT")
    assert (trailing.venue_order_id, trailing.venue_type) == ("1917641", "TRAILING_STOP_MARKET")
    assert trailing.position_side is PositionSide.SHORT
    assert trailing.average_price is None
    assert trailing.price is None
    # Ids and times come as text there.
    spot = parse.order(wire.expect(wire.WireOrder, part(private, "newOrderSpotMarketSell"), "order"), "ETH/USDT")
    assert (spot.venue_order_id, spot.side) == ("456722166", Side.SELL)


def test_the_venues_own_book_is_ordered(aster: dict[str, Json]) -> None:
    books = [value for name, value in aster.items() if isinstance(value, dict) and "bids" in value]
    for document in books:
        book = parse.book(wire.expect(wire.WireDepth, document, "depth"), "X/USDT")
        assert [level.price for level in book.bids] == sorted((level.price for level in book.bids), reverse=True)
        assert book.bids[0].price < book.asks[0].price


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("http_responses/http_futures_market_premium_index.json", wire.WirePremiumIndex),
        ("http_responses/http_futures_market_open_interest.json", wire.WireOpenInterest),
        ("http_responses/http_futures_market_funding_rate.json", list[wire.WireFundingRate]),
        ("http_responses/http_futures_market_klines.json", list[wire.WireBar]),
        ("http_responses/http_futures_market_mark_price_klines.json", list[wire.WireBar]),
        ("http_responses/http_futures_market_index_price_klines.json", list[wire.WireBar]),
        ("http_responses/http_futures_market_depth.json", wire.WireDepth),
        ("http_responses/http_futures_market_exchange_info.json", wire.WireExchangeInfo),
        ("http_responses/http_futures_account_positions_hedge.json", list[wire.WirePosition]),
        ("http_responses/http_futures_account_positions_one_way.json", list[wire.WirePosition]),
        ("http_responses/http_futures_account_position_side_dual.json", wire.WirePositionMode),
        ("http_responses/http_futures_account_orders.json", list[wire.WireOrder]),
        ("http_responses/http_futures_account_trades.json", list[wire.WireTrade]),
        ("http_responses/http_futures_wallet_commission_rate_btcusdt.json", wire.WireCommissionRate),
        ("futures/http_json/account_info_v2.json", wire.WireAccount),
        ("futures/http_json/balance.json", list[wire.WireBalance]),
        ("futures/http_json/position_risk.json", list[wire.WirePosition]),
        ("futures/http_json/order_response.json", wire.WireOrder),
    ],
)
def test_answers_of_the_family_are_read_by_the_same_models(
    name: str, kind: type[object], family: Mapping[str, Json]
) -> None:
    assert wire.expect(kind, family[name], name)


def test_a_position_in_hedge_mode_keeps_side_and_sign(family: Mapping[str, Json]) -> None:
    rows = wire.expect(
        list[wire.WirePosition], family["http_responses/http_futures_account_positions_hedge.json"], "positions"
    )
    long, short = (parse.position(row, "BTC/USDT") for row in rows)
    assert (long.position_side, long.quantity, long.entry_price) == (PositionSide.LONG, D("20.000"), D("6563.66500"))
    assert (short.position_side, short.quantity, short.entry_price) == (PositionSide.SHORT, D("-10.000"), None)
    assert long.margin_mode is MarginMode.ISOLATED
    assert long.liquidation_price == D("5930.78")


def test_market_events_of_the_family_are_read(family: Mapping[str, Json]) -> None:
    read = {
        name: market_event(family[f"futures/market_data_json/{name}_stream.json"], NAMES)
        for name in ("agg_trade", "book_ticker", "depth_update", "mark_price")
    }
    trade, quote, mark = read["agg_trade"], read["book_ticker"], read["mark_price"]
    assert isinstance(trade, Trade)
    assert (trade.trade_id, trade.side) == ("5933014", Side.SELL)
    assert isinstance(quote, Quote)
    assert quote.symbol == "BNB/USDT"
    assert isinstance(mark, MarkPrice)
    assert isinstance(read["depth_update"], DepthEvent)
    closed = market_event(family["futures/market_data_json/kline_stream_closed.json"], NAMES)
    running = market_event(family["futures/market_data_json/kline_stream_open.json"], NAMES)
    assert isinstance(closed, BarUpdate)
    assert isinstance(running, BarUpdate)
    assert (closed.is_closed, running.is_closed) == (True, False)
    assert market_event(family["futures/market_data_json/ticker_stream.json"], NAMES) is None


def test_account_events_of_the_family_are_read(family: Mapping[str, Json]) -> None:
    fill = account_event(family["futures/user_data_json/order_update_trade.json"], NAMES)
    assert isinstance(fill, OrderChanged)
    assert fill.fill is not None
    assert (fill.fill.trade_id, fill.fill.fee, fill.fill.liquidity) == ("12345678", D("0.01"), Liquidity.MAKER)
    assert fill.order.status is OrderStatus.PARTIALLY_FILLED
    liquidation = account_event(family["futures/user_data_json/order_update_calculated.json"], NAMES)
    assert isinstance(liquidation, OrderChanged)
    assert (liquidation.execution, liquidation.order.client_order_id) == ("CALCULATED", "autoclose-1234567890")
    resting = account_event(family["futures/user_data_json/order_update_new.json"], NAMES)
    assert isinstance(resting, OrderChanged)
    assert resting.fill is None
    account = account_event(family["futures/user_data_json/account_update.json"], NAMES)
    assert isinstance(account, AccountChanged)
    assert account.wallets[0].wallet == D("122624.12345678")
    assert [p.quantity for p in account.positions] == [0, 20, -10]
    assert [p.entry_price for p in account.positions] == [None, D("6563.6"), D("6563.8")]


def frames(shared_data: Path) -> Iterator[Json]:
    with gzip.open(shared_data / "wsframes_binance-usdm_BTCUSDT.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield read_json(line.split(" ", 1)[1])


def test_every_recorded_frame_is_read(shared_data: Path) -> None:
    seen: Counter[str] = Counter()
    for frame in frames(shared_data):
        event = market_event(unwrapped(frame), NAMES)
        seen[type(event).__name__] += 1
        assert event is not None or kind_of(unwrapped(frame)) == ""
    assert (seen["Quote"], seen["DepthEvent"], seen["Trade"]) == (1907, 191, 401)


def test_the_recorded_book_agrees_with_the_recorded_best_prices(shared_data: Path) -> None:
    """Where a best-price event carries the very id at which a difference ends, both must name the same levels."""
    pq = pytest.importorskip("pyarrow.parquet")
    depth = pq.read_table(shared_data / "depth_BTC-USDT_20240808.parquet").to_pydict()
    quotes = pq.read_table(shared_data / "bookticker_BTC-USDT_20240808.parquet").to_pydict()
    best = {
        u: (bid, bid_qty, ask, ask_qty)
        for u, bid, bid_qty, ask, ask_qty in zip(
            *(quotes[name] for name in ("update_id", "bid", "bid_qty", "ask", "ask_qty")), strict=True
        )
    }
    recorded = json.loads((shared_data / "depthsnapshot_BTC-USDT_20240808.json").read_text(encoding="utf-8"))
    book = LocalBook()
    loaded = book.load(wire.expect(wire.WireDepth, recorded["payload"], "depth"))
    assert loaded is Step.WAITING
    compared = applied = 0
    for event in differences(depth):
        step = book.apply(event)
        assert step is not Step.BROKEN
        applied += step is Step.APPLIED
        if step is Step.APPLIED and event.last_id in best:
            (bid,), (ask,) = book.bids(1), book.asks(1)
            found = tuple(map(float, (bid.price, bid.quantity, ask.price, ask.quantity)))
            assert found == best[event.last_id]
            compared += 1
    assert applied > 6000
    assert compared > 100


def differences(depth: Mapping[str, list[object]]) -> Iterator[DepthEvent]:
    """The table's rows, one level each, put together again as messages."""
    names = ("first_id", "final_id", "prev_final_id", "side", "price", "qty")
    rows = zip(*(depth[name] for name in names), strict=True)
    for (first, last, previous), levels in groupby(rows, key=lambda row: row[:3]):
        sides: dict[object, list[tuple[str, str]]] = {"bid": [], "ask": []}
        for *_, side, price, quantity in levels:
            sides[side].append((repr(price), repr(quantity)))
        yield DepthEvent.model_validate(
            {"E": 0, "s": "BTCUSDT", "U": first, "u": last, "pu": previous, "b": sides["bid"], "a": sides["ask"]}
        )
