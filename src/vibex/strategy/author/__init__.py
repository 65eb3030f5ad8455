"""What would a model make of these words? Its answer is checked like anybody's, and compared with what was said.

Must not know which endpoint answers, what it costs, or how words are read without a model: an offline `Reading` comes
in, as ground truth and as what is left when the model fails.
"""

from vibex.strategy.author.author import Authored, author
from vibex.strategy.author.conversation import Conversation, Version, converse
from vibex.strategy.author.request import MAX_CHARACTERS, Earlier, Turn
from vibex.strategy.author.stages import Stage, StageEvent, StageListener

__all__ = [
    "MAX_CHARACTERS",
    "Authored",
    "Conversation",
    "Earlier",
    "Stage",
    "StageEvent",
    "StageListener",
    "Turn",
    "Version",
    "author",
    "converse",
]
