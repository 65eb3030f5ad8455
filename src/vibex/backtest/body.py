"""Which engine body runs a plan."""

from __future__ import annotations

from vibex.backtest.engine.outcome import Outcome
from vibex.backtest.engine.plan import Plan
from vibex.backtest.settings import EngineName

COMPILED_FROM_BAR_STEPS = 50_000
"""Below this the reference body is done before the compiled one is loaded; both give the same bits."""


def simulate(plan: Plan, engine: EngineName, *, target_first: bool = False) -> Outcome:
    """Run `plan`. "native" is the compiled body wherever loading it pays, "reference" always the readable one."""
    if engine == "native" and plan.bar_steps >= COMPILED_FROM_BAR_STEPS:
        from vibex.backtest.engine import kernel

        return kernel.simulate(plan, target_first=target_first)
    from vibex.backtest.engine import reference

    return reference.simulate(plan, target_first=target_first)
