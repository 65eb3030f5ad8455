"""The circumstances of one run: money, costs, range, engine. What the strategy itself says is in its spec."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Literal

from vibex.domain import InvalidInput, JsonValue, format_ms

EngineName = Literal["native", "reference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """`capital` in the account's currency; `fee_bps` (maker and taker alike) and `slippage_bps` in 1/100 percent.

    `lot_size` None takes the instrument's lot, 0 rounds nothing; Hong Kong equities refuse 0 unless
    `fractional`. `start_ms`, `end_ms` bound the tested bars by their opens, both included; earlier bars only
    warm up (rule 57). `risk_free_rate` and `sortino_target` are annual fractions. `annualisation` None takes
    the market's: 252 sessions for equities, 365 for crypto. Raises InvalidInput naming the option.
    """

    capital: float = 10_000.0
    fee_bps: float = 10.0
    slippage_bps: float = 5.0
    lot_size: float | None = None
    fractional: bool = False
    min_notional: float = 0.0
    start_ms: int | None = None
    end_ms: int | None = None
    engine: EngineName = "native"
    risk_free_rate: float = 0.0
    sortino_target: float = 0.0
    annualisation: int | None = None

    def __post_init__(self) -> None:
        if self.capital <= 0:
            raise InvalidInput(f"{self.capital:g} is not above 0", field="capital", remedy="use an amount above 0")
        for name, least, most in (
            ("capital", 0.0, 1e15),
            ("fee_bps", 0.0, 10_000.0),
            ("slippage_bps", 0.0, 9_999.0),
            ("min_notional", 0.0, 1e15),
            ("lot_size", 0.0, 1e12),
        ):
            value = getattr(self, name)
            if value is None:
                continue
            if not (math.isfinite(value) and least <= value <= most):
                raise InvalidInput(f"{value:g} is out of range", field=name, remedy=f"use {least:g} to {most:g}")
            object.__setattr__(self, name, float(value))  # 10 and 10.0 are one setting, with one digest
        if self.fractional and self.lot_size:
            raise InvalidInput("a lot size and fractional shares exclude each other", field="lot_size")
        for name in ("risk_free_rate", "sortino_target"):
            if not -1 < getattr(self, name) < 10:
                raise InvalidInput(
                    f"{getattr(self, name):g} is no annual rate", field=name, remedy="0.02 means 2 % a year"
                )
            object.__setattr__(self, name, float(getattr(self, name)))
        if self.annualisation is not None and not 1 <= self.annualisation <= 366:
            raise InvalidInput(
                f"{self.annualisation} sessions a year do not exist", field="annualisation", remedy="use 252 or 365"
            )
        if self.start_ms is not None and self.end_ms is not None and self.start_ms > self.end_ms:
            raise InvalidInput(
                f"{format_ms(self.start_ms)} lies after the end, {format_ms(self.end_ms)}",
                field="start",
                remedy="exchange --start and --end",
            )

    @property
    def fee_rate(self) -> float:
        return self.fee_bps / 1e4

    @property
    def slip(self) -> float:
        return self.slippage_bps / 1e4

    def to_json(self) -> dict[str, JsonValue]:
        """Every setting by name; times as RFC 3339 text under `start` and `end`."""
        plain: dict[str, JsonValue] = asdict(self)
        for name in ("start", "end"):
            epoch_ms = plain.pop(f"{name}_ms")
            plain[name] = format_ms(epoch_ms) if isinstance(epoch_ms, int) else None
        return plain
