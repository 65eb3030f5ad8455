"""What the engine does not run yet: refused by name, so that nothing of a strategy is silently left out."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.domain import NotSupported
from vibex.strategy.spec.exit import LevelExit, Target, TrailingLevel
from vibex.strategy.spec.indicator import Indicator
from vibex.strategy.spec.node import walk
from vibex.strategy.spec.operand import Ref
from vibex.strategy.spec.references import is_state
from vibex.strategy.spec.strategy import StrategySpec

_PAIR_INDICATORS = ("RATIO", "SPREAD")


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
    if spec.archetype == "pairs":
        yield "archetype", "pairs of two legs"
    if spec.order.type != "market":
        yield "order.type", f"{spec.order.type} entries"
    if spec.order.price is not None:
        yield "order.price", "resting entries at a computed price"
    if spec.stop_steps:
        yield "stop_steps", "stops that move in steps"
    if spec.limits is not None:
        yield "limits", "limits on trades and losses"
    for path, node in walk(spec, ""):
        path = path.removeprefix(".")
        match node:
            case Indicator(name=name) if name in _PAIR_INDICATORS:
                yield f"{path}.name", f"{name} of two legs"
            case Ref() if is_state(node):
                yield path, f"position state ({node.ref})"
            case Target():
                yield path.partition("[")[0], "several targets"
            case TrailingLevel():
                yield path, "a trailing level"
            case LevelExit(update=update, trigger=trigger) if update or trigger:
                yield path, "a level that moves with every bar" if update else "an exit on the close beyond a level"
            case _:
                pass
        if getattr(node, "after", None) is not None and path.startswith("trailing_stop"):
            yield f"{path}.after", "a late trailing stop"
