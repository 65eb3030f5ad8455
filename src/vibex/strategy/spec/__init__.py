"""The StrategySpec: its types, its checks, its errors in words, its JSON Schema.

Everything a strategy can say has one class here, and nothing else parses. Must not know bars, arrays or how a
strategy is evaluated; of the indicators it knows the catalogue's names, parameters and outputs only.
"""

from vibex.strategy.spec.condition import (
    All,
    Any_,
    AtLeast,
    Clock,
    Compare,
    Condition,
    Dates,
    For,
    Not,
    Rules,
    Within,
)
from vibex.strategy.spec.exit import (
    AtrExit,
    Exit,
    Farthest,
    LevelExit,
    Nearest,
    PercentExit,
    PointsExit,
    PriceExit,
    RiskMultipleExit,
    Target,
    TrailingAtr,
    TrailingLevel,
    TrailingPercent,
    TrailingStop,
)
from vibex.strategy.spec.indicator import Indicator
from vibex.strategy.spec.operand import Abs, Add, Calc, Div, Max, Min, Mul, Number, Operand, Ref, Sub
from vibex.strategy.spec.reading import load_spec, parse_spec
from vibex.strategy.spec.references import CALENDAR, PRICES, STATE, is_state
from vibex.strategy.spec.schema import json_schema
from vibex.strategy.spec.sided import PerSide, Same
from vibex.strategy.spec.sizing import (
    FixedNotional,
    FixedPercent,
    FixedQuantity,
    RiskNotional,
    RiskPercent,
    Sizing,
    VolatilityTarget,
)
from vibex.strategy.spec.strategy import StrategySpec
from vibex.strategy.spec.trading import Assumption, Limits, Metadata, Order, Session, StopStep, TargetHit

__all__ = [
    "CALENDAR", "PRICES", "STATE", "Abs", "Add", "All", "Any_", "Assumption", "AtLeast", "AtrExit", "Calc", "Clock",
    "Compare", "Condition", "Dates", "Div", "Exit", "Farthest", "FixedNotional", "FixedPercent", "FixedQuantity",
    "For", "Indicator", "LevelExit", "Limits", "Max", "Metadata", "Min", "Mul", "Nearest", "Not", "Number", "Operand",
    "Order", "PerSide", "PercentExit", "PointsExit", "PriceExit", "Ref", "RiskMultipleExit", "RiskNotional",
    "RiskPercent", "Rules", "Same", "Session", "Sizing", "StopStep", "StrategySpec", "Sub", "Target", "TargetHit",
    "TrailingAtr", "TrailingLevel", "TrailingPercent", "TrailingStop", "VolatilityTarget", "Within", "is_state",
    "json_schema", "load_spec", "parse_spec",
]  # fmt: skip
