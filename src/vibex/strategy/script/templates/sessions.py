"""Sessions, clock times, and what the trading day has shown so far.

`day` is the date of each bar's session, at 00:00 UTC whatever the zone.
"""

import numpy as np
import pandas as pd

from vibex.strategy.script.templates.windows import rolling_total


def wall_clock(times: pd.DatetimeIndex, zone: str) -> pd.DatetimeIndex:
    """What clocks in `zone` show at these UTC times, written as if it were UTC."""
    return times.tz_convert(zone).tz_localize(None).tz_localize("UTC")


def at_clock(day: pd.DatetimeIndex, zone: str, minute: int) -> pd.DatetimeIndex:
    """UTC time at which clocks in `zone` show `minute` minutes after midnight of `day`."""
    wanted = day + pd.Timedelta(minutes=minute)
    guess = wanted - (wall_clock(wanted, zone) - wanted)
    return wanted - (wall_clock(guess, zone) - guess)


def chosen_day(index: pd.DatetimeIndex, zone: str, close_minute: int) -> pd.DatetimeIndex:
    """Local date of each bar; a session that passes midnight keeps its date until it closes."""
    today = wall_clock(index, zone).floor("D")
    yesterday = today - pd.Timedelta(days=1)
    return today.where(index >= at_clock(yesterday, zone, close_minute), yesterday)


def exchange_open(day: pd.DatetimeIndex, zone: str, minute: int, since: str) -> pd.DatetimeIndex:
    """The opening of each session. The exchange opens at this time since `since`; before, nothing is guessed."""
    if len(day) and day[0] < pd.Timestamp(since, tz="UTC"):
        raise ValueError(f"the exchange opened at another time before {since}: use later data")
    return at_clock(day, zone, minute)


def in_clock(times: pd.DatetimeIndex, zone: str, start: int, end: int) -> np.ndarray:
    """Whether clocks in `zone` show at least `start` and less than `end` minutes after midnight; may span it."""
    local = times.tz_convert(zone)
    minute = local.hour * 60 + local.minute
    if start < end:
        return np.asarray((minute >= start) & (minute < end))
    return np.asarray((minute >= start) | (minute < end))


def in_dates(day: pd.DatetimeIndex, first: str | None, last: str | None) -> np.ndarray:
    """Whether the session's date lies from `first` to `last`, both included; None is open."""
    after = day >= pd.Timestamp(first or "1678-01-01", tz="UTC")
    before = day <= pd.Timestamp(last or "2262-01-01", tz="UTC")
    return np.asarray(after & before)


def whole_minutes(span: pd.TimedeltaIndex) -> np.ndarray:
    """Full minutes, rounded down."""
    return np.asarray(span // pd.Timedelta(minutes=1), dtype=float)


def bars_between(start: pd.DatetimeIndex, end: pd.DatetimeIndex, bar: pd.Timedelta) -> np.ndarray:
    """Bars that cover `start` to `end`; steps that do not fit are counted on the grid from 00:00 UTC."""
    whole = (end - start) % bar == pd.Timedelta(0)
    from_start = np.asarray((end - start) // bar, dtype=float)
    from_grid = -np.asarray(-(end - start.floor(bar)) // bar, dtype=float)
    return np.where(end <= start, 0.0, np.where(whole, from_start, from_grid))


def session_exit(
    closes: pd.DatetimeIndex,
    day: pd.DatetimeIndex,
    session_open: pd.DatetimeIndex,
    session_close: pd.DatetimeIndex,
    minutes: int,
) -> np.ndarray:
    """Whether to be flat from the next open on: the last `minutes` of the session and the time until the next.

    Where bars are missing over that moment, the first bar of the next session is it.
    """
    due = np.asarray(closes >= session_close - pd.Timedelta(minutes=minutes))
    leave = due | np.asarray(closes < session_open)
    leave[1:] |= np.asarray(day[1:] != day[:-1]) & ~due[:-1]
    return leave


def session_starts(day: pd.DatetimeIndex) -> list[int]:
    """The rows on which a session begins, and the number of rows at the end."""
    return [0, *(np.flatnonzero(day[1:] != day[:-1]) + 1).tolist(), len(day)]


def running_total(values: pd.Series, day: pd.DatetimeIndex) -> pd.Series:
    """Sum of each session so far."""
    total = values.to_numpy().copy()
    starts = session_starts(day)
    for begin, end in zip(starts[:-1], starts[1:], strict=True):  # noqa: RUF007 - a script imports no itertools
        total[begin:end] = np.cumsum(total[begin:end])
    return pd.Series(total, index=values.index)


def session_vwap(
    high: pd.Series, low: pd.Series, close: pd.Series, volume: pd.Series, day: pd.DatetimeIndex
) -> pd.Series:
    """Volume-weighted typical price of the session so far; missing while nothing was traded."""
    traded = running_total((high + low + close) / 3 * volume, day)
    total = running_total(volume, day)
    return (traded / total).where(total > 0)


def rolling_vwap(high: pd.Series, low: pd.Series, close: pd.Series, volume: pd.Series, timeperiod: int) -> pd.Series:
    """Volume-weighted typical price of the last `timeperiod` bars; missing when nothing was traded."""
    traded = rolling_total((high + low + close) / 3 * volume, timeperiod)
    total = rolling_total(volume, timeperiod)
    return (traded / total).where(total > 0)


def session_prices(
    open_: pd.Series, high: pd.Series, low: pd.Series, close: pd.Series, day: pd.DatetimeIndex
) -> tuple[pd.Series, ...]:
    """Open, high and low of the session so far, then open, high, low and close of the session before."""

    def day_before(values: pd.Series) -> pd.Series:
        return pd.Series(values.shift(1).reindex(day).to_numpy(), index=close.index)

    highs, lows = high.groupby(day), low.groupby(day)
    opened = open_.groupby(day)
    return (
        opened.transform("first"),
        highs.cummax(),
        lows.cummin(),
        day_before(opened.first()),
        day_before(highs.max()),
        day_before(lows.min()),
        day_before(close.groupby(day).last()),
    )


def opening_range(
    high: pd.Series,
    low: pd.Series,
    closes: pd.DatetimeIndex,
    day: pd.DatetimeIndex,
    session_open: pd.DatetimeIndex,
    minutes: int,
) -> tuple[pd.Series, pd.Series]:
    """High and low of the first `minutes` of each session, from the bar on that completes them.

    The first session is left out when the data begins after its open: part of its range is unknown.
    """
    complete_at = session_open + pd.Timedelta(minutes=minutes)
    inside = (closes <= complete_at) & (high.index >= session_open)
    shown = closes >= complete_at
    if len(high) and high.index[0] > session_open[0]:
        shown = shown & (day != day[0])
    highest = high.where(inside).groupby(day).transform("max")
    lowest = low.where(inside).groupby(day).transform("min")
    return highest.where(shown), lowest.where(shown)
