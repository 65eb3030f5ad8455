"""Markets from files: the recorded book and tape come out as they went in, marks and funding follow their series."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.venues.simulated import running
from tests.venues.simulator.floor_kit import BTC, D, held, send, venue
from vibex.cli.sim_inputs import instrument_rules, sources
from vibex.domain import Bars, InvalidInput, ManualClock, Timeframe
from vibex.market.recordings import read_depth, read_trades
from vibex.venues.simulator.exchange import Exchange, Order, standard_rules
from vibex.venues.simulator.exchange.brackets import brackets_from
from vibex.venues.simulator.exchange.words import Side, Status
from vibex.venues.simulator.participants import CrowdSettings, DepthMessage, RecordedTrade
from vibex.venues.simulator.simulator import Plan, Simulator, Source

START = datetime(2026, 1, 5, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
HOUR = 3_600_000


def _files(folder: Path) -> dict[str, dict[str, str]]:
    return {
        "depth": {BTC: str(folder / "depth_BTC-USDT_20240808.parquet")},
        "snapshot": {BTC: str(folder / "depthsnapshot_BTC-USDT_20240808.json")},
        "trades": {BTC: str(folder / "trades_BTC-USDT_20240808.parquet")},
    }


def _play(folder: Path, seconds: int) -> int:
    """Plays the recorded minutes in the simulator; at every message the book's best quotes are the recorded ones."""
    messages = read_depth(Path(_files(folder)["depth"][BTC]), Path(_files(folder)["snapshot"][BTC]))
    source = Source(
        depth=[DepthMessage(time_ms=one.time_ms, bids=one.bids, asks=one.asks) for one in messages],
        trades=sources({"trades": _files(folder)["trades"]})[BTC].trades,
    )
    simulator = Simulator(Plan(accounts=[], symbols=(BTC,), sources={BTC: source}), ManualClock(START))
    ticker = pq.read_table(folder / "bookticker_BTC-USDT_20240808.parquet")
    ids, bids, asks = (ticker[name].to_pylist() for name in ("update_id", "bid", "ask"))
    market, row, compared = simulator.exchange.floor.market(BTC), 0, 0
    for number, message in enumerate(messages):
        if message.time_ms > simulator.start_ms + seconds * 1000:
            break
        simulator.run_to(message.time_ms)
        while row + 1 < len(ids) and ids[row + 1] <= message.final_id:
            row += 1
        later = number + 1 < len(messages) and messages[number + 1].time_ms == message.time_ms
        if number and not later:
            assert (market.book.bids.best(), market.book.asks.best()) == (D(repr(bids[row])), D(repr(asks[row])))
            assert market.mark == (D(repr(bids[row])) + D(repr(asks[row]))) / 2
            compared += 1
    recorded = [one for one in source.trades if simulator.start_ms <= one.time_ms <= simulator.now_ms]
    assert sum(one.quantity for one in market.tape) == sum(one.quantity for one in recorded[-len(market.tape) :])
    assert market.last == recorded[-1].price
    return compared


def test_the_book_reproduces_the_recorded_best_bid_and_ask_at_every_step(shared_data: Path) -> None:
    assert _play(shared_data, 40) > 500


@pytest.mark.proof
def test_the_whole_recording_is_reproduced(shared_data: Path) -> None:
    assert _play(shared_data, 400) > 6000


def test_trades_and_funding_are_read_exactly(shared_data: Path) -> None:
    trades = read_trades(shared_data / "trades_BTC-USDT_20240808.parquet")
    assert (len(trades), trades[0].price, trades[0].quantity) == (21_313, D("61800.3"), D("0.006"))
    rates = sources({"funding": {"SOLUSDT": str(shared_data / "funding_SOL-USDT.parquet")}})["SOLUSDT"].funding
    assert (len(rates), rates[0][1]) == (450, D("-0.00006866"))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"price": [1.0], "qty": [1.0], "buyer_is_maker": [True]}, "no column 'timestamp'"),
        ({"timestamp": [1], "price": [1.0], "qty": [1.0]}, "no column 'buyer_is_maker'"),
        ({"timestamp": ["x"], "price": [1.0], "qty": [1.0], "buyer_is_maker": [True]}, "times are"),
    ],
)
def test_a_recording_that_lacks_something_is_refused_by_name(
    columns: dict[str, list[object]], said: str, tmp_path: Path
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "trades.parquet")
    with pytest.raises(InvalidInput, match=said):
        read_trades(tmp_path / "trades.parquet")


