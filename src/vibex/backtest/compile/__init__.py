"""From a strategy's signals and the settings of a run to the numbers that the engine bodies read."""

from vibex.backtest.compile.plan import compile_plan

__all__ = ["compile_plan"]
