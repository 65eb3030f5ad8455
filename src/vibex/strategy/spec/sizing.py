"""Sizing: how much is bought or sold short at the fill (rules 30 to 36)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, Tag

from vibex.strategy.spec.exit import Exit
from vibex.strategy.spec.node import Node, Positive, choose, pick_by_type

Share = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=100)]
"""A percentage of equity, above 0 and up to 100."""


class FixedPercent(Node):
    """`value` percent of equity as margin; the notional is that × leverage (rule 31)."""

    type: Literal["fixed_percent"]
    value: Share


class FixedNotional(Node):
    """`value` in the account's currency."""

    type: Literal["fixed_notional"]
    value: Positive


class FixedQuantity(Node):
    """`value` units of the instrument."""

    type: Literal["fixed_quantity"]
    value: Positive


class RiskPercent(Node):
    """`value` percent of equity is lost at the stop (rule 34).

    `distance` is measured instead of the stop when given; `cap_percent` of equity bounds the notional.
    """

    type: Literal["risk_percent"]
    value: Share
    distance: Exit | None = None
    cap_percent: Positive | None = None


class RiskNotional(Node):
    """`value` in the account's currency is lost at the stop; `distance` and `cap_percent` as in `RiskPercent`."""

    type: Literal["risk_notional"]
    value: Positive
    distance: Exit | None = None
    cap_percent: Positive | None = None


class VolatilityTarget(Node):
    """Notional = equity × `value` / realised annual volatility in percent over `lookback` returns (rule 36)."""

    type: Literal["volatility_target"]
    value: Positive
    lookback: Annotated[int, Field(strict=True, ge=2, le=100_000)] = 20


SIZING_TYPES: dict[str, type[BaseModel]] = {
    "fixed_percent": FixedPercent,
    "fixed_notional": FixedNotional,
    "fixed_quantity": FixedQuantity,
    "risk_percent": RiskPercent,
    "risk_notional": RiskNotional,
    "volatility_target": VolatilityTarget,
}

Sizing = Annotated[
    Annotated[FixedPercent, Tag("<FixedPercent>")]
    | Annotated[FixedNotional, Tag("<FixedNotional>")]
    | Annotated[FixedQuantity, Tag("<FixedQuantity>")]
    | Annotated[RiskPercent, Tag("<RiskPercent>")]
    | Annotated[RiskNotional, Tag("<RiskNotional>")]
    | Annotated[VolatilityTarget, Tag("<VolatilityTarget>")],
    choose("sizing_form", pick_by_type(SIZING_TYPES)),
]