def test_a_snapshot_that_is_none_is_refused(tmp_path: Path, shared_data: Path) -> None:
    (tmp_path / "snapshot").write_text('{"bids": []}')
    with pytest.raises(InvalidInput, match="no depth snapshot"):
        read_depth(shared_data / "depth_BTC-USDT_20240808.parquet", tmp_path / "snapshot")


def _recorded(trades: list[RecordedTrade]) -> tuple[Simulator, Order]:
    book = DepthMessage(time_ms=START_MS, bids=[(D(99), D(5)), (D(98), D(5))], asks=[(D(101), D(5))])
    plan = Plan(
        accounts=[("a", D(10_000))],
        symbols=(BTC,),
        sources={BTC: Source(depth=[book], trades=trades)},
        start_ms=START_MS,
    )
    simulator = Simulator(plan, ManualClock(START))
    return simulator, send(simulator.exchange, "a", "BUY", "1", "99")


def _trade(second: int, price: int, quantity: str) -> RecordedTrade:
    return RecordedTrade(time_ms=START_MS + second * 1000, price=D(price), quantity=D(quantity), side=Side.SELL)


def test_a_recorded_trade_reaches_an_account_behind_the_recorded_quantity_of_its_price() -> None:
    simulator, order = _recorded([_trade(1, 99, "4"), _trade(2, 99, "5.25")])
    simulator.run_to(START_MS + 1000)
    assert order.filled == 0, "five were ahead of it"
    simulator.run_to(START_MS + 2000)
    assert order.filled == D("0.25")
    market = simulator.exchange.floor.market(BTC)
    assert [one.quantity for one in market.tape] == [D(4), D("0.25"), D(5)]


def test_a_recorded_trade_beyond_the_price_of_an_account_fills_it_whole() -> None:
    simulator, order = _recorded([_trade(1, 98, "3")])
    simulator.run_to(START_MS + 1000)
    assert order.status is Status.FILLED
    assert order.average_price == 99
    assert held(simulator.exchange, "a") == 1


def _hours(start_ms: int, prices: list[float]) -> Bars:
    column = np.array(prices)
    return Bars(
        symbol=BTC,
        timeframe=Timeframe.H1,
        open_time=np.array([start_ms + row * HOUR for row in range(len(prices))]),
        open=column,
        high=column,
        low=column,
        close=column,
        volume=np.ones(len(prices)),
    )


def test_mark_index_last_and_funding_go_their_own_ways() -> None:
    source = Source(
        bars=_hours(START_MS, [100.0] * 10),
        mark=_hours(START_MS, [101.0] * 10),
        index=_hours(START_MS, [102.0] * 10),
        funding=[(START_MS + hour * HOUR + 3, D(hour) / 10_000) for hour in range(-3, 10)],
    )
    plan = Plan(
        accounts=[("a", D(10_000))],
        symbols=(BTC,),
        sources={BTC: source},
        step_ms=60_000,
        crowd=CrowdSettings(levels=2),
    )
    simulator = Simulator(plan, ManualClock(START))
    market = simulator.exchange.floor.market(BTC)
    assert market.rules.funding_hours == 1
    send(simulator.exchange, "a", "BUY", "1")
    simulator.run_to(START_MS + 2 * HOUR + 60_000)
    assert (market.mark, market.index) == (D(101), D(102))
    assert abs(market.last - 100) < 1
    assert [row.rate for row in market.funding][-3:] == [D(0), D("0.0001"), D("0.0002")]
    paid = [row.amount for row in simulator.exchange.floor.account("a").income if row.kind.value == "FUNDING_FEE"]
    assert paid == [D("-0.0101"), D("-0.0202")]


def test_more_symbols_come_from_the_venues_own_list(shared_data: Path, tmp_path: Path) -> None:
    document = json.loads((shared_data / "payloads_aster.json").read_text())["exchangeInfo"]
    file = tmp_path / "instruments.json"
    file.write_text(json.dumps(document))
    rules = instrument_rules(file)
    assert rules["ASTERUSDT"].tick == D("0.00010")
    assert rules["BTCUSDT"].band_up == D("1.0200")
    broken = {"symbols": [{**document["symbols"][0], "filters": []}]}
    file.write_text(json.dumps(broken))
    with pytest.raises(InvalidInput, match="ASTERUSDT cannot be read"):
        instrument_rules(file)


