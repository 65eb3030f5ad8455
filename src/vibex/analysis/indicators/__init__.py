"""The catalogue of indicators and their one computation.

All of TA-Lib by its own names, and what TA-Lib lacks or means differently. An indicator takes bars or series and
gives columns of the same length, each row from rows up to itself only. This room must not know strategies,
positions, files or venues, nor where a series came from: references, higher timeframes and other symbols are
resolved by the caller.
"""

from vibex.analysis.indicators.catalogue import all_definitions, complete, find
from vibex.analysis.indicators.computation import compute
from vibex.analysis.indicators.definition import IndicatorDefinition, IndicatorInput, InputKind, Parameter

__all__ = [
    "IndicatorDefinition",
    "IndicatorInput",
    "InputKind",
    "Parameter",
    "all_definitions",
    "complete",
    "compute",
    "find",
]
