"""The lexicon: every word that the reader knows, in tables by meaning, and the one look-up over all of them.

To teach a word, add it to its row in `words` (conditions), `parts` (entries, exits, sizes, headings), `indicators`,
`candles`, `assets` or `chatter`. This room must not know the grammar.
"""

from vibex.strategy.phrases.lexicon.lookup import Entry, Lexicon, lexicon

__all__ = ["Entry", "Lexicon", "lexicon"]
