"""Leverage brackets: read as the venue publishes them, refused where they cannot be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from vibex.domain import InvalidInput
from vibex.market.brackets import COLUMNS, maintenance_margin, read_brackets

HEADER = ",".join(COLUMNS)
FIRST, SECOND = "BTC-USDT,1,0,50000,0.004,125,0", "BTC-USDT,2,50000,600000,0.005,100,50"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "brackets.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n")
    return path


def test_the_margin_is_continuous_and_that_of_the_tier(tmp_path: Path) -> None:
    found = read_brackets(written(tmp_path, FIRST, SECOND), ["BTC/USDT"])["BTC/USDT"]
    table = (found.max_notional, found.rate, found.amount)
    assert maintenance_margin(10_000.0, *table) == 40.0
    assert maintenance_margin(50_000.0, *table) == 200.0
    assert maintenance_margin(50_000.01, *table) == pytest.approx(200.0, abs=1e-3)
    assert maintenance_margin(1_000_000.0, *table) == 4950.0  # beyond the last tier, its own rate
    assert [found.leverage_at(n) for n in (0.0, 50_000.0, 50_001.0, 1e9)] == [125, 125, 100, 100]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([FIRST], "no brackets of ETH/USDT"),
        (["ETH-USDT,1,0,50000,0.004,125,x"], "line 2: a cell is empty or no number"),
        (["ETH-USDT,1,0,50000,1.5,125,0"], "is no bracket"),
        (["ETH-USDT,1,0,50000,0.004,125,0", "ETH-USDT,2,60000,90000,0.005,100,50"], "do not join"),
        (["ETH-USDT,1,0,50000,0.004,125,0", "ETH-USDT,2,50000,90000,0.003,100,50"], "do not join"),
        (["ETH-USDT,1,0,50000,0.004,125,0", "ETH-USDT,2,50000,90000,0.005,100,70"], "amount .* is 70, .* 50"),
    ],
)
def test_brackets_that_cannot_be_right_are_refused(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refusal:
        read_brackets(written(tmp_path, *lines), ["ETH/USDT"])
    assert refusal.value.field == "brackets"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "brackets.csv"
    path.write_text("symbol,tier\n")
    with pytest.raises(InvalidInput, match="no column 'min_notional'"):
        read_brackets(path, [])


def test_the_published_brackets_of_the_venue_hold_together(shared_data: Path) -> None:
    path = shared_data / "leverage_brackets_binance-usdm.csv"
    found = read_brackets(path, ["BTC/USDT", "ETH/USDT", "SOL/USDT"])
    assert found["BTC/USDT"].rate[0] == 0.004
    assert found["BTC/USDT"].leverage_at(100_000.0) == 100
