"""From files to the bars of a run: adjustment stated, jumps explained, sessions filtered, one timeframe, one currency.

Everything here is a function of what was read; nothing is fetched and no file is opened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from vibex.analysis.calendars import Calendar, calendar_for
from vibex.analysis.resampling import resample_some
from vibex.domain.bars import PRICES, Bars, format_ms
from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Instrument, Market
from vibex.domain.timeframe import Timeframe
from vibex.market.adjustment import Adjustment, CorporateActions, adjust
from vibex.market.instruments import Instruments, shipped_instruments, single_currency
from vibex.market.jumps import find_jumps, unexplained
from vibex.market.quality import DataQuality, measure_quality
from vibex.market.reader import DataFile


@dataclass(frozen=True, kw_only=True)
class PreparationRequest:
    """What the user asked of the data.

    `adjustment` states what undeclared equity data is; with `actions` it is what the prices shall become, undeclared
    data then counts as raw. `filters` are symbols that only indicators read. `lot_size` replaces the instruments' lot,
    `fractional` sets it to 0.
    """

    market: Market
    timeframe: Timeframe
    adjustment: Adjustment | None = None
    actions: CorporateActions | None = None
    extended_hours: bool = False
    filters: Collection[str] = ()
    instruments: Instruments | None = None
    lot_size: Decimal | None = None
    fractional: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something a result must say about its data: `code` for programs, `message` for people."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class PreparedData:
    """The bars of a run by symbol, all in the strategy's timeframe, and what was done to them.

    `instruments` has the traded symbols only. `adjustment` is None on crypto. `notes` are for the result.
    """

    bars: Mapping[str, Bars]
    quality: Mapping[str, DataQuality]
    instruments: Mapping[str, Instrument]
    currency: str
    adjustment: Adjustment | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    bars: Bars
    quality: DataQuality
    notes: tuple[Note, ...]


def prepare(files: Mapping[str, DataFile], request: PreparationRequest) -> PreparedData:
    """Prepare the file of every symbol (keys are canonical symbols).

    Raises InvalidInput: "adjust" when equity data has no or no single adjustment, "data" for an unexplained jump or a
    file of another symbol or market, "timeframe" for data coarser than the strategy's, "lot_size" and "symbols" as
    `Instruments.resolve` and `single_currency` do.
    """
    calendar = calendar_for(request.market)
    done = {symbol: _prepare_one(symbol, file, request, calendar) for symbol, file in files.items()}
    instruments = {
        symbol: _instrument(part.bars, request) for symbol, part in done.items() if symbol not in request.filters
    }
    currency = single_currency(instruments.values())
    _refuse_other_currency(files, instruments)
    notes = [note for part in done.values() for note in part.notes]
    return PreparedData(
        bars={symbol: part.bars for symbol, part in done.items()},
        quality={symbol: part.quality for symbol, part in done.items()},
        instruments=instruments,
        currency=currency,
        adjustment=_single_adjustment(part.quality for part in done.values()),
        notes=tuple(notes),
    )


def _prepare_one(symbol: str, file: DataFile, request: PreparationRequest, calendar: Calendar) -> _Prepared:
    _refuse_other_declaration(symbol, file, request)
    notes: list[Note] = []
    bars = replace(file.bars, symbol=symbol)
    dropped: int | None = None
    if request.market.is_equity and bars.timeframe.is_intraday and not request.extended_hours:
        bars, dropped = _regular_session(bars, calendar)
    adjustment: Adjustment | None = None
    if request.market.is_equity:
        bars, adjustment = _adjusted(bars, file, request)
        notes += _check_jumps(symbol, bars, adjustment, request)
    elif request.adjustment is not None or request.actions is not None:
        raise InvalidInput(
            "crypto has no splits and dividends", field="adjust", remedy="leave --adjust and --actions out"
        )
    source = bars
    bars = _in_timeframe(bars, request.timeframe, calendar)
    quality = measure_quality(
        source,
        source=file.quality.source,
        calendar=calendar,
        repairs=file.repairs,
        dropped_extended_hours=dropped,
        resampled_to=request.timeframe if bars is not source else None,
        simulated=file.quality.simulated,
        adjustment=adjustment,
    )
    if dropped:
        notes.append(Note("extended_hours", f"{symbol}: {dropped} bars outside the regular session were dropped"))
    if quality.resampled_to:
        notes.append(Note("resampled", f"{symbol}: {source.timeframe} bars were resampled to {quality.resampled_to}"))
    return _Prepared(bars=bars, quality=quality, notes=tuple(notes))


def _refuse_other_declaration(symbol: str, file: DataFile, request: PreparationRequest) -> None:
    declared = file.declared
    for what, stated, wanted in (("symbol", declared.symbol, symbol), ("market", declared.market, request.market)):
        if stated is not None and stated != wanted:
            raise InvalidInput(
                f"{file.quality.source} declares the {what} {stated}, the strategy asks for {wanted}",
                field="data",
                remedy=f"give the file of {symbol} on {request.market}",
            )


def _regular_session(bars: Bars, calendar: Calendar) -> tuple[Bars, int]:
    inside = calendar.in_session(bars.open_time, bars.timeframe)
    if not inside.any():
        raise InvalidInput(
            f"no bar of {bars.symbol} lies in a regular session",
            field="data",
            remedy="check the time zone of the file, or use --extended-hours",
        )
    if inside.all():
        return bars, 0
    kept = {name: getattr(bars, name)[inside] for name in ("open_time", *PRICES)}
    volume = None if bars.volume is None else bars.volume[inside]
    return replace(bars, **kept, volume=volume), int((~inside).sum())


def _adjusted(bars: Bars, file: DataFile, request: PreparationRequest) -> tuple[Bars, Adjustment]:
    declared, wanted = file.declared.adjustment, request.adjustment
    if declared is None and wanted is None:
        raise InvalidInput(
            f"{file.quality.source} does not say whether its prices are adjusted for splits and dividends",
            field="adjust",
            remedy="give --adjust raw, --adjust split or --adjust total, whichever the data is",
        )
    if wanted is None or wanted is declared:
        return bars, declared or Adjustment.RAW
    if request.actions is not None:
        from_ = declared or Adjustment.RAW
        return adjust(bars, request.actions, from_, wanted), wanted
    if declared is None:
        return bars, wanted
    raise InvalidInput(
        f"{file.quality.source} declares {declared} prices, not {wanted}",
        field="adjust",
        remedy=f"use --adjust {declared}, or give --actions FILE to convert",
    )


def _check_jumps(symbol: str, bars: Bars, adjustment: Adjustment, request: PreparationRequest) -> list[Note]:
    """Refuse an unexplained jump of a traded symbol; note those over long holes and of filters (a volatility
    index doubles in a day, and nothing is bought with it)."""
    notes = []
    for jump in find_jumps(bars, adjustment, request.actions or CorporateActions()):
        if not jump.over_hole and symbol not in request.filters:
            raise unexplained(jump, symbol, adjustment)
        over = "over a hole of more than a year, in which a split would not be seen" if jump.over_hole else "in one bar"
        notes.append(Note("jump", f"{symbol}: the price moves {jump.move:+.1%} to {format_ms(jump.time_ms)} {over}"))
    return notes


def _in_timeframe(bars: Bars, timeframe: Timeframe, calendar: Calendar) -> Bars:
    if bars.timeframe.ms > timeframe.ms:
        raise InvalidInput(
            f"the data of {bars.symbol} has {bars.timeframe} bars, the strategy needs {timeframe}",
            field="timeframe",
            remedy=f"give data of {timeframe} or finer, or set the strategy's timeframe to {bars.timeframe}",
        )
    return resample_some(bars, timeframe, calendar)


def _instrument(bars: Bars, request: PreparationRequest) -> Instrument:
    """The entry that holds on the last day of the data."""
    last_day = datetime.fromtimestamp(int(bars.open_time[-1]) / 1000, UTC).date()
    return (request.instruments or shipped_instruments()).resolve(
        bars.symbol, request.market, last_day, lot_size=request.lot_size, fractional=request.fractional
    )


def _refuse_other_currency(files: Mapping[str, DataFile], instruments: Mapping[str, Instrument]) -> None:
    for symbol, instrument in instruments.items():
        stated = files[symbol].declared.currency
        if stated is not None and stated != instrument.currency:
            raise InvalidInput(
                f"{files[symbol].quality.source} declares prices in {stated}, {symbol} trades in {instrument.currency}",
                field="data",
                remedy="give the file of that symbol, or an entry with its currency in the instrument file",
            )


def _single_adjustment(quality: Iterable[DataQuality]) -> Adjustment | None:
    by_state = {part.adjustment: part.symbol for part in quality}
    if len(by_state) > 1:
        named = ", ".join(f"{symbol} is {state}" for state, symbol in by_state.items())
        raise InvalidInput(
            f"the prices of one run are adjusted alike, but {named}",
            field="adjust",
            remedy="give files of one kind, or --actions FILE with --adjust to convert them",
        )
    return next(iter(by_state), None)
