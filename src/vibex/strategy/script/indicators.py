"""Indicators as statements of a script: TA-Lib by its own names, the rest by the functions of the templates."""

from __future__ import annotations

from collections.abc import Mapping

from vibex.analysis.indicators import IndicatorDefinition, InputKind, complete, find
from vibex.analysis.indicators import talib_functions as talib
from vibex.strategy.script.conditions import mask
from vibex.strategy.script.frames import Frame, refused
from vibex.strategy.script.operands import column
from vibex.strategy.script.scope import Scope
from vibex.strategy.script.source import call
from vibex.strategy.spec import Indicator

_BARS = ("high", "low", "close")
# Whole-number results whose first value depends on a parameter; of the others TA-Lib knows a fixed row.
_LOOKBACKS = {
    "MAXINDEX": "{timeperiod} - 1",
    "MININDEX": "{timeperiod} - 1",
    "MINMAXINDEX": "{timeperiod} - 1",
    "FRACTAL": "{leftbars} + {rightbars}",
}


def outputs_of(indicator: Indicator, scope: Scope, home: Frame) -> Mapping[str, str]:
    """The local names of all outputs of `indicator` in its own frame, by output ("" for the only one)."""
    if indicator.id not in scope.outputs:
        definition = find(indicator.name)
        params = {
            name: _parameter(indicator, definition, name, value, scope)
            for name, value in complete(definition, indicator.params).items()
        }
        outputs = definition.outputs or ("",)
        local = [f"{indicator.id}{'_' if output else ''}{output}{home.suffix}" for output in outputs]
        value = _own(indicator, params, scope, home) or _talib(indicator, params, scope, home, local)
        if isinstance(value, list):
            names = value
        else:
            names = scope.body.unpack(local, value) if definition.outputs else [scope.body.let(local[0], value)]
        scope.outputs[indicator.id] = dict(zip(outputs, names, strict=True))
    return scope.outputs[indicator.id]


def _parameter(indicator: Indicator, definition: IndicatorDefinition, name: str, value: float, scope: Scope) -> str:
    whole = next(each.whole for each in definition.parameters if each.name == name)
    return scope.script.param(f"{indicator.id}_{name}", value, whole=whole)


def _talib(
    indicator: Indicator,
    params: Mapping[str, str],
    scope: Scope,
    home: Frame,
    local: list[str],
) -> str | list[str]:
    """The call of a TA-Lib function, or the local names where its outputs need a second look."""
    name = indicator.name
    columns = [_column(each, indicator, scope, home) for each in talib.input_columns(name)]
    if name in _LOOKBACKS or name.startswith("CDL") or name == "HT_TRENDMODE":
        return _whole_outputs(indicator, params, scope, local, columns)
    value = call(f"ta.{name}", *columns, **params)
    return _each(local, value, "finite", (), scope) if talib.is_unbounded(name) else value


def _whole_outputs(
    indicator: Indicator, params: Mapping[str, str], scope: Scope, local: list[str], columns: list[str]
) -> list[str]:
    name = indicator.name
    default = str(talib.lookback(name, tuple(complete(find(name), indicator.params).items())))
    lookback = _LOOKBACKS.get(name, default).format(**params)
    value = call(f"ta.{name}", *columns, **params)
    return _each(local, value, "whole_numbers", (columns[0], lookback), scope)


def _each(local: list[str], value: str, helper: str, more: tuple[str, ...], scope: Scope) -> list[str]:
    """New local names for every output of `value` after `helper(output, *more)`."""
    function = scope.script.helper(helper)
    if len(local) == 1:
        return [scope.body.let(local[0], call(function, value, *more))]
    raw = scope.body.unpack([f"{each}_raw" for each in local], value)
    return [
        scope.body.let(each, call(function, from_talib, *more)) for each, from_talib in zip(local, raw, strict=True)
    ]


def _column(source: str, indicator: Indicator, scope: Scope, home: Frame) -> str:
    if source == "real":
        return column(indicator.source, f"{indicator.id}_input", scope, home)
    if source == "real2":
        if indicator.input2 is None:
            raise AssertionError(indicator)
        return column(indicator.input2, f"{indicator.id}_input2", scope, home)
    return home.price(source)


def _own(indicator: Indicator, params: Mapping[str, str], scope: Scope, home: Frame) -> str | None:
    """The expression of an indicator that TA-Lib lacks or means differently; None for TA-Lib's own."""
    helper, name = scope.script.helper, indicator.name
    match name:
        case "PRICE" | "EXPR":
            return _series(indicator, scope, home)
        case "ZSCORE" | "PERCENT_RANK" | "TSI":
            function = {"ZSCORE": "z_score", "PERCENT_RANK": "percent_rank", "TSI": "true_strength"}[name]
            return call(helper(function), _series(indicator, scope, home), **params)
        case "ROLLING_VOL":
            return volatility(_series(indicator, scope, home), params["timeperiod"], scope, home)
        case "DONCHIAN":
            return call(helper("donchian"), home.price("high"), home.price("low"), **params)
        case "KELTNER":
            return call(helper("keltner"), *map(home.price, _BARS), **params)
        case "SUPERTREND" | "ATR_TRAIL":
            middle = home.price("hl2" if name == "SUPERTREND" else "close")
            return call(helper("flipping_line"), *map(home.price, _BARS), middle, **params)
        case "VWAP" | "SESSION" | "OPENING_RANGE":
            return _of_the_day(name, params, scope, home)
        case "PIVOT":
            given = None if indicator.input is None else _series(indicator, scope, home)
            highs, lows = given or home.price("high"), given or home.price("low")
            return call(helper("pivots"), highs, lows, **params)
        case "BARS_SINCE":
            return call(helper("bars_since"), _when(indicator, scope, home), **params)
        case "VALUE_WHEN":
            values, when = _series(indicator, scope, home), _when(indicator, scope, home)
            return call(helper("value_when"), values, when, **params)
    if find(name).kind is InputKind.PAIR:
        raise refused(f"{indicator.id} ({name})", "it compares two symbols, and a script is given one", "indicators")
    return None


def volatility(values: str, timeperiod: str, scope: Scope, home: Frame) -> str:
    """Realised volatility in percent, with the venue's bars per year (rule 36)."""
    from vibex.analysis.calendars import calendar_for

    per_year = calendar_for(scope.spec.market).bars_per_year(home.timeframe)
    bars = scope.script.param(f"bars_per_year{home.suffix}", per_year)
    return call(scope.script.helper("rolling_volatility"), values, timeperiod, bars)


def _of_the_day(name: str, params: Mapping[str, str], scope: Scope, home: Frame) -> str:
    helper = scope.script.helper
    prices = [home.price(each) for each in _BARS]
    if name == "VWAP" and params:
        return call(helper("rolling_vwap"), *prices, home.price("volume"), **params)
    if name == "VWAP":
        return call(helper("session_vwap"), *prices, home.price("volume"), home.day(name))
    if name == "SESSION":
        return call(helper("session_prices"), home.price("open"), *prices, home.day(name))
    times = (home.closes(name), home.day(name), home.session_open(name))
    return call(helper("opening_range"), *prices[:2], *times, **params)


def _series(indicator: Indicator, scope: Scope, home: Frame) -> str:
    return column(indicator.source, f"{indicator.id}_input", scope, home)


def _when(indicator: Indicator, scope: Scope, home: Frame) -> str:
    if indicator.when is None:
        raise AssertionError(indicator)
    return mask(indicator.when, f"{indicator.id}_when", scope, home)
