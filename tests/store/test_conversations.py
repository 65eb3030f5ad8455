"""Conversations, strategies with their versions, and trials: owned, only ever longer, and there after an upgrade."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import vibex.store
from vibex.domain import InvalidInput
from vibex.store import (
    LOCAL_OWNER,
    ConversationRepository,
    Database,
    Owner,
    StoredConversation,
    StoredStrategy,
    StoredVersion,
    StrategyRepository,
    Trial,
    TrialRepository,
)

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
SOMEONE = Owner("someone")
STRATEGY = StoredStrategy(id="s1", name="RSI", reading="buys low", created_at=NOON, updated_at=NOON)
FIRST = StoredVersion(
    place=0, created_at=NOON, author="reader", text="buy low", spec={"version": 1}, spec_digest="a" * 64
)
SECOND = replace(FIRST, place=1, author="model", spec_digest="b" * 64, difference=({"path": "stop_loss"},), parent=0)
TALK = StoredConversation(
    id="c1",
    strategy_id="s1",
    created_at=NOON,
    updated_at=NOON,
    state={"at": 0},
    messages=(("user", "buy low"), ("assistant", "so be it")),
)
TRIAL = Trial(id="t1", strategy_id="s1", data_digest="d", spec_digest="x", run_at=NOON)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'vibex.db'}")
    await database.upgrade()
    yield database
    await database.close()


async def test_a_conversation_reads_back_with_its_messages_in_order(database: Database) -> None:
    talks = ConversationRepository(database)
    await talks.keep(LOCAL_OWNER, TALK, known=0)
    longer = replace(TALK, state={"at": None}, messages=(*TALK.messages, ("user", "undo")))
    await talks.keep(LOCAL_OWNER, longer, known=2)
    assert await talks.find(LOCAL_OWNER, "c1") == longer
    assert [each.id for each in await talks.newest(LOCAL_OWNER)] == ["c1"]


async def test_two_writers_of_one_conversation_cannot_lose_each_others_turns(database: Database) -> None:
    talks, strategies = ConversationRepository(database), StrategyRepository(database)
    await talks.keep(LOCAL_OWNER, TALK, known=0, strategy=STRATEGY, versions=[FIRST])
    other = replace(TALK, messages=(*TALK.messages, ("user", "mine")))
    await talks.keep(LOCAL_OWNER, other, known=2)
    with pytest.raises(InvalidInput, match="continued elsewhere"):
        await talks.keep(LOCAL_OWNER, other, known=2, strategy=STRATEGY, versions=[FIRST, SECOND])
    assert await strategies.versions(LOCAL_OWNER, "s1") == [FIRST], "nothing of the refused turn is kept"


async def test_versions_are_added_and_never_rewritten(database: Database) -> None:
    strategies = StrategyRepository(database)
    await strategies.keep(LOCAL_OWNER, STRATEGY, [FIRST])
    renamed = replace(STRATEGY, name="RSI, tighter", updated_at=NOON + timedelta(hours=1))
    await strategies.keep(LOCAL_OWNER, renamed, [replace(FIRST, text="forged"), SECOND])
    assert await strategies.versions(LOCAL_OWNER, "s1") == [FIRST, SECOND]
    assert await strategies.newest(LOCAL_OWNER) == [renamed]


async def test_a_deleted_strategy_is_hidden_and_its_trials_still_count(database: Database) -> None:
    strategies, trials = StrategyRepository(database), TrialRepository(database)
    await strategies.keep(LOCAL_OWNER, STRATEGY, [FIRST])
    await trials.add(LOCAL_OWNER, TRIAL)
    assert await strategies.delete(LOCAL_OWNER, "s1", NOON)
    assert not await strategies.delete(LOCAL_OWNER, "s1", NOON)
    assert await strategies.newest(LOCAL_OWNER) == []
    assert await trials.count(LOCAL_OWNER, "s1", "d") == (1, 1)


async def test_a_repeated_run_is_a_run_and_no_new_distinct_trial(database: Database) -> None:
    trials = TrialRepository(database)
    assert await trials.add(LOCAL_OWNER, TRIAL) == (1, 1)
    assert await trials.add(LOCAL_OWNER, replace(TRIAL, id="t2", run_id="r")) == (2, 1)
    assert await trials.add(LOCAL_OWNER, replace(TRIAL, id="t3", spec_digest="y")) == (3, 2)
    assert await trials.add(LOCAL_OWNER, replace(TRIAL, id="t4", data_digest="other")) == (1, 1)
    assert await trials.add(LOCAL_OWNER, replace(TRIAL, id="t5", strategy_id="s2")) == (1, 1)


async def test_another_owner_sees_and_changes_nothing(database: Database) -> None:
    talks, strategies, trials = (
        ConversationRepository(database),
        StrategyRepository(database),
        TrialRepository(database),
    )
    await talks.keep(LOCAL_OWNER, TALK, known=0, strategy=STRATEGY, versions=[FIRST])
    await trials.add(LOCAL_OWNER, TRIAL)
    assert await talks.find(SOMEONE, "c1") is None
    assert await talks.newest(SOMEONE) == []
    assert await strategies.newest(SOMEONE) == []
    assert await strategies.versions(SOMEONE, "s1") == []
    assert not await strategies.delete(SOMEONE, "s1", NOON)
    assert await trials.count(SOMEONE, "s1", "d") == (0, 0)
    for write in (talks.keep(SOMEONE, TALK, known=2), strategies.keep(SOMEONE, STRATEGY, [SECOND])):
        with pytest.raises(InvalidInput, match="there is no"):
            await write
    assert await strategies.versions(LOCAL_OWNER, "s1") == [FIRST]


async def test_a_store_of_the_version_before_is_upgraded_with_its_rows(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    async with database.transaction() as session:
        await (await session.connection()).run_sync(_migrate_to, "0002")
        await session.execute(
            text("INSERT INTO llm_budget (owner_id, day, committed_usd) VALUES ('local', '2024-01-01', 2500000000000)")
        )
    await database.upgrade()
    await TrialRepository(database).add(LOCAL_OWNER, TRIAL)
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT committed_usd FROM llm_budget")) == 2_500_000_000_000
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == "0004"
        await (await session.connection()).run_sync(_migrate_to, "-2")
        assert await session.scalar(text("SELECT count(*) FROM llm_budget")) == 1
    await database.close()


def _migrate_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(vibex.store.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    (command.downgrade if revision.startswith("-") else command.upgrade)(config, revision)
