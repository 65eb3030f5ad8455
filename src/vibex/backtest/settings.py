"""The circumstances of one run: money, costs, range, engine. What the strategy itself says is in its spec."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from vibex.backtest.costs import CostSchedule
from vibex.backtest.engine.parts import Tie
from vibex.domain import InvalidInput, JsonValue, format_ms
from vibex.domain.arrays import F64

EngineName = Literal["native", "reference"]
TieOrder = Literal["stop", "target", "nearer"]
TargetOrder = Literal["limit", "market"]
MarginMode = Literal["cross", "isolated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """`capital` in the account's currency; everything named `_bps` in 1/100 percent.

    `fee_bps` is the taker's, and the maker's unless `maker_fee_bps` says another; a schedule of `costs` replaces both.
    `spread_bps` is the whole spread: half of it is added to the slippage. `volume_cap` is the share of a bar's volume
    that the orders of one symbol fill at most (rule 11), `impact` the k of k × share². `borrow_bps_year` is paid on
    shorts of equities; None takes the schedule's. `target` and `target_through` (ticks) say how targets are sent and
    when they fill, `tie` what fills in an ambiguous bar (rule 8), `entry_order` who is served first at one timestamp:
    "symbol" or "random:SEED" (rule 61). `liquidation` needs brackets; `margin` is what backs a position then.
    `lot_size` None takes the instrument's lot, 0 rounds nothing; Hong Kong equities refuse 0 unless
    `fractional`. `start_ms`, `end_ms` bound the tested bars by their opens, both included; earlier bars only
    warm up (rule 57). `risk_free_rate` and `sortino_target` are annual fractions. `annualisation` None takes
    the market's: 252 sessions for equities, 365 for crypto. Raises InvalidInput naming the option.
    """

    capital: float = 10_000.0
    fee_bps: float = 10.0
    maker_fee_bps: float | None = None
    costs: CostSchedule | None = None
    slippage_bps: float = 5.0
    spread_bps: float = 0.0
    volume_cap: float | None = None
    impact: float = 0.0
    borrow_bps_year: float | None = None
    target: TargetOrder = "limit"
    target_through: int = 0
    tie: TieOrder = "stop"
    entry_order: str = "symbol"
    liquidation: bool = False
    margin: MarginMode = "cross"
    liquidation_fee_bps: float = 0.0
    tick_size: float | None = None
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
            ("maker_fee_bps", -100.0, 10_000.0),
            ("slippage_bps", 0.0, 9_999.0),
            ("spread_bps", 0.0, 9_999.0),
            ("volume_cap", 0.0, 1.0),
            ("impact", 0.0, 1e3),
            ("borrow_bps_year", 0.0, 100_000.0),
            ("target_through", 0, 10_000),
            ("liquidation_fee_bps", 0.0, 1_000.0),
            ("tick_size", 0.0, 1e9),
            ("min_notional", 0.0, 1e15),
            ("lot_size", 0.0, 1e12),
        ):
            value = getattr(self, name)
            if value is None:
                continue
            if not (math.isfinite(value) and least <= value <= most):
                raise InvalidInput(f"{value:g} is out of range", field=name, remedy=f"use {least:g} to {most:g}")
            if name != "target_through":
                object.__setattr__(self, name, float(value))  # 10 and 10.0 are one setting, with one digest
        self._refuse_contradictions()
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

    def _refuse_contradictions(self) -> None:
        """Options that could never have an effect, or that only another option gives a meaning."""
        if self.volume_cap == 0:
            raise InvalidInput("a volume cap of 0 fills nothing", field="volume_cap", remedy="0.1 is a tenth of a bar")
        if self.impact and self.volume_cap is None:
            raise InvalidInput(
                "the impact of an order is measured by its share of the bar's volume",
                field="impact",
                remedy="give --volume-cap SHARE as well",
            )
        if self.costs is not None and self.maker_fee_bps is not None:
            raise InvalidInput(
                "a maker fee and a named schedule of costs exclude each other",
                field="maker_fee_bps",
                remedy="override the schedule: --costs NAME,maker_rate=0.0002",
            )
        if not re.fullmatch(r"symbol|random:[0-9]{1,18}", self.entry_order):
            raise InvalidInput(
                f"{self.entry_order!r} is no order of entries", field="entry_order", remedy="use symbol or random:SEED"
            )
        if self.liquidation_fee_bps and not self.liquidation:
            raise InvalidInput("a liquidation fee needs --liquidation", field="liquidation_fee_bps")

    @property
    def tie_order(self) -> Tie:
        return {"stop": Tie.STOP_FIRST, "target": Tie.TARGET_FIRST, "nearer": Tie.NEARER_FIRST}[self.tie]

    @property
    def fee_rate(self) -> float:
        """The taker's rate as a fraction; what a schedule charges per notional where one is given."""
        return self.fee_bps / 1e4 if self.costs is None else self.costs.taker_rate

    @property
    def maker_rate(self) -> float:
        if self.costs is not None:
            return self.costs.maker_rate
        return self.fee_rate if self.maker_fee_bps is None else self.maker_fee_bps / 1e4

    @property
    def fee_schedule(self) -> F64:
        """The schedule's numbers for the engine; empty where the two rates say everything."""
        if self.costs is None or self.costs.is_plain:
            return np.empty(0)
        return self.costs.as_vector()

    @property
    def slip(self) -> float:
        """Slippage and half the spread, a fraction."""
        return self.slippage_bps / 1e4 if self.spread_bps == 0 else self.slippage_bps / 1e4 + self.spread_bps / 2e4

    @property
    def liquidation_fee_rate(self) -> float:
        return self.liquidation_fee_bps / 1e4

    @property
    def borrow_per_year(self) -> float:
        """The fee for borrowed shares, a fraction of their value a year; 0 where it is not known (see `borrow`)."""
        return self.borrow or 0.0

    @property
    def borrow(self) -> float | None:
        """The same, None where nobody said it: the result then says that it is left out."""
        if self.borrow_bps_year is not None:
            return self.borrow_bps_year / 1e4
        return None if self.costs is None else self.costs.borrow_per_year

    def to_json(self) -> dict[str, JsonValue]:
        """Every setting by name; times as RFC 3339 text under `start` and `end`."""
        plain: dict[str, JsonValue] = {each.name: getattr(self, each.name) for each in fields(self)}
        plain["costs"] = None if self.costs is None else self.costs.to_json()
        for name in ("start", "end"):
            epoch_ms = plain.pop(f"{name}_ms")
            plain[name] = format_ms(epoch_ms) if isinstance(epoch_ms, int) else None
        return plain
