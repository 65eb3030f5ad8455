"""What would a strategy have done? Fill rules in two bodies, costs, results, statistics, reports.

Must not know venues, HTTP or where data is stored.
"""

from vibex.backtest.evidence import RunEvidence, evidence_of
from vibex.backtest.result import BacktestResult
from vibex.backtest.runner import run
from vibex.backtest.settings import RunSettings

__all__ = ["BacktestResult", "RunEvidence", "RunSettings", "evidence_of", "run"]
