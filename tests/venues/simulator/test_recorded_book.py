"""A recorded book goes in, the recorded best quotes come out; and accounts trade against it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.venues.simulator.floor_kit import BTC, D, held, send, venue
from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.participants import DepthMessage, RecordedBook
from vibex.venues.simulator.participants.recorded import Levels

MESSAGES = 400


def _levels(rows: list[list[str]]) -> Levels:
    return [(D(price), D(quantity)) for price, quantity in rows]


def _recorded(folder: Path) -> tuple[int, DepthMessage, list[tuple[int, DepthMessage]]]:
    """The snapshot's id and levels, and the (u, message) pairs that follow it."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    snapshot = json.loads((folder / "depthsnapshot_BTC-USDT_20240808.json").read_text())["payload"]
    last = int(snapshot["lastUpdateId"])
    table = pq.read_table(folder / "depth_BTC-USDT_20240808.parquet")
    table = table.filter(pc.greater_equal(table["final_id"], last))
    messages: list[tuple[int, dict[str, list[tuple[Decimal, Decimal]]]]] = []
    for final_id, side, price, quantity in zip(
        *(table[name].to_pylist() for name in ("final_id", "side", "price", "qty")), strict=True
    ):
        if not messages or messages[-1][0] != final_id:
            if len(messages) == MESSAGES:
                break
            messages.append((final_id, {"bid": [], "ask": []}))
        messages[-1][1][side].append((D(repr(price)), D(repr(quantity))))
    start = DepthMessage(time_ms=0, bids=_levels(snapshot["bids"]), asks=_levels(snapshot["asks"]))
    return last, start, [(u, DepthMessage(time_ms=0, bids=one["bid"], asks=one["ask"])) for u, one in messages]


def test_the_best_bid_and_ask_are_the_recorded_ones_at_every_step(shared_data: Path) -> None:
    import pyarrow.parquet as pq

    _, start, messages = _recorded(shared_data)
    ticker = pq.read_table(shared_data / "bookticker_BTC-USDT_20240808.parquet")
    ids, bids, asks = (ticker[name].to_pylist() for name in ("update_id", "bid", "ask"))
    exchange = venue(mark="61800")
    recorded, book, row = RecordedBook(exchange, BTC), exchange.floor.market(BTC).book, 0
    recorded.apply(start)
    for final_id, message in messages:
        recorded.apply(message)
        while row + 1 < len(ids) and ids[row + 1] <= final_id:
            row += 1
        assert (book.bids.best(), book.asks.best()) == (D(repr(bids[row])), D(repr(asks[row]))), final_id
    assert len(messages) == MESSAGES
    assert not exchange.floor.market(BTC).tape, "replaying levels trades with nobody"


def test_an_account_trades_with_a_recorded_level_and_a_crossing_level_with_the_account() -> None:
    exchange = venue("a", mark="61800")
    recorded = RecordedBook(exchange, BTC)
    recorded.apply(DepthMessage(time_ms=0, bids=[(D(61799), D(1))], asks=[(D(61801), D("0.002"))]))
    assert send(exchange, "a", "BUY", "0.01", "61801").filled == D("0.002")
    recorded.apply(DepthMessage(time_ms=1, bids=[], asks=[(D(61800), D(1))]))
    assert held(exchange, "a") == D("0.01")
    assert exchange.floor.market(BTC).book.depth(1) == ([(D(61799), D(1))], [(D(61800), D("0.992"))])


def test_only_house_accounts_enter_orders_without_filters() -> None:
    exchange = venue("a")
    order = send(exchange, "a", "BUY", "0.01", "49000")
    with pytest.raises(InvalidInput, match="house"):
        exchange.enter_house(order)
