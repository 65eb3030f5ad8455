"""Leverage brackets: the maintenance margin that a venue asks for a position of a given size."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np

from vibex.domain.arrays import F64
from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Market
from vibex.market.symbols import canonical_symbol
from vibex.market.textfiles import read_text

COLUMNS = (
    "symbol",
    "tier",
    "min_notional",
    "max_notional",
    "maintenance_margin_rate",
    "max_leverage",
    "maintenance_amount",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class LeverageBrackets:
    """The tiers of one symbol, shape (B,), by rising notional, in the account's currency.

    A position of `notional` up to and including `max_notional` of its tier needs a maintenance margin of
    notional × `rate` − `amount`, and allows `max_leverage`. The last tier holds for everything above it.
    """

    symbol: str
    max_notional: F64
    rate: F64
    amount: F64
    max_leverage: F64

    def leverage_at(self, notional: float) -> float:
        """The highest leverage allowed for a position of that notional."""
        return float(self.max_leverage[_tier(notional, self.max_notional)])


def maintenance_margin(notional: float, max_notional: F64, rate: F64, amount: F64) -> float:
    """The margin below which a position of `notional` ≥ 0 is liquidated: notional × rate − amount of its tier."""
    tier = 0
    while tier < len(max_notional) - 1 and notional > max_notional[tier]:
        tier += 1
    return float(notional * rate[tier] - amount[tier])


def read_brackets(path: Path, symbols: Sequence[str]) -> dict[str, LeverageBrackets]:
    """The brackets of `symbols` from a CSV file with the columns `COLUMNS`; other symbols are ignored.

    Raises InvalidInput (field "brackets") for a bad row with its line, tiers that do not join, and a symbol without
    brackets, with those that the file has.
    """
    tiers: dict[str, list[tuple[float, ...]]] = {}
    rows = csv.DictReader(StringIO(read_text(path, "brackets")))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise _refusal(f"{path.name} has no column {missing[0]!r}", f"the columns are {', '.join(COLUMNS)}")
    for row in rows:
        symbol, tier = _row(row, f"{path.name} line {rows.line_num}")
        tiers.setdefault(symbol, []).append(tier)
    for symbol in symbols:
        if symbol not in tiers:
            raise _refusal(f"{path.name} has no brackets of {symbol}", f"it has {', '.join(tiers) or 'none'}")
    return {symbol: _brackets(symbol, tiers[symbol], path.name) for symbol in symbols}


def _row(row: Mapping[str, str | None], where: str) -> tuple[str, tuple[float, ...]]:
    """The symbol and (lower bound, upper bound, rate, leverage, amount) of a line."""
    try:
        numbers = tuple(float(row[column] or "") for column in COLUMNS[2:])
        symbol = canonical_symbol(row["symbol"] or "", Market.CRYPTO)
    except InvalidInput as error:
        raise _refusal(f"{where}: {error.message}", error.remedy) from error
    except ValueError:
        raise _refusal(f"{where}: a cell is empty or no number", "correct that line") from None
    low, high, rate, leverage, amount = numbers
    if not (0 <= low < high and 0 < rate < 1 and leverage >= 1 and amount >= 0 and math.isfinite(amount)):
        raise _refusal(
            f"{where}: {low:g} to {high:g} at {rate:g}, {leverage:g}x, {amount:g} is no bracket", "correct that line"
        )
    return symbol, numbers


def _brackets(symbol: str, tiers: list[tuple[float, ...]], source: str) -> LeverageBrackets:
    tiers = sorted(tiers)
    low, high, rate, leverage, amount = (np.array(column, dtype=np.float64) for column in zip(*tiers, strict=True))
    joined = low[0] == 0 and np.array_equal(low[1:], high[:-1])
    ordered = np.all(np.diff(rate) > 0) and np.all(np.diff(leverage) < 0)
    if not (joined and ordered):
        raise _refusal(
            f"{source}: the brackets of {symbol} do not join from 0 upwards with rising rates and falling leverage",
            "give every tier once",
        )
    # The amount makes the margin continuous at each bound: amount = Σ lower bound × (rate − rate of the tier before).
    expected = np.cumsum(low * np.diff(rate, prepend=0.0))
    wrong = np.flatnonzero(~np.isclose(amount, expected, rtol=1e-6, atol=0.01))
    if len(wrong):
        tier = int(wrong[0])
        raise _refusal(
            f"{source}: the maintenance amount of {symbol} above {low[tier]:g} is {amount[tier]:g}, its rates make it "
            f"{expected[tier]:g}",
            "take rates and amounts from one page",
        )
    return LeverageBrackets(symbol=symbol, max_notional=high, rate=rate, amount=amount, max_leverage=leverage)


def _tier(notional: float, max_notional: F64) -> int:
    return min(int(np.searchsorted(max_notional, notional, side="left")), len(max_notional) - 1)


def _refusal(message: str, remedy: str | None) -> InvalidInput:
    return InvalidInput(message, field="brackets", remedy=remedy)
