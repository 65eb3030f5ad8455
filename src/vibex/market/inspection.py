"""Look at a price file without using it: how clean it is, or why a run would refuse it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vibex.analysis.calendars import calendar_for
from vibex.domain.errors import InvalidBars, InvalidInput
from vibex.domain.event import JsonValue
from vibex.domain.instrument import Market
from vibex.market.quality import DataQuality, measure_quality
from vibex.market.reader import read_bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """Either `quality` or `refusal` is set. Gaps in `quality` are None where the market is not known."""

    path: Path
    quality: DataQuality | None = None
    refusal: InvalidInput | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """`file`, `usable`, and either `quality` or `refusal` (message, field, row from 0, remedy)."""
        refused = self.refusal
        return {
            "file": str(self.path),
            "usable": refused is None,
            "quality": None if self.quality is None else self.quality.to_json(),
            "refusal": None
            if refused is None
            else {
                "message": refused.message,
                "field": refused.field,
                "row": refused.row if isinstance(refused, InvalidBars) else None,
                "remedy": refused.remedy,
            },
        }


def inspect_file(path: Path, market: Market | None = None) -> Inspection:
    """Read `path` as a run would. The market, given or declared, brings the calendar that gaps need."""
    try:
        file = read_bars(path)
    except InvalidInput as refusal:
        return Inspection(path=path, refusal=refusal)
    known = market or file.declared.market
    quality = measure_quality(
        file.bars,
        source=path.name,
        calendar=None if known is None else calendar_for(known),
        repairs=file.repairs,
        simulated=file.declared.simulated,
        adjustment=file.declared.adjustment,
    )
    return Inspection(path=path, quality=quality)
