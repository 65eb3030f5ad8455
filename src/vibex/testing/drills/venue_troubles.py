"""The venue cannot be reached, asks for silence, shows another time, another mode, or answers nonsense."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from vibex.domain import OrderStatus
from vibex.execution.facts import FactKind as F
from vibex.risk.states import Threat
from vibex.testing.drills.stage import SYMBOL, Stage, expect


async def throttled(stage: Stage) -> None:
    await stage.held()
    await stage.fault("rate-limit method=POST path=order")
    refused = await stage.enter()
    expect(refused.order is None or refused.order.status is OrderStatus.REFUSED, "the 429 was not a refusal")
    expect(await stage.until(lambda: "throttled" in _troubles(stage), 3), "the silence was not noted")
    expect(await stage.desk.flow.close(SYMBOL, "exit", why="throttled"), "the exit did not go out")
    await stage.settle(120)


async def banned(stage: Stage) -> None:
    await stage.held()
    await stage.fault("ban ms=180000 method=GET path=positionRisk")
    await stage.desk.reconciler.reconcile("look")
    expect(stage.venue.vitals().banned_s > 100, "the ban was not understood")
    refused = await stage.enter_quietly()
    expect(refused, "an entry passed during the ban")
    await stage.sleep(185)
    await stage.settle()
    expect(stage.gate.refusal() is None, "the account is not active again")


async def clock_steps(stage: Stage) -> None:
    await stage.fault("clock-step ms=12000")
    try:
        opened = await stage.enter(time_to_live_s=120)
        expect(opened.order is not None or stage.gate.refusal() is not None, opened.words)
        await stage.sleep(65)
        expect(await stage.until(lambda: Threat.CLOCK in stage.gate.present, 70), "the skew went unnoticed")
        expect(stage.gate.refusal() is not None, "entries would pass with a clock that is off")
        await stage.fault("clock-step ms=-30000")
        await stage.sleep(65)
        expect(len(stage.entries()) <= 1, "an order was sent twice")
    finally:
        await stage.fault(f"clock-step ms={-12000 if stage.count(F.TROUBLE) == 0 else 18000}")
    await stage.sleep(125)
    expect(await stage.until(lambda: Threat.CLOCK not in stage.gate.present, 60), "the clock is still off")
    await stage.settle(120)


async def two_at_once(stage: Stage) -> None:
    first, second = await stage.opening(share="0.97"), await stage.opening(share="0.96")
    await stage.desk.flow.open(await stage.opening(share="0.95"), "drill")
    both = await asyncio.gather(stage.venue.place(first.entry), stage.venue.place(second.entry))
    expect(all(type(one).__name__ == "Accepted" for one in both), f"one of two was not taken: {both}")
    await stage.settle()
    for name in list(stage.entries()):
        await stage.desk.flow.cancel_entry(name)
    await stage.settle()


async def listen_key_expires(stage: Stage) -> None:
    await stage.held()
    await stage.fault("expire-listen-key account={account}")
    await stage.by_hand("SELL", stage.position() / 2)
    half = stage.position() / 2
    expect(await stage.until(lambda: Threat.FEED in stage.gate.seen, 12), "the silence was not noticed")
    expect(await stage.until(lambda: stage.position() == half, 15), "a fill was lost")
    await stage.settle()


async def hedge_mode(stage: Stage) -> None:
    await stage.fault("hedge-switch account={account}")
    try:
        opened = await stage.enter()
        expect(opened.order is None or opened.order.status is OrderStatus.REFUSED, "an entry passed in hedge mode")
        await stage.desk.reconciler.reconcile("look")
        expect(stage.gate.refusal() is not None, "the account is not held")
    finally:
        await stage.fault("hedge-switch account={account}")
    await stage.settle()
    expect(stage.position() == 0, "a position came about")


async def split(stage: Stage) -> None:
    await stage.held()
    await stage.fault("split for=600000")
    late = asyncio.ensure_future(stage.enter_quietly(time_to_live_s=30))
    await stage.sleep(610)
    expect(await late, "an order was sent after its time")
    await stage.settle(180)
    expect(len([one for one in stage.entries() if stage.ledger.orders[one].filled]) == 1, "the late intent traded")


async def broken_answers(stage: Stage) -> None:
    await stage.fault("error-after status=500 html=yes method=POST path=order")
    await stage.enter()
    await stage.settle()
    (first,) = stage.entries()
    stage.expect_in_order(F.INTENT, F.UNKNOWN, order=first)
    await stage.desk.flow.close(SYMBOL, "drill", why="next part")
    await stage.settle()
    await stage.fault("truncate method=POST path=order\ntruncate method=GET path=positionRisk")
    await stage.enter(quantity="0.01")
    await stage.settle()
    expect(stage.position() == Decimal("0.01"), f"{stage.position()} held after cut answers")


def _troubles(stage: Stage) -> set[str]:
    return {str(fact.values.get("trouble")) for fact in stage.journal.facts if fact.kind is F.TROUBLE}
