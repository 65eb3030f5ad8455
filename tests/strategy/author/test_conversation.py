"""Follow-ups: what the model sees, which versions remain, what undo and redo do."""

from __future__ import annotations

from typing import Any

from tests.llm.questions import MODEL, NOON, Clients
from tests.strategy.author.answers import TEXT, envelope, gives, spec
from vibex.domain import ManualClock
from vibex.llm import Model
from vibex.store import LOCAL_OWNER
from vibex.strategy import parse_spec
from vibex.strategy.author import Authored, Conversation, converse
from vibex.strategy.draft import Draft, Issue
from vibex.strategy.phrases import read
from vibex.testing.model_replies import Fails, Reply
from vibex.testing.model_server import ModelServer


async def said(
    conversation: Conversation, text: str, model: Model | None = None, **options: Any
) -> tuple[Conversation, Authored]:
    return await converse(conversation, text, read=read, owner=LOCAL_OWNER, model=model, model_name=MODEL, **options)


def begun() -> Conversation:
    return Conversation.start(ManualClock(NOON))


async def test_a_follow_up_changes_the_current_strategy_and_keeps_its_assumptions(clients: Clients) -> None:
    tighter = spec(
        stop_loss={"type": "percent", "value": 3}, sizing={"type": "risk_percent", "value": 1, "cap_percent": 100}
    )
    async with ModelServer([gives(spec()), gives(tighter, intent="change")]) as server, clients.of(server) as client:
        first, _ = await said(begun(), TEXT, client)
        second, authored = await said(first, "make the stop 3 %", client)
        sent = envelope(server, 1)
    assert sent["current_strategy"]["stop_loss"] == {"type": "percent", "value": 2}
    assert [turn["role"] for turn in sent["history"]] == ["user", "assistant"]
    assert sent["numbers"] == [3]
    assert len(server.received) == 2, "nothing had to be repaired"
    assert second.current == authored.draft.spec
    assert second.current is not None
    assert {each.field for each in second.current.assumptions} >= {"sizing"}
    version = second.versions[1]
    assert (version.author, version.text, version.parent) == ("model", "make the stop 3 %", 0)
    assert [(change.path, change.old, change.new) for change in version.changes] == [("stop_loss.value", 2, 3)]
    assert second.lineage == first.lineage


async def test_a_stop_that_was_ruled_out_is_not_filled_in_by_a_follow_up(clients: Clients) -> None:
    naked = spec(stop_loss=None)
    script: list[Reply] = [
        gives(naked, refused=["stop_loss"]),
        gives({**naked, "timeframe": "1h"}, intent="change"),
    ]
    text = "Buy BTC when RSI(14) crosses below 30 on the 4h chart, sell when it goes above 55, no stop"
    async with ModelServer(script) as server, clients.of(server) as client:
        first, _ = await said(begun(), text, client)
        second, _ = await said(first, "try it on 1h", client)
    assert second.current is not None
    assert second.current.stop_loss is None
    assert second.current.timeframe.value == "1h"


async def test_without_a_model_a_change_of_one_field_is_read_offline() -> None:
    first, _ = await said(begun(), TEXT)
    second, authored = await said(first, "Make the stop 3 %.")
    assert authored.source == "offline"
    assert second.versions[1].author == "reader"
    assert [change.path for change in second.versions[1].changes] == ["stop_loss.value"]


async def test_a_failing_model_leaves_the_offline_change_marked(clients: Clients) -> None:
    async with ModelServer([gives(spec()), Fails(status=400, message="no")]) as server, clients.of(server) as client:
        first, _ = await said(begun(), TEXT, client)
        second, authored = await said(first, "make the stop 3 %", client)
    assert authored.source == "offline"
    assert any(issue.message.endswith("this is the offline reading") for issue in authored.draft.issues)
    assert [version.author for version in second.versions] == ["model", "reader"]


async def test_undo_goes_back_and_loses_nothing() -> None:
    first, _ = await said(begun(), TEXT)
    second, _ = await said(first, "Make the stop 3 %.")
    undone, authored = await said(second, "Undo.")
    assert undone.current == first.current == authored.draft.spec
    assert len(undone.versions) == 2
    branched, _ = await said(undone, "Make the stop 5 %.")
    assert [version.parent for version in branched.versions] == [None, 0, 0]
    again, _ = await said(branched, "undo")
    assert again.current == first.current


async def test_undo_with_nothing_before_says_so() -> None:
    for conversation in (begun(), (await said(begun(), TEXT))[0]):
        after, authored = await said(conversation, "undo")
        assert authored.draft.spec is None
        assert [issue.severity for issue in authored.draft.issues] == ["error"]
        assert after.current == conversation.current


async def test_a_change_without_effect_is_said_and_makes_no_version() -> None:
    first, _ = await said(begun(), TEXT)
    second, authored = await said(first, "Make the stop 2 %.")
    assert len(second.versions) == 1
    assert any("nothing changes" in issue.message for issue in authored.draft.issues)


async def test_an_answer_to_a_question_completes_the_request(clients: Clients) -> None:
    question = {"field": "symbols", "text": "Which asset?"}
    script = [gives(None, question=question), gives(spec())]
    async with ModelServer(script) as server, clients.of(server) as client:
        asked, first = await said(begun(), TEXT.replace("BTC", "it"), client)
        done, authored = await said(asked, "BTC", client)
        assert envelope(server, 1)["may_ask"] is False
        assert envelope(server, 1)["history"][-1] == {"role": "assistant", "text": "Which asset?"}
    assert first.draft.spec is None
    assert asked.versions == ()
    assert asked.open_texts == (TEXT.replace("BTC", "it"),)
    assert authored.draft.spec is not None
    assert done.open_texts == ()


def test_versions_name_their_maker() -> None:
    made = parse_spec({"version": 1, "name": "a", "sizing": {"type": "fixed_percent", "value": 5}, **spec()})
    answered = begun().answered(TEXT, Authored(draft=Draft(spec=made, issues=(), explanation="."), source="offline"))
    edited = answered.changed(made.model_copy(update={"leverage": 2.0}), "user", "edited by hand")
    assert [version.author for version in edited.versions] == ["reader", "user"]
    assert [change.path for change in edited.versions[1].changes] == ["leverage"]
    assert edited.changed(edited.versions[1].spec, "user", "again") is edited


def test_a_refusal_makes_no_version() -> None:
    refused = Draft(spec=None, issues=(Issue(severity="error", field="text", message="no"),), explanation="no")
    after = begun().answered("hello", Authored(draft=refused, source="offline"))
    assert after.versions == ()
    assert [turn.role for turn in after.turns] == ["user", "assistant"]
