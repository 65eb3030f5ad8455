"""Coarser bars from finer ones, and which of them a finer bar may already see (rule 58)."""

from __future__ import annotations

import numpy as np

from vibex.analysis.calendars import Calendar, SessionColumns
from vibex.domain import Bars, InvalidInput, Timeframe
from vibex.domain.arrays import I64


def common_step(open_time: I64) -> Timeframe:
    """The timeframe whose length is the commonest step between labels (the smallest of equally common ones).

    Raises InvalidInput when there are fewer than two rows or that step is none of the eight timeframes.
    """
    if len(open_time) < 2:
        raise InvalidInput("one bar has no timeframe", field="timestamp", remedy="give at least two bars")
    steps, counts = np.unique(np.diff(open_time), return_counts=True)
    step = int(steps[np.argmax(counts)])
    for timeframe in Timeframe:
        if timeframe.ms == step:
            return timeframe
    raise InvalidInput(
        f"the commonest step between bars is {step / 60_000:g} minutes, which is no timeframe",
        field="timestamp",
        remedy=f"use bars of {' '.join(t.value for t in Timeframe)}",
    )


def resample(bars: Bars, timeframe: Timeframe, calendar: Calendar) -> Bars:
    """Bars of the coarser `timeframe`; the same object when it has it already.

    Buckets start at 00:00 UTC, weeks on Monday; for exchanges a day is a session, labelled with its date,
    and no bucket spans two sessions. Bars outside the venue's hours (before the open, after the close, lunch)
    enter no bucket, because a bucket is known at the session's close. A last bucket that ends after the last
    bar does is not closed and left out, so there may be no bars at all. Volume is summed. Raises InvalidInput
    for a finer `timeframe`, or when no bar lies in the venue's hours.
    """
    if timeframe is bars.timeframe:
        return bars
    if timeframe.ms < bars.timeframe.ms:
        raise InvalidInput(
            f"{bars.timeframe} bars of {bars.symbol} cannot be made into {timeframe} bars",
            field="timeframe",
            remedy=f"use data of {timeframe} or finer, or the timeframe {bars.timeframe} or coarser",
        )
    rows = np.flatnonzero(calendar.in_trading_hours(bars.open_time, bars.timeframe))
    if len(rows) == 0:
        raise InvalidInput(f"no bar of {bars.symbol} lies in the {calendar.market} session", field="timestamp")
    label, first = _buckets(bars.open_time[rows], bars.timeframe, timeframe, calendar)
    last = np.append(first[1:], len(rows)) - 1
    coarse = Bars(
        symbol=bars.symbol,
        timeframe=timeframe,
        open_time=label,
        open=bars.open[rows][first],
        high=np.maximum.reduceat(bars.high[rows], first),
        low=np.minimum.reduceat(bars.low[rows], first),
        close=bars.close[rows][last],
        volume=None if bars.volume is None else np.add.reduceat(bars.volume[rows], first),
    )
    return coarse if _end(coarse, calendar) <= _end(bars, calendar) else coarse.rows(0, len(coarse) - 1)


def resample_some(bars: Bars, timeframe: Timeframe, calendar: Calendar) -> Bars:
    """`resample`, for bars that are to be traded: raises InvalidInput where not one bar is closed."""
    coarse = resample(bars, timeframe, calendar)
    if len(coarse) == 0:
        raise InvalidInput(
            f"the bars of {bars.symbol} do not fill one bar of {timeframe}", field="data", remedy="give more bars"
        )
    return coarse


def known_at(coarse: Bars, source: Bars, calendar: Calendar) -> I64:
    """When each bar that `resample` made of `source` is known, epoch ms, shape (T,).

    At its end; or, where its last source bar ends later, at that end: labels may straddle a bucket's border
    (hours labelled 09:30, 10:30 … in buckets of four hours).
    """
    ends = calendar.columns(coarse.open_time, coarse.timeframe).bar_close
    if len(coarse) == 0:
        return ends
    opens = source.open_time[calendar.in_trading_hours(source.open_time, source.timeframe)]
    source_ends = calendar.columns(opens, source.timeframe).bar_close
    # Source bars after the last bucket belong to one that is not closed yet.
    buckets = calendar.bucket(opens, source.timeframe, coarse.timeframe)
    rest = np.searchsorted(buckets, coarse.open_time[-1], side="right")
    next_bucket = np.append(np.searchsorted(opens, coarse.open_time[1:], side="left"), rest)
    known: I64 = np.maximum(ends, source_ends[next_bucket - 1])
    return known


def _end(bars: Bars, calendar: Calendar) -> int:
    """When the last bar is known, epoch ms."""
    return int(calendar.columns(bars.open_time[-1:], bars.timeframe).bar_close[0])


def align(higher: Bars, base: SessionColumns, calendar: Calendar) -> I64:
    """Row of the newest higher bar that each base bar may see at its close, shape (T,), −1 for none.

    A higher bar is visible from the close of the first base bar that ends at or after the higher bar's own
    end; where base bars are missing at that end, it is the first one after it. Row i depends on base rows up
    to i only, and a bar whose end the base has not reached is never visible.
    """
    ends = calendar.columns(higher.open_time, higher.timeframe).bar_close
    return align_other(ends, base.bar_close)


def align_other(other_close: I64, base_close: I64) -> I64:
    """Row of the last bar of another symbol that closes at or before each base close, (T,), −1 for none."""
    return np.searchsorted(other_close, base_close, side="right").astype(np.int64) - 1


def _buckets(open_time: I64, source: Timeframe, target: Timeframe, calendar: Calendar) -> tuple[I64, I64]:
    """Label and first source row of every bucket."""
    label = calendar.bucket(open_time, source, target)
    starts = np.concatenate([[True], np.diff(label) != 0])
    if target.is_intraday and calendar.market.is_equity:
        session = calendar.columns(open_time, source).session
        starts[1:] |= np.diff(session) != 0
        # Of two sessions in one bucket the later is labelled with its own first bar.
        repeated = starts & np.concatenate([[False], np.diff(label) == 0])
        label = np.where(repeated, open_time, label)
    first = np.flatnonzero(starts).astype(np.int64)
    return label[first], first
