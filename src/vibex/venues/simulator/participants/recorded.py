"""A recorded order book, level by level, stands in for the market maker; tested accounts trade against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from vibex.venues.simulator.exchange import Exchange, Order
from vibex.venues.simulator.exchange.words import OrderType, PositionSide, SelfTrade, Side, TimeInForce

Levels = Sequence[tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthMessage:
    """Levels with absolute quantities, 0 removes one: a snapshot when the book is empty, differences after it."""

    time_ms: int
    bids: Levels
    asks: Levels


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
        number = floor.next_order_id()
        return Order(
            order_id=number,
            account=self._account.name,
            symbol=self._symbol,
            client_id=f"recorded-{number}",
            side=side,
            position_side=PositionSide.BOTH,
            type=OrderType.LIMIT,
            orig_type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            quantity=quantity,
            price=price,
            # A stale level of the recording gives way to the newer one.
            self_trade=SelfTrade.EXPIRE_MAKER,
            created=floor.now,
            updated=floor.now,
        )
