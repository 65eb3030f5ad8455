"""The composition root: what the command line and the pages do, each as one call with plain arguments.

Rooms below know nothing of each other's wiring; this is where files become bars, bars a result, and a result a
stored run.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from vibex.backtest import BacktestResult, RunSettings, run
from vibex.backtest.disclosures import Warning_
from vibex.backtest.files import refuse_unusable_folder, write_result
from vibex.backtest.result import input_digests
from vibex.domain import Clock, InvalidInput, InvalidSpec, JsonValue, Market, NotSupported, SpecIssue, new_id
from vibex.domain.ports import Progress
from vibex.market import (
    Adjustment,
    PreparationRequest,
    PreparedData,
    canonical_symbol,
    files_for,
    load_instruments,
    match_data,
    parse_data_argument,
    prepare,
    read_actions,
    read_bars,
)
from vibex.settings import StorageSettings
from vibex.strategy import StrategySpec, load_spec, refuse_unsupported

if TYPE_CHECKING:
    from vibex.accounts.control import AccountsControl
    from vibex.chat import ChatSession
    from vibex.market.fetching import Fetched, FetchRequest, PriceSource
    from vibex.settings import ModelSettings, Settings
    from vibex.strategy.author import Authored, StageListener

    Ask = Callable[[str], Coroutine[None, None, Authored]]

BUY_AND_HOLD = "buy_and_hold"
_ADJUSTMENT_MEANS = {
    Adjustment.RAW: "prices are raw: dividends are not credited, and a split would read as a loss",
    Adjustment.SPLIT: "prices are adjusted for splits: dividends are not credited",
    Adjustment.TOTAL: "prices are adjusted for splits and dividends: no trade took place at these prices",
}


@dataclass(frozen=True, kw_only=True)
class BacktestRequest:
    """One backtest of files. `spec` is a strategy or its file; `data` as on the command line: FILE or SYMBOL=FILE.

    `adjustment` says what equity prices are adjusted for, or with `actions` (a file of splits and dividends) what they
    shall be; `instruments` is a file of lots and ticks that goes before the shipped one. Without `data` the bars come
    from the folder `library`.
    """

    spec: StrategySpec | Path | str
    data: Sequence[Path | str] = ()
    settings: RunSettings = field(default_factory=RunSettings)
    adjustment: Adjustment | None = None
    actions: Path | None = None
    instruments: Path | None = None
    extended_hours: bool = False
    library: Path | None = None


def use_compiled_folder(storage: StorageSettings) -> None:
    """Keep numba's compiled code under `VIBEX_HOME` in this process, unless NUMBA_CACHE_DIR says otherwise.

    Has effect only before numba is first imported.
    """
    os.environ.setdefault("NUMBA_CACHE_DIR", str(storage.compiled_folder))


def backtest(request: BacktestRequest, progress: Progress | None = None) -> BacktestResult:
    """Read, prepare and run; nothing is written. Symbols of the result are canonical (`BTC/USDT`).

    Raises InvalidInput naming the field of the request, the row of the data or the part of the strategy at fault.
    """
    _report(progress, 1, "reading data")
    spec, data, notes = _read(request)
    _report(progress, 2, "running the strategy")
    return run(
        spec,
        data.bars,
        settings=request.settings,
        instruments=data.instruments,
        notes=[*notes, *_notes(data)],
        data_quality=[quality.to_json() for quality in data.quality.values()],
    )


def digests_before(request: BacktestRequest) -> dict[str, str]:
    """The digests of data, spec and settings that `backtest(request)` would have, without running the strategy.

    Raises InvalidInput as `backtest` does.
    """
    spec, data, _ = _read(request)
    instruments = {symbol: data.instruments[symbol] for symbol in spec.symbols}
    return input_digests(spec, request.settings, instruments, data.bars)


def canonical_spec(spec: StrategySpec) -> StrategySpec:
    """`spec` with every symbol in its one spelling, so that `BTC-USDT` and `BTC/USDT` are one strategy.

    Raises InvalidInput (field "symbols") for text that is no symbol of the market, InvalidSpec for two spellings of
    one symbol.
    """

    def one(symbol: str) -> str:
        return canonical_symbol(symbol, spec.market)

    symbols = tuple(one(symbol) for symbol in spec.symbols)
    for index, symbol in enumerate(symbols):
        if symbol in symbols[:index]:
            raise InvalidSpec([SpecIssue(f"symbols[{index}]", f"{symbol} is listed twice; leave one out")])
    indicators = tuple(
        i if i.symbol is None else i.model_copy(update={"symbol": one(i.symbol)}) for i in spec.indicators
    )
    benchmark = spec.benchmark if spec.benchmark in (None, BUY_AND_HOLD) else one(str(spec.benchmark))
    wanted: dict[str, object] = {"symbols": symbols, "indicators": indicators, "benchmark": benchmark}
    changed = {name: value for name, value in wanted.items() if getattr(spec, name) != value}
    return spec.model_copy(update=changed) if changed else spec


def filter_symbols(spec: StrategySpec) -> tuple[str, ...]:
    """The symbols that a canonical `spec` reads but does not trade: those of indicators, and of the benchmark."""
    read = [indicator.symbol for indicator in spec.indicators]
    read.append(None if spec.benchmark == BUY_AND_HOLD else spec.benchmark)
    return tuple(dict.fromkeys(symbol for symbol in read if symbol is not None and symbol not in spec.symbols))


def moment_ms(text: str, field_name: str, *, end: bool = False) -> int:
    """Epoch milliseconds of an ISO date or datetime; without an offset it is UTC.

    With `end` a bare date means its last millisecond. Raises InvalidInput (`field_name`) for other text.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"{text!r} is no date", field=field_name, remedy="write 2024-01-31 or 2024-01-31T15:00, in UTC"
        ) from None
    if end and re.fullmatch(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}", text.strip()):
        moment += timedelta(days=1, milliseconds=-1)
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return round(aware.timestamp() * 1000)


