"""A script is data made code: no word of a strategy may become more than a comment, and the file must be clean."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.strategy.script.markets import adversarial, spec_for
from tests.strategy.script.proof import assert_match
from vibex.domain import Market, NotSupported, Timeframe
from vibex.strategy import parse_spec
from vibex.strategy.script import Target, write_script

Json = dict[str, Any]
BARS = adversarial(bars=400)
HOSTILE = [
    '"""\nimport os; os.system("x")\n"""',
    "'''; import os #",
    '\\""" + __import__(\'os\').getcwd() + """',
    "line\u2028import os\u2029import sys\x85import re",
    "\u202eimport os\u202c",
    "coding: utf-7 +ACI-",
    "type: ignore # noqa",
    "}}{spec.name}{0}%s" * 9,
]
TARGETS: tuple[Target, ...] = ("vectorbt", "pandas")
KNOWN_IMPORTS = {"math", "numpy as np", "pandas as pd", "talib as ta", "vectorbt as vbt"}


def _imports(text: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(text)):
        assert not isinstance(node, ast.ImportFrom)
        if isinstance(node, ast.Import):
            found |= {each.name + (f" as {each.asname}" if each.asname else "") for each in node.names}
    return found


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_change_nothing_but_comments(words: str, target: Target) -> None:
    plain = parse_spec(spec_for(BARS))
    name = "".join(each for each in words if each.isprintable()) or "x"
    text = words.replace("\x85", "")
    notes: Json = {"expected_conditions": text, "risk_assumptions": [text, text], "signal_frequency": text}
    notes["indicator_interpretation"] = {text: text}
    assumed = [{"field": name, "value": text, "reason": text}]
    hostile = parse_spec(spec_for(BARS, name=name, metadata=notes, assumptions=assumed))
    written = write_script(hostile, target=target)
    assert ast.dump(ast.parse(written)) == ast.dump(ast.parse(write_script(plain, target=target)))
    assert all(line.isprintable() for line in written.split("\n"))


@pytest.mark.parametrize("target", TARGETS)
def test_only_the_allowed_libraries_are_imported_and_vectorbt_only_inside_main(target: Target) -> None:
    indicators = [{"id": "vol", "name": "ROLLING_VOL"}, {"id": "trend", "name": "SUPERTREND"}]
    rule = {"left": "vol", "op": ">", "right": "trend.line"}
    text = write_script(parse_spec(spec_for(BARS, indicators=indicators, entry={"long": rule})), target=target)
    assert _imports(text) == KNOWN_IMPORTS - (set() if target == "vectorbt" else {"vectorbt as vbt"})
    top = [each.name for node in ast.parse(text).body if isinstance(node, ast.Import) for each in node.names]
    assert "vectorbt" not in top
    assert 'if __name__ == "__main__":\n    main()\n' in text


def test_indicator_ids_that_python_or_the_script_use_are_renamed(tmp_path: Path) -> None:
    words = "class np pd ta data params index signals orders print match finite open_ bars_4h closes closes_4h"
    names = [*words.split(), "entry_long", "long_entries", "label_4h", "close_4h", "day_1"]
    indicators = [
        {"id": name, "name": "SMA", "params": {"timeperiod": 3 + at}, "timeframe": "4h" if at % 2 else None}
        for at, name in enumerate(names)
    ]
    rule = {"any": [{"left": name, "op": "crosses_above", "right": "open"} for name in names]}
    assert_match(tmp_path, [(spec_for(BARS, indicators=indicators, entry={"long": rule}), BARS)])


