"""A model that is down, slow, dear or talks nonsense: the offline draft, marked with the reason in words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.llm.questions import KEY, MODEL, Clients
from tests.strategy.author.answers import TEXT, answer, drafted, gives, spec
from vibex.domain import ManualClock
from vibex.llm import NotRecorded, Replay, Retries, Timeouts
from vibex.store import LOCAL_OWNER, ModelCallRepository
from vibex.strategy.author import Authored, author
from vibex.strategy.author.author import PATIENCE_S
from vibex.strategy.drafting import draft
from vibex.strategy.phrases import read
from vibex.testing.model_replies import (
    CallsTool,
    Fails,
    GivesJson,
    HangsUp,
    KeepsSilent,
    Reply,
    Says,
    Sends,
    cut_off,
    refuses,
    says,
)
from vibex.testing.model_server import ModelServer

ONCE = Retries(attempts=1)


def assert_is_offline(authored: Authored, why: str) -> None:
    """The offline draft of `TEXT`, with a mark that holds `why`."""
    offline = draft(read(TEXT))
    assert authored.source == "offline"
    assert authored.draft.spec == offline.spec is not None
    marks = [issue for issue in authored.draft.issues if issue not in offline.issues]
    assert [(issue.severity, issue.field) for issue in marks] == [("info", "text")]
    assert marks[0].message.startswith("the model")
    assert marks[0].message.endswith("; this is the offline reading")
    assert why in marks[0].message
    assert authored.draft.explanation.endswith(offline.explanation)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Fails(status=500), "cannot be reached: x-ai/grok-4 cannot be asked: HTTP 500"),
        (Fails(status=429), "HTTP 429"),
        (Fails(status=401, message="bad key"), "does not accept the key: bad key"),
        (HangsUp(), "no complete answer: the connection broke"),
        (KeepsSilent(), "no complete answer: the endpoint was silent"),
        (cut_off('{"intent": "stra'), "no complete answer"),
        (says("I would buy the dip!"), "cannot be read"),
        (Says(pieces=('{"intent": "strategy", "spec": {',), finish="length"), "cannot be read: the answer was cut off"),
        (GivesJson(value=["a", "list"]), "cannot be read: JSON, but no object"),
        (Sends(body=b"<html>login</html>", content_type="text/html"), "content type text/html"),
        (refuses("I cannot give <b>advice</b>"), "refused to answer: I cannot give advice"),
    ],
)
async def test_a_fault_gives_the_offline_draft_and_says_why(reply: Reply, why: str, clients: Clients) -> None:
    timeouts = Timeouts(read=0.02) if isinstance(reply, KeepsSilent) else None
    async with ModelServer([reply] * 2) as server, clients.of(server, timeouts=timeouts, retries=ONCE) as client:
        assert_is_offline(await drafted(client), why)


async def test_a_slow_model_is_left_at_the_deadline(clients: Clients, clock: ManualClock) -> None:
    async def crawl(_: int) -> None:
        clock.advance(400)

    slow = Says(pieces=("{", '"intent"', ": "), gate=crawl)
    async with ModelServer([slow]) as server, clients.of(server, timeouts=Timeouts(total=600)) as client:
        assert_is_offline(await drafted(client), "no complete answer within 600 s")


async def test_all_rounds_of_a_request_share_one_deadline(clients: Clients, clock: ManualClock) -> None:
    bad = answer({**spec(), "entry": {"long": {"left": "nowhere", "op": ">", "right": 1}}})

    async def think(_: int) -> None:
        clock.advance(PATIENCE_S / 4)

    slow = Says(pieces=(json.dumps(bad),), gate=think)
    async with ModelServer([slow] * 9) as server, clients.of(server) as client:
        authored = await drafted(client, clock=clock)
        asked = len(server.received)
    assert asked < 4, "a fourth of the time for each piece leaves no room for three repairs"
    assert authored.source == "offline"
    assert authored.draft.spec == draft(read(TEXT)).spec
    assert any(issue.message.endswith("this is the offline reading") for issue in authored.draft.issues)


async def test_beyond_the_budget_nothing_is_sent(clients: Clients) -> None:
    async with ModelServer([gives(spec())]) as server, clients.of(server, daily_usd="0.01") as client:
        assert_is_offline(await drafted(client), "was not asked: this call may cost")
        assert server.received == []


async def test_a_model_without_a_price_is_not_asked(clients: Clients) -> None:
    async with ModelServer([gives(spec())]) as server, clients.of(server) as client:
        authored = await author(
            TEXT, model=client, model_name="somebody/unknown", owner=LOCAL_OWNER, offline_reading=read(TEXT)
        )
        assert server.received == []
    assert_is_offline(authored, "somebody/unknown has no price")


async def test_an_answer_of_another_form_is_repaired_or_left(clients: Clients) -> None:
    odd = GivesJson(value={"intent": "dance", "spec": "buy"})
    async with ModelServer([odd, gives(spec())]) as server, clients.of(server) as client:
        assert (await drafted(client)).source == "model"
    async with ModelServer([odd] * 4) as server, clients.of(server) as client:
        assert_is_offline(await drafted(client), "did not pass the checks")


@pytest.mark.parametrize("as_tool", [False, True])
async def test_half_characters_of_a_model_and_of_a_user_are_no_exception(as_tool: bool, clients: Clients) -> None:
    def reply(value: object) -> Reply:
        text = json.dumps(value)  # half characters travel as escapes
        return CallsTool(name="strategy_answer", arguments=text) if as_tool else Says(pieces=(text,))

    wrong = answer(spec(symbols=["BTC\ud800", "BTC/USDT"]))
    asks = answer(None, question={"field": "entry", "text": "What is \ud800"})
    lacks = ["response_format"] if as_tool else []
    async with ModelServer([reply(wrong), reply(asks)], lacks=lacks) as server, clients.of(server) as client:
        authored = await drafted(client, TEXT + " \ud800")
    assert authored.draft.spec is None
    assert [issue.message for issue in authored.draft.issues if issue.severity == "error"] == ["What is?"]


async def test_a_fault_during_a_repair_leaves_the_answer_that_was_good_enough(clients: Clients) -> None:
    doubtful = gives(spec(time_stop_bars=17))
    async with ModelServer([doubtful, Fails(status=500)]) as server, clients.of(server, retries=ONCE) as client:
        authored = await drafted(client)
    assert authored.source == "model"
    assert authored.draft.spec is not None
    assert authored.draft.spec.time_stop_bars == 17
    said = {(issue.severity, issue.field) for issue in authored.draft.issues}
    assert ("warning", "time_stop_bars") in said
    assert any("HTTP 500" in issue.message for issue in authored.draft.issues)


@pytest.mark.parametrize(
    "script",
    [
        [gives(spec())],
        [gives(spec(symbols=["ETH/USDT"])), gives(spec())],
        [Fails(status=400, message="no")],
        [gives(spec(leverage=7)), refuses("enough")],
    ],
)
async def test_a_replay_without_network_gives_the_same(
    script: list[Reply], clients: Clients, calls: ModelCallRepository
) -> None:
    async with ModelServer(script) as server, clients.of(server) as client:
        live = await drafted(client, correlation_id="idea")
    replay = Replay(await calls.newest(LOCAL_OWNER, correlation_id="idea"))
    assert await drafted(replay, correlation_id="idea") == live
    assert replay.unused == 0


async def test_a_replay_without_the_recording_is_a_defect_and_no_offline_draft() -> None:
    with pytest.raises(NotRecorded):
        await drafted(Replay([]))


async def test_calls_are_recorded_with_prompt_version_and_round(clients: Clients, calls: ModelCallRepository) -> None:
    async with ModelServer([gives(spec(symbols=["ETH/USDT"])), gives(spec())]) as server, clients.of(server) as client:
        await drafted(client)
    repair, first = await calls.newest(LOCAL_OWNER)
    assert (first.purpose, repair.purpose) == ("strategy_draft", "strategy_repair")
    assert (first.context["round"], repair.context["round"]) == (0, 1)
    assert first.context["prompts"] == ["system_v2", "catalogue_v1", "answer_v2", "findings_v1"]
    assert KEY not in str(first.request)
    assert first.model == MODEL
    assert repair.asked_at - first.asked_at < timedelta(hours=1)
