"""Conversations and their messages: only ever longer, so that every turn can be read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from vibex.domain import InvalidInput, JsonValue
from vibex.store.database import Database
from vibex.store.schema import ConversationRow, MessageRow
from vibex.store.scope import Owner
from vibex.store.strategies import StoredStrategy, StoredVersion, write_strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConversation:
    """One conversation. `strategy_id` is the lineage it is about; `state` is what the next turn has to know beside
    messages and versions; `messages` are (role, text), oldest first."""

    id: str
    strategy_id: str
    created_at: datetime
    updated_at: datetime
    state: Mapping[str, JsonValue]
    messages: Sequence[tuple[str, str]] = ()


class ConversationRepository:
    """The conversations of one owner at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self,
        owner: Owner,
        conversation: StoredConversation,
        *,
        known: int,
        strategy: StoredStrategy | None = None,
        versions: Sequence[StoredVersion] = (),
    ) -> None:
        """Write a conversation, those of its messages that are not there yet, and what became of its strategy, in one
        transaction. `known` is how many messages were stored when the caller read or wrote it last.

        Raises InvalidInput, and writes nothing, when it is another owner's or has been continued by somebody else.
        """
        async with self._database.transaction() as session:
            row = await session.get(ConversationRow, conversation.id)
            if row is not None and row.owner_id != owner.id:
                raise InvalidInput(f"there is no conversation {conversation.id}", field="conversation")
            stored = select(func.count()).where(MessageRow.conversation_id == conversation.id)
            if (await session.scalar(stored) or 0) != known:
                raise InvalidInput(
                    "this conversation has been continued elsewhere",
                    field="conversation",
                    remedy=f"open it again: vibex chat --conversation {conversation.id}",
                )
            if strategy is not None:
                await write_strategy(session, owner, strategy, versions)
            if row is None:
                session.add(_row(owner, conversation))
                await session.flush()
            else:
                row.updated_at, row.state = conversation.updated_at, dict(conversation.state)
            session.add_all(_messages(owner, conversation, known))

    async def find(self, owner: Owner, conversation_id: str) -> StoredConversation | None:
        """The conversation of that id with its messages; None when there is none or when it is another owner's."""
        mine = (ConversationRow.owner_id == owner.id, ConversationRow.id == conversation_id)
        messages = (
            select(MessageRow)
            .where(MessageRow.owner_id == owner.id, MessageRow.conversation_id == conversation_id)
            .order_by(MessageRow.place)
        )
        async with self._database.transaction() as session:
            row = await session.scalar(select(ConversationRow).where(*mine))
            if row is None:
                return None
            said = [(message.role, message.text) for message in await session.scalars(messages)]
            return _conversation(row, said)

    async def newest(self, owner: Owner, *, limit: int = 20) -> list[StoredConversation]:
        """At most `limit` conversations without their messages, last continued first."""
        query = (
            select(ConversationRow)
            .where(ConversationRow.owner_id == owner.id)
            .order_by(ConversationRow.updated_at.desc(), ConversationRow.id.desc())
            .limit(limit)
        )
        async with self._database.transaction() as session:
            return [_conversation(row, ()) for row in await session.scalars(query)]


def _row(owner: Owner, conversation: StoredConversation) -> ConversationRow:
    return ConversationRow(
        id=conversation.id,
        owner_id=owner.id,
        strategy_id=conversation.strategy_id,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        state=dict(conversation.state),
    )


def _messages(owner: Owner, conversation: StoredConversation, first: int) -> list[MessageRow]:
    return [
        MessageRow(
            conversation_id=conversation.id,
            place=place,
            owner_id=owner.id,
            said_at=conversation.updated_at,
            role=role,
            text=text,
        )
        for place, (role, text) in enumerate(conversation.messages)
        if place >= first
    ]


def _conversation(row: ConversationRow, messages: Sequence[tuple[str, str]]) -> StoredConversation:
    return StoredConversation(
        id=row.id,
        strategy_id=row.strategy_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        state=row.state,
        messages=tuple(messages),
    )
