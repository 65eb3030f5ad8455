"""A range comes into the library page by page: whole, once, and the same however often it was interrupted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.market.fetching.exchange import HOUR, START, START_MS, Exchange, hours, silence, unknown_symbol
from vibex.domain import InvalidInput, ManualClock, Market, NotSupported, RetryLater, Timeframe
from vibex.market import Series, generate_file, list_library, read_bars
from vibex.market.fetching import FetchRequest, fetch

REQUEST = FetchRequest(
    symbol="BTC/USDT",
    market=Market.CRYPTO,
    series=Series.BARS,
    timeframe=Timeframe.H1,
    start_ms=START_MS,
    end_ms=START_MS + 47 * HOUR,
)
FUNDING = replace(REQUEST, series=Series.FUNDING, timeframe=None)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START + timedelta(days=30))


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_range_is_kept_whole_and_declares_where_it_comes_from(tmp_path: Path, clock: ManualClock) -> None:
    done = await fetch(REQUEST, Exchange(), clock, tmp_path)
    assert (done.rows, done.new_rows, done.pages) == (48, 48, 5)
    assert kept(tmp_path) == ["crypto_BTC-USDT_1h.parquet"]
    file = read_bars(done.path)
    assert hours(file.bars.open_time) == list(range(48))
    assert (file.declared.source, file.declared.currency, file.declared.simulated) == ("exchange", "USDT", False)
    assert file.declared.covered == ((START_MS, START_MS + 47 * HOUR + 1),)


async def test_a_range_that_is_there_asks_nobody(tmp_path: Path, clock: ManualClock) -> None:
    await fetch(REQUEST, Exchange(), clock, tmp_path)
    again = Exchange()
    done = await fetch(REQUEST, again, clock, tmp_path)
    part = await fetch(replace(REQUEST, start_ms=START_MS + 5 * HOUR), again, clock, tmp_path)
    assert (again.asked, done.pages, done.new_rows, part.rows) == ([], 0, 0, 48)


@pytest.mark.parametrize("pages", range(1, 5))
async def test_a_fetch_that_was_interrupted_goes_on_and_gives_the_same_bytes(
    tmp_path: Path, clock: ManualClock, pages: int
) -> None:
    whole = await fetch(REQUEST, Exchange(), clock, tmp_path / "whole")
    dying = Exchange(failures={page: silence(3600) for page in range(pages, 99)})
    with pytest.raises(RetryLater, match=rf"{pages * 10} rows are kept; run the same command again"):
        await fetch(REQUEST, dying, clock, tmp_path / "parts")
    assert list_library(tmp_path / "parts") == ()
    resumed = Exchange()
    done = await fetch(REQUEST, resumed, clock, tmp_path / "parts")
    assert done.path.read_bytes() == whole.path.read_bytes()
    # One row is asked for again, to see that the source still tells the same.
    assert resumed.asked[0].start_ms == START_MS + (pages * 10 - 1) * HOUR
    assert kept(tmp_path / "parts") == ["crypto_BTC-USDT_1h.parquet"]


async def test_a_line_cut_short_by_a_crash_is_asked_for_again(tmp_path: Path, clock: ManualClock) -> None:
    whole = await fetch(REQUEST, Exchange(), clock, tmp_path / "whole")
    with pytest.raises(RetryLater):
        await fetch(REQUEST, Exchange(failures={3: silence(3600)}), clock, tmp_path / "parts")
    (partial,) = (tmp_path / "parts").iterdir()
    partial.write_bytes(partial.read_bytes()[:-40])
    resumed = Exchange()
    done = await fetch(REQUEST, resumed, clock, tmp_path / "parts")
    assert resumed.asked[0].start_ms == START_MS + 19 * HOUR
    assert done.path.read_bytes() == whole.path.read_bytes()


async def test_a_longer_range_asks_for_what_is_missing_on_both_sides(tmp_path: Path, clock: ManualClock) -> None:
    middle = replace(REQUEST, start_ms=START_MS + 20 * HOUR, end_ms=START_MS + 30 * HOUR)
    await fetch(middle, Exchange(), clock, tmp_path)
    source = Exchange(page_rows=100)
    done = await fetch(REQUEST, source, clock, tmp_path)
    asked = [((q.start_ms - START_MS) / HOUR, (q.end_ms - START_MS) / HOUR) for q in source.asked]
    assert asked == [(0, 20), (30, 47)]
    assert done.rows == 48


async def test_a_row_that_differs_is_refused_with_its_time_unless_replaced(tmp_path: Path, clock: ManualClock) -> None:
    await fetch(replace(REQUEST, end_ms=START_MS + 20 * HOUR), Exchange(), clock, tmp_path)
    halved = Exchange(price=lambda hour: (100.0 + hour % 7) / 2)
    with pytest.raises(InvalidInput, match=r"another row for 2024-01-01T20:00:00Z: open 53, kept is 106") as refused:
        await fetch(REQUEST, halved, clock, tmp_path)
    assert "--start 2024-01-01T00:00:00Z --replace" in str(refused.value.remedy)
    assert read_bars(tmp_path / "crypto_BTC-USDT_1h.parquet").bars.open[20] == 106
    done = await fetch(replace(REQUEST, replace=True), halved, clock, tmp_path)
    assert read_bars(done.path).bars.open[20] == 53
    assert done.rows == 48


async def test_pages_that_wait_of_prices_that_are_gone_do_not_come_back(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(RetryLater):
        await fetch(REQUEST, Exchange(failures={2: silence(3600)}), clock, tmp_path)
    halved = Exchange(price=lambda hour: (100.0 + hour % 7) / 2)
    part = replace(REQUEST, end_ms=START_MS + 5 * HOUR, replace=True)
    await fetch(part, halved, clock, tmp_path)
    assert kept(tmp_path) == ["crypto_BTC-USDT_1h.parquet"]
    done = await fetch(REQUEST, halved, clock, tmp_path)
    assert read_bars(done.path).bars.open.max() == 53


async def test_a_bar_that_has_not_ended_or_not_settled_is_not_kept(tmp_path: Path) -> None:
    open_ended = replace(REQUEST, end_ms=None)
    clock = ManualClock(START + timedelta(hours=12, seconds=30))
    source = Exchange()
    done = await fetch(open_ended, source, clock, tmp_path)
    assert hours(read_bars(done.path).bars.open_time)[-1] == 10
    questions = len(source.asked)
    clock.advance(40)
    done = await fetch(open_ended, source, clock, tmp_path)
    assert hours(read_bars(done.path).bars.open_time)[-1] == 11
    clock.advance(3000)
    await fetch(open_ended, source, clock, tmp_path)
    assert len(source.asked) == questions + 1


async def test_a_start_in_the_future_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="not final yet"):
        await fetch(replace(REQUEST, end_ms=None), Exchange(), ManualClock(START), tmp_path)


async def test_prices_of_another_publisher_are_not_mixed_in(tmp_path: Path, clock: ManualClock) -> None:
    await fetch(REQUEST, Exchange(), clock, tmp_path)
    other = Exchange(name="other")
    with pytest.raises(InvalidInput, match="holds prices of exchange"):
        await fetch(REQUEST, other, clock, tmp_path)
    simulated = Exchange(is_simulated=True)
    with pytest.raises(InvalidInput, match="not SIMULATED ones"):
        await fetch(REQUEST, simulated, clock, tmp_path)
    done = await fetch(replace(REQUEST, replace=True), other, clock, tmp_path)
    assert read_bars(done.path).declared.source == "other"


async def test_real_prices_take_the_place_of_generated_ones(tmp_path: Path, clock: ManualClock) -> None:
    generate_file(tmp_path, seed=1, symbol="BTC", market=Market.CRYPTO, timeframe=Timeframe.H1, start=START, bars=100)
    done = await fetch(REQUEST, Exchange(), clock, tmp_path)
    assert not read_bars(done.path).declared.simulated
    assert done.rows == 48


async def test_silence_is_kept_for_as_long_as_the_source_asks(tmp_path: Path, clock: ManualClock) -> None:
    started = clock.monotonic()
    source = Exchange(failures={1: silence(30), 2: silence()})
    done = await fetch(REQUEST, source, clock, tmp_path)
    assert clock.monotonic() - started == 30 + 5
    assert done.rows == 48


async def test_gaps_are_counted_and_left_open(tmp_path: Path, clock: ManualClock) -> None:
    done = await fetch(REQUEST, Exchange(without=(7, 8, 20)), clock, tmp_path)
    assert done.gaps is not None
    assert (done.gaps.count, done.gaps.missing_bars, done.rows) == (2, 3, 45)


async def test_years_before_a_listing_are_passed_by_days(tmp_path: Path, clock: ManualClock) -> None:
    early = replace(REQUEST, start_ms=START_MS - 5000 * HOUR)
    source = Exchange(page_rows=300)
    done = await fetch(early, source, clock, tmp_path)
    assert (done.rows, done.first_ms, len(source.asked)) == (48, START_MS, 3)
    assert read_bars(done.path).declared.covered == ((early.start_ms, START_MS + 47 * HOUR + 1),)


async def test_what_cannot_be_had_is_said_and_nothing_is_kept(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(InvalidInput, match="exchange has no 1h bars of BTC/USDT between 2024-01-01T00:00:00Z and"):
        await fetch(REQUEST, Exchange(first_ms=START_MS + 900 * HOUR), clock, tmp_path)
    with pytest.raises(InvalidInput, match="exchange gives no 1h bars of BTC/USDT: unknown symbol"):
        await fetch(REQUEST, Exchange(failures={0: unknown_symbol()}), clock, tmp_path)
    assert kept(tmp_path) == []


async def test_funding_and_mark_prices_stand_beside_the_bars(
    tmp_path: Path, clock: ManualClock, shared_data: Path
) -> None:
    source = Exchange()
    rates = await fetch(FUNDING, source, clock, tmp_path)
    marks = await fetch(replace(REQUEST, series=Series.MARK), source, clock, tmp_path)
    assert kept(tmp_path) == ["cryptomark_BTC-USDT_1h.parquet", "funding_BTC-USDT.parquet"]
    recorded = pq.read_schema(shared_data / "funding_BTC-USDT.parquet").remove_metadata()
    assert pq.read_schema(rates.path).remove_metadata() == recorded
    assert [(e.series, e.timeframe, e.rows) for e in list_library(tmp_path)] == [
        (Series.MARK, Timeframe.H1, 48),
        (Series.FUNDING, None, 48),
    ]
    assert read_bars(marks.path).bars.volume is None


async def test_a_series_that_the_source_lacks_is_refused_by_name(tmp_path: Path, clock: ManualClock) -> None:
    source = Exchange()
    source.series = (Series.BARS,)  # type: ignore[assignment]
    with pytest.raises(NotSupported, match="publishes no funding"):
        await fetch(FUNDING, source, clock, tmp_path)
