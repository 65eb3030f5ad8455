"""What a run may be given beside bars: funding, mark prices, finer bars, brackets, corporate actions.

Each is per symbol and already read and checked; a part that is switched on and missing for a symbol is refused when
the plan is compiled (rule 13).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from vibex.domain import Bars
from vibex.domain.arrays import F64, I64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FundingSeries:
    """Settlements of one symbol, (K,) each, ascending. `time` int64 epoch ms; `rate` a fraction, positive: longs pay.

    `price` is the mark price at the settlement; NaN: the open of the mark bar that holds it, else the close of the
    last bar before it.
    """

    time: I64
    rate: F64
    price: F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Brackets:
    """Maintenance margin of one symbol by notional, (K,) each, ascending: from `floor` on, notional × `rate` −
    `amount`."""

    floor: F64
    rate: F64
    amount: F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CashActions:
    """Corporate actions that the account books, (K,) each, ascending by ex-date (`time`, epoch ms of its first bar or
    before it). `split` new shares per old, 1 = none; `cash` per share after the split, 0 = none."""

    time: I64
    split: F64
    cash: F64


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeries:
    """All of them, by symbol; an empty mapping means that the part is off."""

    funding: Mapping[str, FundingSeries] = field(default_factory=dict)
    mark: Mapping[str, Bars] = field(default_factory=dict)
    detail: Mapping[str, Bars] = field(default_factory=dict)
    brackets: Mapping[str, Brackets] = field(default_factory=dict)
    actions: Mapping[str, CashActions] = field(default_factory=dict)

    def text_of_digests(self) -> str:
        """Names every series by the digest of its numbers; empty when all parts are off."""
        parts: list[str] = []
        for kind in fields(self):
            for symbol, own in sorted(getattr(self, kind.name).items()):
                parts.append(f"{kind.name}:{symbol}={own.digest() if isinstance(own, Bars) else _digest(own)};")
        return "".join(parts)


def _digest(series: FundingSeries | Brackets | CashActions) -> str:
    digest = hashlib.sha256()
    for column in fields(series):
        digest.update(np.ascontiguousarray(getattr(series, column.name)).data)
    return digest.hexdigest()
