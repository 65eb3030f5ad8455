"""Puts template, styles, scripts and data together into one page that asks nothing of any server.

Text from the result reaches the page in two places only: the title, HTML-escaped, and a JSON block in which no
character can end the block; the scripts write it with `textContent`. The content security policy then allows
exactly this page's style and script, by hash, and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from vibex.backtest.report.payload import ReportBars, report_payload
from vibex.domain.errors import InvalidInput

# One module in the page; later files use what earlier ones define.
SCRIPTS = (
    "format.js",
    "elements.js",
    "viewport.js",
    "axes.js",
    "pane.js",
    "price_pane.js",
    "curve_panes.js",
    "charts.js",
    "summary.js",
    "heat_map.js",
    "trades.js",
    "details.js",
    "page.js",
)


def render_report(result_json: Mapping[str, object], bars: Sequence[ReportBars]) -> str:
    """The whole page as text, UTF-8 when written.

    `result_json` is the backtest result as its JSON has it; `bars` the tested symbols' bars, drawn as candles.
    Long series are thinned for drawing and the page says so. Raises InvalidInput when the result is not JSON
    (NaN included) or a series is malformed.
    """
    spec = result_json.get("spec")
    name = str(spec.get("name", "")) if isinstance(spec, Mapping) else ""
    script, style = _script(), _asset("report.css")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )
    parts = {
        "title": escape(f"{name or 'Strategy'} – backtest report"),
        "policy": escape(policy),
        "style": style,
        "script": script,
        "data": _embedded(report_payload(result_json, bars)),
    }
    # One pass, so that braces inside the data are left as they are.
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _asset("report.html"))


def _embedded(payload: Mapping[str, object]) -> str:
    """JSON that is safe inside a script element: no markup character survives unescaped."""
    try:
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"the result is not JSON: {error}", field="result", remedy="write unknown as null"
        ) from error
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _hash(inline: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


@cache
def _script() -> str:
    return "\n".join(_asset(name) for name in SCRIPTS)


@cache
def _asset(name: str) -> str:
    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")
