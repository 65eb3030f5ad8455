"""`vibex chat`: say what to trade, change it, run it; every line is a turn, from a person or from a pipe."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vibex.cli.edge import begin, describe

if TYPE_CHECKING:
    from vibex.chat import ChatSession, Command, Missing, Ran
    from vibex.cli.chat_page import ChatPage
    from vibex.domain.ports import Progress
    from vibex.services import ChatRequest
    from vibex.strategy.author import StageEvent

_PROMPT = "vibex> "
_BLOCK = '"""'


def chat(
    offline: Annotated[
        bool, typer.Option("--offline", help="Read without a model, also where one is configured.")
    ] = False,
    model: Annotated[str | None, typer.Option(help="Ask this model instead of LLM_MODEL.", metavar="NAME")] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(metavar="[SYMBOL=]FILE", help="Prices to run on. Default: the bars kept under VIBEX_HOME."),
    ] = None,
    adjust: Annotated[
        Literal["raw", "split", "total"] | None,
        typer.Option(help="What equity prices are adjusted for, where the data does not say."),
    ] = None,
    capital: Annotated[float, typer.Option(help="Start capital in the account's currency.")] = 10_000.0,
    conversation: Annotated[
        str | None, typer.Option(metavar="ID", help="Go on with this conversation; `last` is the newest.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Start a new conversation, which is the default.")] = False,
) -> None:
    """Talk a strategy into shape and see what it would have done. Nothing is traded.

    Each line is a request, a follow-up (“make the stop 3 %”, “only long”, “undo”) or a command (run, show, code, why,
    versions, open, help, quit). Lines between two lines of three double quotes are one request. Everything is kept
    and can be continued.
    """
    begin()
    from vibex.backtest import RunSettings
    from vibex.domain import InvalidInput
    from vibex.market import Adjustment
    from vibex.services import ChatRequest
    from vibex.settings import Settings

    if offline and model is not None:
        raise InvalidInput("--offline asks no model", field="model", remedy="leave one of the two out")
    if new and conversation is not None:
        raise InvalidInput("--new starts another one", field="conversation", remedy="leave one of the two out")
    configured = Settings().model
    asked = None if offline or not (model or configured.is_configured) else configured
    if asked is not None and model is not None:
        asked = asked.model_copy(update={"model": model})
    _talk(
        ChatRequest(
            data=data or (),
            settings=RunSettings(capital=capital),
            adjustment=None if adjust is None else Adjustment(adjust),
            model=asked,
            conversation=conversation,
        )
    )


def _talk(request: ChatRequest) -> None:
    from vibex.cli.chat_page import ChatPage
    from vibex.cli.chat_words import say
    from vibex.domain import SystemClock
    from vibex.services import open_chat
    from vibex.settings import Settings

    page, progress = ChatPage(), RunProgress()
    with asyncio.Runner() as runner, _closing(runner) as closing:
        opened = open_chat(request, Settings().storage, SystemClock(), listen=StageShow(page), progress=progress)
        session = runner.run(closing.enter_async_context(opened))
        _greet(session, page)
        for text in _turns():
            try:
                if not _turn(text, session, page, runner, progress):
                    break
            except KeyboardInterrupt:
                page.line("")
                page.line(say(session.conversation.language, "interrupted"))
        if session.conversation.turns:
            page.line(say(session.conversation.language, "started", id=session.conversation.id), "dim")


@contextmanager
def _closing(runner: asyncio.Runner) -> Iterator[AsyncExitStack]:
    """What is opened on the runner's loop is closed on it."""
    stack = AsyncExitStack()
    try:
        yield stack
    finally:
        runner.run(stack.aclose())


def _turn(text: str, session: ChatSession, page: ChatPage, runner: asyncio.Runner, progress: RunProgress) -> bool:
    """One line; False when it ends the conversation. What cannot be done is said, and the talk goes on."""
    from vibex.chat import command_of
    from vibex.domain import VibexError

    command = command_of(text)
    if command == "quit":
        return False
    try:
        if command == "open" and session.conversation.current is not None:
            _open(session, page, runner)
        if command in ("run", "open") and session.conversation.current is not None:
            runner.run(session.prepare())
            with progress.shown():
                ran = session.run()
            _show_run(ran, session, page, runner)
        elif command is not None:
            _command(command, session, page)
        else:
            page.answer(runner.run(session.say(text)), session.conversation)
    except (VibexError, OSError) as error:
        for line in describe(error):
            page.line(line, "bold red")
    return True


