"""What is traded: a symbol on a market, in a currency, with its lot and tick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from vibex.domain.errors import InvalidInput


class Market(StrEnum):
    """The three markets; each has one calendar and one annualisation."""

    CRYPTO = "crypto"
    US_EQUITY = "us_equity"
    HK_EQUITY = "hk_equity"

    @property
    def is_equity(self) -> bool:
        return self is not Market.CRYPTO

    @property
    def sessions_per_year(self) -> int:
        """365 for crypto, 252 for equities (decision 16 of the product: one convention per market)."""
        return 365 if self is Market.CRYPTO else 252

    @property
    def default_currency(self) -> str:
        return {Market.CRYPTO: "USDT", Market.US_EQUITY: "USD", Market.HK_EQUITY: "HKD"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One tradable symbol.

    `lot` is the smallest quantity step in base units or shares, 0 = no rounding. `tick` is the price step,
    0 = levels are not rounded; `tick_table` names a table of steps by price and date instead, which `market.ticks`
    reads. `valid_from` is the first day on which these values hold, None = always.
    """

    symbol: str
    market: Market
    currency: str
    lot: Decimal = Decimal(0)
    tick: Decimal = Decimal(0)
    tick_table: str | None = None
    shortable: bool = True
    valid_from: date | None = None

    def __post_init__(self) -> None:
        for name, value in (("lot", self.lot), ("tick", self.tick)):
            if not value.is_finite() or value < 0:
                raise InvalidInput(f"{self.symbol}: {value} is not a number of at least 0", field=name)
        if self.tick_table is not None and self.tick:
            raise InvalidInput(f"{self.symbol} has both a tick and a table of ticks", field="tick")
        if not self.symbol or not self.currency:
            raise InvalidInput("an instrument needs a symbol and a currency", field="symbol")
