"""A model that is down, slow, cut off, dear or talks nonsense: every symbol holds, with the reason."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.agent.makers import answer, bench, decision, text
from tests.agent.worlds import ACCOUNT, NOW, SYMBOLS, account_view, held, world
from tests.llm.questions import Clients
from vibex.agent.context import AccountLimits, ContextBuilder, Missing
from vibex.agent.maker import judged_against
from vibex.agent.prompt import PromptWriter
from vibex.agent.sanitize import sanitize
from vibex.agent.wishes import Wishes
from vibex.domain import Decision, Intent, ManualClock, PositionSide, RetryLater
from vibex.llm import Timeouts
from vibex.store import Account, ModelCallRepository
from vibex.testing.model_replies import (
    CallsTool,
    Fails,
    GivesJson,
    HangsUp,
    KeepsSilent,
    Reply,
    Says,
    Sends,
    TokenCount,
    cut_off,
    refuses,
    says,
)
from vibex.testing.model_server import ModelServer

BRIEF = Timeouts(read=0.05)


def assert_all_hold(made: dict[str, Decision], why: str) -> None:
    for each in made.values():
        assert each.intent is Intent.HOLD
        assert each.rationale.startswith("held: ")
        assert why in each.rationale, each.rationale


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Fails(status=500), "HTTP 500"),
        (Fails(status=429), "HTTP 429"),
        (Fails(status=401, message="bad key"), "bad key"),
        (HangsUp(), "the connection broke"),
        (KeepsSilent(), "silent"),
        (cut_off(text(decision())[:60]), "the connection broke"),
        (cut_off(text(decision())), "the connection broke"),
        (refuses("no advice"), "no advice"),
        (says("I would buy the dip!"), "it holds no JSON object"),
        (says(""), "no JSON"),
        (Says(pieces=(text(decision())[:80],), finish="length"), "truncated"),
        (Says(pieces=(text(decision()), text(decision(allocation_usd=9)))), "two objects that differ"),
        (says("[106545.0, 106519.5]"), "no JSON object"),
        (GivesJson(value={"trade_decisions": []}), "empty"),
        (GivesJson(value={"error": "overloaded"}), "no list of trade_decisions"),
        (CallsTool(name="transfer", arguments='{"to": "0x0"}'), "a call of transfer, which was not offered"),
        (Sends(body=b"<html>500</html>", content_type="text/html"), "content type text/html"),
        (Sends(body=b"\x00\xff\xfe" * 50), ""),
    ],
)
async def test_a_model_that_fails_leaves_holds_with_the_reason(
    reply: Reply, why: str, clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    server = ModelServer(lambda _asked: reply)
    async with server, bench(world(), server, clients, calls, clock, timeouts=BRIEF) as at:
        assert_all_hold(await at.decide(), why)
        assert at.told[0].decisions[0].intent is Intent.HOLD


async def test_an_endpoint_that_is_not_there_leaves_holds(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    async with ModelServer([]) as server:
        gone = server.base_url
    async with bench(world(), gone, clients, calls, clock) as at:
        assert_all_hold(await at.decide(), "no connection")


async def test_data_that_is_older_than_the_deadline_asks_nobody(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    clock.advance(30)
    async with ModelServer([]) as server, bench(world(), server, clients, calls, clock) as at:
        assert_all_hold(await at.decide(), "no decision within 30 s of the data")
        assert server.received == []


async def test_an_answer_that_comes_past_the_deadline_opens_nothing_and_still_closes(clock: ManualClock) -> None:
    """The client ends what is late; an answer that was complete just before is late for entries only."""
    made = world()
    view = account_view(positions=[held("ETH", PositionSide.LONG, "1")])
    context = await ContextBuilder(bars=made, facts=made).build(SYMBOLS, view, NOW)
    wishes = Wishes(
        account_id=ACCOUNT,
        maker="model",
        data_at=NOW,
        time_to_live=timedelta(seconds=30),
        band_pct=Decimal(1),
        clock=clock,
    )
    judged = sanitize(text(decision(), decision("ETH", "sell")), judged_against(context))
    in_time = wishes.of(judged.decisions, judged.reasons, context)
    clock.advance(31)
    late = wishes.of(judged.decisions, judged.reasons, context)
    assert [each.intent for each in in_time] == [Intent.OPEN, Intent.CLOSE, Intent.HOLD]
    assert [each.intent for each in late] == [Intent.HOLD, Intent.CLOSE, Intent.HOLD]
    assert late[0].rationale == "held: the answer came after 30 s; momentum"


async def test_a_silent_model_ends_at_the_deadline_of_the_data(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    server = ModelServer([KeepsSilent()])
    async with server, bench(world(), server, clients, calls, clock, deadline_s=0.2) as at:
        assert_all_hold(await at.decide(), "")
    (call,) = await calls.newest(Account(ACCOUNT))
    assert call.outcome == "lost"


async def test_the_daily_limit_of_the_account_leaves_the_exits_only(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    server = ModelServer(lambda _asked: GivesJson(value=answer(decision())))
    async with server, bench(world(), server, clients, calls, clock, daily_usd=Decimal("0.0001")) as at:
        assert (await at.decide())["BTC"].intent is Intent.OPEN
        assert_all_hold(await at.decide(), "of today's $0.0001 for models are spent")
        assert len(server.received) == 1


async def test_the_owners_daily_budget_leaves_the_exits_only(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    async with ModelServer([]) as server, bench(world(), server, clients, calls, clock, owner_usd="0.001") as at:
        assert_all_hold(await at.decide(), "managing exits only: ")
        assert server.received == []


async def test_a_decision_that_has_cost_its_limit_asks_no_more(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    wish = '{"asset": "BTC", "timeframe": "4h", "name": "RSI"}'
    dear = CallsTool(name="indicator", arguments=wish, usage=TokenCount(prompt=10_000, completion=5_000))
    server = ModelServer(lambda _asked: dear)
    async with server, bench(world(), server, clients, calls, clock, decision_usd=Decimal("0.10")) as at:
        assert_all_hold(await at.decide(), "managing exits only: this decision has cost $0.1050 of at most $0.10")
        assert len(server.received) == 1


async def test_an_account_that_cannot_be_read_holds(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    made = world()
    made.failure = RetryLater("the venue is busy")
    async with ModelServer([]) as server, bench(made, server, clients, calls, clock) as at:
        assert_all_hold(await at.decide(), "the venue is busy")


async def test_stale_or_unknown_equity_holds(clients: Clients, calls: ModelCallRepository, clock: ManualClock) -> None:
    made = world()
    made.view = account_view(equity=None)
    async with ModelServer([]) as server, bench(made, server, clients, calls, clock) as at:
        assert_all_hold(await at.decide(), "the account's equity is not known")


async def test_a_halted_account_without_positions_asks_nobody(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    made = world()
    made.view = account_view(limits=AccountLimits(state="HALTED"))
    async with ModelServer([]) as server, bench(made, server, clients, calls, clock) as at:
        assert_all_hold(await at.decide(), "trading is HALTED and nothing is open")


async def test_an_asset_without_a_price_is_not_entered(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    made = world()
    made.price_of["BTC/USDT"] = Missing("no quote was recorded")
    server = ModelServer([GivesJson(value=answer(decision()))])
    async with server, bench(made, server, clients, calls, clock) as at:
        assert (await at.decide())["BTC"].rationale == "held: its price is not known"


async def test_a_prompt_beyond_its_budget_holds(
    clients: Clients, calls: ModelCallRepository, clock: ManualClock
) -> None:
    writer = PromptWriter(token_budget=500)
    async with ModelServer([]) as server, bench(world(), server, clients, calls, clock, writer=writer) as at:
        assert_all_hold(await at.decide(), "token_budget: account and markets of 3 assets need about")
