"""Rules that read the position agree live with the backtest: given what it held, every close says the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.strategy.evaluation.held import episodes_of, until
from tests.strategy.evaluation.markets import walk
from vibex.backtest import BacktestResult, RunSettings, run
from vibex.backtest.engine.plan import Flag, Plan
from vibex.backtest.engine.reference import simulate
from vibex.domain import InvalidInput, NotSupported, PositionSide, Timeframe
from vibex.strategy import LiveEvaluation, StrategySpec, parse_spec, refuse_unsupported
from vibex.strategy.evaluation import BarSignals, Episode
from vibex.strategy.evaluation.episodes import state_flags
from vibex.strategy.evaluation.state import SymbolState
from vibex.strategy.evaluation.stateful import holds_state
from vibex.testing.random_plans import random_full_plan
from vibex.testing.random_specs import random_spec

SETTINGS = RunSettings(engine="reference", capital=100_000, lot_size=0)


class Recorder:
    """The flags that the engine computed, by symbol state and row."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.flags: dict[int, dict[int, int]] = {}
        self.states: list[SymbolState] = []
        plain = SymbolState.close

        def recorded(state: SymbolState, flags: int, row: int, own_bars: int, position: Any) -> int:
            found = plain(state, flags, row, own_bars, position)
            if id(state) not in self.flags:
                self.states.append(state)  # kept alive: an id is unique among living objects
            self.flags.setdefault(id(state), {})[own_bars - 1] = found
            return found

        monkeypatch.setattr(SymbolState, "close", recorded)

    def by_index(self) -> list[dict[int, int]]:
        """Of a plan whose symbols all have their first bar in the first row: in the order of its symbols."""
        return [self.flags[id(state)] for state in self.states]

    def by_symbol(self, result: BacktestResult) -> dict[str, dict[int, int]]:
        """The first state of each symbol, in the order in which the engine asks them: by name within a row."""
        return {
            symbol: self.flags[id(state)] for symbol, state in zip(self.in_order(result), self.states, strict=False)
        }

    @staticmethod
    def in_order(result: BacktestResult) -> list[str]:
        first = {symbol: int(result.evaluation[symbol].bars.open_time[0]) for symbol in result.plan.symbols}
        return sorted(first, key=lambda symbol: (first[symbol], symbol))


def plays_state(plan: Plan) -> bool:
    """Programs and fills that a deployment remembers whole: one entry fill a trade, no splits; no late symbol."""
    plain = plan.volume is None and plan.carry is None and plan.state is not None
    return plain and bool(np.all(plan.flags[:, 0] & Flag.NO_BAR == 0))


