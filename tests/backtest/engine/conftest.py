"""Every rule is tested on each body of the engine."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

import pytest

from vibex.backtest.engine.outcome import Outcome
from vibex.backtest.engine.plan import Plan

BODIES = [name for name in ("reference", "kernel") if find_spec(f"vibex.backtest.engine.{name}")]


class Simulate(Protocol):
    """The signature of a body."""

    def __call__(self, plan: Plan, *, target_first: bool = False) -> Outcome: ...


@pytest.fixture(params=BODIES, scope="session")
def simulate(request: pytest.FixtureRequest) -> Simulate:
    """One body of the engine; a test with this fixture runs once for each."""
    module = import_module(f"vibex.backtest.engine.{request.param}")
    return cast(Simulate, module.simulate)
