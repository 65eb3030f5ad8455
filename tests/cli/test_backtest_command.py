"""`vibex backtest` on good input: JSON, terminal, folders, the library of runs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Vibex, WriteSpec
from vibex.backtest import files
from vibex.settings import Settings
from vibex.store import LOCAL_OWNER, Database, RunRepository

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def _no_constant(text: str) -> float:
    raise AssertionError(f"{text} is no JSON")


def read(stdout: str) -> dict[str, object]:
    whole: dict[str, object] = json.loads(stdout, parse_constant=_no_constant)
    return whole


def test_json_is_one_object_with_the_keys_of_the_contract(vibex: Vibex, write_spec: WriteSpec, bars: Path) -> None:
    done = vibex("backtest", "--spec", write_spec(), "--data", bars, "--json")
    assert done.exit_code == 0
    assert list(read(done.stdout)) == ["stats", "trades", "digests", "warnings", "data_quality"]
    assert done.stdout.count("\n") == 1


def test_the_same_command_twice_prints_the_same_bytes(vibex: Vibex, write_spec: WriteSpec, bars: Path) -> None:
    for last in ("--json", "--fee-bps=10"):
        first, second = (vibex("backtest", "--spec", write_spec(), "--data", bars, last) for _ in range(2))
        assert first.stdout == second.stdout != ""


def test_both_engines_give_the_same_digests(vibex: Vibex, write_spec: WriteSpec, bars: Path) -> None:
    digests = [
        read(vibex("backtest", "--spec", write_spec(), "--data", bars, "--engine", engine, "--json").stdout)["digests"]
        for engine in ("native", "reference")
    ]
    assert digests[0] == digests[1]


def test_every_spelling_of_a_symbol_is_the_same_strategy(vibex: Vibex, write_spec: WriteSpec, bars: Path) -> None:
    results = [
        vibex("backtest", "--spec", write_spec(symbols=[name]), "--data", f"{other}={bars}", "--json").stdout
        for name, other in (("BTC/USDT", "BTCUSDT"), ("BTC-USDT", "btc"))
    ]
    assert results[0] == results[1] != ""


def test_simulated_data_and_missing_models_are_said_before_any_number(
    vibex: Vibex, write_spec: WriteSpec, bars: Path
) -> None:
    page = vibex("backtest", "--spec", write_spec(), "--data", bars).stdout
    assert page.index("SIMULATED") < page.index("Funding is not modelled") < page.index("Total return")
    for part in ("Buy and hold BTC/USDT", "stop first", "target first", "with open trades", "Open PnL", "0 gaps"):
        assert part in page


def test_undefined_numbers_are_a_dash_on_the_terminal_and_null_in_json(
    vibex: Vibex, write_spec: WriteSpec, bars: Path
) -> None:
    never = write_spec(entry={"long": {"left": "close", "op": "<", "right": 0}})
    assert "No trades." in vibex("backtest", "--spec", never, "--data", bars).stdout
    stats = read(vibex("backtest", "--spec", never, "--data", bars, "--json").stdout)["stats"]
    assert isinstance(stats, dict)
    assert stats["win_rate_pct"] is None
    assert "–" in vibex("backtest", "--spec", never, "--data", bars).stdout


def test_an_end_date_includes_that_whole_day(vibex: Vibex, write_spec: WriteSpec, bars: Path) -> None:
    out = Path("out")
    arguments = ("--start", "2024-01-10", "--end", "2024-01-12", "--out", out)
    assert vibex("backtest", "--spec", write_spec(), "--data", bars, *arguments).exit_code == 0
    rows = (out / "equity.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 3 * 24
    assert rows[1].startswith("2024-01-10T00:00:00Z,10000")
    assert rows[-1].startswith("2024-01-12T23:00:00Z,")


def test_out_holds_the_whole_result_and_replaces_an_earlier_one(
    vibex: Vibex, write_spec: WriteSpec, bars: Path
) -> None:
    out = Path("made/out")
    run_ids = set()
    for _ in range(2):
        assert vibex("backtest", "--spec", write_spec(), "--data", bars, "--out", out).exit_code == 0
        run_ids.add(json.loads((out / "result.json").read_text("utf-8"), parse_constant=_no_constant)["run_id"])
    assert len(run_ids) == 2
    assert sorted(entry.name for entry in out.iterdir()) == sorted(files.FILES)
    assert [entry.name for entry in out.parent.iterdir()] == ["out"]
    assert "SIMULATED" in (out / "report.html").read_text("utf-8")
    whole = json.loads((out / "result.json").read_text("utf-8"))
    assert (out / "trades.csv").read_text("utf-8").count("\n") == 1 + len(whole["trade_log"])


def test_a_run_that_dies_while_writing_leaves_the_earlier_result_and_nothing_else(
    vibex: Vibex, write_spec: WriteSpec, bars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path("made/out")
    vibex("backtest", "--spec", write_spec(), "--data", bars, "--out", out)
    earlier = (out / "result.json").read_bytes()

    def dies(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "render_report", dies)
    stopped = vibex("backtest", "--spec", write_spec(), "--data", bars, "--out", out)
    assert stopped.exit_code == 130
    assert (out / "result.json").read_bytes() == earlier
    assert [entry.name for entry in out.parent.iterdir()] == ["out"]
    fresh = vibex("backtest", "--spec", write_spec(), "--data", bars, "--out", "made/fresh")
    assert fresh.exit_code == 130
    assert not Path("made/fresh").exists()


async def _listed(url: str) -> list[str]:
    database = Database(url)
    try:
        return [run.folder for run in await RunRepository(database).newest(LOCAL_OWNER)]
    finally:
        await database.close()


def test_a_saved_run_is_listed_with_its_folder(vibex: Vibex, write_spec: WriteSpec, bars: Path, home: Path) -> None:
    assert vibex("backtest", "--spec", write_spec(), "--data", bars, "--save").exit_code == 0
    folders = asyncio.run(_listed(Settings().storage.url))
    assert len(folders) == 1
    assert sorted(entry.name for entry in (home / folders[0]).iterdir()) == sorted(files.FILES)
    assert Path(folders[0]).parent == Path("runs")


@pytest.mark.parametrize(
    ("example", "file", "adjust", "code"),
    [
        ("btc_trend_1h.json", "cryptoperp_BTC-USDT_1h.parquet", None, "funding_not_modelled"),
        ("spy_golden_cross_1d.json", "us_SPY_1d.parquet", "raw", "adjustment"),
        ("tencent_bollinger_1d.json", "hk_0700_1d.parquet", "split", "adjustment"),
    ],
)
def test_examples_run_on_real_data(
    vibex: Vibex, shared_data: Path, example: str, file: str, adjust: str | None, code: str
) -> None:
    stated = () if adjust is None else ("--adjust", adjust)
    done = vibex("backtest", "--spec", EXAMPLES / example, "--data", shared_data / file, *stated, "--json")
    whole = read(done.stdout)
    assert isinstance(whole["warnings"], list)
    assert isinstance(whole["trades"], list)
    assert code in {warning["code"] for warning in whole["warnings"]}
    assert whole["trades"]
