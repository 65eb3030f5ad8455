"""`run`: ranges, refusals, lots, the order of symbols, and that nothing looks ahead."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from tests.backtest.runs import FREE, MONDAY, codes, day, days, on, result, strategy
from tests.strategy.evaluation.markets import walk
from vibex.backtest import BacktestResult, RunSettings, run
from vibex.domain import Bars, Instrument, InvalidInput, Market, Timeframe
from vibex.domain.timeframe import DAY_MS
from vibex.strategy import parse_spec
from vibex.testing.random_specs import random_spec

TEN = days(10, 11, 12, 13, 14, 15, 16, 17, 18, 19)


def instrument(symbol: str, market: Market = Market.CRYPTO, **changes: object) -> dict[str, Instrument]:
    made = Instrument(symbol=symbol, market=market, currency=market.default_currency)
    return {symbol: replace(made, **changes)}  # type: ignore[arg-type]


def test_a_decision_on_a_close_fills_at_the_next_open() -> None:
    """Rules 1 and 28: decided on bar 1, filled at the open of bar 2, labelled with it."""
    (trade,) = result(strategy(), TEN).trade_log
    assert trade["entry_time"] == f"{day(2)}T00:00:00Z"
    assert trade["exit_time"] == f"{day(5)}T00:00:00Z"
    assert (trade["entry_price"], trade["exit_price"], trade["reason"]) == (11, 14, "signal")
    assert (trade["bars_held"], trade["duration_s"]) == (3, 3 * 86_400)


def test_earlier_rows_warm_up_and_the_first_decision_is_on_the_first_bar_from_the_start_on() -> None:
    """Rule 57: the average of five exists on the first close of the range, the order fills one bar later."""
    spec = strategy(
        indicators=[{"id": "sma", "name": "SMA", "params": {"timeperiod": 5}}],
        entry={"long": {"left": "close", "op": ">", "right": "sma"}},
        exit=None,
    )
    late = result(spec, TEN, settings=replace(FREE, start_ms=MONDAY + 6 * DAY_MS))
    assert late.plan.time[0] == MONDAY + 6 * DAY_MS
    assert late.trade_log[0]["entry_time"] == f"{day(7)}T00:00:00Z"
    between = result(spec, TEN, settings=replace(FREE, start_ms=MONDAY + 6 * DAY_MS - 5))
    assert between.trade_log == late.trade_log
    whole = result(spec, TEN)
    assert whole.trade_log[0]["entry_time"] == f"{day(5)}T00:00:00Z"


def test_the_end_of_the_range_counts_and_what_lies_after_it_is_not_seen() -> None:
    found = result(strategy(), TEN, settings=replace(FREE, end_ms=MONDAY + 3 * DAY_MS))
    assert found.plan.time[-1] == MONDAY + 3 * DAY_MS
    assert found.trade_log[0]["reason"] == "end_of_data"
    assert found.trade_log[0]["exit_price"] == 13


def test_a_range_without_bars_is_refused_and_says_what_there_is() -> None:
    with pytest.raises(InvalidInput, match="no bar of BTC/USDT") as refused:
        result(strategy(), TEN, settings=replace(FREE, start_ms=MONDAY + 60 * DAY_MS))
    assert day(0) in str(refused.value)
    assert day(9) in str(refused.value)


def test_two_currencies_are_refused() -> None:
    spec = strategy(symbols=["BTC/USDT", "ETH/USDT"])
    other = instrument("ETH/USDT", currency="USDC")
    with pytest.raises(InvalidInput, match="USDC and USDT"):
        result(spec, TEN, days(*TEN.close, symbol="ETH/USDT"), instruments=other)


def test_a_short_side_on_what_cannot_be_sold_short_is_refused() -> None:
    spec = strategy(entry={"long": on(1), "short": on(5)})
    with pytest.raises(InvalidInput, match="cannot be sold short") as refused:
        result(spec, TEN, instruments=instrument("BTC/USDT", shortable=False))
    assert refused.value.field == "entry.short"
    result(strategy(), TEN, instruments=instrument("BTC/USDT", shortable=False))


def test_a_named_benchmark_without_bars_is_refused_before_anything_runs() -> None:
    with pytest.raises(InvalidInput, match="no data for ETH/USDT"):
        result(strategy(benchmark="ETH/USDT"), TEN)


def hong_kong(**changes: object) -> BacktestResult:
    spec = strategy(market="hk_equity", symbols=["0700.HK"])
    bars = days(*TEN.close, symbol="0700.HK")
    settings = replace(FREE, **changes)  # type: ignore[arg-type]
    return result(spec, bars, settings=settings, instruments=instrument("0700.HK", Market.HK_EQUITY))


def test_hong_kong_needs_a_board_lot_or_says_fractional() -> None:
    with pytest.raises(InvalidInput, match="board lots") as refused:
        hong_kong()
    assert refused.value.field == "lot_size"
    with pytest.raises(InvalidInput, match="board lots"):
        hong_kong(lot_size=0)
    assert "fractional" not in codes(hong_kong(lot_size=100))
    free = hong_kong(fractional=True)
    assert any("FRACTIONAL" in warning.message for warning in free.warnings)
    with pytest.raises(InvalidInput, match="exclude each other"):
        hong_kong(fractional=True, lot_size=100)


def test_capital_below_one_lot_says_how_much_is_needed() -> None:
    with pytest.raises(InvalidInput, match="does not pay for one lot of 100") as refused:
        hong_kong(lot_size=100, capital=900, fee_bps=100)
    assert refused.value.field == "capital"
    assert "1,010.00" in str(refused.value), "100 shares at 10 and 1 % fee"
    assert hong_kong(lot_size=100, capital=1_010, fee_bps=100).plan.lot.tolist() == [100]


def test_the_instrument_gives_lot_and_tick_and_the_setting_replaces_the_lot() -> None:
    """Rule 33: 10000 / 11 = 909.09 → lots of 50. Rule 42: 11 × 0.95 = 10.45 → tick 0.2 below the fill: 10.4."""
    known = instrument("BTC/USDT", lot=Decimal(50), tick=Decimal("0.2"))
    spec = strategy(stop_loss={"type": "percent", "value": 5}, exit=None)
    bars = days(10, 11, 11, 10, 10)
    (trade,) = result(spec, bars, instruments=known).trade_log
    assert trade["quantity"] == 900
    assert trade["exit_price"] == pytest.approx(10.4)
    (free,) = result(spec, bars).trade_log
    assert free["exit_price"] == pytest.approx(10.45)
    (single,) = result(spec, bars, settings=replace(FREE, lot_size=1), instruments=known).trade_log
    assert single["quantity"] == 909


def test_entries_below_one_lot_are_counted_and_disclosed() -> None:
    spec = strategy(sizing={"type": "fixed_notional", "value": 5})
    found = result(spec, TEN, settings=replace(FREE, lot_size=1))
    assert found.summary_stats["skipped"] == {"below_lot": 1}
    assert codes(found)["below_lot"] == {"entries": 1}


# --- several symbols, look-ahead -------------------------------------------------------------------------------------


def drawn(seed: int, count: int) -> tuple[dict[str, object], dict[str, Bars]]:
    rng = random.Random(f"run {seed}")
    symbols = ["BTC/USDT", "ETH/USDT", "SOL/USDT"][:count]
    spec = random_spec(rng, runnable=True, market="crypto", symbols=symbols, timeframe="1h")
    return spec, {symbol: walk(seed, symbol, Timeframe.H1, 240) for symbol in symbols}


def test_the_order_of_symbols_and_of_data_does_not_matter() -> None:
    """Rule 61: entries of one timestamp go by symbol in code-point order, whatever the strategy's list says."""
    trades = 0
    for seed in range(12):
        written, data = drawn(seed, 3)
        turned = {**written, "symbols": list(data)[::-1]}
        one = run(parse_spec(written), data)
        other = run(parse_spec(turned), dict(reversed(data.items())))
        assert one.trade_log == other.trade_log
        assert one.digests["equity"] == other.digests["equity"]
        assert one.digests["data"] == other.digests["data"]
        trades += len(one.trade_log)
    assert trades > 100


