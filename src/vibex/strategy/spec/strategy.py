"""The StrategySpec: the one definition of a strategy that chat, people, backtest and live trading share."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue

from vibex.domain import Market, Timeframe
from vibex.strategy.spec.condition import Rules
from vibex.strategy.spec.indicator import Indicator
from vibex.strategy.spec.node import Bars, Name, Node, Symbol
from vibex.strategy.spec.sided import SidedExit, SidedSizing, SidedTakeProfit, SidedTrailing
from vibex.strategy.spec.trading import Assumption, Limits, Metadata, Order, Session, StopStep

Archetype = Literal["momentum", "trend_following", "mean_reversion", "breakout", "volatility", "pairs", "custom"]

# Shown in JSON only when they were said: a strategy that manages no state reads as part 1 of the contract.
_ONLY_WHEN_SET = ("stop_steps", "limits")


def _exact_one(value: object) -> object:
    """`True` and `1.0` equal 1 in Python, but are not the version number 1."""
    return value if type(value) is int else f"{value!r}"


def _empty_when_null(value: object) -> object:
    return {} if value is None else value


class StrategySpec(Node):
    """A strategy as typed, frozen data. `parse_spec` is the way in: it also checks what types cannot.

    Prices are in the instrument's currency, percentages are in percent (2.0 = 2 %), distances are positive.
    `stop_loss`, `take_profit`, `trailing_stop` and `sizing` have `.long` and `.short`, however they were written.
    """

    version: Annotated[Literal[1], BeforeValidator(_exact_one)]
    name: Name
    archetype: Archetype = "custom"
    market: Market
    symbols: Annotated[tuple[Symbol, ...], Field(min_length=1, max_length=500)]
    timeframe: Timeframe
    indicators: Annotated[tuple[Indicator, ...], Field(max_length=64)] = ()
    entry: Rules
    exit: Annotated[Rules, BeforeValidator(_empty_when_null)] = Rules(long=None, short=None)
    on_opposite: Literal["reverse", "ignore"] = "reverse"
    stop_loss: SidedExit | None = None
    take_profit: SidedTakeProfit | None = None
    trailing_stop: SidedTrailing | None = None
    time_stop_bars: Bars | None = None
    session: Session | None = None
    session_exit_minutes: Annotated[int, Field(strict=True, ge=1, le=1_440)] | None = None
    sizing: SidedSizing
    order: Order = Order(type="market", offset_bps=0.0, expires_bars=1)
    leverage: Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1, le=125)] = 1.0
    benchmark: Symbol | None = "buy_and_hold"
    metadata: Annotated[Metadata, BeforeValidator(_empty_when_null)] = Metadata()
    assumptions: Annotated[tuple[Assumption, ...], Field(max_length=200)] = ()
    stop_steps: Annotated[tuple[StopStep, ...], Field(max_length=16)] | None = None
    limits: Limits | None = None

    @property
    def trades_long(self) -> bool:
        return self.entry.long is not None

    @property
    def trades_short(self) -> bool:
        return self.entry.short is not None

    def to_json_dict(self) -> dict[str, JsonValue]:
        """The strategy as JSON: every top-level field of part 1 with its default or null, below only what was said."""
        shown = [
            name for name in type(self).model_fields if name in self.model_fields_set or name not in _ONLY_WHEN_SET
        ]
        whole = self.model_copy(update={name: getattr(self, name) for name in shown})
        dumped: dict[str, JsonValue] = _whole_numbers(whole.model_dump(mode="json", exclude_unset=True))
        return dumped

    def digest(self) -> str:
        """SHA-256 in hex over the complete canonical JSON: equal strategies have equal digests."""
        return _digest(self.model_dump(mode="json"))

    def rules_digest(self) -> str:
        """The digest of what decides a trade alone: a new name, note or benchmark leaves it as it is."""
        return _digest(self.model_dump(mode="json", exclude={"name", "metadata", "assumptions", "benchmark"}))


def _digest(dumped: dict[str, Any]) -> str:
    complete = _whole_numbers(dumped)
    text = json.dumps(complete, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _whole_numbers(value: Any) -> Any:
    """Write 30.0 as 30, as people do: both are one number, so they must have one digest."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    return value
