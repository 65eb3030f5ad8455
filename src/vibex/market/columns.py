"""Which column of a price file is which, and its cells as numbers: the only place that knows other people's spellings.

Column names are compared in lower case without spaces and signs, so `Open Time`, `open_time` and `openTime` are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from vibex.domain.arrays import F64
from vibex.domain.errors import InvalidBars, InvalidInput
from vibex.market.arrow_arrays import floats

if TYPE_CHECKING:
    import pyarrow as pa


class Role(StrEnum):
    """What a column holds. `ADJ_CLOSE` is kept apart and never stands in for `CLOSE`."""

    TIME = "time"
    OPEN = "open"
    HIGH = "high"
    LOW = "low"
    CLOSE = "close"
    ADJ_CLOSE = "adj_close"
    VOLUME = "volume"


R = TypeVar("R", bound=StrEnum)
REQUIRED = (Role.TIME, Role.OPEN, Role.HIGH, Role.LOW, Role.CLOSE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPELLINGS: dict[Role, frozenset[str]] = {
    Role.TIME: _words(
        """timestamp time date datetime opentime opentimestamp ts t bartime starttime unix epoch unixtime
        timestampms timestamputc timeutc dateutc datetimeutc tradedate"""
    ),
    Role.OPEN: _words("o open openprice priceopen"),
    Role.HIGH: _words("h high highprice pricehigh"),
    Role.LOW: _words("l low lowprice pricelow"),
    Role.CLOSE: _words("c close closeprice priceclose closelast"),
    Role.ADJ_CLOSE: _words("adjclose adjustedclose closeadj closeadjusted"),
    Role.VOLUME: _words("v vol volume basevolume volumebase tradevolume"),
}
# What a data frame's unnamed index is called after writing; a time only where no column says so itself.
_UNNAMED_INDEX = frozenset({"", "index", "unnamed0", "indexlevel0"})


def match_columns(names: Sequence[str]) -> dict[Role, str]:
    """The column of each role that is present; time, open, high, low and close always are.

    Raises InvalidInput, naming the columns, when two match one role or a required one is missing.
    """
    found = match_roles(names, _SPELLINGS, Role.TIME)
    missing = [role for role in REQUIRED if role not in found]
    if missing:
        raise _missing(missing, names, has_adjusted=Role.ADJ_CLOSE in found)
    return found


def match_roles(names: Sequence[str], spellings: Mapping[R, frozenset[str]], time: R) -> dict[R, str]:
    """The column of each role that `spellings` knows, by plain names; an unnamed index stands in for `time`.

    Raises InvalidInput when two columns match one role.
    """
    found = {role: [name for name in names if _plain(name) in known] for role, known in spellings.items()}
    if not found[time]:
        found[time] = [name for name in names if _plain(name) in _UNNAMED_INDEX]
    for role, columns in found.items():
        if len(columns) > 1:
            listed = " and ".join(repr(name) for name in columns)
            raise InvalidInput(
                f"columns {listed} both look like the {role}", field="data", remedy="keep one of them or rename it"
            )
    return {role: columns[0] for role, columns in found.items() if columns}


def _missing(missing: list[Role], names: Sequence[str], *, has_adjusted: bool) -> InvalidInput:
    found = ", ".join(repr(name) for name in names) or "none"
    remedy = "name them for example timestamp, open, high, low, close, volume"
    if len(names) > 1 and all(_is_number(name) or not name for name in names):
        remedy = "the first line holds numbers: put a header line before it; " + remedy
    if missing == [Role.CLOSE] and has_adjusted:
        remedy = "an adjusted close is not taken for the close, because open, high and low would not fit it"
    return InvalidInput(f"no column for {', '.join(missing)}; the file has {found}", field="data", remedy=remedy)


def numbers(column: pa.ChunkedArray, name: str) -> F64:
    """The cells as float64, shape (T,), NaN where empty. Raises InvalidBars with the row of the first other cell."""
    import pyarrow as pa

    try:
        cells = column.cast(pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        row, cell = _first_non_number(column)
        raise InvalidBars(
            f"{name} has {cell!r} in row {row}, which is no number",
            row=row,
            field=name,
            remedy="write numbers with a decimal point, without thousands separators or units",
        ) from None
    return floats(cells)


def _first_non_number(column: pa.ChunkedArray) -> tuple[int, str]:
    for row, cell in enumerate(column.to_pylist()):
        if cell is not None and not (isinstance(cell, str) and _is_number(cell)):
            return row, str(cell)
    return 0, str(column[0].as_py())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _plain(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())
