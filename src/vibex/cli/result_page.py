"""A result on the terminal: what was not modelled first, then the numbers, the last trades, and where the files are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from vibex.backtest import BacktestResult, TrialCount
    from vibex.domain import JsonValue

LAST_TRADES = 8
UNKNOWN = "–"
# Label, key of summary_stats, unit behind the number.
_LEFT = (
    ("Total return", "total_return_pct", " %"),
    ("CAGR", "cagr_pct", " %"),
    ("Volatility", "volatility_pct", " %"),
    ("Sharpe", "sharpe", ""),
    ("Sortino", "sortino", ""),
    ("Calmar", "calmar", ""),
    ("Max drawdown", "max_drawdown_pct", " %"),
    ("Longest drawdown", "max_drawdown_days", " d"),
    ("Exposure", "exposure_pct", " %"),
    ("Turnover", "turnover", ""),
)
_RIGHT = (
    ("Closed trades", "trades", ""),
    ("Win rate", "win_rate_pct", " %"),
    ("  with open trades", "win_rate_with_open_pct", " %"),
    ("Profit factor", "profit_factor", ""),
    ("  with open trades", "profit_factor_with_open", ""),
    ("Open PnL", "open_pnl", " {currency}"),
    ("Expectancy", "expectancy", " {currency}"),
    ("SQN", "sqn", ""),
    ("Best trade", "best_trade_pct", " %"),
    ("Worst trade", "worst_trade_pct", " %"),
    ("Fees", "fees", " {currency}"),
)


def show_result(result: BacktestResult, folders: Sequence[Path] = (), console: Console | None = None) -> None:
    """Print `result` to stdout, or to `console`."""
    console = console or Console(highlight=False)
    spec = result.spec
    console.print(Text(spec.name, style="bold"), Text(f"{', '.join(spec.symbols)} · {spec.timeframe}"))
    console.print(_warnings(result))
    console.print(_figures(result.summary_stats))
    console.print(_outcomes(result))
    console.print(_trades(result))
    if result.trials is not None:
        console.print(Text(trials_line(result.trials)))
    for line in _data_lines(result):
        console.print(line, style="dim", soft_wrap=True)
    for folder in folders:
        console.print(Text(f"Report: {folder / 'report.html'}"), soft_wrap=True)


def _warnings(result: BacktestResult) -> RenderableType:
    """SIMULATED stands by itself above the rest: it changes what every number below means."""
    first = [w for w in result.warnings if w.code == "simulated"]
    rest = [w for w in result.warnings if w.code != "simulated"]
    parts: list[RenderableType] = [Panel(Text(w.message, style="bold"), border_style="magenta") for w in first]
    if rest:
        lines = Text("\n").join(Text(f"• {warning.message}") for warning in rest)
        parts.append(Panel(lines, title="Read this first", title_align="left", border_style="yellow"))
    return Group(*parts)


def _figures(stats: Mapping[str, JsonValue]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2))
    for index in range(4):
        table.add_column(justify="right" if index % 2 else "left")
    for row in range(max(len(_LEFT), len(_RIGHT))):
        cells: list[str] = []
        for side in (_LEFT, _RIGHT):
            cells += _cell(side[row], stats) if row < len(side) else ["", ""]
        table.add_row(*cells)
    return table


def _cell(figure: tuple[str, str, str], stats: Mapping[str, JsonValue]) -> list[str]:
    label, key, unit = figure
    return [label, number(stats[key], unit.format(currency=stats["currency"]))]


def number(value: JsonValue, unit: str = "") -> str:
    """A number for people, the sign of unknown for None: `1,234.57 %`."""
    if not isinstance(value, int | float):
        return UNKNOWN
    return (f"{value:,}" if isinstance(value, int) else f"{value:,.2f}") + unit


def _outcomes(result: BacktestResult) -> Table:
    """Strategy beside benchmark, and the strategy once more with the other order inside ambiguous bars."""
    stats, currency = result.summary_stats, result.currency
    start = f"From {number(stats['start_equity'])} {currency}; stop and target met in {stats['ambiguous_bars']} bars"
    table = Table(title=start, title_justify="left", title_style="bold", box=None)
    table.add_column("")
    for heading in (f"End, {currency}", "Return", "Max drawdown"):
        table.add_column(heading, justify="right")
    table.add_row(
        "Strategy, stop first",
        number(stats["end_equity"]),
        number(stats["total_return_pct"], " %"),
        number(stats["max_drawdown_pct"], " %"),
    )
    table.add_row("Strategy, target first", number(stats["end_equity_target_first"]), "", "")
    benchmark = result.benchmark
    if benchmark is not None:
        table.add_row(
            Text(benchmark.name[:1].upper() + benchmark.name[1:]),
            number(float(benchmark.equity[-1])),
            number(benchmark.total_return_pct, " %"),
            number(benchmark.max_drawdown_pct, " %"),
        )
    return table


def _trades(result: BacktestResult) -> RenderableType:
    log = result.trade_log
    if not log:
        return Text("No trades.")
    shown = log[-LAST_TRADES:]
    title = f"Last {len(shown)} of {len(log)} trades" if len(shown) < len(log) else f"{len(log)} trades"
    # Prices stand in trades.csv: this much fits into eighty columns.
    table = Table(title=title, title_justify="left", title_style="bold", box=None)
    for heading in ("Symbol", "Side", "Entry (UTC)", "Exit (UTC)", "PnL", "Return", "Reason"):
        table.add_column(heading, justify="right" if heading in ("PnL", "Return") else "left", no_wrap=True)
    for trade in shown:
        table.add_row(
            Text(str(trade["symbol"])),
            str(trade["side"]),
            _minute(trade["entry_time"]),
            _minute(trade["exit_time"]),
            number(trade["pnl"]),
            number(trade["return_pct"], " %"),
            str(trade["reason"]).replace("_", " "),
        )
    return table


def trials_line(trials: TrialCount) -> str:
    """`Versions of this idea tried on these data: 3 (5 runs)`."""
    return f"Versions of this idea tried on these data: {trials.distinct} ({trials.runs} runs)"


def _minute(time: JsonValue) -> str:
    """`2024-01-31T15:00:00Z` as `2024-01-31 15:00`, midnight as the date alone."""
    text = str(time)[:16].replace("T", " ")
    return text.removesuffix(" 00:00")


def _data_lines(result: BacktestResult) -> list[Text]:
    lines = []
    for quality in result.data_quality:
        gaps = quality["gaps"]
        holes = f"{gaps['count']} gaps ({gaps['missing_bars']} bars)" if isinstance(gaps, dict) else "gaps not measured"
        resampled = f" → {quality['resampled_to']}" if quality["resampled_to"] else ""
        lines.append(
            Text(
                f"{quality['symbol']}: {quality['rows']:,} bars of {quality['timeframe']}{resampled} from "
                f"{quality['source']}, {_minute(quality['first'])} to {_minute(quality['last'])}; {holes}, "
                f"{quality['duplicates_dropped']} duplicates dropped, {quality['widened_rows']} rows widened"
            )
        )
    return lines
