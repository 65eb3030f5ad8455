"""Where fetched numbers lie in the library: read back with the range they cover, and written whole or not at all."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vibex.domain.bars import Bars
from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Market
from vibex.domain.timeframe import Timeframe
from vibex.market.adjustment import CorporateAction, read_actions
from vibex.market.arrow_arrays import floats, integers
from vibex.market.fetching.rows import Rows
from vibex.market.library import actions_path, library_path, write_bars, write_columns
from vibex.market.repairs import RawColumns, Repairs, repair
from vibex.market.series import Series
from vibex.market.tables import Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The place of one series of one symbol; `timeframe` is None for funding."""

    folder: Path
    market: Market
    symbol: str
    series: Series
    timeframe: Timeframe | None

    @property
    def path(self) -> Path:
        return library_path(self.folder, self.market, self.symbol, self.timeframe, self.series)

    def partial(self, source: str, *, replace: bool) -> Path:
        """Where pages wait; those of a replacement do not mix with those of an addition."""
        return self.path.with_name(f".{self.path.stem}.{source}{'.replace' if replace else ''}.partial.jsonl")

    def forget_pages(self) -> None:
        """Remove what waits of unfinished fetches: once the file was replaced, it belongs to prices that are gone."""
        for waiting in self.folder.glob(f".{self.path.stem}.*.partial.jsonl"):
            waiting.unlink(missing_ok=True)

    def read(self) -> tuple[Declared, Rows]:
        """What the file declares, and its rows. Raises InvalidInput for a file of another form."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self.path) as file:
                declared = Declared.from_metadata(file.schema_arrow.metadata)
                table = file.read(columns=["timestamp", *self.series.columns])
            time = integers(table["timestamp"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()))
            cells = np.column_stack([floats(table[name]) for name in self.series.columns])
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            raise InvalidInput(
                f"{self.path} cannot be added to: {str(error).splitlines()[0]}",
                field="replace",
                remedy="give --replace to fetch it anew, or move it away",
            ) from None
        return declared, Rows(time=time, cells=cells)

    def write(self, rows: Rows, declared: Declared) -> Repairs:
        """Replace the file by `rows`, mended as an imported file would be. Raises InvalidBars for rows beyond that."""
        if self.timeframe is None:
            columns = dict(zip(self.series.columns, rows.cells.T, strict=True))
            write_columns(rows.time, columns, self.path, declared)
            return Repairs()
        bars, repairs = _bars(rows, self.symbol, self.timeframe)
        write_bars(bars, self.path, declared)
        return repairs

    def bars(self, rows: Rows) -> Bars:
        """`rows` as bars; for a shelf of bars or mark prices."""
        if self.timeframe is None:
            raise ValueError("funding has no bars")
        return _bars(rows, self.symbol, self.timeframe)[0]

    def write_actions(self, fresh: Iterable[CorporateAction], *, source: str, keep: bool) -> Path:
        """Put the splits and dividends of what was fetched beside the prices; with `keep`, those known stay too.

        The source's present word on an event counts: a dividend in today's shares shrinks with every split.
        """
        path = actions_path(self.folder, self.market, self.symbol)
        known = read_actions(path, self.market).actions if keep and path.exists() else ()
        by_event = {(a.ex_date, a.kind): a for a in (*known, *fresh)}
        rows = [by_event[event] for event in sorted(by_event)]
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent) as folder:
            unfinished = Path(folder) / path.name
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                table = csv.writer(file, lineterminator="\n")
                table.writerow(("symbol", "ex_date", "type", "value", "source"))
                for action in rows:
                    basis = f"{source}, split-adjusted" if action.split_adjusted else source
                    table.writerow((action.symbol, action.ex_date, action.kind.value, repr(action.value), basis))
            os.replace(unfinished, path)
        return path


def _bars(rows: Rows, symbol: str, timeframe: Timeframe) -> tuple[Bars, Repairs]:
    open_, high, low, close, *rest = rows.cells.T
    mended, repairs = repair(
        RawColumns(
            time=rows.time,
            open=open_,
            high=high,
            low=low,
            close=close,
            volume=rest[0] if rest else None,
            adj_close=None,
        )
    )
    bars = Bars(
        symbol=symbol,
        timeframe=timeframe,
        open_time=mended.time,
        open=mended.open,
        high=mended.high,
        low=mended.low,
        close=mended.close,
        volume=mended.volume,
    )
    return bars, repairs
