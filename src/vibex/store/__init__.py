"""What is remembered: schema, migrations, and repositories that demand a scope.

Every query names the owner or the account that it reads for. Must not know business rules, HTTP or strategies.
"""

from vibex.store.accounts import AccountRepository, AccountSource, AccountStatus, RegisteredAccount
from vibex.store.commands import Command, CommandKind, CommandRepository
from vibex.store.conversations import ConversationRepository, StoredConversation
from vibex.store.database import Database
from vibex.store.diary import DiaryRepository, StoredEntry
from vibex.store.emergency import EmergencyFile, EmergencyRecord
from vibex.store.event_bus import ProcessEventBus
from vibex.store.journal import SqlJournal
from vibex.store.journal_recovery import Recovered, clear_merged, recover
from vibex.store.journal_rows import Fact
from vibex.store.leases import Lease, LeaseRepository
from vibex.store.model_calls import CallOutcome, ModelCall, ModelCallRepository
from vibex.store.runs import Run, RunRepository
from vibex.store.scope import LOCAL_OWNER, Account, Owner, Scope
from vibex.store.seals import SealRepository, StoredSeal
from vibex.store.strategies import StoredStrategy, StoredVersion, StrategyRepository, VersionAuthor
from vibex.store.trading_records import Filter, Income, Period, Record, TradingRecords
from vibex.store.trials import Trial, TrialRepository

__all__ = [
    "LOCAL_OWNER",
    "Account",
    "AccountRepository",
    "AccountSource",
    "AccountStatus",
    "CallOutcome",
    "Command",
    "CommandKind",
    "CommandRepository",
    "ConversationRepository",
    "Database",
    "DiaryRepository",
    "EmergencyFile",
    "EmergencyRecord",
    "Fact",
    "Filter",
    "Income",
    "Lease",
    "LeaseRepository",
    "ModelCall",
    "ModelCallRepository",
    "Owner",
    "Period",
    "ProcessEventBus",
    "Record",
    "Recovered",
    "RegisteredAccount",
    "Run",
    "RunRepository",
    "Scope",
    "SealRepository",
    "SqlJournal",
    "StoredConversation",
    "StoredEntry",
    "StoredSeal",
    "StoredStrategy",
    "StoredVersion",
    "StrategyRepository",
    "TradingRecords",
    "Trial",
    "TrialRepository",
    "VersionAuthor",
    "clear_merged",
    "recover",
]
