"""Data, strategy and doctor commands, help and version; a few as true processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import vibex as package
from tests.cli.conftest import Vibex, WriteSpec
from vibex.analysis.indicators import all_definitions
from vibex.cli.data import MarketName
from vibex.domain import Market
from vibex.market import read_bars

COMMAND = [sys.executable, "-c", "from vibex.cli import main; main()"]


def process(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *(str(a) for a in arguments)], capture_output=True, text=True, timeout=120, check=False
    )


def test_the_markets_offered_are_those_of_the_domain() -> None:
    assert set(get_args(MarketName)) == {market.value for market in Market}


def test_help_and_version_load_nothing_heavy() -> None:
    code = (
        "import sys\nfrom vibex.cli import main\nsys.argv = ['vibex', sys.argv[1]]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print('HEAVY', sorted({'numpy', 'pydantic', 'pandas', 'numba', 'talib', 'pyarrow'} & set(sys.modules)))"
    )
    for option, shown in (("--help", "backtest"), ("--version", package.__version__)):
        done = subprocess.run([sys.executable, "-c", code, option], capture_output=True, text=True, check=True)
        assert shown in done.stdout
        assert done.stdout.rstrip().endswith("HEAVY []")


def test_a_short_run_on_crypto_never_loads_pandas(write_spec: WriteSpec, bars: Path) -> None:
    code = (
        "import sys\nfrom vibex.cli import main\n"
        f"sys.argv = ['vibex', 'backtest', '--spec', {str(write_spec())!r}, '--data', {str(bars)!r}, '--out', 'o']\n"
        "try: main()\nexcept SystemExit as left: assert not left.code\n"
        "print('pandas' in sys.modules)\n"
        "import numpy, pandas, talib\n"
        "print(type(talib.SMA(numpy.arange(9.0), 3)).__name__, pandas.Series([1]).sum())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["False", "ndarray 1"]


def test_a_process_answers_bad_input_without_traceback(write_spec: WriteSpec) -> None:
    done = process("backtest", "--spec", write_spec(), "--data", "none.csv", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: data: ")
    assert "Traceback" not in done.stderr


def test_generated_bars_are_marked_simulated_wherever_they_are_shown(vibex: Vibex, home: Path) -> None:
    arguments = ("--symbol", "BTC-USDT", "--bars", 200, "--start", "2024-03-01", "--funding-out", "funding.csv")
    assert vibex("data", "generate", *arguments).stdout.startswith("SIMULATED: 200 bars of BTC/USDT 1h")
    path = home / "bars" / "crypto_BTC-USDT_1h.parquet"
    assert "SIMULATED" in vibex("data", "list").stdout
    assert json.loads(vibex("data", "list", "--json").stdout)["bars"][0]["simulated"] is True
    assert "SIMULATED" in vibex("data", "inspect", path).stdout
    assert Path("funding.csv").read_text("utf-8").startswith("timestamp,funding_rate\n2024-03-01T00:00:00Z,")


def test_the_generator_never_replaces_real_prices(vibex: Vibex, bars: Path) -> None:
    table = read_bars(bars).bars
    rows = zip(table.open_time.tolist(), table.open.tolist(), table.high.tolist(), table.low.tolist(), strict=True)
    text = "".join(f"{time},{open_},{high},{low},{open_}\n" for time, open_, high, low in rows)
    Path("real.csv").write_text("time,open,high,low,close\n" + text, encoding="utf-8")
    assert vibex("data", "import", "real.csv", "--symbol", "btc", "--market", "crypto").exit_code == 0
    refused = vibex("data", "generate", "--symbol", "BTC/USDT")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("error: out: ")


def test_import_can_keep_coarser_bars(vibex: Vibex, bars: Path, home: Path) -> None:
    done = vibex("data", "import", bars, "--symbol", "BTC/USDT", "--market", "crypto", "--timeframe", "4h")
    assert done.exit_code == 0, done.stderr
    assert len(read_bars(home / "bars" / "crypto_BTC-USDT_4h.parquet").bars) == 375


def test_inspect_says_why_a_file_would_be_refused(vibex: Vibex, bars: Path) -> None:
    Path("bad.csv").write_text("time,open,high,low,close\n2024-01-01,1,1,1,1\n2024-01-02,1,1,1,\n", encoding="utf-8")
    done = vibex("data", "inspect", bars, "bad.csv", "--market", "crypto", "--json")
    good, bad = json.loads(done.stdout)["files"]
    assert done.exit_code == 1
    assert (good["usable"], good["quality"]["gaps"]["count"]) == (True, 0)
    assert (bad["usable"], bad["refusal"]["row"], bad["refusal"]["field"]) == (False, 1, "close")
    assert "REFUSED" in vibex("data", "inspect", "bad.csv").stdout


def test_every_indicator_is_listed_with_ranges_outputs_and_warm_up(vibex: Vibex) -> None:
    listed = json.loads(vibex("strategy", "indicators", "--json").stdout)["indicators"]
    assert [row["name"] for row in listed] == [definition.name for definition in all_definitions()]
    by_name = {row["name"]: row for row in listed}
    assert by_name["SMA"]["warm_up"] == 29
    assert by_name["EMA"]["warm_up"] == "anchored"
    assert by_name["MACD"]["outputs"] == ["macd", "signal", "hist"]
    text = vibex("strategy", "indicators").stdout
    assert all(f"{row['name']}  " in text for row in listed)


def test_the_schema_is_printed_as_json(vibex: Vibex) -> None:
    assert "entry" in json.loads(vibex("strategy", "schema").stdout)["properties"]


def test_doctor_finds_nothing_missing_here_and_writes_nothing(vibex: Vibex, home: Path) -> None:
    done = vibex("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.exit_code == 0, done.stdout
    assert checks["database"]["state"] == "ok"
    assert {"python", "ta-lib", "numba", "home", "compiled code", "disk", "port", "settings"} <= set(checks)
    assert not home.exists()


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("API_PORT", "no", "settings: API_PORT"),
        ("VIBEX_HOME", "/dev/null/home", "home"),
        ("DATABASE_URL", "sqlite+aiosqlite:////none/at/all.db", "database"),
    ],
)
def test_doctor_names_what_is_missing_and_how_to_mend_it(
    name: str, value: str, check: str, vibex: Vibex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    done = vibex("doctor")
    assert done.exit_code == 1
    assert f"missing   {check}" in done.stdout
    assert "try: " in done.stdout[done.stdout.index(check) :]


def test_the_compiled_folder_lies_under_the_home_unless_told_otherwise(
    write_spec: WriteSpec, bars: Path, home: Path
) -> None:
    code = (
        "import os, sys\nfrom vibex.cli import main\n"
        f"sys.argv = ['vibex', 'strategy', 'validate', {str(write_spec())!r}]\n"
        "try: main()\nexcept SystemExit: pass\nprint(os.environ['NUMBA_CACHE_DIR'])"
    )
    free = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=free)
    assert done.stdout.splitlines()[-1] == str(home / "cache" / "numba")


def test_a_script_is_written_to_stdout_or_to_a_new_file(vibex: Vibex, write_spec: WriteSpec, tmp_path: Path) -> None:
    spec, file = write_spec(), tmp_path / "crossover.py"
    shown = vibex("strategy", "code", "--spec", spec, "--target", "pandas")
    assert "def signals(data" in shown.stdout
    assert vibex("strategy", "code", "--spec", spec, "--target", "pandas", "--out", file).exit_code == 0
    assert file.read_text(encoding="utf-8") == shown.stdout
    again = vibex("strategy", "code", "--spec", spec, "--out", file)
    assert again.exit_code == 2
    assert "exists" in again.stderr


def test_a_strategy_that_no_script_can_express_is_refused_by_name(vibex: Vibex, write_spec: WriteSpec) -> None:
    other = [{"id": "market", "name": "PRICE", "symbol": "ETH/USDT"}]
    spec = write_spec(indicators=other, entry={"long": {"left": "close", "op": ">", "right": "market"}}, exit=None)
    refused = vibex("strategy", "code", "--spec", spec)
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert "symbol" in refused.stderr


def test_a_review_with_data_says_how_often_it_trades(vibex: Vibex, write_spec: WriteSpec, bars: Path) -> None:
    spec = write_spec()
    alone = json.loads(vibex("strategy", "review", spec, "--json").stdout)["issues"]
    measured = json.loads(vibex("strategy", "review", spec, "--data", bars, "--json").stdout)["issues"]
    assert any("too few to tell skill from luck" in issue["message"] for issue in measured)
    assert not any("too few" in issue["message"] for issue in alone)


def test_words_become_a_draft_and_a_request_without_rules_is_refused(vibex: Vibex) -> None:
    made = vibex(
        "strategy",
        "draft",
        "--offline",
        "--json",
        "--",
        "Buy BTC on the 4h chart when RSI(14) crosses below 30, stop 2%",
    )
    assert made.exit_code == 0
    drafted = json.loads(made.stdout)
    assert set(drafted) == {"spec", "issues", "explanation"}
    assert (drafted["spec"]["symbols"], drafted["spec"]["timeframe"]) == (["BTC/USDT"], "4h")
    assert drafted["spec"]["stop_loss"] == {"type": "percent", "value": 2}
    refused = vibex("strategy", "draft", "--offline", "--json", "--", "make me rich")
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["spec"] is None
    assert any(issue["severity"] == "error" and issue["field"] for issue in json.loads(refused.stdout)["issues"])


def test_a_batch_of_requests_keeps_its_ids(vibex: Vibex, tmp_path: Path) -> None:
    requests = [{"id": "a", "text": "golden cross on Apple"}, {"id": "b", "text": ""}]
    file = tmp_path / "requests.jsonl"
    file.write_text("\n".join(json.dumps(request) for request in requests), encoding="utf-8")
    lines = [json.loads(line) for line in vibex("strategy", "draft", "--batch", file).stdout.splitlines()]
    assert [line["id"] for line in lines] == ["a", "b"]
    assert lines[1]["spec"] is None
    neither = vibex("strategy", "draft")
    assert neither.exit_code == 2
    assert "text" in neither.stderr
