"""A recorded order book, level by level, and recorded trades stand in for the crowd; accounts trade against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from vibex.venues.simulator.exchange import Exchange, Order
from vibex.venues.simulator.exchange.order import house_order
from vibex.venues.simulator.exchange.words import Side
from vibex.venues.simulator.participants.crowd import set_marks
from vibex.venues.simulator.participants.prices import PricePath

Levels = Sequence[tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthMessage:
    """Levels with absolute quantities, 0 removes one: a snapshot when the book is empty, differences after it."""

    time_ms: int
    bids: Levels
    asks: Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTrade:
    """A public trade as it was; `side` is the taker's."""

    time_ms: int
    price: Decimal
    quantity: Decimal
    side: Side


class RecordedBook:
    """One house order for each recorded level, at its recorded quantity. What an account takes from a level is
    back with the level's next message: the recording does not know that somebody traded."""

    def __init__(self, exchange: Exchange, symbol: str) -> None:
        self._exchange, self._symbol = exchange, symbol
        self._account = exchange.open_account(f"recorded:{symbol}", Decimal(0), house=True)
        self._levels: dict[tuple[Side, Decimal], Order] = {}

    def apply(self, message: DepthMessage) -> None:
        """Removals first, so that a book that moved through itself within one message never crosses."""
        changed = [(Side.BUY, *level) for level in message.bids] + [(Side.SELL, *level) for level in message.asks]
        for side, price, _ in changed:
            order = self._levels.pop((side, price), None)
            if order is not None and order.status.open:
                self._exchange.cancel(self._account.name, self._symbol, order_id=order.order_id)
        for side, price, quantity in changed:
            if quantity:
                self._levels[side, price] = self._exchange.enter_house(self._order(side, price, quantity))

    def _order(self, side: Side, price: Decimal, quantity: Decimal) -> Order:
        floor = self._exchange.floor
        return house_order(floor.next_order_id(), self._account.name, self._symbol, side, price, quantity, floor.now)


class Recording:
    """One symbol's market as it was recorded: messages and trades at their own times, a trade before the levels that
    it changed. The mark is the middle of the book where no series says otherwise.

    What an account has resting is filled by recorded trades that went beyond its price, and at its price by what is
    left of a trade after the recorded quantity there: the account stood last in the queue.
    """

    def __init__(
        self,
        exchange: Exchange,
        symbol: str,
        depth: Sequence[DepthMessage],
        trades: Sequence[RecordedTrade] = (),
        *,
        mark: PricePath | None = None,
        index: PricePath | None = None,
    ) -> None:
        self._exchange, self._symbol, self._mark, self._index = exchange, symbol, mark, index
        self._book = RecordedBook(exchange, symbol)
        first = depth[0].time_ms if depth else 0
        rows: list[DepthMessage | RecordedTrade] = [*(one for one in trades if one.time_ms >= first), *depth]
        self._rows = sorted(rows, key=lambda row: (row.time_ms, isinstance(row, DepthMessage)))
        self._next = 0

    @property
    def next_ms(self) -> int | None:
        """When the next message or trade is due; None after the last."""
        return self._rows[self._next].time_ms if self._next < len(self._rows) else None

    def play_one(self) -> None:
        """The next message or trade, at the exchange's present time."""
        row = self._rows[self._next]
        self._next += 1
        if isinstance(row, DepthMessage):
            self._book.apply(row)
            self._set_marks()
        else:
            self._exchange.print_trade(self._symbol, row.side, row.price, row.quantity)

    def _set_marks(self) -> None:
        book = self._exchange.floor.market(self._symbol).book
        bid, ask = book.bids.best(), book.asks.best()
        if bid is not None and ask is not None:
            set_marks(self._exchange, self._symbol, (bid + ask) / 2, self._mark, self._index)
