"""Trading cards: entries, exits, cancels and refusals, each of the smallest size."""

from __future__ import annotations

import asyncio

from vibex.domain import OrderKind, OrderStatus, OrderType, Side, TimeInForce
from vibex.testing.conformance.card import Card, Session, card, fail, require, skip
from vibex.testing.conformance.desk import accepted, desk, refused
from vibex.venues import Accepted, Done, MarginMode, NotFound, Refused, Unknown

_FLAT = "keys, one-way mode, the symbol flat"
_FAR = "0.97"


@card(
    "T01", "a market entry fills and shows as a position", prerequisite=_FLAT, needs_account=True,
    steps=("buy the smallest quantity at market", "query it", "read the snapshot"),
    passes="accepted, FILLED with an average price, position equal to the quantity",
)  # fmt: skip
async def market_entry(session: Session) -> None:
    async with desk(session) as at:
        order = await at.bought()
        found = await at.found(at.sent[0])
        require(found.status is OrderStatus.FILLED, f"status {found.status}")
        require(found.filled_quantity == at.quantity, f"{found.filled_quantity} of {at.quantity} filled")
        require(found.average_price is not None, "no average price")
        require(order.client_order_id == str(at.sent[0]), f"answered for {order.client_order_id}")


@card(
    "T02", "a limit order rests, is found, and is cancelled", prerequisite=_FLAT, needs_account=True,
    steps=("place a buy below the market", "query it", "cancel it", "query it again"),
    passes="OPEN, then CANCELLED, and no position",
)  # fmt: skip
async def limit_rests(session: Session) -> None:
    async with desk(session) as at:
        wish = at.wish(Side.BUY, OrderType.LIMIT, price=at.price(_FAR, Side.BUY))
        accepted(await at.enter(wish), "a resting order")
        found = await at.found(wish.client_order_id)
        require(found.status is OrderStatus.OPEN, f"status {found.status}")
        require(found.price == wish.price and found.quantity == wish.quantity, f"found as {found}")
        accepted(await session.venue.cancel(session.symbol, str(wish.client_order_id)), "the cancel")
        require((await at.found(wish.client_order_id)).status is OrderStatus.CANCELLED, "not cancelled")
        require(await at.held() == 0, "a position")


@card(
    "T03", "one client id is one open order", prerequisite=_FLAT, needs_account=True,
    steps=("place a resting order", "place it again under the same id"),
    passes="the second is refused and one order is open",
)  # fmt: skip
async def duplicate_id(session: Session) -> None:
    async with desk(session) as at:
        wish = at.wish(Side.BUY, OrderType.LIMIT, price=at.price(_FAR, Side.BUY))
        accepted(await at.enter(wish), "the first order")
        refused(await at.enter(wish), "the same id again")
        mine = [one for one in (await at.snapshot()).open_orders if one.symbol == session.symbol]
        require(len(mine) == 1, f"{len(mine)} open orders")


@card(
    "T04", "a post-only order never takes", prerequisite=_FLAT, needs_account=True,
    steps=("place a post-only buy above the best ask",),
    passes="refused or expired, nothing filled",
    section="Orders",
)  # fmt: skip
async def post_only(session: Session) -> None:
    async with desk(session) as at:
        wish = at.wish(Side.BUY, OrderType.LIMIT, price=at.price("1.01", Side.BUY), force=TimeInForce.POST_ONLY)
        outcome = await at.enter(wish)
        if isinstance(outcome, Accepted):
            found = await at.found(wish.client_order_id)
            require(found.status is OrderStatus.EXPIRED, f"status {found.status}")
        require(await at.held() == 0, "it took")


@card(
    "T05", "immediate-or-cancel and fill-or-kill leave nothing behind", prerequisite=_FLAT, needs_account=True,
    steps=("place both below the market",),
    passes="both end without a fill and none stays open",
)  # fmt: skip
async def immediate(session: Session) -> None:
    async with desk(session) as at:
        for force in (TimeInForce.IOC, TimeInForce.FOK):
            if force not in session.venue.profile.times_in_force:
                continue
            wish = at.wish(Side.BUY, OrderType.LIMIT, price=at.price(_FAR, Side.BUY), force=force)
            if isinstance(await at.enter(wish), Accepted):
                found = await at.found(wish.client_order_id)
                require(found.status in (OrderStatus.EXPIRED, OrderStatus.CANCELLED), f"{force}: {found.status}")
                require(found.filled_quantity == 0, f"{force} filled {found.filled_quantity}")
        require(not any(one.symbol == session.symbol for one in (await at.snapshot()).open_orders), "one is open")


