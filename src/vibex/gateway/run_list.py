"""The page that a user sees first: every finished backtest in one table, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from vibex.gateway.page import Markup, page, tag
from vibex.store import Run

UNKNOWN = "–"

_COLUMNS = (
    ("Strategy", "text"),
    ("Symbols", "text"),
    ("Bars", "text"),
    ("Period", "text"),
    ("Total return", ""),
    ("Max drawdown", ""),
    ("Sharpe", ""),
    ("Trades", ""),
    ("Created (UTC)", "text"),
    ("Files", "text"),
)


def render_run_list(runs: Sequence[Run], more: bool) -> Markup:
    """`more`: there are older runs than these."""
    if not runs:
        return page("vibex – backtests", tag("h1", "Backtests"), _empty())
    simulated = sum(run.simulated for run in runs)
    shown = f"the newest {len(runs)}; /?limit=1000 shows more" if more else f"{len(runs)}, newest first"
    content = [tag("h1", "Backtests ", tag("small", shown))]
    if simulated:
        which = "All of these runs use" if simulated == len(runs) else f"{simulated} of these runs use"
        content.append(
            tag(
                "p",
                tag("strong", "SIMULATED: "),
                f"{which} prices that vibex generated. They show how a result reads and say nothing about any market.",
                class_="banner",
            )
        )
    head = tag("thead", tag("tr", *(tag("th", name, class_=kind, scope="col") for name, kind in _COLUMNS)))
    table = tag("table", head, tag("tbody", *(_row(run) for run in runs)))
    return page("vibex – backtests", *content, tag("div", table, class_="card scroll"), _own_run())


def _row(run: Run) -> Markup:
    stats = run.summary_stats
    total, drawdown = stats.get("total_return_pct"), stats.get("max_drawdown_pct")
    badge = tag("span", "SIMULATED", class_="badge", title="generated prices, not a market") if run.simulated else ""
    files = [
        tag("a", label, href=f"/runs/{run.id}/{name}")
        for label, name in (("JSON", "result.json"), ("trades", "trades.csv"), ("equity", "equity.csv"))
    ]
    return tag(
        "tr",
        tag("td", tag("a", run.strategy_name, href=f"/runs/{run.id}/report.html"), " ", badge, class_="text name"),
        tag("td", ", ".join(run.symbols), class_="text symbols"),
        tag("td", run.timeframe, class_="text"),
        tag(
            "td", f"{_day(run.period_start)} to {_day(run.period_end)}" if run.period_start else UNKNOWN, class_="text"
        ),
        tag("td", _percent(total), class_=_gain_or_loss(total)),
        tag("td", _percent(drawdown)),
        tag("td", _number(stats.get("sharpe"), 2)),
        tag("td", _number(stats.get("trades"), 0)),
        tag("td", f"{run.created_at.astimezone(UTC):%Y-%m-%d %H:%M}", class_="text"),
        tag("td", *(part for link in files for part in (link, " ")), class_="text files"),
    )


def _empty() -> Markup:
    return tag(
        "div",
        tag("p", tag("strong", "No backtest has been run yet.")),
        tag("p", "Run one in a terminal; it appears here when this page is loaded again:"),
        tag("pre", "vibex backtest --spec strategy.json --data prices.csv --save"),
        tag("p", "vibex up runs the sample strategies on generated prices.", class_="quiet"),
        class_="card",
    )


def _own_run() -> Markup:
    return tag(
        "p",
        "A backtest of your own appears here when this page is loaded again: ",
        tag("code", "vibex backtest --spec strategy.json --data prices.csv --save"),
        class_="quiet",
    )


def _percent(value: JsonValue) -> str:
    return f"{value:+,.2f} %".replace("-", "−") if _is_number(value) else UNKNOWN


def _number(value: JsonValue, digits: int) -> str:
    return f"{value:,.{digits}f}".replace("-", "−") if _is_number(value) else UNKNOWN


def _gain_or_loss(value: JsonValue) -> str:
    if not isinstance(value, int | float) or value == 0:
        return ""
    return "gain" if value > 0 else "loss"


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _day(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d}" if time else UNKNOWN
