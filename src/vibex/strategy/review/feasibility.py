"""What cannot be run: symbols of another market, more history than there is, volume where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vibex.analysis.indicators import complete, find
from vibex.domain import Market, NotSupported, Timeframe
from vibex.domain.timeframe import MINUTE_MS
from vibex.strategy.draft import Issue
from vibex.strategy.review.subject import Subject
from vibex.strategy.spec import Clock, Indicator, Ref, StrategySpec
from vibex.strategy.spec.node import walk
from vibex.strategy.supported import refuse_unsupported

LONG_HISTORY_YEARS = 5.0
_HOURS_ZONE = {Market.CRYPTO: "UTC", Market.US_EQUITY: "America/New_York", Market.HK_EQUITY: "Asia/Hong_Kong"}
# One day of winter and one of summer time.
_DAYS = (datetime(2024, 1, 15), datetime(2024, 7, 15))  # noqa: DTZ001 - local times of day; the zone follows
_QUOTED = r"[/_-]|(USDT?|USDC|BUSD|EUR)$"
_SHAPES = {
    Market.CRYPTO: r"[A-Z0-9]{1,20}[/_-]?[A-Z0-9]{2,10}(:[A-Z0-9]+)?",
    Market.US_EQUITY: r"\^?[A-Z][A-Z0-9]{0,5}([.-][A-Z]{1,2})?",
    Market.HK_EQUITY: r"(HK[:.]?)?\d{1,5}(\.HK)?|\^?[A-Z]{2,10}",
}


def symbols(about: Subject) -> Iterator[Issue]:
    """Symbols that are not of the strategy's market."""
    spec = about.spec
    example = about.say(f"example.{spec.market.value}")
    named = [(f"symbols[{index}]", symbol) for index, symbol in enumerate(spec.symbols)]
    named += [(f"indicators[{i}].symbol", each.symbol) for i, each in enumerate(spec.indicators) if each.symbol]
    paired = any("/" in symbol for _, symbol in named)
    for field, symbol in named:
        plain = symbol.upper()
        # A bare name may be a coin, but not beside symbols that are written as pairs.
        bare = spec.market is Market.CRYPTO and paired and not re.search(_QUOTED, plain)
        if bare or not re.fullmatch(_SHAPES[spec.market], plain):
            parts = {"symbol": symbol, "market": spec.market.value, "example": example}
            yield about.finding("error", "foreign_symbol", field, **parts)


def history(about: Subject) -> Iterator[Issue]:
    """Warm-up beside the bars at hand, or beside what a market can have at all."""
    spec, evidence = about.spec, about.evidence
    needed = max((warm_up(each, spec) for each in spec.indicators), default=0)
    if evidence is None:
        years = needed / (52 if spec.timeframe is Timeframe.W1 else spec.market.sessions_per_year)
        if not spec.timeframe.is_intraday and years > LONG_HISTORY_YEARS:
            parts = {"years": f"{years:.1f}", "timeframe": spec.timeframe.value}
            yield about.finding("warning", "long_warm_up", "indicators", **parts)
        return
    for symbol in spec.symbols:
        bars = evidence.bars.get(symbol)
        if bars is None:
            yield about.finding("error", "no_data", "symbols", symbol=symbol)
        elif len(bars) <= needed:
            parts = {"needed": str(needed), "symbol": symbol, "bars": str(len(bars))}
            yield about.finding("error", "short_history", "indicators", **parts)


def warm_up(indicator: Indicator, spec: StrategySpec) -> int:
    """Bars of the strategy's timeframe before `indicator` has a value; its longest period where it never settles."""
    definition = find(indicator.name)
    params = complete(definition, indicator.params)
    rows = definition.warm_up(params)
    if rows is None:
        rows = int(max((v for name, v in params.items() if "period" in name or name in ("fast", "slow")), default=0))
    frame = indicator.timeframe or spec.timeframe
    by_id = {each.id: each for each in spec.indicators}
    below = [
        warm_up(by_id[head], spec)
        for _, child in indicator.children()
        for _, node in walk(child, "")
        if isinstance(node, Ref) and (head := node.ref.partition(".")[0]) in by_id
    ]
    return rows * (frame.ms // spec.timeframe.ms) + max(below, default=0)


def volume(about: Subject) -> Iterator[Issue]:
    """Volume where the data has none."""
    spec, evidence = about.spec, about.evidence
    if evidence is None:
        return
    silent = [symbol for symbol in spec.symbols if symbol in evidence.bars and not evidence.bars[symbol].has_volume]
    if not silent:
        return
    readers = [f"indicators[{i}]" for i, each in enumerate(spec.indicators) if find(each.name).needs_volume]
    readers += [
        path.removeprefix(".") for path, node in walk(spec, "") if isinstance(node, Ref) and node.ref == "volume"
    ]
    for field in readers[:1]:
        yield about.finding("error", "no_volume", field, symbols=", ".join(silent))


def windows(about: Subject) -> Iterator[Issue]:
    """Windows of the day in which no bar closes: the market is shut then, or the bars are too long."""
    spec = about.spec
    if spec.session is not None:
        return
    zone = ZoneInfo(_HOURS_ZONE[spec.market])
    closes = tuple(_closes(spec))
    for path, node in walk(spec.entry, "entry"):
        if isinstance(node, Clock) and ".not" not in path and not _holds_one(node, closes, zone):
            hours = about.say("closed_window.hours", zone=zone.key) if spec.market.is_equity else ""
            yield about.finding(
                "warning",
                "closed_window",
                path,
                timeframe=spec.timeframe.value,
                start=node.clock[0],
                end=node.clock[1],
                zone=node.zone,
                hours=hours,
            )


def _closes(spec: StrategySpec) -> Iterator[int]:
    """Minutes of the market's day at which bars close, half days included."""
    step = spec.timeframe.ms // MINUTE_MS
    if not spec.market.is_equity:
        yield from range(0, 24 * 60, step)
    elif spec.timeframe.is_intraday:
        yield from range(9 * 60 + 30 + step, 16 * 60, step)
        yield from (12 * 60, 13 * 60, 16 * 60)
    else:
        yield from (12 * 60, 13 * 60, 16 * 60)


def _holds_one(window: Clock, closes: Sequence[int], zone: ZoneInfo) -> bool:
    """Whether one of `closes`, minutes of the day in `zone`, lies inside `window` on some day."""
    target, wraps = ZoneInfo(window.zone), window.start_minute > window.end_minute
    for day in _DAYS:
        for minute in closes:
            at = (day.replace(tzinfo=zone) + timedelta(minutes=minute)).astimezone(target)
            local = at.hour * 60 + at.minute
            after, before = local >= window.start_minute, local < window.end_minute
            if (after or before) if wraps else (after and before):
                return True
    return False


def not_run_yet(about: Subject) -> Iterator[Issue]:
    """What the contract allows and this version does not run."""
    try:
        refuse_unsupported(about.spec)
    except NotSupported as error:
        parts = {"what": error.message, "remedy": error.remedy or ""}
        yield about.finding("warning", "not_run_yet", error.field or "spec", **parts)
