"""The samples: simulated where nothing was imported, real where it was, and never both in one run."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vibex import demo
from vibex.analysis.generator import generate_market
from vibex.demo import Outcome, Sample, prepare_samples
from vibex.domain import Market, SystemClock, Timeframe
from vibex.market import Declared, library_path, list_library, write_bars
from vibex.services import BacktestRequest, canonical_spec, digests_before
from vibex.settings import StorageSettings
from vibex.store import LOCAL_OWNER, Database, Run, RunRepository
from vibex.strategy import load_spec


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StorageSettings:
    monkeypatch.setenv("VIBEX_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return StorageSettings()


@pytest.fixture(autouse=True)
def three_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of three samples: one symbol on 4-hour bars, three on daily ones, one of an exchange."""
    folder = tmp_path / "examples"
    folder.mkdir()
    for name in ("btc_donchian_breakout_4h", "crypto_momentum_three_1d", "tencent_bollinger_1d"):
        (folder / f"{name}.json").write_bytes((demo.examples_folder() / f"{name}.json").read_bytes())
    monkeypatch.setattr(demo, "examples_folder", lambda: folder)
    return folder


def prepare(storage: StorageSettings, *, fresh: bool = False) -> dict[str, Sample]:
    samples = prepare_samples(storage, SystemClock(), fresh=fresh)
    return {sample.name.split()[0]: sample for sample in samples}


def stored(storage: StorageSettings) -> list[Run]:
    async def read() -> list[Run]:
        database = Database(storage.url)
        try:
            return await RunRepository(database).newest(LOCAL_OWNER)
        finally:
            await database.close()

    return asyncio.run(read())


def import_prices(storage: StorageSettings, symbol: str, timeframe: Timeframe) -> Path:
    """Bars that count as imported: nothing says that they were generated."""
    bars = generate_market(
        seed=7,
        symbol=symbol,
        market=Market.CRYPTO,
        timeframe=timeframe,
        start=datetime(2023, 1, 1, tzinfo=UTC),
        bars=2000,
    ).bars
    path = library_path(storage.bars_folder, Market.CRYPTO, symbol, timeframe)
    write_bars(bars, path, Declared(market=Market.CRYPTO))
    return path


def test_an_empty_home_gets_runs_that_are_marked_simulated_everywhere(storage: StorageSettings) -> None:
    samples = prepare(storage)
    assert {sample.outcome for sample in samples.values()} == {Outcome.RUN}
    assert all(entry.simulated for entry in list_library(storage.bars_folder))
    runs = stored(storage)
    assert len(runs) == 3
    for run in runs:
        assert run.simulated
        result = json.loads((storage.home / run.folder / "result.json").read_text("utf-8"))
        assert "simulated" in [warning["code"] for warning in result["warnings"]]
        assert run.period_start is not None
        assert result["equity_curve"][0]["timestamp"] == run.period_start.isoformat().replace("+00:00", "Z")


def test_a_second_start_keeps_the_runs_and_a_fresh_one_repeats_them_bit_for_bit(storage: StorageSettings) -> None:
    prepare(storage)
    assert {sample.outcome for sample in prepare(storage).values()} == {Outcome.KEPT}
    assert len(stored(storage)) == 3
    assert {sample.outcome for sample in prepare(storage, fresh=True).values()} == {Outcome.RUN}
    runs = stored(storage)
    assert len(runs) == 6
    assert {run.digests["equity"] for run in runs[:3]} == {run.digests["equity"] for run in runs[3:]}


def test_a_sample_that_was_changed_runs_again(storage: StorageSettings, three_samples: Path) -> None:
    prepare(storage)
    path = three_samples / "tencent_bollinger_1d.json"
    path.write_text(path.read_text("utf-8").replace('"name": "Tencent', '"name": "Other'), "utf-8")
    assert prepare(storage)["Other:"].outcome is Outcome.RUN


def test_imported_bars_of_a_finer_timeframe_are_used_and_not_marked(storage: StorageSettings) -> None:
    path = import_prices(storage, "BTC/USDT", Timeframe.H1)
    before = path.read_bytes()
    sample = prepare(storage)["BTC"]
    assert (sample.outcome, sample.simulated) == (Outcome.RUN, False)
    assert [run.simulated for run in stored(storage) if run.strategy_name.startswith("BTC")] == [False]
    prepare(storage, fresh=True)
    assert path.read_bytes() == before


def test_imported_and_generated_bars_never_meet_in_one_run(storage: StorageSettings) -> None:
    import_prices(storage, "BTC/USDT", Timeframe.D1)
    sample = prepare(storage)["Three"]
    assert sample.outcome is Outcome.SKIPPED
    assert "ETH/USDT, SOL/USDT" in sample.detail


def test_every_shipped_sample_can_run_on_its_generated_market(storage: StorageSettings) -> None:
    """Only the market is made here; `vibex up` itself is started in the command line's tests."""
    folder = Path(demo.__file__).parents[2] / "examples"
    for path in sorted(folder.glob("*.json")):
        spec = canonical_spec(load_spec(path))
        files, simulated = demo._bars_of(spec, storage.bars_folder, fresh=False)
        assert simulated
        request = BacktestRequest(spec=spec, data=[f"{symbol}={file}" for symbol, file in files.items()])
        assert set(digests_before(request)) == {"data", "spec", "settings"}
