"""How clean a file's bars are: the `data_quality` block of a result. Counts, not judgements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vibex.analysis.calendars import Calendar, find_gaps
from vibex.domain.bars import Bars, format_ms
from vibex.domain.event import JsonValue
from vibex.domain.timeframe import Timeframe
from vibex.market.adjustment import Adjustment
from vibex.market.repairs import Repairs


@dataclass(frozen=True, slots=True, kw_only=True)
class GapCount:
    """Holes in the regular sessions: how many, bars missing in all, and the longest with its first missing label."""

    count: int
    missing_bars: int
    longest_bars: int
    longest_from_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality:
    """One file as it entered a run; times are epoch milliseconds UTC, None means that it is not known.

    `source` is the file's name without its folder. `leading_zero_volume_rows` counts the zero-volume rows before the
    first trade (rule 60 ignores them). `dropped_extended_hours` is None where no session filter was applied.
    `largest_move_pct` is the close-to-close change of largest size, with its sign, and `largest_move_ms` its bar.
    """

    symbol: str
    source: str
    timeframe: Timeframe
    resampled_to: Timeframe | None
    rows: int
    first_ms: int
    last_ms: int
    duplicates_dropped: int
    widened_rows: int
    zero_volume_rows: int | None
    leading_zero_volume_rows: int | None
    gaps: GapCount | None
    dropped_extended_hours: int | None
    largest_move_pct: float | None
    largest_move_ms: int | None
    simulated: bool
    adjustment: Adjustment | None

    def to_json(self) -> dict[str, JsonValue]:
        """The block of the result: times in RFC 3339, null where unknown."""
        return {
            "symbol": self.symbol,
            "source": self.source,
            "timeframe": self.timeframe.value,
            "resampled_to": self.resampled_to.value if self.resampled_to else None,
            "rows": self.rows,
            "first": format_ms(self.first_ms),
            "last": format_ms(self.last_ms),
            "duplicates_dropped": self.duplicates_dropped,
            "widened_rows": self.widened_rows,
            "zero_volume_rows": self.zero_volume_rows,
            "leading_zero_volume_rows": self.leading_zero_volume_rows,
            "gaps": _gaps_json(self.gaps),
            "dropped_extended_hours": self.dropped_extended_hours,
            "largest_move_pct": self.largest_move_pct,
            "largest_move_at": _text(self.largest_move_ms),
            "simulated": self.simulated,
            "adjustment": self.adjustment.value if self.adjustment else None,
        }


def measure_quality(
    bars: Bars,
    *,
    source: str,
    calendar: Calendar | None = None,
    repairs: Repairs | None = None,
    dropped_extended_hours: int | None = None,
    resampled_to: Timeframe | None = None,
    simulated: bool = False,
    adjustment: Adjustment | None = None,
) -> DataQuality:
    """Measure at least one bar. Gaps need a calendar and are None without one."""
    mended = repairs or Repairs()
    zero = None if bars.volume is None else bars.volume == 0
    moves = np.diff(bars.close) / bars.close[:-1]
    largest = int(np.argmax(np.abs(moves))) if len(moves) else None
    return DataQuality(
        symbol=bars.symbol,
        source=source,
        timeframe=bars.timeframe,
        resampled_to=resampled_to,
        rows=len(bars),
        first_ms=int(bars.open_time[0]),
        last_ms=int(bars.open_time[-1]),
        duplicates_dropped=mended.duplicates_dropped,
        widened_rows=mended.widened_rows,
        zero_volume_rows=None if zero is None else int(zero.sum()),
        leading_zero_volume_rows=None if zero is None else int(np.logical_and.accumulate(zero).sum()),
        gaps=None if calendar is None else _count_gaps(bars, calendar),
        dropped_extended_hours=dropped_extended_hours,
        largest_move_pct=None if largest is None else float(moves[largest]) * 100,
        largest_move_ms=None if largest is None else int(bars.open_time[largest + 1]),
        simulated=simulated,
        adjustment=adjustment,
    )


def _text(time_ms: int | None) -> str | None:
    return None if time_ms is None else format_ms(time_ms)


def _count_gaps(bars: Bars, calendar: Calendar) -> GapCount:
    gaps = find_gaps(bars, calendar)
    longest = max(gaps, key=lambda gap: gap.missing_bars, default=None)
    return GapCount(
        count=len(gaps),
        missing_bars=sum(gap.missing_bars for gap in gaps),
        longest_bars=longest.missing_bars if longest else 0,
        longest_from_ms=longest.start_ms if longest else None,
    )


def _gaps_json(gaps: GapCount | None) -> dict[str, JsonValue] | None:
    if gaps is None:
        return None
    return {
        "count": gaps.count,
        "missing_bars": gaps.missing_bars,
        "longest_bars": gaps.longest_bars,
        "longest_from": _text(gaps.longest_from_ms),
    }
