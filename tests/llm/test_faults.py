"""Every way in which endpoints fail: what is tried again, what is not, and what it costs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest

from tests.llm.questions import MODEL, NOON, OCCASION, RATE, Clients, question
from vibex.domain import InvalidInput, ManualClock, RetryLater
from vibex.llm import AnswerLost, AnswerMalformed, Price, Retries, Timeouts
from vibex.llm.budget import highest_prompt_tokens
from vibex.store import LOCAL_OWNER, CallOutcome, ModelCallRepository
from vibex.testing.model_replies import Fails, HangsUp, KeepsSilent, Reply, Says, Sends, cut_off, says
from vibex.testing.model_server import ModelServer

BRIEF = Timeouts(read=0.02)
HELD = Price(normal=RATE).highest_cost(prompt=highest_prompt_tokens(question()), output=200)


async def committed(calls: ModelCallRepository) -> Decimal:
    return await calls.committed_usd(LOCAL_OWNER, NOON.date())


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 529])
async def test_a_busy_endpoint_is_asked_again_after_a_growing_wait(
    status: int, clients: Clients, clock: ManualClock
) -> None:
    script: list[Reply] = [Fails(status=status), Fails(status=status), says("there")]
    async with ModelServer(script) as server, clients.of(server) as client:
        assert (await client.ask(question(), OCCASION)).text == "there"
    assert len(server.received) == 3
    assert 0.25 + 0.5 <= clock.monotonic() <= 0.5 + 1.0


@pytest.mark.parametrize("wish", ["7", format_datetime(NOON + timedelta(seconds=7), usegmt=True)])
async def test_the_wait_that_the_endpoint_asks_for_is_kept(wish: str, clients: Clients, clock: ManualClock) -> None:
    script: list[Reply] = [Fails(status=429, headers={"Retry-After": wish}), says("there")]
    async with ModelServer(script) as server, clients.of(server) as client:
        await client.ask(question(), OCCASION)
    assert clock.monotonic() == 7


async def test_a_wait_beyond_the_deadline_is_handed_to_the_caller(
    clients: Clients, clock: ManualClock, calls: ModelCallRepository
) -> None:
    script = [Fails(status=429, headers={"Retry-After": "3600"})]
    async with ModelServer(script) as server, clients.of(server) as client:
        with pytest.raises(RetryLater) as error:
            await client.ask(question(), OCCASION)
    assert error.value.retry_after_ms == 3_600_000
    assert clock.monotonic() == 0
    assert await committed(calls) == 0, "what was not answered is not paid"


async def test_attempts_end(clients: Clients, calls: ModelCallRepository) -> None:
    async with (
        ModelServer(lambda _asked: Fails(status=503)) as server,
        clients.of(server, retries=Retries(attempts=3)) as client,
    ):
        with pytest.raises(RetryLater, match="503"):
            await client.ask(question(), OCCASION)
    assert len(server.received) == 3
    (call,) = await calls.newest(LOCAL_OWNER)
    assert (call.outcome, call.cost_usd) == (CallOutcome.UNAVAILABLE, Decimal(0))


async def test_nobody_listening_is_tried_again_and_costs_nothing(clients: Clients, calls: ModelCallRepository) -> None:
    async with ModelServer([]) as server:
        gone = server.base_url
    async with clients.of(gone) as client:
        with pytest.raises(RetryLater, match="no connection"):
            await client.ask(question(), OCCASION)
    assert await committed(calls) == 0


@pytest.mark.parametrize(
    ("status", "code", "field"),
    [
        (400, None, "model"),
        (401, None, "OPENROUTER_API_KEY"),
        (402, None, "OPENROUTER_API_KEY"),
        (403, None, "model"),
        (404, None, "LLM_MODEL"),
        (429, "insufficient_quota", "OPENROUTER_API_KEY"),
    ],
)
async def test_a_rejection_names_what_to_correct_and_is_not_repeated(
    status: int, code: str | None, field: str, clients: Clients, calls: ModelCallRepository
) -> None:
    async with ModelServer([Fails(status=status, code=code)]) as server, clients.of(server) as client:
        with pytest.raises(InvalidInput, match="scripted failure") as error:
            await client.ask(question(), OCCASION)
    assert error.value.field == field
    assert len(server.received) == 1
    assert await committed(calls) == 0


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status: int, clients: Clients) -> None:
    async with ModelServer([says("stolen")]) as other:
        away = Fails(status=status, headers={"Location": other.base_url})
        async with ModelServer([away]) as server, clients.of(server) as client:
            with pytest.raises(InvalidInput, match=r"redirect to 127\.0\.0\.1"):
                await client.ask(question(), OCCASION)
        assert other.received == []


LOST: Sequence[tuple[Reply, str, str]] = [
    (cut_off("go ", "long"), "cut|broke", "go long"),
    (HangsUp(), "broke", ""),
    (KeepsSilent(), "read time-out", ""),
    (
        Sends(body=b'data: {"choices": [{"delta": {"content": "go"}}]}\n\n', content_type="text/event-stream"),
        "cut",
        "go",
    ),
    (
        Sends(
            body=b'data: {"choices": [{"delta": {"content": "go"}}]}\n\n'
            b'data: {"error": {"code": 502, "message": "host died"}}\n\n',
            content_type="text/event-stream",
        ),
        "host died",
        "go",
    ),
]


@pytest.mark.parametrize(("reply", "complaint", "partial"), LOST)
async def test_what_may_be_billed_is_not_repeated_and_stays_held(
    reply: Reply, complaint: str, partial: str, clients: Clients, calls: ModelCallRepository
) -> None:
    async with ModelServer([reply, says("never asked")]) as server, clients.of(server, timeouts=BRIEF) as client:
        with pytest.raises(AnswerLost, match=complaint) as error:
            await client.ask(question(), OCCASION)
    assert error.value.partial == partial
    assert len(server.received) == 1
    (call,) = await calls.newest(LOCAL_OWNER)
    assert (call.outcome, call.cost_usd, call.answer["text"]) == (CallOutcome.LOST, None, partial)
    assert await committed(calls) == HELD


async def test_a_lost_answer_is_asked_for_once_more_if_the_caller_pays_twice(
    clients: Clients, calls: ModelCallRepository
) -> None:
    retries = Retries(after_loss=True)
    async with ModelServer([cut_off("go"), says("long")]) as server, clients.of(server, retries=retries) as client:
        answer = await client.ask(question(), OCCASION)
    assert answer.text == "long"
    assert answer.cost_usd is not None
    assert [call.outcome for call in await calls.newest(LOCAL_OWNER)] == [CallOutcome.ANSWERED, CallOutcome.LOST]
    assert await committed(calls) == HELD + answer.cost_usd


async def test_a_second_loss_is_final(clients: Clients) -> None:
    script = [cut_off("a"), cut_off("b"), says("never asked")]
    async with ModelServer(script) as server, clients.of(server, retries=Retries(after_loss=True)) as client:
        with pytest.raises(AnswerLost) as error:
            await client.ask(question(), OCCASION)
    assert error.value.partial == "b"
    assert len(server.received) == 2


async def test_an_error_inside_a_success_counts_as_the_status_that_it_names(clients: Clients) -> None:
    script: list[Reply] = [Sends(body=b'{"error": {"code": 503, "message": "no host"}}'), says("there")]
    async with ModelServer(script) as server, clients.of(server) as client:
        assert (await client.ask(question(), OCCASION)).text == "there"


async def test_slow_tokens_end_at_the_total_deadline(clients: Clients, clock: ManualClock) -> None:
    async def eight_seconds(_piece: int) -> None:
        clock.advance(8)

    slow = Says(pieces=tuple("abcdef"), gate=eight_seconds)
    async with ModelServer([slow]) as server, clients.of(server, timeouts=Timeouts(total=20)) as client:
        with pytest.raises(AnswerLost, match="total time-out"):
            await client.ask(question(), OCCASION)


async def test_tokens_that_come_slowly_but_in_time_are_waited_for_and_timed(
    clients: Clients, clock: ManualClock
) -> None:
    gates = [asyncio.Event() for _ in range(3)]
    heard: list[str] = []

    async def gate(piece: int) -> None:
        if piece < len(gates):
            await gates[piece].wait()

    def listen(text: str) -> None:
        heard.append(text)
        clock.advance(2)
        if len(heard) < len(gates):
            gates[len(heard)].set()

    gates[0].set()
    async with ModelServer([Says(pieces=("a", "b", "c"), gate=gate)]) as server, clients.of(server) as client:
        answer = await client.ask(question(), OCCASION, listen=listen)
    assert [(chunk.at_ms, chunk.text) for chunk in answer.chunks] == [(0, "a"), (2000, "b"), (4000, "c")]
    assert answer.latency_ms == 6000


async def test_a_silent_endpoint_is_left_at_the_total_deadline_too(clients: Clients) -> None:
    async with ModelServer([KeepsSilent()]) as server, clients.of(server, timeouts=Timeouts(total=0.02)) as client:
        with pytest.raises(AnswerLost, match="total time-out"):
            await client.ask(question(), OCCASION)


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (Sends(body=b"<html>log in</html>", content_type="text/html"), "text/html"),
        (Sends(body=b"{not json"), "no JSON"),
        (Sends(body=b"[]"), "no object"),
        (Sends(body=b"{}"), "without choices"),
        (Sends(body=b'{"choices": ["x"]}'), "no object"),
        (Sends(body=b"data: {broken\n\n", content_type="text/event-stream"), "no JSON"),
        (Sends(body=b"data: \xff\n\n", content_type="text/event-stream"), "UTF-8"),
        (Sends(body=b'"' + b"x" * (9 << 20)), "beyond"),
    ],
)
async def test_nonsense_is_malformed_and_stays_held(
    reply: Reply, complaint: str, clients: Clients, calls: ModelCallRepository
) -> None:
    async with ModelServer([reply]) as server, clients.of(server) as client:
        with pytest.raises(AnswerMalformed, match=complaint):
            await client.ask(question(), OCCASION)
    (call,) = await calls.newest(LOCAL_OWNER)
    assert call.outcome is CallOutcome.MALFORMED
    assert await committed(calls) == HELD


async def test_a_caller_who_gives_up_leaves_the_money_held_and_a_record(
    clients: Clients, calls: ModelCallRepository
) -> None:
    async with ModelServer([KeepsSilent()]) as server, clients.of(server) as client:
        asking = asyncio.create_task(client.ask(question(), OCCASION))
        await server.arrived.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    (call,) = await calls.newest(LOCAL_OWNER)
    assert (call.outcome, call.error) == (CallOutcome.LOST, "cancelled by the caller")
    assert await committed(calls) == HELD


async def test_an_answer_that_ended_counts_even_if_the_connection_breaks_before_the_last_word(clients: Clients) -> None:
    whole = Says(pieces=("long",), cut_after=2)
    async with ModelServer([whole]) as server, clients.of(server) as client:
        answer = await client.ask(question(), OCCASION)
    assert (answer.text, answer.usage, answer.model) == ("long", None, MODEL)
