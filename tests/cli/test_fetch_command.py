"""`vibex data fetch` as typed, and the commands that take the library's bars when they are given none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from vibex.domain import Market, Timeframe
from vibex.market import Declared, Series, library_path, read_bars, write_bars
from vibex.market.fetching import fetcher

Vibex = Callable[..., Result]
WriteSpec = Callable[..., Path]
SIM = [sys.executable, "-c", "from vibex.cli import main; main()", "sim", "--testnet", "--symbol", "BTCUSDT"]


@pytest.fixture
def simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A simulated venue stands in for AsterDEX."""
    environment = {**os.environ, "VIBEX_HOME": str(tmp_path / "sim")}
    with subprocess.Popen(SIM, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        monkeypatch.setenv("ASTERDEX_BASE_URL", json.loads(process.stdout.readline())["rest"])
        yield
        process.terminate()


@pytest.fixture
def library(home: Path, bars: Path) -> Path:
    """The library holds hourly bars of BTC/USDT that pass for real ones."""
    path = library_path(home / "bars", Market.CRYPTO, "BTC/USDT", Timeframe.H1)
    write_bars(read_bars(bars).bars, path, Declared(market=Market.CRYPTO, source="aster"))
    return path


@pytest.mark.usefixtures("simulator")
def test_prices_come_from_the_venue_once_and_a_simulators_never_stand_in_for_the_market(
    vibex: Vibex, write_spec: WriteSpec, home: Path
) -> None:
    start = datetime.now(UTC) - timedelta(hours=20)
    typed = ("data", "fetch", "BTC/USDT", "--timeframe", "5m", "--start", f"{start:%Y-%m-%dT%H:00}", "--json")
    (first,) = json.loads(vibex(*typed).stdout)["fetched"]
    assert first["pages"] == 1
    assert first["rows"] > 200
    assert (first["source"], first["simulated"], first["kind"]) == ("aster", True, Series.BARS)
    assert Path(first["file"]) == home / "bars" / "crypto_BTC-USDT_5m.parquet"
    assert "SIMULATED" in vibex("data", "list").stdout
    refused = vibex("backtest", "--spec", write_spec())
    assert refused.exit_code == 2
    assert "no bars of BTC/USDT in 1h or finer; generated ones do not stand in" in refused.stderr
    assert "vibex data fetch BTC/USDT --market crypto --timeframe 1h --start" in refused.stderr
    unlisted = vibex("data", "fetch", "NOPE/USDT", "--start", "2024-01-01")
    assert unlisted.exit_code == 2
    assert "aster gives no 1h bars of NOPE/USDT" in unlisted.stderr


def test_a_venue_that_cannot_be_reached_is_named_with_what_to_do(vibex: Vibex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher, "_PAUSES_S", ())
    monkeypatch.setenv("ASTERDEX_BASE_URL", "http://127.0.0.1:9")
    result = vibex("data", "fetch", "BTC/USDT", "--start", "2024-01-01")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: aster does not give 1h bars of BTC/USDT: GET klines: no connection")
    assert "name another --source" in result.stderr


def test_ctrl_c_says_how_to_go_on(vibex: Vibex, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vibex.services.fetch_prices", interrupted)
    result = vibex("data", "fetch", "BTC/USDT", "--start", "2024-01-01")
    assert result.exit_code == 130
    assert "What has come is kept: run the same command again to go on." in result.stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("SPY",), "error: market: 'SPY' may be a share or a coin"),
        (("BTC/USDT", "--source", "yfinance"), "error: source: yfinance has no prices of crypto here"),
        (("0700.HK", "--source", "bybit"), "error: source: bybit has no prices of hk_equity here"),
        (("0700.HK", "--kind", "funding"), "error: kind: yfinance publishes no funding rates"),
        (("BTC/USDT", "--end", "2023-01-01"), "error: end: the end lies before the start"),
        (("BTC/USDT", "--start", "2999-01-01"), "error: start: 1h bars of BTC/USDT that begin at 2999"),
        (("BTC/USDT", "--timeframe", "2h"), "error: timeframe: unknown timeframe '2h'"),
        (("BTC/USDT", "--source", "hyperliquid", "--kind", "mark"), "error: kind: hyperliquid publishes no mark"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anybody_is_asked(
    vibex: Vibex, typed: tuple[str, ...], said: str
) -> None:
    result = vibex("data", "fetch", *typed, *(() if "--start" in typed else ("--start", "2024-01-01")))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said)


def test_a_backtest_without_data_takes_the_librarys_bars_and_says_so(
    vibex: Vibex, write_spec: WriteSpec, library: Path
) -> None:
    result = vibex("backtest", "--spec", write_spec(timeframe="4h"), "--json")
    document = json.loads(result.stdout)
    (note,) = [warning for warning in document["warnings"] if warning["code"] == "library"]
    assert note["message"] == (
        "No --data was given: bars of the library, BTC/USDT from crypto_BTC-USDT_1h.parquet (aster)."
    )
    named = vibex("backtest", "--spec", write_spec(timeframe="4h"), "--json", "--data", library)
    assert json.loads(named.stdout)["digests"] == document["digests"]


def test_a_review_runs_on_the_librarys_bars_where_there_are_any(
    vibex: Vibex, write_spec: WriteSpec, library: Path
) -> None:
    with_bars = vibex("strategy", "review", write_spec(), "--json")
    assert "bars of the library, BTC/USDT from crypto_BTC-USDT_1h.parquet" in with_bars.stderr
    named = vibex("strategy", "review", write_spec(), "--json", "--data", library)
    assert json.loads(with_bars.stdout) == json.loads(named.stdout)
    library.unlink()
    without = vibex("strategy", "review", write_spec(), "--json")
    assert "reviewed without prices: the library has no bars of BTC/USDT" in without.stderr
    json.loads(without.stdout)
