"""Live evaluation at every close gives what the batch gives on that row, bit for bit."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.strategy.evaluation.markets import walk
from vibex.analysis.generator import generate_market
from vibex.backtest.compile.levels import LevelWriter
from vibex.backtest.compile.sides import compile_side
from vibex.domain import Bars, InvalidInput, Market, Timeframe
from vibex.domain.arrays import F64
from vibex.strategy import LiveEvaluation, StrategySpec, evaluate, load_spec, parse_spec
from vibex.strategy.evaluation import Evaluation, SymbolSignals
from vibex.strategy.evaluation.columns import ColumnTable
from vibex.testing.random_specs import random_spec

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.json"))
CONDITIONS = ("entry_long", "exit_long", "entry_short", "exit_short", "session_exit")


def level_columns(spec: StrategySpec, signals: SymbolSignals) -> F64:
    """The series that stops, targets and sizes of `spec` read, (C, T)."""
    table = ColumnTable()
    for long in (True, False):
        compile_side(spec, LevelWriter(table), long=long)
    return table.values(signals.frame)


def closed_by(moment: int, data: Mapping[str, Bars], batch: Evaluation) -> dict[str, Bars]:
    """What has closed by `moment` of every symbol."""
    cut = {}
    for symbol, bars in data.items():
        ends = batch.calendar.columns(bars.open_time, bars.timeframe).bar_close
        cut[symbol] = bars.rows(0, int(np.searchsorted(ends, moment, side="right")))
    return cut


def agree(spec: StrategySpec, data: Mapping[str, Bars], rows: list[int]) -> None:
    """Compare the batch with a live evaluation at the closes of `rows` of the first symbol."""
    batch = evaluate(spec, data)
    live = LiveEvaluation(spec=spec, anchors={symbol: int(bars.open_time[0]) for symbol, bars in data.items()})
    columns = {symbol: level_columns(spec, batch[symbol]) for symbol in spec.symbols}
    first = spec.symbols[0]
    for row in rows:
        moment = int(batch[first].frame.closes_at[row])
        history = closed_by(moment, data, batch)
        if any(len(bars) == 0 for bars in history.values()):
            continue  # the deployment has not begun yet
        now = live.at_last_close(history)
        cut = evaluate(spec, history)
        for symbol in spec.symbols:
            whole, at = batch[symbol], len(cut[symbol].bars) - 1
            assert now[symbol].open_time == whole.bars.open_time[at]
            for name in CONDITIONS:
                assert getattr(now[symbol], name) == getattr(whole, name)[at], (spec.name, symbol, at, name)
            found = level_columns(spec, cut[symbol])[:, at]
            np.testing.assert_array_equal(found, columns[symbol][:, at], err_msg=f"{spec.name} {symbol} row {at}")


def sampled(count: int, seed: int, how_many: int) -> list[int]:
    """The first rows, the last, and some between."""
    rng = random.Random(seed)
    return sorted({0, 1, 2, count - 1, *(rng.randrange(count) for _ in range(how_many))})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_live_and_batch_agree_on_the_examples(path: Path) -> None:
    spec = load_spec(path)
    start, count = datetime(2023, 10, 20, tzinfo=UTC), 420
    needed = {*spec.symbols, *(each.symbol for each in spec.indicators if each.symbol)}
    data = {
        symbol: generate_market(
            seed=5, symbol=symbol, market=Market(spec.market), timeframe=spec.timeframe, start=start, bars=count
        ).bars
        for symbol in sorted(needed)
    }
    assert evaluate(spec, data)[spec.symbols[0]].entry_long.any(), "an example that never enters proves nothing"
    agree(spec, data, sampled(count, seed=1, how_many=12))


@pytest.mark.parametrize("seed", range(40))
def test_live_and_batch_agree_on_random_strategies(seed: int) -> None:
    rng = random.Random(f"live {seed}")
    timeframe = rng.choice([Timeframe.M15, Timeframe.H1, Timeframe.D1])
    symbols = ["BTC/USDT", "ETH/USDT", "SOL/USDT"][: rng.randint(1, 3)]
    written = random_spec(rng, runnable=True, market="crypto", symbols=symbols, timeframe=timeframe.value)
    data = {symbol: walk(seed, symbol, timeframe, 150) for symbol in symbols}
    agree(parse_spec(written), data, sampled(len(data[symbols[0]]), seed, how_many=6))


def test_live_and_batch_agree_on_finer_data_at_every_minute_of_an_unfinished_bar() -> None:
    """While a 1h bar fills with 15m bars, the last closed hour is what counts."""
    written = random_spec(random.Random(4), runnable=True, market="crypto", symbols=["BTC/USDT"], timeframe="1h")
    spec, bars = parse_spec(written), walk(1, "BTC/USDT", Timeframe.M15, 200, missing=0)
    live = LiveEvaluation(spec=spec, anchors={"BTC/USDT": int(bars.open_time[0])})
    batch = evaluate(spec, bars).only
    for end in range(40, 49):
        now = live.at_last_close({"BTC/USDT": bars.rows(0, end)})["BTC/USDT"]
        assert now.open_time == batch.bars.open_time[end // 4 - 1]
        assert now.entry_long == batch.entry_long[end // 4 - 1]


def test_rows_before_the_anchor_are_left_out() -> None:
    spec = load_spec(next(path for path in EXAMPLES if path.stem == "btc_trend_1h"))
    bars = walk(2, "BTC/USDT", Timeframe.H1, 300)
    live = LiveEvaluation(spec=spec, anchors={"BTC/USDT": int(bars.open_time[40])})
    from_anchor = evaluate(spec, bars.rows(40, len(bars))).only
    now = live.at_last_close({"BTC/USDT": bars})["BTC/USDT"]
    assert (now.entry_long, now.exit_long) == (from_anchor.entry_long[-1], from_anchor.exit_long[-1])


def test_a_history_that_lacks_its_anchor_is_refused() -> None:
    spec = load_spec(next(path for path in EXAMPLES if path.stem == "btc_trend_1h"))
    bars = walk(2, "BTC/USDT", Timeframe.H1, 300)
    anchor = int(bars.open_time[40])
    with pytest.raises(InvalidInput, match="no anchor") as refused:
        LiveEvaluation(spec=spec, anchors={}).at_last_close({"BTC/USDT": bars})
    assert refused.value.field == "anchors"
    for history in (bars.rows(41, len(bars)), bars.rows(0, 40)):
        with pytest.raises(InvalidInput, match="does not hold its first bar"):
            LiveEvaluation(spec=spec, anchors={"BTC/USDT": anchor}).at_last_close({"BTC/USDT": history})
