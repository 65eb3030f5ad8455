"""Lots, currencies, and the entry that held on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from vibex.domain import InvalidInput, Market
from vibex.market import load_instruments, shipped_instruments, single_currency

TODAY = date(2024, 6, 3)
HK = Market.HK_EQUITY


def test_shipped_entries_have_the_published_board_lots() -> None:
    shipped = shipped_instruments()
    lots = {"0700.HK": 100, "0005.HK": 400, "0939.HK": 1000, "1810.HK": 200, "2318.HK": 500}
    for symbol, lot in lots.items():
        entry = shipped.resolve(symbol, HK, TODAY)
        assert (entry.lot, entry.currency) == (Decimal(lot), "HKD")
    assert shipped.resolve("SPY", Market.US_EQUITY, TODAY).lot == 0


def test_an_unknown_symbol_gets_its_markets_default_but_never_a_board_lot() -> None:
    shipped = shipped_instruments()
    assert shipped.find("PEPE/USDC", Market.CRYPTO, TODAY) is None
    assert shipped.resolve("PEPE/USDC", Market.CRYPTO, TODAY).currency == "USDC"
    assert shipped.resolve("IBM", Market.US_EQUITY, TODAY).currency == "USD"
    with pytest.raises(InvalidInput, match="not known") as refused:
        shipped.resolve("9999.HK", HK, TODAY)
    assert refused.value.field == "lot_size"
    assert shipped.resolve("9999.HK", HK, TODAY, lot_size=Decimal(100)).lot == 100
    assert shipped.resolve("9999.HK", HK, TODAY, fractional=True).lot == 0
    with pytest.raises(InvalidInput, match=r"board lot of 0700\.HK is 0"):
        shipped.resolve("0700.HK", HK, TODAY, lot_size=Decimal(0))
    with pytest.raises(InvalidInput, match="exclude each other"):
        shipped.resolve("0700.HK", HK, TODAY, lot_size=Decimal(100), fractional=True)


def test_the_latest_entry_valid_on_the_day_counts_and_a_users_file_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "symbol,market,lot,tick,shortable,valid_from\n"
        "700,hk_equity,200,0.2,no,2024-06-01\n"
        "0700.HK,hk_equity,100,,,2020-01-01\n",
        encoding="utf-8",
    )
    mine = load_instruments(path)
    now, before = mine.find("0700.HK", HK, date(2024, 6, 1)), mine.find("0700.HK", HK, date(2024, 5, 31))
    assert now is not None
    assert before is not None
    assert (now.lot, now.tick, now.shortable, now.currency) == (Decimal(200), Decimal("0.2"), False, "HKD")
    assert (before.lot, before.shortable) == (Decimal(100), True)
    assert mine.find("0700.HK", HK, date(2019, 12, 31)) is None
    assert mine.find("0005.HK", HK, TODAY) == shipped_instruments().find("0005.HK", HK, TODAY)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("symbol,market,size\nSPY,us_equity,1\n", "unknown column 'size'"),
        ("market,lot\nus_equity,1\n", "no column 'symbol'"),
        ("symbol,market,lot\nSPY,us_equity,1\nQQQ,us_equity,one\n", "line 3: lot and tick are numbers"),
        ("symbol,market,lot\nSPY,us_equity,-1\n", "line 2: SPY: -1"),
        ("symbol,market,lot\nSPY,moon,1\n", "line 2: 'moon' is not a valid Market"),
        ("symbol,market,shortable\nSPY,us_equity,maybe\n", "line 2: shortable is yes or no"),
        ("symbol,market,valid_from\nSPY,us_equity,1.2.2024\n", "line 2: Invalid isoformat"),
        ("symbol,market\nSPY\n", "line 2: not as many cells"),
        ("symbol,market\nSPY,us_equity,3\n", "line 2: not as many cells"),
        ("symbol,market\nSPY,us_equity\nspy,us_equity\n", "line 3: a second entry of SPY"),
    ],
)
def test_a_bad_instrument_file_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=message) as refused:
        load_instruments(path)
    assert refused.value.field == "instruments"


def test_two_currencies_in_one_run_are_refused_by_name() -> None:
    shipped = shipped_instruments()
    apple = shipped.resolve("AAPL", Market.US_EQUITY, TODAY)
    tencent = shipped.resolve("0700.HK", HK, TODAY)
    assert single_currency([apple, apple]) == "USD"
    with pytest.raises(InvalidInput, match=r"0700\.HK in HKD, AAPL in USD"):
        single_currency([apple, tencent])


def test_a_users_tick_is_a_number_a_table_or_none_at_all(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("symbol,market,lot,tick\n700,hk_equity,100,0.2\n5,hk_equity,400,hkex\n388,hk_equity,100,0\n")
    mine = load_instruments(path)
    found = [mine.resolve(s, Market.HK_EQUITY, date(2024, 1, 2)) for s in ("0700.HK", "0005.HK", "0388.HK")]
    assert [(one.tick, one.tick_table) for one in found] == [
        (Decimal("0.2"), None),
        (Decimal(0), "hkex"),
        (Decimal(0), None),
    ]
