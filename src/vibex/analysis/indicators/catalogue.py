"""The one list of indicators: find one by name, list them all, complete and check its parameters.

A name that both this project and TA-Lib define (DONCHIAN, SUPERTREND, TSI, VWAP) means this project's.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from functools import cache

from vibex.analysis.indicators import (
    channels,
    derived,
    events,
    pivots,
    sessions,
    talib_functions,
    windows,
)
from vibex.analysis.indicators.definition import IndicatorDefinition, Parameter
from vibex.domain.errors import InvalidInput

_OWN: dict[str, IndicatorDefinition] = {
    definition.name: definition
    for definition in (
        *channels.DEFINITIONS,
        *derived.DEFINITIONS,
        *events.DEFINITIONS,
        *pivots.DEFINITIONS,
        *sessions.DEFINITIONS,
        *windows.DEFINITIONS,
    )
}


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted({*_OWN, *talib_functions.function_names()}))


def find(name: str) -> IndicatorDefinition:
    """The definition called `name`, written as in the catalogue (upper case).

    Raises InvalidInput, field "indicators", naming the closest matches.
    """
    if name in _OWN:
        return _OWN[name]
    if name in talib_functions.function_names():
        return talib_functions.definition_of(name)
    close = difflib.get_close_matches(name.upper(), _names(), n=3, cutoff=0.5)
    raise InvalidInput(
        f"there is no indicator {name!r}",
        field="indicators",
        remedy=f"did you mean {' or '.join(close)}?" if close else "`vibex strategy indicators` lists all of them",
    )


def all_definitions() -> tuple[IndicatorDefinition, ...]:
    """Every indicator, sorted by name."""
    return tuple(find(name) for name in _names())


def complete(definition: IndicatorDefinition, params: Mapping[str, float]) -> dict[str, float]:
    """`params` with defaults filled in, in the definition's order; whole-number values become ints.

    A parameter without default that is not given stays absent. Raises InvalidInput whose field is the
    parameter's name for: a name the indicator does not have, a missing required one, a value that is no
    number, outside its range or not whole, and values that TA-Lib refuses together.
    """
    known = {parameter.name: parameter for parameter in definition.parameters}
    for name in params:
        if name not in known:
            raise InvalidInput(
                f"{definition.name} has no parameter {name!r}",
                field=name,
                remedy=f"it takes {', '.join(known)}" if known else "it takes none",
            )
    filled: dict[str, float] = {}
    for name, parameter in known.items():
        value = params.get(name, parameter.default)
        if value is not None:
            filled[name] = _checked(definition.name, parameter, value)
        elif parameter.required:
            raise InvalidInput(
                f"{definition.name} needs {name}",
                field=name,
                remedy=f"give {'a whole number' if parameter.whole else 'a number'} from {_range(parameter)}",
            )
    definition.warm_up(filled)  # TA-Lib has the last word on combinations
    return filled


def _checked(indicator: str, parameter: Parameter, value: object) -> float:
    what = f"{parameter.name} of {indicator}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidInput(f"{what} must be a number, not {value!r}", field=parameter.name)
    if not parameter.minimum <= value <= parameter.maximum:
        raise InvalidInput(
            f"{what} is {value:g}, outside its range",
            field=parameter.name,
            remedy=f"give a value from {_range(parameter)}",
        )
    if not parameter.whole:
        return float(value)
    if value != int(value):
        raise InvalidInput(
            f"{what} must be a whole number, not {value:g}", field=parameter.name, remedy=f"{round(value)} is"
        )
    return int(value)


def _range(parameter: Parameter) -> str:
    return f"{parameter.minimum:g} to {parameter.maximum:g}"
