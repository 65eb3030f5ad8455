"""Gaps are filled from one table; what was said is never touched."""

from __future__ import annotations

import copy
import random
from typing import Any, get_args

import pytest

from vibex.strategy import parse_spec
from vibex.strategy.draft import Language
from vibex.strategy.drafting import DEFAULTS, fill, infer_archetype
from vibex.testing.random_specs import random_spec

from .readings import OVERSOLD, RSI, Json, partial


def assumed(content: Json, *refused: str) -> dict[str, object]:
    _, made = fill(content, frozenset(refused))
    return {str(each["field"]): each["value"] for each in made}


def test_all_that_is_not_said_is_filled_and_listed() -> None:
    spec, made = fill(partial())
    assert {each["field"]: each["value"] for each in made} == {
        "market": "crypto",
        "timeframe": "1h",
        "archetype": "mean_reversion",
        "stop_loss": {"type": "atr", "value": 2},
        "sizing": {"type": "risk_percent", "value": 1, "cap_percent": 100},
        "name": "Mean reversion · BTC/USDT · 1h",
    }
    parsed = parse_spec(spec)
    assert [each.field for each in parsed.assumptions] == [each["field"] for each in made]
    assert all(each.reason for each in parsed.assumptions)


def test_a_take_profit_is_never_assumed() -> None:
    assert "take_profit" not in fill(partial())[0]
    assert "take_profit" not in {default.field for default in DEFAULTS}


@pytest.mark.parametrize(
    ("symbol", "market", "timeframe"),
    [
        ("BTC/USDT", "crypto", "1h"),
        ("AAPL", "us_equity", "1d"),
        ("BRK.B", "us_equity", "1d"),
        ("0700.HK", "hk_equity", "1d"),
    ],
)
def test_market_and_timeframe_follow_the_assets(symbol: str, market: str, timeframe: str) -> None:
    made = assumed(partial(symbols=[symbol]))
    assert (made["market"], made["timeframe"]) == (market, timeframe)


def test_rules_with_times_of_the_day_get_bars_inside_the_day() -> None:
    inside = {"all": [OVERSOLD, {"clock": ["09:30", "11:30"], "zone": "America/New_York"}]}
    assert assumed(partial(symbols=["AAPL"], entry={"long": inside}))["timeframe"] == "15m"
    assert assumed(partial(symbols=["AAPL"], session_exit_minutes=15))["timeframe"] == "15m"


def test_a_refused_stop_is_not_filled_and_the_size_is_a_share() -> None:
    made = assumed(partial(), "stop_loss")
    assert "stop_loss" not in made
    assert made["sizing"] == {"type": "fixed_percent", "value": 10}


def test_a_share_without_stop_leaves_margin_for_every_symbol() -> None:
    many = [f"C{n}/USDT" for n in range(40)]
    spec, _ = fill(partial(symbols=many), frozenset({"stop_loss"}))
    sizing = spec["sizing"]
    assert isinstance(sizing, dict)
    assert isinstance(sizing["value"], float)
    assert sizing["value"] * len(many) <= 100


def test_a_trailing_stop_is_a_stop_and_measures_the_risk() -> None:
    made = assumed(partial(trailing_stop={"type": "percent", "value": 3}))
    assert "stop_loss" not in made
    assert made["sizing"] == {"type": "risk_percent", "value": 1, "cap_percent": 100}


def test_a_side_without_stop_is_not_sized_by_its_risk() -> None:
    both = {"long": OVERSOLD, "short": {"left": "rsi_14", "op": "crosses_above", "right": 70}}
    spec, made = fill(partial("exit", entry=both, stop_loss={"long": {"type": "percent", "value": 2}, "short": None}))
    assert [each["value"] for each in made if each["field"] == "sizing"] == [{"type": "fixed_percent", "value": 10}]
    parse_spec(spec)


@pytest.mark.parametrize("seed", range(40))
def test_what_was_said_is_never_overwritten(seed: int) -> None:
    rng = random.Random(seed)
    whole: dict[str, Any] = random_spec(rng, runnable=False)
    kept = {key: value for key, value in whole.items() if key in ("entry", "symbols") or rng.random() < 0.6}
    before = copy.deepcopy(kept)
    spec, made = fill(kept)
    assert kept == before
    for key, value in kept.items():
        if key == "assumptions":
            assert spec[key] == [*value, *made]
        elif value is not None:
            assert spec[key] == value
    filled = {str(each["field"]) for each in made}
    assert not filled & {key for key, value in kept.items() if value is not None}


def test_filling_twice_fills_nothing_more() -> None:
    spec, _ = fill(partial())
    assert fill(spec)[1] == ()


def test_every_default_has_its_reason_in_every_language() -> None:
    for default in DEFAULTS:
        assert set(default.reason) == set(get_args(Language))
    _, made = fill(partial(), language="zh-Hant")
    assert "止蝕" in str(next(each["reason"] for each in made if each["field"] == "stop_loss"))


def compare(left: object, op: str, right: object) -> Json:
    return {"left": left, "op": op, "right": right}


@pytest.mark.parametrize(
    ("indicators", "entry", "archetype"),
    [
        ([RSI], {"long": compare("rsi_14", "<", 30)}, "mean_reversion"),
        ([RSI], {"short": compare("rsi_14", ">", 70)}, "mean_reversion"),
        ([RSI], {"long": compare("rsi_14", "crosses_above", 60)}, "momentum"),
        ([{"id": "w", "name": "WILLR"}], {"long": compare("w", "<", -80)}, "mean_reversion"),
        ([{"id": "d", "name": "DONCHIAN"}], {"long": compare("close", ">", "d.upper")}, "breakout"),
        ([{"id": "d", "name": "DONCHIAN"}], {"short": compare("close", "<", "d.lower")}, "breakout"),
        ([{"id": "b", "name": "BBANDS"}], {"long": compare("close", "<", "b.lower")}, "mean_reversion"),
        ([{"id": "b", "name": "BBANDS"}], {"long": compare("close", "crosses_above", "b.upper")}, "breakout"),
        (
            [{"id": "f", "name": "EMA"}, {"id": "s", "name": "SMA"}],
            {"long": compare("f", "crosses_above", "s")},
            "trend_following",
        ),
        ([{"id": "m", "name": "MACD"}], {"long": compare("m.macd", "crosses_above", "m.signal")}, "momentum"),
        ([{"id": "a", "name": "ATR"}], {"long": compare("a", "rising", 3)}, "volatility"),
        ([{"id": "r", "name": "RATIO"}, {"id": "z", "name": "ZSCORE"}], {"long": compare("z", "<", -2)}, "pairs"),
        ([], {"long": compare("close", ">", "open")}, "custom"),
    ],
)
def test_the_family_follows_from_the_entry(indicators: list[Json], entry: Json, archetype: str) -> None:
    rules: Json = {"indicators": indicators, "entry": entry}
    assert infer_archetype(rules) == archetype


@pytest.mark.parametrize("odd", [{}, {"entry": None}, {"entry": []}, {"indicators": 3, "entry": {"long": "x"}}])
def test_the_family_of_anything_is_told(odd: Json) -> None:
    assert infer_archetype(odd) == "custom"
