"""A backtest of files: read, prepared, laid out and run; nothing is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from vibex.backtest import BacktestResult, RunSettings, run
from vibex.backtest.holdout import HoldoutStatus, parse_share, seal
from vibex.backtest.result import input_digests
from vibex.backtest.series import RunSeries
from vibex.backtest.series_files import SeriesFiles, read_series
from vibex.backtest.warning import Warning_
from vibex.domain import InvalidInput, JsonValue
from vibex.domain.ports import Progress
from vibex.market import (
    Adjustment,
    CorporateActions,
    PreparationRequest,
    PreparedData,
    files_for,
    load_instruments,
    match_data,
    parse_data_argument,
    prepare,
    read_actions,
    read_bars,
)
from vibex.services.symbols import canonical_spec, filter_symbols
from vibex.strategy import StrategySpec, load_spec, refuse_unsupported

_ADJUSTMENT_MEANS = {
    Adjustment.RAW: "prices are raw: dividends are not credited, and a split would read as a loss",
    Adjustment.SPLIT: "prices are adjusted for splits: dividends are not credited",
    Adjustment.TOTAL: "prices are adjusted for splits and dividends: no trade took place at these prices",
}

_BOOKED_MEANS = {
    Adjustment.RAW: "prices are raw, signals read them without their splits: splits and dividends are booked in cash "
    "and shares",
    Adjustment.SPLIT: "prices are adjusted for splits: dividends are booked in cash, without tax",
    Adjustment.TOTAL: _ADJUSTMENT_MEANS[Adjustment.TOTAL],
}


@dataclass(frozen=True, kw_only=True)
class BacktestRequest:
    """One backtest of files. `spec` is a strategy or its file; `data` as on the command line: FILE or SYMBOL=FILE.

    `adjustment` says what equity prices are adjusted for, or with `actions` (a file of splits and dividends) what they
    shall be; `instruments` is a file of lots and ticks that goes before the shipped one. `series` are the files of
    funding, mark prices, finer bars and brackets; `holdout` keeps the last share of history ("20%") out of the run,
    `sealed` what a conversation has sealed already. Without `data` the bars come from the folder `library`.
    """

    spec: StrategySpec | Path | str
    data: Sequence[Path | str] = ()
    settings: RunSettings = field(default_factory=RunSettings)
    adjustment: Adjustment | None = None
    actions: Path | None = None
    instruments: Path | None = None
    extended_hours: bool = False
    series: SeriesFiles = field(default_factory=SeriesFiles)
    holdout: str | None = None
    sealed: HoldoutStatus | None = None
    library: Path | None = None


def backtest(request: BacktestRequest, progress: Progress | None = None) -> BacktestResult:
    """Read, prepare and run; nothing is written. Symbols of the result are canonical (`BTC/USDT`).

    Raises InvalidInput naming the field of the request, the row of the data or the part of the strategy at fault.
    """
    _report(progress, 1, "reading data")
    inputs = _read(request)
    _report(progress, 2, "running the strategy")
    return run(
        inputs.spec,
        inputs.data.bars,
        settings=inputs.settings,
        instruments=inputs.data.instruments,
        series=inputs.series,
        notes=[*inputs.notes, *_notes(inputs.data, booked=bool(inputs.series.actions))],
        data_quality=[quality.to_json() for quality in inputs.data.quality.values()],
        holdout=inputs.holdout,
    )


def digests_before(request: BacktestRequest) -> dict[str, str]:
    """The digests of data, spec and settings that `backtest(request)` would have, without running the strategy.

    Raises InvalidInput as `backtest` does.
    """
    inputs = _read(request)
    instruments = {symbol: inputs.data.instruments[symbol] for symbol in inputs.spec.symbols}
    return input_digests(inputs.spec, inputs.settings, instruments, inputs.data.bars, inputs.series)


def moment_ms(text: str, field_name: str, *, end: bool = False) -> int:
    """Epoch milliseconds of an ISO date or datetime; without an offset it is UTC.

    With `end` a bare date means its last millisecond. Raises InvalidInput (`field_name`) for other text.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"{text!r} is no date", field=field_name, remedy="write 2024-01-31 or 2024-01-31T15:00, in UTC"
        ) from None
    if end and re.fullmatch(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}", text.strip()):
        moment += timedelta(days=1, milliseconds=-1)
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return round(aware.timestamp() * 1000)


