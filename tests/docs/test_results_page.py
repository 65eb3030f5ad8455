"""The keys that the results page explains are the keys that a run gives, no more and no fewer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vibex.analysis.generator import generate_market
from vibex.backtest import BacktestResult, RunSettings, run
from vibex.backtest.engine.outcome import Skip
from vibex.domain import Bars, JsonValue, Market, Timeframe
from vibex.market import measure_quality
from vibex.strategy import parse_spec

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "results.md").read_text("utf-8")


def keys_of(heading: str) -> list[str]:
    """The code words in the first column of the first table after `heading`."""
    lines = PAGE[PAGE.index(f"\n{heading}\n") :].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    found: list[str] = []
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        found += re.findall(r"`(\w+)`", line.split("|")[1])
    return found


def run_on(bars: Bars, **changes: object) -> BacktestResult:
    raw: dict[str, object] = {
        "version": 1,
        "name": "manual",
        "market": "crypto",
        "symbols": [bars.symbol],
        "timeframe": "1h",
        "indicators": [{"id": "rsi", "name": "RSI"}],
        "entry": {
            "long": {"left": "rsi", "op": "crosses_below", "right": 40},
            "short": {"left": "rsi", "op": "crosses_above", "right": 60},
        },
        "stop_loss": {"type": "percent", "value": 2},
        "sizing": {"type": "fixed_percent", "value": 50},
    }
    return run(parse_spec({**raw, **changes}), bars, settings=RunSettings(lot_size=0.0001))


@pytest.fixture(scope="module")
def bars() -> Bars:
    return generate_market(
        seed=3,
        symbol="ETH/USDT",
        market=Market.CRYPTO,
        timeframe=Timeframe.H1,
        start=datetime(2024, 1, 1, tzinfo=UTC),
        bars=600,
    ).bars


@pytest.fixture(scope="module")
def full(bars: Bars) -> dict[str, JsonValue]:
    return run_on(bars).to_full_json()


def test_statistics_are_documented_key_for_key_in_order_of_the_page(full: dict[str, JsonValue]) -> None:
    stats = full["summary_stats"]
    assert isinstance(stats, dict)
    assert keys_of("## Statistics") == list(stats)


def test_trades_are_documented_key_for_key(full: dict[str, JsonValue]) -> None:
    trades = full["trade_log"]
    assert isinstance(trades, list)
    assert isinstance(trades[0], dict)
    assert set(keys_of("## Trades")) == set(trades[0])


def test_the_full_result_is_documented_key_for_key(full: dict[str, JsonValue]) -> None:
    assert set(keys_of("## The full result")) == set(full)


def test_digests_are_documented_key_for_key(full: dict[str, JsonValue]) -> None:
    digests = full["digests"]
    assert isinstance(digests, dict)
    assert keys_of("## Digests") == list(digests)


def test_rows_of_the_series_have_the_documented_keys(full: dict[str, JsonValue]) -> None:
    for name in ("equity_curve", "drawdown_series", "returns_series", "weekly_returns", "monthly_returns"):
        rows = full[name]
        assert isinstance(rows, list)
        assert isinstance(rows[0], dict)
        line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}`"))
        assert set(re.findall(r"`(\w+)`", line)) == {name, *rows[0]}
    benchmark = full["benchmark_vs_strategy"]
    assert isinstance(benchmark, dict)
    line = next(line for line in PAGE.splitlines() if line.startswith("| `benchmark_vs_strategy`"))
    assert set(re.findall(r"`(\w+)`", line)) == {"benchmark_vs_strategy", *benchmark}


def test_data_quality_is_documented_key_for_key(bars: Bars) -> None:
    assert set(keys_of("## Data quality")) == set(measure_quality(bars, source="file.csv").to_json())


def test_warnings_of_runs_stand_in_the_table_in_the_order_that_they_are_given(bars: Bars) -> None:
    documented = keys_of("## Warnings")
    for result in (run_on(bars), run_on(bars, leverage=3), run_on(bars.rows(0, 100), leverage=20)):
        codes = [warning.code for warning in result.warnings]
        assert codes
        assert codes == [code for code in documented if code in codes]


def test_numbers_of_a_warning_are_documented(bars: Bars) -> None:
    for warning in run_on(bars, leverage=3).warnings:
        line = next(line for line in PAGE.splitlines() if line.startswith(f"| `{warning.code}`"))
        assert set(warning.data) <= set(re.findall(r"`(\w+)`", line))


def test_every_warning_code_of_the_source_stands_in_the_table() -> None:
    from vibex.backtest import disclosures, left_out

    source = "".join(Path(str(module.__file__)).read_text("utf-8") for module in (disclosures, left_out))
    assert set(keys_of("## Warnings")) == set(re.findall(r'code="(\w+)"', source))


def test_every_code_of_a_note_stands_in_its_table() -> None:
    import vibex.market.preparation
    import vibex.services.backtests

    modules = (vibex.services.backtests, vibex.market.preparation)
    sources = [Path(str(module.__file__)).read_text("utf-8") for module in modules]
    found = set(re.findall(r'(?:code=|Note\()"(\w+)"', "".join(sources)))
    assert set(keys_of("## Notes")) == found


def test_skips_are_all_named() -> None:
    named = PAGE[PAGE.index("### Skipped entries") :].split("\n## ")[0]
    assert {skip.name.lower() for skip in Skip} <= set(re.findall(r"`(\w+)`", named))
