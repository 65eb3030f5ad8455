"""Sizes of a strategy as rules that are sized when the order is sent (rules 31, 34, 36)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vibex.backtest.engine.entry import SideEntry
from vibex.backtest.engine.levels import Steps
from vibex.backtest.engine.plan import LevelOp, Sizing
from vibex.backtest.engine.tape import Tape
from vibex.domain import QuantityKind, QuantityRule
from vibex.domain.money import to_decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedWish:
    """A quantity rule, and how it came about."""

    rule: QuantityRule
    words: str


def quantity_of(
    side: SideEntry, tape: Tape, decision_row: int, fill_row: int, *, equity: float, leverage: float
) -> SizedWish:
    """The size of an entry decided at the close of `decision_row`, with the account worth `equity`.

    Shares of equity, notionals and quantities are said as they are. A risk and a volatility target are worked out at
    the close, and said in the unit that the fill changes least: base units where the distance is a number of price
    units, else the notional. Raises EntrySkipped where a size cannot be worked out.
    """
    rules, value = side.rules, side.rules.size_value
    match rules.sizing:
        case Sizing.FIXED_PERCENT:
            exposure = to_decimal(value) * to_decimal(leverage)
            return _wish(QuantityKind.EXPOSURE_PERCENT, exposure, f"{value:g} % of equity as margin at {leverage:g}x")
        case Sizing.FIXED_NOTIONAL:
            return _wish(QuantityKind.NOTIONAL, to_decimal(value), f"a notional of {value:g}")
        case Sizing.FIXED_QUANTITY:
            return _wish(QuantityKind.BASE, to_decimal(value), f"{value:g} units")
        case _:
            return _worked_out(side, tape, decision_row, fill_row, equity)


def _worked_out(side: SideEntry, tape: Tape, decision_row: int, fill_row: int, equity: float) -> SizedWish:
    rules, close = side.rules, tape.close[decision_row]
    levels = side.levels_at(tape, decision_row, fill_row, close)
    quantity = side.target_quantity(tape, decision_row, fill_row, close, equity, levels)
    said = f"{rules.sizing.name.lower()} {rules.size_value:g} with equity of {equity:g} at {close:g}"
    capped = quantity * close >= equity * rules.cap_percent / 100 * (1 - 1e-12)  # false for a cap of NaN: no cap
    if rules.sizing != Sizing.VOLATILITY_TARGET and not capped and _is_distance(rules.yardstick or rules.stop):
        return _wish(QuantityKind.BASE, to_decimal(quantity), f"{said}: {quantity:g} units")
    return _wish(QuantityKind.NOTIONAL, to_decimal(quantity * close), f"{said}: a notional of {quantity * close:g}")


def _is_distance(steps: Steps) -> bool:
    return len(steps) == 1 and steps[0][0] in (LevelOp.POINTS, LevelOp.ATR)


def _wish(kind: QuantityKind, value: Decimal, words: str) -> SizedWish:
    return SizedWish(rule=QuantityRule(kind, value), words=words)
