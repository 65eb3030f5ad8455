"""From words to strategies: the author, and the conversation with its prices, runs and archive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vibex.backtest import BacktestResult, RunSettings
from vibex.backtest.holdout import HoldoutStatus
from vibex.domain import Clock, new_id
from vibex.domain.ports import Progress
from vibex.market import (
    Adjustment,
    parse_data_argument,
    read_bars,
)
from vibex.services.backtests import BacktestRequest, backtest
from vibex.services.runs import save_run
from vibex.services.symbols import canonical_spec, filter_symbols
from vibex.settings import StorageSettings
from vibex.strategy import StrategySpec

if TYPE_CHECKING:
    from vibex.chat import ChatSession
    from vibex.settings import ModelSettings
    from vibex.strategy.author import Authored, StageListener

    Ask = Callable[[str], Coroutine[None, None, Authored]]


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
    from vibex.chat import Archive, Bench, ChatSession, Prices, Seals
    from vibex.llm import open_model
    from vibex.store import (
        LOCAL_OWNER,
        ConversationRepository,
        Database,
        ModelCallRepository,
        SealRepository,
        StrategyRepository,
        TrialRepository,
    )
    from vibex.strategy.author import Conversation

    def run_files(spec: StrategySpec, data: Sequence[str], sealed: HoldoutStatus | None) -> BacktestResult:
        asked = BacktestRequest(
            spec=spec, data=data, settings=request.settings, adjustment=request.adjustment, sealed=sealed
        )
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
        seals = Seals(SealRepository(database), LOCAL_OWNER, clock)
        yield ChatSession(
            Conversation.start(clock) if named is None else await archive.load(named),
            archive=archive,
            bench=Bench(
                Prices(given=request.data, library=storage.bars_folder),
                run_files,
                filter_symbols,
                canonical_spec,
                seals,
            ),
            seals=seals,
            trials=TrialRepository(database),
            save=save,
            clock=clock,
            model=model,
            model_name="" if request.model is None else request.model.model,
            listen=listen,
        )
