"""The rules of the gate, one group per file, in the fixed order in which they are asked.

A rule returns None or its refusal. `EARLY` need nothing but the input as it came; `OF_WISHES` everything that is
known; `OF_SIZES` the size as well. The first refusal decides.
"""

from __future__ import annotations

from collections.abc import Callable

from vibex.domain import Decision
from vibex.risk.inputs import RiskInput
from vibex.risk.rules import (
    assets,
    cooldown,
    free_capital,
    frequency,
    funding,
    groups,
    health,
    hysteresis,
    input_facts,
    leverage,
    liquidation,
    losses,
    notional,
    position,
    price,
    state,
    stops,
    timing,
)
from vibex.risk.verdict import Refusal
from vibex.risk.wish import Proposal, Wish

EARLY: tuple[Callable[[Decision, RiskInput], Refusal | None], ...] = (
    input_facts.readable,
    health.check,
    state.check,
    assets.allowed,
    timing.check,
)
OF_WISHES: tuple[Callable[[Wish], Refusal | None], ...] = (
    assets.tradable,
    position.check,
    losses.daily,
    losses.drawdown,
    frequency.check,
    cooldown.check,
    hysteresis.check,
    funding.check,
    price.check,
)
OF_SIZES: tuple[Callable[[Proposal], Refusal | None], ...] = (
    stops.distance,
    leverage.check,
    notional.check,
    groups.check,
    free_capital.check,
    stops.loss,
    liquidation.check,
)
