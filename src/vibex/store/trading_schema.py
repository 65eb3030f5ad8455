"""The tables of trading: accounts, leases, journal, commands, and what is read out of the journal.

Amounts are decimal text: exact on every database. Rows below the journal are a reading of it and can be made again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from vibex.domain import JsonValue
from vibex.store.schema import Table, UtcDateTime

__all__ = [
    "AccountRow",
    "CommandRow",
    "DecisionRow",
    "DiaryRow",
    "EquityRow",
    "FillRow",
    "IncomeRow",
    "JournalRow",
    "LeaseRow",
    "OrderRow",
    "PerformanceRow",
    "PositionRow",
    "Table",
]


class AccountRow(Table):
    """One trading account. `status` is what people want of it; `halted_reason` is null unless entries are halted."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(64), index=True)
    tag: Mapped[str] = mapped_column(String(5), unique=True)
    source: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(8))
    halted_reason: Mapped[str | None] = mapped_column(Text())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())


class LeaseRow(Table):
    """Who may write for an account. `epoch` is the fencing number: each holder has a higher one than the last."""

    __tablename__ = "leases"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    epoch: Mapped[int] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())


class JournalRow(Table):
    """One fact. `checksum` covers every other column; `emergency_id` names the record of the emergency file it was."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_correlation", "account_id", "correlation_id"),
        Index("ix_journal_emergency", "account_id", "emergency_id", unique=True),
    )

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(16))
    event_at: Mapped[datetime] = mapped_column(UtcDateTime())
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())
    correlation_id: Mapped[str] = mapped_column(String(64))
    data: Mapped[str] = mapped_column(Text())
    checksum: Mapped[str] = mapped_column(String(32))
    emergency_id: Mapped[str | None] = mapped_column(String(36))


class CommandRow(Table):
    """What a person told an account to do; `consumed_at` is null until the holder of the lease has taken it up."""

    __tablename__ = "commands"
    __table_args__ = (Index("ix_commands_open", "account_id", "consumed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(8))
    arguments: Mapped[dict[str, JsonValue]] = mapped_column(JSON())
    given_by: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime())
    consumed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class DecisionRow(Table):
    """One decision and what the risk gate said of it; `passed` is null until then."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_symbol", "account_id", "symbol", "decided_at"),)

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    decision_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column()
    correlation_id: Mapped[str] = mapped_column(String(64))
    symbol: Mapped[str] = mapped_column(String(32))
    intent: Mapped[str | None] = mapped_column(String(16))
    maker: Mapped[str | None] = mapped_column(String(200))
    passed: Mapped[bool | None] = mapped_column()
    rule: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime())
    data: Mapped[dict[str, JsonValue]] = mapped_column(JSON())


class OrderRow(Table):
    """The last known state of one order of ours."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_symbol", "account_id", "symbol", "created_at"),)

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    client_order_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int] = mapped_column()
    correlation_id: Mapped[str] = mapped_column(String(64))
    venue_order_id: Mapped[str | None] = mapped_column(String(64))
    symbol: Mapped[str | None] = mapped_column(String(32))
    side: Mapped[str | None] = mapped_column(String(8))
    type: Mapped[str | None] = mapped_column(String(32))
    quantity: Mapped[str | None] = mapped_column(String(40))
    filled_quantity: Mapped[str | None] = mapped_column(String(40))
    average_price: Mapped[str | None] = mapped_column(String(40))
    price: Mapped[str | None] = mapped_column(String(40))
    trigger_price: Mapped[str | None] = mapped_column(String(40))
    reduce_only: Mapped[bool | None] = mapped_column()
    status: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime())


class FillRow(Table):
    """One execution, by the venue's trade id."""

    __tablename__ = "fills"
    __table_args__ = (Index("ix_fills_symbol", "account_id", "symbol", "event_at"),)

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    trade_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column()
    correlation_id: Mapped[str] = mapped_column(String(64))
    client_order_id: Mapped[str | None] = mapped_column(String(36))
    side: Mapped[str | None] = mapped_column(String(8))
    price: Mapped[str | None] = mapped_column(String(40))
    quantity: Mapped[str | None] = mapped_column(String(40))
    fee: Mapped[str | None] = mapped_column(String(40))
    fee_currency: Mapped[str | None] = mapped_column(String(16))
    liquidity: Mapped[str | None] = mapped_column(String(8))
    event_at: Mapped[datetime] = mapped_column(UtcDateTime())


class PositionRow(Table):
    """The last known position of one symbol; a quantity of "0" is flat."""

    __tablename__ = "positions"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column()
    quantity: Mapped[str | None] = mapped_column(String(40))
    entry_price: Mapped[str | None] = mapped_column(String(40))
    liquidation_price: Mapped[str | None] = mapped_column(String(40))
    unrealised_pnl: Mapped[str | None] = mapped_column(String(40))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime())


class EquityRow(Table):
    """Equity and balance at one moment, in the account's currency."""

    __tablename__ = "equity_snapshots"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime(), primary_key=True)
    seq: Mapped[int] = mapped_column()
    equity: Mapped[str] = mapped_column(String(40))
    balance: Mapped[str | None] = mapped_column(String(40))
    available: Mapped[str | None] = mapped_column(String(40))


class PerformanceRow(Table):
    """Performance of one day, week or month (`period`) that began at `start`, as it was computed."""

    __tablename__ = "performance_snapshots"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    start: Mapped[datetime] = mapped_column(UtcDateTime(), primary_key=True)
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    metrics: Mapped[dict[str, JsonValue]] = mapped_column(JSON())


class IncomeRow(Table):
    """Money that came or went without a fill of ours: funding, transfers, rebates. Positive is income."""

    __tablename__ = "income"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    venue_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    symbol: Mapped[str | None] = mapped_column(String(32))
    amount: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(16))
    event_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)


class DiaryRow(Table):
    """One entry of the diary; `seq` is the journal row that completed it."""

    __tablename__ = "diary"
    __table_args__ = (Index("ix_diary_asset", "account_id", "asset", "written_at"),)

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime())
    asset: Mapped[str | None] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(32))
    entry: Mapped[dict[str, JsonValue]] = mapped_column(JSON())
