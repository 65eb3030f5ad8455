"""Other people's column names and time forms, each read as one thing or refused by name."""

from __future__ import annotations

import pyarrow as pa
import pytest

from vibex.domain import InvalidBars, InvalidInput
from vibex.market.columns import Role, match_columns, numbers
from vibex.market.times import times_ms

JAN_31 = 1_706_659_200_000  # 2024-01-31T00:00:00Z


@pytest.mark.parametrize(
    "header",
    [
        "timestamp,open,high,low,close,volume",
        "Date,Open,High,Low,Close,Volume",
        "ts,o,h,l,c,v",
        "open_time,Open Price,High Price,Low Price,Close Price,Vol",
        "openTime,OPEN,HIGH,LOW,CLOSE,VOL",
        "DateTime,open,high,low,close,base_volume",
        "unix,symbol,open,high,low,close,Volume",
        ",open,high,low,close,volume",
        "__index_level_0__,open,high,low,close,volume",
    ],
)
def test_usual_spellings_find_all_six_columns(header: str) -> None:
    names = header.split(",")
    found = match_columns(names)
    assert set(found) == set(Role) - {Role.ADJ_CLOSE}
    assert found[Role.TIME] == names[0]
    assert found[Role.VOLUME] == names[-1]


def test_an_index_without_a_name_is_no_second_time() -> None:
    assert match_columns(["", "Date", "Open", "High", "Low", "Close"])[Role.TIME] == "Date"


def test_an_adjusted_close_stays_apart_and_never_becomes_the_close() -> None:
    yahoo = match_columns(["Date", "Open", "High", "Low", "Close", "Adj Close", "Volume"])
    assert (yahoo[Role.CLOSE], yahoo[Role.ADJ_CLOSE]) == ("Close", "Adj Close")
    with pytest.raises(InvalidInput, match="no column for close") as refused:
        match_columns(["Date", "Open", "High", "Low", "Adj Close"])
    assert "adjusted close is not taken" in str(refused.value.remedy)


def test_two_columns_for_one_role_are_both_named() -> None:
    with pytest.raises(InvalidInput, match=r"'date' and 'time' both look like the time"):
        match_columns(["date", "time", "open", "high", "low", "close"])


def test_a_missing_header_line_is_recognised() -> None:
    with pytest.raises(InvalidInput) as refused:
        match_columns(["1704067200000", "1.0", "2.0", "0.5", "1.5", "10"])
    assert "header" in str(refused.value.remedy)


def test_a_cell_that_is_no_number_is_named_with_its_row() -> None:
    with pytest.raises(InvalidBars, match=r"close has '1,234.5' in row 2") as refused:
        numbers(pa.chunked_array([["1.5", "2e3"], ["1,234.5"]]), "close")
    assert refused.value.row == 2


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-01-31"],
        ["20240131"],
        ["2024-01-31T00:00:00Z"],
        ["2024-01-31 00:00:00"],
        ["2024-01-31T00:00:00.000000+00:00"],
        ["2024-01-31 00:00:00 UTC"],
        ["1706659200"],
        ["1706659200000"],
        ["1706659200000000"],
        ["1706659200000000000"],
        ["1706659200.0"],
        [1706659200],
        [1706659200000],
        [1706659200000000],
        [1706659200000000000],
        [1706659200.0],
        [20240131],
    ],
)
def test_every_usual_form_of_a_time_is_the_same_moment(cells: list[object]) -> None:
    assert times_ms(pa.chunked_array([cells]), "time").tolist() == [JAN_31]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_parquet_timestamps_of_any_unit_and_zone_are_utc(unit: str, zone: str | None) -> None:
    factor = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[unit]
    moments = [JAN_31 // 1000 + 9 * 3600, JAN_31 // 1000 + 10 * 3600]
    column = pa.chunked_array([pa.array([m * factor for m in moments], type=pa.timestamp(unit, zone))])
    assert times_ms(column, "time").tolist() == [m * 1000 for m in moments]


def test_parquet_dates_are_midnight_utc() -> None:
    assert times_ms(pa.chunked_array([pa.array([JAN_31 // 86_400_000], type=pa.date32())]), "d").tolist() == [JAN_31]


def test_offsets_in_text_are_turned_into_utc_row_by_row() -> None:
    column = pa.chunked_array([["2024-03-08T09:30:00-05:00", "2024-03-11T09:30:00-04:00", "2024-03-11T13:31:00Z"]])
    first, second, third = times_ms(column, "time").tolist()
    assert (first % 86_400_000, second % 86_400_000) == (14.5 * 3_600_000, 13.5 * 3_600_000)
    assert third - second == 60_000


def test_daily_bars_at_local_midnight_keep_their_date() -> None:
    text = pa.chunked_array([["2024-01-31 00:00:00+08:00", "2024-02-01 00:00:00+08:00"]])
    zoned = pa.chunked_array([pa.array([JAN_31 - 8 * 3_600_000], type=pa.timestamp("ms", "Asia/Hong_Kong"))])
    assert times_ms(text, "Date").tolist() == [JAN_31, JAN_31 + 86_400_000]
    assert times_ms(zoned, "Date").tolist() == [JAN_31]


@pytest.mark.parametrize("cell", ["01/31/2024", "yesterday", "17066", ""])
def test_a_time_that_cannot_be_read_is_named_with_its_row(cell: str) -> None:
    with pytest.raises(InvalidBars, match="row 1") as refused:
        times_ms(pa.chunked_array([["2024-01-31", cell]]), "Date")
    assert refused.value.field == "Date"
    assert "2024-01-31" in str(refused.value.remedy)


def test_an_empty_time_is_refused() -> None:
    with pytest.raises(InvalidBars, match="nothing in row 1"):
        times_ms(pa.chunked_array([pa.array([JAN_31, None], type=pa.int64())]), "ts")
