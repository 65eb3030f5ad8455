"""Splits and dividends: what prices were adjusted for, and back-adjustment from a file of corporate actions.

A split of v new shares for one divides every earlier price by v and multiplies the earlier volume. A dividend D
multiplies every earlier price by 1 − D / close on the day before ex, as CRSP and Yahoo do for total-return prices.
The last bar never changes.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from io import StringIO
from pathlib import Path

import numpy as np

from vibex.domain.arrays import F64
from vibex.domain.bars import PRICES, Bars
from vibex.domain.errors import InvalidInput, NotSupported
from vibex.domain.instrument import Market
from vibex.domain.timeframe import HOUR_MS
from vibex.market.symbols import canonical_symbol
from vibex.market.textfiles import read_text

# Two sources of one split round its ratio differently (6.999997 and 7).
_SAME_VALUE = 1e-4


class Adjustment(StrEnum):
    """What earlier prices were adjusted for: nothing, splits, or splits and dividends."""

    RAW = "raw"
    SPLIT = "split"
    TOTAL = "total"


class ActionKind(StrEnum):
    """`MOVE` is no action: a person has checked that the price really moved that far on that day."""

    SPLIT = "split"
    DIVIDEND = "dividend"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorporateAction:
    """One event before the open of `ex_date`. `value`: new shares for one old (split), money per share (dividend).

    A dividend counts per share of its own day, or, when `split_adjusted`, per share of today.
    """

    symbol: str
    ex_date: date
    kind: ActionKind
    value: float
    split_adjusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CorporateActions:
    """The actions of a file, in its order."""

    actions: tuple[CorporateAction, ...] = ()

    def of(self, symbol: str, kind: ActionKind) -> tuple[CorporateAction, ...]:
        """The symbol's actions of one kind by date, each once.

        Raises InvalidInput (field "actions") when two rows of one date disagree: applying both would count it twice.
        """
        by_date: dict[date, CorporateAction] = {}
        for action in self.actions:
            if action.symbol != symbol or action.kind is not kind:
                continue
            known = by_date.setdefault(action.ex_date, action)
            same_basis = known.split_adjusted == action.split_adjusted
            if not (same_basis and math.isclose(known.value, action.value, rel_tol=_SAME_VALUE)):
                raise InvalidInput(
                    f"two rows for the {kind} of {symbol} on {action.ex_date} disagree: {known.value:g} and "
                    f"{action.value:g}",
                    field="actions",
                    remedy=f"keep the rows of one source for {symbol}",
                )
        return tuple(by_date[day] for day in sorted(by_date))


def read_actions(path: Path, market: Market) -> CorporateActions:
    """Read a CSV file with the columns symbol, ex_date (20240131 or 2024-01-31), type (split, dividend, move), value.

    A column `source` that says "split-adjusted" marks a dividend counted in today's shares; other columns are ignored.
    Raises InvalidInput (field "actions") with the line of the first bad row.
    """
    rows = csv.DictReader(StringIO(read_text(path, "actions")))
    for column in ("symbol", "ex_date", "type", "value"):
        if column not in (rows.fieldnames or ()):
            raise InvalidInput(
                f"{path.name} has no column {column!r}", field="actions", remedy="name them symbol,ex_date,type,value"
            )
    return CorporateActions(actions=tuple(_action(row, market, f"{path.name} line {rows.line_num}") for row in rows))


def _action(row: Mapping[str, str | None], market: Market, where: str) -> CorporateAction:
    cells = {name: (row[name] or "").strip() for name in ("symbol", "ex_date", "type", "value")}
    try:
        value = float(cells["value"])
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"value {cells['value']} is not above 0")
        return CorporateAction(
            symbol=canonical_symbol(cells["symbol"], market),
            ex_date=date.fromisoformat(cells["ex_date"]),
            kind=ActionKind(cells["type"].lower()),
            value=value,
            split_adjusted="split-adjusted" in (row.get("source") or "").lower(),
        )
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error.message}", field="actions", remedy=error.remedy) from error
    except ValueError as error:
        raise InvalidInput(f"{where}: {error}", field="actions", remedy="correct that line") from error


def adjust(bars: Bars, actions: CorporateActions, from_: Adjustment, to: Adjustment) -> Bars:
    """Bars back-adjusted from one state to a further one; equal states give the bars themselves.

    Only actions after the first bar and up to the last count. Raises NotSupported for a step back (total to raw), and
    InvalidInput when a dividend is not below the price before it or rows disagree.
    """
    order = list(Adjustment)
    if order.index(to) < order.index(from_):
        raise NotSupported(
            f"prices that are {from_} cannot be turned back into {to}", field="adjust", remedy="give the raw file"
        )
    if from_ is to:
        return bars
    split = split_factors(bars, actions) if from_ is Adjustment.RAW else np.ones(len(bars))
    factors = split * _dividend_factors(bars, actions, from_) if to is Adjustment.TOTAL else split
    return replace(
        bars,
        **{name: getattr(bars, name) * factors for name in PRICES},
        volume=None if bars.volume is None else bars.volume / split,
    )


def split_factors(bars: Bars, actions: CorporateActions) -> F64:
    """What each price of raw bars is multiplied by to be split-adjusted, shape (T,); 1 at the last bar."""
    factors = np.ones(len(bars))
    for action in actions.of(bars.symbol, ActionKind.SPLIT):
        row = first_row_on(bars, action.ex_date)
        if row is not None:
            factors[:row] /= action.value
    return factors


def first_row_on(bars: Bars, day: date) -> int | None:
    """The first row of `day` or after it; None when the day lies before the second bar or after the last.

    An intraday day begins at 01:00 UTC, which on New York and Hong Kong time lies between two trading days: the last
    bars after hours of a winter evening in New York open just after 00:00 UTC.
    """
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    start_ms = int(start.timestamp()) * 1000 + (HOUR_MS if bars.timeframe.is_intraday else 0)
    row = int(np.searchsorted(bars.open_time, start_ms, side="left"))
    return row if 0 < row < len(bars) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A dividend on bars: `amount` per share as the bars count shares, to who holds over the open of `row`.

    `before` is the close of the row before in the same shares. A dividend on the day of a split counts per new share.
    """

    row: int
    amount: float
    before: float


