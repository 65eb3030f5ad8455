"""All participants of one symbol that are not the tested accounts, and the prices they gather around."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

from vibex.venues.simulator.exchange import Exchange
from vibex.venues.simulator.participants.agents import (
    Agent,
    CrowdSettings,
    MarketMaker,
    MomentumTrader,
    NoiseTrader,
    on_grid,
)
from vibex.venues.simulator.participants.prices import PricePath


class Crowd:
    """A market maker, noise and momentum around `path`; `others` act after them, in their order. Every draw comes from
    `seed` and the symbol alone. `mark` and `index` None: both are the path's own price."""

    def __init__(
        self,
        exchange: Exchange,
        symbol: str,
        path: PricePath,
        *,
        seed: int,
        settings: CrowdSettings | None = None,
        mark: PricePath | None = None,
        index: PricePath | None = None,
        others: Sequence[Agent] = (),
    ) -> None:
        self.exchange, self.symbol, self.path, self.mark, self.index = exchange, symbol, path, mark, index
        chosen = settings or CrowdSettings()
        self.maker = MarketMaker(exchange, f"maker:{symbol}", chosen, random.Random(f"{seed}:{symbol}:maker"))
        self._agents: list[Agent] = [self.maker]
        if chosen.noise:
            self._agents.append(NoiseTrader(exchange, f"noise:{symbol}", chosen, random.Random(f"{seed}:{symbol}")))
        if chosen.momentum:
            drawn = random.Random(f"{seed}:{symbol}:momentum")
            self._agents.append(MomentumTrader(exchange, f"momentum:{symbol}", chosen, drawn))
        self._agents.extend(others)

    def step(self) -> None:
        """Move the mark to where it stands now, then let everybody act. Without a price nothing moves."""
        now = self.exchange.floor.now
        price = self.path.price_at(now)
        if price is None:
            return
        market = self.exchange.floor.market(self.symbol)
        set_marks(self.exchange, self.symbol, price, self.mark, self.index)
        for agent in self._agents:
            agent.step(market, price)


def set_marks(exchange: Exchange, symbol: str, price: Decimal, mark: PricePath | None, index: PricePath | None) -> None:
    """Mark and index of the present moment. A path without a price now leaves its value where it was."""
    market = exchange.floor.market(symbol)
    fine, now = market.rules.tick / 10, exchange.floor.now
    marked = price if mark is None else (mark.price_at(now) or market.mark or price)
    indexed = marked if index is None else (index.price_at(now) or market.index or marked)
    exchange.set_price(symbol, on_grid(marked, fine), index=on_grid(indexed, fine))
