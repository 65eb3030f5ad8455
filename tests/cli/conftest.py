"""A small simulated market, a strategy that trades it, and the command line run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from vibex.cli.app import app
from vibex.domain import Market, Timeframe
from vibex.market import generate_file

SPEC: dict[str, object] = {
    "version": 1,
    "name": "Crossover",
    "market": "crypto",
    "symbols": ["BTC/USDT"],
    "timeframe": "1h",
    "indicators": [
        {"id": "fast", "name": "SMA", "params": {"timeperiod": 10}},
        {"id": "slow", "name": "SMA", "params": {"timeperiod": 40}},
    ],
    "entry": {"long": {"left": "fast", "op": "crosses_above", "right": "slow"}},
    "exit": {"long": {"left": "fast", "op": "crosses_below", "right": "slow"}},
    "stop_loss": {"type": "percent", "value": 3},
    "sizing": {"type": "fixed_percent", "value": 95},
}

Vibex = Callable[..., Result]
WriteSpec = Callable[..., Path]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has its own VIBEX_HOME, which does not exist yet, and no model."""
    folder = tmp_path / "home"
    monkeypatch.setenv("VIBEX_HOME", str(folder))
    for configured in ("OPENROUTER_API_KEY", "OPENROUTER_BASE_URL", "LLM_MODEL", "LLM_PRICE", "LLM_PRICES_FILE"):
        monkeypatch.delenv(configured, raising=False)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture(scope="session")
def bars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1500 simulated hours of BTC/USDT."""
    path = tmp_path_factory.mktemp("data") / "btc.parquet"
    start = datetime(2024, 1, 1, tzinfo=UTC)
    generate_file(path, seed=7, symbol="BTC", market=Market.CRYPTO, timeframe=Timeframe.H1, start=start, bars=1500)
    return path


@pytest.fixture
def write_spec(tmp_path: Path) -> WriteSpec:
    def write(**changes: object) -> Path:
        path = tmp_path / "spec.json"
        path.write_text(json.dumps({**SPEC, **changes}), encoding="utf-8")
        return path

    return write


@pytest.fixture
def vibex() -> Vibex:
    """Run the command line with these arguments."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    return run
