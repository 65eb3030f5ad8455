"""What do many opinions add up to? Makers of decisions from rules: today one StrategySpec, live as in the backtest.

Must not know orders, venues, accounts or stores: a maker says what it wishes, and reads what was held through a port.
"""

from vibex.signals.holdings import AccountRecord, EquityMark, Holdings
from vibex.signals.strategy_maker import Deployment, StrategyMaker

__all__ = ["AccountRecord", "Deployment", "EquityMark", "Holdings", "StrategyMaker"]
