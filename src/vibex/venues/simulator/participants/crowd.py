"""A market maker that quotes around a price, and noise traders that hit it: the rest of the venue's users."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from vibex.venues.simulator.exchange import Exchange, OrderRequest, Refusal
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.words import OrderType, Side, TimeInForce
from vibex.venues.simulator.participants.prices import PricePath


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdSettings:
    """`half_spread` as a fraction of the price; `level_notional` is what one level shows, in quote units;
    `noise` is the chance of a noise order per step, 0 to 1."""

    levels: int = 10
    half_spread: Decimal = Decimal("0.0001")
    level_notional: int = 50_000
    noise: float = 0.6


class Crowd:
    """All participants of one symbol that are not the tested accounts. Drawn from `seed` and the symbol alone."""

    def __init__(
        self, exchange: Exchange, symbol: str, path: PricePath, *, seed: int, settings: CrowdSettings | None = None
    ) -> None:
        self.exchange, self.symbol, self.path = exchange, symbol, path
        self.settings = settings or CrowdSettings()
        self._random = random.Random(f"{seed}:{symbol}")
        self._maker, self._noise = f"maker:{symbol}", f"noise:{symbol}"
        for name in (self._maker, self._noise):
            exchange.open_account(name, Decimal(0), house=True)

    def step(self) -> None:
        """Move the mark to where the path stands now, then quote and trade. Without a price nothing moves."""
        now = self.exchange.floor.now
        price = self.path.price_at(now)
        if price is None:
            return
        market = self.exchange.floor.market(self.symbol)
        mark = _on_grid(price, market.rules.tick / 10)
        self.exchange.set_price(self.symbol, mark)
        self._quote(market, price)
        if self._random.random() < self.settings.noise:
            self._trade(market, price)

    def _quote(self, market: Market, price: Decimal) -> None:
        """Pull the old quotes, put the new ones; what crosses a resting order of somebody trades with it."""
        tick = market.rules.tick
        half = max(tick, _on_grid(price * self.settings.half_spread, tick))
        self.exchange.cancel_all(self._maker, self.symbol)
        middle = _on_grid(price, tick)
        for level in range(self.settings.levels):
            away = half + level * max(tick, half)
            for side in (Side.BUY, Side.SELL):
                self._send(self._maker, market, side, middle - side.sign * away, TimeInForce.GTC)

    def _trade(self, market: Market, price: Decimal) -> None:
        side = Side.BUY if self._random.random() < 0.5 else Side.SELL
        reach = _on_grid(price * (1 + side.sign * self.settings.half_spread * 3), market.rules.tick)
        self._send(self._noise, market, side, reach, TimeInForce.IOC)

    def _send(self, account: str, market: Market, side: Side, price: Decimal, tif: TimeInForce) -> None:
        rules = market.rules
        size = self.settings.level_notional * Decimal(self._random.randint(20, 180)) / 100 / price
        quantity = max(rules.lot.minimum, _on_grid(size, rules.lot.step))
        request = OrderRequest(
            symbol=self.symbol, side=side, type=OrderType.LIMIT, time_in_force=tif, quantity=quantity, price=price
        )
        try:
            self.exchange.place(account, request)
        except Refusal:
            # The outermost levels may leave the venue's price band, or the symbol may not be trading.
            return


def _on_grid(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_HALF_EVEN) * step
