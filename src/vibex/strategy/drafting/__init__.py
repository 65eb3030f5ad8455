"""How does a request become a strategy? Gaps are filled from one table, and every answer says what was assumed.

Must not know how words are read (it starts from a `Reading`), nor where data comes from: who wants the findings
measured passes a function that does it.
"""

from vibex.strategy.drafting.archetype import infer_archetype
from vibex.strategy.drafting.changes import Change, difference
from vibex.strategy.drafting.defaults import DEFAULTS, Default, fill
from vibex.strategy.drafting.draft import Measure, draft

__all__ = ["DEFAULTS", "Change", "Default", "Measure", "difference", "draft", "fill", "infer_archetype"]
