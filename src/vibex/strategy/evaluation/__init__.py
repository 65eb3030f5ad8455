"""The one evaluation of a strategy on closed bars, in batch and live."""

from vibex.strategy.evaluation.episodes import Episode
from vibex.strategy.evaluation.frame import Frame
from vibex.strategy.evaluation.live import BarSignals, LiveEvaluation
from vibex.strategy.evaluation.signals import BarsBySymbol, Evaluation, SymbolSignals, by_symbol, evaluate

__all__ = [
    "BarSignals",
    "BarsBySymbol",
    "Episode",
    "Evaluation",
    "Frame",
    "LiveEvaluation",
    "SymbolSignals",
    "by_symbol",
    "evaluate",
]
