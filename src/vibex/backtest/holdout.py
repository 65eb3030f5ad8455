"""The sealed holdout: the last part of history, kept out of every run until it is opened once.

A strategy that was chosen while looking at all of history has no data left to be tested on. Here is only the split and
what a result says about it; which lineages have a seal, and who opened it when, is remembered elsewhere.
"""

from __future__ import annotations

import calendar
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from vibex.domain import Bars, InvalidInput, JsonValue, format_ms
from vibex.domain.arrays import I64

LEAST_MONTHS = 6
MOST_SHARE = 0.5
_FORM = "write it like 20%, a share above 0 and up to 50 %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Bars that open at or after `sealed_from_ms` (epoch ms UTC) are kept out of a run; `share` was asked for."""

    sealed_from_ms: int
    share: float

    def visible(self, bars: Bars) -> Bars:
        """The bars before the seal."""
        return bars.between(None, self.sealed_from_ms - 1)

    def hides(self, end_ms: int | None) -> bool:
        """Whether a run up to the bar that opens at `end_ms` (None = all bars) would look behind the seal."""
        return end_ms is None or end_ms >= self.sealed_from_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldoutStatus:
    """What a result says: from when on data was kept out, when the seal was opened, and whether this run saw behind it.

    All None or False for a run without a holdout. Raises InvalidInput for a run that saw what nobody has opened.
    """

    sealed_from_ms: int | None = None
    opened_at_ms: int | None = None
    seen: bool = False

    def __post_init__(self) -> None:
        if self.seen and self.opened_at_ms is None:
            raise InvalidInput("the sealed part is seen only after it was opened", field="holdout")

    def to_json(self) -> dict[str, JsonValue]:
        """`sealed_from` and `opened_at` as RFC 3339, null where there is none."""
        return {
            "sealed_from": None if self.sealed_from_ms is None else format_ms(self.sealed_from_ms),
            "opened_at": None if self.opened_at_ms is None else format_ms(self.opened_at_ms),
            "seen": self.seen,
        }


def parse_share(text: str) -> float:
    """`20%` or `0.2` as 0.2. Raises InvalidInput (field "holdout") unless 0 < share ≤ 0.5."""
    number = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*(%?)", text.strip())
    if number is None:
        raise InvalidInput(f"{text!r} is no share", field="holdout", remedy=_FORM)
    share = float(number[1]) / (100 if number[2] else 1)
    _refuse_share(share)
    return share


def seal(open_time: I64, share: float) -> Seal:
    """Seal the last `share` of the time from the first to the last of these opens (epoch ms, rising).

    At least six calendar months are sealed where that is no more than half of the time. The seal begins with a bar.
    Raises InvalidInput (field "holdout") for a share that is not in (0, 0.5], and when no bar is left on one side.
    """
    _refuse_share(share)
    if len(open_time) < 2:
        raise InvalidInput("there is no history to seal a part of", field="holdout", remedy="leave --holdout out")
    first, last = int(open_time[0]), int(open_time[-1])
    half = first + math.ceil((last - first) * (1 - MOST_SHARE))
    by_share, by_months = first + round((last - first) * (1 - share)), _months_before(last, LEAST_MONTHS)
    wanted = min(by_share, by_months) if by_months >= half else by_share
    row = int(np.searchsorted(open_time, max(wanted, half), side="left"))
    return Seal(sealed_from_ms=int(open_time[row]), share=share)


def _refuse_share(share: float) -> None:
    if not (math.isfinite(share) and share > 0):
        raise InvalidInput("a holdout of nothing seals nothing", field="holdout", remedy=_FORM)
    if share >= 1:
        raise InvalidInput(f"a holdout of {share:.0%} is not shorter than the data", field="holdout", remedy=_FORM)
    if share > MOST_SHARE:
        raise InvalidInput(f"a holdout of {share:.0%} leaves less than half of the data", field="holdout", remedy=_FORM)


def _months_before(epoch_ms: int, months: int) -> int:
    """The same clock time that many calendar months earlier; the month's last day where it is shorter."""
    moment = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    month = moment.year * 12 + moment.month - 1 - months
    year, number = divmod(month, 12)
    day = min(moment.day, calendar.monthrange(year, number + 1)[1])
    return round(moment.replace(year=year, month=number + 1, day=day).timestamp() * 1000)
