"""The lexicon: every word that the reader knows, in tables by meaning, and the one look-up over all of them.

To teach the reader a word, add it to the row with its meaning; phrases are parted by " |"
" ", in any language, Chinese in
Simplified characters (Traditional writing is folded to them). Where to look:

- `words`: prices, comparisons, connectives; `crosses`; `states`: moods, trends, movements
- `timing`: units, weekdays, zones; `fixed`: set phrases
- `indicators`, `rarer`, `outputs`, `candles`: names, the order in which parameters are spoken, customary levels
- `assets`, `equities`: symbols and their names
- `parts`: entering, leaving, stops, targets; `amounts`: sizes, orders, limits, timeframes
- `headings`: titles of sections by role; `chatter`: small talk, and what no strategy can hold

A row is all that a new synonym needs. A new meaning also needs a rule of the grammar that asks for its kind. This room
must not know the grammar.
"""

from vibex.strategy.phrases.lexicon.lookup import Entry, Lexicon, lexicon

__all__ = ["Entry", "Lexicon", "lexicon"]
