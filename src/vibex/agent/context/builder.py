"""Gathers the facts of all assets at once and makes the context of them; a source that fails leaves a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from vibex.agent.context.account import AccountView
from vibex.agent.context.market import HISTORY, OPEN_INTEREST_SPAN, POINTS, MarketFrames, MarketInputs, market_document
from vibex.agent.context.performance import performance_document
from vibex.agent.context.readings import Freshness, Missing, Reading, fresh
from vibex.agent.context.regime import Regime, RegimeName, RegimeRules, asset_regime
from vibex.agent.context.sources import MarketSource
from vibex.domain import Bars, InvalidInput, JsonValue, RetryLater, Timeframe
from vibex.domain.ports import BarHistory

Told = TypeVar("Told")


@dataclass(frozen=True, kw_only=True, eq=False)
class AssetContext:
    """One asset: its document in the format of the requirements, its regime, and its price now."""

    asset: str
    symbol: str
    market: dict[str, JsonValue]
    regime: Regime
    price: Reading | Missing
    inputs: MarketInputs


@dataclass(frozen=True, kw_only=True, eq=False)
class Context:
    """Everything that a decision at `at` is made on."""

    at: datetime
    assets: tuple[AssetContext, ...]
    account: AccountView
    performance: dict[str, JsonValue]

    @property
    def regimes(self) -> frozenset[RegimeName]:
        """The regimes of any asset."""
        return frozenset(name for asset in self.assets for name in asset.regime.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextBuilder:
    """Builds contexts. Keeps nothing between two of them."""

    bars: BarHistory
    facts: MarketSource
    frames: MarketFrames = field(default_factory=MarketFrames)
    freshness: Freshness = field(default_factory=Freshness)
    rules: RegimeRules = field(default_factory=RegimeRules)

    async def build(self, symbols: Sequence[str], account: AccountView, at: datetime) -> Context:
        """The context of `symbols` as known at `at`. A source that raises RetryLater or InvalidInput is missing."""
        performance = performance_document(account.performance)
        below = performance["drawdown_pct"]
        drawdown = float(below) / 100 if isinstance(below, int | float) else None
        assets = await asyncio.gather(*(self._asset(symbol, drawdown, at) for symbol in symbols))
        return Context(at=at, assets=tuple(assets), account=account, performance=performance)

    async def _asset(self, symbol: str, drawdown: float | None, at: datetime) -> AssetContext:
        intraday = timedelta(milliseconds=self.frames.intraday.ms)
        (price, mids, funding, interest), bars = await asyncio.gather(
            asyncio.gather(
                _told(self.facts.price(symbol, at)),
                _told(self.facts.mid_prices(symbol, at - (POINTS + 2) * intraday, at)),
                _told(self.facts.funding_rate(symbol, at)),
                _told(self.facts.open_interest(symbol, at - OPEN_INTEREST_SPAN, at)),
            ),
            asyncio.gather(*(_told(self._history(symbol, frame, at)) for frame in self.frames.all)),
        )
        inputs = MarketInputs(
            asset=asset_of(symbol),
            at=at,
            frames=self.frames,
            bars=dict(zip(self.frames.all, bars, strict=True)),
            price=fresh(price, at, self.freshness.quote_s),
            mids=mids,
            funding=fresh(funding, at, self.freshness.funding_s),
            open_interest=interest,
            freshness=self.freshness,
        )
        return AssetContext(
            asset=inputs.asset,
            symbol=symbol,
            market=market_document(inputs),
            regime=asset_regime(inputs.closed(self.frames.long_term[0]), inputs.funding, drawdown, self.rules),
            price=inputs.price,
            inputs=inputs,
        )

    async def _history(self, symbol: str, frame: Timeframe, at: datetime) -> Bars:
        length = timedelta(milliseconds=frame.ms)
        return await self.bars.bars(symbol, frame, at - HISTORY * length, at)


def asset_of(symbol: str) -> str:
    """The name under which a model knows a symbol: BTC for BTC/USDT."""
    return symbol.partition("/")[0]


async def _told(question: Awaitable[Told]) -> Told | Missing:
    """What a source says, or why it says nothing."""
    try:
        return await question
    except (RetryLater, InvalidInput) as error:
        return Missing(error.message)
