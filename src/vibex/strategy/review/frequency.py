"""How often it trades: too rarely to judge, never lately, or again at once after every stop. And how it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vibex.domain import Bars, format_ms
from vibex.strategy.draft import Issue, Language
from vibex.strategy.explain import frequency_text
from vibex.strategy.review.evidence import Evidence, MeasuredTrade
from vibex.strategy.review.sided import exits_of, has_stop
from vibex.strategy.review.subject import Subject
from vibex.strategy.spec import Compare, StrategySpec
from vibex.strategy.spec.check_exits import sides
from vibex.strategy.spec.node import walk

FEW_TRADES = 30
QUICK_BARS = 3
RECENT_SHARE = 0.2
"""The last part of the data that counts as recent."""


def trades_at_all(about: Subject) -> Iterator[Issue]:
    """No trade, none lately, or too few to conclude anything from."""
    evidence, field = about.evidence, f"entry.{sides(about.spec)[0]}"
    if evidence is None or evidence.trades is None or not any(len(bars) for bars in evidence.bars.values()):
        return
    trades = evidence.trades
    first, last = _span(evidence)
    if not trades:
        yield about.finding("warning", "no_trade", field, first=_day(first), last=_day(last))
        return
    newest = max(trade.entry_ms for trade in trades)
    if newest < last - RECENT_SHARE * (last - first):
        yield about.finding("warning", "none_lately", field, since=_day(newest), last=_day(last))
    if len(trades) < FEW_TRADES:
        yield about.finding("warning", "few_trades", field, count=str(len(trades)), needed=str(FEW_TRADES))


def quick_re_entries(about: Subject) -> Iterator[Issue]:
    """Entries within three bars of a stop: the condition was still true, and the next stop waits."""
    spec, evidence = about.spec, about.evidence
    trades: Sequence[MeasuredTrade] = (evidence.trades or ()) if evidence is not None else ()
    quick = [t for t in trades if t.bars_after_stop is not None and t.bars_after_stop <= QUICK_BARS]
    offer = about.say("offer")
    if quick:
        parts = {"count": str(len(quick)), "trades": str(len(trades)), "bars": str(QUICK_BARS)}
        yield about.finding("warning", "quick_re_entries", f"entry.{sides(spec)[0]}", offer=offer, **parts)
        return
    if evidence is not None and evidence.trades is not None:
        return
    for side in sides(spec):
        if has_stop(spec, side) and _is_state(spec, side) and not (spec.limits and spec.limits.cooldown_bars):
            yield about.finding("info", "lasting_entry", f"entry.{side}", offer=offer)


def _is_state(spec: StrategySpec, side: str) -> bool:
    """Whether nothing in the entry is an event: a cross, a candle, a turn."""
    return not any(
        isinstance(node, Compare) and node.op in ("crosses_above", "crosses_below", "==")
        for _, node in walk(getattr(spec.entry, side), "")
    )


def ways_out(about: Subject) -> Iterator[Issue]:
    """Positions that only their stop ends, or nothing; and a target to think about where none was asked for."""
    spec = about.spec
    timed = spec.time_stop_bars is not None or spec.session_exit_minutes is not None
    reverses = spec.trades_long and spec.trades_short and spec.on_opposite == "reverse"
    for side in sides(spec):
        targets = list(exits_of(spec, "take_profit", side))
        if getattr(spec.exit, side) is None and not timed and not reverses and not targets:
            code = "only_stop_ends" if has_stop(spec, side) else "nothing_ends"
            yield about.finding("warning", code, f"exit.{side}", side=about.side(side))
    if spec.take_profit is None:
        yield about.finding("info", "no_target", "take_profit")


def measured_frequency(evidence: Evidence | None, language: Language = "en") -> str | None:
    """How often it enters, in words; None when nothing was measured."""
    if evidence is None or evidence.trades is None:
        return None
    longest = max(evidence.bars.values(), key=len, default=None)
    if longest is None or not len(longest):
        return None
    first, last = _span(evidence)
    return frequency_text(len(evidence.trades), (last - first) / 86_400_000, len(longest), language)


def _span(evidence: Evidence) -> tuple[int, int]:
    """Open of the first bar, close of the last by nominal length, epoch milliseconds."""
    held: list[Bars] = [bars for bars in evidence.bars.values() if len(bars)]
    first = min(int(bars.open_time[0]) for bars in held)
    return first, max(int(bars.open_time[-1]) + bars.timeframe.ms for bars in held)


def _day(epoch_ms: int) -> str:
    return format_ms(epoch_ms)[:10]
