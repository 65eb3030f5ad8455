"""A schedule of costs: who is paid how much for a fill, and where each number comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from vibex.backtest.costs.arithmetic import (
    DUTY_RATE,
    DUTY_UNIT,
    FIXED,
    LEVIES,
    LEVY_COUNT,
    LEVY_UNIT,
    MAKER_RATE,
    MAX_SHARE,
    MIN_PER_ORDER,
    PER_SHARE,
    SELL_PER_SHARE,
    SELL_PER_SHARE_CAP,
    SELL_RATE,
    SIZE,
    TAKER_RATE,
    fee_from_vector,
)
from vibex.domain import InvalidInput, JsonValue
from vibex.domain.arrays import F64
from vibex.domain.order import Side

LARGEST_REBATE = -0.01


class Basis(StrEnum):
    """How well a number is known: the page of who charges it, a report of it, a choice of ours or of the user."""

    PUBLISHED = "published"
    REPORTED = "reported"
    ASSUMED = "assumed"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The `page` that a number stands on. `date`: since when it holds if the page says so, else when it was read."""

    page: str
    date: date | None
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Levy:
    """One levy per side, a fraction of the notional, rounded by itself."""

    name: str
    rate: float


@dataclass(frozen=True, kw_only=True)
class CostSchedule:
    """The costs of one account. Rates are fractions of the notional (0.0005 = 5 bp), amounts in its currency.

    `fixed` per order; `per_share`; `min_per_order` and `max_share_of_notional` bound the commission, that is `fixed`,
    `per_share` and the maker or taker rate together (0 = no bound); `sell_rate`, `sell_per_share` (at most
    `sell_per_share_cap` an order, 0 = no cap) are paid by sellers only; `duty_rate` is rounded up to `duty_unit`, each
    of the `levies` to the nearest `levy_unit` (0 = not rounded). `borrow_per_year` is the fee for borrowed shares;
    None = not known, so that a short of equities has to ask for it. `sources` names the origin of each field.
    Raises InvalidInput naming the field.
    """

    name: str
    maker_rate: float = 0.0
    taker_rate: float = 0.0
    fixed: float = 0.0
    per_share: float = 0.0
    min_per_order: float = 0.0
    max_share_of_notional: float = 0.0
    sell_rate: float = 0.0
    sell_per_share: float = 0.0
    sell_per_share_cap: float = 0.0
    duty_rate: float = 0.0
    duty_unit: float = 0.0
    levies: tuple[Levy, ...] = ()
    levy_unit: float = 0.0
    borrow_per_year: float | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in FIELDS:
            value = getattr(self, name)
            if value is None:
                continue
            least = LARGEST_REBATE if name == "maker_rate" else 0.0
            most = 1.0 if name in FRACTIONS else 1e9
            _refuse_outside(name, value, least, most)
            object.__setattr__(self, name, float(value))
        if len(self.levies) > LEVY_COUNT:
            raise InvalidInput(f"{len(self.levies)} levies are more than {LEVY_COUNT}", field="levies")
        for levy in self.levies:
            _refuse_outside(f"levy.{levy.name}", levy.rate, 0.0, 1.0)

    def fee(self, side: Side, quantity: float, price: float, maker: bool) -> float:
        """The fee of one order, in the account's currency; the arithmetic is that of `fee_from_vector`."""
        return fee_from_vector(self.as_vector(), 1 if side is Side.BUY else -1, quantity, price, maker)

    @property
    def is_plain(self) -> bool:
        """Whether the maker's and the taker's rate are all that is charged on a fill."""
        return not set(self.values()) - {"maker_rate", "taker_rate", "borrow_per_year"}

    def as_vector(self) -> F64:
        """The numbers of a fee, shape (16,), read-only, by the places of `costs.arithmetic`; without the borrow fee."""
        return self._vector

    @cached_property
    def _vector(self) -> F64:
        vector: F64 = np.zeros(SIZE)
        for place, value in (
            (MAKER_RATE, self.maker_rate),
            (TAKER_RATE, self.taker_rate),
            (FIXED, self.fixed),
            (PER_SHARE, self.per_share),
            (MIN_PER_ORDER, self.min_per_order),
            (MAX_SHARE, self.max_share_of_notional),
            (SELL_RATE, self.sell_rate),
            (SELL_PER_SHARE, self.sell_per_share),
            (SELL_PER_SHARE_CAP, self.sell_per_share_cap),
            (DUTY_RATE, self.duty_rate),
            (DUTY_UNIT, self.duty_unit),
            (LEVY_UNIT, self.levy_unit),
        ):
            vector[place] = value
        for place, levy in enumerate(self.levies, start=LEVIES):
            vector[place] = levy.rate
        vector.flags.writeable = False
        return vector

    def overridden_by(self, values: Mapping[str, float]) -> CostSchedule:
        """This schedule with some numbers of the user; `levy.NAME` names one of its levies.

        Raises InvalidInput for a name that the schedule does not have, with the names that it has.
        """
        plain: dict[str, Any] = {name: value for name, value in values.items() if name in FIELDS}
        of_levies = {name: value for name, value in values.items() if name in self._levy_names}
        unknown = [name for name in values if name not in plain and name not in of_levies]
        if unknown:
            raise InvalidInput(
                f"{self.name} has no cost {unknown[0]!r}",
                field="costs",
                remedy=f"it has {', '.join((*FIELDS, *self._levy_names))}",
            )
        user = Source(page="set by the user", date=None, basis=Basis.USER)
        return replace(
            self,
            **plain,
            levies=tuple(replace(levy, rate=of_levies.get(f"levy.{levy.name}", levy.rate)) for levy in self.levies),
            sources={**self.sources, **dict.fromkeys(values, user)},
        )

    def values(self) -> dict[str, float]:
        """Every number that is known and not 0, by the names of `overridden_by`."""
        known: dict[str, float | None] = {name: getattr(self, name) for name in FIELDS}
        known.update({f"levy.{levy.name}": levy.rate for levy in self.levies})
        return {name: value for name, value in known.items() if value}

    def to_json(self) -> dict[str, JsonValue]:
        """The name, the numbers, and the source of each; `borrow_per_year` null where it is not known."""
        return {
            "name": self.name,
            **self.values(),
            "borrow_per_year": self.borrow_per_year,
            "sources": {
                name: {"page": s.page, "date": s.date.isoformat() if s.date else None, "basis": s.basis.value}
                for name, s in self.sources.items()
            },
        }

    @property
    def _levy_names(self) -> tuple[str, ...]:
        return tuple(f"levy.{levy.name}" for levy in self.levies)


FRACTIONS = frozenset(
    ("maker_rate", "taker_rate", "max_share_of_notional", "sell_rate", "duty_rate", "borrow_per_year")
)
FIELDS = tuple(f.name for f in fields(CostSchedule) if f.name not in ("name", "levies", "sources"))
"""The single numbers of a schedule, in the order of the documentation."""


def _refuse_outside(name: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        hint = "; a rate is a fraction, 0.0005 means 5 bp" if most == 1.0 else ""
        raise InvalidInput(f"{value:g} is out of range", field=name, remedy=f"use {least:g} to {most:g}{hint}")
