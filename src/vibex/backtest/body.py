"""Which engine body runs a plan; both give the same bits, so this is a question of time alone."""

from __future__ import annotations

import sys

from vibex.backtest.engine.outcome import Outcome
from vibex.backtest.engine.plan import Plan, Tie
from vibex.backtest.settings import EngineName

COMPILED_FROM_BAR_STEPS = 250_000
"""Loading the compiled body takes as long as the readable one needs for this many (and compiling it, once on a
machine, for many more)."""

COMPILED_MODULE = "vibex.backtest.engine.kernel"


def simulate(plan: Plan, engine: EngineName, *, tie: Tie = Tie.STOP_FIRST) -> Outcome:
    """Run `plan`. "native" is the compiled body where it is loaded or worth loading, "reference" the readable one."""
    if engine == "native" and (COMPILED_MODULE in sys.modules or plan.bar_steps >= COMPILED_FROM_BAR_STEPS):
        from vibex.backtest.engine import kernel

        return kernel.simulate(plan, tie=tie)
    from vibex.backtest.engine import reference

    return reference.simulate(plan, tie=tie)
