"""What is written is what is read, and a write is whole or not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vibex.domain import Bars, InvalidInput, Market, Timeframe
from vibex.market import Adjustment, Declared, import_file, library_path, list_library, read_bars, write_bars

MakeBars = Callable[..., Bars]
PRICE = st.floats(min_value=1e-8, max_value=1e9, allow_nan=False)
ROW = st.tuples(PRICE, PRICE, PRICE, PRICE, st.floats(min_value=0, max_value=1e15))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=20), volume=st.booleans(), timeframe=st.sampled_from(list(Timeframe)))
def test_bars_come_back_bit_for_bit(
    tmp_path: Path, rows: list[tuple[float, ...]], volume: bool, timeframe: Timeframe
) -> None:
    cells = np.array(rows)
    prices = np.sort(cells[:, :4], axis=1)
    bars = Bars(
        symbol="X/USDT:USDT",
        timeframe=timeframe,
        open_time=np.arange(len(rows)) * timeframe.ms + 1_704_067_200_000,
        open=prices[:, 1],
        high=prices[:, 3],
        low=prices[:, 0],
        close=prices[:, 2],
        volume=cells[:, 4] if volume else None,
    )
    path = library_path(tmp_path, Market.CRYPTO, bars.symbol, timeframe)
    declared = Declared(market=Market.CRYPTO, currency="USDT", simulated=True)
    write_bars(bars, path, declared)
    file = read_bars(path)
    assert file.bars.digest() == bars.digest()
    assert file.declared == replace(declared, symbol=bars.symbol, timeframe=timeframe)
    assert file.quality.simulated


def test_a_name_stays_inside_the_folder(tmp_path: Path) -> None:
    path = library_path(tmp_path, Market.CRYPTO, "../BTC/USDT:USDT", Timeframe.H1)
    assert path.parent == tmp_path
    assert path.name == "crypto_..-BTC-USDT-USDT_1h.parquet"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    make_bars: MakeBars, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.parquet"
    write_bars(make_bars([1, 2]), path, Declared())
    before = path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(OSError, match="no space"):
        write_bars(make_bars([3, 4]), path, Declared())
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.parquet"]


def test_an_imported_file_is_listed_with_what_it_declares(tmp_path: Path) -> None:
    source = tmp_path / "spy.csv"
    source.write_text(
        "Date,Open,High,Low,Close,Volume\n2024-01-02,10,12,9,11,5\n2024-01-03,11,12,9,11,5\n", encoding="utf-8"
    )
    folder = tmp_path / "bars"
    assert list_library(folder) == ()
    with pytest.raises(InvalidInput, match="does not say") as refused:
        import_file(source, folder, symbol="spy", market=Market.US_EQUITY)
    assert refused.value.field == "adjust"
    path, _ = import_file(source, folder, symbol="spy", market=Market.US_EQUITY, adjustment=Adjustment.SPLIT)
    (folder / "foreign.parquet").write_bytes(b"PAR1 not ours")
    (entry,) = list_library(folder)
    assert (entry.path, entry.symbol, entry.timeframe, entry.rows) == (path, "SPY", Timeframe.D1, 2)
    assert (entry.adjustment, entry.simulated) == (Adjustment.SPLIT, False)
    assert entry.last_ms - entry.first_ms == Timeframe.D1.ms
    with pytest.raises(InvalidInput, match="declares split prices, not raw"):
        import_file(path, folder, symbol="SPY", market=Market.US_EQUITY, adjustment=Adjustment.RAW)
