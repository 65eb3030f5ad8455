"""What is wrong with a strategy that breaks no rule of form? Contradictions, dangers, waste, things that cannot run.

Must not know where a strategy came from, nor how a backtest works: what was measured comes in as `Evidence`.
"""

from vibex.strategy.review.evidence import Costs, Evidence, MeasuredTrade
from vibex.strategy.review.frequency import measured_frequency
from vibex.strategy.review.reviewer import in_order, review

__all__ = ["Costs", "Evidence", "MeasuredTrade", "in_order", "measured_frequency", "review"]
