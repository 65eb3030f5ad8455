"""A CSV or Parquet file as columns of numbers, and what a Parquet file declares about itself."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Market
from vibex.domain.timeframe import Timeframe
from vibex.market.adjustment import Adjustment
from vibex.market.columns import Role, match_columns, numbers
from vibex.market.repairs import RawColumns
from vibex.market.series import Series
from vibex.market.textfiles import refuse_unreadable
from vibex.market.times import times_ms

if TYPE_CHECKING:
    import pyarrow as pa

_PARQUET_MARK = b"PAR1"

R = TypeVar("R", bound=StrEnum)
Match = Callable[[Sequence[str]], dict[R, str]]
"""From the names of a file's columns to the column of each role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a file says about itself in its metadata (keys `vibex.symbol` and so on); None = it does not say.

    `source` is the publisher that it was fetched from, `covered` the ranges for which that publisher was asked, epoch
    milliseconds, the end excluded: a hole within them is a gap, a time outside them was never asked for.
    """

    symbol: str | None = None
    market: Market | None = None
    timeframe: Timeframe | None = None
    adjustment: Adjustment | None = None
    currency: str | None = None
    simulated: bool = False
    series: Series = Series.BARS
    source: str | None = None
    covered: tuple[tuple[int, int], ...] = ()

    def metadata(self) -> dict[str, str]:
        """The metadata that `from_metadata` reads back."""
        named = {
            "symbol": self.symbol,
            "market": self.market,
            "timeframe": self.timeframe,
            "adjustment": self.adjustment,
            "currency": self.currency,
            "simulated": "yes" if self.simulated else None,
            "series": None if self.series is Series.BARS else self.series,
            "source": self.source,
            "covered": " ".join(f"{start}-{stop}" for start, stop in self.covered) or None,
        }
        return {f"vibex.{name}": str(value) for name, value in named.items() if value is not None}

    @classmethod
    def from_metadata(cls, metadata: Mapping[bytes, bytes] | None) -> Declared:
        """Raises ValueError for a value that is none of the product's words."""
        text = {key.decode(): value.decode() for key, value in (metadata or {}).items() if key.startswith(b"vibex.")}
        market, timeframe = text.get("vibex.market"), text.get("vibex.timeframe")
        adjustment = text.get("vibex.adjustment")
        return cls(
            symbol=text.get("vibex.symbol"),
            market=Market(market) if market else None,
            timeframe=Timeframe(timeframe) if timeframe else None,
            adjustment=Adjustment(adjustment) if adjustment else None,
            currency=text.get("vibex.currency"),
            simulated=text.get("vibex.simulated") == "yes",
            series=Series(text.get("vibex.series", Series.BARS)),
            source=text.get("vibex.source"),
            covered=tuple(_span(part) for part in text.get("vibex.covered", "").split()),
        )


def _span(text: str) -> tuple[int, int]:
    start, stop = text.split("-")
    return int(start), int(stop)


def is_parquet(path: Path) -> bool:
    """By the first bytes: an ending may lie. Raises InvalidInput when the file cannot be opened or is empty."""
    refuse_unreadable(path, "data")
    with path.open("rb") as file:
        return file.read(len(_PARQUET_MARK)) == _PARQUET_MARK


def read_table(path: Path) -> tuple[RawColumns, Declared]:
    """The file's columns as they stand, and its declaration (empty for CSV).

    Raises InvalidInput for a file that is neither or lacks a column, InvalidBars for a cell that cannot be read.
    """
    table, roles, declared = read_columns(path, match_columns, Role.TIME)
    prices = {role: numbers(table[name], name) for role, name in roles.items() if role is not Role.TIME}
    return RawColumns(
        time=times_ms(table[roles[Role.TIME]], roles[Role.TIME]),
        open=prices[Role.OPEN],
        high=prices[Role.HIGH],
        low=prices[Role.LOW],
        close=prices[Role.CLOSE],
        volume=prices.get(Role.VOLUME),
        adj_close=prices.get(Role.ADJ_CLOSE),
    ), declared


def read_columns(path: Path, match: Match[R], time: R) -> tuple[pa.Table, dict[R, str], Declared]:
    """The columns that `match` finds by name, which of them has which role, and the file's declaration.

    `time` is the role of the column that stays text in a CSV. Raises InvalidInput (field "data").
    """
    if is_parquet(path):
        table, roles, declared = _parquet(path, match)
    elif path.suffix.lower() in (".parquet", ".pq"):
        raise InvalidInput(f"{path.name} is no Parquet file", field="data", remedy="write it again, or name it .csv")
    else:
        table, roles = _csv(path, match, time)
        declared = Declared()
    if table.num_rows == 0:
        raise InvalidInput(f"{path.name} has no rows", field="data", remedy="name a file with rows")
    return table, roles, declared


def _parquet(path: Path, match: Match[R]) -> tuple[pa.Table, dict[R, str], Declared]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # A file's own page buffers, not a memory map: the file may be replaced while a run holds its columns.
        with pq.ParquetFile(path) as file:
            declared = Declared.from_metadata(file.schema_arrow.metadata)
            roles = match(file.schema_arrow.names)
            return file.read(columns=list(roles.values())), roles, declared
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    except ValueError as error:
        raise InvalidInput(f"{path.name} declares {error}", field="data", remedy="import it again") from error


def _csv(path: Path, match: Match[R], time: R) -> tuple[pa.Table, dict[R, str]]:
    import pyarrow as pa
    import pyarrow.csv as pacsv

    delimiter, names = _header(path)
    roles = match(names)
    try:
        # Times stay text: the reader would turn an offset into UTC, and a daily bar's local date would be lost.
        table = pacsv.read_csv(
            path,
            parse_options=pacsv.ParseOptions(delimiter=delimiter),
            convert_options=pacsv.ConvertOptions(
                column_types={roles[time]: pa.string()},
                include_columns=list(roles.values()),
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error
    return table, roles


def _header(path: Path) -> tuple[str, list[str]]:
    """The separator that the first line uses most (comma, semicolon, tab), and its names."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            line = next((line for line in file if line.strip()), "")
    except UnicodeDecodeError:
        raise InvalidInput(
            f"{path.name} is neither Parquet nor UTF-8 text", field="data", remedy="give a CSV or Parquet file"
        ) from None
    delimiter = max(",;\t", key=line.count)
    return delimiter, next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])


def _unreadable(path: Path, error: Exception) -> InvalidInput:
    reason = str(error).splitlines()[0]
    return InvalidInput(f"{path.name} cannot be read: {reason}", field="data", remedy="write it again")
