"""Evidence made by hand, for tests of the review and of what is built on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vibex.domain import Bars
from vibex.strategy.review import Costs, MeasuredTrade


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`vibex.strategy.review.Evidence` with the given content."""

    bars: Mapping[str, Bars]
    trades: Sequence[MeasuredTrade] | None = None
    costs: Costs = field(default_factory=Costs)
