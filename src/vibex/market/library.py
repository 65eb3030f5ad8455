"""The bar library: one Parquet file per symbol and timeframe in a folder, each declaring what it holds."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from vibex.analysis.calendars import calendar_for
from vibex.analysis.resampling import resample
from vibex.domain.bars import Bars
from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Market
from vibex.domain.timeframe import Timeframe
from vibex.market.adjustment import Adjustment
from vibex.market.reader import DataFile, read_bars
from vibex.market.symbols import canonical_symbol
from vibex.market.tables import Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryEntry:
    """One file of the library; `first_ms` and `last_ms` are the labels of its first and last bar."""

    path: Path
    symbol: str
    market: Market
    timeframe: Timeframe
    rows: int
    first_ms: int
    last_ms: int
    adjustment: Adjustment | None
    simulated: bool


def library_path(folder: Path, market: Market, symbol: str, timeframe: Timeframe) -> Path:
    """Where the library keeps these bars: `crypto_BTC-USDT_1h.parquet`."""
    return folder / f"{market}_{re.sub(r'[^A-Za-z0-9.]', '-', symbol)}_{timeframe}.parquet"


def write_bars(bars: Bars, path: Path, declared: Declared) -> None:
    """Write bars as Parquet, replacing `path` at once or not at all; `declared` states what the bars do not hold.

    Symbol and timeframe are those of the bars. Read again, the bars have the same digest.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"timestamp": pa.array(bars.open_time, type=pa.timestamp("ms", "UTC"))}
    for name in ("open", "high", "low", "close", "volume"):
        values = getattr(bars, name)
        if values is not None:
            columns[name] = pa.array(values)
    stated = replace(declared, symbol=bars.symbol, timeframe=bars.timeframe)
    table = pa.table(columns).replace_schema_metadata(stated.metadata())
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        pq.write_table(table, unfinished, compression="zstd")
        os.replace(unfinished, path)


def import_file(
    source: Path,
    folder: Path,
    *,
    symbol: str,
    market: Market,
    adjustment: Adjustment | None = None,
    timeframe: Timeframe | None = None,
) -> tuple[Path, DataFile]:
    """Read a user's file and keep it in the library; the path written and what was read.

    With `timeframe` the bars are kept in that coarser one.
    Raises InvalidInput as `read_bars` does, and (field "adjust") for equity data whose adjustment neither the file nor
    the caller states, or both state differently.
    """
    name = canonical_symbol(symbol, market)
    file = read_bars(source, name)
    stated = file.declared.adjustment
    if market.is_equity and stated is None and adjustment is None:
        raise InvalidInput(
            f"{source.name} does not say whether its prices are adjusted",
            field="adjust",
            remedy="give --adjust raw, --adjust split or --adjust total, whichever the data is",
        )
    if stated is not None and adjustment not in (None, stated):
        raise InvalidInput(
            f"{source.name} declares {stated} prices, not {adjustment}", field="adjust", remedy=f"use --adjust {stated}"
        )
    bars = file.bars if timeframe is None else resample(file.bars, timeframe, calendar_for(market))
    path = library_path(folder, market, name, bars.timeframe)
    write_bars(bars, path, replace(file.declared, market=market, adjustment=stated or adjustment))
    return path, file


def list_library(folder: Path) -> tuple[LibraryEntry, ...]:
    """The library's files by name, from their metadata alone; a file that was not written here is left out."""
    if not folder.is_dir():
        return ()
    entries = (_entry(path) for path in sorted(folder.glob("*.parquet")))
    return tuple(entry for entry in entries if entry is not None)


def _entry(path: Path) -> LibraryEntry | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            declared = Declared.from_metadata(file.schema_arrow.metadata)
            rows = file.metadata.num_rows
            if declared.symbol is None or declared.market is None or declared.timeframe is None or not rows:
                return None
            times = file.read(columns=["timestamp"])["timestamp"].cast(pa.int64())
    except (pa.ArrowException, OSError, ValueError, KeyError):
        return None
    return LibraryEntry(
        path=path,
        symbol=declared.symbol,
        market=declared.market,
        timeframe=declared.timeframe,
        rows=rows,
        first_ms=times[0].as_py(),
        last_ms=times[-1].as_py(),
        adjustment=declared.adjustment,
        simulated=declared.simulated,
    )
