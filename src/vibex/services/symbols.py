"""A strategy with every symbol in its one spelling, and the symbols that it only reads."""

from __future__ import annotations

from vibex.domain import InvalidSpec, SpecIssue
from vibex.market import (
    canonical_symbol,
)
from vibex.strategy import StrategySpec

BUY_AND_HOLD = "buy_and_hold"


def canonical_spec(spec: StrategySpec) -> StrategySpec:
    """`spec` with every symbol in its one spelling, so that `BTC-USDT` and `BTC/USDT` are one strategy.

    Raises InvalidInput (field "symbols") for text that is no symbol of the market, InvalidSpec for two spellings of
    one symbol.
    """

    def one(symbol: str) -> str:
        return canonical_symbol(symbol, spec.market)

    symbols = tuple(one(symbol) for symbol in spec.symbols)
    for index, symbol in enumerate(symbols):
        if symbol in symbols[:index]:
            raise InvalidSpec([SpecIssue(f"symbols[{index}]", f"{symbol} is listed twice; leave one out")])
    indicators = tuple(
        i if i.symbol is None else i.model_copy(update={"symbol": one(i.symbol)}) for i in spec.indicators
    )
    benchmark = spec.benchmark if spec.benchmark in (None, BUY_AND_HOLD) else one(str(spec.benchmark))
    wanted: dict[str, object] = {"symbols": symbols, "indicators": indicators, "benchmark": benchmark}
    changed = {name: value for name, value in wanted.items() if getattr(spec, name) != value}
    return spec.model_copy(update=changed) if changed else spec


def filter_symbols(spec: StrategySpec) -> tuple[str, ...]:
    """The symbols that a canonical `spec` reads but does not trade: those of indicators, and of the benchmark."""
    read = [indicator.symbol for indicator in spec.indicators]
    read.append(None if spec.benchmark == BUY_AND_HOLD else spec.benchmark)
    return tuple(dict.fromkeys(symbol for symbol in read if symbol is not None and symbol not in spec.symbols))
