"""What does a strategy say, in plain language? Deterministic, the same words for the same strategy, three languages.

Must not know bars, orders or where a strategy came from. The structure of the sentences is here once; the words are
one table per language under `words`.
"""

from vibex.strategy.explain.conditions import condition_text, operand_text
from vibex.strategy.explain.exits import exit_text
from vibex.strategy.explain.explain import explain, summary
from vibex.strategy.explain.rationale import frequency_text, metadata_of
from vibex.strategy.explain.voice import Voice, voice_for

__all__ = [
    "Voice",
    "condition_text",
    "exit_text",
    "explain",
    "frequency_text",
    "metadata_of",
    "operand_text",
    "summary",
    "voice_for",
]
