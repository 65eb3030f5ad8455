"""The one way to compute an indicator: from its name, its parameters and what it may read to named columns."""

from __future__ import annotations

from collections.abc import Mapping

from vibex.analysis.indicators.catalogue import complete, find
from vibex.analysis.indicators.definition import IndicatorDefinition, IndicatorInput
from vibex.domain.arrays import F64
from vibex.domain.errors import InvalidInput


def compute(
    indicator: str | IndicatorDefinition, params: Mapping[str, float], inputs: IndicatorInput
) -> dict[str, F64]:
    """One array of shape (T,) per output, by output name; "" is the key of an indicator that has one output only.

    NaN where there is no value: in the warm-up, where an input is missing, and everywhere when the input is
    shorter than the warm-up. Row i depends on rows 0 … i alone and is the same bit for bit on any longer input. An
    input with leading NaN counts from its first value (fill rule 59). The inputs are never written to.
    Raises InvalidInput for an unknown indicator, bad parameters (see `complete`), an input that is not there or
    not as long as the bars, and a volume that the data does not have.
    """
    definition = find(indicator) if isinstance(indicator, str) else indicator
    filled = complete(definition, params)
    if definition.needs_volume and len(inputs.bars) > 0 and not inputs.bars.has_volume:
        raise InvalidInput(
            f"{definition.name} needs volume, and the data of {inputs.bars.symbol} has none",
            field="volume",
            remedy="use data with a volume column, or another indicator",
        )
    rows = len(inputs.bars)
    for field, column in (("input", inputs.series), ("input2", inputs.series2), ("when", inputs.when)):
        if column is not None and column.shape != (rows,):
            raise InvalidInput(f"{definition.name} got {column.size} rows for {rows} bars", field=field)
    return dict(zip(definition.outputs or ("",), definition.compute(inputs, filled), strict=True))
