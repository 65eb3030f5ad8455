"""What is asked of the library, and what it holds when the question is answered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vibex.domain.bars import format_ms
from vibex.domain.errors import InvalidInput
from vibex.domain.event import JsonValue
from vibex.domain.instrument import Market
from vibex.domain.timeframe import Timeframe
from vibex.market.quality import GapCount
from vibex.market.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """What to have in the library: `symbol` (canonical) from `start_ms` to `end_ms`, both included, bars by opens.

    `timeframe` is None for funding. `end_ms` None means until now. With `replace` the library's file is fetched anew
    and holds the range alone.
    """

    symbol: str
    market: Market
    series: Series
    timeframe: Timeframe | None
    start_ms: int
    end_ms: int | None = None
    replace: bool = False

    def __post_init__(self) -> None:
        if (self.timeframe is None) != (self.series is Series.FUNDING):
            raise InvalidInput("bars have a timeframe, funding has none", field="timeframe")
        if self.end_ms is not None and self.end_ms < self.start_ms:
            raise InvalidInput("the end lies before the start", field="end", remedy="exchange them")

    @property
    def what(self) -> str:
        """In words: `1h mark prices of BTC/USDT`."""
        noun = {Series.BARS: "bars", Series.MARK: "mark prices", Series.FUNDING: "funding rates"}[self.series]
        return f"{f'{self.timeframe} ' if self.timeframe else ''}{noun} of {self.symbol}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What the library holds now. `pages` were asked for, 0 when everything was there; `new_rows` came with them.

    `first_ms` and `last_ms` are the first and last row of the file, `gaps` what its calendar misses between them
    (None for funding, whose interval a venue may change). `widened_rows` were mended as in any file.
    """

    request: FetchRequest
    source: str
    path: Path
    actions: Path | None
    pages: int
    rows: int
    new_rows: int
    first_ms: int
    last_ms: int
    gaps: GapCount | None
    widened_rows: int
    simulated: bool

    def to_json(self) -> dict[str, JsonValue]:
        """Times in RFC 3339; `gaps` counts holes and the bars missing in them."""
        return {
            "symbol": self.request.symbol,
            "market": self.request.market.value,
            "kind": self.request.series.value,
            "timeframe": self.request.timeframe.value if self.request.timeframe else None,
            "source": self.source,
            "file": str(self.path),
            "actions": str(self.actions) if self.actions else None,
            "pages": self.pages,
            "rows": self.rows,
            "new_rows": self.new_rows,
            "first": format_ms(self.first_ms),
            "last": format_ms(self.last_ms),
            "gaps": {"count": self.gaps.count, "missing_bars": self.gaps.missing_bars} if self.gaps else None,
            "widened_rows": self.widened_rows,
            "simulated": self.simulated,
        }
