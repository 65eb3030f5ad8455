"""The order book of one symbol: price first, then time of arrival; a level is a queue of orders."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from decimal import Decimal

from vibex.venues.simulator.exchange.order import Order
from vibex.venues.simulator.exchange.words import ZERO, Side, TimeInForce


class Ladder:
    """One side. Orders of a level lie in arrival order; the best price is the highest bid or the lowest ask."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._prices: list[Decimal] = []
        self._levels: dict[Decimal, dict[int, Order]] = {}

    def best(self) -> Decimal | None:
        if not self._prices:
            return None
        return self._prices[-1] if self.side is Side.BUY else self._prices[0]

    def first(self) -> Order | None:
        """The order that trades next."""
        best = self.best()
        return None if best is None else next(iter(self._levels[best].values()))

    def add(self, order: Order) -> None:
        level = self._levels.get(order.price)
        if level is None:
            level = self._levels[order.price] = {}
            insort(self._prices, order.price)
        level[order.order_id] = order

    def remove(self, order: Order) -> None:
        level = self._levels[order.price]
        del level[order.order_id]
        if not level:
            del self._levels[order.price]
            del self._prices[bisect_left(self._prices, order.price)]

    def holds(self, order: Order) -> bool:
        level = self._levels.get(order.price)
        return level is not None and order.order_id in level

    def prices(self) -> Iterator[Decimal]:
        """From the best outwards."""
        return reversed(self._prices) if self.side is Side.BUY else iter(self._prices)

    def at(self, price: Decimal) -> list[Order]:
        """The orders of one level, in the order in which they trade."""
        return list(self._levels.get(price, {}).values())

    def orders(self) -> Iterator[Order]:
        """In the order in which they trade."""
        for price in list(self.prices()):
            yield from list(self._levels[price].values())

    def shown(self, price: Decimal) -> Decimal:
        """The quantity displayed at `price`: hidden orders trade but do not show."""
        level = self._levels.get(price)
        if level is None:
            return ZERO
        return sum((order.remaining for order in level.values() if order.time_in_force is not TimeInForce.HIDDEN), ZERO)


class Book:
    """Both sides, and which prices changed since the last difference was taken."""

    def __init__(self) -> None:
        self.bids = Ladder(Side.BUY)
        self.asks = Ladder(Side.SELL)
        self.update_id = 1
        self._changed: dict[tuple[Side, Decimal], None] = {}

    def ladder(self, side: Side) -> Ladder:
        return self.bids if side is Side.BUY else self.asks

    def add(self, order: Order) -> None:
        self.ladder(order.side).add(order)
        self.touch(order)

    def remove(self, order: Order) -> None:
        self.ladder(order.side).remove(order)
        self.touch(order)

    def holds(self, order: Order) -> bool:
        return self.ladder(order.side).holds(order)

    def touch(self, order: Order) -> None:
        """Note that the level of `order` changed."""
        self.update_id += 1
        self._changed[order.side, order.price] = None

    def depth(self, limit: int) -> tuple[list[tuple[Decimal, Decimal]], list[tuple[Decimal, Decimal]]]:
        """The best `limit` displayed levels of bids and of asks as (price, quantity)."""
        return self._shown(self.bids, limit), self._shown(self.asks, limit)

    def take_changes(self) -> tuple[list[tuple[Decimal, Decimal]], list[tuple[Decimal, Decimal]]]:
        """Changed levels since the last call, bids and asks, with absolute quantities; 0 removes a level."""
        changed, self._changed = self._changed, {}
        bids = [(price, self.bids.shown(price)) for side, price in changed if side is Side.BUY]
        asks = [(price, self.asks.shown(price)) for side, price in changed if side is Side.SELL]
        return bids, asks

    def forget_changes(self) -> None:
        """As `take_changes`, without looking at them."""
        self._changed.clear()

    @staticmethod
    def _shown(ladder: Ladder, limit: int) -> list[tuple[Decimal, Decimal]]:
        levels: list[tuple[Decimal, Decimal]] = []
        for price in ladder.prices():
            quantity = ladder.shown(price)
            if quantity:
                levels.append((price, quantity))
                if len(levels) == limit:
                    break
        return levels
