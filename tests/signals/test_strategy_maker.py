"""One spec, live as in the backtest: decisions carried out by the fill rules give the backtest's trades."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.signals.desk import Desk, Terms, Trade, clock
from tests.strategy.evaluation.markets import walk
from vibex.analysis.calendars import calendar_for
from vibex.analysis.generator import generate_market
from vibex.backtest import RunSettings, run
from vibex.backtest.engine.outcome import Reason
from vibex.domain import (
    Bars,
    Instrument,
    Market,
    NotSupported,
    Timeframe,
)
from vibex.signals import Deployment, StrategyMaker
from vibex.strategy import StrategySpec, load_spec, parse_spec, refuse_unsupported
from vibex.testing.random_specs import random_spec

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.json"))
FIXED = ("fixed_percent", "fixed_notional", "fixed_quantity")


def still(bars: Bars) -> Bars:
    """The same bars without gaps: each opens at the close before."""
    opens = np.concatenate((bars.open[:1], bars.close[:-1]))
    return replace(bars, open=opens, high=np.maximum(bars.high, opens), low=np.minimum(bars.low, opens))


def deployment(spec: StrategySpec, data: Mapping[str, Bars], terms: Terms, **more: Any) -> Deployment:
    return Deployment(
        spec=spec,
        anchors={symbol: int(bars.open_time[0]) for symbol, bars in data.items()},
        instruments={
            symbol: Instrument(
                symbol=symbol,
                market=spec.market,
                currency=spec.market.default_currency,
                lot=Decimal(repr(terms.lot)),
                tick=Decimal(repr(terms.tick)),
            )
            for symbol in spec.symbols
        },
        rests_several_targets=True,
        **more,
    )


def live(spec: StrategySpec, data: Mapping[str, Bars], terms: Terms) -> Desk:
    desk = Desk(data, replace(terms, leverage=spec.leverage), calendar_for(spec.market))
    maker = StrategyMaker(deployment(spec, data, terms), desk, desk, clock())
    asyncio.run(desk.play(maker, spec.symbols))
    return desk


def backtested(spec: StrategySpec, data: Mapping[str, Bars], terms: Terms) -> list[Trade]:
    settings = RunSettings(
        engine="reference",
        capital=terms.capital,
        fee_bps=terms.fee * 1e4,
        slippage_bps=terms.slip * 1e4,
        tick_size=terms.tick,
        lot_size=terms.lot,
    )
    result = run(spec, data, settings=settings)
    trades, plan = result.outcome.trades, result.plan
    return [
        Trade(
            plan.symbols[int(trades.symbol[k])],
            "long" if trades.direction[k] > 0 else "short",
            int(plan.time[trades.entry_row[k]]),
            int(plan.time[trades.exit_row[k]]),
            float(trades.entry_price[k]),
            float(trades.exit_price[k]),
            float(trades.quantity[k]),
            Reason(int(trades.reason[k])).name.lower(),
        )
        for k in range(len(trades))
        if trades.reason[k] != Reason.END_OF_DATA
    ]


def compare(spec: StrategySpec, data: Mapping[str, Bars], terms: Terms) -> int:
    """The number of trades that are the same in both."""
    wanted = sorted(backtested(spec, data, terms), key=_when)
    found = sorted(live(spec, data, terms).trades, key=_when)
    for one, other in zip(wanted, found, strict=False):
        assert (one[:4], one.reason) == (other[:4], other.reason), spec.name
        assert other[4:7] == pytest.approx(one[4:7], rel=1e-9), (spec.name, one)
    assert len(found) == len(wanted), spec.name
    return len(wanted)


def _when(trade: Trade) -> tuple[int, int, str]:
    return trade.left, trade.entered, trade.symbol


def deployable(written: dict[str, Any]) -> StrategySpec | None:
    """The strategy with market entries, None where this version does not run it."""
    spec = parse_spec(written | {"order": {"type": "market"}})
    try:
        refuse_unsupported(spec)
    except NotSupported:
        return None
    return spec


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_trade_live_as_in_the_backtest(path: Path) -> None:
    spec = load_spec(path)
    needed = sorted({*spec.symbols, *(each.symbol for each in spec.indicators if each.symbol)})
    start = datetime(2023, 10, 20, tzinfo=UTC)
    data = {
        symbol: generate_market(
            seed=5, symbol=symbol, market=Market(spec.market), timeframe=spec.timeframe, start=start, bars=420
        ).bars
        for symbol in needed
    }
    terms = Terms(capital=1_000_000, fee=0.0005, slip=0.0002, lot=100.0 if spec.market is Market.HK_EQUITY else 0.001)
    wanted = backtested(spec, data, terms)
    found = live(spec, data, terms).trades
    assert found, "an example that never trades proves nothing"
    assert [(each[:4], each.reason) for each in sorted(found, key=_when)] == [
        (each[:4], each.reason) for each in sorted(wanted, key=_when)
    ]


@pytest.mark.parametrize("seed", range(14))
def test_every_size_and_level_is_the_backtests_where_the_open_is_the_close_before(seed: int) -> None:
    """Without gaps and costs the fill is the close of the decision: nothing that is worked out there can differ."""
    rng = random.Random(f"maker {seed}")
    symbols = ["BTC/USDT", "ETH/USDT"][: rng.randint(1, 2)]
    spec = deployable(random_spec(rng, runnable=seed % 2 == 0, market="crypto", symbols=symbols, timeframe="1h"))
    if spec is None:
        pytest.skip("drawn with parts that this version does not run")
    data = {symbol: still(walk(seed, symbol, Timeframe.H1, 90, missing=0, idle=0)) for symbol in symbols}
    compare(spec, data, Terms(lot=rng.choice([0.0, 0.01]), tick=rng.choice([0.0, 0.05])))


@pytest.mark.parametrize("seed", range(6))
def test_fixed_sizes_are_the_backtests_through_gaps_and_costs(seed: int) -> None:
    rng = random.Random(f"gaps {seed}")
    written = random_spec(rng, runnable=True, market="crypto", symbols=["BTC/USDT", "ETH/USDT"], timeframe="1h")
    written["sizing"] = {"type": rng.choice(FIXED), "value": rng.choice([5, 50])}
    data = {symbol: walk(seed, symbol, Timeframe.H1, 90, missing=0, idle=0) for symbol in written["symbols"]}
    compare(parse_spec(written), data, Terms(fee=0.001, slip=0.0005))
