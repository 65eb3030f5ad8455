"""The one tool that a model may call: a further indicator on the bars of the context; bounded, without any access."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from vibex.agent.context import Context, Missing
from vibex.agent.context.readings import stamp
from vibex.analysis.indicators import IndicatorInput, compute
from vibex.domain import Bars, InvalidInput, JsonValue, Timeframe
from vibex.domain.arrays import F64
from vibex.llm import Tool, ToolCall

NAME = "indicator"
ALLOWED = (
    *("ADX", "AROON", "ATR", "BBANDS", "CCI", "DONCHIAN", "EMA", "LINEARREG_SLOPE", "MACD", "MFI", "MOM", "NATR"),
    *("OBV", "PLUS_DI", "MINUS_DI", "ROC", "RSI", "SAR", "SMA", "STDDEV", "STOCH", "STOCHRSI", "SUPERTREND", "WILLR"),
)
"""Indicators of one series of bars that need neither sessions nor a second series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolLimits:
    """`rounds` questions with the tool at most, `calls` in all of them together, `rows` values of each output."""

    rounds: int = 2
    calls: int = 6
    rows: int = 30
    allowed: tuple[str, ...] = ALLOWED


def indicator_tool(context: Context, limits: ToolLimits) -> Tool:
    """The tool as it is offered for the assets and timeframes of `context`."""
    return Tool(
        name=NAME,
        description=(
            "Values of one technical indicator (TA-Lib's names and parameters) on closed bars, oldest first, with the "
            "time at which each was known."
        ),
        parameters={
            "type": "object",
            "properties": {
                "asset": {"type": "string", "enum": [asset.asset for asset in context.assets]},
                "timeframe": {"type": "string", "enum": [frame.value for frame in _frames(context)]},
                "name": {"type": "string", "enum": list(limits.allowed)},
                "params": {"type": "object", "additionalProperties": {"type": "number"}},
                "rows": {"type": "integer", "minimum": 1, "maximum": limits.rows},
            },
            "required": ["asset", "timeframe", "name"],
            "additionalProperties": False,
        },
    )


def answer_call(call: ToolCall, context: Context, limits: ToolLimits) -> str:
    """The JSON text that answers `call`; what is wrong with the call is said in it, and nothing raises for it."""
    try:
        return json.dumps(_values(call, context, limits), allow_nan=False)
    except InvalidInput as error:
        return json.dumps({"error": str(error)[:300]})


def _values(call: ToolCall, context: Context, limits: ToolLimits) -> dict[str, JsonValue]:
    given = dict(call.arguments)
    name, rows = given.get("name"), given.get("rows", 10)
    if not isinstance(name, str) or name not in limits.allowed:
        raise InvalidInput("is not offered", field="name", remedy=f"one of {', '.join(limits.allowed)}")
    if isinstance(rows, bool) or not isinstance(rows, int) or not 1 <= rows <= limits.rows:
        raise InvalidInput(f"must be a whole number from 1 to {limits.rows}", field="rows")
    bars = _bars(given.get("asset"), given.get("timeframe"), context)
    outputs = compute(name, _params(given.get("params", {})), IndicatorInput(bars=bars, series=bars.close))
    ends = (bars.open_time + bars.timeframe.ms)[-rows:].tolist()
    values: dict[str, JsonValue] = {output or name.lower(): _tail(column, rows) for output, column in outputs.items()}
    return {
        "asset": given.get("asset"),
        "timeframe": bars.timeframe.value,
        "name": name,
        "known_at": [stamp(datetime.fromtimestamp(ms / 1000, UTC)) for ms in ends],
        "values": values,
    }


def _bars(asset: JsonValue, timeframe: JsonValue, context: Context) -> Bars:
    found = [each for each in context.assets if each.asset == asset]
    frames = {frame.value: frame for frame in _frames(context)}
    if not found:
        raise InvalidInput("is none of the assets", field="asset")
    if not isinstance(timeframe, str) or timeframe not in frames:
        raise InvalidInput("is not at hand", field="timeframe", remedy=f"one of {', '.join(frames)}")
    bars = found[0].inputs.closed(frames[timeframe])
    if isinstance(bars, Missing):
        raise InvalidInput(bars.reason, field="bars")
    return bars


def _frames(context: Context) -> Sequence[Timeframe]:
    return context.assets[0].inputs.frames.all if context.assets else ()


def _params(given: JsonValue) -> dict[str, float]:
    if not isinstance(given, dict):
        raise InvalidInput("must be an object of numbers", field="params")
    params: dict[str, float] = {}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidInput("must be a number", field=f"params.{name[:40]}")
        params[name] = value
    return params


def _tail(column: F64, rows: int) -> list[JsonValue]:
    return [value if np.isfinite(value) else None for value in column[-rows:].tolist()]