@card(
    "T06", "a stop that closes the position rests without a quantity", prerequisite=_FLAT, needs_account=True,
    steps=("buy", "place a stop below the market that closes the position", "query it"),
    passes="OPEN with its trigger, marked as closing and reducing",
    section="Orders",
)  # fmt: skip
async def closing_stop(session: Session) -> None:
    async with desk(session) as at:
        await at.bought()
        trigger = at.price(_FAR, Side.SELL)
        stop = at.exit(OrderType.STOP_MARKET, trigger=trigger, whole=True, kind=OrderKind.STOP)
        accepted(await session.venue.place(stop), "the stop")
        found = await at.found(stop.client_order_id)
        require(found.status is OrderStatus.OPEN and found.trigger_price == trigger, f"found as {found}")
        require(found.closes_position and found.reduce_only, "it is not marked as closing")


@card(
    "T07", "a stop that is passed already is refused", prerequisite=_FLAT, needs_account=True,
    steps=("buy", "place a stop for the sale above the market"),
    passes="refused in words",
    section="Orders",
)  # fmt: skip
async def passed_stop(session: Session) -> None:
    async with desk(session) as at:
        await at.bought()
        stop = at.exit(OrderType.STOP_MARKET, trigger=at.price("1.02", Side.SELL), whole=True, kind=OrderKind.STOP)
        refused(await session.venue.place(stop), "a passed stop")


@card(
    "T08", "a take-profit rests beside a stop", prerequisite=_FLAT, needs_account=True,
    steps=("buy", "place a stop below and a take-profit above", "cancel the take-profit"),
    passes="both rest, and one goes without the other",
)  # fmt: skip
async def stop_and_target(session: Session) -> None:
    async with desk(session) as at:
        await at.bought()
        stop = at.exit(OrderType.STOP_MARKET, trigger=at.price(_FAR, Side.SELL), whole=True, kind=OrderKind.STOP)
        target = at.exit(OrderType.TAKE_PROFIT_MARKET, trigger=at.price("1.03", Side.SELL), kind=OrderKind.TARGET)
        for order in (stop, target):
            accepted(await session.venue.place(order), order.type)
        accepted(await session.venue.cancel(session.symbol, str(target.client_order_id)), "the cancel")
        require((await at.found(stop.client_order_id)).status is OrderStatus.OPEN, "the stop went too")


@card(
    "T09", "nothing is reduced where nothing is held", prerequisite=_FLAT, needs_account=True,
    steps=("sell reduce-only while flat",),
    passes="refused, and no position",
    section="Orders",
)  # fmt: skip
async def nothing_to_reduce(session: Session) -> None:
    async with desk(session) as at:
        refused(await session.venue.place(at.exit()), "a reduction of nothing")
        require(await at.held() == 0, "a position")


@card(
    "T10", "an exit never turns a position round", prerequisite=_FLAT, needs_account=True,
    steps=("buy", "sell twice as much reduce-only"),
    passes="the position is 0 or as it was, never short",
    section="Orders",
)  # fmt: skip
async def never_flips(session: Session) -> None:
    async with desk(session) as at:
        await at.bought()
        await session.venue.place(at.exit(quantity=at.quantity * 2))
        held = await at.held()
        require(held in (0, at.quantity), f"the position is {held}")


@card(
    "T11", "a partial exit leaves the rest", prerequisite=_FLAT, needs_account=True,
    steps=("buy", "sell half reduce-only"),
    passes="half of the position is left",
)  # fmt: skip
async def partial_exit(session: Session) -> None:
    async with desk(session) as at:
        await at.bought()
        accepted(await session.venue.place(at.exit(quantity=at.quantity / 2)), "the exit")
        half = at.quantity / 2
        await at.settled(at.held, lambda held: held == half, "the position")


