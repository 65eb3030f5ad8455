"""Lay the symbols of a run on one clock and hand the engine nothing but numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vibex.backtest.compile.events import (
    Clock,
    compile_carry,
    compile_detail,
    compile_funding,
    compile_liquidation,
    compile_mark,
)
from vibex.backtest.compile.levels import LevelWriter
from vibex.backtest.compile.rules import compile_limits, compile_order, serving_order
from vibex.backtest.compile.sides import compile_side
from vibex.backtest.compile.ticks import Ticks, ticks_of
from vibex.backtest.engine.parts import VolumeRules
from vibex.backtest.engine.plan import Flag, Plan
from vibex.backtest.series import RunSeries
from vibex.backtest.settings import RunSettings
from vibex.domain import Bars, Instrument, InvalidInput, NotSupported, format_ms
from vibex.domain.arrays import F64, I64, U8
from vibex.domain.money import to_float
from vibex.strategy.evaluation import Evaluation, SymbolSignals
from vibex.strategy.evaluation.columns import ColumnTable
from vibex.strategy.evaluation.state_rules import StateParts

PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lane:
    """One symbol's rows of the tested range; `bars` are what is traded, in the units of the account."""

    bars: Bars
    flags: U8
    columns: F64


def compile_plan(
    evaluation: Evaluation,
    settings: RunSettings,
    instruments: Mapping[str, Instrument],
    series: RunSeries | None = None,
    traded: Mapping[str, Bars] | None = None,
) -> Plan:
    """The plan of a run; symbols in code-point order (rule 61).

    `traded` holds the bars that orders fill in, where they are not those that the signals read: raw prices under
    signals on split-adjusted ones. Raises InvalidInput when no bar lies in the tested range, when a lot is 0 where the
    market has board lots, when the capital does not pay for one lot, or when a part is switched on without its data.
    """
    spec, series = evaluation.spec, series or RunSeries()
    table = ColumnTable()
    writer = LevelWriter(table)
    state = StateParts(spec, writer.state)
    long, short = (compile_side(spec, writer, long=side) for side in (True, False))
    order = compile_order(spec, table, in_parts=settings.volume_cap is not None)
    symbols = tuple(sorted(evaluation.symbols))
    lanes = [_lane(evaluation[symbol], (traded or {}).get(symbol), table, settings) for symbol in symbols]
    lots = [_lot(instruments[symbol], settings) for symbol in symbols]
    for symbol, lane, lot in zip(symbols, lanes, lots, strict=True):
        _refuse_less_than_one_lot(lane.bars, lot, instruments[symbol], settings, spec.leverage)
    if traded and (state.rules(writer.programs) is not None or order is not None):
        raise NotSupported(
            "resting entries and rules that read the position's state are not run on raw prices with splits",
            field="adjust",
            remedy="use --adjust split: the account then books dividends, and shares are counted in today's",
        )
    time, columns = _on_one_clock(lanes)
    sessions = evaluation.calendar.columns(time, spec.timeframe)
    clock = Clock(
        time=time,
        bars=[lane.bars for lane in lanes],
        end_ms=int(sessions.bar_close[-1]),
        calendar=evaluation.calendar,
    )
    ticks = ticks_of([instruments[symbol] for symbol in symbols], settings, time)
    return Plan(
        symbols=symbols,
        time=time,
        **{name: columns[name] for name in (*PRICES, "flags", "columns")},
        lot=np.array(lots, dtype=np.float64),
        tick=ticks.tick,
        tick_bounds=ticks.bounds,
        tick_sizes=ticks.sizes,
        long=long,
        short=short,
        capital=settings.capital,
        leverage=spec.leverage,
        fee_rate=settings.fee_rate,
        maker_rate=settings.maker_rate,
        schedule=settings.fee_schedule,
        slip=settings.slip,
        min_notional=settings.min_notional,
        reverse=spec.on_opposite == "reverse",
        time_stop_bars=spec.time_stop_bars or 0,
        target_takes=settings.target == "market",
        target_through=_through(ticks, settings, symbols),
        priority=serving_order(settings.entry_order, len(symbols), len(time)),
        linked=spec.archetype == "pairs",
        order=order,
        volume=_volume(lanes, time, settings),
        mark=compile_mark(series.mark, clock),
        funding=compile_funding(series.funding, series.mark, clock),
        liquidation=compile_liquidation(
            series.brackets,
            clock,
            isolated=settings.margin == "isolated",
            fee_rate=settings.liquidation_fee_rate,
        )
        if settings.liquidation
        else None,
        detail=compile_detail(series.detail, clock),
        carry=compile_carry(series.actions, settings.borrow_per_year, clock),
        limits=compile_limits(spec, sessions.session),
        state=state.rules(writer.programs),
    )


