"""What would a strategy have done? Fill rules in two bodies, costs, results, statistics, reports.

Must not know venues, HTTP or where data is stored.
"""

from vibex.backtest.evidence import RunEvidence, evidence_of
from vibex.backtest.result import BacktestResult
from vibex.backtest.runner import run
from vibex.backtest.settings import RunSettings
from vibex.backtest.trials import TrialCount

__all__ = ["BacktestResult", "RunEvidence", "RunSettings", "TrialCount", "evidence_of", "run"]
