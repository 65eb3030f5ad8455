"""The tables. Migrations in `migrations/versions` build the same; a test compares the two."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import JSON, BigInteger, Date, DateTime, ForeignKey, Index, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from vibex.domain import JsonValue


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes on every database; SQLite alone would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


class Dollars(TypeDecorator[Decimal]):
    """US dollars as whole picodollars (1e-12), so that the database adds and compares them exactly.

    A price of up to six decimals per million tokens is a whole number of picodollars per token; 64 bits hold nine
    million dollars.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        pico = value.scaleb(12)
        if pico != pico.to_integral_value():
            raise ValueError(f"{value} dollars is finer than a picodollar")
        return int(pico)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value).scaleb(-12).normalize()


class Table(DeclarativeBase):
    """Root of all tables."""


class RunRow(Table):
    """One finished backtest; its files lie in `folder`."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_owner_created", "owner_id", "created_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    strategy_name: Mapped[str] = mapped_column(String(200))
    symbols: Mapped[list[str]] = mapped_column(JSON())
    timeframe: Mapped[str] = mapped_column(String(8))
    period_start: Mapped[datetime | None] = mapped_column(UtcDateTime())
    period_end: Mapped[datetime | None] = mapped_column(UtcDateTime())
    simulated: Mapped[bool] = mapped_column()
    summary_stats: Mapped[dict[str, JsonValue]] = mapped_column(JSON())
    digests: Mapped[dict[str, str]] = mapped_column(JSON())
    folder: Mapped[str] = mapped_column(String(1024))


class ModelCallRow(Table):
    """One question to a model and what came back; `seq` tells the order in which the calls ended."""

    __tablename__ = "llm_interactions"
    __table_args__ = (
        Index("ix_llm_interactions_owner_asked", "owner_id", "asked_at"),
        Index("ix_llm_interactions_account_asked", "account_id", "asked_at"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    owner_id: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str | None] = mapped_column(String(32))
    correlation_id: Mapped[str | None] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    model: Mapped[str] = mapped_column(String(200))
    base_url: Mapped[str] = mapped_column(String(500))
    request_digest: Mapped[str] = mapped_column(String(64))
    request: Mapped[dict[str, JsonValue]] = mapped_column(JSON())
    context: Mapped[dict[str, JsonValue]] = mapped_column(JSON())
    outcome: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None] = mapped_column(Text())
    answer: Mapped[dict[str, JsonValue]] = mapped_column(JSON())
    prompt_tokens: Mapped[int | None] = mapped_column()
    cached_tokens: Mapped[int | None] = mapped_column()
    output_tokens: Mapped[int | None] = mapped_column()
    cost_usd: Mapped[Decimal | None] = mapped_column(Dollars())
    latency_ms: Mapped[int] = mapped_column()


class ModelBudgetRow(Table):
    """What one owner's model calls of one UTC day have cost or may still cost."""

    __tablename__ = "llm_budget"

    owner_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(Date(), primary_key=True)
    committed_usd: Mapped[Decimal] = mapped_column(Dollars())


class ModelReservationRow(Table):
    """The highest cost of one call, held from before it is sent; `cost_usd` is null until the bill is known."""

    __tablename__ = "llm_reservations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(64))
    day: Mapped[date] = mapped_column(Date())
    model: Mapped[str] = mapped_column(String(200))
    reserved_usd: Mapped[Decimal] = mapped_column(Dollars())
    cost_usd: Mapped[Decimal | None] = mapped_column(Dollars())


class StrategyRow(Table):
    """One idea over all its versions: the lineage by which trials are counted. Deleted ones stay, for their trials."""

    __tablename__ = "strategies"
    __table_args__ = (Index("ix_strategies_owner_updated", "owner_id", "updated_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    reading: Mapped[str] = mapped_column(Text())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime())
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class StrategyVersionRow(Table):
    """One state of a strategy; `place` counts from 0, `parent` is the place of the version it was made from."""

    __tablename__ = "strategy_versions"
    strategy_id: Mapped[str] = mapped_column(String(36), ForeignKey("strategies.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    author: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text())
    spec: Mapped[dict[str, JsonValue]] = mapped_column(JSON())
    spec_digest: Mapped[str] = mapped_column(String(64))
    difference: Mapped[list[JsonValue]] = mapped_column(JSON())
    parent: Mapped[int | None] = mapped_column()


class ConversationRow(Table):
    """One conversation about one strategy; `state` is what its next turn has to know beside messages and versions."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_owner_updated", "owner_id", "updated_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(64))
    strategy_id: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime())
    state: Mapped[dict[str, JsonValue]] = mapped_column(JSON())


class MessageRow(Table):
    """One turn of a conversation; `place` counts from 0."""

    __tablename__ = "messages"

    conversation_id: Mapped[str] = mapped_column(String(36), ForeignKey("conversations.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(String(64))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime())
    role: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text())


class TrialRow(Table):
    """One run of a strategy on data; `run_id` is null where the run was looked at and not kept."""

    __tablename__ = "trials"
    __table_args__ = (Index("ix_trials_lineage", "owner_id", "strategy_id", "data_digest"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(64))
    strategy_id: Mapped[str] = mapped_column(String(36))
    data_digest: Mapped[str] = mapped_column(String(64))
    spec_digest: Mapped[str] = mapped_column(String(64))
    run_id: Mapped[str | None] = mapped_column(String(36))
    run_at: Mapped[datetime] = mapped_column(UtcDateTime())


class SealRow(Table):
    """What a strategy may not look at on some symbols: bars from `sealed_from` on, until it was opened, once."""

    __tablename__ = "seals"

    owner_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    strategy_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    symbols: Mapped[str] = mapped_column(String(512), primary_key=True)
    sealed_from: Mapped[datetime] = mapped_column(UtcDateTime())
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
