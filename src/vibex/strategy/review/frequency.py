"""How often it trades: too rarely to judge, never lately, or again at once after every stop. And how it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vibex.domain import Bars, format_ms
from vibex.strategy.draft import Issue, Language
from vibex.strategy.explain import frequency_text
from vibex.strategy.review.evidence import Evidence, MeasuredTrade
from vibex.strategy.review.sided import exits_of, has_stop
from vibex.strategy.spec import Compare, StrategySpec
from vibex.strategy.spec.check_exits import sides
from vibex.strategy.spec.node import walk

FEW_TRADES = 30
QUICK_BARS = 3
RECENT_SHARE = 0.2
"""The last part of the data that counts as recent."""


def trades_at_all(spec: StrategySpec, evidence: Evidence | None) -> Iterator[Issue]:
    """No trade, none lately, or too few to conclude anything from."""
    if evidence is None or evidence.trades is None or not any(len(bars) for bars in evidence.bars.values()):
        return
    trades, field = evidence.trades, f"entry.{sides(spec)[0]}"
    first, last = _span(evidence)
    if not trades:
        yield Issue(
            severity="warning",
            field=field,
            message=f"it would not have traded once from {format_ms(first)[:10]} to {format_ms(last)[:10]}; "
            "loosen the entry or try more data",
        )
        return
    since = last - RECENT_SHARE * (last - first)
    if max(trade.entry_ms for trade in trades) < since:
        yield Issue(
            severity="warning",
            field=field,
            message=f"it has not traded since {format_ms(max(t.entry_ms for t in trades))[:10]}, "
            f"the data ends on {format_ms(last)[:10]}; check that the market still does what the rules wait for",
        )
    if len(trades) < FEW_TRADES:
        yield Issue(
            severity="warning",
            field=field,
            message=f"{len(trades)} trades are too few to tell skill from luck; {FEW_TRADES} or more are needed: "
            "use more history or more symbols",
        )


def quick_re_entries(spec: StrategySpec, evidence: Evidence | None) -> Iterator[Issue]:
    """Entries within three bars of a stop: the condition was still true, and the next stop waits."""
    trades: Sequence[MeasuredTrade] = (evidence.trades or ()) if evidence is not None else ()
    quick = [t for t in trades if t.bars_after_stop is not None and t.bars_after_stop <= QUICK_BARS]
    if quick:
        yield Issue(
            severity="warning",
            field=f"entry.{sides(spec)[0]}",
            message=f"{len(quick)} of {len(trades)} entries came within {QUICK_BARS} bars of a stop: {_OFFER}",
        )
        return
    if evidence is not None and evidence.trades is not None:
        return
    for side in sides(spec):
        if has_stop(spec, side) and _is_state(spec, side) and not (spec.limits and spec.limits.cooldown_bars):
            yield Issue(
                severity="info",
                field=f"entry.{side}",
                message=f"the entry is a state that can last for many bars, so it may enter again at once after a "
                f"stop: {_OFFER}",
            )


_OFFER = 'use a cross (crosses_below instead of "<") or a cooldown (limits.cooldown_bars) if each signal is meant once'


def _is_state(spec: StrategySpec, side: str) -> bool:
    """Whether nothing in the entry is an event: a cross, a candle, a turn."""
    return not any(
        isinstance(node, Compare) and node.op in ("crosses_above", "crosses_below", "==")
        for _, node in walk(getattr(spec.entry, side), "")
    )


def ways_out(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """Positions that only their stop ends, or nothing; and a target to think about where none was asked for."""
    timed = spec.time_stop_bars is not None or spec.session_exit_minutes is not None
    reverses = spec.trades_long and spec.trades_short and spec.on_opposite == "reverse"
    for side in sides(spec):
        targets = list(exits_of(spec, "take_profit", side))
        if getattr(spec.exit, side) is None and not timed and not reverses and not targets:
            stopped = has_stop(spec, side)
            yield Issue(
                severity="warning",
                field=f"exit.{side}",
                message=f"{'only the stop ends' if stopped else 'nothing ever ends'} a {side} position; add an exit "
                "condition, a target or a time stop",
            )
    if spec.take_profit is None:
        yield Issue(
            severity="info",
            field="take_profit",
            message="no take-profit was asked for and none was added; one at 2 × the stop's distance "
            '({"type": "risk_multiple", "value": 2}) can be tried beside it',
        )


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
