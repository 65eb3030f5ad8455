"""What an indicator is: its parameters with ranges and defaults, its inputs, its outputs, its warm-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from vibex.analysis.calendars.session import SessionColumns
from vibex.domain import Bars
from vibex.domain.arrays import F64, Mask

Params = Mapping[str, float]
"""Parameter values by name, complete (defaults filled in); whole-number parameters hold whole floats or ints."""


class InputKind(StrEnum):
    """Where an indicator takes its numbers from."""

    SERIES = "series"  # one series: the spec's `input`, the close by default
    TWO_SERIES = "two_series"  # `input` and `input2`
    BARS = "bars"  # fixed price columns; a given `input` is ignored
    PIVOT = "pivot"  # fixed columns, or `input` for both highs and lows when it is given
    WHEN = "when"  # the truth of a condition
    SERIES_WHEN = "series_when"  # `input` at the moment a condition was true
    PAIR = "pair"  # the closes of the two legs of a pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter. `default` None: it may be absent (VWAP per session) or, if `required`, it must be given."""

    name: str
    default: float | None
    minimum: float
    maximum: float
    whole: bool
    required: bool = False
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorInput:
    """What one computation may read; every array has shape (T,).

    `series`, `series2` are None unless the definition's kind asks for them (leading NaN allowed, rule 59);
    `when` is True where the condition is true; `sessions` is None where no calendar was given;
    `bars_per_year` follows rule 36 (sessions per year × bars of a full session).
    """

    bars: Bars
    series: F64 | None = None
    series2: F64 | None = None
    when: Mask | None = None
    sessions: SessionColumns | None = None
    bars_per_year: float | None = None


Compute = Callable[[IndicatorInput, Params], tuple[F64, ...]]
"""One array of shape (T,) per output, in the order of `IndicatorDefinition.outputs`; NaN where missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDefinition:
    """One entry of the catalogue.

    `outputs` are the names behind the dot, empty for an indicator that is its id alone.
    `warm_up(params)` is the number of leading rows without a value, or None: anchored, its value depends
    on the first row for ever (EMA, OBV, SAR …).
    """

    name: str
    group: str
    meaning: str
    kind: InputKind
    parameters: tuple[Parameter, ...]
    outputs: tuple[str, ...]
    compute: Compute
    warm_up: Callable[[Params], int | None]
    needs_volume: bool = False
    needs_sessions: bool = False
