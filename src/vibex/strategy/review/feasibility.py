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
from vibex.strategy.review.evidence import Evidence
from vibex.strategy.spec import Clock, Indicator, Ref, StrategySpec
from vibex.strategy.spec.node import walk
from vibex.strategy.supported import refuse_unsupported

LONG_HISTORY_YEARS = 5.0
_HOURS_ZONE = {Market.CRYPTO: "UTC", Market.US_EQUITY: "America/New_York", Market.HK_EQUITY: "Asia/Hong_Kong"}
# One day of winter and one of summer time.
_DAYS = (datetime(2024, 1, 15), datetime(2024, 7, 15))  # noqa: DTZ001 - local times of day; the zone follows
_QUOTED = r"[/_-]|(USDT?|USDC|BUSD|EUR)$"
_SHAPES = {
    Market.CRYPTO: (r"[A-Z0-9]{1,20}[/_-]?[A-Z0-9]{2,10}(:[A-Z0-9]+)?", "a pair such as BTC/USDT"),
    Market.US_EQUITY: (r"\^?[A-Z][A-Z0-9]{0,5}([.-][A-Z]{1,2})?", "a ticker such as SPY"),
    Market.HK_EQUITY: (r"(HK[:.]?)?\d{1,5}(\.HK)?|\^?[A-Z]{2,10}", "a code such as 0700.HK"),
}


def symbols(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """Symbols that are not of the strategy's market."""
    shape, example = _SHAPES[spec.market]
    named = [(f"symbols[{index}]", symbol) for index, symbol in enumerate(spec.symbols)]
    named += [(f"indicators[{i}].symbol", each.symbol) for i, each in enumerate(spec.indicators) if each.symbol]
    paired = any("/" in symbol for _, symbol in named)
    for field, symbol in named:
        plain = symbol.upper()
        # A bare name may be a coin, but not beside symbols that are written as pairs.
        bare = spec.market is Market.CRYPTO and paired and not re.search(_QUOTED, plain)
        if bare or not re.fullmatch(shape, plain):
            yield Issue(
                severity="error",
                field=field,
                message=f"{symbol} is no symbol of {spec.market.value}, where one is {example}; one strategy trades "
                "one market, so change the market or make a second strategy",
            )


def history(spec: StrategySpec, evidence: Evidence | None) -> Iterator[Issue]:
    """Warm-up beside the bars at hand, or beside what a market can have at all."""
    needed = max((warm_up(each, spec) for each in spec.indicators), default=0)
    if evidence is None:
        years = needed / (52 if spec.timeframe is Timeframe.W1 else spec.market.sessions_per_year)
        if not spec.timeframe.is_intraday and years > LONG_HISTORY_YEARS:
            yield _history_issue("warning", f"about {years:.1f} years of {spec.timeframe} bars before the first signal")
        return
    for symbol in spec.symbols:
        bars = evidence.bars.get(symbol)
        if bars is None:
            yield Issue(
                severity="error", field="symbols", message=f"there is no data of {symbol}; give a file of its bars"
            )
        elif len(bars) <= needed:
            yield _history_issue(
                "error", f"{needed} bars of {symbol} before the first signal, but there are {len(bars)}"
            )


def _history_issue(severity: str, text: str) -> Issue:
    return Issue(
        severity="error" if severity == "error" else "warning",
        field="indicators",
        message=f"the indicators need {text}; shorten their periods or take a shorter timeframe",
    )


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


def volume(spec: StrategySpec, evidence: Evidence | None) -> Iterator[Issue]:
    """Volume where the data has none."""
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
        yield Issue(
            severity="error",
            field=field,
            message=f"this reads the volume, but the data of {', '.join(silent)} has none; "
            "give data with volume or leave the condition out",
        )


def windows(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """Windows of the day in which no bar closes: the market is shut then, or the bars are too long."""
    if spec.session is not None:
        return
    zone = ZoneInfo(_HOURS_ZONE[spec.market])
    closes = tuple(_closes(spec))
    for path, node in walk(spec.entry, "entry"):
        if isinstance(node, Clock) and ".not" not in path and not _holds_one(node, closes, zone):
            hours = f"; the market is open from 09:30 to 16:00 {zone.key}" if spec.market.is_equity else ""
            yield Issue(
                severity="warning",
                field=path,
                message=f"no bar of {spec.timeframe} closes from {node.clock[0]} until before {node.clock[1]} "
                f"{node.zone}{hours}: this is never true; choose another window or shorter bars",
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


def not_run_yet(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """What the contract allows and this version does not run."""
    try:
        refuse_unsupported(spec)
    except NotSupported as error:
        yield Issue(severity="warning", field=error.field or "spec", message=f"{error.message}; {error.remedy}")
