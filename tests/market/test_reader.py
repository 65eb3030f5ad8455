"""What the reader mends, what it refuses, and what real files look like to it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vibex.domain import InvalidBars, InvalidInput, Timeframe
from vibex.market import read_bars

HEADER = "timestamp,open,high,low,close,volume"


def rows(count: int) -> list[str]:
    return [f"2024-01-01T{i // 60:02d}:{i % 60:02d}:00Z,10,12,9,11,5" for i in range(count)]


def write(folder: Path, lines: list[str], header: str = HEADER, name: str = "bars.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_with_each_separator(tmp_path: Path, separator: str) -> None:
    path = write(tmp_path, [line.replace(",", separator) for line in rows(3)], HEADER.replace(",", separator))
    file = read_bars(path, "BTC/USDT")
    assert (file.bars.symbol, file.bars.timeframe, len(file.bars)) == ("BTC/USDT", Timeframe.M1, 3)
    assert file.bars.open_time[0] == 1_704_067_200_000
    assert file.bars.close.tolist() == [11.0] * 3
    assert file.bars.volume is not None
    assert file.quality.gaps is None


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([HEADER, *rows(3)]).encode())
    assert read_bars(path, "X").bars.digest() == read_bars(write(tmp_path, rows(3)), "X").bars.digest()


def test_identical_duplicates_are_dropped_and_counted(tmp_path: Path) -> None:
    lines = rows(5)
    file = read_bars(write(tmp_path, [*lines[:3], lines[2], lines[2], *lines[3:]]))
    assert len(file.bars) == 5
    assert file.quality.duplicates_dropped == 2


def test_duplicates_that_differ_are_refused_with_the_line(tmp_path: Path) -> None:
    lines = rows(5)
    path = write(tmp_path, [*lines[:3], lines[2].replace(",5", ",6"), *lines[3:]])
    with pytest.raises(InvalidBars, match=r"bars\.csv line 5: volume 6 differs .* row 3") as refused:
        read_bars(path)
    assert refused.value.row == 3


def test_high_and_low_are_widened_up_to_one_row_in_five_hundred(tmp_path: Path) -> None:
    lines = rows(1000)
    lines[7] = lines[7].replace(",12,9,", ",10.5,10.2,")
    file = read_bars(write(tmp_path, lines))
    assert file.quality.widened_rows == 1
    assert (file.bars.high[7], file.bars.low[7]) == (11.0, 10.0)
    for row in (8, 9):
        lines[row] = lines[7].replace(":07:", f":{row:02d}:")
    with pytest.raises(InvalidBars, match=r"3 of 1000 rows, more than 0\.2%; the first is row 7") as refused:
        read_bars(write(tmp_path, lines))
    assert refused.value.row == 7


def test_a_miss_by_the_last_bit_is_widened_but_not_held_against_the_file(tmp_path: Path) -> None:
    lines = [line.replace(",12,9,11,", f",{11 * (1 - 2e-16)!r},9,11,") for line in rows(10)]
    file = read_bars(write(tmp_path, lines))
    assert file.quality.widened_rows == 10


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (",,12,9,11,5", "open nan is empty or no number in row 2"),
        (",10,inf,9,11,5", "high inf is empty or no number in row 2"),
        (",10,12,0,11,5", "low 0 is not above 0 in row 2"),
        (",10,12,9,-11,5", "close -11 is not above 0 in row 2"),
        (",10,12,9,11,", "volume nan is empty or no number in row 2"),
        (",10,12,9,11,-1", "volume -1 is below 0 in row 2"),
        (",10,12,9,eleven,5", "close has 'eleven' in row 2"),
    ],
)
def test_a_bad_cell_is_refused_with_row_and_line(tmp_path: Path, cells: str, message: str) -> None:
    lines = rows(4)
    lines[2] = "2024-01-01T00:02:00Z" + cells
    with pytest.raises(InvalidBars, match=message) as refused:
        read_bars(write(tmp_path, lines))
    assert refused.value.row == 2
    assert "line 4" in refused.value.message
    assert refused.value.remedy


def test_unsorted_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidBars, match=r"earlier than the row before in row 1"):
        read_bars(write(tmp_path, rows(4)[::-1]))


def test_a_volume_column_without_a_number_is_no_volume(tmp_path: Path) -> None:
    file = read_bars(write(tmp_path, [line.removesuffix("5") for line in rows(4)]))
    assert file.bars.volume is None
    assert file.quality.zero_volume_rows is None


def test_files_that_cannot_be_read_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "fake.parquet").write_text("a,b\n", encoding="utf-8")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1 and nothing else")
    (tmp_path / "noise.bin").write_bytes(bytes(range(128, 256)) * 4)
    write(tmp_path, [], name="header.csv")
    write(tmp_path, ["2024-01-01,1,2"], name="ragged.csv")
    write(tmp_path, rows(1), name="one.csv")
    for name in ("none.csv", ".", "empty.csv", "fake.parquet", "cut.parquet", "noise.bin", "header.csv", "ragged.csv"):
        with pytest.raises(InvalidInput) as refused:
            read_bars(tmp_path / name)
        assert refused.value.field == "data", name
        assert refused.value.remedy, name
    with pytest.raises(InvalidInput, match="one bar has no timeframe"):
        read_bars(tmp_path / "one.csv")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="this user may read every file")
def test_a_file_without_read_permission_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, rows(3))
    path.chmod(0)
    with pytest.raises(InvalidInput, match="may not be read"):
        read_bars(path)


def test_real_files_are_read_with_their_known_defects(shared_data: Path) -> None:
    tencent = read_bars(shared_data / "hk_0700_1d.parquet", "0700.HK")
    assert tencent.quality.widened_rows == 3
    assert tencent.adj_close is not None
    assert read_bars(shared_data / "cryptoperpmark_BTC-USDT_1h.parquet").bars.volume is None
    assert read_bars(shared_data / "us_SPY_1h.parquet").bars.timeframe is Timeframe.H1
    hsbc = read_bars(shared_data / "hk_0005_1d.parquet").quality
    assert (hsbc.rows, hsbc.zero_volume_rows) == (1363, 7)
    with pytest.raises(InvalidBars, match="47 of 8960 rows"):
        read_bars(shared_data / "vix_1d.parquet")
    with pytest.raises(InvalidInput, match="no column for open"):
        read_bars(shared_data / "funding_BTC-USDT.parquet")
