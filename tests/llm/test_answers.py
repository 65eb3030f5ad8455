"""What a working endpoint is asked and how its answer is read, over real HTTP."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.llm.questions import MODEL, OCCASION, SCHEMA, SIDE, Clients, question
from vibex.domain import InvalidInput
from vibex.llm import AnswerMalformed, Message, ModelRefused, Role, Tool, ToolCall
from vibex.llm.sse import EventReader
from vibex.testing.model_replies import CallsTool, GivesJson, Reply, Says, Sends, TokenCount, refuses, says
from vibex.testing.model_server import ModelServer, serve_in_thread

LOOK = Tool(name="look", description="Look at a chart.", parameters={"type": "object"})


async def test_text_streams_to_the_listener_and_comes_back_whole_with_its_bill(clients: Clients) -> None:
    heard: list[str] = []
    usage = TokenCount(prompt=1000, completion=100, cached=400)
    async with ModelServer([says("go long \u2028 now", usage=usage)]) as server, clients.of(server) as client:
        answer = await client.ask(question(), OCCASION, listen=heard.append)
    assert answer.text == "go long \u2028 now"
    assert heard == [chunk.text for chunk in answer.chunks] == ["go ", "long ", "\u2028 ", "now"]
    assert answer.cost_usd == Decimal("0.0018") + Decimal("0.0003") + Decimal("0.0015")
    assert answer.concessions == ()
    asked = server.received[0]
    assert asked.path == "/v1/chat/completions"
    assert asked.body["model"] == MODEL
    assert asked.body["max_tokens"] == 200
    assert asked.body["messages"] == [
        {"role": "system", "content": "You trade."},
        {"role": "user", "content": "long or short?"},
    ]
    assert "temperature" not in asked.body


async def test_openrouter_learns_who_asks(clients: Clients) -> None:
    headers = {"X-Title": "trading-agent", "HTTP-Referer": "https://example.org"}
    async with ModelServer([says("yes")]) as server, clients.of(server, headers=headers) as client:
        await client.ask(question(), OCCASION)
    sent = server.received[0].headers
    assert (sent["x-title"], sent["http-referer"]) == ("trading-agent", "https://example.org")


async def test_an_endpoint_without_streams_is_asked_without_and_this_is_remembered(clients: Clients) -> None:
    script = [says("one"), says("two")]
    async with ModelServer(script, lacks=["stream"]) as server, clients.of(server) as client:
        first = await client.ask(question(), OCCASION)
        second = await client.ask(question(), OCCASION)
    assert (first.text, second.text) == ("one", "two")
    assert first.concessions == ("answer not streamed",)
    assert ["stream" in asked.body for asked in server.received] == [True, False, False]


@pytest.mark.parametrize(
    ("lacks", "form"),
    [
        ([], None),
        (["response_format"], "schema conveyed as tool"),
        (["response_format", "tools"], "schema conveyed as text"),
        (["response_format", "tools", "stream"], "schema conveyed as text"),
    ],
)
async def test_a_schema_is_conveyed_in_the_best_form_that_the_endpoint_takes(
    lacks: list[str], form: str | None, clients: Clients
) -> None:
    script = [GivesJson(value={"side": "long"})] * 2
    async with ModelServer(script, lacks=lacks) as server, clients.of(server) as client:
        answer = await client.ask(question(answer_schema=SCHEMA), OCCASION)
        refusals = len(server.received) - 1
        again = await client.ask(question(answer_schema=SCHEMA), OCCASION)
    assert answer.structured == again.structured == {"side": "long"}
    assert answer.tool_calls == ()
    assert refusals == len(lacks)
    assert len(server.received) == refusals + 2, "what was refused once is not asked for again"
    assert (form in answer.concessions) if form else answer.concessions == ()


async def test_a_form_is_not_given_up_for_a_fault_that_does_not_name_it(clients: Clients) -> None:
    too_long = Sends(status=400, body=b'{"error": {"message": "context length exceeded"}}')
    async with ModelServer([too_long]) as server, clients.of(server) as client:
        with pytest.raises(InvalidInput, match="context length exceeded"):
            await client.ask(question(answer_schema=SCHEMA), OCCASION)
    assert len(server.received) == 1


async def test_one_bad_schema_does_not_cost_the_endpoint_its_better_form(clients: Clients) -> None:
    bad = Sends(status=400, body=b'{"error": {"message": "Invalid schema for response_format \'decision\'"}}')
    script: list[Reply] = [bad, GivesJson(value={"side": "long"}), GivesJson(value={"side": "short"})]
    async with ModelServer(script) as server, clients.of(server) as client:
        assert (await client.ask(question(answer_schema=SCHEMA), OCCASION)).structured == {"side": "long"}
        assert (await client.ask(question(answer_schema=SCHEMA), OCCASION)).structured == {"side": "short"}
    assert ["response_format" in asked.body for asked in server.received] == [True, False, True]


async def test_newer_names_and_forbidden_temperatures_are_learnt(clients: Clients) -> None:
    lacks = ["max_tokens", "temperature", "stream_options"]
    async with ModelServer([says("fine")], lacks=lacks) as server, clients.of(server) as client:
        answer = await client.ask(question(temperature=0.0), OCCASION)
    taken = server.received[-1].body
    assert taken["max_completion_tokens"] == 200
    assert not {"max_tokens", "temperature", "stream_options"} & set(taken)
    assert answer.concessions == ("temperature left out",)
    assert answer.cost_usd is None, "without usage nobody knows the bill"


async def test_tool_calls_are_typed_values_and_their_results_go_back(clients: Clients) -> None:
    wish = CallsTool(name="look", arguments='{"symbol": "BTC", "bars": 20}')
    script: list[Reply] = [wish, says("long")]
    async with ModelServer(script) as server, clients.of(server) as client:
        first = await client.ask(question(tools=(LOOK,)), OCCASION)
        assert first.tool_calls == (ToolCall(id="call_1", name="look", arguments={"symbol": "BTC", "bars": 20}),)
        history = (
            Message(role=Role.USER, text="look"),
            Message(role=Role.ASSISTANT, text="", tool_calls=first.tool_calls),
            Message(role=Role.TOOL, text="rising", tool_call_id="call_1"),
        )
        assert (await client.ask(question(messages=history, tools=(LOOK,)), OCCASION)).text == "long"
    sent = server.received[1].body["messages"]
    assert isinstance(sent, list)
    assert isinstance(sent[1], dict)
    assert sent[1]["tool_calls"] == [
        {
            "id": "call_1",
            "type": "function",
            "function": {"name": "look", "arguments": '{"symbol": "BTC", "bars": 20}'},
        }
    ]
    assert sent[2] == {"role": "tool", "content": "rising", "tool_call_id": "call_1"}


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (CallsTool(name="withdraw", arguments="{}"), "not offered"),
        (CallsTool(name="look", arguments='{"symbol": '), "no JSON"),
        (CallsTool(name="look", arguments="[1]"), "arguments"),
        (CallsTool(name="look", arguments='{"symbol": "BT', finish="length"), "cut off"),
        (says(""), "empty"),
    ],
)
async def test_an_unusable_wish_is_malformed(reply: CallsTool, complaint: str, clients: Clients) -> None:
    async with ModelServer([reply]) as server, clients.of(server) as client:
        with pytest.raises(AnswerMalformed, match=complaint):
            await client.ask(question(tools=(LOOK,)), OCCASION)


@pytest.mark.parametrize(
    "text",
    ["buy!", "", '{"side": "long"', '{"side": NaN}', '{"side": 1e999}', "[1]", '"long"', '{"a":' * 100_000],
)
async def test_text_that_is_no_json_object_is_malformed_and_keeps_the_text(text: str, clients: Clients) -> None:
    async with ModelServer([Says(pieces=(text,))]) as server, clients.of(server) as client:
        with pytest.raises(AnswerMalformed) as error:
            await client.ask(question(answer_schema=SCHEMA), OCCASION)
    assert error.value.text == text


async def test_json_that_ends_at_the_token_limit_names_the_limit_but_plain_text_is_kept(clients: Clients) -> None:
    half = Says(pieces=('{"side": "lo',), finish="length")
    story = Says(pieces=("Once upon",), finish="length")
    async with ModelServer([half, story]) as server, clients.of(server) as client:
        with pytest.raises(AnswerMalformed, match="200 tokens"):
            await client.ask(question(answer_schema=SCHEMA), OCCASION)
        answer = await client.ask(question(), OCCASION)
    assert answer.text == "Once upon"
    assert answer.is_truncated


@pytest.mark.parametrize("reply", [refuses("I cannot"), Says(pieces=("I cannot",), finish="content_filter")])
@pytest.mark.parametrize("lacks", [[], ["stream"]])
async def test_a_refusal_is_told_from_an_answer(reply: Says, lacks: list[str], clients: Clients) -> None:
    async with ModelServer([reply], lacks=lacks) as server, clients.of(server) as client:
        with pytest.raises(ModelRefused) as error:
            await client.ask(question(), OCCASION)
    assert error.value.text == "I cannot"


async def test_reasoning_that_stands_only_in_the_total_is_paid_for(clients: Clients) -> None:
    document = {
        "choices": [{"message": {"content": "long"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 115},
    }
    async with ModelServer([Sends(body=json.dumps(document).encode())]) as server, clients.of(server) as client:
        answer = await client.ask(question(), OCCASION)
    assert answer.usage is not None
    assert answer.usage.output == 105


async def test_the_server_also_runs_on_a_loop_of_its_own(clients: Clients) -> None:
    with serve_in_thread(lambda asked: says(str(asked.body["model"]))) as server:
        async with clients.of(server) as client:
            assert (await client.ask(question(), OCCASION)).text == MODEL


@settings(max_examples=60)
@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), min_size=1), min_size=1, max_size=6),
    st.integers(1, 7),
    st.sampled_from(["\n", "\r\n"]),
)
def test_events_are_the_same_however_the_bytes_are_cut(texts: list[str], step: int, end: str) -> None:
    stream = "".join(f": note{end}data: {text}{end}{end}" for text in texts).encode()
    reader = EventReader()
    found = [event for at in range(0, len(stream), step) for event in reader.feed(stream[at : at + step])]
    assert found + reader.finish() == texts


def test_the_schema_of_the_question_is_what_the_endpoint_gets() -> None:
    assert question(answer_schema=SCHEMA).document()["answer_schema"] == {
        "name": "decision",
        "schema": SIDE,
        "strict": False,
    }


@pytest.mark.parametrize(
    "changes", [{"model": ""}, {"messages": ()}, {"max_tokens": 0}, {"temperature": -0.1}, {"temperature": 2.1}]
)
def test_a_question_that_cannot_be_asked_is_refused_before_it_is_sent(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        question(**changes)
