"""Every indicator of the catalogue: the script's series equals the evaluation's, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.strategy.script.markets import adversarial, spec_for
from tests.strategy.script.proof import assert_match
from vibex.analysis.indicators import IndicatorDefinition, InputKind, all_definitions
from vibex.domain import Bars, Timeframe
from vibex.market import read_bars
from vibex.strategy import evaluate, parse_spec

Json = dict[str, Any]
WHEN: Json = {"left": "close", "op": "crosses_above", "right": {"ref": "close", "shift": 3}}


def _entry(definition: IndicatorDefinition, **more: object) -> Json:
    entry: Json = {"id": "x", "name": definition.name, **more}
    if definition.kind is InputKind.TWO_SERIES:
        entry["input2"] = "volume" if definition.name not in ("MAVP",) else {"add": [{"mul": ["close", 0]}, 7]}
    if definition.kind in (InputKind.WHEN, InputKind.SERIES_WHEN):
        entry |= {"when": WHEN, "params": {"lookback": 25}}
    if definition.name == "EXPR":
        entry["input"] = {"div": [{"sub": ["high", "low"]}, {"sub": ["close", "open"]}]}
    return entry


def _cases(bars: Bars, **more: object) -> list[Json]:
    """One strategy per indicator; its rules see each output exactly, through a ladder of its own values."""
    specs = []
    for definition in all_definitions():
        if definition.kind is InputKind.PAIR:
            continue
        entry = _entry(definition, **more)
        outputs = [f"x.{output}" for output in definition.outputs] or ["x"]
        probe = parse_spec(spec_for(bars, indicators=[entry], entry={"long": _above(outputs[0], 0)}))
        signals = evaluate(probe, bars).only
        specs += [
            spec_for(
                bars,
                name=f"{definition.name} {output}",
                indicators=[entry],
                entry={"long": _ladder(output, signals.values(output)), "short": {"not": _above(output, 0)}},
                exit={"long": {"left": output, "op": "==", "right": {"ref": output, "shift": 1}}, "short": None},
            )
            for output in outputs
        ]
    return specs


def _above(output: str, level: float) -> Json:
    return {"left": output, "op": ">", "right": level}


def _ladder(output: str, values: np.ndarray) -> Json:
    """Odd when the value lies above an odd number of its own values: a wrong bit in one of these flips it."""
    present = values[np.isfinite(values)]
    if len(present) == 0:
        return _above(output, 0)
    levels = sorted({float(level) for level in np.quantile(present, np.linspace(0.02, 0.98, 9), method="nearest")})
    steps = [
        {"all": [{"left": output, "op": ">=", "right": low}, {"left": output, "op": "<", "right": high}]}
        for low, high in zip(levels[::2], levels[1::2], strict=False)
    ]
    return {"any": [*steps, {"left": output, "op": "==", "right": levels[0]}]}


def test_every_indicator_matches_on_adversarial_bars(tmp_path: Path) -> None:
    bars = adversarial()
    assert_match(tmp_path, [(spec, bars) for spec in _cases(bars)])


def test_every_indicator_matches_on_higher_bars_and_on_an_input_that_starts_late(tmp_path: Path) -> None:
    bars = adversarial(bars=700, seed=2)
    late: Json = {"ref": "low", "shift": 9}
    assert_match(
        tmp_path, [(spec, bars) for spec in _cases(bars, timeframe="4h", input=late) if "EXPR" not in spec["name"]]
    )


def test_indicators_match_on_real_bars(tmp_path: Path, shared_data: Path) -> None:
    file = next(iter(sorted(shared_data.glob("crypto_ETH-USDT_1h*"))), None)
    if file is None:
        pytest.skip("no hourly ETH bars")
    bars = read_bars(file, symbol="ETH/USDT").bars.rows(0, 1500)
    assert bars.timeframe is Timeframe.H1
    assert_match(tmp_path, [(spec, bars) for spec in _cases(bars)])
