"""Bad input: exit code 2, one message that names field and remedy, empty stdout, nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.cli.conftest import SPEC, Vibex, WriteSpec

HEADER = "timestamp,open,high,low,close,volume\n"


def csv_file(rows: list[str], header: str = HEADER, name: str = "bars.csv") -> Path:
    path = Path(name)
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def hours(count: int = 60, price: float = 100.0) -> list[str]:
    days = [(hour // 24 + 1, hour % 24) for hour in range(count)]
    return [f"2024-01-{day:02d}T{hour:02d}:00:00Z,{price},{price + 1},{price - 1},{price},5" for day, hour in days]


def days(first: int = 1, price: float = 100.0, jump_at: int | None = None) -> list[str]:
    made = []
    for day in (2, 3, 4, 5, 8, 9, 10, 11, 12, 16, 17, 18, 19, 22, 23, 24, 25, 26):
        if day == jump_at:
            price *= 2
        made.append(f"2024-01-{day:02d},{price},{price + 1},{price - 1},{price},5")
    return made[first - 1 :]


def refused(done: Result, field: str, *words: str) -> None:
    assert done.exit_code == 2, done.stderr
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert lines[0].startswith(f"error: {field}"), done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
    assert sum(line.startswith("error:") for line in lines) == 1


INDICATORS = [{"id": name, "name": "SMA"} for name in ("fast", "slow")]
EQUITY = {**SPEC, "market": "us_equity", "symbols": ["SPY"], "timeframe": "1d"}
HK = {**SPEC, "market": "hk_equity", "symbols": ["0700.HK"], "timeframe": "1d"}
Case = Callable[[], tuple[dict[str, object], list[object]]]


def broken_row(row: str, index: int = 30) -> list[str]:
    rows = hours()
    rows[index] = row
    return rows


CASES: dict[str, tuple[Case, str, tuple[str, ...]]] = {
    "missing file": (lambda: (SPEC, ["none.csv"]), "data", ("try:",)),
    "wrong column": (
        lambda: (SPEC, [csv_file(hours(), header="timestamp,open,high,low,price,volume\n")]),
        "data",
        ("close", "try:"),
    ),
    "NaN row": (
        lambda: (SPEC, [csv_file(broken_row("2024-01-02T06:00:00Z,100,101,99,,5"))]),
        "close",
        ("row 30", "line 32", "try:"),
    ),
    "unsorted rows": (
        lambda: (SPEC, [csv_file(broken_row("2023-01-02T06:00:00Z,100,101,99,100,5"))]),
        "time",
        ("row 30", "sort"),
    ),
    "empty range": (lambda: (SPEC, [csv_file(hours()), "--start", "2025-01-01"]), "start", ("the data runs from",)),
    "start after end": (
        lambda: (SPEC, [csv_file(hours()), "--start", "2024-02-01", "--end", "2024-01-01"]),
        "start",
        ("exchange",),
    ),
    "no date": (lambda: (SPEC, [csv_file(hours()), "--end", "soon"]), "end", ("2024-01-31",)),
    "unknown indicator": (
        lambda: ({**SPEC, "indicators": [*INDICATORS, {"id": "other", "name": "SMAA"}]}, [csv_file(hours())]),
        "indicators",
        ("SMA",),
    ),
    "negative shift": (
        lambda: (
            {**SPEC, "entry": {"long": {"left": {"ref": "close", "shift": -1}, "op": ">", "right": "slow"}}},
            [csv_file(hours())],
        ),
        "entry.long",
        ("shift",),
    ),
    "stop on the wrong side": (
        lambda: ({**SPEC, "stop_loss": {"type": "percent", "value": -3}}, [csv_file(hours())]),
        "stop_loss",
        (),
    ),
    "capital of 0": (lambda: (SPEC, [csv_file(hours()), "--capital", "0"]), "capital", ("above 0",)),
    "capital below 0": (lambda: (SPEC, [csv_file(hours()), "--capital=-5"]), "capital", ("try:",)),
    "timeframe finer than data": (
        lambda: ({**SPEC, "timeframe": "5m"}, [csv_file(hours())]),
        "timeframe",
        ("1h", "try:"),
    ),
    "unknown symbol in data": (lambda: (SPEC, [f"ETH={csv_file(hours())}"]), "data", ("it has BTC/USDT",)),
    "too many files": (lambda: (SPEC, [csv_file(hours()), "--data", "b.csv"]), "data", ("b.csv",)),
    "too few files": (
        lambda: ({**SPEC, "symbols": ["BTC/USDT", "ETH/USDT"]}, [csv_file(hours())]),
        "data",
        ("ETH/USDT=FILE",),
    ),
    "hk without lot": (
        lambda: ({**HK, "symbols": ["1234.HK"]}, [csv_file(days()), "--adjust", "raw"]),
        "lot_size",
        ("--fractional",),
    ),
    "hk lot of 0": (
        lambda: (HK, [csv_file(days()), "--adjust", "raw", "--lot-size", "0"]),
        "lot_size",
        ("--fractional",),
    ),
    "hk capital below one lot": (
        lambda: (HK, [csv_file(days(price=380.0)), "--adjust", "raw"]),
        "capital",
        ("38,057.02 HKD",),
    ),
    "two currencies": (
        lambda: (
            {**SPEC, "symbols": ["BTC/USDT", "BTC/EUR"]},
            [csv_file(hours()), "--data", csv_file(hours(), name="eur.csv")],
        ),
        "symbols",
        ("USDT", "EUR", "try:"),
    ),
    "equity without adjust": (lambda: (EQUITY, [csv_file(days())]), "adjust", ("--adjust raw",)),
    "unexplained jump": (
        lambda: (EQUITY, [csv_file(days(jump_at=16)), "--adjust", "raw"]),
        "data",
        ("2024-01-16", "try:"),
    ),
    "lot and fractional": (
        lambda: (SPEC, [csv_file(hours()), "--lot-size", "1", "--fractional"]),
        "lot_size",
        (),
    ),
    "crypto with adjust": (lambda: (SPEC, [csv_file(hours()), "--adjust", "raw"]), "adjust", ("try:",)),
    "no such actions": (lambda: (EQUITY, [csv_file(days()), "--actions", "none.csv"]), "actions", ("try:",)),
    "symbol spelled twice": (
        lambda: ({**SPEC, "symbols": ["BTC/USDT", "BTC-USDT"]}, [csv_file(hours())]),
        "symbols[1]",
        ("twice",),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused_by_field_and_remedy_and_writes_nothing(
    name: str, vibex: Vibex, write_spec: WriteSpec, home: Path
) -> None:
    make, field, words = CASES[name]
    spec, arguments = make()
    path = write_spec(**spec)
    before = set(Path().iterdir())
    done = vibex("backtest", "--spec", path, "--json", "--out", "out", "--save", "--data", *arguments)
    refused(done, field, *words)
    assert set(Path().iterdir()) == before
    assert not home.exists()


@pytest.mark.parametrize("text", ["not json", "", "[]", '{"version": 1, "version": 1}'])
def test_a_spec_that_is_no_strategy_in_json_is_refused(text: str, vibex: Vibex, bars: Path) -> None:
    Path("spec.json").write_text(text, encoding="utf-8")
    refused(vibex("backtest", "--spec", "spec.json", "--data", bars), "spec")


def test_every_issue_of_a_strategy_has_its_own_line(vibex: Vibex, write_spec: WriteSpec, bars: Path) -> None:
    done = vibex("backtest", "--spec", write_spec(leverage=0, time_stop_bars=-1), "--data", bars, "--json")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert {line.split(": ")[1] for line in done.stderr.splitlines()} == {"leverage", "time_stop_bars"}


def test_an_unknown_engine_is_a_usage_error_that_lists_the_engines(
    vibex: Vibex, write_spec: WriteSpec, bars: Path
) -> None:
    done = vibex("backtest", "--spec", write_spec(), "--data", bars, "--engine", "quick", "--json")
    assert done.exit_code == 2
    assert done.stdout == ""
    for word in ("--engine", "native", "reference"):
        assert word in done.stderr


def test_a_folder_with_other_files_is_refused_and_left_alone(vibex: Vibex, write_spec: WriteSpec, bars: Path) -> None:
    for name in ("notes.txt", "report.html"):
        out = Path(f"with-{name}")
        out.mkdir()
        (out / name).write_text("mine", encoding="utf-8")
        refused(vibex("backtest", "--spec", write_spec(), "--data", bars, "--out", out), "out", name, "try:")
        assert (out / name).read_text(encoding="utf-8") == "mine"


def test_a_result_folder_to_which_a_file_was_added_is_not_replaced(
    vibex: Vibex, write_spec: WriteSpec, bars: Path
) -> None:
    vibex("backtest", "--spec", write_spec(), "--data", bars, "--out", "out")
    Path("out/notes.txt").write_text("mine", encoding="utf-8")
    refused(vibex("backtest", "--spec", write_spec(), "--data", bars, "--out", "out"), "out", "notes.txt")


def test_an_out_that_is_or_lies_below_a_file_is_refused_before_the_data_is_read(
    vibex: Vibex, write_spec: WriteSpec
) -> None:
    Path("file").write_text("mine", encoding="utf-8")
    for out in ("file", "file/out"):
        refused(vibex("backtest", "--spec", write_spec(), "--data", "none.csv", "--out", out), "out", "try:")


def test_a_home_that_cannot_be_written_is_refused_before_the_data_is_read(
    vibex: Vibex, write_spec: WriteSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIBEX_HOME", "/dev/null/home")
    refused(vibex("backtest", "--spec", write_spec(), "--data", "none.csv", "--save"), "VIBEX_HOME", "try:")


def test_validate_prints_every_issue_and_says_valid_only_without(vibex: Vibex, write_spec: WriteSpec) -> None:
    assert vibex("strategy", "validate", write_spec()).stdout == "valid\n"
    assert json.loads(vibex("strategy", "validate", write_spec(), "--json").stdout)["valid"] is True
    done = vibex("strategy", "validate", write_spec(leverage=0, time_stop_bars=-1))
    assert done.exit_code == 2
    assert done.stderr.count("error: ") == 2