def stateful_specs(count: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Random strategies of one or two symbols with a condition that reads state, from ascending seeds."""
    seed = 0
    while count:
        rng = random.Random(f"state {seed}")
        symbols = ["BTC/USDT", "ETH/USDT"][: rng.randint(1, 2)]
        written = random_spec(rng, runnable=False, market="crypto", symbols=symbols, timeframe="1h")
        if reads_state_and_runs(parse_spec(written)):
            yield seed, written
            count -= 1
        seed += 1


def reads_state_and_runs(spec: StrategySpec) -> bool:
    try:
        refuse_unsupported(spec)
    except NotSupported:
        return False
    return holds_state(spec.entry) or holds_state(spec.exit)


def as_bits(signals: BarSignals) -> int:
    bits = Flag.ENTRY_LONG * signals.entry_long | Flag.EXIT_LONG * signals.exit_long
    bits |= Flag.ENTRY_SHORT * signals.entry_short | Flag.EXIT_SHORT * signals.exit_short
    return bits | Flag.SESSION_EXIT * signals.session_exit


SPECS = list(stateful_specs(30))


@pytest.mark.parametrize(("seed", "written"), SPECS, ids=[f"seed {seed}" for seed, _ in SPECS])
def test_live_signals_are_the_flags_that_the_engine_computed(
    seed: int, written: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = parse_spec(written)
    data = {symbol: walk(seed, symbol, Timeframe.H1, 160, idle=0) for symbol in spec.symbols}
    recorder = Recorder(monkeypatch)
    result = run(spec, data, settings=SETTINGS)
    engine = recorder.by_symbol(result)
    held = episodes_of(result.plan, result.outcome)
    live = LiveEvaluation(spec=spec, anchors={symbol: int(bars.open_time[0]) for symbol, bars in data.items()})
    first = data[spec.symbols[0]]
    picked = random.Random(seed).sample(range(1, len(first)), 14)
    for row in sorted({*picked, len(first) - 1}):
        moment = int(first.open_time[row])
        now = live.at_last_close(
            {symbol: bars.between(None, moment) for symbol, bars in data.items()}, until(moment, held)
        )
        for symbol in spec.symbols:
            at = len(data[symbol].between(None, moment)) - 1
            known = engine[symbol][at] & ~(Flag.NO_TRADES | Flag.NO_BAR)
            assert as_bits(now[symbol]) == known, (spec.name, symbol, at)


@pytest.mark.parametrize("seed", [seed for seed in range(400) if plays_state(random_full_plan(seed))])
def test_the_replay_gives_the_flags_of_random_programs(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = random_full_plan(seed)
    # Without lots each share of a target is a fill; a share of no whole lot is hit without one.
    plan = replace(drawn, lot=np.zeros(len(drawn.symbols)))
    assert plan.state is not None
    recorder = Recorder(monkeypatch)
    outcome = simulate(plan)
    held = episodes_of(plan, outcome)
    for index, engine in enumerate(recorder.by_index()):
        own = np.flatnonzero(plan.flags[index] & Flag.NO_BAR == 0)
        found = state_flags(
            plan.flags[index, own],
            plan.state,
            plan.columns[index][:, own],
            plan.time[own],
            held[plan.symbols[index]],
        )
        assert found.tolist() == [engine[row] for row in range(len(own))]


def test_the_random_strategies_hold_positions_and_meet_their_state() -> None:
    """Without trades the comparison above would prove nothing."""
    trades = 0
    for seed, written in SPECS:
        spec = parse_spec(written)
        data = {symbol: walk(seed, symbol, Timeframe.H1, 160, idle=0) for symbol in spec.symbols}
        trades += len(run(spec, data, settings=SETTINGS).outcome.trades)
    assert trades > 200


COUNTS = {
    "version": 1,
    "name": "leaves after three bars",
    "market": "crypto",
    "symbols": ["BTC/USDT"],
    "timeframe": "1h",
    "entry": {"long": {"left": "bars_since_exit", "op": ">", "right": 2}},
    "exit": {"long": {"left": "bars_since_entry", "op": ">=", "right": 2}},
    "sizing": {"type": "fixed_percent", "value": 50},
}


def test_rules_that_read_the_position_ask_for_what_was_held() -> None:
    bars = walk(1, "BTC/USDT", Timeframe.H1, 20, missing=0)
    live = LiveEvaluation(spec=parse_spec(COUNTS), anchors={"BTC/USDT": int(bars.open_time[0])})
    with pytest.raises(InvalidInput, match="what it has held"):
        live.at_last_close({"BTC/USDT": bars})
    assert live.at_last_close({"BTC/USDT": bars}, {})["BTC/USDT"].entry_long


def test_a_position_ages_by_the_bars_of_its_symbol() -> None:
    bars = walk(1, "BTC/USDT", Timeframe.H1, 20, missing=0)
    times = bars.open_time.tolist()
    live = LiveEvaluation(spec=parse_spec(COUNTS), anchors={"BTC/USDT": times[0]})

    def leaves(opened: int) -> bool:
        held = Episode(side=PositionSide.LONG, opened=times[opened], entry_price=100.0)
        return live.at_last_close({"BTC/USDT": bars}, {"BTC/USDT": [held]})["BTC/USDT"].exit_long

    assert (leaves(19), leaves(18), leaves(17)) == (False, False, True)


def test_holdings_that_overlap_or_precede_the_history_are_refused() -> None:
    bars = walk(1, "BTC/USDT", Timeframe.H1, 20, missing=0)
    times = bars.open_time.tolist()
    live = LiveEvaluation(spec=parse_spec(COUNTS), anchors={"BTC/USDT": times[5]})

    def tell(*episodes: Episode) -> None:
        live.at_last_close({"BTC/USDT": bars}, {"BTC/USDT": episodes})

    early = Episode(side=PositionSide.LONG, opened=times[2], entry_price=100.0)
    with pytest.raises(InvalidInput, match="before the first bar"):
        tell(early)
    one = Episode(side=PositionSide.LONG, opened=times[6], entry_price=100.0, closed=times[9], exit_price=101.0)
    other = Episode(side=PositionSide.SHORT, opened=times[8], entry_price=100.0)
    with pytest.raises(InvalidInput, match="overlap"):
        tell(one, other)
