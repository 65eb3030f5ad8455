"""The process ends at the worst moments, another one takes over, a person pulls the switch."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

from vibex.domain import LeaseLost, OrderKind, OrderStatus, Protection
from vibex.domain.protection import PercentAway
from vibex.execution.facts import Fact
from vibex.execution.facts import FactKind as F
from vibex.risk.states import Threat, TradingState
from vibex.testing.drills.props import Crashed
from vibex.testing.drills.stage import SYMBOL, Stage, expect


async def after_intent(stage: Stage) -> None:
    stage.journal.dies_after = lambda fact: fact.kind is F.INTENT
    await _dying(stage)
    (name,) = [fact.order for fact in stage.journal.facts if fact.kind is F.INTENT]
    await stage.restart()
    await stage.settle()
    order = stage.ledger.orders[name or ""]
    expect(order.status is OrderStatus.REFUSED and order.absent, f"the intent is {order.status}")
    expect(stage.position() == 0 and stage.kinds(name).count(F.INTENT) == 1, "the order was sent after the restart")


async def after_send(stage: Stage) -> None:
    stage.may_be_unprotected = True
    stage.venue.dies_after_send = True
    await _dying(stage)
    await stage.restart()
    await stage.settle()
    (name,) = stage.entries()
    expect(stage.ledger.orders[name].status is OrderStatus.FILLED, "the order was not adopted by its id")


async def before_stop(stage: Stage) -> None:
    stage.may_be_unprotected = True
    stage.journal.dies_before = lambda fact: fact.kind is F.INTENT and fact.values["kind"] == OrderKind.STOP.value
    await _dying(stage)
    began = stage.clock.monotonic()
    await stage.restart()
    rested = await stage.until(lambda: stage.position() > 0 and stage.desk.brackets.is_protected(SYMBOL), 10)
    expect(rested and stage.clock.monotonic() - began <= 3, "no stop within 3 s of the start")
    await stage.settle()


async def in_replacement(stage: Stage) -> None:
    await stage.held()
    dying = stage.drawn.choice((F.ACCEPTED, F.RESIZED, F.CANCEL_ASKED))
    stage.journal.dies_after = lambda fact: fact.kind is dying and _is_of_stop(fact)
    with suppress(Crashed):
        await stage.desk.flow.amend(SYMBOL, Protection(stop=PercentAway(Decimal(1))), "amend")
    resting = [one for one in (await stage.snapshot()).open_orders if one.reduce_only and one.trigger_price]
    expect(len(resting) >= 1, "no stop at the moment of the crash")
    await stage.restart()
    await stage.settle()
    expect(stage.stops() == 1, f"{stage.stops()} stops at the end")


async def second_writer(stage: Stage) -> None:
    await stage.held()
    rows = len(stage.journal.facts)
    stage.journal.fence = stage.epoch + 1
    with suppress(LeaseLost):
        opened = await stage.enter()
        expect(opened.order is None, "an entry was sent without the lease")
    with suppress(LeaseLost):
        await stage.desk.flow.close(SYMBOL, "exit", why="fenced")
    expect(len(stage.journal.facts) == rows, "the old holder went on writing")
    expect(stage.gate.standing.state is TradingState.HALTED, "the old holder is not halted")
    expect((await stage.snapshot()).positions[0].quantity > 0, "the old holder traded")
    stage.epoch += 1
    await stage.restart()
    await stage.settle()


async def kill(stage: Stage) -> None:
    await stage.held()
    await stage.enter(share="0.98", quantity="0.01")
    result = await stage.desk.kill.pull("drill")
    expect(result.is_flat, result.words)
    stage.expect_in_order(F.KILL_STARTED, F.CANCEL_ASKED, F.EXIT, F.KILL_DONE)
    refused = await stage.enter()
    expect(refused.order is None, "an entry passed after the kill")
    await stage.restart()
    await stage.settle()
    expect(stage.gate.standing.state is TradingState.HALTED, "the restart forgot the kill")
    expect(Threat.KILLED in stage.gate.standing.threats, "the standing does not say why")


async def _dying(stage: Stage) -> None:
    with suppress(Crashed):
        await stage.enter()
    # Its other tasks die at their next row.
    await stage.clock.sleep(0)


def _is_of_stop(fact: Fact) -> bool:
    return fact.order is not None and fact.order[17] == OrderKind.STOP.value