def test_scripts_pass_the_default_rules_of_ruff(tmp_path: Path) -> None:
    indicators: list[Json] = [
        {"id": "macd", "name": "MACD"}, {"id": "cdl", "name": "CDLENGULFING"}, {"id": "top", "name": "PIVOT"},
        {"id": "week", "name": "EMA", "timeframe": "1w"}, {"id": "unused", "name": "RSI"},
        {"id": "day_so_far", "name": "SESSION"},
    ]  # fmt: skip
    rule = {"any": [{"left": name, "op": ">", "right": 1} for name in ("macd.hist", "cdl", "top.low", "week", "hl2")]}
    both = {"long": {"all": [rule, {"clock": ["09:00", "12:00"], "zone": "UTC"}]}, "short": {"not": rule}}
    managed: Json = {
        "session_exit_minutes": 15,
        "stop_loss": {"type": "atr", "value": 2},
        "trailing_stop": {"long": {"type": "percent", "value": 1}, "short": None},
        "sizing": {"long": {"type": "fixed_notional", "value": 10}, "short": {"type": "risk_percent", "value": 1}},
    }
    for target in TARGETS:
        variants: list[Json] = [{}, {"entry": both}, {"entry": {"short": rule}}, {"entry": both} | managed]
        for number, more in enumerate(variants):
            spec = parse_spec(spec_for(BARS, indicators=indicators, **more))
            (tmp_path / f"{target}_{number}.py").write_text(write_script(spec, target=target))
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_the_pandas_report_runs_from_a_csv_file_without_a_warning(tmp_path: Path) -> None:
    spec = parse_spec(spec_for(BARS, stop_loss={"type": "percent", "value": 2}))
    (tmp_path / "strategy.py").write_text(write_script(spec, target="pandas"))
    rows = zip(BARS.open_time, BARS.open, BARS.high, BARS.low, BARS.close, strict=True)
    lines = ["Timestamp,Open,High,Low,Close", *(",".join(str(each) for each in row) for row in rows)]
    (tmp_path / "ETH_USDT_1h.csv").write_text("\n".join(lines))
    ran = subprocess.run(
        [sys.executable, "-W", "error", "strategy.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert f"{len(BARS)} bars, 2024-03-01" in ran.stdout


CRYPTO = spec_for(BARS)
US_HOUR = spec_for(adversarial(Market.US_EQUITY, Timeframe.H1, bars=400), "us_equity")
US_MINUTE = US_HOUR | {"timeframe": "15m"}
RULE = {"left": "x", "op": ">", "right": 1}


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (CRYPTO | {"indicators": [{"id": "x", "name": "PRICE", "symbol": "BTC/USDT"}], "entry": {"long": RULE}},
         "indicators"),
        (CRYPTO | {"archetype": "pairs", "symbols": ["ETH/USDT", "BTC/USDT"], "entry": {"long": RULE},
                   "indicators": [{"id": "x", "name": "RATIO"}]}, "archetype"),
        (CRYPTO | {"exit": {"long": {"left": "bars_since_entry", "op": ">", "right": 3}}}, "bars_since_entry"),
        (CRYPTO | {"exit": {"long": {"left": {"ref": "high", "since_entry": "max"}, "op": ">", "right": 3}}}, "high"),
        (US_HOUR | {"indicators": [{"id": "x", "name": "RSI", "timeframe": "1d"}], "entry": {"long": RULE}},
         "indicators"),
        (US_HOUR | {"entry": {"long": {"clock": ["10:00", "11:00"], "zone": "UTC"}}}, "a clock condition"),
        (US_MINUTE | {"session_exit_minutes": 15}, "session_exit_minutes"),
        *[(US_MINUTE | {"entry": {"long": {"left": name, "op": ">", "right": 1}}}, name)
          for name in ("minutes_to_close", "session_bar", "week_session", "month_session", "month_sessions_left")],
        (US_HOUR | {"timeframe": "1w", "entry": {"long": {"left": "weekday", "op": ">", "right": 1}}}, "weekday"),
    ],
)  # fmt: skip
def test_what_a_script_cannot_do_exactly_is_refused_by_name(raw: Json, field: str) -> None:
    with pytest.raises(NotSupported) as refusal:
        write_script(parse_spec(raw), target="vectorbt")
    assert field in (refusal.value.field or "")
    assert refusal.value.remedy


def test_main_with_vectorbt_runs(tmp_path: Path) -> None:
    pytest.importorskip("vectorbt", reason="vectorbt is not installed; it is no dependency of this product")
    spec = parse_spec(spec_for(BARS, stop_loss={"type": "atr", "value": 2}))
    (tmp_path / "strategy.py").write_text(write_script(spec, target="vectorbt"))
    rows = zip(BARS.open_time, BARS.open, BARS.high, BARS.low, BARS.close, strict=True)
    lines = ["timestamp,open,high,low,close", *(",".join(str(each) for each in row) for row in rows)]
    (tmp_path / "ETH_USDT_1h.csv").write_text("\n".join(lines))
    ran = subprocess.run([sys.executable, "strategy.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "Total Trades" in ran.stdout
