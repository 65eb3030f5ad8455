"""Market data of one asset in the format of the requirements (§5.3), to the letter.

Ten points, oldest first, nothing rounded; indicators on closed bars only. Beside the format's keys stand `as_of` (the
time of each value; a part made of bars has the closes of its ten points, the last of which is the time of its single
values), `missing` (why a value is null) and `notes`. With other timeframes than 5m and 4h the intraday
series keeps its keys and the long-term keys carry the other name (`ema20_1d`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np

from vibex.agent.context.readings import Freshness, Missing, Page, Reading, fresh, stamp, words
from vibex.analysis.indicators import IndicatorInput, compute
from vibex.domain import Bars, InvalidInput, JsonValue, Timeframe
from vibex.domain.arrays import F64

POINTS = 10
HISTORY = 500
"""Bars that indicators are computed from: an EMA of 50 has forgotten its beginning to 1e-8 after so many."""
VOLUME_BARS = 20
"""Closed long-term bars, the current one included, of `volume_average`."""
OPEN_INTEREST_SPAN = timedelta(hours=24)
"""What `open_interest.average` is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketFrames:
    """Which bars the context is made of: one intraday timeframe, and the long-term ones, the main one first."""

    intraday: Timeframe = Timeframe.M5
    long_term: tuple[Timeframe, ...] = (Timeframe.H4,)

    def __post_init__(self) -> None:
        allowed = (Timeframe.M5, Timeframe.H1, Timeframe.H4, Timeframe.D1)
        for frame in (self.intraday, *self.long_term):
            if frame not in allowed:
                raise InvalidInput(f"{frame} is no timeframe of the context", field="timeframe", remedy="5m 1h 4h 1d")
        if not self.long_term or len(set(self.long_term)) < len(self.long_term):
            raise InvalidInput("name each long-term timeframe once, and at least one", field="timeframe")

    @property
    def all(self) -> tuple[Timeframe, ...]:
        return tuple(dict.fromkeys((self.intraday, *self.long_term)))


@dataclass(frozen=True, kw_only=True, eq=False)
class MarketInputs:
    """What the document of one asset is made from, as known at `at`."""

    asset: str
    at: datetime
    frames: MarketFrames
    bars: Mapping[Timeframe, Bars | Missing]
    price: Reading | Missing
    mids: Sequence[Reading] | Missing
    funding: Reading | Missing
    open_interest: Sequence[Reading] | Missing
    freshness: Freshness = field(default_factory=Freshness)

    def closed(self, frame: Timeframe) -> Bars | Missing:
        """The bars of `frame` that are closed at `at`, unless there is none or the last one is too old."""
        bars = self.bars[frame]
        if isinstance(bars, Missing):
            return bars
        at_ms = round(self.at.timestamp() * 1000)
        bars = bars.between(None, at_ms - frame.ms)
        if len(bars) == 0:
            return Missing(f"there is no closed {frame} bar")
        behind = timedelta(milliseconds=at_ms - int(bars.open_time[-1]) - frame.ms)
        if behind.total_seconds() > frame.ms / 1000 + self.freshness.bar_s:
            return Missing(f"stale: the last closed {frame} bar ended {words(behind)} ago")
        return bars


def market_document(inputs: MarketInputs) -> dict[str, JsonValue]:
    """The format's keys in its order, then `as_of`, `missing` and `notes`."""
    page = Page()
    document: dict[str, JsonValue] = {
        "asset": inputs.asset,
        "timestamp": stamp(inputs.at),
        "open_interest": _open_interest(inputs, page),
        "funding_rate": page.put("funding_rate", fresh(inputs.funding, inputs.at, inputs.freshness.funding_s)),
        "intraday_series": _intraday(inputs, page),
        "long_term_context": {},
    }
    context: dict[str, JsonValue] = {}
    for number, frame in enumerate(inputs.frames.long_term):
        context.update(_long_term(inputs, frame, page, is_main=number == 0))
    document["long_term_context"] = context
    return {**document, "as_of": page.as_of, "missing": page.missing, "notes": page.notes}


def _open_interest(inputs: MarketInputs, page: Page) -> dict[str, JsonValue]:
    told = inputs.open_interest
    if isinstance(told, Missing) or not told:
        why = told if isinstance(told, Missing) else Missing("none was recorded")
        return {name: page.put(f"open_interest.{name}", why) for name in ("latest", "average")}
    since = inputs.at - OPEN_INTEREST_SPAN
    recent = [each for each in told if since <= each.at <= inputs.at and each.value.is_finite()]
    latest = fresh(told[-1], inputs.at, inputs.freshness.open_interest_s)
    average: Reading | Missing = latest
    if recent and isinstance(latest, Reading):
        average = Reading(sum((each.value for each in recent), Decimal(0)) / len(recent), latest.at)
        page.notes["open_interest.average"] = f"mean of {len(recent)} readings since {stamp(recent[0].at)}"
    return {
        "latest": page.put("open_interest.latest", latest),
        "average": page.put("open_interest.average", average),
    }


def _intraday(inputs: MarketInputs, page: Page) -> dict[str, JsonValue]:
    frame = inputs.frames.intraday
    names = ("mid_prices", "ema20", "macd", "rsi7", "rsi14")
    bars = inputs.closed(frame)
    if isinstance(bars, Missing):
        page.missing.update({f"intraday_series.{name}": bars.reason for name in names})
        return dict.fromkeys(names, None)
    page.notes["intraday_series"] = _frame_note(bars)
    table = _Columns(bars, "intraday_series", page)
    page.as_of["intraday_series"] = table.times
    return {
        "mid_prices": table.points("mid_prices", _mids(inputs, bars, page)),
        "ema20": table.points("ema20", table.indicator("EMA", timeperiod=20)),
        "macd": table.points("macd", table.indicator("MACD", output="macd")),
        "rsi7": table.points("rsi7", table.indicator("RSI", timeperiod=7)),
        "rsi14": table.points("rsi14", table.indicator("RSI", timeperiod=14)),
    }


