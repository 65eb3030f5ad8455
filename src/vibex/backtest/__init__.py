"""What would a strategy have done? Fill rules in two bodies, costs, results, statistics, reports.

Must not know venues, HTTP or where data is stored.
"""

from vibex.backtest.result import BacktestResult
from vibex.backtest.runner import run
from vibex.backtest.settings import RunSettings

__all__ = ["BacktestResult", "RunSettings", "run"]
