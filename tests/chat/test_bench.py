"""Which prices a conversation uses, what it runs on them, and what it compares an assumed stop with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vibex.backtest import BacktestResult
from vibex.backtest.holdout import HoldoutStatus
from vibex.chat import Bench, Files, Missing, Prices, command_of
from vibex.chat.bench import Holdouts, without_assumed_stop
from vibex.domain import Market, Timeframe
from vibex.domain.arrays import I64
from vibex.market import Declared, generate_file, library_path, read_bars, write_bars
from vibex.services import BacktestRequest, backtest, canonical_spec, filter_symbols
from vibex.strategy import StrategySpec
from vibex.strategy.drafting import draft
from vibex.strategy.phrases import read


def strategy(text: str) -> StrategySpec:
    made = draft(read(text)).spec
    assert made is not None
    return made


SPEC = strategy("Buy BTC when RSI(14) crosses below 30 on 1h, sell when it goes above 55")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prices") / "made.parquet"
    start = datetime(2024, 1, 1, tzinfo=UTC)
    generate_file(path, seed=3, symbol="BTC", market=Market.CRYPTO, timeframe=Timeframe.H1, start=start, bars=800)
    return path


def kept(folder: Path, made: Path, name: str = "BTC/USDT", *, simulated: bool = False) -> Path:
    """The generated bars in the library, as if they were real ones."""
    path = library_path(folder, Market.CRYPTO, name, Timeframe.H1)
    write_bars(read_bars(made).bars, path, Declared(market=Market.CRYPTO, simulated=simulated))
    return path


def of(prices: Prices, spec: StrategySpec = SPEC) -> Files | Missing:
    return prices.of(spec)


def test_given_files_go_before_the_library_and_simulated_bars_of_it_are_never_taken(tmp_path: Path, made: Path) -> None:
    assert of(Prices(given=[], library=tmp_path)) == Missing(symbols=("BTC/USDT",))
    kept(tmp_path, made, simulated=True)
    assert of(Prices(given=[], library=tmp_path)) == Missing(symbols=("BTC/USDT",))
    real = kept(tmp_path, made)
    assert of(Prices(given=[], library=tmp_path)) == Files(arguments=(f"BTC/USDT={real}",))
    assert of(Prices(given=[f"BTC={made}"], library=tmp_path)) == Files(arguments=(f"BTC/USDT={made}",))


def test_finer_bars_of_the_library_serve_a_coarser_strategy_and_coarser_ones_do_not(tmp_path: Path, made: Path) -> None:
    path = kept(tmp_path, made)
    prices = Prices(given=[], library=tmp_path)
    four = SPEC.model_copy(update={"timeframe": Timeframe.H4})
    quarter = SPEC.model_copy(update={"timeframe": Timeframe.M15})
    assert of(prices, four) == Files(arguments=(f"BTC/USDT={path}",))
    assert isinstance(of(prices, quarter), Missing)


def test_a_file_without_a_name_belongs_to_the_first_asset_alone(tmp_path: Path, made: Path) -> None:
    bars = read_bars(made).bars
    plain = tmp_path / "prices.csv"
    rows = zip(bars.open_time, bars.open, bars.high, bars.low, bars.close, strict=True)
    plain.write_text("timestamp,open,high,low,close\n" + "\n".join(",".join(map(str, row)) for row in rows))
    prices = Prices(given=[str(plain)], library=tmp_path)
    other = SPEC.model_copy(update={"symbols": ("ETH/USDT",)})
    assert isinstance(of(prices), Files)
    missing = of(prices, other)
    assert isinstance(missing, Missing)
    assert "holds BTC/USDT" in missing.reason


def test_a_file_that_names_another_pair_is_refused_by_name(tmp_path: Path, made: Path) -> None:
    named = tmp_path / "SOL-USDT_1h.parquet"
    write_bars(read_bars(made).bars, named, Declared())
    prices = Prices(given=[str(made)], library=tmp_path)
    assert isinstance(of(prices, SPEC.model_copy(update={"symbols": ("SOL/USDT",)})), Missing)


def bench(made: Path, tmp_path: Path, holdouts: Holdouts | None = None) -> Bench:
    def run(spec: StrategySpec, data: Sequence[str], sealed: HoldoutStatus | None) -> BacktestResult:
        return backtest(BacktestRequest(spec=spec, data=data, sealed=sealed))

    prices = Prices(given=[f"BTC/USDT={made}"], library=tmp_path)
    return Bench(prices, run, filter_symbols, canonical_spec, holdouts or NothingSealed())


class NothingSealed:
    """All of history may be seen."""

    def status(self, symbols: Sequence[str], opens: I64) -> HoldoutStatus | None:
        return None


class HalfSealed:
    """The second half of the bars may not be seen."""

    def status(self, symbols: Sequence[str], opens: I64) -> HoldoutStatus | None:
        return HoldoutStatus(sealed_from_ms=int(opens[len(opens) // 2]))


def test_bars_behind_the_seal_are_in_no_run_and_no_measurement(made: Path, tmp_path: Path) -> None:
    table = bench(made, tmp_path, HalfSealed())
    table.measure(SPEC)
    ran = table.run(SPEC)
    assert not isinstance(ran, Missing)
    opens = read_bars(made).bars.open_time
    for result in (ran.result, ran.without_stop):
        assert result is not None
        assert result.plan.time[-1] < opens[len(opens) // 2]
        assert result.holdout is not None
        assert not result.holdout.seen


def test_a_measured_draft_is_not_computed_again_and_an_assumed_stop_is_compared(made: Path, tmp_path: Path) -> None:
    table = bench(made, tmp_path)
    evidence = table.measure(SPEC)
    assert evidence is not None
    ran = table.run(SPEC)
    assert not isinstance(ran, Missing)
    assert len(evidence.trades) == len(ran.result.trade_log)
    assert ran.result.outcome is table.measured(SPEC).result.outcome  # type: ignore[union-attr]
    assert ran.without_stop is not None
    assert ran.without_stop.spec.stop_loss is None
    assert "stop_loss" not in {str(trade["reason"]) for trade in ran.without_stop.trade_log}
    first, other = ran.result.trade_log[0], ran.without_stop.trade_log[0]
    assert first["quantity"] == other["quantity"], "the same size, so that the stop alone differs"


def test_a_stop_that_was_asked_for_is_not_compared() -> None:
    assert without_assumed_stop(strategy("Buy BTC when RSI(14) crosses below 30, stop 2 %")) is None
    assert without_assumed_stop(strategy("Buy BTC when RSI(14) crosses below 30, no stop")) is None


def test_a_draft_that_cannot_be_run_says_why_and_does_not_fail(made: Path, tmp_path: Path) -> None:
    table = bench(made, tmp_path)
    assert table.measure(SPEC.model_copy(update={"timeframe": Timeframe.M15})) is None
    assert table.trouble is not None
    assert table.missing is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("run", "run"), ("Run!", "run"), ("/run", "run"), ("回測", "run"), ("跑一下", "run"), ("代碼", "code"),
        ("show me the code", "code"), ("為甚麼", "why"), ("為何", "why"), ("版本", "versions"), ("?", "help"),
        ("quit", "quit"), ("exit", "quit"),
        ("exit after 10 bars", None), ("run it on ETH", None),
    ],
)  # fmt: skip
def test_commands_are_told_from_requests(text: str, command: str | None) -> None:
    assert command_of(text) == command
