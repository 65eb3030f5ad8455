"""The difference of two strategies: complete, addressed, and in words."""

from __future__ import annotations

import random

import pytest

from vibex.strategy import StrategySpec, parse_spec
from vibex.strategy.drafting import difference, fill
from vibex.testing.random_specs import random_spec

from .readings import RSI, partial


def made(**changes: object) -> StrategySpec:
    return parse_spec(fill(partial(name="one", stop_loss={"type": "percent", "value": 2}, **changes))[0])


def test_equal_strategies_have_no_difference_and_notes_are_none() -> None:
    old = made()
    noted = parse_spec(old.to_json_dict() | {"metadata": {"expected_conditions": "calm"}, "assumptions": []})
    assert difference(old, old) == ()
    assert difference(old, noted) == ()


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"leverage": 3}, "leverage", "leverage changes from 1 to 3"),
        ({"timeframe": "4h"}, "timeframe", "timeframe changes from 1h to 4h"),
        ({"time_stop_bars": 9}, "time_stop_bars", "time_stop_bars is now 9; there was none"),
        (
            {"entry": {"long": {"left": "rsi_14", "op": "crosses_below", "right": 25}}},
            "entry.long.right",
            "entry.long.right changes from 30 to 25",
        ),
        (
            {"entry": {"long": {"all": [{"left": "rsi_14", "op": "<", "right": 25}]}}},
            "entry.long",
            "entry.long changes from RSI(14) crosses below 30 to RSI(14) is below 25",
        ),
        ({"exit": None}, "exit.long", "exit.long is gone; it was RSI(14) is above 55"),
        (
            {"indicators": [RSI, {"id": "ema", "name": "EMA", "params": {"timeperiod": 9}}]},
            "indicators[ema]",
            "indicators[ema] is now EMA(9); there was none",
        ),
    ],
)
def test_each_change_has_its_path_and_a_sentence(changes: dict[str, object], path: str, words: str) -> None:
    found = {change.path: change.words for change in difference(made(), made(**changes))}
    assert found[path] == words


def test_another_kind_of_stop_is_one_change() -> None:
    old = made()
    new = parse_spec(old.to_json_dict() | {"stop_loss": {"type": "atr", "value": 3}})
    (change,) = difference(old, new)
    assert change.words == "stop_loss changes from 2 % from the entry price to 3 × ATR(14) from the entry price"
    assert (change.old, change.new) == ({"type": "percent", "value": 2}, {"type": "atr", "value": 3})


def test_strategies_differ_exactly_when_a_change_is_found() -> None:
    for seed in range(40):
        old, new = (parse_spec(random_spec(random.Random(each), runnable=False)) for each in (seed, seed + 1))
        assert difference(old, old) == ()
        assert {change.path for change in difference(old, new)} >= {"name"}
        assert {c.path for c in difference(old, new)} == {c.path for c in difference(new, old)}