@card(
    "T12", "a cancel of what is unknown or final is refused", prerequisite=_FLAT, needs_account=True,
    steps=("cancel an id that was never sent", "buy at market and cancel that order"),
    passes="both refused in words, the fill stands",
    section="What is proved about a request",
)  # fmt: skip
async def late_cancel(session: Session) -> None:
    async with desk(session) as at:
        never = str(session.next_id(OrderKind.ENTRY))
        refused(await session.venue.cancel(session.symbol, never), "a cancel of nothing")
        await at.bought()
        refused(await session.venue.cancel(session.symbol, str(at.sent[0])), "a cancel of a filled order")
        require((await at.found(at.sent[0])).status is OrderStatus.FILLED, "the fill is gone")


@card(
    "T13", "a cancel that races another ends in one state", prerequisite=_FLAT, needs_account=True,
    steps=("place a resting order", "cancel it three times at once", "query it"),
    passes="one cancel is accepted, the others are refused or as good, the order is CANCELLED",
)  # fmt: skip
async def cancel_race(session: Session) -> None:
    async with desk(session) as at:
        wish = at.wish(Side.BUY, OrderType.LIMIT, price=at.price(_FAR, Side.BUY))
        accepted(await at.enter(wish), "a resting order")
        name = str(wish.client_order_id)
        outcomes = await asyncio.gather(*(session.venue.cancel(session.symbol, name) for _ in range(3)))
        require(any(isinstance(one, Accepted) for one in outcomes), f"no cancel was accepted: {outcomes}")
        require(not any(isinstance(one, Unknown) for one in outcomes), "an unknown outcome")
        require((await at.found(wish.client_order_id)).status is OrderStatus.CANCELLED, "not cancelled")


@card(
    "T14", "what is off the contract's grid is refused", prerequisite=_FLAT, needs_account=True,
    steps=("place orders off the tick, off the lot, below the smallest notional, of an unknown symbol",),
    passes="each refused, none open, none rounded",
    section="Orders",
)  # fmt: skip
async def off_the_grid(session: Session) -> None:
    async with desk(session) as at:
        price, tick, lot = at.price(_FAR, Side.BUY), at.rules.tick, at.rules.lot
        limit = OrderType.LIMIT
        wishes = {
            "off the tick": at.wish(Side.BUY, limit, price=price + tick / 2),
            "off the lot": at.wish(Side.BUY, limit, price=price, quantity=at.quantity + lot / 2),
            "of an unknown symbol": at.wish(Side.BUY, limit, price=price, symbol="NOSUCHTHING/USDT"),
        }
        if at.rules.min_notional > lot * price:
            wishes["below the smallest notional"] = at.wish(Side.BUY, limit, price=price, quantity=lot)
        for what, wish in wishes.items():
            refused(await at.enter(wish), f"an order {what}")
        require(not any(one.symbol == session.symbol for one in (await at.snapshot()).open_orders), "one is open")


@card(
    "T15", "what the profile does not list is refused before the wire", prerequisite=_FLAT, needs_account=True,
    steps=("ask for a market exit of the whole position where only stops close it", "send a run-out approval",
           "send a price outside the approved band"),
    passes="each refused",
    section="What each venue is used for",
)  # fmt: skip
async def outside_the_profile(session: Session) -> None:
    async with desk(session) as at:
        for kind in set(OrderType) - session.venue.profile.closing_types:
            if kind.has_price or kind.has_trigger:
                continue
            refused(await session.venue.place(at.exit(kind, whole=True)), f"a closing {kind} order")
        low = at.price(_FAR, Side.BUY)
        refused(await at.enter(at.wish(Side.BUY, OrderType.LIMIT, price=low, expired=True)), "a run-out approval")
        band = at.wish(Side.BUY, OrderType.LIMIT, price=low, highest=low - at.rules.tick)
        refused(await at.enter(band), "a price outside the band")


@card(
    "T16", "leverage is set, and setting it again is no error", prerequisite=_FLAT, needs_account=True,
    steps=("set leverage 3 twice", "ask for more than there is"),
    passes="done, done, refused",
)  # fmt: skip
async def leverage(session: Session) -> None:
    async with desk(session):
        for _ in range(2):
            require(isinstance(await session.venue.set_leverage(session.symbol, 3), Done), "not set")
        too_much = await session.venue.set_leverage(session.symbol, 100_000)
        require(isinstance(too_much, Refused), f"{too_much}")


