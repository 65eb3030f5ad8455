"""Every function of TA-Lib as an indicator, built from what TA-Lib says about itself.

Nothing here lists functions by hand: names, inputs, parameters, defaults and outputs are TA-Lib's own tables.
By hand are only the ranges that its Python wrapper does not tell, the defaults that traders mean, and which
functions smooth recursively without saying so. The unstable period is 0 (fill rule 57).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from importlib import import_module
from typing import Any

import numpy as np

from vibex.analysis.indicators.definition import IndicatorDefinition, IndicatorInput, InputKind, Parameter, Params
from vibex.analysis.indicators.leading import first_row
from vibex.domain.arrays import F64
from vibex.domain.errors import InvalidInput

LARGEST_PERIOD = 100_000
LARGEST_REAL = 3e37

TRADER_DEFAULTS: dict[str, dict[str, float]] = {
    "RSI": {"timeperiod": 14},
    "BBANDS": {"timeperiod": 20, "nbdevup": 2.0, "nbdevdn": 2.0},
    "MACD": {"fastperiod": 12, "slowperiod": 26, "signalperiod": 9},
    "ATR": {"timeperiod": 14},
    "ADX": {"timeperiod": 14},
    "STOCH": {"fastk_period": 14, "slowk_period": 3, "slowd_period": 3},
    "CCI": {"timeperiod": 20},
}

# The wrapper tells no range for real parameters; these are the documented ones of the C library.
_REAL_RANGES: dict[str, tuple[float, float]] = {
    "fastlimit": (0.01, 0.99),
    "slowlimit": (0.01, 0.99),
    "vfactor": (0.0, 1.0),
    "percentile": (0.0, 100.0),
    "nbdev": (-LARGEST_REAL, LARGEST_REAL),
    "nbdevup": (-LARGEST_REAL, LARGEST_REAL),
    "nbdevdn": (-LARGEST_REAL, LARGEST_REAL),
    "startvalue": (-LARGEST_REAL, LARGEST_REAL),
}
_OTHER_REAL_RANGE = (0.0, LARGEST_REAL)

_ANCHOR_FLAGS = ("Function has an unstable period", "Output is path-dependent")
# Built on recursive smoothing inside, or counting rows from the first: TA-Lib gives these no flag.
_INDEX_OUTPUTS = frozenset(("MAXINDEX", "MININDEX", "MINMAXINDEX"))
_ANCHORED_WITHOUT_FLAG = _INDEX_OUTPUTS | {
    *("ADXR", "CVI", "DEMA", "EFI", "ERI", "KC", "MACD", "MACDFIX"),
    *("MASSI", "SMI", "STOCHRSI", "TEMA", "TRIX", "TSI", "ZLEMA"),
}
_OWN_DEFAULT_MATYPE = 11
_RECURSIVE_MATYPES = frozenset((1, 3, 4, 6, 7, 8, 12, 13))  # EMA DEMA TEMA KAMA MAMA T3 ZLEMA RMA


@cache
def function_names() -> tuple[str, ...]:
    """The names of all functions of the installed TA-Lib, sorted."""
    import talib

    return tuple(sorted(name for names in talib.__function_groups__.values() for name in names))


@cache
def definition_of(name: str) -> IndicatorDefinition:
    """The definition of the TA-Lib function `name` (one of `function_names()`)."""
    info, columns = _info(name), input_columns(name)
    free = [column for column in columns if column in ("real", "real2")]
    return IndicatorDefinition(
        name=name,
        group=info["group"],
        meaning=info["display_name"],
        kind=(InputKind.BARS, InputKind.SERIES, InputKind.TWO_SERIES)[len(free)],
        parameters=tuple(_parameter(name, key, default) for key, default in info["parameters"].items()),
        outputs=_output_names(name, info["output_names"]),
        compute=_computation(name, columns, info),
        warm_up=partial(_warm_up, name),
        needs_volume="volume" in columns,
    )


def _info(name: str) -> dict[str, Any]:
    return dict(_described(name).info)


def _described(name: str, **params: float) -> Any:
    """TA-Lib's own description of a function with these parameters; its type stubs leave the class out."""
    return import_module("talib.abstract").Function(name, **params)


def input_columns(function: str) -> tuple[str, ...]:
    """The arrays in the order of TA-Lib's call: 'real' and 'real2' are the free series, the rest bar columns."""
    columns: list[str] = []
    for source in _info(function)["input_names"].values():
        if isinstance(source, str):
            columns.append("real2" if "real" in columns else "real")
        else:
            columns.extend(source)
    return tuple(columns)


def _output_names(name: str, raw: Sequence[str]) -> tuple[str, ...]:
    """TA-Lib's output names without the indicator's name and the band, slow and fast affixes; () for one output."""
    if len(raw) == 1:
        return ()
    own = raw[0] if all(other.startswith(raw[0]) for other in raw) else name.lower()
    return tuple(
        (output.removeprefix(own) or output).removesuffix("band").removeprefix("slow").removeprefix("fast")
        for output in raw
    )


