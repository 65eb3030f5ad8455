"""What `vibex chat` prints: an answer with its findings, the list of versions, a run with its chart and key figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from vibex.cli.chat_words import say
from vibex.cli.equity_chart import equity_chart
from vibex.cli.result_page import number

if TYPE_CHECKING:
    from vibex.backtest import BacktestResult
    from vibex.chat import Answered, Kept, Missing
    from vibex.strategy import StrategySpec
    from vibex.strategy.author import Conversation
    from vibex.strategy.draft import Issue, Language

_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}
# Key of the words, key of summary_stats, unit behind the number.
_FIGURES = (
    ("row.return", "total_return_pct", " %"),
    ("row.drawdown", "max_drawdown_pct", " %"),
    ("row.trades", "trades", ""),
    ("row.win", "win_rate_pct", " %"),
    ("row.factor", "profit_factor", ""),
    ("row.sharpe", "sharpe", ""),
    ("row.end", "end_equity", ""),
    ("row.fees", "fees", ""),
)
_DAY = 10


class ChatPage:
    """Prints to one console; colours where it is a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)

    def line(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style), soft_wrap=True)

    def answer(self, answered: Answered, conversation: Conversation) -> None:
        """The explanation or the question, the version with its difference, the findings, and what was not measured.

        A follow-up is answered with its difference and the rules in one line; `why` reads out the whole.
        """
        from vibex.strategy.explain import summary

        made, language = answered.authored.draft, conversation.language
        question = next((issue for issue in made.issues if issue.options), None)
        if question is not None:
            self._question(question, language)
            return
        is_first = not answered.is_new or conversation.at == 0
        if made.spec is None or (is_first and not answered.is_move):
            self.line(made.explanation)
        if made.spec is None:
            return
        if answered.is_new or answered.is_move:
            self._version(conversation)
        if not is_first or answered.is_move:
            self.line(summary(made.spec, language))
        for issue in made.issues:
            self.line(f"{issue.severity}: {issue.field}: {issue.message}", _STYLES[issue.severity])
        self._about_prices(answered, made.spec, language)

    def missing(self, missing: Missing, spec: StrategySpec, language: Language) -> None:
        """That there are no prices, and how to get them."""
        symbols, first = ", ".join(missing.symbols), missing.symbols[0]
        parts = {"timeframe": spec.timeframe.value, "market": spec.market.value}
        self.line(say(language, "missing", symbols=symbols, first=first, **parts), "yellow")
        if missing.reason:
            self.line(say(language, "missing.reason", reason=missing.reason), "yellow")

    def versions(self, conversation: Conversation) -> None:
        """Every version with its author, what was asked and what changed."""
        language = conversation.language
        if not conversation.versions:
            self.line(say(language, "no_versions"))
        for place, version in enumerate(conversation.versions):
            head = say(language, "version", number=str(place + 1), author=say(language, f"author.{version.author}"))
            if version.parent is not None and version.parent != place - 1:
                head += ", " + say(language, "from", number=str(version.parent + 1))
            here = f" {say(language, 'at')}" if place == conversation.at else ""
            self.line(f"{head}: {' '.join(version.text.split())}{here}", "bold" if here else "")
            for change in version.changes:
                self.line(f"  {change.words}")

    def run(self, kept: Kept, language: Language) -> None:
        """What must be read first, the chart, the key figures, beside them the run without the assumed stop."""
        result = kept.ran.result
        self.line(say(language, "first"), "yellow")
        for warning in result.warnings:
            self.line(f"• {warning.message}", "bold magenta" if warning.code == "simulated" else "yellow")
        self._chart(result, language)
        self._figures(result, kept.ran.without_stop, language)
        benchmark = result.benchmark
        if benchmark is not None:
            parts = {
                "return": number(benchmark.total_return_pct, " %"),
                "drawdown": number(benchmark.max_drawdown_pct, " %"),
            }
            self.line(say(language, "benchmark", name=benchmark.name[:1].upper() + benchmark.name[1:], **parts))
        if result.trials is not None:
            counts = {"distinct": str(result.trials.distinct), "runs": str(result.trials.runs)}
            self.line(say(language, "trials", **counts))
        self._holdout(result, language)
        self._report(kept.folder, language)

    def _holdout(self, result: BacktestResult, language: Language) -> None:
        """From when on history is sealed, or when it was opened."""
        status = result.holdout
        if status is None:
            return
        date, at = (str(status.to_json()[key])[:_DAY] for key in ("sealed_from", "opened_at"))
        if status.seen:
            self.line(say(language, "holdout.seen", at=at, date=date))
        else:
            self.line(say(language, "holdout.sealed", date=date))

    def _question(self, question: Issue, language: Language) -> None:
        self.line(question.message, "bold")
        for place, option in enumerate(question.options, start=1):
            self.line(f"  {place}) {option.label}")
        self.line(say(language, "choose"), "dim")

    def _version(self, conversation: Conversation) -> None:
        language, place = conversation.language, conversation.at
        if place is None:
            return
        version = conversation.versions[place]
        author = say(language, f"author.{version.author}")
        self.line("")
        self.line(say(language, "version", number=str(place + 1), author=author), "bold")
        for change in version.changes:
            self.line(f"  {change.words}", "cyan")

    def _about_prices(self, answered: Answered, spec: StrategySpec, language: Language) -> None:
        if answered.missing is not None:
            self.missing(answered.missing, spec, language)
        elif answered.trouble is not None:
            self.line(say(language, "trouble", reason=answered.trouble), "yellow")
        elif answered.is_new:
            self.line(say(language, "can_run"), "dim")

    def _chart(self, result: BacktestResult, language: Language) -> None:
        first, last = result.moments[0][:_DAY], result.moments[-1][:_DAY]
        capital = number(result.settings.capital)
        self.line("")
        self.line(say(language, "run.measure", first=first, last=last, capital=capital, currency=result.currency))
        for row in equity_chart(result.outcome.equity, first, last, width=min(60, self.console.width - 14)):
            self.console.print(Text(row, style="green"), soft_wrap=True)

    def _figures(self, result: BacktestResult, other: BacktestResult | None, language: Language) -> None:
        if other is not None:
            self.line(say(language, "run.stop"))
        table = Table(box=None, padding=(0, 2))
        table.add_column("")
        table.add_column(say(language, "col.only" if other is None else "col.with"), justify="right")
        if other is not None:
            table.add_column(say(language, "col.without"), justify="right")
        for label, key, unit in _FIGURES:
            cells = [number(each.summary_stats[key], unit) for each in (result, other) if each is not None]
            table.add_row(say(language, label), *cells)
        self.console.print(table)

    def _report(self, folder: Path, language: Language) -> None:
        self.line(say(language, "report", path=str(folder / "report.html")))
