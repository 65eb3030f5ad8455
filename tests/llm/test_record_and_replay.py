"""Every call is recorded; a recording answers the same question the same way, errors included."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.llm.questions import MODEL, NOON, OCCASION, SCHEMA, Clients, question
from vibex.domain import InvalidInput, ManualClock, VibexError, account_id
from vibex.llm import Answer, Model, NotRecorded, Replay, Tool, read_recordings, write_recordings
from vibex.store import LOCAL_OWNER, Account, CallOutcome, ModelCallRepository, Owner
from vibex.testing.model_replies import CallsTool, Fails, GivesJson, Reply, TokenCount, cut_off, refuses, says
from vibex.testing.model_server import ModelServer

LOOK = Tool(name="look", description="Look.", parameters={"type": "object"})


async def ask_all(model: Model) -> list[tuple[Answer | str, list[str]]]:
    """The outcome of six questions, and what was heard meanwhile."""
    found: list[tuple[Answer | str, list[str]]] = []
    for request in (
        question(),
        question(),
        question(answer_schema=SCHEMA),
        question(tools=(LOOK,)),
        question(max_tokens=50),
        question(max_tokens=51),
        question(max_tokens=52),
    ):
        heard: list[str] = []
        try:
            outcome: Answer | str = await model.ask(request, OCCASION, listen=heard.append)
        except VibexError as error:
            outcome = f"{type(error).__name__}: {error.message}"
        found.append((outcome, heard))
    return found


async def test_a_replay_equals_the_run_that_it_was_recorded_from(
    clients: Clients, calls: ModelCallRepository, tmp_path: Path, clock: ManualClock
) -> None:
    script: list[Reply] = [
        says("go \u2028 long"),
        says("no, short"),
        GivesJson(value={"side": "long"}),
        CallsTool(name="look", arguments='{"bars": 3}'),
        refuses("I cannot"),
        cut_off("half an "),
        Fails(status=400, message="no"),
    ]
    async with ModelServer(script, lacks=["response_format"]) as server, clients.of(server) as client:
        live = await ask_all(client)
    recorded = await calls.newest(LOCAL_OWNER)
    write_recordings(tmp_path / "calls.jsonl", recorded)
    replay = Replay(read_recordings(tmp_path / "calls.jsonl"))
    assert read_recordings(tmp_path / "calls.jsonl") == recorded
    assert await ask_all(replay) == live
    assert replay.unused == 0
    assert [type(outcome).__name__ for outcome, _ in live] == ["Answer"] * 4 + ["str"] * 3


async def test_what_was_not_recorded_is_named() -> None:
    with pytest.raises(NotRecorded, match=r"test asks x-ai/grok-4 'long or short\?' .* never recorded"):
        await Replay([]).ask(question(), OCCASION)


async def test_a_recording_answers_once(clients: Clients, calls: ModelCallRepository) -> None:
    async with ModelServer([says("long")]) as server, clients.of(server) as client:
        await client.ask(question(), OCCASION)
    replay = Replay(await calls.newest(LOCAL_OWNER))
    await replay.ask(question(), OCCASION)
    with pytest.raises(NotRecorded, match="more often"):
        await replay.ask(question(), OCCASION)


async def test_the_record_holds_prompt_context_answer_tokens_cost_and_latency(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    usage = TokenCount(prompt=10, completion=2, cached=4)
    occasion = replace(OCCASION, account_id=account_id("alpha"))
    async with ModelServer([says("go long", usage=usage)]) as server, clients.of(server) as client:
        answer = await client.ask(question(), occasion, listen=lambda _text: clock.advance(0.5))
        base_url = server.base_url
    (call,) = await calls.newest(LOCAL_OWNER)
    assert call.id == answer.call_id
    assert (call.asked_at, call.model, call.base_url) == (NOON, MODEL, base_url)
    assert call.request == question().document()
    assert call.request_digest == question().digest()
    assert (call.purpose, call.subject, call.account_id, call.correlation_id) == ("test", "BTC", "alpha", "work-1")
    assert call.context == {"bars": 3}
    assert call.answer["chunks"] == [[0, "go "], [500, "long"]]
    assert (call.prompt_tokens, call.cached_tokens, call.output_tokens) == (10, 4, 2)
    assert call.cost_usd == answer.cost_usd == Decimal("0.000051")
    assert call.latency_ms == answer.latency_ms == 1000
    assert (call.outcome, call.error) == (CallOutcome.ANSWERED, None)


async def test_calls_are_found_by_scope_time_and_label(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    alpha = replace(OCCASION, account_id=account_id("alpha"), purpose="decision", subject="ETH")
    async with ModelServer(lambda _asked: says("long")) as server, clients.of(server) as client:
        first = await client.ask(question(), OCCASION)
        clock.advance(3600)
        second = await client.ask(question(), alpha)
    later = NOON + timedelta(hours=1)

    async def ids(**labels: object) -> list[str]:
        return [call.id for call in await calls.newest(LOCAL_OWNER, **labels)]  # type: ignore[arg-type]

    assert await ids() == [second.call_id, first.call_id]
    assert await ids(since=later) == [second.call_id]
    assert await ids(until=later) == [first.call_id]
    assert await ids(purpose="decision") == [second.call_id]
    assert await ids(subject="BTC") == [first.call_id]
    assert await ids(correlation_id="work-2") == []
    assert await ids(limit=1) == [second.call_id]
    assert [call.id for call in await calls.newest(Account(account_id("alpha")))] == [second.call_id]
    assert await calls.newest(Account(account_id("beta"))) == []
    assert await calls.newest(Owner("someone")) == []
    assert await calls.find(Owner("someone"), first.call_id) is None
    assert await calls.find(LOCAL_OWNER, first.call_id) is not None


async def test_settling_twice_pays_once(clients: Clients, calls: ModelCallRepository) -> None:
    async with ModelServer([says("long")]) as server, clients.of(server) as client:
        await client.ask(question(), OCCASION)
    (call,) = await calls.newest(LOCAL_OWNER)
    await calls.settle(LOCAL_OWNER, replace(call, cost_usd=Decimal(1)))
    assert await calls.newest(LOCAL_OWNER) == [call]
    assert await calls.committed_usd(LOCAL_OWNER, NOON.date()) == call.cost_usd


async def test_a_damaged_recording_is_refused_by_line_and_field(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(InvalidInput, match="line 1: "):
        read_recordings(file)


def test_equal_questions_have_equal_digests_and_every_change_shows() -> None:
    digests = {
        one.digest()
        for one in (
            question(),
            question(model="other"),
            question(max_tokens=1),
            question(temperature=0.0),
            question(answer_schema=SCHEMA),
            question(tools=(LOOK,)),
            question(messages=question().messages[1:]),
        )
    }
    assert len(digests) == 7
    assert question().digest() == question().digest()
