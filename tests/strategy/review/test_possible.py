"""What the reviewer calls impossible never happens: its proofs against the evaluation of random rules."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibex.analysis.generator import generate_market
from vibex.domain import Bars
from vibex.strategy import StrategySpec, evaluate, parse_spec
from vibex.strategy.review.possible import Prover
from vibex.strategy.spec import Not
from vibex.testing.random_specs import random_spec

from .examples import Json, compare, spec

START = datetime(2022, 3, 7, tzinfo=UTC)


def data_for(strategy: StrategySpec, seed: int) -> dict[str, Bars]:
    symbols = {*strategy.symbols, *(each.symbol for each in strategy.indicators if each.symbol)}
    return {
        symbol: generate_market(
            seed=seed, symbol=symbol, market=strategy.market, timeframe=strategy.timeframe, start=START, bars=400
        ).bars
        for symbol in symbols
    }


@pytest.mark.parametrize("seed", range(60))
def test_what_is_called_impossible_is_never_true_on_any_bar(seed: int) -> None:
    strategy = parse_spec(random_spec(random.Random(seed), runnable=True))
    evaluation = evaluate(strategy, data_for(strategy, seed))
    for side in ("long", "short"):
        entry, exit_ = getattr(strategy.entry, side), getattr(strategy.exit, side)
        for symbol in strategy.symbols:
            signals = evaluation[symbol]
            entered, left = getattr(signals, f"entry_{side}"), getattr(signals, f"exit_{side}")
            if entry is not None and Prover(strategy).conflict_in(entry):
                assert not entered.any()
            if exit_ is not None and Prover(strategy).conflict_in(exit_):
                assert not left.any()


_SERIES = ("rsi", "adx", "close", "ema", "bb.upper", "bb.lower", "high", "low", "stoch.k")
_OPS = (">", ">=", "<", "<=", "crosses_above", "crosses_below")


def _leaf() -> st.SearchStrategy[Json]:
    against_number = st.builds(
        compare,
        st.sampled_from(["rsi", "adx", "stoch.k"]),
        st.sampled_from(_OPS),
        st.sampled_from([-1, 20, 50, 80, 101]),
    )
    against_series = st.builds(
        compare, st.sampled_from(_SERIES[2:8]), st.sampled_from(_OPS), st.sampled_from(_SERIES[2:8])
    )
    turning = st.builds(
        compare, st.sampled_from(_SERIES), st.sampled_from(["rising", "falling"]), st.sampled_from([1, 2, 4])
    )
    return against_number | against_series | turning


def _grow(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    several = st.lists(inner, min_size=2, max_size=3)
    return (
        st.builds(lambda of: {"all": of}, several)
        | st.builds(lambda of: {"any": of}, several)
        | st.builds(lambda of: {"not": of}, inner)
        | st.builds(lambda bars, of: {"for": bars, "of": of}, st.integers(1, 4), inner)
        | st.builds(lambda bars, of: {"within": bars, "of": of}, st.integers(1, 4), inner)
        | st.builds(lambda count, of: {"at_least": count, "of": of}, st.integers(1, 2), several)
    )


_DATA = generate_market(
    seed=3, symbol="ETH/USDT", market=spec().market, timeframe=spec().timeframe, start=START, bars=500
).bars


@settings(max_examples=100, deadline=None)
@given(first=st.recursive(_leaf(), _grow, max_leaves=5), second=st.recursive(_leaf(), _grow, max_leaves=3))
def test_proofs_agree_with_the_evaluation(first: Json, second: Json) -> None:
    strategy = spec(entry={"long": first}, exit={"long": second})
    entry, exit_ = strategy.entry.long, strategy.exit.long
    assert entry is not None
    assert exit_ is not None
    signals = evaluate(strategy, _DATA).only
    if Prover(strategy).conflict_in(entry):
        assert not signals.entry_long.any()
    if Prover(strategy).implies(entry, exit_):
        denied = spec(entry={"long": {"all": [first, {"not": second}]}})
        assert not evaluate(denied, _DATA).only.entry_long.any()


@settings(max_examples=100, deadline=None)
@given(
    low=st.integers(-20, 120),
    high=st.integers(-20, 120),
    ops=st.tuples(st.sampled_from([">", ">="]), st.sampled_from(["<", "<="])),
)
def test_an_interval_is_empty_exactly_when_no_value_of_the_scale_lies_in_it(
    low: int, high: int, ops: tuple[str, str]
) -> None:
    strategy = spec(entry={"long": {"all": [compare("rsi", ops[0], low), compare("rsi", ops[1], high)]}})
    values = np.linspace(0, 100, 1001)
    above = values > low if ops[0] == ">" else values >= low
    below = values < high if ops[1] == "<" else values <= high
    assert strategy.entry.long is not None
    assert (Prover(strategy).conflict_in(strategy.entry.long) is None) == bool((above & below).any())


def test_of_a_condition_with_too_many_ways_the_parts_without_choice_are_proved() -> None:
    either = [{"any": [compare("rsi", ">", n), compare("adx", ">", n)]} for n in range(20, 32)]
    possible = spec(entry={"long": {"all": either}})
    hidden = spec(entry={"long": {"all": [*either, {"all": [compare("rsi", ">", 120)]}]}})
    assert possible.entry.long is not None
    assert hidden.entry.long is not None
    assert Prover(possible).conflict_in(possible.entry.long) is None
    assert Prover(hidden).conflict_in(hidden.entry.long) is not None


def test_a_condition_implies_itself_and_not_its_opposite() -> None:
    strategy = spec()
    entry = strategy.entry.long
    assert entry is not None
    assert Prover(strategy).implies(entry, entry)
    assert not Prover(strategy).implies(entry, Not.model_validate({"not": entry}))
