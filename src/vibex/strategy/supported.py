"""What the engine does not run: refused by name, so that nothing of a strategy is silently left out."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from vibex.domain import NotSupported
from vibex.strategy.spec.condition import Compare
from vibex.strategy.spec.exit import Exit, Farthest, LevelExit, Nearest, PriceExit, Target
from vibex.strategy.spec.node import walk
from vibex.strategy.spec.operand import Ref
from vibex.strategy.spec.references import is_state
from vibex.strategy.spec.sided import PerSide
from vibex.strategy.spec.strategy import StrategySpec


def refuse_unsupported(spec: StrategySpec) -> None:
    """Raise NotSupported naming every part of `spec` that this version does not run; its field is the first one's."""
    found = dict.fromkeys(_unsupported(spec))
    if not found:
        return
    parts = "; ".join(f"{field}: {what}" for field, what in found)
    raise NotSupported(
        f"this version does not run {parts}",
        field=next(iter(found))[0],
        remedy="the strategy is valid; run it without these parts",
    )


def _unsupported(spec: StrategySpec) -> Iterator[tuple[str, str]]:
    for path, node in walk(spec, ""):
        path = path.removeprefix(".")
        match node:
            case Compare(left, op, _) if op in ("rising", "falling") and _reads_state(left):
                yield f"{path}.left", f"{op} of the position's state"
            case Nearest(of) | Farthest(of) if any(_on_close(part) for part in of):
                yield path, "an exit on the close among several levels"
            case Target(exit=level) if _moves(level) or _on_close(level):
                yield path, "a level that moves, or an exit on the close, among several targets"
            case _:
                pass
        if path.endswith((".distance", ".after", ".to")) and _on_close(node):
            yield path, "an exit on the close as a distance"
    if spec.archetype == "pairs":
        yield from _unsupported_in_pairs(spec)


def _unsupported_in_pairs(spec: StrategySpec) -> Iterator[tuple[str, str]]:
    """Both legs follow one set of rules, mirrored, at the market."""
    if spec.order.type != "market":
        yield "order.type", f"{spec.order.type} entries of a pair"
    if spec.limits is not None:
        yield "limits", "limits of a pair"
    for field in ("stop_loss", "take_profit", "trailing_stop", "sizing"):
        value = getattr(spec, field)
        if isinstance(value, PerSide):
            yield field, "a value per side in a pair"
        if value is not None and any(isinstance(node, PriceExit | LevelExit) for _, node in walk(value, "")):
            yield field, "a price level in a pair, whose legs have two prices"
    if any(isinstance(node, Ref) and is_state(node) for _, node in walk(spec, "")):
        yield "exit", "position state in a pair"


def _reads_state(part: BaseModel) -> bool:
    return any(isinstance(node, Ref) and is_state(node) for _, node in walk(part, ""))


def _moves(level: Exit) -> bool:
    return any(isinstance(node, LevelExit) and node.update is not None for _, node in walk(level, ""))


def _on_close(level: BaseModel) -> bool:
    return isinstance(level, LevelExit) and level.trigger is not None
