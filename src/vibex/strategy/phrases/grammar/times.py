"""Conditions on time: hours of the day, sessions, weekdays, days of the month, dates."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.rules import any_condition
from vibex.strategy.phrases.grammar.terms import Clock, Compare, Condition, Dates, Num, Series, all_of, any_of

_WEEKDAY = Series(name="weekday")
_FIXED: dict[str, Condition] = {
    "month_first": Compare(Series(name="month_session"), "==", Num(1.0)),
    "month_last": Compare(Series(name="month_sessions_left"), "==", Num(0.0)),
    "week_first": Compare(Series(name="week_session"), "==", Num(1.0)),
    "weekdays": Compare(_WEEKDAY, "<=", Num(5.0)),
    "weekend": Compare(_WEEKDAY, ">=", Num(6.0)),
}


def time_condition(c: Cursor) -> Condition | None:
    """ "between 10:00 and 15:00 New York time", "on Fridays", "on the first trading day of the month"."""
    c.skip("prep")
    return any_condition(c, _nth_session, _clock, _session, _session_minutes, _weekdays, _fixed, _months, _dates)


def _fixed(c: Cursor) -> Condition | None:
    key = c.peek("phrase")
    if key not in _FIXED or (key == "weekend" and c.i == 0):
        return None  # "weekend project" is a title
    c.take("phrase")
    return _FIXED[str(key)]


def _clock(c: Cursor) -> Condition | None:
    c.take("between")
    only_after = not c.done and c.tokens[c.i - 1].has("after") if c.i else False
    only_after = only_after or (c.i > 1 and c.tokens[c.i - 2].has("cooldown") and c.tokens[c.i - 1].has("until"))
    only_before = not only_after and not c.done and c.tokens[c.i - 1].has("before") if c.i else False
    zone = c.take("zone")
    start = _time(c)
    if start is None:
        return None
    zone = c.take("zone") or zone
    if c.sign("-", "~") or c.take("and") or c.take("until"):
        end = _time(c, after=start)
        if end is None:
            return None
        zone = c.take("zone") or zone
        c.attempt(lambda c: c.take_if_text("之间", "间") or None)
        return Clock(str(start), str(end), str(zone or ""))
    zone = c.take("zone") or zone
    if only_before:
        return Clock("00:00", str(start), str(zone or ""))
    return Clock(str(start), "24:00", str(zone or "")) if only_after or c.take("after") else None


def _time(c: Cursor, after: str = "") -> str | None:
    """ "10:00", "下午一点半"; the second of two afternoon hours need not say so again."""
    written = c.take("time")
    if written is not None:
        return str(written)
    half = c.take("daypart")
    hour = c.number()
    if hour is None or hour > 24 or not c.take_if_text("点", "点钟", "时"):
        return None
    minute = 30.0 if c.take_if_text("半") else c.attempt(_minute) or 0.0
    if hour < 12 and (half == "pm" or (half is None and after > f"{int(hour):02d}:{int(minute):02d}")):
        hour += 12
    return f"{int(hour):02d}:{int(minute):02d}"


def _minute(c: Cursor) -> float | None:
    value = c.number()
    return value if value is not None and value < 60 and c.take("unit") == "minute" else None


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
             "ninth": 9, "tenth": 10}  # fmt: skip


def _nth_session(c: Cursor) -> Condition | None:
    """ "on the 3rd trading day of the month", "the second to last session of the month", "每月第3个交易日"."""
    word = c.tokens[c.i].text if not c.done else ""
    monthly = c.take_if_text("每月", "每周")
    weekly = monthly and c.tokens[c.i - 1].reads("每周")
    c.take_if_text("第")
    spelled = _ORDINALS.get(word)
    count = spelled or c.number()
    if spelled:
        c.i += 1
    if count is None or not (spelled or monthly or c.take_if_text("st", "nd", "rd", "th")):
        return None
    from_end = c.take_if_text("to last", "to") and c.take_if_text("last")
    if c.take("unit") != "day" and not c.take_if_text("trading day", "session"):
        return None
    c.skip("of", "per", "current")
    c.take_if_text("next")
    period = c.take("unit") or ("week" if weekly else "month" if monthly else None)
    if period not in ("month", "week") or not 1 <= count <= 23:
        return None
    if from_end:
        return Compare(Series(name="month_sessions_left"), "==", Num(count - 1)) if period == "month" else None
    return Compare(Series(name=f"{period}_session"), "==", Num(count))


def _session(c: Cursor) -> Condition | None:
    found = c.take("session")
    if not isinstance(found, tuple):
        return None
    return Clock(str(found[0]), str(found[1]), str(found[2]))


def _session_minutes(c: Cursor) -> Condition | None:
    """ "the first hour", "the last 30 minutes of the session"."""
    which = c.peek("phrase")
    introduced = c.i > 0 and c.tokens[c.i - 1].has("prep", "not", "maximum", "cooldown", "after")
    waits = any(token.has("cooldown", "after") for token in c.tokens[max(c.i - 2, 0) : c.i])
    if which not in ("first", "final") or not introduced:
        return None
    c.take("phrase")
    if which == "first" and c.take("unit") == "bar":
        c.skip("of", "current", "unit")
        return Compare(Series(name="session_bar"), "==", Num(1.0))
    count = c.number() if c.peek("quantity_of") is None else None
    whole = c.take("quantity_of")
    if isinstance(whole, tuple):
        count, unit = float(whole[0]), str(whole[1])
    else:
        unit = str(c.take("unit"))
    scale = {"minute": 1.0, "hour": 60.0}.get(unit)
    if scale is None:
        return None
    c.skip("of")
    c.attempt(lambda c: c.take("unit") or c.take("trading_noun"))
    if c.peek("price") is not None:
        return None
    name = "minutes_since_open" if which == "first" else "minutes_to_close"
    if waits and which == "first":
        c.take_if_text("to")
        c.take_if_text("complete", "pass", "finish", "end", "form")
        return Compare(Series(name=name), ">", Num((count or 1.0) * scale))
    return Compare(Series(name=name), "<=", Num((count or 1.0) * scale))


def _weekdays(c: Cursor) -> Condition | None:
    """ "Mondays", "Monday to Thursday", "Tuesdays and Thursdays"."""
    first = c.take("weekday")
    if not isinstance(first, int):
        return None
    if c.sign("-", "~") or c.take("until"):
        last = c.take("weekday")
        if not isinstance(last, int) or last < first:
            return None
        return _span(first, last)
    days: list[int] = [first]
    while (more := c.attempt(_further_day)) is not None:
        days.append(more)
    return any_of([Compare(_WEEKDAY, "==", Num(float(day))) for day in days])


def _further_day(c: Cursor) -> int | None:
    if not (c.sign(",", "/", "&") or c.peek("and") or c.peek("or") or c.peek("weekday")):
        return None
    c.skip("and", "or")
    day = c.take("weekday")
    return day if isinstance(day, int) else None


def _span(first: int, last: int) -> Condition:
    upper = Compare(_WEEKDAY, "<=", Num(float(last)))
    return upper if first == 1 else all_of([Compare(_WEEKDAY, ">=", Num(float(first))), upper])


def _months(c: Cursor) -> Condition | None:
    month = c.take("month")
    if not isinstance(month, int):
        return None
    months = [month]
    if c.take("until"):
        last = c.take("month")
        if not isinstance(last, int):
            return None
        series = Series(name="month")
        bounds: list[Condition] = [Compare(series, ">=", Num(float(month))), Compare(series, "<=", Num(float(last)))]
        return all_of(bounds) if month <= last else any_of(bounds)
    while (c.sign(",") or c.take("and")) and isinstance(more := c.take("month"), int):
        months.append(more)
    return any_of([Compare(Series(name="month"), "==", Num(float(each))) for each in months])


def _dates(c: Cursor) -> Condition | None:
    """ "from 2020-01-01 to 2024-12-31", "since 2021-01-01", "until 2023-06-30"."""
    before = c.tokens[c.i - 1] if c.i else None
    first = c.take("date")
    if first is None:
        return None
    if c.sign("-", "~") or c.take("until") or c.take("and"):
        last = c.take("date")
        return None if last is None else Dates(str(first), str(last))
    if before is not None and before.has("until"):
        return Dates(None, str(first))
    return Dates(str(first), None)
