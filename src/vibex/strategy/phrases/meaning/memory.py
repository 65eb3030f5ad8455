"""What a text has spoken of so far, for "it", "the middle band" and lengths that are said once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from vibex.strategy.phrases.grammar.series import AVERAGES, CHANNELS
from vibex.strategy.phrases.grammar.terms import Calc, Compare, Operand, Series

STOCHASTICS = frozenset({"STOCH", "STOCHF", "STOCHRSI", "KDJ"})


@dataclass
class Memory:
    """What was spoken of so far; `later` is filled by a first pass over the whole text."""

    params: dict[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, Operand | None] = field(default_factory=dict)
    declared: list[Series] = field(default_factory=list)
    channel: str = ""
    stochastic: str = ""
    average: str = ""
    comparison: Compare | None = None
    level_left: Operand | None = None
    pair: tuple[Operand, Operand] | None = None
    minutes: float | None = None
    oscillator: Series | None = None

    def note(self, found: Series) -> None:
        """Take note of an indicator that the text speaks of."""
        if found.params:
            self.params[key_of(found)] = found.params
            self.units[key_of(found)] = found.unit
        if found.name in CHANNELS:
            self.channel = found.name
        if found.name in STOCHASTICS or found.name == "MACD":
            self.oscillator = found
        if found.name in STOCHASTICS:
            self.stochastic = found.name
        if found.name in AVERAGES and found.input is None:
            self.average = found.name
            if found.params and found not in self.declared:
                self.declared.append(found)
        if found.name == "OPENING_RANGE" and found.params:
            self.minutes = dict(found.params)["minutes"]


def key_of(found: Series) -> str:
    """Indicators of one name share their parameters; an average of the volume is another one than of the price."""
    inner = found.input.name if isinstance(found.input, Series) else ""
    return f"{found.name}({inner})"


def is_average(found: Operand) -> bool:
    return isinstance(found, Series) and found.name in AVERAGES


def with_input(right: Operand, left: Operand) -> Operand:
    """ "RSI above its average", "volume above the 20-day average": the average of what stands on the left."""
    match right:
        case Series() if right.name in AVERAGES and right.input is None:
            return replace(right, input=left)
        case Calc("mul", args):
            return Calc("mul", tuple(with_input(arg, left) for arg in args))
        case _:
            return right


def are_alike(left: Series, right: Series) -> bool:
    """Two lines of one indicator, or two averages."""
    return left.name == right.name or (is_average(left) and is_average(right))
