"""The parts around the rules: session, entry order, stop steps, limits, notes for people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, JsonValue, Tag

from vibex.strategy.spec.exit import Exit
from vibex.strategy.spec.node import Bars, Finite, Name, Node, Text, TimeOfDay, Zone
from vibex.strategy.spec.operand import Operand


class Session(Node):
    """The trading day where the venue's own calendar is not meant: local times of day in `zone`."""

    zone: Zone
    open: TimeOfDay
    close: TimeOfDay


class OrderPrice(Node):
    """The price of a resting entry per side."""

    long: Operand | None = None
    short: Operand | None = None


class Order(Node):
    """How an entry is sent (rules 29, 62). `offset_bps` is from the decision's close; `price` replaces it."""

    type: Literal["market", "limit", "stop"] = "market"
    offset_bps: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=-10_000, lt=10_000)] = 0.0
    expires_bars: Bars = 1
    price: OrderPrice | None = None


class TargetHit(Node):
    """The target with this number, counted from 1, has filled."""

    target: Annotated[int, Field(strict=True, ge=1, le=16)]


def _exit_or_target(value: object) -> str:
    is_target = isinstance(value, TargetHit) or (isinstance(value, dict) and "target" in value)
    return "<TargetHit>" if is_target else "<one>"


After = Annotated[
    Annotated[Exit, Tag("<one>")] | Annotated[TargetHit, Tag("<TargetHit>")], Discriminator(_exit_or_target)
]


class StopStep(Node):
    """Once the position was `after` in its favour, the stop is moved to `to`; it never loosens."""

    after: After
    to: Exit


class Limits(Node):
    """Brakes of the whole strategy; None: not limited. Losses are percent of marked equity at the close."""

    max_trades_per_day: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None
    cooldown_bars: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None
    max_daily_loss_percent: Annotated[Finite, Field(gt=0, le=100)] | None = None
    max_drawdown_percent: Annotated[Finite, Field(gt=0, le=100)] | None = None


class Metadata(Node):
    """What the strategy expects of the market, for people; never evaluated."""

    expected_conditions: Text | None = None
    risk_assumptions: Annotated[tuple[Text, ...], Field(max_length=64)] = ()
    signal_frequency: Text | None = None
    indicator_interpretation: Annotated[dict[str, Text], Field(max_length=64)] = Field(default_factory=dict)


class Assumption(Node):
    """One thing the user did not say: which field was filled in, with what, and why."""

    field: Name
    value: JsonValue = None
    reason: Text
