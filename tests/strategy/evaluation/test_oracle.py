"""Every condition of random strategies, against a second, slow reading of the rules."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from tests.strategy.evaluation.markets import walk
from tests.strategy.evaluation.slow import SlowStrategy
from vibex.analysis.calendars import calendar_for
from vibex.domain import Market, Timeframe
from vibex.strategy import evaluate, parse_spec
from vibex.testing.random_specs import random_spec

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
SIDES = [(action, side) for action in ("entry", "exit") for side in ("long", "short")]


def agree(seed: int, rows: int) -> int:
    """Compare all conditions of the strategy of `seed`; how many rows were true."""
    rng = random.Random(seed)
    frame = Timeframe(rng.choice(["15m", "1h", "4h", "1d"]))
    symbols = SYMBOLS[: rng.randint(1, 3)]
    written = random_spec(rng, runnable=True, market="crypto", symbols=symbols, timeframe=frame.value)
    written = json.loads(json.dumps(written))  # every node its own object: the slow reading remembers by identity
    written["session_exit_minutes"] = None
    data = {symbol: walk(seed, symbol, frame, rows) for symbol in symbols}
    evaluation = evaluate(parse_spec(written), data)
    calendar = calendar_for(Market.CRYPTO)
    true = 0
    for symbol in symbols:
        slow = SlowStrategy(written, symbol, data, calendar)
        for action, side in SIDES:
            fast = getattr(evaluation[symbol], f"{action}_{side}")
            expected = slow.signal(written[action][side])
            differs = np.flatnonzero(fast != np.array(expected))
            assert differs.size == 0, f"seed {seed} {symbol} {action}.{side} rows {differs[:5]} of {written}"
            true += int(fast.sum())
    return true


def test_all_conditions_of_random_strategies_agree_with_the_slow_reading() -> None:
    true = [agree(seed, rows=130) for seed in range(70)]
    assert np.count_nonzero(true) > 60, "strategies that are never true prove nothing"


@pytest.mark.proof
def test_all_conditions_of_many_random_strategies_agree_with_the_slow_reading() -> None:
    for seed in range(1_000, 1_600):
        agree(seed, rows=220)