@dataclass(frozen=True, kw_only=True)
class _Inputs:
    """Everything that a run is given, read and checked."""

    spec: StrategySpec
    data: PreparedData
    series: RunSeries
    settings: RunSettings
    holdout: HoldoutStatus | None
    notes: Sequence[Warning_]


def _read(request: BacktestRequest) -> _Inputs:
    spec = request.spec if isinstance(request.spec, StrategySpec) else load_spec(request.spec)
    spec = canonical_spec(spec)
    refuse_unsupported(spec)
    actions = None if request.actions is None else read_actions(request.actions, spec.market)
    paths, notes = _files(spec, request)
    data = _prepared(spec, request, paths, actions)
    settings, holdout = _sealed(spec, request, data)
    series = read_series(spec, request.series, data.bars, actions, data.adjustment)
    return _Inputs(spec=spec, data=data, series=series, settings=settings, holdout=holdout, notes=notes)


def _sealed(
    spec: StrategySpec, request: BacktestRequest, data: PreparedData
) -> tuple[RunSettings, HoldoutStatus | None]:
    """The settings with the end that a holdout leaves, and what the result says of it."""
    settings = request.settings
    if request.sealed is not None:
        return _ending_before(settings, request.sealed), request.sealed
    if request.holdout is None:
        return settings, None
    times = np.unique(np.concatenate([data.bars[symbol].open_time for symbol in spec.symbols]))
    status = HoldoutStatus(sealed_from_ms=seal(times, parse_share(request.holdout)).sealed_from_ms)
    return _ending_before(settings, status), status


def _ending_before(settings: RunSettings, status: HoldoutStatus) -> RunSettings:
    """The settings whose last bar lies before the sealed part, unless that was opened."""
    if status.seen or status.sealed_from_ms is None:
        return settings
    last = status.sealed_from_ms - 1
    return settings if settings.end_ms is not None and settings.end_ms <= last else replace(settings, end_ms=last)


def _prepared(
    spec: StrategySpec, request: BacktestRequest, paths: Mapping[str, Path], actions: CorporateActions | None
) -> PreparedData:
    settings = request.settings
    wanted = PreparationRequest(
        market=spec.market,
        timeframe=spec.timeframe,
        adjustment=request.adjustment,
        actions=actions,
        extended_hours=request.extended_hours,
        filters=filter_symbols(spec),
        instruments=load_instruments(request.instruments),
        lot_size=None if settings.lot_size is None else Decimal(str(settings.lot_size)),
        fractional=settings.fractional,
    )
    return prepare({symbol: read_bars(path) for symbol, path in paths.items()}, wanted)


def _files(spec: StrategySpec, request: BacktestRequest) -> tuple[dict[str, Path], list[Warning_]]:
    """The file of every symbol, and a note where the library gave them because the request names none."""
    filters = filter_symbols(spec)
    if request.data or request.library is None:
        arguments = [parse_data_argument(str(text)) for text in request.data]
        return match_data(arguments, spec.symbols, filters, spec.market), []
    found = files_for(request.library, spec.market, (*spec.symbols, *filters), spec.timeframe)
    used = [f"{symbol} from {e.path.name} ({e.source or 'imported'})" for symbol, e in found.items()]
    message = f"No --data was given: bars of the library, {', '.join(used)}."
    files: dict[str, JsonValue] = {symbol: str(entry.path) for symbol, entry in found.items()}
    return {symbol: entry.path for symbol, entry in found.items()}, [
        Warning_(code="library", message=message, data=files)
    ]


def _notes(data: PreparedData, *, booked: bool) -> list[Warning_]:
    simulated = [symbol for symbol, quality in data.quality.items() if quality.simulated]
    notes = []
    if simulated:
        message = f"SIMULATED: the prices of {', '.join(simulated)} come from a generator, not from a market."
        notes.append(Warning_(code="simulated", message=message, data={"symbols": list(simulated)}))
    if data.adjustment is not None:
        meaning = _BOOKED_MEANS if booked else _ADJUSTMENT_MEANS
        message = f"{meaning[data.adjustment].capitalize()}."
        notes.append(Warning_(code="adjustment", message=message, data={"adjustment": data.adjustment.value}))
    return notes + [Warning_(code=note.code, message=f"{note.message}.", data={}) for note in data.notes]


def _report(progress: Progress | None, step: int, what: str) -> None:
    if progress is not None:
        progress.report(step, 3, what)
