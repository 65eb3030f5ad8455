"""One conversation as a program or a person holds it: say something, run it; everything is kept and counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from vibex.backtest import BacktestResult, TrialCount
from vibex.chat.archive import Archive
from vibex.chat.bench import Bench, Ran
from vibex.chat.prices import Missing
from vibex.chat.seals import Seals
from vibex.domain import Clock, JsonValue, new_id
from vibex.llm import Model
from vibex.store import Trial, TrialRepository
from vibex.strategy.author import Authored, Conversation, StageListener, converse
from vibex.strategy.phrases import read

SaveRun = Callable[[BacktestResult, str], Awaitable[Path]]
"""Keeps a result under a run id; the folder written."""


class InsightSource(Protocol):
    """What the market is doing, for the author to know. Implemented above; without one the author knows nothing."""

    async def current(self) -> Mapping[str, JsonValue] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of one turn. `is_new`: it made a version; `is_move`: it went to another one, by undo or redo.
    `missing` and `trouble` say why nothing was measured."""

    authored: Authored
    is_new: bool
    is_move: bool = False
    missing: Missing | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A run that is kept in `folder`, beside it the run without the stop where the stop was assumed."""

    ran: Ran
    folder: Path


class ChatSession:
    """A conversation that goes on. A turn that fails or is interrupted leaves it as it was."""

    def __init__(
        self,
        conversation: Conversation,
        *,
        archive: Archive,
        bench: Bench,
        trials: TrialRepository,
        seals: Seals,
        save: SaveRun,
        clock: Clock,
        model: Model | None = None,
        model_name: str = "",
        insight: InsightSource | None = None,
        listen: StageListener | None = None,
    ) -> None:
        self.conversation = conversation
        self.model_name = model_name if model is not None else None
        self._archive = archive
        self._bench = bench
        self._trials = trials
        self._seals = seals
        self._save = save
        self._clock = clock
        self._model = model
        self._insight = insight
        self._listen = listen
        self._known = len(conversation.turns)

    async def say(self, text: str) -> Answered:
        """Answer a request or a follow-up, keep it, and count the run that measured it. Raises as `converse`."""
        before = self.conversation
        self._bench.trouble = self._bench.missing = None
        await self._seals.load(before.lineage)
        after, authored = await converse(
            before,
            text,
            read=read,
            owner=self._archive.owner,
            model=self._model,
            model_name=self.model_name or "",
            earlier=await self._archive.earlier(before.lineage) if self._model is not None else (),
            insight=None if self._insight is None else await self._insight.current(),
            measure=self._bench.measure,
            listen=self._listen,
            clock=self._clock,
        )
        await self._keep(after)
        is_new = len(after.versions) > len(before.versions)
        measured = self._bench.measured(after.current) if is_new and after.current is not None else None
        if measured is not None:
            await self._count(measured.result, measured.data_digest)
        return Answered(
            authored=authored,
            is_new=is_new,
            is_move=not is_new and after.at != before.at,
            missing=self._bench.missing,
            trouble=self._bench.trouble,
        )

    async def prepare(self) -> None:
        """Read what a run may see; before `run`, which computes and neither reads nor writes the store."""
        await self._seals.load(self.conversation.lineage)

    async def open_holdout(self) -> bool:
        """Open the sealed part of history for the current version's symbols, once and for ever; False where it is
        open already or nothing was sealed yet."""
        spec = self.conversation.current
        await self.prepare()
        return spec is not None and await self._seals.open(self._bench.symbols(spec))

    def run(self) -> Ran | Missing | None:
        """Run the current version; None before there is one. Nothing is written: what computes can be interrupted.

        Raises InvalidInput where prices or strategy do not allow it.
        """
        spec = self.conversation.current
        return None if spec is None else self._bench.run(spec)

    async def keep(self, ran: Ran) -> Kept:
        """Count what was run, and keep its result."""
        run_id = new_id(self._clock)
        if ran.without_stop is not None:
            await self._count(ran.without_stop, ran.data_digest)
        counted = await self._count(ran.result, ran.data_digest, run_id)
        result = replace(ran.result, trials=counted)
        folder = await self._save(result, run_id)
        return Kept(ran=replace(ran, result=result), folder=folder)

    async def _keep(self, after: Conversation) -> None:
        await self._archive.keep(after, self._known)
        self.conversation, self._known = after, len(after.turns)

    async def _count(self, result: BacktestResult, data_digest: str, run_id: str | None = None) -> TrialCount:
        """Note one run of this idea on these data; how many there are now."""
        lineage = self.conversation.lineage
        await self._seals.keep()
        trial = Trial(
            id=new_id(self._clock),
            strategy_id=lineage,
            data_digest=data_digest,
            spec_digest=result.spec.rules_digest(),
            run_at=self._clock.now(),
            run_id=run_id,
        )
        runs, distinct = await self._trials.add(self._archive.owner, trial)
        return TrialCount(lineage=lineage, runs=runs, distinct=distinct)