async def save_run(result: BacktestResult, storage: StorageSettings, clock: Clock, run_id: str | None = None) -> Path:
    """Keep `result` under `VIBEX_HOME` and list it among the runs; the folder written. `run_id` None: a new one.

    Files come first: a run that is listed has all of them, and one that cannot be listed leaves none.
    """
    from vibex.store import LOCAL_OWNER, Database, Run, RunRepository

    run_id, created_at = run_id or new_id(clock), clock.now()
    folder = storage.runs_folder / run_id
    refuse_unusable_folder(folder, "VIBEX_HOME")
    database = Database(storage.url)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(database.close)
        with ExitStack() as on_failure:
            on_failure.callback(shutil.rmtree, folder, ignore_errors=True)
            await database.upgrade()
            write_result(result, folder, run_id=run_id, created_at=created_at)
            row = Run(
                id=run_id,
                created_at=created_at,
                strategy_name=result.spec.name,
                symbols=result.spec.symbols,
                timeframe=result.spec.timeframe.value,
                period_start=_moment(int(result.plan.time[0])),
                period_end=_moment(int(result.plan.time[-1])),
                simulated=is_simulated(result),
                summary_stats=result.summary_stats,
                digests=result.digests,
                folder=folder.relative_to(storage.home).as_posix(),
            )
            await RunRepository(database).add(LOCAL_OWNER, row)
            on_failure.pop_all()
    return folder


@asynccontextmanager
async def open_author(
    storage: StorageSettings, settings: ModelSettings, clock: Clock, *, listen: StageListener | None = None
) -> AsyncIterator[Ask]:
    """What drafts a request with the configured model, each call recorded and paid for from the store's budget.

    Raises InvalidInput naming the setting that is missing or wrong; failures of the model itself give the offline
    reading, as `vibex.strategy.author` says.
    """
    from vibex.llm import open_model
    from vibex.store import LOCAL_OWNER, Database, ModelCallRepository
    from vibex.strategy.author import author
    from vibex.strategy.phrases import read

    database = Database(storage.url)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(database.close)
        model = await closing.enter_async_context(open_model(settings, ModelCallRepository(database), clock))
        await database.upgrade()

        async def ask(text: str) -> Authored:
            return await author(
                text,
                model=model,
                model_name=settings.model,
                owner=LOCAL_OWNER,
                offline_reading=read(text),
                listen=listen,
                correlation_id=new_id(clock),
                clock=clock,
            )

        yield ask


