"""A maker without a model: EMA trend, RSI filter, ATR stop. Deterministic, documented, a yardstick for every other.

On closed bars of one timeframe, per symbol:

long entry    flat, EMA(20) > EMA(50), close > EMA(20), 40 ≤ RSI(14) ≤ 70
short entry   flat, EMA(20) < EMA(50), close < EMA(20), 30 ≤ RSI(14) ≤ 60
exit          long and EMA(20) < EMA(50); short and EMA(20) > EMA(50)
stop          2 × ATR(14) from the fill; target 2 × the stop's distance
size          the notional that loses `risk_pct` of equity at the stop, at most an equal part of the exposure cap

The thresholds are customary and were not fitted to any market. Nothing here says that it earns anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from vibex.agent.context import AccountSource, AccountView, ContextBuilder, Missing, Reading, asset_of
from vibex.agent.context.builder import AssetContext
from vibex.agent.wishes import Wishes
from vibex.analysis.indicators import IndicatorInput, compute
from vibex.domain import AccountId, Clock, Decision, InvalidInput, PositionSide, Protection, Timeframe, VibexError
from vibex.domain.money import to_decimal
from vibex.domain.protection import DistanceAway, RiskMultiple


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSettings:
    """`timeframe` must be one of the context's; `risk_pct` of equity is lost at the stop, before costs."""

    timeframe: Timeframe = Timeframe.H4
    risk_pct: Decimal = Decimal(1)
    stop_atr: Decimal = Decimal(2)
    target_risk: Decimal = Decimal(2)
    deadline_s: float = 30
    band_pct: Decimal = Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    """The last values of the indicators; NaN where there is none."""

    close: float
    fast: float
    slow: float
    rsi: float
    atr: float

    @property
    def are_known(self) -> bool:
        return bool(np.isfinite([self.close, self.fast, self.slow, self.rsi, self.atr]).all()) and self.atr > 0

    @property
    def words(self) -> str:
        return f"EMA20 {self.fast:g}, EMA50 {self.slow:g}, close {self.close:g}, RSI14 {self.rsi:.1f}"


class Baseline:
    """A `DecisionMaker` for any account; the same data give the same decisions, but for their ids."""

    name = "baseline"

    def __init__(
        self, contexts: ContextBuilder, accounts: AccountSource, clock: Clock, settings: BaselineSettings | None = None
    ) -> None:
        self._contexts = contexts
        self._accounts = accounts
        self._clock = clock
        self._settings = settings or BaselineSettings()
        if self._settings.timeframe not in contexts.frames.all:
            raise InvalidInput(f"{self._settings.timeframe} is none of the context's timeframes", field="timeframe")

    async def decide(self, account_id: AccountId, symbols: Sequence[str], at: datetime) -> Sequence[Decision]:
        """One decision per symbol; a hold with the reason where the account, bars or a price are not known."""
        settings = self._settings
        wishes = Wishes(
            account_id=account_id,
            maker=self.name,
            data_at=at,
            time_to_live=timedelta(seconds=settings.deadline_s),
            band_pct=settings.band_pct,
            clock=self._clock,
        )
        left_s = settings.deadline_s - (self._clock.now() - at).total_seconds()
        try:
            if left_s <= 0:
                raise TimeoutError
            async with asyncio.timeout(left_s):
                view = await self._accounts.read(account_id, at)
                stale = view.is_stale(at, self._contexts.freshness)
                if stale is not None:
                    return wishes.holds(symbols, f"the account's state is not known: {stale}")
                context = await self._contexts.build(symbols, view, at)
        except TimeoutError:
            return wishes.holds(symbols, f"no data within {settings.deadline_s:g} s")
        except VibexError as error:
            return wishes.holds(symbols, str(error))
        return [self._judge(wishes, asset, view, len(symbols)) for asset in context.assets]

    def _judge(self, wishes: Wishes, asset: AssetContext, view: AccountView, symbols: int) -> Decision:
        bars = asset.inputs.closed(self._settings.timeframe)
        if isinstance(bars, Missing):
            return wishes.hold(asset.symbol, bars.reason)
        inputs = IndicatorInput(bars=bars, series=bars.close)
        fast, slow, rsi, atr = (
            float(compute(name, {"timeperiod": period}, inputs)[""][-1])
            for name, period in (("EMA", 20), ("EMA", 50), ("RSI", 14), ("ATR", 14))
        )
        now = _Numbers(close=float(bars.close[-1]), fast=fast, slow=slow, rsi=rsi, atr=atr)
        if not now.are_known:
            return wishes.hold(asset.symbol, f"{len(bars)} closed bars are too few")
        held = view.position(asset_of(asset.symbol))
        if held is not None:
            turned = now.fast < now.slow if held.side is PositionSide.LONG else now.fast > now.slow
            if turned:
                return wishes.close(asset.symbol, f"the averages have crossed: {now.words}")
            return wishes.hold(asset.symbol, f"the trend goes on: {now.words}")
        side = _entry(now)
        if side is None:
            return wishes.hold(asset.symbol, f"no entry: {now.words}")
        return self._open(wishes, asset, view, side, now, symbols)

    def _open(
        self, wishes: Wishes, asset: AssetContext, view: AccountView, side: PositionSide, now: _Numbers, symbols: int
    ) -> Decision:
        equity = view.state.equity
        if equity is None or equity <= 0:
            return wishes.hold(asset.symbol, "there is no known equity above 0")
        if not isinstance(asset.price, Reading):
            return wishes.hold(asset.symbol, f"its price is not known: {asset.price.reason}")
        distance = self._settings.stop_atr * to_decimal(now.atr)
        by_risk = equity * self._settings.risk_pct / 100 * asset.price.value / distance
        notional = min(by_risk, equity * view.limits.max_exposure / symbols)
        protection = Protection(stop=DistanceAway(distance), target=RiskMultiple(self._settings.target_risk))
        why = f"{side} with the trend: {now.words}"
        return wishes.open(asset.symbol, side, notional, protection, asset.price.value, why)


def _entry(now: _Numbers) -> PositionSide | None:
    if now.fast > now.slow and now.close > now.fast and 40 <= now.rsi <= 70:
        return PositionSide.LONG
    if now.fast < now.slow and now.close < now.fast and 30 <= now.rsi <= 60:
        return PositionSide.SHORT
    return None
