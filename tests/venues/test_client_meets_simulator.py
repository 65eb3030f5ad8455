"""The client trades on the simulated venue over real sockets: two readings of one page that share no code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.venues.simulated import Simulated, running
from vibex.domain import (
    ApprovedEntry,
    ClientOrderId,
    OrderKind,
    OrderType,
    ProtectiveExit,
    Side,
    SystemClock,
    account_id,
)
from vibex.venues import Accepted, Done, MarginMode, Refused, ReportedOrder
from vibex.venues.aster.client import AsterVenue

SYMBOL = "BTC/USDT"


@pytest.fixture
def simulated() -> Iterator[Simulated]:
    """A simulated venue in a process of its own."""
    with running("--symbol", "BTCUSDT") as found:
        yield found


@pytest.fixture(params=["agent", "hmac"])
async def venue(request: pytest.FixtureRequest, simulated: Simulated) -> AsyncIterator[AsterVenue]:
    venue = simulated.venue(SystemClock(), scheme=request.param)
    yield venue
    await venue.close()


def order_id(sequence: int, kind: OrderKind) -> ClientOrderId:
    return ClientOrderId(account_tag="abcde", lease_epoch=1, sequence=sequence, kind=kind)


async def test_an_entry_its_stop_and_its_exit_run_as_both_sides_read_them(venue: AsterVenue) -> None:
    clock, desk = SystemClock(), account_id("desk")
    assert isinstance(await venue.set_leverage(SYMBOL, 5), Done)
    entry = ApprovedEntry(
        account_id=desk,
        client_order_id=order_id(1, OrderKind.ENTRY),
        symbol=SYMBOL,
        side=Side.BUY,
        type=OrderType.MARKET,
        quantity=Decimal("0.01"),
        leverage=Decimal(5),
        valid_until=clock.now() + timedelta(minutes=1),
        min_price=Decimal(1),
        max_price=Decimal(10_000_000),
        rule="test",
    )
    bought = await venue.place(entry)
    assert isinstance(bought, Accepted), bought
    position = (await venue.account_snapshot()).positions[0]
    assert (position.symbol, position.quantity) == (SYMBOL, Decimal("0.01"))

    mark = (await venue.mark_price(SYMBOL)).mark_price
    trigger = (mark * Decimal("0.95")).quantize(Decimal(1))
    stop = ProtectiveExit(
        account_id=desk,
        client_order_id=order_id(2, OrderKind.STOP),
        symbol=SYMBOL,
        side=Side.SELL,
        type=OrderType.STOP_MARKET,
        quantity=None,
        trigger_price=trigger,
    )
    assert isinstance(await venue.place(stop), Accepted)
    resting = await venue.query(SYMBOL, str(stop.client_order_id))
    assert isinstance(resting, ReportedOrder)
    assert resting.trigger_price == trigger

    leave = ProtectiveExit(
        account_id=desk,
        client_order_id=order_id(3, OrderKind.EXIT),
        symbol=SYMBOL,
        side=Side.SELL,
        type=OrderType.MARKET,
        quantity=Decimal("0.01"),
    )
    sold = await venue.place(leave)
    assert isinstance(sold, Accepted), sold
    assert all(position.quantity == 0 for position in (await venue.account_snapshot()).positions)


async def test_a_reduction_of_nothing_and_a_cancel_of_nothing_are_refused_in_words(venue: AsterVenue) -> None:
    nothing = ProtectiveExit(
        account_id=account_id("desk"),
        client_order_id=order_id(1, OrderKind.EXIT),
        symbol=SYMBOL,
        side=Side.SELL,
        type=OrderType.MARKET,
        quantity=Decimal("0.01"),
    )
    refused = await venue.place(nothing)
    assert isinstance(refused, Refused)
    assert refused.code == "-2022"
    cancelled = await venue.cancel(SYMBOL, str(order_id(9, OrderKind.ENTRY)))
    assert isinstance(cancelled, Refused)
    assert cancelled.words


async def test_fees_isolated_margin_and_own_orders_are_read_as_both_sides_mean_them(venue: AsterVenue) -> None:
    clock, desk = SystemClock(), account_id("desk")
    assert isinstance(await venue.set_margin_mode(SYMBOL, MarginMode.ISOLATED), Done)
    entry = ApprovedEntry(
        account_id=desk,
        client_order_id=order_id(1, OrderKind.ENTRY),
        symbol=SYMBOL,
        side=Side.BUY,
        type=OrderType.MARKET,
        quantity=Decimal("0.01"),
        leverage=Decimal(5),
        valid_until=clock.now() + timedelta(minutes=1),
        min_price=Decimal(1),
        max_price=Decimal(10_000_000),
        rule="test",
    )
    assert isinstance(await venue.place(entry), Accepted)
    before = (await venue.account.positions(SYMBOL))[0].isolated_margin
    assert await venue.account.move_margin(SYMBOL, Decimal(50)) == Done()
    after = (await venue.account.positions(SYMBOL))[0].isolated_margin
    assert before is not None
    assert after is not None
    assert abs(after - before - 50) < 2, "the mark may have moved meanwhile"
    assert isinstance(await venue.account.move_margin(SYMBOL, Decimal(-100_000)), Refused)

    assert await venue.account.self_trade() == "EXPIRE_TAKER"
    assert await venue.account.set_self_trade("EXPIRE_BOTH") == Done()
    assert await venue.account.self_trade() == "EXPIRE_BOTH"

    start = clock.now() - timedelta(minutes=1)
    fills = await venue.fills(SYMBOL, start, clock.now() + timedelta(minutes=1))
    rows = await venue.income(start, clock.now() + timedelta(minutes=1))
    assert sum(fill.fee for fill in fills) == -sum(row.amount for row in rows if row.kind == "COMMISSION") > 0
