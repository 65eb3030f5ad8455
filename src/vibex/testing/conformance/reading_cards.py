"""Read-only cards: the public side of a venue, and the account as it is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from vibex.domain import InvalidInput, OrderKind, Timeframe
from vibex.testing.conformance.card import Card, Session, card, fail, listening, require
from vibex.venues import Channel, Interrupted, NotFound, PositionMode, Subscription
from vibex.venues.events import BarUpdate, BookChanged, BookLost, MarketEvent, Quote
from vibex.venues.reports import MarkPrice

_PATIENCE_S = 30.0
_MOST_SKEW = timedelta(seconds=5)
_UNKNOWN = "NOSUCHTHING/USDT"


@card(
    "R01",
    "contracts carry usable rules",
    steps=("read the instruments", "find the symbol"),
    section="Orders",
    passes="it is listed, trades, and has a tick, a lot, and bounds in order",
)
async def instruments(session: Session) -> None:
    one = await session.instrument()
    require(one.is_trading, f"{one.symbol} has the status {one.status}")
    require(one.tick > 0 and one.lot > 0, f"tick {one.tick}, lot {one.lot}")
    require(one.min_price <= one.max_price or one.max_price == 0, f"prices {one.min_price}..{one.max_price}")
    require(one.min_quantity <= one.max_quantity or one.max_quantity == 0, "smallest quantity above the largest")
    require(one.symbol == f"{one.base}/{one.quote}", f"{one.symbol} is not {one.base}/{one.quote}")


@card(
    "R02",
    "an unknown symbol is refused as such",
    steps=(f"ask for the mark price of {_UNKNOWN}",),
    passes="InvalidInput, not a price and not an empty answer",
)
async def unknown_symbol(session: Session) -> None:
    try:
        answer = await session.venue.mark_price(_UNKNOWN)
    except InvalidInput:
        return
    fail(f"a mark price of {answer.mark_price}")


@card(
    "R03",
    "bars are closed, in order and inside what was asked",
    steps=("read the last hour of 1m bars",),
    passes="rising open times within the span, none of a minute that still runs",
)
async def bars(session: Session) -> None:
    end = session.clock.now()
    start = (end - timedelta(minutes=60)).replace(second=0, microsecond=0)
    read = await session.venue.bar_history(session.symbol, Timeframe.M1, start, end)
    require(len(read) > 0, "no bars in the last hour")
    opens = [int(value) for value in read.open_time]
    require(opens == sorted(set(opens)), "open times do not rise")
    require(opens[0] >= start.timestamp() * 1000, "a bar from before the span")
    skew_ms = _MOST_SKEW.total_seconds() * 1000
    require(opens[-1] + 60_000 <= end.timestamp() * 1000 + skew_ms, "the last bar is not closed")


@card(
    "R04",
    "the venue's time agrees with this machine's",
    steps=("read the mark price and compare its time",),
    section="What is proved about a request",
    passes=f"less than {_MOST_SKEW.total_seconds():g} s apart",
)
async def time_of_day(session: Session) -> None:
    told = (await session.venue.mark_price(session.symbol)).event_at
    apart = abs(session.clock.now() - told)
    require(apart < _MOST_SKEW, f"{apart.total_seconds():.1f} s apart: set this machine's clock")


@card(
    "R05",
    "mark, index and book tell one price",
    steps=("read the mark price", "read the order book"),
    passes="mark and index are within 5 % of the middle of the book",
)
async def prices(session: Session) -> None:
    mark = await session.venue.mark_price(session.symbol)
    book = await session.venue.order_book(session.symbol, 5)
    require(bool(book.bids and book.asks), "the book has an empty side")
    middle = (book.bids[0].price + book.asks[0].price) / 2
    for name, price in (("mark", mark.mark_price), ("index", mark.index_price)):
        if price is not None:
            require(abs(price / middle - 1) < Decimal("0.05"), f"{name} {price}, middle of the book {middle}")


@card(
    "R06",
    "the order book is sorted, uncrossed and on the grid",
    steps=("read 20 levels",),
    section="Orders",
    passes="bids fall, asks rise, the best bid is below the best ask, prices are multiples of the tick",
)
async def order_book(session: Session) -> None:
    one = await session.instrument()
    book = await session.venue.order_book(session.symbol, 20)
    bids, asks = [level.price for level in book.bids], [level.price for level in book.asks]
    require(bids == sorted(set(bids), reverse=True), "bids do not fall")
    require(asks == sorted(set(asks)), "asks do not rise")
    require(not bids or not asks or bids[0] < asks[0], "the book is crossed")
    require(all(level.quantity > 0 for level in (*book.bids, *book.asks)), "a level without a quantity")
    require(all((price - one.min_price) % one.tick == 0 for price in (*bids, *asks)), "a price off the tick")


@card(
    "R07",
    "funding is reported oldest first, as fractions",
    steps=("read three days of settled funding",),
    passes="times rise and lie in the span, no rate beyond 10 %",
)
async def funding(session: Session) -> None:
    end = session.clock.now()
    start = end - timedelta(days=3)
    rates = await session.venue.funding_history(session.symbol, start, end)
    times = [rate.event_at for rate in rates]
    require(times == sorted(set(times)), "times do not rise")
    require(all(start <= at <= end + _MOST_SKEW for at in times), "a settlement outside the span")
    require(all(abs(rate.rate) < Decimal("0.1") for rate in rates), "a rate beyond 10 %")


@card(
    "R08",
    "open interest is a quantity",
    steps=("read the open interest",),
    passes="not below 0, and of today",
)
async def open_interest(session: Session) -> None:
    read = await session.venue.open_interest(session.symbol)
    require(read.quantity >= 0, f"{read.quantity}")
    require(session.clock.now() - read.event_at < timedelta(days=1), f"as of {read.event_at}")


@card(
    "R09",
    "the market stream starts by saying so and brings every channel",
    steps=("subscribe to mark price, quotes and 1m bars", "wait for one of each"),
    section="Streams",
    passes="the first event is Interrupted(resumed), each channel speaks, for the symbol asked for",
)
async def market_stream(session: Session) -> None:
    wanted = [
        Subscription(channel=Channel.MARK_PRICE, symbol=session.symbol),
        Subscription(channel=Channel.QUOTE, symbol=session.symbol),
        Subscription(channel=Channel.BARS, symbol=session.symbol, timeframe=Timeframe.M1),
    ]
    kinds: tuple[type[MarketEvent], ...] = (MarkPrice, Quote, BarUpdate)
    async with listening(session.venue.market_stream(wanted), session.clock) as heard:
        events = await heard.until(
            lambda seen: all(any(isinstance(one, kind) for one in seen) for kind in kinds),
            _PATIENCE_S,
            "event of every channel",
        )
        first = events[0]
        require(isinstance(first, Interrupted) and first.resumed, f"the first event is {type(first).__name__}")
        for one in events:
            if isinstance(one, MarkPrice | Quote | BarUpdate):
                require(one.symbol == session.symbol, f"an event of {one.symbol}")


@card(
    "R10",
    "a streamed book is whole, uncrossed and moves forward",
    steps=("subscribe to the book", "wait for five changes"),
    section="Streams",
    passes="update ids rise, no crossed book, best levels within 1 % of the book that is asked for",
)
async def book_stream(session: Session) -> None:
    wanted = [Subscription(channel=Channel.BOOK, symbol=session.symbol)]
    async with listening(session.venue.market_stream(wanted), session.clock) as heard:
        events = await heard.until(
            lambda seen: sum(isinstance(one, BookChanged) for one in seen) >= 5, _PATIENCE_S, "five changes of the book"
        )
        asked = await session.venue.order_book(session.symbol, 5)
    require(bool(asked.bids), "the book has no bids")
    last = 0
    for one in events:
        if isinstance(one, BookLost):
            last = 0
        if isinstance(one, BookChanged):
            require(one.book.update_id > last, f"update id {one.book.update_id} after {last}")
            last = one.book.update_id
            require(bool(one.book.bids and one.book.asks), "the streamed book has an empty side")
            require(one.book.bids[0].price < one.book.asks[0].price, "the streamed book is crossed")
            apart = abs(one.book.bids[0].price / asked.bids[0].price - 1)
            require(apart < Decimal("0.01"), f"the streamed best bid is {apart:.2%} off")


@card(
    "R11",
    "the account is read whole",
    needs_account=True,
    steps=("read the account snapshot",),
    passes="balances are numbers, open positions and orders are of listed contracts, times are in order",
)
async def account(session: Session) -> None:
    snapshot = await session.venue.account_snapshot()
    require(snapshot.started_at <= snapshot.taken_at, "taken before it was started")
    require(snapshot.position_mode in PositionMode, "no position mode")
    listed = {one.symbol for one in await session.venue.instruments()}
    for held in snapshot.positions:
        require(held.symbol in listed, f"a position in {held.symbol}, which is not listed")
    for order in snapshot.open_orders:
        require(order.symbol in listed, f"an order in {order.symbol}, which is not listed")
        require(not order.status.is_final, f"{order.client_order_id} is {order.status} among open orders")


@card(
    "R12",
    "income is oldest first and no row comes twice",
    needs_account=True,
    steps=("read the income of the last day",),
    passes="times rise within the span, the pair of kind and id is unique",
)
async def income(session: Session) -> None:
    end = session.clock.now()
    start = end - timedelta(days=1)
    rows = await session.venue.income(start, end)
    times = [row.event_at for row in rows]
    require(times == sorted(times), "times do not rise")
    require(all(_whole_ms(start) <= at <= end + _MOST_SKEW for at in times), "a row outside the span")
    ids = [(row.kind, row.row_id) for row in rows]
    require(len(ids) == len(set(ids)), "a row twice")


@card(
    "R13",
    "an order that never was is not found",
    needs_account=True,
    steps=("query a client id that was never sent",),
    section="What is proved about a request",
    passes="NotFound, and no exception",
)
async def unknown_order(session: Session) -> None:
    found = await session.venue.query(session.symbol, str(session.next_id(OrderKind.ENTRY)))
    require(isinstance(found, NotFound), "an order that was never placed was found")


@card(
    "R14",
    "the account stream says when it is ready",
    needs_account=True,
    steps=("open the account stream",),
    section="Streams",
    passes="the first event is Interrupted(resumed)",
)
async def account_stream(session: Session) -> None:
    async with listening(session.venue.account_stream(), session.clock) as heard:
        first = (await heard.until(bool, _PATIENCE_S, "first event"))[0]
        require(isinstance(first, Interrupted) and first.resumed, f"the first event is {type(first).__name__}")


@card(
    "R15",
    "executions are oldest first and none comes twice",
    needs_account=True,
    steps=("read the executions of the last day",),
    passes="times rise within the span, ids are unique, each is of the symbol, with a price and a quantity above 0",
)
async def executions(session: Session) -> None:
    end = session.clock.now()
    start = end - timedelta(days=1)
    fills = await session.venue.fills(session.symbol, start, end)
    times = [fill.event_at for fill in fills]
    require(times == sorted(times), "times do not rise")
    require(all(_whole_ms(start) <= at <= end + _MOST_SKEW for at in times), "an execution outside the span")
    ids = [fill.trade_id for fill in fills]
    require(len(ids) == len(set(ids)), "an execution twice")
    for fill in fills:
        require(fill.symbol == session.symbol, f"an execution in {fill.symbol}")
        require(fill.price > 0 and fill.quantity > 0, f"{fill.quantity} at {fill.price}")


def _whole_ms(moment: datetime) -> datetime:
    return datetime.fromtimestamp(int(moment.timestamp() * 1000) / 1000, UTC)


READ_ONLY: tuple[Card, ...] = (
    instruments, unknown_symbol, bars, time_of_day, prices, order_book, funding, open_interest, market_stream,
    book_stream, account, income, unknown_order, account_stream,
    executions,
)  # fmt: skip
