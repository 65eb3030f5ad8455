"""What the command line does, as Python calls."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.backtest.runs import days, strategy
from vibex.backtest import RunSettings, run
from vibex.domain import InvalidInput, ManualClock, Market, RetryLater, SystemClock, Timeframe
from vibex.market import Adjustment, generate_file
from vibex.services import BacktestRequest, backtest, canonical_spec, filter_symbols, is_simulated, moment_ms, save_run
from vibex.settings import StorageSettings
from vibex.store import LOCAL_OWNER, Database, RunRepository
from vibex.strategy import parse_spec

SPEC: dict[str, object] = {
    "version": 1,
    "name": "Above its market",
    "market": "us_equity",
    "symbols": ["tsla"],
    "timeframe": "1d",
    "indicators": [{"id": "market", "name": "SMA", "params": {"timeperiod": 5}, "symbol": "spy.us"}],
    "entry": {"long": {"left": "close", "op": ">", "right": "market"}},
    "sizing": {"type": "fixed_percent", "value": 50},
    "benchmark": "qqq",
}


def test_symbols_have_one_spelling_everywhere() -> None:
    spec = canonical_spec(parse_spec(SPEC))
    assert (spec.symbols, spec.indicators[0].symbol, spec.benchmark) == (("TSLA",), "SPY", "QQQ")
    assert filter_symbols(spec) == ("SPY", "QQQ")
    assert canonical_spec(spec) is spec


def test_a_strategy_with_filter_and_benchmark_runs_from_files(tmp_path: Path) -> None:
    files = []
    for symbol in ("TSLA", "SPY", "QQQ"):
        start = datetime(2023, 1, 1, tzinfo=UTC)
        path, _ = generate_file(
            tmp_path,
            seed=1,
            symbol=symbol,
            market=Market.US_EQUITY,
            timeframe=Timeframe.D1,
            start=start,
            bars=150,
        )
        files.append(path if symbol == "TSLA" else f"{symbol.lower()}={path}")
    request = BacktestRequest(
        spec=parse_spec(SPEC), data=files, settings=RunSettings(capital=5_000), adjustment=Adjustment.RAW
    )
    result = backtest(request)
    assert result.benchmark is not None
    assert result.benchmark.name == "buy and hold QQQ"
    assert is_simulated(result)
    assert [warning.code for warning in result.warnings][:2] == ["simulated", "adjustment"]
    assert {quality["symbol"] for quality in result.data_quality} == {"TSLA", "SPY", "QQQ"}
    assert backtest(request).digests == result.digests


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("2024-01-31", False, datetime(2024, 1, 31, tzinfo=UTC)),
        ("2024-01-31", True, datetime(2024, 1, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        ("2024-01-31T15:00", True, datetime(2024, 1, 31, 15, tzinfo=UTC)),
        ("2024-01-31T15:00:00+08:00", False, datetime(2024, 1, 31, 7, tzinfo=UTC)),
    ],
)
def test_moments_are_utc_and_an_end_date_is_the_whole_day(text: str, end: bool, expected: datetime) -> None:
    assert moment_ms(text, "start", end=end) == round(expected.timestamp() * 1000)


def test_text_that_is_no_date_names_its_option() -> None:
    with pytest.raises(InvalidInput) as error:
        moment_ms("31.01.2024", "start")
    assert error.value.field == "start"


async def test_a_saved_run_survives_a_moved_home(tmp_path: Path) -> None:
    storage = StorageSettings.model_validate({"VIBEX_HOME": tmp_path / "home"})
    await save_run(run(strategy(), days(*range(100, 110))), storage, ManualClock(datetime(2024, 1, 1, tzinfo=UTC)))
    moved = storage.home.rename(tmp_path / "moved")
    database = Database(f"sqlite+aiosqlite:///{moved / 'vibex.db'}")
    (kept,) = await RunRepository(database).newest(LOCAL_OWNER)
    await database.close()
    assert (moved / kept.folder / "report.html").is_file()


async def test_a_run_that_cannot_be_listed_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise RetryLater("the store is locked")

    monkeypatch.setattr(RunRepository, "add", refuse)
    storage = StorageSettings.model_validate({"VIBEX_HOME": tmp_path / "home"})
    with pytest.raises(RetryLater):
        await save_run(run(strategy(), days(*range(100, 110))), storage, SystemClock())
    assert list(storage.runs_folder.iterdir()) == []