def _brackets(shared_data: Path, name: str) -> list[dict[str, object]]:
    """A published table in the form of the venue's answer."""
    lines = (shared_data / "leverage_brackets_binance-usdm.csv").read_text().splitlines()
    rows = [line.split(",") for line in lines if line.startswith(f"{name},")]
    return [
        {
            "bracket": int(tier),
            "notionalFloor": float(low),
            "notionalCap": float(high),
            "maintMarginRatio": float(rate),
            "initialLeverage": int(float(leverage)),
            "cum": float(cum),
        }
        for _, tier, low, high, rate, leverage, cum in rows
    ]


def test_leverage_brackets_of_a_symbol_are_those_of_the_file_and_the_standard_ones_without(
    shared_data: Path, tmp_path: Path
) -> None:
    document = json.loads((shared_data / "payloads_aster.json").read_text())["exchangeInfo"]
    table = _brackets(shared_data, "SOL-USDT")
    file = tmp_path / "instruments.json"
    file.write_text(json.dumps({**document, "leverageBracket": [{"symbol": "ASTERUSDT", "brackets": table[2:]}]}))
    with pytest.raises(InvalidInput, match="ASTERUSDT do not join from 0"):
        instrument_rules(file)
    file.write_text(json.dumps({**document, "leverageBracket": [{"symbol": "ASTERUSDT", "brackets": table}]}))
    rules = instrument_rules(file)
    assert rules[BTC].brackets == standard_rules(BTC).brackets
    told = [[one.cap, D(one.leverage), one.maintenance_rate, one.cum] for one in rules["ASTERUSDT"].brackets]
    names = ("notionalCap", "initialLeverage", "maintMarginRatio", "cum")
    assert told == [[D(str(row[name])) for name in names] for row in table]
    file.write_text(json.dumps({**document, "leverageBracket": {"symbol": "NOSUCHUSDT", "brackets": table}}))
    with pytest.raises(InvalidInput, match="brackets of NOSUCHUSDT, which is not listed"):
        instrument_rules(file)
    table[1]["cum"] = 49_999.0
    file.write_text(json.dumps({**document, "leverageBracket": {"symbol": BTC, "brackets": table}}))
    with pytest.raises(InvalidInput, match="do not follow from number 1 to 2"):
        instrument_rules(file)


def test_an_account_begins_with_no_more_leverage_than_the_symbol_allows() -> None:
    exchange = Exchange(now_ms=START_MS)
    low = replace(standard_rules(BTC), brackets=brackets_from([(100_000, 5, "0.1"), (200_000, 2, "0.25")]))
    exchange.open_account("before", D(1000))
    exchange.list_symbol(low)
    exchange.open_account("after", D(1000))
    accounts = exchange.floor.accounts
    assert [accounts[name].settings_for(BTC).leverage for name in ("before", "after")] == [5, 5]


def test_the_command_serves_a_recorded_market_with_instruments_of_the_user(shared_data: Path, tmp_path: Path) -> None:
    file = tmp_path / "instruments.json"
    file.write_text(json.dumps(json.loads((shared_data / "payloads_aster.json").read_text())["exchangeInfo"]))
    files = _files(shared_data)
    some = tmp_path / "depth.parquet"
    pq.write_table(pq.read_table(files["depth"][BTC]).slice(0, 20_000), some)
    files["depth"][BTC] = str(some)
    named = [text for kind, one in files.items() for text in (f"--{kind}", f"{BTC}={one[BTC]}")]
    with running("--instruments", str(file), "--symbol", BTC, "--symbol", "ASTERUSDT", *named) as simulated:
        rest = f"{simulated.ready['rest']}/fapi/v3"
        book = httpx.get(f"{rest}/depth", params={"symbol": BTC, "limit": 5}, trust_env=False).json()
        listed = [row["symbol"] for row in httpx.get(f"{rest}/exchangeInfo", trust_env=False).json()["symbols"]]
    assert D("61000") < Decimal(book["bids"][0][0]) < Decimal(book["asks"][0][0]) < D("62500")
    assert listed == [BTC, "ASTERUSDT"]
    assert simulated.ready["start"].startswith("2024-08-08T23:54")


def test_only_what_belongs_together_is_taken(shared_data: Path) -> None:
    files = _files(shared_data)
    with pytest.raises(InvalidInput, match="without its book"):
        sources({"snapshot": files["snapshot"]})
    with pytest.raises(InvalidInput, match="bars and a recorded book"):
        sources({**files, "data": files["depth"]})


def test_a_recording_leaves_the_standard_venue_alone() -> None:
    assert not venue("a").floor.market(BTC).tape