@card(
    "T17", "the margin mode changes while flat and not while held", prerequisite=_FLAT, needs_account=True,
    steps=("set isolated, set it again, set cross", "buy and set isolated"),
    passes="done, already so, done; refused while the position is open",
    section="What each venue is used for",
)  # fmt: skip
async def margin_mode(session: Session) -> None:
    if session.venue.profile.margin_modes != {MarginMode.CROSS, MarginMode.ISOLATED}:
        skip("the venue has one margin mode")
    async with desk(session) as at:
        venue, symbol = session.venue, session.symbol
        await venue.set_margin_mode(symbol, MarginMode.CROSS)
        require(await venue.set_margin_mode(symbol, MarginMode.ISOLATED) == Done(), "isolated is not set")
        require(await venue.set_margin_mode(symbol, MarginMode.ISOLATED) == Done(already=True), "not already so")
        require(await venue.set_margin_mode(symbol, MarginMode.CROSS) == Done(), "cross is not set")
        await at.bought()
        changed = await venue.set_margin_mode(symbol, MarginMode.ISOLATED)
        require(isinstance(changed, Refused), f"with an open position: {changed}")


@card(
    "T18", "orders that are sent at once all arrive", prerequisite=_FLAT, needs_account=True,
    steps=("place eight resting orders at once", "cancel them at once"),
    passes="all accepted under different ids, none open afterwards",
)  # fmt: skip
async def many_at_once(session: Session) -> None:
    async with desk(session) as at:
        wishes = [at.wish(Side.BUY, OrderType.LIMIT, price=at.price(_FAR, Side.BUY)) for _ in range(8)]
        for outcome in await asyncio.gather(*(at.enter(wish) for wish in wishes)):
            accepted(outcome, "one of eight orders")
        cancels = (session.venue.cancel(session.symbol, str(wish.client_order_id)) for wish in wishes)
        for outcome in await asyncio.gather(*cancels):
            accepted(outcome, "one of eight cancels")
        require(not any(one.symbol == session.symbol for one in (await at.snapshot()).open_orders), "one is open")


@card(
    "T19", "a lost answer is an unknown outcome, and the order is found", needs_account=True,
    prerequisite=f"{_FLAT}, a venue that loses answers",
    steps=("have the next answer lost", "place a resting order", "query it"),
    passes="unknown, not refused; the order is there once",
    section="What is proved about a request",
)  # fmt: skip
async def lost_answer(session: Session) -> None:
    if session.lose_next_answer is None:
        skip("this venue loses no answers on demand")
    async with desk(session) as at:
        wish = at.wish(Side.BUY, OrderType.LIMIT, price=at.price(_FAR, Side.BUY))
        await session.lose_next_answer()
        outcome = await at.enter(wish)
        require(isinstance(outcome, Unknown), f"{outcome}")
        require((await at.found(wish.client_order_id)).status is OrderStatus.OPEN, "not open")
        mine = [one for one in (await at.snapshot()).open_orders if one.symbol == session.symbol]
        require(len(mine) == 1, f"{len(mine)} open orders")


@card(
    "T20", "an order that never was stays unknown", prerequisite=_FLAT, needs_account=True,
    steps=("refuse an order before the wire", "query its id"),
    passes="NotFound",
    section="What is proved about a request",
)  # fmt: skip
async def never_sent(session: Session) -> None:
    async with desk(session) as at:
        wish = at.wish(Side.BUY, OrderType.LIMIT, price=at.price(_FAR, Side.BUY), expired=True)
        refused(await at.enter(wish), "a run-out approval")
        found = await session.venue.query(session.symbol, str(wish.client_order_id))
        if not isinstance(found, NotFound):
            fail(f"found as {found.status}")


ORDERS: tuple[Card, ...] = (
    market_entry, limit_rests, duplicate_id, post_only, immediate, closing_stop, passed_stop, stop_and_target,
    nothing_to_reduce, never_flips, partial_exit, late_cancel, cancel_race, off_the_grid, outside_the_profile,
    leverage, margin_mode, many_at_once, lost_answer, never_sent,
)  # fmt: skip
