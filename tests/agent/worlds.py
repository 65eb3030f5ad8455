"""A market and an account in memory, for the makers of decisions: seeded bars, quotes, funding, open interest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from vibex.agent.context import (
    AccountLimits,
    AccountState,
    AccountView,
    HeldPosition,
    Missing,
    PerformanceFacts,
    Reading,
)
from vibex.domain import AccountId, Bars, InvalidInput, PositionSide, Timeframe
from vibex.domain.arrays import F64

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
ACCOUNT = AccountId("account1")
SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
PRICES = {"BTC/USDT": 60000.0, "ETH/USDT": 3000.0, "SOL/USDT": 150.0}


def walk(
    symbol: str, frame: Timeframe, rows: int, *, end: datetime = NOW, drift: float = 0.0, seed: int = 1, last: float = 0
) -> Bars:
    """`rows` bars the last of which closes at `end`, at about `last` (the symbol's price unless given)."""
    random = np.random.default_rng(seed)
    steps: F64 = random.normal(drift, 0.003, rows)
    close: F64 = np.exp(np.cumsum(steps))
    close = close / close[-1] * (last or PRICES[symbol])
    open_: F64 = np.concatenate(([close[0]], close[:-1]))
    spread: F64 = np.abs(random.normal(0, 0.002, rows))
    first = int(end.timestamp() * 1000) - rows * frame.ms
    return Bars(
        symbol=symbol,
        timeframe=frame,
        open_time=first + frame.ms * np.arange(rows, dtype=np.int64),
        open=open_,
        high=np.maximum(open_, close) * (1 + spread),
        low=np.minimum(open_, close) * (1 - spread),
        close=close,
        volume=random.uniform(10, 100, rows),
    )


def account_view(
    *, equity: str | None = "10000", positions: Sequence[HeldPosition] = (), limits: AccountLimits | None = None
) -> AccountView:
    money = None if equity is None else Decimal(equity)
    return AccountView(
        state=AccountState(
            read_at=NOW,
            balance=money,
            equity=money,
            margin_used=Decimal(0),
            available=money,
            positions=tuple(positions),
        ),
        performance=PerformanceFacts(initial_equity=Decimal(10_000), equity=((NOW, money),) if money else ()),
        limits=limits or AccountLimits(),
    )


@dataclass
class World:
    """`BarHistory`, `MarketSource` and `AccountSource` in one; tests change what they are about."""

    bars_of: dict[tuple[str, Timeframe], Bars] = field(default_factory=dict)
    price_of: dict[str, Reading | Missing] = field(default_factory=dict)
    mids_of: dict[str, Sequence[Reading] | Missing] = field(default_factory=dict)
    funding: Reading | Missing = field(default_factory=lambda: Reading(Decimal("0.0000125"), NOW))
    interest: Sequence[Reading] | Missing = ()
    view: AccountView = field(default_factory=account_view)
    failure: Exception | None = None

    async def bars(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        if (symbol, timeframe) not in self.bars_of:
            raise InvalidInput(f"there are no {timeframe} bars of {symbol}", field="symbol")
        return self.bars_of[symbol, timeframe].between(int(start.timestamp() * 1000), int(end.timestamp() * 1000))

    async def price(self, symbol: str, at: datetime) -> Reading | Missing:
        return self.price_of.get(symbol, Missing("no quote was recorded"))

    async def mid_prices(self, symbol: str, since: datetime, at: datetime) -> Sequence[Reading] | Missing:
        return self.mids_of.get(symbol, Missing("quotes were not recorded"))

    async def funding_rate(self, symbol: str, at: datetime) -> Reading | Missing:
        return self.funding

    async def open_interest(self, symbol: str, since: datetime, at: datetime) -> Sequence[Reading] | Missing:
        return self.interest

    async def read(self, account_id: AccountId, at: datetime) -> AccountView:
        if self.failure is not None:
            raise self.failure
        return self.view


def world(*, drift: float = 0.0, symbols: Sequence[str] = SYMBOLS, rows: int = 600) -> World:
    """A market in which every price is known, on 5m and 4h bars."""
    made = World()
    for number, symbol in enumerate(symbols):
        for frame in (Timeframe.M5, Timeframe.H4):
            made.bars_of[symbol, frame] = walk(symbol, frame, rows, drift=drift, seed=number + 1)
        made.price_of[symbol] = Reading(Decimal(str(PRICES[symbol])), NOW)
    made.interest = [Reading(Decimal(25_000 + hour), NOW - timedelta(hours=hour)) for hour in range(30, -1, -1)]
    return made


def held(asset: str, side: PositionSide, quantity: str, *, stop: str | None = None) -> HeldPosition:
    return HeldPosition(
        asset=asset,
        side=side,
        quantity=Decimal(quantity),
        entry_price=Decimal(59_000),
        mark_price=Decimal(60_000),
        unrealised_pnl=Decimal(500),
        liquidation_price=None,
        leverage=Decimal(3),
        stop=None if stop is None else Decimal(stop),
        opened_at=NOW - timedelta(hours=5),
    )
