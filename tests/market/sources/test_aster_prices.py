"""Prices of the simulated AsterDEX come over real sockets through the client, and survive its death."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import uvicorn

from tests.venues.simulator.wire_kit import START_MS, Wire
from vibex.domain import InvalidInput, Market, RetryLater, Timeframe
from vibex.market import Series, read_bars
from vibex.market.fetching import Fetched, FetchRequest, fetch
from vibex.market.sources.venue import VenuePrices
from vibex.settings import AsterNetwork, AsterSettings
from vibex.venues.aster import local_config, public_config
from vibex.venues.aster.client import AsterVenue
from vibex.venues.aster.transport import Patience
from vibex.venues.simulator.http.server import listen

HOUR = 3_600_000
REQUEST = FetchRequest(
    symbol="BTC/USDT",
    market=Market.CRYPTO,
    series=Series.BARS,
    timeframe=Timeframe.M1,
    start_ms=START_MS - 20 * HOUR,
)


class Mortal:
    """The simulated venue, which hangs up on the questions for bars that come after `pages`."""

    def __init__(self, application: Any, pages: int | None) -> None:
        self._application, self._left = application, pages
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and "klines" in scope["path"].lower():
            self.asked += 1
            if self._left is not None and self.asked > self._left:
                raise ConnectionResetError("dead")
        await self._application(scope, receive, send)


@asynccontextmanager
async def serving(wire: Wire, pages: int | None = None) -> AsyncIterator[tuple[str, Mortal]]:
    listener = listen(0)
    mortal = Mortal(wire.application, pages)
    server = uvicorn.Server(uvicorn.Config(mortal, log_level="critical", access_log=False, lifespan="off"))
    task = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", mortal
    finally:
        server.should_exit = True
        await task
        listener.close()


async def brought(url: str, wire: Wire, request: FetchRequest, folder: Path) -> Fetched:
    client = AsterVenue(local_config(url), wire.clock, patience=Patience(reads=1))
    try:
        source = VenuePrices("aster", client.market, wire.clock, is_simulated=True, bars_a_page=200)
        return await fetch(request, source, wire.clock, folder)
    finally:
        await client.close()


async def test_bars_that_were_interrupted_by_the_venues_death_are_those_of_an_undisturbed_fetch(
    tmp_path: Path,
) -> None:
    request = replace(REQUEST, end_ms=START_MS - HOUR)
    async with serving(Wire()) as (url, alive):
        whole = await brought(url, Wire(), request, tmp_path / "whole")
        assert alive.asked == whole.pages == 6
    async with serving(Wire(), pages=3) as (url, _):
        with pytest.raises(RetryLater, match="600 rows are kept"):
            await brought(url, Wire(), request, tmp_path / "parts")
    async with serving(Wire()) as (url, alive):
        done = await brought(url, Wire(), request, tmp_path / "parts")
        assert alive.asked == 3
        again = await brought(url, Wire(), request, tmp_path / "parts")
        assert (again.pages, alive.asked) == (0, 3)
    assert done.path.read_bytes() == whole.path.read_bytes()
    assert read_bars(done.path).declared.simulated
    assert done.rows == 19 * 60 + 1


async def test_marks_and_settled_funding_come_from_the_same_client(tmp_path: Path) -> None:
    wire = Wire(step_ms=60_000)
    wire.clock.advance(6 * 3600)
    now_ms = START_MS + 6 * HOUR
    async with serving(wire) as (url, _):
        marks = replace(REQUEST, series=Series.MARK, start_ms=START_MS)
        done = await brought(url, wire, marks, tmp_path)
        assert START_MS < done.last_ms < now_ms - 60_000
        funding = replace(REQUEST, series=Series.FUNDING, timeframe=None)
        rates = await brought(url, wire, funding, tmp_path)
    table = pq.read_table(rates.path)
    settled = [(market.time, float(market.rate)) for market in wire.simulator.exchange.floor.markets["BTCUSDT"].funding]
    times = [round(moment.timestamp() * 1000) for moment in table["timestamp"].to_pylist()]
    assert list(zip(times, table["funding_rate"].to_pylist(), strict=True)) == settled
    assert [datetime.fromtimestamp(time / 1000, UTC).hour for time, _ in settled] == [16]


async def test_a_symbol_that_the_venue_does_not_list_is_refused_in_words(tmp_path: Path) -> None:
    async with serving(Wire()) as (url, _):
        with pytest.raises(InvalidInput, match=r"aster gives no 1m bars of FOO/USDT: .*unknown symbol"):
            await brought(url, Wire(), replace(REQUEST, symbol="FOO/USDT"), tmp_path)


def test_prices_are_read_from_the_live_network_without_keys_or_from_a_simulator() -> None:
    keys = {"ASTERDEX_API_KEY": "key", "ASTERDEX_API_SECRET": "secret"}
    live = public_config(AsterSettings(**keys))  # type: ignore[arg-type]
    assert (live.rest_url, live.credentials, live.is_live) == ("https://fapi.asterdex.com", None, False)
    local = public_config(AsterSettings(ASTERDEX_BASE_URL="http://127.0.0.1:1"))
    assert (local.rest_url, local.is_local) == ("http://127.0.0.1:1", True)
    other = AsterSettings(ASTERDEX_BASE_URL="https://example.org", ASTERDEX_NETWORK=AsterNetwork.MAINNET)
    assert public_config(other).rest_url == "https://example.org"
    testnet = AsterSettings(ASTERDEX_BASE_URL="https://fapi.asterdex-testnet.com")
    assert public_config(testnet).rest_url == "https://fapi.asterdex.com"
