"""Recorded order books and public trades: rows of a Parquet or CSV file, in exact decimals.

Columns. Depth: `exch_time` or `timestamp`, `final_id`, `side` (bid or ask), `price`, `qty` (absolute, 0 removes a
level); rows of one `final_id` are one message. Trades: time, `price`, `qty`, `buyer_is_maker`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vibex.domain.errors import InvalidInput
from vibex.domain.json_text import loads
from vibex.market.tables import is_parquet
from vibex.market.textfiles import read_text

if TYPE_CHECKING:
    import pyarrow as pa

Level = tuple[Decimal, Decimal]

_TIMES = ("exch_time", "timestamp", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthRow:
    """One message: changed levels as (price, absolute quantity)."""

    time_ms: int
    final_id: int
    bids: Sequence[Level]
    asks: Sequence[Level]


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeRow:
    """One public trade; `buyer_is_maker`: the seller took."""

    time_ms: int
    price: Decimal
    quantity: Decimal
    buyer_is_maker: bool


def read_depth(path: Path, snapshot: Path | None = None) -> list[DepthRow]:
    """Messages in file order; with `snapshot` (the venue's answer to GET depth) it comes first and messages that end
    before it are left out. InvalidInput (field "depth") for a file that cannot be read so."""
    first = None if snapshot is None else _snapshot(snapshot)
    table, times = _columns(path, ("final_id", "side", "price", "qty"), "depth")
    exact = _Exact()
    rows = zip(times, *(table[name].to_pylist() for name in ("final_id", "side", "price", "qty")), strict=True)
    messages = []
    for final_id, group in groupby(rows, key=lambda row: row[1]):
        changes: dict[str, list[Level]] = {"bid": [], "ask": []}
        at = 0
        for time_ms, _, side, price, quantity in group:
            if side not in changes:
                raise InvalidInput(f"{path}: a side {side!r}", field="depth", remedy="bid or ask")
            at = time_ms
            changes[side].append((exact[price], exact[quantity]))
        messages.append(DepthRow(time_ms=at, final_id=int(final_id), bids=changes["bid"], asks=changes["ask"]))
    if first is None:
        return messages
    after = [one for one in messages if one.final_id >= first.final_id]
    start = min(first.time_ms, after[0].time_ms) if after else first.time_ms
    return [DepthRow(time_ms=start, final_id=first.final_id, bids=first.bids, asks=first.asks), *after]


def read_trades(path: Path) -> list[TradeRow]:
    """Trades, oldest first. InvalidInput (field "trades")."""
    table, times = _columns(path, ("price", "qty", "buyer_is_maker"), "trades")
    columns = (table[name].to_pylist() for name in ("price", "qty", "buyer_is_maker"))
    return [
        TradeRow(time_ms=at, price=_exact(price), quantity=_exact(quantity), buyer_is_maker=bool(passive))
        for at, price, quantity, passive in sorted(zip(times, *columns, strict=True), key=lambda row: row[0])
    ]


def _snapshot(path: Path) -> DepthRow:
    try:
        document = loads(read_text(path, "snapshot"))
        body = document.get("payload", document)
        bids, asks = ([(Decimal(price), Decimal(size)) for price, size in body[name]] for name in ("bids", "asks"))
        return DepthRow(time_ms=int(body["E"]), final_id=int(body["lastUpdateId"]), bids=bids, asks=asks)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise InvalidInput(
            f"{path} holds no depth snapshot: {error!r}", field="snapshot", remedy="save what GET depth answers"
        ) from None


def _columns(path: Path, needed: Sequence[str], field: str) -> tuple[pa.Table, list[int]]:
    """The table and its times in epoch ms; every needed column is there and the file has rows."""
    table = _table(path, field)
    time = next((name for name in _TIMES if name in table.column_names), None)
    missing = [name for name in needed if name not in table.column_names]
    if time is None or missing:
        raise InvalidInput(f"{path} has no column {missing[0] if missing else _TIMES[1]!r}", field=field)
    if not table.num_rows:
        raise InvalidInput(f"{path} has no rows", field=field)
    return table, _times(table[time], path, field)


def _table(path: Path, field: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    try:
        return pyarrow.parquet.read_table(path) if is_parquet(path) else pyarrow.csv.read_csv(path)
    except pa.ArrowInvalid as error:
        raise InvalidInput(f"{path}: {error}", field=field, remedy="use Parquet or CSV with a header") from None


def _times(column: pa.ChunkedArray, path: Path, field: str) -> list[int]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_timestamp(column.type):
        whole = pc.floor_temporal(column, unit="millisecond").cast(pa.timestamp("ms", tz=column.type.tz))
        column = whole.cast(pa.int64())
    if not pa.types.is_integer(column.type):
        raise InvalidInput(f"{path}: times are {column.type}", field=field, remedy="timestamps, or epoch milliseconds")
    times: list[int] = column.to_pylist()
    return times


class _Exact(dict[Any, Decimal]):
    """Decimals by the number they were read from; prices and sizes of a book come again and again."""

    def __missing__(self, value: Any) -> Decimal:
        made = self[value] = _exact(value)
        return made


def _exact(value: Any) -> Decimal:
    """The shortest decimal that reads back as the same float: what was printed when it was recorded."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(str(value))
