"""`run`: a strategy on bars becomes a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vibex.backtest.benchmark import BUY_AND_HOLD
from vibex.backtest.body import simulate
from vibex.backtest.compile import compile_plan
from vibex.backtest.holdout import HoldoutStatus
from vibex.backtest.raw_prices import raw_bars, signal_bars
from vibex.backtest.result import BacktestResult, JsonObject
from vibex.backtest.series import RunSeries
from vibex.backtest.settings import RunSettings
from vibex.backtest.warning import Warning_
from vibex.domain import Instrument, InvalidInput
from vibex.strategy.evaluation import BarsBySymbol, by_symbol, evaluate
from vibex.strategy.spec import StrategySpec


def run(
    spec: StrategySpec,
    bars: BarsBySymbol,
    *,
    settings: RunSettings | None = None,
    instruments: Mapping[str, Instrument] | None = None,
    series: RunSeries | None = None,
    notes: Sequence[Warning_] = (),
    data_quality: Sequence[JsonObject] = (),
    holdout: HoldoutStatus | None = None,
) -> BacktestResult:
    """Backtest `spec` on `bars` by the fill rules.

    `bars` as for `evaluate`; `series` switches funding, mark prices, finer bars, brackets and corporate actions on;
    `instruments` by symbol, those missing get the market's default (no lot, no tick, shortable); a benchmark that the
    strategy names needs bars too. Raises InvalidInput when the data, the settings or an instrument do not allow the
    run, NotSupported for parts of a strategy that this version does not run.
    """
    settings = settings or RunSettings()
    known = dict(instruments or {})
    for symbol in spec.symbols:
        known.setdefault(symbol, Instrument(symbol=symbol, market=spec.market, currency=spec.market.default_currency))
    _refuse_mixed(spec, known)
    compared_with = [] if spec.benchmark in (None, BUY_AND_HOLD) else [str(spec.benchmark)]
    data = by_symbol(spec, bars, *compared_with)
    series = series or RunSeries()
    evaluation = evaluate(spec, signal_bars(data, series))
    raw = raw_bars(spec, data, series)
    plan = compile_plan(evaluation, settings, known, series, raw)
    return BacktestResult(
        spec=spec,
        settings=settings,
        instruments={symbol: known[symbol] for symbol in spec.symbols},
        bars=data,
        evaluation=evaluation,
        traded={symbol: raw.get(symbol, evaluation[symbol].bars) for symbol in spec.symbols},
        series=series,
        plan=plan,
        outcome=simulate(plan, settings.engine, tie=settings.tie_order),
        notes=notes,
        data_quality=data_quality,
        holdout=holdout,
    )


def _refuse_mixed(spec: StrategySpec, instruments: Mapping[str, Instrument]) -> None:
    for symbol in spec.symbols:
        if instruments[symbol].market is not spec.market:
            raise InvalidInput(
                f"{symbol} is an instrument of {instruments[symbol].market}, the strategy trades {spec.market}",
                field="market",
                remedy="correct the strategy's market, or the instrument",
            )
    currencies = sorted({instruments[symbol].currency for symbol in spec.symbols})
    if len(currencies) > 1:
        raise InvalidInput(
            f"one run has one currency, these symbols have {' and '.join(currencies)}",
            field="symbols",
            remedy="run them apart",
        )
    if spec.trades_short:
        fixed = [symbol for symbol in spec.symbols if not instruments[symbol].shortable]
        if fixed:
            raise InvalidInput(
                f"{fixed[0]} cannot be sold short", field="entry.short", remedy="remove the short side, or the symbol"
            )
