"""Every exit and every sizing: what `orders` of a script gives is what the engine gives at the same fill."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np

from tests.strategy.script.markets import adversarial, spec_for
from tests.strategy.script.proof import assert_match
from vibex.backtest import RunSettings, run
from vibex.backtest.compile import compile_plan
from vibex.backtest.engine.levels import EntrySkipped, Numbers, program_level, steps_of
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import LevelProgram, Plan, Trailing
from vibex.domain import Bars, Instrument, Market
from vibex.market import read_bars
from vibex.strategy import Evaluation, evaluate, parse_spec
from vibex.testing.random_specs import random_spec

Json = dict[str, Any]
BARS = adversarial(bars=500)
INDICATORS: list[Json] = [
    {"id": "atr_5", "name": "ATR", "params": {"timeperiod": 5}},
    {"id": "atr_4h", "name": "ATR", "params": {"timeperiod": 3}, "timeframe": "4h"},
    {"id": "channel", "name": "DONCHIAN", "params": {"timeperiod": 8}},
]
BOTH = {"long": {"left": "close", "op": ">", "right": "open"}, "short": {"left": "close", "op": "<", "right": "open"}}
ANY_SIDE: list[Json] = [
    {"type": "percent", "value": 2.5},
    {"type": "points", "value": 3},
    {"type": "atr", "value": 1.5},
    {"type": "atr", "value": 2, "indicator": "atr_5"},
    {"type": "atr", "value": 0.5, "indicator": "atr_4h"},
    {"nearest": [{"type": "percent", "value": 2}, {"type": "atr", "value": 1}]},
    {"farthest": [{"type": "points", "value": 2}, {"nearest": [{"type": "percent", "value": 1}]}]},
]  # fmt: skip
BELOW: Json = {"type": "level", "value": "channel.lower"}
ABOVE: Json = {"type": "level", "value": {"mul": ["channel.upper", 1.01]}}
PER_SIDE: list[tuple[Json, Json]] = [
    ({"type": "price", "value": 95}, {"type": "price", "value": 120}),
    (BELOW, ABOVE),
    ({"nearest": [BELOW, {"type": "percent", "value": 3}]}, {"farthest": [ABOVE, {"type": "atr", "value": 1}]}),
]


def _no_program(number: int) -> float:
    raise AssertionError(f"no level of these strategies moves, yet program {number} is asked for")


def _fractions(program: LevelProgram, plan: Plan, sign: int, stops: np.ndarray | None = None) -> np.ndarray:
    """Distance from a fill at each open as a fraction of it, from the engine's own levels; NaN: entry skipped."""
    out = np.full(len(plan.time), np.nan)
    for row in range(1, len(out)):
        fill = float(plan.open[0, row])
        stop = math.nan if stops is None else fill * (1 + (-sign) * stops[row])
        try:
            level = program_level(steps_of(program), fill, sign, Numbers(plan.columns[0], row - 1, _no_program), stop)
        except EntrySkipped:
            continue
        out[row] = abs(level - fill) / fill
    return out


def _plan(raw: Json, bars: Bars) -> tuple[Plan, Evaluation]:
    spec = parse_spec(raw)
    evaluation = evaluate(spec, bars)
    instrument = Instrument(symbol=bars.symbol, market=Market.CRYPTO, currency="USDT")
    return compile_plan(evaluation, RunSettings(slippage_bps=0), {bars.symbol: instrument}), evaluation


def _same(got: np.ndarray, wanted: np.ndarray, what: str) -> None:
    np.testing.assert_allclose(got[1:], wanted[1:], rtol=1e-9, atol=1e-12, equal_nan=True, err_msg=what)


