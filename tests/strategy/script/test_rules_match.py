"""Operands, operators, condition forms, calendar and random strategies: the script's signals are the evaluation's."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from tests.strategy.script.markets import adversarial, spec_for
from tests.strategy.script.proof import assert_match
from vibex.domain import Bars, Market, NotSupported, Timeframe
from vibex.market import read_bars
from vibex.strategy import parse_spec
from vibex.strategy.script import write_script
from vibex.testing.random_specs import random_spec

Json = dict[str, Any]
INDICATORS: list[Json] = [
    {"id": "rsi", "name": "RSI", "params": {"timeperiod": 7}},
    {"id": "sma", "name": "SMA", "params": {"timeperiod": 9}},
    {"id": "late", "name": "SMA", "params": {"timeperiod": 50}},
    {"id": "hour4", "name": "EMA", "params": {"timeperiod": 5}, "timeframe": "4h"},
    {"id": "since", "name": "BARS_SINCE", "params": {"lookback": 8}, "when": {"left": "rsi", "op": "<", "right": 30}},
]
UP: Json = {"left": "close", "op": ">", "right": "sma"}
LATE: Json = {"left": "close", "op": ">", "right": "late"}
LOW: Json = {"left": "rsi", "op": "<=", "right": 45}
OPERANDS: list[object] = [
    "close", "volume", "hl2", "hlc3", "ohlc4", "rsi", "hour4", "since",
    {"ref": "close", "shift": 2}, {"ref": "sma", "times": 1.01}, {"ref": "hour4", "shift": 3, "times": 0.99},
    {"ref": "volume", "times": 1e308}, {"ref": "since", "times": 2},
    {"add": ["open", "close", -1.5]}, {"sub": ["close", "sma"]}, {"mul": ["close", "close", 1e305]},
    {"div": [{"sub": ["close", "low"]}, {"sub": ["high", "low"]}]}, {"div": ["close", "volume"]},
    {"min": ["close", "late", 90]}, {"max": [100, "sma", {"ref": "close", "shift": 1}]},
    {"abs": {"sub": ["rsi", 50]}}, {"add": ["since", 1]}, {"abs": {"div": [1, 0]}}, {"sub": [3, 1.5]},
]  # fmt: skip


def _with(bars: Bars, condition: Json, market: str = "crypto", **more: object) -> Json:
    return spec_for(
        bars, market, indicators=INDICATORS if market == "crypto" else INDICATORS[:3],
        entry={"long": condition, "short": {"not": condition}}, name=str(condition)[:150], **more,
    )  # fmt: skip


def test_every_operand_matches_under_every_operator_and_its_opposite(tmp_path: Path) -> None:
    bars = adversarial()
    pairs = itertools.product(OPERANDS, [">", ">=", "<", "<=", "==", "crosses_above", "crosses_below"])
    rights = itertools.cycle(["close", 95, "sma", {"ref": "close", "shift": 1}, 0.5, "late"])
    rules = [{"left": left, "op": op, "right": right} for (left, op), right in zip(pairs, rights, strict=False)]
    rules += [{"left": left, "op": op, "right": n} for left in OPERANDS for op in ("rising", "falling") for n in (1, 3)]
    rules += [{"left": 30, "op": op, "right": "rsi"} for op in (">", "<=", "==", "crosses_above", "crosses_below")]
    rules += [{"left": 2, "op": op, "right": 1} for op in (">", "<", "==", "crosses_above", "crosses_below")]
    rules += [{"left": 7, "op": "rising", "right": 2}]
    assert_match(tmp_path, [(_with(bars, rule), bars) for rule in rules])


def test_every_condition_form_matches_also_where_values_are_missing(tmp_path: Path) -> None:
    bars = adversarial(seed=3)
    forms: list[Json] = [
        {"all": [UP, LATE, LOW]}, {"any": [UP, LATE]}, {"any": [{"not": LATE}, {"all": [LOW]}]},
        {"not": {"all": [LATE, UP]}}, {"not": {"any": [LATE, LOW]}}, {"not": {"not": LATE}},
        {"within": 5, "of": LOW}, {"within": 5, "of": {"not": LATE}, "times": 3},
        {"within": 60, "of": LATE, "times": 9},
        {"for": 3, "of": UP}, {"for": 55, "of": {"not": {"left": "late", "op": "==", "right": 1}}},
        {"for": 1, "of": LATE},
        {"at_least": 2, "of": [UP, LATE, LOW]}, {"at_least": 1, "of": [LATE]}, {"at_least": 3, "of": [UP, LATE, LOW]},
        {"within": 4, "of": {"at_least": 2, "of": [{"for": 2, "of": LOW}, UP, {"not": LATE}]}},
        {"clock": ["09:30", "16:00"], "zone": "America/New_York"},
        {"clock": ["22:00", "06:30"], "zone": "Europe/London"},
        {"clock": ["00:00", "24:00"], "zone": "UTC"}, {"clock": ["23:00", "00:00"], "zone": "Australia/Lord_Howe"},
        {"dates": ["2024-03-10", "2024-03-20"]}, {"dates": [None, "2024-03-31"]},
        {"dates": ["0001-01-01", "9999-12-31"]},
    ]  # fmt: skip
    assert_match(tmp_path, [(_with(bars, form), bars) for form in forms])


SESSIONS: list[Json | None] = [
    None,
    {"zone": "America/New_York", "open": "09:30", "close": "16:00"},
    {"zone": "America/New_York", "open": "18:00", "close": "17:00"},
    {"zone": "Europe/London", "open": "01:30", "close": "24:00"},
    {"zone": "America/New_York", "open": "04:00", "close": "03:00"},  # the clocks change between the two
    {"zone": "Asia/Kolkata", "open": "00:00", "close": "24:00"},
]


def test_every_calendar_reference_and_session_indicator_matches_in_crypto(tmp_path: Path) -> None:
    cases = []
    of_day: list[Json] = [
        {"id": "day_so_far", "name": "SESSION"},
        {"id": "range", "name": "OPENING_RANGE", "params": {"minutes": 120}},
        {"id": "vwap", "name": "VWAP"},
    ]
    for timeframe in (Timeframe.M30, Timeframe.H1, Timeframe.H4, Timeframe.D1, Timeframe.W1):
        bars = adversarial(timeframe=timeframe, bars=600 if timeframe.is_intraday else 350)
        names = ["weekday", "day", "month", "session_bar", "week_session", "month_session", "month_sessions_left"]
        lines = ["day_so_far.high", "day_so_far.prev_close", "day_so_far.open", "vwap"]
        if timeframe.is_intraday:
            names += ["minutes_since_open", "minutes_to_close"]
            lines += ["range.high", "range.low"]
        for session in SESSIONS if timeframe is Timeframe.H1 else SESSIONS[:4:2]:
            indicators = of_day if timeframe.is_intraday else [of_day[0], of_day[2]]
            rules: list[Json] = [{"left": name, "op": op, "right": n} for name in names for op, n in _steps(name)]
            rules += [{"left": "close", "op": ">", "right": line} for line in lines]
            specs = [
                spec_for(bars, entry={"long": rule, "short": {"not": rule}}, session=session, indicators=indicators)
                for rule in rules
            ]
            for minutes in (15, 240) if timeframe.is_intraday else ():
                specs.append(spec_for(bars, session=session, session_exit_minutes=minutes))
            cases += [(spec, bars) for spec in specs]
    assert_match(tmp_path, cases)


def _steps(name: str) -> list[tuple[str, float]]:
    if name.startswith("minutes"):
        return [(">", 90), ("<=", 1000), ("==", 180)]
    return [(">", 2), ("==", 1), ("rising", 1)]


@pytest.mark.parametrize(("market", "zone"), [("us_equity", "America/New_York"), ("hk_equity", "Asia/Hong_Kong")])
def test_what_an_exchange_lets_a_script_know_matches(tmp_path: Path, market: str, zone: str) -> None:
    cases: list[tuple[Json, Bars]] = []
    for timeframe in (Timeframe.M30, Timeframe.H1, Timeframe.D1):
        bars = adversarial(Market(market), timeframe, bars=700)
        rules: list[Json] = [{"left": name, "op": ">", "right": 2} for name in ("weekday", "day", "month")]
        rules += [
            {"dates": ["2024-03-08", "2024-04-02"]},
            {"left": "close", "op": ">", "right": "day_so_far.prev_high"},
        ]
        rules += [{"left": "close", "op": ">", "right": "vwap"}, {"left": "vol", "op": ">", "right": 20}]
        indicators: list[Json] = [
            {"id": "day_so_far", "name": "SESSION"}, {"id": "vwap", "name": "VWAP"},
            {"id": "vol", "name": "ROLLING_VOL"},
        ]  # fmt: skip
        if timeframe is Timeframe.M30:
            indicators.append({"id": "range", "name": "OPENING_RANGE", "params": {"minutes": 60}})
            rules += [{"left": "minutes_since_open", "op": ">", "right": n} for n in (0, 60, 200)]
            rules += [{"left": "close", "op": ">", "right": "range.high"}, {"clock": ["10:00", "15:30"], "zone": zone}]
        cases += [
            (spec_for(bars, market, entry={"long": rule, "short": {"not": rule}}, indicators=indicators), bars)
            for rule in rules
        ]
    assert_match(tmp_path, cases)


def test_random_strategies_match_on_adversarial_and_real_bars(tmp_path: Path, shared_data: Path) -> None:
    real = read_bars(shared_data / "crypto_ETH-USDT_1h.parquet", symbol="ETH/USDT").bars.rows(5000, 6500)
    rng, cases = random.Random(7), list[tuple[Json, Bars]]()
    for number in range(140):
        bars = real if number % 3 == 0 else adversarial(seed=number % 5)
        raw = random_spec(rng, runnable=True, market="crypto", symbols=["ETH/USDT"], timeframe="1h")
        cases.append((raw, bars))
    assert_match(tmp_path, cases)


def test_random_equity_strategies_match_or_are_refused_by_name(tmp_path: Path) -> None:
    rng, cases, refused = random.Random(11), list[tuple[Json, Bars]](), 0
    bars = {name: adversarial(Market.US_EQUITY, Timeframe(name), bars=500) for name in ("15m", "30m", "1h", "1d")}
    for number in range(80):
        timeframe = list(bars)[number % 4]
        raw = random_spec(rng, runnable=True, market="us_equity", symbols=["SPY"], timeframe=timeframe)
        try:
            write_script(parse_spec(raw), target="pandas")
        except NotSupported:
            refused += 1
        else:
            cases.append((raw, bars[timeframe]))
    assert len(cases) >= 20
    assert refused >= 5
    assert_match(tmp_path, cases)
