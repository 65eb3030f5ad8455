"""Lay the symbols of a run on one clock and hand the engine nothing but numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vibex.backtest.compile.columns import ColumnTable
from vibex.backtest.compile.sides import compile_side
from vibex.backtest.engine.plan import Flag, Plan
from vibex.backtest.settings import RunSettings
from vibex.domain import Bars, Instrument, InvalidInput, format_ms
from vibex.domain.arrays import F64, I64, U8
from vibex.domain.money import to_float
from vibex.strategy.evaluation import Evaluation, SymbolSignals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lane:
    """One symbol's rows of the tested range."""

    bars: Bars
    flags: U8
    columns: F64


def compile_plan(evaluation: Evaluation, settings: RunSettings, instruments: Mapping[str, Instrument]) -> Plan:
    """The plan of a run; symbols in code-point order (rule 61).

    Raises InvalidInput when no bar lies in the tested range, when a lot is 0 where the market has board lots,
    or when the capital does not pay for one lot.
    """
    spec = evaluation.spec
    table = ColumnTable()
    long, short = (compile_side(spec, table, long=side) for side in (True, False))
    symbols = tuple(sorted(evaluation.symbols))
    lanes = [_lane(evaluation[symbol], table, settings) for symbol in symbols]
    lots = [_lot(instruments[symbol], settings) for symbol in symbols]
    for symbol, lane, lot in zip(symbols, lanes, lots, strict=True):
        _refuse_less_than_one_lot(lane.bars, lot, instruments[symbol], settings, spec.leverage)
    time, columns = _on_one_clock(lanes)
    return Plan(
        symbols=symbols,
        time=time,
        **columns,
        lot=np.array(lots, dtype=np.float64),
        tick=np.array([to_float(instruments[symbol].tick) for symbol in symbols]),
        long=long,
        short=short,
        capital=settings.capital,
        leverage=spec.leverage,
        fee_rate=settings.fee_rate,
        maker_rate=settings.fee_rate,
        slip=settings.slip,
        min_notional=settings.min_notional,
        reverse=spec.on_opposite == "reverse",
        time_stop_bars=spec.time_stop_bars or 0,
    )


def _lane(signals: SymbolSignals, table: ColumnTable, settings: RunSettings) -> _Lane:
    times = signals.bars.open_time
    first = 0 if settings.start_ms is None else int(np.searchsorted(times, settings.start_ms, side="left"))
    stop = len(times) if settings.end_ms is None else int(np.searchsorted(times, settings.end_ms, side="right"))
    if first >= stop:
        raise InvalidInput(
            f"no bar of {signals.symbol} lies in the tested range",
            field="start",
            remedy=f"the data runs from {format_ms(int(times[0]))} to {format_ms(int(times[-1]))}",
        )
    return _Lane(
        bars=signals.bars.rows(first, stop),
        flags=_flags(signals)[first:stop],
        columns=table.values(signals.frame)[:, first:stop],
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
        prices = {name: getattr(lane.bars, name)[np.newaxis] for name in ("open", "high", "low", "close")}
        return lane.bars.open_time, {
            **prices,
            "flags": lane.flags[np.newaxis],
            "columns": lane.columns[np.newaxis],
        }
    time = np.unique(np.concatenate([lane.bars.open_time for lane in lanes]))
    shape = (len(lanes), len(time))
    out: dict[str, np.ndarray] = {name: np.full(shape, np.nan) for name in ("open", "high", "low", "close")}
    out["flags"] = np.full(shape, Flag.NO_BAR, dtype=np.uint8)
    out["columns"] = np.full((len(lanes), lanes[0].columns.shape[0], len(time)), np.nan)
    for index, lane in enumerate(lanes):
        rows = np.searchsorted(time, lane.bars.open_time)
        for name in ("open", "high", "low", "close"):
            out[name][index, rows] = getattr(lane.bars, name)
        out["flags"][index, rows] = lane.flags
        out["columns"][index][:, rows] = lane.columns
    return time, out


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