def test_every_kind_of_exit_lies_where_the_engine_puts_it(tmp_path: Path) -> None:
    exits: list[Json] = [{"stop_loss": each, "take_profit": each} for each in ANY_SIDE]
    exits += [
        {"stop_loss": {"long": low, "short": high}, "take_profit": {"long": high, "short": low}}
        for low, high in PER_SIDE
    ]  # fmt: skip
    exits += [{"stop_loss": each, "take_profit": {"type": "risk_multiple", "value": 1.5}} for each in ANY_SIDE]
    exits += [{"trailing_stop": {"type": "percent", "value": 3}}, {"trailing_stop": ANY_SIDE[3]}]
    cases = [spec_for(BARS, entry=BOTH, indicators=INDICATORS, **each) for each in exits]
    results = assert_match(tmp_path, [(raw, BARS) for raw in cases])
    for raw, got in zip(cases, results, strict=True):
        plan, _ = _plan(raw, BARS)
        for side, sign, own in (("long", -1, plan.long), ("short", 1, plan.short)):
            stops = None
            if own.stop.exists:
                stops = _fractions(own.stop, plan, sign)
                _same(got[f"order {side}_stop"], stops, f"{side} stop of {raw}")
            if own.target.exists:
                _same(
                    got[f"order {side}_target"], _fractions(own.target, plan, -sign, stops), f"{side} target of {raw}"
                )
            if own.trailing is Trailing.PERCENT:
                _same(got[f"order {side}_trail"], np.full(len(BARS), own.trailing_value / 100), "trail")
            if own.trailing is Trailing.ATR:
                distance = own.trailing_value * plan.columns[0, own.trailing_column, :-1]
                wanted = np.where(distance > 0, distance / BARS.open[1:], np.nan)
                _same(got[f"order {side}_trail"][1:], wanted, "trail")


def test_every_kind_of_sizing_is_the_engines(tmp_path: Path) -> None:
    stop = {"type": "atr", "value": 2, "indicator": "atr_5"}
    sizings: list[Json] = [
        {"type": "fixed_percent", "value": 30}, {"type": "fixed_notional", "value": 2500},
        {"type": "fixed_quantity", "value": 3},
        {"type": "risk_percent", "value": 1}, {"type": "risk_percent", "value": 2, "cap_percent": 40},
        {"type": "risk_percent", "value": 1, "distance": {"type": "percent", "value": 4}},
        {"type": "risk_notional", "value": 50}, {"type": "volatility_target", "value": 20, "lookback": 12},
    ]  # fmt: skip
    cases = [spec_for(BARS, entry=BOTH, indicators=INDICATORS, stop_loss=stop, sizing=each) for each in sizings]
    cases.append(spec_for(BARS, entry=BOTH, sizing=sizings[0], leverage=2))
    results = assert_match(tmp_path, [(raw, BARS) for raw in cases])
    _, evaluation = _plan(cases[0], BARS)
    frame = evaluation.only.frame
    risk = (
        2 * np.append(np.nan, np.where(frame.reference("atr_5") > 0, frame.reference("atr_5"), np.nan)[:-1]) / BARS.open
    )
    volatility = np.append(np.nan, frame.named("ROLLING_VOL", timeperiod=12)[:-1])
    volatility[~(volatility > 0)] = np.nan
    rows = np.ones(len(BARS))
    wanted = [
        0.3 * rows, 2500 * rows, 3 * rows, np.minimum(0.01 / risk, 1), np.minimum(0.02 / risk, 0.4),
        0.25 * rows, 50 / risk, np.minimum(20 / volatility, 1), 0.6 * rows,
    ]  # fmt: skip
    for raw, got, sizes in zip(cases, results, wanted, strict=True):
        for side in ("long", "short"):
            _same(got[f"order {side}_size"], sizes, f"{side} size of {raw['sizing']}")


def test_trades_of_the_pandas_report_are_the_backtests_where_signals_alone_decide(
    tmp_path: Path, shared_data: Path
) -> None:
    bars = read_bars(shared_data / "crypto_ETH-USDT_1h.parquet", symbol="ETH/USDT").bars.rows(8000, 9200)
    rng, cases = random.Random(3), list[Json]()
    while len(cases) < 30:
        raw = random_spec(rng, runnable=True, market="crypto", symbols=["ETH/USDT"], timeframe="1h")
        plain: Json = dict.fromkeys(("stop_loss", "take_profit", "trailing_stop", "time_stop_bars"))
        raw |= plain | {"session_exit_minutes": None, "on_opposite": "reverse", "leverage": 1}
        raw["sizing"] = {"type": "fixed_percent", "value": 10}
        if raw["entry"]["short"] is not None:
            cases.append(raw)
    results = assert_match(tmp_path, [(raw, bars) for raw in cases])
    settings = RunSettings(fee_bps=0, slippage_bps=0, engine="reference")
    traded = 0
    for raw, got in zip(cases, results, strict=True):
        trades = run(parse_spec(raw), bars, settings=settings).outcome.trades
        closed = trades.reason != Reason.END_OF_DATA
        columns = (trades.direction, trades.entry_row, trades.exit_row, trades.entry_price, trades.exit_price)
        np.testing.assert_array_equal(got["trades"], np.array([each[closed] for each in columns], dtype=float))
        traded += int(closed.sum())
    assert traded > 100
