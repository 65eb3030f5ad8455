"""The parameters that this project's own indicators share: look-back periods and multipliers."""

from __future__ import annotations

from vibex.analysis.indicators.definition import Parameter

LONGEST_WINDOW = 10_000


def period(
    name: str, default: int | None, *, minimum: int = 1, required: bool = False, meaning: str = "bars of the window"
) -> Parameter:
    """A whole number of bars up to 10 000; without default it may be absent unless `required`."""
    return Parameter(
        name=name,
        default=default,
        minimum=minimum,
        maximum=LONGEST_WINDOW,
        whole=True,
        required=required,
        meaning=meaning,
    )


def multiplier(default: float) -> Parameter:
    """How many average true ranges lie between the line and its middle."""
    return Parameter(
        name="multiplier",
        default=default,
        minimum=0.01,
        maximum=1000.0,
        whole=False,
        meaning="average true ranges from the middle",
    )