def _open(session: ChatSession, page: ChatPage, runner: asyncio.Runner) -> None:
    """Open the sealed part of history; the run that follows sees it."""
    from vibex.cli.chat_words import say

    opened = runner.run(session.open_holdout())
    page.line(say(session.conversation.language, "opened" if opened else "open.nothing"), "yellow")


def _command(command: Command, session: ChatSession, page: ChatPage) -> None:
    from vibex.cli.chat_words import say

    language, spec = session.conversation.language, session.conversation.current
    if command == "help":
        page.line(say(language, "help"))
    elif command == "versions":
        page.versions(session.conversation)
    elif spec is None:
        page.line(say(language, "no_versions"))
    elif command == "why":
        from vibex.strategy.explain import explain

        page.line(explain(spec, language))
    elif command == "show":
        import json

        page.line(json.dumps(spec.to_json_dict(), ensure_ascii=False, indent=2))
    elif command == "code":
        from vibex.strategy.script import write_script

        page.line(write_script(spec, target="vectorbt"))


def _show_run(ran: Ran | Missing | None, session: ChatSession, page: ChatPage, runner: asyncio.Runner) -> None:
    from vibex.chat import Missing

    spec, language = session.conversation.current, session.conversation.language
    if isinstance(ran, Missing) and spec is not None:
        page.missing(ran, spec, language)
    elif ran is not None and not isinstance(ran, Missing):
        page.run(runner.run(session.keep(ran)), language)


def _greet(session: ChatSession, page: ChatPage) -> None:
    from vibex.cli.chat_words import say

    talk = session.conversation
    model = session.model_name
    page.line(say(talk.language, "offline") if model is None else say(talk.language, "model", model=model), "dim")
    if talk.turns:
        counts = {"turns": str(len(talk.turns)), "versions": str(len(talk.versions))}
        page.line(say(talk.language, "resumed", id=talk.id, **counts), "dim")
    if sys.stdin.isatty():
        page.line(say(talk.language, "help"), "dim")


def _turns() -> Iterator[str]:
    """Requests from standard input until it ends; lines between two marks are one."""
    block: list[str] | None = None
    while True:
        try:
            line = _line("... " if block is not None else _PROMPT)
        except EOFError:
            break
        except KeyboardInterrupt:
            block = None
            typer.echo("")
            continue
        if line.strip() == _BLOCK:
            if block:
                yield "\n".join(block)
            block = [] if block is None else None
        elif block is not None:
            block.append(line)
        elif line.strip():
            yield line.strip()
    if block:
        yield "\n".join(block)


def _line(prompt: str) -> str:
    """The next line. Raises EOFError at the end of the input."""
    if sys.stdin.isatty():
        import readline  # noqa: F401 - gives input() a history and editing

        return input(prompt)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    # Piped requests are shown, so that a transcript reads like a conversation.
    typer.echo(f"{prompt}{line.rstrip()}")
    return line


class RunProgress:
    """Progress of a run on the terminal, while it is shown; a conversation measures drafts silently."""

    def __init__(self) -> None:
        self._target: Progress | None = None

    @contextmanager
    def shown(self) -> Iterator[None]:
        from vibex.cli.progress import terminal_progress

        try:
            with terminal_progress() as self._target:
                yield
        finally:
            self._target = None

    def report(self, done: int, total: int, what: str) -> None:
        if self._target is not None:
            self._target.report(done, total, what)

    @property
    def cancelled(self) -> bool:
        """Never: an interrupt goes back to the prompt."""
        return False


class StageShow:
    """Shows a model at work: the sentences of what it understood as they come, and each stage on a terminal."""

    def __init__(self, page: ChatPage) -> None:
        from vibex.cli.reading_stream import ReadingStream

        self._page = page
        self._reading = ReadingStream(self._write)

    def __call__(self, event: StageEvent) -> None:
        if event.piece:
            self._reading.hear(event.piece)
            return
        if event.stage == "intent":
            self._reading.begin()
        elif self._page.console.is_terminal:
            self._page.line(f"[{event.stage}] {event.detail}".rstrip(), "dim")

    def _write(self, text: str) -> None:
        from rich.text import Text

        self._page.console.print(Text(text, style="dim"), end="", soft_wrap=True)
