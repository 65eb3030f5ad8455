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
from vibex.market.brackets import LeverageBrackets
from vibex.market.entitlements import Entitlements
from vibex.market.funding import FundingSeries


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CashActions:
    """Corporate actions that the account books, (K,) each, ascending by ex-date (`time`, epoch ms of its first bar or
    before it). `split` new shares per old, 1 = none; `cash` per share after the split, 0 = none."""

    time: I64
    split: F64
    cash: F64

    @classmethod
    def of(cls, entitlements: Entitlements, bars: Bars) -> CashActions:
        """The events of `bars`, whose rows they name, each row once."""
        rows = np.union1d(entitlements.split_row, entitlements.dividend_row)
        split, cash = np.ones(len(rows)), np.zeros(len(rows))
        split[np.searchsorted(rows, entitlements.split_row)] = entitlements.split_ratio
        cash[np.searchsorted(rows, entitlements.dividend_row)] = entitlements.cash_per_share
        return cls(time=bars.open_time[rows], split=split, cash=cash)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeries:
    """All of them, by symbol; an empty mapping means that the part is off."""

    funding: Mapping[str, FundingSeries] = field(default_factory=dict)
    mark: Mapping[str, Bars] = field(default_factory=dict)
    detail: Mapping[str, Bars] = field(default_factory=dict)
    brackets: Mapping[str, LeverageBrackets] = field(default_factory=dict)
    actions: Mapping[str, CashActions] = field(default_factory=dict)

    def text_of_digests(self) -> str:
        """Names every series by the digest of its numbers; empty when all parts are off."""
        parts: list[str] = []
        for kind in fields(self):
            for symbol, own in sorted(getattr(self, kind.name).items()):
                parts.append(f"{kind.name}:{symbol}={own.digest() if isinstance(own, Bars) else _digest(own)};")
        return "".join(parts)


def _digest(series: FundingSeries | LeverageBrackets | CashActions) -> str:
    digest = hashlib.sha256()
    for column in fields(series):
        values = getattr(series, column.name)
        if isinstance(values, np.ndarray):  # names of symbols and files are no numbers of a run
            digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()
