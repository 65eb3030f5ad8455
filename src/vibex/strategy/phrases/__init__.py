"""What do the words say? The offline reader: a request in words becomes a partial strategy, facts and issues.

A small grammar over a lexicon, without a model: the same words always give the same reading. Must not know defaults,
checks of whole strategies, market data or models: what the text does not say stays unsaid.
"""

from vibex.strategy.phrases.reading import read

__all__ = ["read"]
