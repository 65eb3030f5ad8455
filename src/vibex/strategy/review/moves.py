"""How far away an exit is in percent of the price, where that can be said before a trade is made."""

from __future__ import annotations

from statistics import median

from vibex.domain import Bars
from vibex.strategy.review.evidence import Evidence
from vibex.strategy.spec import AtrExit, Exit, PercentExit


def distance_percent(exit_: Exit, evidence: Evidence | None) -> float | None:
    """Percent of the price; for an ATR distance its usual size on the data at hand; None when neither is known."""
    match exit_:
        case PercentExit(value):
            return value
        case AtrExit(value, None) if evidence is not None:
            ranges = [_usual_range_percent(bars) for bars in evidence.bars.values() if len(bars)]
            return value * median(ranges) if ranges else None
    return None


def _usual_range_percent(bars: Bars) -> float:
    """Median high − low in percent of the close, close to the ATR that the exit is measured in."""
    return float(median(((bars.high - bars.low) / bars.close * 100).tolist()))
