"""Calendar references as columns of a script."""

from __future__ import annotations

from vibex.domain import Market
from vibex.strategy.script.frames import BAR, Frame, refused
from vibex.strategy.script.source import call, quoted

_BY_HOLIDAYS = ("week_session", "month_session", "month_sessions_left")
_ON_EVERY_DAY = {
    "weekday": "{day}.day_of_week + 1",
    "day": "{day}.day",
    "month": "{day}.month",
    "week_session": "{day}.day_of_week + 1",
    "month_session": "{day}.day",
    "month_sessions_left": "{day}.days_in_month - {day}.day",
}


def calendar_column(name: str, frame: Frame) -> str:
    """The local name of the reference `name`. Raises NotSupported where an exchange's calendar decides it."""
    # The price `day` of a frame is the session's date, so the reference of that name gets another one.
    known = f"calendar {name}"
    if known not in frame.known:
        values = _values(name, frame)
        frame.known[known] = frame.body.let(
            f"{'day_of_month' if name == 'day' else name}{frame.suffix}",
            f"pd.Series({values}, index={frame.index}, dtype=float)",
        )
    return frame.known[known]


def _values(name: str, frame: Frame) -> str:
    script = frame.script
    if name in _BY_HOLIDAYS and frame.spec.market is not Market.CRYPTO:
        raise refused(f"{name} of an exchange", "its holidays are not in a script")
    match name:
        case "minutes_since_open":
            span = f"{frame.closes(name)} - {frame.session_open(name)}"
            return call(script.helper("whole_minutes"), span)
        case "minutes_to_close":
            span = f"{frame.session_close(name)} - {frame.closes(name)}"
            return call(script.helper("whole_minutes"), span)
        case "session_bar":
            return _session_bar(frame)
    return _ON_EVERY_DAY[name].format(day=frame.day(name))


def _session_bar(frame: Frame) -> str:
    if not frame.timeframe.is_intraday:
        return "1"
    close, closes = frame.session_close("session_bar"), frame.closes("session_bar")
    end = frame.let("in_session_until", f"{closes}.where({closes} < {close}, {close})")
    bar = f"pd.Timedelta({quoted(BAR[frame.timeframe])})"
    return call(frame.script.helper("bars_between"), frame.session_open("session_bar"), end, bar)
