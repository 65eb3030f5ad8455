"""Conversations on their way to the store and back: what was said, every version, and where the talk stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from vibex.domain import Clock, InvalidInput, JsonValue
from vibex.store import (
    ConversationRepository,
    Owner,
    StoredConversation,
    StoredStrategy,
    StoredVersion,
    StrategyRepository,
)
from vibex.strategy import parse_spec
from vibex.strategy.author import Conversation, Earlier, Turn, Version
from vibex.strategy.draft import Language, Option
from vibex.strategy.drafting import Change
from vibex.strategy.explain import summary

if TYPE_CHECKING:
    from collections.abc import Sequence

LAST = "last"
"""The name under which the conversation that was continued last can be asked for."""


@dataclass(slots=True, kw_only=True)
class Archive:
    """The conversations of one owner."""

    owner: Owner
    conversations: ConversationRepository
    strategies: StrategyRepository
    clock: Clock

    async def load(self, conversation_id: str) -> Conversation:
        """The conversation of that id, or the one continued last. Raises InvalidInput when there is none."""
        if conversation_id == LAST:
            newest = await self.conversations.newest(self.owner, limit=1)
            conversation_id = newest[0].id if newest else conversation_id
        stored = await self.conversations.find(self.owner, conversation_id)
        if stored is None:
            raise InvalidInput(
                f"there is no conversation {conversation_id}", field="conversation", remedy="start one: vibex chat"
            )
        versions = await self.strategies.versions(self.owner, stored.strategy_id)
        return _conversation(stored, versions)

    async def keep(self, conversation: Conversation, known: int) -> None:
        """Write what is new since `known` messages were stored. Raises InvalidInput when somebody else went on."""
        now = self.clock.now()
        current = conversation.current
        stored = StoredConversation(
            id=conversation.id,
            strategy_id=conversation.lineage,
            created_at=now,
            updated_at=now,
            state=_state(conversation),
            messages=tuple((turn.role, turn.text) for turn in conversation.turns),
        )
        strategy = None
        if current is not None:
            reading = summary(current, conversation.language)
            strategy = StoredStrategy(
                id=conversation.lineage, name=current.name, reading=reading, created_at=now, updated_at=now
            )
        versions = [_version(place, each, now) for place, each in enumerate(conversation.versions)]
        await self.conversations.keep(self.owner, stored, known=known, strategy=strategy, versions=versions)

    async def earlier(self, but: str) -> tuple[Earlier, ...]:
        """The owner's other strategies, last changed first."""
        found = await self.strategies.newest(self.owner, limit=20)
        return tuple(Earlier(name=each.name, reading=each.reading) for each in found if each.id != but)


def _state(conversation: Conversation) -> dict[str, JsonValue]:
    options: list[JsonValue] = [
        {"label": each.label, "text": each.text, "completes": each.completes} for each in conversation.options
    ]
    return {
        "at": conversation.at,
        "open_texts": list(conversation.open_texts),
        "options": options,
        "language": conversation.language,
    }


def _conversation(stored: StoredConversation, versions: Sequence[StoredVersion]) -> Conversation:
    state = stored.state
    options, texts, at = state.get("options"), state.get("open_texts"), state.get("at")
    return Conversation(
        id=stored.id,
        lineage=stored.strategy_id,
        turns=tuple(Turn(role=role, text=text) for role, text in stored.messages),
        versions=tuple(_made(each) for each in versions),
        at=at if isinstance(at, int) else None,
        open_texts=tuple(str(each) for each in texts) if isinstance(texts, list) else (),
        options=tuple(_option(each) for each in options if isinstance(each, dict)) if isinstance(options, list) else (),
        language=cast("Language", state.get("language") or "en"),
    )


def _option(stored: dict[str, JsonValue]) -> Option:
    return Option(label=str(stored["label"]), text=str(stored["text"]), completes=stored.get("completes") is True)


def _version(place: int, version: Version, now: datetime) -> StoredVersion:
    return StoredVersion(
        place=place,
        created_at=now,
        author=version.author,
        text=version.text,
        spec=version.spec.to_json_dict(),
        spec_digest=version.spec.rules_digest(),
        difference=tuple(change.to_json() for change in version.changes),
        parent=version.parent,
    )


def _made(stored: StoredVersion) -> Version:
    changes = [each for each in stored.difference if isinstance(each, dict)]
    return Version(
        spec=parse_spec(dict(stored.spec)),
        author=stored.author,
        text=stored.text,
        changes=tuple(
            Change(path=str(each["path"]), old=each.get("old"), new=each.get("new"), words=str(each["words"]))
            for each in changes
        ),
        parent=stored.parent,
    )
