"""From a user's CSV or Parquet file to `Bars`: the only way in for prices, and the only place that repairs any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vibex.analysis.resampling import common_step
from vibex.domain.arrays import F64
from vibex.domain.bars import Bars
from vibex.domain.errors import InvalidBars
from vibex.market.quality import DataQuality, measure_quality
from vibex.market.repairs import Repairs, repair
from vibex.market.tables import Declared, is_parquet, read_table


@dataclass(frozen=True, kw_only=True, eq=False)
class DataFile:
    """One file as read. `adj_close`, shape (T,), is kept for comparison and enters no price."""

    bars: Bars
    quality: DataQuality
    declared: Declared
    repairs: Repairs
    adj_close: F64 | None = None


def read_bars(path: Path | str, symbol: str | None = None) -> DataFile:
    """Read a CSV or Parquet file under the name `symbol` (else the declared one, else the file's stem).

    The timeframe is the declared one, else the commonest step between rows. Raises InvalidInput (field "data") when
    the file cannot be opened or lacks a column, InvalidBars with the row for a row that may not be repaired.
    """
    path = Path(path)
    try:
        raw, declared = read_table(path)
        columns, repairs = repair(raw)
    except InvalidBars as error:
        raise located(error, path) from None
    bars = Bars(
        symbol=symbol or declared.symbol or path.stem,
        timeframe=declared.timeframe or common_step(columns.time),
        open_time=columns.time,
        open=columns.open,
        high=columns.high,
        low=columns.low,
        close=columns.close,
        volume=columns.volume,
    )
    quality = measure_quality(
        bars,
        source=path.name,
        repairs=repairs,
        simulated=declared.simulated,
        adjustment=declared.adjustment,
    )
    return DataFile(bars=bars, quality=quality, declared=declared, repairs=repairs, adj_close=columns.adj_close)


def located(error: InvalidBars, path: Path) -> InvalidBars:
    """The error with the file and, for text, the line that an editor shows."""
    place = path.name
    if error.row is not None and not is_parquet(path):
        place += f" line {_line_of(path, error.row)}"
    return InvalidBars(f"{place}: {error.message}", row=error.row, field=error.field, remedy=error.remedy)


def _line_of(path: Path, row: int) -> int:
    """Line number, from 1, of data row `row`, from 0: the header and empty lines are no rows."""
    with path.open(encoding="utf-8", errors="replace") as file:
        filled = [number for number, line in enumerate(file, start=1) if line.strip()]
    return filled[row + 1]
