"""The exits of one side as a flat list with their paths, however a strategy wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from vibex.strategy.spec import Exit, Farthest, Nearest, PerSide, StrategySpec, Target

Role = Literal["stop_loss", "take_profit", "trailing_stop"]


def exits_of(spec: StrategySpec, role: Role, side: str) -> Iterator[tuple[str, Exit]]:
    """Each exit in `role` for `side`; members of nearest and farthest one by one."""
    sided = getattr(spec, role)
    if sided is None:
        return
    content = getattr(sided, side)
    path = f"{role}.{side}" if isinstance(sided, PerSide) else role
    if isinstance(content, tuple):
        for index, target in enumerate(content):
            if isinstance(target, Target):
                yield from _leaves(target.exit, f"{path}[{index}]")
    elif content is not None:
        yield from _leaves(content, path)


def _leaves(exit_: Exit, path: str) -> Iterator[tuple[str, Exit]]:
    if isinstance(exit_, Nearest | Farthest):
        key = "nearest" if isinstance(exit_, Nearest) else "farthest"
        for index, inner in enumerate(exit_.of):
            yield from _leaves(inner, f"{path}.{key}[{index}]")
    else:
        yield path, exit_


def has_stop(spec: StrategySpec, side: str) -> bool:
    """Whether anything limits the loss of a position of `side`."""
    return any(any(True for _ in exits_of(spec, role, side)) for role in ("stop_loss", "trailing_stop"))