def _parameter(function: str, name: str, talib_default: float) -> Parameter:
    whole = isinstance(talib_default, int)
    if whole:
        minimum, maximum = _whole_range(function, name)
    else:
        minimum, maximum = _REAL_RANGES.get(name, _OTHER_REAL_RANGE)
    return Parameter(
        name=name,
        default=TRADER_DEFAULTS.get(function, {}).get(name, talib_default),
        minimum=minimum,
        maximum=maximum,
        whole=whole,
        meaning="kind of moving average: 0 SMA, 1 EMA, 2 WMA … of TA-Lib" if name.endswith("matype") else "",
    )


def _whole_range(function: str, name: str) -> tuple[float, float]:
    """The smallest and largest whole value that TA-Lib takes, the other parameters at their defaults."""
    smallest = next(value for value in range(LARGEST_PERIOD) if lookback(function, ((name, value),)) >= 0)
    if not name.endswith("matype"):
        return smallest, LARGEST_PERIOD
    largest = smallest
    while lookback(function, ((name, largest + 1),)) >= 0:
        largest += 1
    return smallest, largest


@lru_cache(maxsize=4096)
def lookback(function: str, params: tuple[tuple[str, float], ...]) -> int:
    """Leading rows without a value, from TA-Lib itself; negative when it refuses these parameters."""
    return int(_described(function, **dict(params)).lookback)


def _typed(params: Params, whole: frozenset[str]) -> dict[str, float]:
    """TA-Lib's C signatures tell int from float, so each value takes the type of its parameter."""
    return {key: int(value) if key in whole else float(value) for key, value in params.items()}


@cache
def _whole_names(function: str) -> frozenset[str]:
    return frozenset(key for key, default in _info(function)["parameters"].items() if isinstance(default, int))


def _accepted_lookback(function: str, params: dict[str, float]) -> int:
    rows = lookback(function, tuple(params.items()))
    if rows < 0:
        shown = ", ".join(f"{key} {value:g}" for key, value in params.items())
        raise InvalidInput(
            f"{function} does not take {shown} together",
            field=next(iter(params), "params"),
            remedy="check that no minimum is above its maximum",
        )
    return rows


def _warm_up(function: str, params: Params) -> int | None:
    typed = _typed(params, _whole_names(function))
    rows = _accepted_lookback(function, typed)
    return None if _is_anchored(function, typed) else rows


def _is_anchored(function: str, params: dict[str, float]) -> bool:
    info = _info(function)
    if function in _ANCHORED_WITHOUT_FLAG or any(flag in info["function_flags"] for flag in _ANCHOR_FLAGS):
        return True
    kinds = {key: value for key, value in params.items() if key.endswith("matype")}
    matypes = (info["parameters"][key] if value == _OWN_DEFAULT_MATYPE else value for key, value in kinds.items())
    return any(matype in _RECURSIVE_MATYPES for matype in matypes)


def _computation(
    function: str, columns: tuple[str, ...], info: dict[str, Any]
) -> Callable[[IndicatorInput, Params], tuple[F64, ...]]:
    # The compiled function itself: the public name of the package goes through a wrapper for data frames.
    from talib import _ta_lib

    call = getattr(_ta_lib, function)
    whole = _whole_names(function)
    unbounded = is_unbounded(function)

    def compute(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
        arrays = [_array(function, inputs, column) for column in columns]
        typed = _typed(params, whole)
        rows = _accepted_lookback(function, typed)
        free = [array for array, column in zip(arrays, columns, strict=True) if column in ("real", "real2")]
        first = first_row(*free)
        if first + rows >= len(inputs.bars):
            return tuple(np.full(len(inputs.bars), np.nan) for _ in info["output_names"])
        result = call(*(array[first:] for array in arrays), **typed)
        outputs = result if isinstance(result, tuple) else (result,)
        return tuple(_finished(output, first, rows, function in _INDEX_OUTPUTS, unbounded) for output in outputs)

    return compute


def is_unbounded(function: str) -> bool:
    """Whether a result may be infinite, which counts as missing."""
    info = _info(function)
    return info["group"].startswith("Math") or "Output can be NaN or infinite" in info["function_flags"]


def _array(function: str, inputs: IndicatorInput, column: str) -> F64:
    array: F64 | None
    match column:
        case "real":
            array = inputs.series
        case "real2":
            array = inputs.series2
        case _:
            array = getattr(inputs.bars, column)
    if array is None:
        field = {"real": "input", "real2": "input2"}.get(column, column)
        raise InvalidInput(f"{function} needs {field} and there is none", field=field)
    return np.ascontiguousarray(array, dtype=np.float64)


def _finished(output: np.ndarray, first: int, rows: int, is_index: bool, unbounded: bool) -> F64:
    """One output as float64 of the full length, missing before its first value.

    TA-Lib writes 0 into the leading rows of whole-number outputs, which would read as "no pattern", and counts
    an index from the first existing value; here it counts rows of the bars. Division by zero and overflow are
    missing values, as in an operand.
    """
    if output.dtype == np.float64 and first == 0 and not unbounded:
        return output
    full = np.empty(first + len(output))
    full[:first] = np.nan
    full[first:] = output
    if output.dtype != np.float64:
        full[first : first + rows] = np.nan
        if is_index:
            full[first + rows :] += first
    if unbounded:
        full[~np.isfinite(full)] = np.nan
    return full