def payments(bars: Bars, actions: CorporateActions, state: Adjustment) -> list[Payment]:
    """The dividends of bars that are raw or split-adjusted, by date.

    Raises InvalidInput (field "actions") for one that is not below the close before it.
    """
    splits = actions.of(bars.symbol, ActionKind.SPLIT)
    in_data = [split for split in splits if first_row_on(bars, split.ex_date) is not None]
    found = []
    for action in actions.of(bars.symbol, ActionKind.DIVIDEND):
        row = first_row_on(bars, action.ex_date)
        if row is None:
            continue
        paid = action.value * (_ratio_after(splits, action.ex_date) if action.split_adjusted else 1.0)
        before = float(bars.close[row - 1])
        if state is Adjustment.RAW:
            before /= math.prod(split.value for split in in_data if split.ex_date == action.ex_date)
        else:
            paid /= _ratio_after(in_data, action.ex_date)
        if paid >= before:
            raise InvalidInput(
                f"the dividend of {bars.symbol} on {action.ex_date} is {paid:g}, the close before only {before:g}",
                field="actions",
                remedy="check the row's value and whether the prices are raw",
            )
        found.append(Payment(row=row, amount=paid, before=before))
    return found


def _dividend_factors(bars: Bars, actions: CorporateActions, state: Adjustment) -> F64:
    factors = np.ones(len(bars))
    for payment in payments(bars, actions, state):
        factors[: payment.row] *= 1 - payment.amount / payment.before
    return factors


def _ratio_after(splits: Iterable[CorporateAction], day: date) -> float:
    return math.prod(split.value for split in splits if split.ex_date > day)
