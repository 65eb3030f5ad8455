"""How expected facts write a series without an indicator's id: NAME(inputs, params)@timeframe:output/symbol[shift].

`RSI(14)`, `SMA(volume,20)`, `EMA(50)@4h`, `MACD(12,26,9):hist`, `SMA(200)/SPY`, `close[1]`, `ZSCORE(RATIO(),20)`.
Numbers stand in the catalogue's order with the moving-average types left out (`matype=1` names one); BBANDS takes
one width for both bands. What is left out has the catalogue's default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vibex.analysis.indicators import IndicatorDefinition, InputKind, complete, find
from vibex.strategy.spec import CALENDAR, PRICES, STATE

PLAIN_NAMES = frozenset({*PRICES, *CALENDAR, *STATE})
_INPUTS = {InputKind.SERIES: 1, InputKind.TWO_SERIES: 2}
_SHAPE = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z0-9_]*)(?P<args>\(.*\))?(?:@(?P<timeframe>\d+[mhdw]))?(?::(?P<output>[a-z_]+))?"
    r"(?:/(?P<symbol>[A-Za-z0-9^][A-Za-z0-9./]*))?(?:\[(?P<shift>\d+)\])?"
)


class BadNotationError(ValueError):
    """An operand of the corpus that does not follow the notation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One series as written. `params` is complete; `inputs` are only those that the indicator reads."""

    name: str
    inputs: tuple[Written, ...] = ()
    params: tuple[tuple[str, float], ...] = ()
    output: str = ""
    timeframe: str = ""
    symbol: str = ""
    shift: int = 0


CLOSE = Written(name="close")


def parse(text: str) -> Written:
    """The series that `text` names.

    Raises BadNotationError for text off the notation, InvalidInput for a name or a value that the catalogue lacks.
    """
    found = _SHAPE.fullmatch(text)
    if not found:
        raise BadNotationError(f"{text!r} is not NAME(params)@timeframe:output/symbol[shift]")
    name, args = found["name"], found["args"]
    timeframe, symbol, shift = found["timeframe"] or "", found["symbol"] or "", int(found["shift"] or 0)
    if name in PLAIN_NAMES:
        if args or found["output"]:
            raise BadNotationError(f"{text!r}: {name} takes neither parameters nor an output")
        return Written(name=name, timeframe=timeframe, symbol=symbol, shift=shift)
    if args is None:
        raise BadNotationError(f"{text!r}: an indicator is written with brackets, {name}()")
    definition = find(name)
    inputs, params = _arguments(definition, args[1:-1])
    output = found["output"] or ""
    if (output or definition.outputs) and output not in definition.outputs:
        raise BadNotationError(f"{text!r}: the output must be one of {definition.outputs}, not {output!r}")
    return Written(
        name=name, inputs=inputs, params=params, output=output, timeframe=timeframe, symbol=symbol, shift=shift
    )


def inputs_of(definition: IndicatorDefinition, given: tuple[Written, ...]) -> tuple[Written, ...]:
    """The series that the indicator reads, the close where none was given; empty where its columns are fixed."""
    count = _INPUTS.get(definition.kind, 0)
    if definition.kind is InputKind.PIVOT:
        return given
    return (*given, *[CLOSE] * (count - len(given)))[:count]


def positional(definition: IndicatorDefinition) -> list[str]:
    """The parameters in the order in which the notation gives their values."""
    return [each.name for each in definition.parameters if not each.name.endswith("matype")]


def _arguments(definition: IndicatorDefinition, text: str) -> tuple[tuple[Written, ...], tuple[tuple[str, float], ...]]:
    inputs: list[Written] = []
    numbers: list[float] = []
    params: dict[str, float] = {}
    for part in _split(text):
        key, equals, value = part.partition("=")
        if equals and "(" not in key:
            params[key] = float(value)
        elif re.fullmatch(r"-?[0-9.]+", part):
            numbers.append(float(part))
        else:
            inputs.append(parse(part))
    names = positional(definition)
    if definition.name == "BBANDS" and len(numbers) == 2:
        numbers.append(numbers[1])
    if len(numbers) > len(names):
        raise BadNotationError(f"{definition.name} takes {names}, not {numbers}")
    params |= dict(zip(names, numbers, strict=False))
    return inputs_of(definition, tuple(inputs)), tuple(complete(definition, params).items())


def _split(text: str) -> list[str]:
    """At the commas outside brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]