@dataclass(frozen=True, kw_only=True)
class ChatRequest:
    """One conversation. `data` as on the command line, used for every strategy that asks for its symbols; `model` None
    asks no model; `conversation` is the id of one to continue, or "last"."""

    data: Sequence[str] = ()
    settings: RunSettings = field(default_factory=RunSettings)
    adjustment: Adjustment | None = None
    model: ModelSettings | None = None
    conversation: str | None = None


@asynccontextmanager
async def open_chat(
    request: ChatRequest,
    storage: StorageSettings,
    clock: Clock,
    *,
    listen: StageListener | None = None,
    progress: Progress | None = None,
) -> AsyncIterator[ChatSession]:
    """A conversation that is kept in the store, on the prices given or those of the bar library.

    Raises InvalidInput naming what is missing or wrong: a setting of the model, a file, the conversation.
    """
    from vibex.chat import Archive, Bench, ChatSession, Prices
    from vibex.llm import open_model
    from vibex.store import (
        LOCAL_OWNER,
        ConversationRepository,
        Database,
        ModelCallRepository,
        StrategyRepository,
        TrialRepository,
    )
    from vibex.strategy.author import Conversation

    def run_files(spec: StrategySpec, data: Sequence[str]) -> BacktestResult:
        asked = BacktestRequest(spec=spec, data=data, settings=request.settings, adjustment=request.adjustment)
        return backtest(asked, progress)

    async def save(result: BacktestResult, run_id: str) -> Path:
        return await save_run(result, storage, clock, run_id)

    for argument in request.data:
        read_bars(parse_data_argument(argument).path)
    database = Database(storage.url)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(database.close)
        model = None
        if request.model is not None:
            opened = open_model(request.model, ModelCallRepository(database), clock)
            model = await closing.enter_async_context(opened)
        await database.upgrade()
        archive = Archive(
            owner=LOCAL_OWNER,
            conversations=ConversationRepository(database),
            strategies=StrategyRepository(database),
            clock=clock,
        )
        named = request.conversation
        yield ChatSession(
            Conversation.start(clock) if named is None else await archive.load(named),
            archive=archive,
            bench=Bench(
                Prices(given=request.data, library=storage.bars_folder), run_files, filter_symbols, canonical_spec
            ),
            trials=TrialRepository(database),
            save=save,
            clock=clock,
            model=model,
            model_name="" if request.model is None else request.model.model,
            listen=listen,
        )


@asynccontextmanager
async def open_accounts(storage: StorageSettings, clock: Clock) -> AsyncIterator[AccountsControl]:
    """What is known of the trading accounts of this machine, and the way to tell them something."""
    from vibex.accounts.control import AccountsControl
    from vibex.store import LOCAL_OWNER, Database

    database = Database(storage.url)
    try:
        await database.upgrade()
        yield AccountsControl(database, clock, LOCAL_OWNER)
    finally:
        await database.close()


SOURCES = ("aster", "binanceusdm", "bybit", "okx", "hyperliquid", "yfinance")
"""Who is asked for public prices."""


@asynccontextmanager
async def open_prices(name: str, market: Market, settings: Settings, clock: Clock) -> AsyncIterator[PriceSource]:
    """The source of `name`, one of SOURCES, for the symbols of `market`, without keys.

    Raises NotSupported for a source that does not have that market.
    """
    if (name == "yfinance") != market.is_equity:
        raise NotSupported(
            f"{name} has no prices of {market} here",
            field="source",
            remedy="--source yfinance" if market.is_equity else f"one of {', '.join(SOURCES[:-1])}",
        )
    async with AsyncExitStack() as closing:
        if name == "yfinance":
            from vibex.market.sources.yahoo import YahooPrices

            yield YahooPrices(market, clock, settings.storage.home / "cache" / "yfinance")
        elif name == "aster":
            from vibex.market.sources.venue import VenuePrices
            from vibex.venues.aster import public_config
            from vibex.venues.aster.client import AsterVenue

            config = public_config(settings.aster)
            venue = AsterVenue(config, clock)
            closing.push_async_callback(venue.close)
            yield VenuePrices(name, venue.market, clock, is_simulated=config.is_local)
        else:
            from vibex.market.sources.ccxt_venues import CcxtPrices

            source = CcxtPrices(name)
            closing.push_async_callback(source.close)
            yield source