def _lane(signals: SymbolSignals, traded: Bars | None, table: ColumnTable, settings: RunSettings) -> _Lane:
    times = signals.bars.open_time
    first = 0 if settings.start_ms is None else int(np.searchsorted(times, settings.start_ms, side="left"))
    stop = len(times) if settings.end_ms is None else int(np.searchsorted(times, settings.end_ms, side="right"))
    if first >= stop:
        raise InvalidInput(
            f"no bar of {signals.symbol} lies in the tested range",
            field="start",
            remedy=f"the data runs from {format_ms(int(times[0]))} to {format_ms(int(times[-1]))}",
        )
    columns = table.values(signals.frame)
    if traded is not None:
        if not np.array_equal(traded.open_time, times):
            raise InvalidInput(f"the traded bars of {signals.symbol} are not those of its signals", field="data")
        columns[table.price_rows] *= traded.close / signals.bars.close
    return _Lane(
        bars=(signals.bars if traded is None else traded).rows(first, stop),
        flags=_flags(signals)[first:stop],
        columns=columns[:, first:stop],
    )


def _flags(signals: SymbolSignals) -> U8:
    """The signals with the NO_TRADES bit of rule 60, which data without volume and its leading stretch lack."""
    volume = signals.bars.volume
    if volume is None:
        return signals.flags
    idle = np.flatnonzero(volume == 0)
    traded = np.flatnonzero(volume > 0)[:1] if len(idle) else idle
    if len(traded) == 0:
        return signals.flags
    flags = signals.flags.copy()
    flags[idle[idle > traded[0]]] |= Flag.NO_TRADES
    return flags


def _on_one_clock(lanes: Sequence[_Lane]) -> tuple[I64, dict[str, np.ndarray]]:
    """The union of all timestamps, and every column on it: (N, T), (N, C, T) for the series."""
    if len(lanes) == 1:
        lane = lanes[0]
        prices = {name: getattr(lane.bars, name)[np.newaxis] for name in PRICES}
        return lane.bars.open_time, {
            **prices,
            "flags": lane.flags[np.newaxis],
            "columns": lane.columns[np.newaxis],
        }
    time = np.unique(np.concatenate([lane.bars.open_time for lane in lanes]))
    shape = (len(lanes), len(time))
    out: dict[str, np.ndarray] = {name: np.full(shape, np.nan) for name in PRICES}
    out["flags"] = np.full(shape, Flag.NO_BAR, dtype=np.uint8)
    out["columns"] = np.full((len(lanes), lanes[0].columns.shape[0], len(time)), np.nan)
    for index, lane in enumerate(lanes):
        rows = np.searchsorted(time, lane.bars.open_time)
        for name in PRICES:
            out[name][index, rows] = getattr(lane.bars, name)
        out["flags"][index, rows] = lane.flags
        out["columns"][index][:, rows] = lane.columns
    return time, out


def _volume(lanes: Sequence[_Lane], time: I64, settings: RunSettings) -> VolumeRules | None:
    """Each bar's volume on the clock, 0 where there is none; a cap without volume is refused (rule 11)."""
    if settings.volume_cap is None:
        return None
    volume = np.zeros((len(lanes), len(time)))
    for index, lane in enumerate(lanes):
        if lane.bars.volume is None or not lane.bars.has_volume:
            raise InvalidInput(
                f"the data of {lane.bars.symbol} has no volume",
                field="volume_cap",
                remedy="use data with volume, or leave --volume-cap out",
            )
        volume[index, np.searchsorted(time, lane.bars.open_time)] = lane.bars.volume
    return VolumeRules(volume=volume, cap=settings.volume_cap, impact=settings.impact)


def _through(ticks: Ticks, settings: RunSettings, symbols: Sequence[str]) -> F64:
    if settings.target_through == 0:
        return np.empty(0)
    for symbol, tick in zip(symbols, ticks.coarsest, strict=True):
        if tick == 0:
            raise InvalidInput(
                f"{symbol} has no tick, so that a target cannot be traded through by ticks",
                field="target_through",
                remedy="give --tick-size, or an instrument file with its tick",
            )
    return settings.target_through * ticks.coarsest


def _lot(instrument: Instrument, settings: RunSettings) -> float:
    lot = to_float(instrument.lot) if settings.lot_size is None else settings.lot_size
    if settings.fractional:
        return 0.0
    if lot == 0 and instrument.market == "hk_equity":
        raise InvalidInput(
            f"{instrument.symbol} trades in board lots",
            field="lot_size",
            remedy="give --lot-size SHARES, an instrument file with its lot, or --fractional",
        )
    return lot


def _refuse_less_than_one_lot(
    bars: Bars, lot: float, instrument: Instrument, settings: RunSettings, leverage: float
) -> None:
    price = float(bars.open[0]) * (1 + settings.slip)
    needed = lot * price * (1 / leverage + settings.fee_rate)
    if needed > settings.capital:
        currency = instrument.currency
        one_lot = f"one lot of {lot:g} {instrument.symbol} at {price:,.2f}"
        raise InvalidInput(
            f"{settings.capital:,.2f} {currency} does not pay for {one_lot}",
            field="capital",
            remedy=f"use at least {needed:,.2f} {currency}, or --fractional",
        )
