"""Other users of the venue, one kind each: who quotes, who trades at random, who runs after the price."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Protocol

from vibex.venues.simulator.exchange import Exchange, OrderRequest, Refusal
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.words import OrderType, Side, TimeInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdSettings:
    """`half_spread` as a fraction of the price; `level_notional` is what one level shows, in quote units; `noise` and
    `momentum` are chances of an order per step, 0 to 1; `lookback` is how many steps a trend is looked for over."""

    levels: int = 10
    half_spread: Decimal = Decimal("0.0001")
    level_notional: int = 50_000
    noise: float = 0.6
    momentum: float = 0.1
    lookback: int = 20


class Agent(Protocol):
    """One participant. It sees what is public: the market, and the price that the path has reached."""

    def step(self, market: Market, price: Decimal) -> None: ...


class Trader:
    """An account that sends orders of random size around a notional; what the venue refuses is not sent again."""

    def __init__(self, exchange: Exchange, name: str, settings: CrowdSettings, drawn: random.Random) -> None:
        self.exchange, self.name, self.settings, self.drawn = exchange, name, settings, drawn
        exchange.open_account(name, Decimal(0), house=True)

    def send(self, market: Market, side: Side, price: Decimal, tif: TimeInForce, share: Decimal = Decimal(1)) -> None:
        rules = market.rules
        size = self.settings.level_notional * share * Decimal(self.drawn.randint(20, 180)) / 100 / price
        quantity = max(rules.lot.minimum, on_grid(size, rules.lot.step))
        request = OrderRequest(
            symbol=market.symbol, side=side, type=OrderType.LIMIT, time_in_force=tif, quantity=quantity, price=price
        )
        try:
            self.exchange.place(self.name, request)
        except Refusal:
            # The outermost levels may leave the venue's price band, or the symbol may not be trading.
            return

    def take(self, market: Market, side: Side, price: Decimal) -> None:
        """Take what rests within three half spreads of `price`."""
        reach = on_grid(price * (1 + side.sign * self.settings.half_spread * 3), market.rules.tick)
        self.send(market, side, reach, TimeInForce.IOC)


class MarketMaker(Trader):
    """Quotes both sides anew at each step; what crosses a resting order of somebody trades with it. `shown` scales its
    sizes: below 1 the book is thin."""

    shown = Decimal(1)

    def step(self, market: Market, price: Decimal) -> None:
        tick = market.rules.tick
        half = max(tick, on_grid(price * self.settings.half_spread, tick))
        self.exchange.cancel_all(self.name, market.symbol)
        middle = on_grid(price, tick)
        for level in range(self.settings.levels):
            away = half + level * max(tick, half)
            for side in (Side.BUY, Side.SELL):
                self.send(market, side, middle - side.sign * away, TimeInForce.GTC, self.shown)


class NoiseTrader(Trader):
    """Buys or sells for no reason."""

    def step(self, market: Market, price: Decimal) -> None:
        if self.drawn.random() < self.settings.noise:
            self.take(market, Side.BUY if self.drawn.random() < 0.5 else Side.SELL, price)


class MomentumTrader(Trader):
    """Buys what has risen over the lookback and sells what has fallen, when the move is wider than the spread."""

    def __init__(self, exchange: Exchange, name: str, settings: CrowdSettings, drawn: random.Random) -> None:
        super().__init__(exchange, name, settings, drawn)
        self._seen: deque[Decimal] = deque(maxlen=settings.lookback + 1)

    def step(self, market: Market, price: Decimal) -> None:
        self._seen.append(price)
        moved = price / self._seen[0] - 1
        ready = len(self._seen) == self._seen.maxlen and abs(moved) > 2 * self.settings.half_spread
        if ready and self.drawn.random() < self.settings.momentum:
            self.take(market, Side.BUY if moved > 0 else Side.SELL, price)


def on_grid(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_HALF_EVEN) * step
