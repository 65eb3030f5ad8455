"""One value for both sides of the market, or one per side: read `.long` and `.short` and never mind which."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, RootModel, Tag

from vibex.strategy.spec.exit import Exit, Target, TrailingStop
from vibex.strategy.spec.node import Node
from vibex.strategy.spec.sizing import Sizing

T = TypeVar("T")


class Same(RootModel[T], Generic[T]):
    """Written once, meant for both sides; distances mirror themselves for a short."""

    model_config = ConfigDict(frozen=True)

    @property
    def long(self) -> T:
        return self.root

    @property
    def short(self) -> T:
        return self.root


class PerSide(Node, Generic[T]):
    """Written per side; None: that side has none."""

    long: T | None = None
    short: T | None = None


def _same_or_per_side() -> Discriminator:
    def tag(value: object) -> str:
        if isinstance(value, BaseModel):
            return "<per_side>" if isinstance(value, PerSide) else "<same>"
        return "<per_side>" if isinstance(value, dict) and ("long" in value or "short" in value) else "<same>"

    return Discriminator(tag)


def _one_or_list() -> Discriminator:
    def tag(value: object) -> str:
        return "<list>" if isinstance(value, list | tuple) else "<one>"

    return Discriminator(tag)


TakeProfit = Annotated[
    Annotated[Exit, Tag("<one>")] | Annotated[tuple[Target, ...], Tag("<list>")],
    _one_or_list(),
]


class ExitBothSides(Same[Exit]):
    """One exit for both sides; distances mirror themselves."""


class ExitPerSide(PerSide[Exit]):
    """An exit per side."""


class TakeProfitBothSides(Same[TakeProfit]):
    """One target, or one list of targets, for both sides."""


class TakeProfitPerSide(PerSide[TakeProfit]):
    """A target, or a list of targets, per side."""


class TrailingBothSides(Same[TrailingStop]):
    """One trailing stop for both sides."""


class TrailingPerSide(PerSide[TrailingStop]):
    """A trailing stop per side."""


class SizingBothSides(Same[Sizing]):
    """One sizing for both sides."""


class SizingPerSide(PerSide[Sizing]):
    """A sizing per side."""


_CHOICE = _same_or_per_side()
SidedExit = Annotated[Annotated[ExitBothSides, Tag("<same>")] | Annotated[ExitPerSide, Tag("<per_side>")], _CHOICE]
SidedTakeProfit = Annotated[
    Annotated[TakeProfitBothSides, Tag("<same>")] | Annotated[TakeProfitPerSide, Tag("<per_side>")], _CHOICE
]
SidedTrailing = Annotated[
    Annotated[TrailingBothSides, Tag("<same>")] | Annotated[TrailingPerSide, Tag("<per_side>")], _CHOICE
]
SidedSizing = Annotated[
    Annotated[SizingBothSides, Tag("<same>")] | Annotated[SizingPerSide, Tag("<per_side>")], _CHOICE
]
