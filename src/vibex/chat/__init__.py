"""What happens in one turn of a conversation: words become a version, a version is run on prices at hand, all is kept.

Must not know terminals or HTTP; how prices become a result and where runs are written is given to it.
"""

from vibex.chat.archive import Archive
from vibex.chat.bench import Bench, Ran
from vibex.chat.commands import Command, command_of
from vibex.chat.prices import Files, Missing, Prices
from vibex.chat.seals import Seals
from vibex.chat.session import Answered, ChatSession, InsightSource, Kept

__all__ = [
    "Answered",
    "Archive",
    "Bench",
    "ChatSession",
    "Command",
    "Files",
    "InsightSource",
    "Kept",
    "Missing",
    "Prices",
    "Ran",
    "Seals",
    "command_of",
]
