"""What is meant? The StrategySpec and its one evaluation: rules on closed bars, as data and as signals.

Must not know orders, fills, accounts, venues, files of market data or HTTP: the same strategy is read by the
backtest, by paper and by live trading.
"""

from vibex.strategy.evaluation import Evaluation, LiveEvaluation, SymbolSignals, evaluate
from vibex.strategy.spec import StrategySpec, json_schema, load_spec, parse_spec
from vibex.strategy.supported import refuse_unsupported

__all__ = [
    "Evaluation",
    "LiveEvaluation",
    "StrategySpec",
    "SymbolSignals",
    "evaluate",
    "json_schema",
    "load_spec",
    "parse_spec",
    "refuse_unsupported",
]
