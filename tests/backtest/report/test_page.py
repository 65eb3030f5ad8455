"""The page is whole, asks nothing of a network, and data in it stays data."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vibex.backtest.report import ReportBars, render_report
from vibex.backtest.report.html import SCRIPTS
from vibex.backtest.report.payload import MAX_CANDLES, MAX_POINTS, MAX_TRADES
from vibex.domain import InvalidInput

HOUR = 3_600_000
START = 1_704_067_200_000
HOSTILE = "<script>alert(1)</script></script><!-- {{script}} & \u2028 '\""
TEXT_OF_ASSETS = {name: (files("vibex.backtest.report") / "assets" / name).read_text("utf-8") for name in SCRIPTS}


class Page(HTMLParser):
    """Elements and inline texts of a page, read the way a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: dict[str, list[str]] = {"script": [], "style": [], "title": []}
        self._open: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in self.inline:
            self._open = tag
            self.inline[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inline[self._open][-1] += data

    @property
    def embedded(self) -> dict[str, Any]:
        return json.loads(self.inline["script"][0])  # type: ignore[no-any-return]

    @property
    def policy(self) -> str:
        return next(a["content"] or "" for _, a in self.tags if a.get("http-equiv") == "Content-Security-Policy")


def bars(count: int, symbol: str = "BTC/USDT") -> ReportBars:
    close = 100 + np.sin(np.arange(count) / 50) * 10
    return ReportBars(
        symbol=symbol,
        timestamps=START + np.arange(count, dtype=np.int64) * HOUR,
        open=close,
        high=close + 1,
        low=close - 1,
        close=close,
    )


def trade(number: int, reason: str = "signal") -> dict[str, object]:
    return {
        "symbol": "BTC/USDT",
        "side": "long",
        "entry_time": "2024-01-01T05:00:00Z",
        "entry_price": 100.0,
        "exit_time": "2024-01-01T09:00:00Z",
        "exit_price": 101.0,
        "quantity": 1.0,
        "pnl": float(number),
        "fees": 0.1,
        "reason": reason,
    }


def result(count: int = 10, **changes: object) -> dict[str, object]:
    times = [START + n * HOUR for n in range(count)]
    made: dict[str, object] = {
        "run_id": "run-1",
        "spec": {"name": "Trend", "symbols": ["BTC/USDT"]},
        "summary_stats": {"trades": 2, "sharpe": None, "currency": "USDT", "skipped": {"no_free_cash": 1}},
        "trade_log": [trade(1), trade(2, "end_of_data")],
        "equity_curve": [{"timestamp": t, "equity": 1000.0 + n % 7} for n, t in enumerate(times)],
        "drawdown_series": [{"timestamp": t, "drawdown_pct": -(n % 5) / 2} for n, t in enumerate(times)],
        "returns_series": [{"timestamp": "2024-01-01T00:00:00Z", "return_pct": 0.1}],
        "monthly_returns": [{"month": "2024-01", "return_pct": 0.1}],
        "benchmark_vs_strategy": {
            "benchmark": "Buy and hold",
            "total_return_pct": 1.0,
            "curve": [{"timestamp": t, "equity": 1000.0} for t in times],
        },
        "warnings": [{"code": "funding", "message": "Funding is not modelled."}],
        "data_quality": [{"symbol": "BTC/USDT", "rows": count, "simulated": True}],
    }
    return made | changes


def test_the_page_asks_nothing_of_a_network() -> None:
    text = render_report(result(), [bars(10)])
    page = Page(text)
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(|import\s*\(|fetch\(|XMLHttpRequest|WebSocket", text)
    assert not [a for _, a in page.tags if {"src", "srcset", "action", "data"} & set(a)]
    assert {a["href"] for tag, a in page.tags if "href" in a} == {"#numbers"}


def test_the_policy_allows_only_this_style_and_this_script() -> None:
    page = Page(render_report(result(), [bars(10)]))

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert page.policy.split("; ") == [
        "default-src 'none'",
        f"script-src {hashed(page.inline['script'][1])}",
        f"style-src {hashed(page.inline['style'][0])}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_hostile_text_stays_text() -> None:
    hostile = result(
        spec={"name": HOSTILE, "symbols": [HOSTILE]},
        warnings=[{"code": HOSTILE, "message": HOSTILE}],
        trade_log=[trade(1) | {"symbol": HOSTILE, "reason": HOSTILE}],
        run_id=HOSTILE,
    )
    text = render_report(hostile, [bars(3, HOSTILE)])
    page = Page(text)
    assert "<script>alert" not in text
    assert len(page.inline["script"]) == 2
    assert page.inline["title"] == [f"{HOSTILE} – backtest report"]
    assert page.embedded["result"]["spec"]["name"] == HOSTILE
    assert page.embedded["candles"][0]["symbol"] == HOSTILE
    assert page.inline["script"][1] == Page(render_report(result(), [])).inline["script"][1]


def test_no_script_turns_text_into_markup_or_code() -> None:
    for name, text in TEXT_OF_ASSETS.items():
        found = re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|</script", text
        )
        assert found is None, name


def test_the_embedded_result_reads_back_as_it_went_in() -> None:
    given = result()
    embedded = Page(render_report(given, [bars(10)])).embedded
    series = {"equity_curve", "drawdown_series", "returns_series", "benchmark_vs_strategy"}
    assert {k: v for k, v in embedded["result"].items() if k not in series} == {
        k: v for k, v in given.items() if k not in series
    }
    assert embedded["series"]["equity_curve"]["v"] == [1000.0 + n % 7 for n in range(10)]
    assert embedded["series"]["equity_curve"]["t"] == [START + n * HOUR for n in range(10)]
    assert embedded["series"]["returns_series"] == {"t": [START], "v": [0.1], "total": 1}
    assert embedded["result"]["benchmark_vs_strategy"] == {"benchmark": "Buy and hold", "total_return_pct": 1.0}


def test_long_series_are_thinned_and_the_page_knows_of_how_many() -> None:
    count = 3 * MAX_POINTS
    embedded = Page(render_report(result(count), [bars(count)])).embedded
    for name in ("equity_curve", "drawdown_series", "benchmark"):
        columns = embedded["series"][name]
        assert len(columns["t"]) == len(columns["v"]) <= MAX_POINTS
        assert columns["total"] == count
    candles = embedded["candles"][0]
    assert len(candles["t"]) <= MAX_CANDLES
    assert (candles["bars"], candles["bars_per_candle"], candles["bar_ms"]) == (count, 4, HOUR)


def test_a_cut_trade_log_keeps_the_latest_and_says_the_total() -> None:
    log = [trade(n) for n in range(MAX_TRADES + 5)] + [trade(-1, "end_of_data")]
    embedded = Page(render_report(result(trade_log=log), [])).embedded
    assert embedded["trades_total"] == MAX_TRADES + 6
    assert len(embedded["result"]["trade_log"]) == MAX_TRADES
    assert embedded["result"]["trade_log"][-1]["reason"] == "end_of_data"


@pytest.mark.parametrize(
    ("given", "drawn"), [(result(trade_log=[]), [bars(10)]), (result(1), [bars(1)]), ({}, []), (result(0), [bars(0)])]
)
def test_little_data_still_makes_a_page(given: dict[str, object], drawn: list[ReportBars]) -> None:
    embedded = Page(render_report(given, drawn)).embedded
    assert len(embedded["candles"]) == sum(b.timestamps.size > 0 for b in drawn)
    assert embedded["trades_total"] == len(embedded["result"]["trade_log"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"summary_stats": {"sharpe": float("nan")}}, "result"),
        ({"equity_curve": [{"timestamp": START}]}, "equity_curve"),
        ({"equity_curve": [{"timestamp": "yesterday", "equity": 1.0}]}, "equity_curve"),
        ({"trade_log": "none"}, "trade_log"),
    ],
)
def test_a_malformed_result_is_refused_by_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        render_report(result() | changes, [])
    assert error.value.field == field


def test_bar_columns_of_different_length_are_refused() -> None:
    good = bars(3)
    with pytest.raises(InvalidInput, match="differ in length"):
        ReportBars(
            symbol="X", timestamps=good.timestamps[:2], open=good.open, high=good.high, low=good.low, close=good.close
        )


NODE_CHECKS = """
console.log(JSON.stringify([
  formatPercent(null), formatMoney(undefined, "USDT"), formatNumber(NaN), formatMoney(1234567.891, "USDT"),
  formatPercent(-3.456), formatPercent(3.456, true), formatPrice(0.000012345), formatPrice(64444),
  formatTime("2024-01-05T12:30:00Z"), formatDuration(93600), csvCell('=1+"2"'), csvCell(-1.5), csvCell(null),
  rowAt([10, 20, 30], 20), rowAt([10, 20], 5), valueTicks(-1, 1, 4).ticks,
  timeTicks(Date.UTC(2024, 0, 10), Date.UTC(2024, 5, 10), 5).map((tick) => tick.text),
  JSON.parse(readableJson({ a: [1, { b: "x\\": y" }], c: "z".repeat(120) })),
]));
"""


def test_undefined_is_a_dash_and_money_is_grouped() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node to run the page's scripts with")
    pure = [TEXT_OF_ASSETS[name] for name in ("format.js", "viewport.js", "axes.js", "details.js")]
    done = subprocess.run(
        [node, "-"], input="\n".join([*pure, NODE_CHECKS]), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [
        *("–", "–", "–", "1,234,567.89 USDT"),
        *("−3.46 %", "+3.46 %", "0.000012345", "64,444.00"),
        *("2024-01-05 12:30", "1 d 2 h", '"\'=1+""2"""', "-1.5", ""),
        *(1, -1, [-1, -0.5, 0, 0.5, 1]),
        ["2024-02", "2024-03", "2024-04", "2024-05", "2024-06"],
        {"a": [1, {"b": 'x": y'}], "c": "z" * 120},
    ]


@pytest.mark.proof
def test_a_browser_builds_the_page_without_running_its_data(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium to open the page with")
    file = tmp_path / "report.html"
    given = result(300, spec={"name": "<img src=x onerror=document.body.remove()>", "symbols": ["BTC/USDT"]})
    file.write_text(render_report(given, [bars(300)]), "utf-8")
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    quiet = ["--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}"]
    command = [browser, *flags, *quiet, "--virtual-time-budget=2000", "--dump-dom", file.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    assert "<h1>&lt;img src=x onerror=document.body.remove()&gt;</h1>" in dom
    assert "SIMULATED DATA: BTC/USDT" in dom
    assert dom.count("<canvas") == 3
    assert "open at the end" in dom
    assert re.search(r"<dt>Sharpe</dt><dd[^>]*>–</dd>", dom)