def _long_term(inputs: MarketInputs, frame: Timeframe, page: Page, *, is_main: bool) -> dict[str, JsonValue]:
    volume = "" if is_main else f"_{frame}"
    singles = (f"ema20_{frame}", f"ema50_{frame}", f"atr3_{frame}", f"atr14_{frame}")
    volumes = (f"volume_current{volume}", f"volume_average{volume}")
    series = (f"macd_{frame}", f"rsi14_{frame}")
    bars = inputs.closed(frame)
    if isinstance(bars, Missing):
        names = (*singles, *volumes, *series)
        page.missing.update({f"long_term_context.{name}": bars.reason for name in names})
        return dict.fromkeys(names, None)
    part = "long_term_context" if is_main else f"long_term_context.{frame}"
    page.notes[part] = _frame_note(bars)
    table = _Columns(bars, "long_term_context", page)
    page.as_of[part] = table.times
    ema = (table.indicator("EMA", timeperiod=20), table.indicator("EMA", timeperiod=50))
    atr = (table.indicator("ATR", timeperiod=3), table.indicator("ATR", timeperiod=14))
    traded = table.volumes()
    return {
        **{name: table.last(name, values) for name, values in zip(singles, (*ema, *atr), strict=True)},
        **{name: table.last(name, values) for name, values in zip(volumes, traded, strict=True)},
        series[0]: table.points(series[0], table.indicator("MACD", output="macd")),
        series[1]: table.points(series[1], table.indicator("RSI", timeperiod=14)),
    }


class _Columns:
    """Columns over the closed bars of one timeframe, and how they enter a document."""

    def __init__(self, bars: Bars, part: str, page: Page) -> None:
        self._bars = bars
        self._part = part
        self._page = page

    @property
    def times(self) -> list[JsonValue]:
        """When each of the ten points was known, null before the first bar."""
        closes = (self._bars.open_time + self._bars.timeframe.ms)[-POINTS:].tolist()
        known = [stamp(datetime.fromtimestamp(ms / 1000, UTC)) for ms in closes]
        return [*[None] * (POINTS - len(closes)), *known]

    def indicator(self, name: str, *, output: str = "", **params: float) -> F64:
        column: F64 = compute(name, params, IndicatorInput(bars=self._bars, series=self._bars.close))[output]
        return column

    def volumes(self) -> tuple[F64, F64]:
        """The last volume and its mean over `VOLUME_BARS`, as columns."""
        volume = self._bars.volume
        if volume is None or not self._bars.has_volume:
            unknown: F64 = np.full(len(self._bars), np.nan)
            return unknown, unknown
        mean: F64 = np.full(len(self._bars), np.nan)
        if len(volume) >= VOLUME_BARS:
            mean[-1] = float(np.mean(volume[-VOLUME_BARS:]))
        return volume, mean

    def points(self, name: str, values: F64) -> JsonValue:
        """The last ten values, oldest first; null where there is none."""
        tail = [float(value) if np.isfinite(value) else None for value in values[-POINTS:].tolist()]
        lacking = POINTS - len(tail) + sum(value is None for value in tail)
        path = f"{self._part}.{name}"
        if lacking:
            self._page.missing[path] = f"{lacking} of {POINTS} points: {len(self._bars)} closed bars are too few"
        return [*[None] * (POINTS - len(tail)), *tail]

    def last(self, name: str, values: F64) -> float | None:
        path, value = f"{self._part}.{name}", float(values[-1])
        if not np.isfinite(value):
            short = f"{len(self._bars)} closed bars are too few" if self._bars.has_volume else "the bars have no volume"
            self._page.missing[path] = short
            return None
        return value


def _mids(inputs: MarketInputs, bars: Bars, page: Page) -> F64:
    """The recorded mid nearest before the close of each bar, else the close; how many of each stands in `notes`."""
    values: F64 = bars.close[-POINTS:].copy()
    found = 0
    if not isinstance(inputs.mids, Missing):
        ends = bars.open_time[-POINTS:] + bars.timeframe.ms
        for place, end in enumerate(ends.tolist()):
            mid = _at(inputs.mids, datetime.fromtimestamp(end / 1000, UTC), inputs.freshness.quote_s)
            if mid is not None:
                values[place], found = float(mid.value), found + 1
    lacking = len(values) - found
    if lacking:
        why = inputs.mids.reason if isinstance(inputs.mids, Missing) else "no quote was recorded then"
        page.notes["intraday_series.mid_prices"] = (
            f"{lacking} of {len(values)} points are closes of the {bars.timeframe} bars: {why}"
        )
    return values


def _at(mids: Sequence[Reading], moment: datetime, limit_s: float) -> Reading | None:
    """The last reading at or before `moment`, unless it is older than `limit_s` then."""
    before = [each for each in mids if each.at <= moment]
    checked = fresh(before[-1], moment, limit_s) if before else None
    return checked if isinstance(checked, Reading) else None


def _frame_note(bars: Bars) -> str:
    """Which bars a part is made of, and how many are missing between them."""
    step = bars.timeframe.ms
    holes = sum((after - before) // step - 1 for before, after in pairwise(bars.open_time.tolist()))
    lacking = f", {holes} missing between them" if holes else ""
    return f"{len(bars)} closed {bars.timeframe} bars{lacking}"
