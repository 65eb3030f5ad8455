"""The bar library: one Parquet file per symbol and timeframe in a folder, each declaring what it holds.

Mark prices and funding rates that were fetched stand beside the bars under names of their own.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vibex.analysis.calendars import calendar_for
from vibex.analysis.resampling import resample
from vibex.domain.arrays import F64, I64
from vibex.domain.bars import PRICES, Bars
from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Market
from vibex.domain.timeframe import Timeframe
from vibex.market.adjustment import Adjustment
from vibex.market.reader import DataFile, read_bars
from vibex.market.series import Series
from vibex.market.symbols import canonical_symbol
from vibex.market.tables import Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryEntry:
    """One file of the library; `first_ms` and `last_ms` are the labels of its first and last row.

    `timeframe` is None for funding rates; `source` is None for what was imported or generated.
    """

    path: Path
    symbol: str
    market: Market
    series: Series
    timeframe: Timeframe | None
    rows: int
    first_ms: int
    last_ms: int
    adjustment: Adjustment | None
    simulated: bool
    source: str | None


def library_path(
    folder: Path, market: Market, symbol: str, timeframe: Timeframe | None, series: Series = Series.BARS
) -> Path:
    """Where the library keeps them: `crypto_BTC-USDT_1h.parquet`, `cryptomark_BTC-USDT_1h.parquet`, and without a
    timeframe `funding_BTC-USDT.parquet`."""
    if series is Series.FUNDING:
        return folder / f"funding_{_plain(symbol)}.parquet"
    return folder / f"{market}{'' if series is Series.BARS else series}_{_plain(symbol)}_{timeframe}.parquet"


def actions_path(folder: Path, market: Market, symbol: str) -> Path:
    """Where fetched splits and dividends stand: `us_equity_SPY_actions.csv`."""
    return folder / f"{market}_{_plain(symbol)}_actions.csv"


def _plain(symbol: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]", "-", symbol)


def write_bars(bars: Bars, path: Path, declared: Declared) -> None:
    """Write bars as Parquet, replacing `path` at once or not at all; `declared` states what the bars do not hold.

    Symbol and timeframe are those of the bars. Read again, the bars have the same digest.
    """
    named = {name: getattr(bars, name) for name in (*PRICES, "volume")}
    stated = replace(declared, symbol=bars.symbol, timeframe=bars.timeframe)
    write_columns(bars.open_time, {name: values for name, values in named.items() if values is not None}, path, stated)


def write_columns(time: I64, columns: Mapping[str, F64], path: Path, declared: Declared) -> None:
    """Write columns by time, shapes (T,), as Parquet, replacing `path` at once or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {name: pa.array(np.ascontiguousarray(values)) for name, values in columns.items()}
    table = pa.table({"timestamp": pa.array(time, type=pa.timestamp("ms", "UTC")), **arrays})
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        pq.write_table(table.replace_schema_metadata(declared.metadata()), unfinished, compression="zstd")
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
    # A person has chosen the file: nobody knows any more that it is all of what its publisher would give.
    declared = replace(file.declared, series=Series.BARS, source=None, covered=())
    write_bars(bars, path, replace(declared, market=market, adjustment=stated or adjustment))
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
            if declared.symbol is None or declared.market is None or not rows:
                return None
            if declared.timeframe is None and declared.series is not Series.FUNDING:
                return None
            times = file.read(columns=["timestamp"])["timestamp"].cast(pa.int64())
    except (pa.ArrowException, OSError, ValueError, KeyError):
        return None
    return LibraryEntry(
        path=path,
        symbol=declared.symbol,
        market=declared.market,
        series=declared.series,
        timeframe=declared.timeframe,
        rows=rows,
        first_ms=times[0].as_py(),
        last_ms=times[-1].as_py(),
        adjustment=declared.adjustment,
        simulated=declared.simulated,
        source=declared.source,
    )


def bars_for(library: Iterable[LibraryEntry], market: Market, symbol: str, timeframe: Timeframe) -> LibraryEntry | None:
    """The coarsest file of traded prices that gives bars of `timeframe`; None without one.

    Generated bars never stand in for a symbol that was named.
    """
    fitting = [
        (entry.timeframe.ms, entry)
        for entry in library
        if (entry.market, entry.symbol, entry.series) == (market, symbol, Series.BARS)
        and not entry.simulated
        and entry.timeframe is not None
        and entry.timeframe.ms <= timeframe.ms
    ]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def files_for(folder: Path, market: Market, symbols: Iterable[str], timeframe: Timeframe) -> dict[str, LibraryEntry]:
    """The file of every symbol (canonical), as `bars_for` finds it. Raises InvalidInput (field "data"), with the
    command that would bring the prices, for the first symbol without one."""
    library = list_library(folder)
    found: dict[str, LibraryEntry] = {}
    for symbol in symbols:
        entry = bars_for(library, market, symbol, timeframe)
        if entry is None:
            generated = any(e.symbol == symbol and e.market is market and e.simulated for e in library)
            also = "; generated ones do not stand in for a market unless --data names them" if generated else ""
            raise InvalidInput(
                f"the library has no bars of {symbol} in {timeframe} or finer{also}",
                field="data",
                remedy=f"vibex data fetch {symbol} --market {market} --timeframe {timeframe} --start 2024-01-01, "
                "or --data FILE",
            )
        found[symbol] = entry
    return found