def closed_before(found: BacktestResult, moment: int) -> list[object]:
    trades = found.outcome.trades
    rows = np.flatnonzero((found.plan.time[trades.exit_row] < moment) & found.statistics.closed)
    return [found.trade_log[row] for row in rows]


def poisoned(bars: Bars, moment: int, rng: np.random.Generator) -> Bars:
    """Everything from `moment` on replaced by noise."""
    late = bars.open_time >= moment
    noise = np.exp(rng.normal(0, 0.5, (4, int(late.sum()))))
    columns = {name: getattr(bars, name).copy() for name in ("open", "high", "low", "close")}
    for row, name in enumerate(("open", "close")):
        columns[name][late] *= noise[row]
    columns["high"] = np.max([columns[name] for name in ("open", "high", "close")], axis=0)
    columns["low"] = np.min([columns[name] for name in ("open", "low", "close")], axis=0)
    return replace(bars, **columns)


def test_no_decision_depends_on_the_future() -> None:
    """Rule 19: cut the future off, or replace it by noise; what was closed before does not change."""
    compared = 0
    for seed in range(25):
        written, data = drawn(seed, 1 + seed % 3)
        spec = parse_spec(written)
        whole = run(spec, data)
        moment = int(whole.plan.time[len(whole.plan.time) * 2 // 3])
        before = closed_before(whole, moment)
        cut = run(spec, {symbol: bars.between(None, moment - 1) for symbol, bars in data.items()})
        assert closed_before(cut, moment) == before, seed
        rng = np.random.default_rng(seed)
        other = run(spec, {symbol: poisoned(bars, moment, rng) for symbol, bars in data.items()})
        assert closed_before(other, moment) == before, seed
        stop = int(np.searchsorted(whole.plan.time, moment))
        assert np.array_equal(cut.outcome.equity[:stop], whole.outcome.equity[:stop]), seed
        assert np.array_equal(other.outcome.equity[:stop], whole.outcome.equity[:stop]), seed
        compared += len(before)
    assert compared > 100


def test_one_bars_object_a_list_and_a_mapping_are_the_same_run() -> None:
    spec = strategy()
    runs = [run(spec, bars, settings=FREE) for bars in (TEN, [TEN], {"BTC/USDT": TEN})]
    assert len({json.dumps(each.to_json(), sort_keys=True) for each in runs}) == 1


def test_finer_data_runs_like_the_bars_it_makes() -> None:
    written, _ = drawn(3, 1)
    fine = walk(9, "BTC/USDT", Timeframe.M15, 900, missing=0)
    spec = parse_spec(written)
    made = run(spec, fine)
    assert made.trade_log == run(spec, made.evaluation.only.bars).trade_log


@pytest.mark.parametrize(
    "changes",
    [
        {"capital": 0},
        {"capital": float("nan")},
        {"fee_bps": -1},
        {"slippage_bps": 10_000},
        {"lot_size": -1},
        {"annualisation": 0},
        {"risk_free_rate": -1},
        {"start_ms": 5, "end_ms": 4},
    ],
)
def test_settings_out_of_range_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(InvalidInput) as refused:
        RunSettings(**changes)  # type: ignore[arg-type]
    assert refused.value.field == next(iter(changes)).removesuffix("_ms")
    assert refused.value.remedy


def test_exits_and_sizes_given_per_side_serve_their_own_side() -> None:
    """The long stops 2 below its fill at 100, the short 7 above its fill at 98; 1 unit and 3 units."""
    spec = strategy(
        entry={"long": on(1), "short": on(4)},
        exit=None,
        stop_loss={"long": {"type": "points", "value": 2}, "short": {"type": "points", "value": 7}},
        sizing={"long": {"type": "fixed_quantity", "value": 1}, "short": {"type": "fixed_quantity", "value": 3}},
    )
    long, short = result(spec, days(100, 100, 100, 98, 98, 98, 110)).trade_log
    assert (long["side"], long["quantity"], long["exit_price"], long["reason"]) == ("long", 1, 98, "stop_loss")
    assert (short["side"], short["quantity"], short["exit_price"], short["reason"]) == ("short", 3, 105, "stop_loss")


def test_an_instrument_of_another_market_is_refused() -> None:
    share = Instrument(symbol="BTC/USDT", market=Market.US_EQUITY, currency="USD")
    with pytest.raises(InvalidInput, match="instrument of us_equity") as refused:
        run(strategy(), days(*range(100, 110)), instruments={"BTC/USDT": share})
    assert refused.value.field == "market"
