"""A dollar is held before it is spent, once, whoever asks at the same moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.llm.questions import MODEL, NOON, OCCASION, RATE, Clients, question
from vibex.domain import ManualClock, RetryLater
from vibex.llm import Occasion, OverBudget, Price, UnknownPrice
from vibex.llm.budget import highest_prompt_tokens
from vibex.store import LOCAL_OWNER, Database, ModelCallRepository, Owner
from vibex.testing.model_replies import Reply, Says, TokenCount, says
from vibex.testing.model_server import ModelServer, Received

TODAY = NOON.date()
HELD = Price(normal=RATE).highest_cost(prompt=highest_prompt_tokens(question()), output=200)


async def test_the_highest_cost_is_held_while_the_model_thinks_and_the_real_one_after(
    clients: Clients, calls: ModelCallRepository
) -> None:
    async def held() -> Decimal:
        return await calls.committed_usd(LOCAL_OWNER, TODAY)

    seen: list[Decimal] = []

    async def gate(_piece: int) -> None:
        seen.append(await held())

    async with ModelServer([Says(pieces=("long",), gate=gate)]) as server, clients.of(server) as client:
        answer = await client.ask(question(), OCCASION)
    assert set(seen) == {HELD}
    assert await held() == answer.cost_usd == Decimal("0.0006")


async def test_a_call_that_does_not_fit_the_day_is_not_made(clients: Clients, calls: ModelCallRepository) -> None:
    async with ModelServer([]) as server, clients.of(server, daily_usd="0.001") as client:
        with pytest.raises(OverBudget, match=r"\$0\.0000 of today's \$0\.0010") as error:
            await client.ask(question(), OCCASION)
    assert error.value.field == "LLM_DAILY_BUDGET_USD"
    assert server.received == []
    assert await calls.committed_usd(LOCAL_OWNER, TODAY) == 0


async def test_a_call_that_may_cost_too_much_by_itself_is_not_made(clients: Clients) -> None:
    async with ModelServer([]) as server, clients.of(server) as client:
        with pytest.raises(OverBudget) as error:
            await client.ask(question(max_tokens=100_000), OCCASION)
    assert error.value.field == "LLM_CALL_LIMIT_USD"
    assert server.received == []


async def test_a_model_without_a_price_is_not_asked(clients: Clients) -> None:
    async with ModelServer([]) as server, clients.of(server) as client:
        with pytest.raises(UnknownPrice):
            await client.ask(question(model="someone/else"), OCCASION)
    assert server.received == []


async def test_callers_at_the_same_moment_cannot_overspend_together(
    clients: Clients, calls: ModelCallRepository
) -> None:
    everybody_decided = asyncio.Event()

    async def gate(_piece: int) -> None:
        await everybody_decided.wait()

    def thoughtful(_asked: Received) -> Reply:
        return Says(pieces=("long",), gate=gate)

    room_for_three = str(HELD * 3 + HELD / 2)
    async with ModelServer(thoughtful) as server, clients.of(server, daily_usd=room_for_three) as client:
        asking = [asyncio.create_task(client.ask(question(), OCCASION)) for _ in range(8)]
        done, pending = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 5:
            more, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            done |= more
        everybody_decided.set()
        results = await asyncio.gather(*asking, return_exceptions=True)
    assert sum(isinstance(result, OverBudget) for result in results) == 5
    assert len(server.received) == 3
    assert await calls.committed_usd(LOCAL_OWNER, TODAY) == 3 * Decimal("0.0006")


async def test_two_processes_share_one_budget(database: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite+aiosqlite:///{tmp_path / 'vibex.db'}")
    here, there = ModelCallRepository(database), ModelCallRepository(other)
    held = await asyncio.gather(
        *(
            repository.reserve(
                LOCAL_OWNER,
                call_id=f"{name}{number}",
                model=MODEL,
                day=TODAY,
                amount_usd=Decimal("0.3"),
                daily_limit_usd=Decimal(2),
            )
            for number in range(6)
            for name, repository in (("a", here), ("b", there))
        )
    )
    assert sum(held) == 6
    assert await there.committed_usd(LOCAL_OWNER, TODAY) == Decimal("1.8")
    await other.close()


async def test_a_crash_leaves_the_money_counted_until_the_day_ends(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    assert await calls.reserve(
        LOCAL_OWNER,
        call_id="never settled",
        model=MODEL,
        day=TODAY,
        amount_usd=Decimal("0.05"),
        daily_limit_usd=Decimal("0.05"),
    )
    async with ModelServer([says("long")]) as server, clients.of(server, daily_usd="0.05") as client:
        with pytest.raises(OverBudget):
            await client.ask(question(), OCCASION)
        clock.advance(timedelta(hours=12).total_seconds())
        assert (await client.ask(question(), OCCASION)).text == "long"


async def test_a_call_over_midnight_is_paid_from_the_day_on_which_it_began(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    async with ModelServer([says("long")]) as server, clients.of(server) as client:
        clock.advance(timedelta(hours=11, minutes=59, seconds=59).total_seconds())
        await client.ask(question(), OCCASION, listen=lambda _text: clock.advance(2))
    assert await calls.committed_usd(LOCAL_OWNER, TODAY) == Decimal("0.0006")
    assert await calls.committed_usd(LOCAL_OWNER, TODAY + timedelta(days=1)) == 0


async def test_owners_do_not_pay_for_each_other(clients: Clients) -> None:
    other = Occasion(owner=Owner("someone"), purpose="test")
    room_for_one = str(HELD)
    async with (
        ModelServer(lambda _asked: says("long", usage=TokenCount(prompt=10**6))) as server,
        clients.of(server, daily_usd=room_for_one) as client,
    ):
        await client.ask(question(), OCCASION)
        with pytest.raises(OverBudget):
            await client.ask(question(), OCCASION)
        assert (await client.ask(question(), other)).text == "long"


def test_a_prompt_has_no_more_tokens_than_bytes() -> None:
    turns = question().messages
    assert highest_prompt_tokens(question()) > sum(len(turn.text.encode()) for turn in turns)


async def test_the_answer_of_a_dear_model_is_bounded_to_what_one_call_may_cost(
    clients: Clients, calls: ModelCallRepository
) -> None:
    asked = replace(question(max_tokens=100_000), least_tokens=500)
    async with ModelServer([says("long")]) as server, clients.of(server) as client:
        answer = await client.ask(asked, OCCASION)
        sent = server.received[0].body["max_tokens"]
    assert isinstance(sent, int)
    assert 500 <= sent < 100_000
    price, prompt = Price(normal=RATE), highest_prompt_tokens(asked)
    assert price.highest_cost(prompt=prompt, output=sent) <= Decimal(1)
    recorded = await calls.find(LOCAL_OWNER, answer.call_id)
    assert recorded is not None
    assert recorded.request_digest == asked.digest(), "a replay finds it by what was asked"


async def test_an_answer_that_cannot_be_bounded_that_far_is_not_asked_for(clients: Clients) -> None:
    asked = replace(question(max_tokens=100_000), least_tokens=99_000)
    async with ModelServer([]) as server, clients.of(server) as client:
        with pytest.raises(OverBudget):
            await client.ask(asked, OCCASION)


async def test_a_deadline_of_the_caller_bounds_a_question(clients: Clients, clock: ManualClock) -> None:
    async with ModelServer([says("never")]) as server, clients.of(server) as client:
        with pytest.raises(RetryLater, match="no time left"):
            await client.ask(question(), OCCASION, deadline=clock.monotonic())
        assert server.received == []
