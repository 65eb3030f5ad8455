"""What is remembered: schema, migrations, and repositories that demand a scope.

Every query names the owner or the account that it reads for. Must not know business rules, HTTP or strategies.
"""

from vibex.store.conversations import ConversationRepository, StoredConversation
from vibex.store.database import Database
from vibex.store.model_calls import CallOutcome, ModelCall, ModelCallRepository
from vibex.store.runs import Run, RunRepository
from vibex.store.scope import LOCAL_OWNER, Account, Owner, Scope
from vibex.store.seals import SealRepository, StoredSeal
from vibex.store.strategies import StoredStrategy, StoredVersion, StrategyRepository, VersionAuthor
from vibex.store.trials import Trial, TrialRepository

__all__ = [
    "LOCAL_OWNER",
    "Account",
    "CallOutcome",
    "ConversationRepository",
    "Database",
    "ModelCall",
    "ModelCallRepository",
    "Owner",
    "Run",
    "RunRepository",
    "Scope",
    "SealRepository",
    "StoredConversation",
    "StoredSeal",
    "StoredStrategy",
    "StoredVersion",
    "StrategyRepository",
    "Trial",
    "TrialRepository",
    "VersionAuthor",
]