async def fetch_prices(
    requests: Sequence[FetchRequest],
    source: str,
    settings: Settings,
    clock: Clock,
    progress: Progress | None = None,
    *,
    all_published: bool = False,
) -> AsyncIterator[Fetched]:
    """Have the range of each request (all of one market) in the library, in their order, as `market.fetching` says;
    each is told when it is there.

    With `all_published` the series that the source does not publish are left out instead of refused.
    """
    from vibex.market.fetching import fetch

    async with open_prices(source, requests[0].market, settings, clock) as prices:
        for request in requests:
            if not all_published or request.series in prices.series:
                yield await fetch(request, prices, clock, settings.storage.bars_folder, progress)


def _moment(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def is_simulated(result: BacktestResult) -> bool:
    """Whether any price of the run came from the generator."""
    return any(quality.get("simulated") is True for quality in result.data_quality)


def _read(request: BacktestRequest) -> tuple[StrategySpec, PreparedData, list[Warning_]]:
    spec = request.spec if isinstance(request.spec, StrategySpec) else load_spec(request.spec)
    spec = canonical_spec(spec)
    refuse_unsupported(spec)
    paths, notes = _files(spec, request)
    return spec, _prepared(spec, request, paths), notes


def _prepared(spec: StrategySpec, request: BacktestRequest, paths: Mapping[str, Path]) -> PreparedData:
    settings = request.settings
    wanted = PreparationRequest(
        market=spec.market,
        timeframe=spec.timeframe,
        adjustment=request.adjustment,
        actions=None if request.actions is None else read_actions(request.actions, spec.market),
        extended_hours=request.extended_hours,
        filters=filter_symbols(spec),
        instruments=load_instruments(request.instruments),
        lot_size=None if settings.lot_size is None else Decimal(str(settings.lot_size)),
        fractional=settings.fractional,
    )
    return prepare({symbol: read_bars(path) for symbol, path in paths.items()}, wanted)


def _files(spec: StrategySpec, request: BacktestRequest) -> tuple[dict[str, Path], list[Warning_]]:
    """The file of every symbol, and a note where the library gave them because the request names none."""
    filters = filter_symbols(spec)
    if request.data or request.library is None:
        arguments = [parse_data_argument(str(text)) for text in request.data]
        return match_data(arguments, spec.symbols, filters, spec.market), []
    found = files_for(request.library, spec.market, (*spec.symbols, *filters), spec.timeframe)
    used = [f"{symbol} from {e.path.name} ({e.source or 'imported'})" for symbol, e in found.items()]
    message = f"No --data was given: bars of the library, {', '.join(used)}."
    files: dict[str, JsonValue] = {symbol: str(entry.path) for symbol, entry in found.items()}
    return {symbol: entry.path for symbol, entry in found.items()}, [
        Warning_(code="library", message=message, data=files)
    ]


def _notes(data: PreparedData) -> list[Warning_]:
    simulated = [symbol for symbol, quality in data.quality.items() if quality.simulated]
    notes = []
    if simulated:
        message = f"SIMULATED: the prices of {', '.join(simulated)} come from a generator, not from a market."
        notes.append(Warning_(code="simulated", message=message, data={"symbols": list(simulated)}))
    if data.adjustment is not None:
        message = f"{_ADJUSTMENT_MEANS[data.adjustment].capitalize()}."
        notes.append(Warning_(code="adjustment", message=message, data={"adjustment": data.adjustment.value}))
    return notes + [Warning_(code=note.code, message=f"{note.message}.", data={}) for note in data.notes]


def _report(progress: Progress | None, step: int, what: str) -> None:
    if progress is not None:
        progress.report(step, 3, what)
