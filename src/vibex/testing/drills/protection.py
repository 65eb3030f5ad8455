"""Faults around stops and targets, and positions that others change."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from vibex.domain import (
    ClientOrderId,
    OrderKind,
    OrderType,
    Protection,
    ProtectiveExit,
    Side,
    account_id,
)
from vibex.domain.protection import AtPrice, DistanceAway
from vibex.execution.facts import FactKind as F
from vibex.risk.states import Threat
from vibex.testing.drills.stage import LISTED, STRANGER, SYMBOL, TAG, Stage, expect
from vibex.venues import Refused


async def stop_fires(stage: Stage) -> None:
    await stage.held()
    await stage.fault(f"price-shock symbol={LISTED} percent=-3")
    expect(await stage.until(lambda: stage.position() == 0, 10), "the stop did not fire")
    flat_at = stage.clock.monotonic()
    expect(await stage.until(lambda: not stage.ledger.live(SYMBOL, OrderKind.TARGET), 5), "the target stayed")
    expect(stage.clock.monotonic() - flat_at <= 2, "the target stayed for more than 2 s")
    await stage.settle()
    expect(stage.count(F.CLEANED) >= 1, "nothing was cleaned up")


async def stop_breached(stage: Stage) -> None:
    # One tick below the fill, which is above the mark by half a spread: passed before it is placed.
    opened = await stage.enter(stop=DistanceAway(Decimal("0.1")))
    expect(opened.order is not None, opened.words)
    await stage.settle()
    stage.expect_in_order(F.FILL, F.STOP_BREACHED, F.EXIT)
    expect(stage.position() == 0, "a breached stop left the position open")


async def too_many_stops(stage: Stage) -> None:
    await stage.held()
    mark = await stage.mark()
    for number in range(1, 102):
        name = ClientOrderId(account_tag=TAG, lease_epoch=0, sequence=number, kind=OrderKind.STOP)
        stale = ProtectiveExit(
            account_id=account_id(stage.place.account),
            client_order_id=name,
            symbol=SYMBOL,
            side=Side.SELL,
            type=OrderType.STOP_MARKET,
            quantity=Decimal("0.001"),
            trigger_price=(mark * Decimal("0.9")).quantize(Decimal(1)) - number,
        )
        if isinstance(await stage.venue.place(stale), Refused):
            break
    level = (mark * Decimal("0.97")).quantize(Decimal(1))
    await stage.desk.flow.amend(SYMBOL, Protection(stop=AtPrice(level)), "amend")
    await stage.settle()
    stops = stage.ledger.live(SYMBOL, OrderKind.STOP)
    expect(stage.position() == 0 or [one.trigger_price for one in stops] == [level], "neither protected nor flat")


async def already_flat(stage: Stage) -> None:
    await stage.held()
    await stage.fault("drop-events count=6")
    await stage.by_hand("SELL", stage.position())
    level = (await stage.mark() * Decimal("0.96")).quantize(Decimal(1))
    await stage.desk.flow.amend(SYMBOL, Protection(stop=AtPrice(level)), "amend")
    await stage.settle()
    expect(stage.count(F.ALREADY_FLAT) in (1, 2), f"{stage.count(F.ALREADY_FLAT)} times refused: a loop")
    expect(stage.position() == 0, "not flat")


async def position_shrinks(stage: Stage) -> None:
    await stage.held()
    await stage.by_hand("SELL", stage.position() / 2)
    expect(await stage.until(lambda: F.RESIZED in stage.kinds(), 5), "the exits were not resized")
    await stage.settle()
    exits = stage.ledger.live(SYMBOL, OrderKind.STOP, OrderKind.TARGET)
    expect(all(one.remaining == stage.position() for one in exits), "exits of another size than the position")


async def liquidation(stage: Stage) -> None:
    await stage.held()
    await stage.fault(f"liquidation account={{account}} symbol={LISTED}")
    expect(await stage.until(lambda: Threat.LIQUIDATED in stage.gate.seen, 10), "the liquidation went unnoticed")
    expect(stage.gate.refusal() is not None, "entries would pass after a liquidation")
    await stage.settle()
    expect(stage.count(F.LIQUIDATED) >= 1 and stage.position() == 0, "the liquidation is not in the journal")


async def closed_by_hand(stage: Stage) -> None:
    await stage.held()
    await stage.by_hand("SELL", stage.position())
    expect(await stage.until(lambda: stage.position() == 0, 10), "the close went unnoticed")
    await stage.settle()
    stage.expect_in_order(F.EXTERNAL, F.CLEANED)
    expect(len(stage.entries()) == 1, "the position was opened again")


async def foreign_order(stage: Stage) -> None:
    await stage.held()
    opening = await stage.opening(share="0.9")
    theirs = ClientOrderId(account_tag=STRANGER, lease_epoch=1, sequence=1, kind=OrderKind.ENTRY)
    await stage.venue.place(replace(opening.entry, client_order_id=theirs))
    await stage.desk.reconciler.reconcile("look")
    await stage.settle()
    expect(stage.count(F.FOREIGN) == 1, "the order of others was not reported once")
    resting = {order.client_order_id for order in (await stage.snapshot()).open_orders}
    expect(str(theirs) in resting, "the order of others was touched")
    await stage.venue.cancel(SYMBOL, str(theirs))


async def countdown(stage: Stage) -> None:
    await stage.held()
    await stage.fault(f"countdown account={{account}} symbol={LISTED} ms=2000")
    await stage.sleep(2)
    gone = await stage.until(lambda: stage.stops() == 0, 3)
    began = stage.clock.monotonic()
    rested = await stage.until(lambda: stage.desk.brackets.is_protected(SYMBOL), 5)
    expect(rested and stage.clock.monotonic() - began <= 3, "the stop was not armed again within 3 s")
    await stage.settle()
    expect(not gone or stage.count(F.PROTECTED) >= 2, "no second stop")
    expect(stage.stops() == 1 and stage.position() > 0, "not protected by one stop")
