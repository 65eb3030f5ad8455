"""Every rule is tested on each body of the engine."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

import pytest

from vibex.backtest.engine.outcome import Outcome
from vibex.backtest.engine.plan import Plan, Tie

BODIES = ["reference", "kernel"]


class Simulate(Protocol):
    """The signature of a body."""

    def __call__(self, plan: Plan, *, tie: Tie = Tie.STOP_FIRST) -> Outcome: ...


@pytest.fixture(params=BODIES, scope="session")
def simulate(request: pytest.FixtureRequest) -> Simulate:
    """One body of the engine; a test with this fixture runs once for each."""
    module = import_module(f"vibex.backtest.engine.{request.param}")
    return cast(Simulate, module.simulate)
