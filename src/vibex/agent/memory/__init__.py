"""What was learned: each closed trade joined to the decision that opened it, with a short reflection of facts.

Relevant ones return in later contexts, as data in an envelope. Files are plain, for people to read and to edit; this
part knows neither venues nor stores.
"""

from vibex.agent.memory.files import MemoryFiles
from vibex.agent.memory.joining import closed_trades
from vibex.agent.memory.recall import MemoryQuery, relevant
from vibex.agent.memory.reflection import reflect
from vibex.agent.memory.trade import ClosedTrade, Lesson, OpeningDecision
from vibex.agent.memory.wording import Wording, word

__all__ = [
    "ClosedTrade",
    "Lesson",
    "MemoryFiles",
    "MemoryQuery",
    "OpeningDecision",
    "Wording",
    "closed_trades",
    "reflect",
    "relevant",
    "word",
]
