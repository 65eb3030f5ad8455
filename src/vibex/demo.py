"""What is there to see before the user has done anything: the sample strategies, each run once.

A sample runs on imported bars when the library has them for all of its symbols, else on a generated market that is
marked SIMULATED in every file and on every page. A run that the store has already is not repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from vibex.analysis.calendars import calendar_for
from vibex.backtest import RunSettings
from vibex.domain import Clock, InvalidInput, Market, Timeframe
from vibex.market import bars_for, generate_file, library_path, list_library
from vibex.services import BacktestRequest, backtest, canonical_spec, digests_before, filter_symbols, save_run
from vibex.settings import StorageSettings
from vibex.store import LOCAL_OWNER, Database, RunRepository
from vibex.strategy import StrategySpec, load_spec

SEED = 2024
CAPITAL = 100_000.0
"""In each sample's currency: enough for one board lot of every sample."""

_END = datetime(2024, 1, 1, tzinfo=UTC)
_START = {
    Timeframe.H1: datetime(2022, 1, 1, tzinfo=UTC),
    Timeframe.H4: datetime(2021, 1, 1, tzinfo=UTC),
    Timeframe.D1: datetime(2018, 1, 1, tzinfo=UTC),
    Timeframe.W1: datetime(2012, 1, 1, tzinfo=UTC),
}
_START_OF_MINUTES = datetime(2023, 7, 1, tzinfo=UTC)
"""Generated markets are long enough for a sample to trade often, and short enough to be made while one waits."""


class Outcome(StrEnum):
    RUN = "run"
    KEPT = "kept"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample strategy and what became of it. `detail` says why it was skipped.

    `total_return_pct` is None unless it was run now.
    """

    name: str
    outcome: Outcome
    simulated: bool
    total_return_pct: float | None = None
    detail: str = ""


def examples_folder() -> Path:
    """The sample strategies: inside the installed package, or beside `src` in a checkout."""
    package = Path(__file__).parent
    installed = package / "examples"
    return installed if installed.is_dir() else package.parents[1] / "examples"


def prepare_samples(storage: StorageSettings, clock: Clock, *, fresh: bool = False) -> Iterator[Sample]:
    """Run the samples one by one and yield each when its run is in the store.

    `fresh` generates the markets anew and runs what was run before as well. A sample that cannot run on the
    imported bars is skipped with the reason; nothing imported is ever replaced. Raises RetryLater when the store
    cannot be used.
    """
    _upgrade(storage)
    for path in sorted(examples_folder().glob("*.json")):
        spec = canonical_spec(load_spec(path))
        simulated = False
        try:
            files, simulated = _bars_of(spec, storage.bars_folder, fresh=fresh)
            data = [f"{symbol}={file}" for symbol, file in files.items()]
            request = BacktestRequest(spec=spec, data=data, settings=RunSettings(capital=CAPITAL))
            if not fresh and _is_stored(storage, spec.name, digests_before(request)):
                yield Sample(name=spec.name, outcome=Outcome.KEPT, simulated=simulated)
                continue
            result = backtest(request)
            asyncio.run(save_run(result, storage, clock))
        except InvalidInput as error:
            yield Sample(name=spec.name, outcome=Outcome.SKIPPED, simulated=simulated, detail=str(error))
            continue
        gain = result.summary_stats["total_return_pct"]
        yield Sample(
            name=spec.name,
            outcome=Outcome.RUN,
            simulated=simulated,
            total_return_pct=gain if isinstance(gain, float) else None,
        )


def _bars_of(spec: StrategySpec, folder: Path, *, fresh: bool) -> tuple[dict[str, Path], bool]:
    """The file of every symbol that `spec` reads, and whether they are generated: all of them or none.

    Raises InvalidInput (field "data") when only some symbols have imported bars: one run on both would be neither.
    """
    symbols = (*spec.symbols, *filter_symbols(spec))
    library = list_library(folder)
    imported = {symbol: bars_for(library, spec.market, symbol, spec.timeframe) for symbol in symbols}
    found = {symbol: entry.path for symbol, entry in imported.items() if entry is not None}
    if len(found) == len(symbols):
        return found, False
    if found:
        missing = ", ".join(symbol for symbol in symbols if symbol not in found)
        raise InvalidInput(
            f"{', '.join(found)} has imported bars, {missing} has none of {spec.timeframe} or finer",
            field="data",
            remedy=f"vibex data import, for {missing}",
        )
    made = {symbol: library_path(folder, spec.market, symbol, spec.timeframe) for symbol in symbols}
    for symbol, path in made.items():
        if fresh or not path.is_file():
            _generate(symbol, spec.market, spec.timeframe, path)
    return made, True


def _generate(symbol: str, market: Market, timeframe: Timeframe, path: Path) -> None:
    start = _START.get(timeframe, _START_OF_MINUTES)
    opens = calendar_for(market).expected_opens(_epoch_ms(start), _epoch_ms(_END), timeframe)
    generate_file(path, seed=SEED, symbol=symbol, market=market, timeframe=timeframe, start=start, bars=len(opens))


def _epoch_ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def _upgrade(storage: StorageSettings) -> None:
    async def upgrade() -> None:
        database = Database(storage.url)
        try:
            await database.upgrade()
        finally:
            await database.close()

    asyncio.run(upgrade())


def _is_stored(storage: StorageSettings, name: str, digests: dict[str, str]) -> bool:
    """Whether a run of that strategy with these digests is listed and has its files."""

    async def of_that_name() -> bool:
        database = Database(storage.url)
        try:
            runs = await RunRepository(database).newest(LOCAL_OWNER, strategy_name=name)
        finally:
            await database.close()
        return any(digests.items() <= run.digests.items() and (storage.home / run.folder).is_dir() for run in runs)

    return asyncio.run(of_that_name())
