"""Which author writes the drafts of a command: the offline reader, or a model while the terminal shows its stages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING

from vibex.cli.progress import terminal_progress

if TYPE_CHECKING:
    from vibex.domain.ports import Progress
    from vibex.settings import Settings
    from vibex.strategy.author import StageEvent
    from vibex.strategy.draft import Draft

_STEPS = ("intent", "extraction", "feasibility", "spec", "review", "explanation")


@contextmanager
def writer(*, offline: bool, model: str | None) -> Iterator[Callable[[str], Draft]]:
    """What turns words into a draft. A model is asked when one is named or configured, unless `offline`.

    Raises InvalidInput, naming the setting, when the model that is named cannot be asked as things are configured.
    """
    from vibex.settings import Settings as Configured
    from vibex.strategy.drafting import draft
    from vibex.strategy.phrases import read

    settings = Configured()
    if offline or not (model or settings.model.is_configured):
        yield lambda text: draft(read(text))
        return
    with terminal_progress() as progress, _asking(settings, model, progress) as write:
        yield write


@contextmanager
def _asking(settings: Settings, model: str | None, progress: Progress) -> Iterator[Callable[[str], Draft]]:
    """Drafts by a model, on an event loop that lives as long as its connections."""
    import asyncio

    from vibex.domain import SystemClock
    from vibex.services import open_author

    def show(event: StageEvent) -> None:
        if not event.piece and event.stage in _STEPS:
            progress.report(_STEPS.index(event.stage) + 1, len(_STEPS), event.stage)

    chosen = settings.model if model is None else settings.model.model_copy(update={"model": model})
    with asyncio.Runner() as runner:
        closing = AsyncExitStack()
        opened = open_author(settings.storage, chosen, SystemClock(), listen=show)
        ask = runner.run(closing.enter_async_context(opened))
        try:
            yield lambda text: runner.run(ask(text)).draft
        finally:
            runner.run(closing.aclose())
