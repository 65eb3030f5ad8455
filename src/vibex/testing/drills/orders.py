"""Faults in an order's life: answers lost, late, twice, out of order; cancels that race; a journal that is full."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from vibex.domain import OrderStatus
from vibex.execution.facts import FactKind as F
from vibex.execution.sending import CancelReason
from vibex.testing.drills.stage import OTHER_ACCOUNT, SYMBOL, DrillFailed, Stage, expect
from vibex.venues import BookLevel


async def answer_lost(stage: Stage) -> None:
    await stage.fault("lose-answer ms=1 method=POST path=order")
    opened = await stage.enter()
    await stage.settle()
    (name,) = stage.entries()
    expect(opened.order is not None and opened.order.client_order_id == name, "another order was sent")
    stage.expect_in_order(F.INTENT, F.UNKNOWN, order=name)
    expect(stage.ledger.orders[name].status is OrderStatus.FILLED, "the order was not found again")


async def refused_before_effect(stage: Stage) -> None:
    await stage.fault("error-before status=503 method=POST path=order")
    began = stage.clock.monotonic()
    await stage.enter()
    (first,) = stage.entries()
    blocked = await stage.enter()
    expect(blocked.order is None, "an entry was sent while the one before was in doubt")
    expect(await stage.until(lambda: not stage.ledger.orders[first].is_in_doubt, 60), "the doubt never ended")
    expect(stage.clock.monotonic() - began >= 10, "absence was concluded within 10 s")
    stage.expect_in_order(F.INTENT, F.UNKNOWN, F.NOT_FOUND, order=first)
    await stage.settle()
    again = await stage.enter()
    expect(again.order is not None and again.order.client_order_id != first, "the id was used again")
    await stage.settle()


async def error_after_fill(stage: Stage) -> None:
    await stage.fault("error-after status=503 method=POST path=order")
    await stage.enter()
    await stage.settle()
    (name,) = stage.entries()
    stage.expect_in_order(F.INTENT, F.UNKNOWN, order=name)
    stage.expect_in_order(F.FILL, F.PROTECTED)
    expect(stage.position() == stage.ledger.orders[name].filled, "the position is not what was filled")


async def stream_is_faster(stage: Stage) -> None:
    await stage.fault("timeout code=-1007 effect=yes method=POST path=order")
    await stage.enter(share="0.97")
    (name,) = stage.entries()
    await stage.until(lambda: not stage.ledger.orders[name].is_in_doubt, 5)
    expect(stage.ledger.orders[name].status is OrderStatus.OPEN, "the stream's word was not taken")
    expect(F.NOT_FOUND not in stage.kinds(name), "an order that lives was declared absent")
    await stage.desk.flow.cancel_entry(name)
    await stage.settle()


async def found_late(stage: Stage) -> None:
    await stage.fault("order-lag ms=5000 for=9000\nlose-answer ms=1 method=POST path=order\ndrop-events count=4")
    began = stage.clock.monotonic()
    await stage.enter(share="0.97")
    (name,) = stage.entries()
    expect(await stage.until(lambda: not stage.ledger.orders[name].is_in_doubt, 30), "the order was never found")
    expect(stage.clock.monotonic() - began >= 4, "it was found before the venue could know it")
    stage.expect_in_order(F.INTENT, F.UNKNOWN, F.REPORTED, order=name)
    await stage.clear_faults()
    expect(F.NOT_FOUND not in stage.kinds(name), "an order that lives was declared absent")
    await stage.desk.flow.cancel_entry(name)
    await stage.settle()


async def disk_full(stage: Stage) -> None:
    await stage.held()
    rows = len(stage.journal.facts)
    stage.journal.is_full = True
    refused = await stage.enter()
    expect(refused.order is None and len(stage.journal.facts) == rows, "an entry was sent without its intent")
    expect(await stage.desk.flow.close(SYMBOL, "exit", why="the disk is full"), "the exit did not go out")
    expect(stage.gate.refusal() is not None, "entries would pass without a journal")
    stage.journal.is_full = False
    await stage.settle()
    expect(len(stage.journal.facts) > rows, "what was kept in memory was not written afterwards")


async def stream_lost_between_fills(stage: Stage) -> None:
    quantity = Decimal("0.04")
    name, price = await _resting(stage, quantity)
    # Somebody sells a part into our bid, then the rest while the stream says nothing of it.
    await _sell_into(stage, name, quantity * Decimal("0.3"))
    await stage.fault("drop-events count=8")
    await stage.by_hand("SELL", quantity, account=OTHER_ACCOUNT)
    await stage.sleep(2)
    await stage.settle()
    order = stage.ledger.orders[name]
    if order.is_live:
        await stage.desk.flow.cancel_entry(name)
        await stage.settle()
        order = stage.ledger.orders[name]
    expect(order.filled > 0, "nothing was sold into the entry")
    expect(order.missing_fills == 0, f"{order.missing_fills} filled at {price} without an execution")
    expect(stage.position() == order.filled, "the position is not what was filled")


async def told_twice(stage: Stage) -> None:
    await stage.fault("duplicate-events count=6")
    await stage.enter()
    await stage.settle()
    await stage.sleep(2)
    (name,) = stage.entries()
    order = stage.ledger.orders[name]
    expect(stage.position() == order.filled == order.quantity, f"{stage.position()} held of {order.quantity} ordered")
    # What the stream tells again, the executions tell a third time.
    await stage.desk.sender.read_fills(SYMBOL)
    expect(stage.position() == order.filled, "a fill counted twice")


async def out_of_order(stage: Stage) -> None:
    await stage.fault("reorder-events count=4")
    await stage.enter()
    await stage.settle()
    (name,) = stage.entries()
    expect(stage.ledger.orders[name].status is OrderStatus.FILLED, "an older report won")


async def cancel_races_fill(stage: Stage) -> None:
    name, _ = await _resting(stage, Decimal("0.02"))
    await stage.fault("drop-events count=6")
    await stage.by_hand("SELL", Decimal("0.3"), account=OTHER_ACCOUNT)
    order = await stage.desk.flow.cancel_entry(name, CancelReason.ASKED)
    await stage.settle()
    if order.status is OrderStatus.FILLED:
        stage.expect_in_order(F.CANCEL_ASKED, F.CANCEL_REFUSED, order=name)
    expect(stage.ledger.orders[name].status.is_final, "the order's end is not known")
    expect(stage.position() == stage.ledger.orders[name].filled, "the position is not what was filled")


async def cancel_answer_lost(stage: Stage) -> None:
    name, _ = await _resting(stage, Decimal("0.02"), share="0.97")
    await stage.fault("lose-answer ms=1 method=DELETE path=order")
    order = await stage.desk.flow.cancel_entry(name)
    await stage.settle()
    expect(stage.ledger.orders[name].status is OrderStatus.CANCELLED, f"the order is {order.status}")


async def _resting(stage: Stage, quantity: Decimal, *, share: str | None = None) -> tuple[str, Decimal]:
    """A limit entry that rests: in front of everybody else's bids, or at `share` of the mark."""
    price = (await _bids(stage))[0].price
    opened = await stage.enter(quantity=f"{quantity:f}", price=None if share else price, share=share)
    expect(opened.order is not None, f"the entry was not sent: {opened.words}")
    return stage.entries()[-1], price


async def _sell_into(stage: Stage, name: str, quantity: Decimal) -> None:
    lot = Decimal("0.001")
    ahead = max(Decimal(0), (await _bids(stage))[0].quantity - stage.ledger.orders[name].remaining)
    await stage.by_hand("SELL", ahead + quantity // lot * lot, account=OTHER_ACCOUNT)
    await stage.sleep(1)


async def _bids(stage: Stage) -> Sequence[BookLevel]:
    """The best bids, as soon as there are some: the crowd quotes anew with each step."""
    for _ in range(20):
        book = await stage.venue.order_book(SYMBOL, 5)
        if book.bids:
            return book.bids
        await stage.sleep(1)
    raise DrillFailed("nobody bids for 20 s")
