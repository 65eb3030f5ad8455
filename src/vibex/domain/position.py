"""A net position, and how fills change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from vibex.domain.fill import Fill
from vibex.domain.order import PositionSide, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """`quantity` is signed: positive long, negative short, 0 flat; `entry_price` None when flat.

    `realised_pnl` is gross of fees; `fees` are costs (positive). All in quote currency.
    """

    symbol: str
    quantity: Decimal = Decimal(0)
    entry_price: Decimal | None = None
    realised_pnl: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)

    @property
    def side(self) -> PositionSide | None:
        if self.quantity == 0:
            return None
        return PositionSide.LONG if self.quantity > 0 else PositionSide.SHORT

    def unrealised_pnl(self, mark_price: Decimal) -> Decimal:
        """Gain (positive) or loss of the open quantity at `mark_price`."""
        return Decimal(0) if self.entry_price is None else (mark_price - self.entry_price) * self.quantity

    def apply(self, fill: Fill) -> Position:
        """The position after `fill`."""
        return self.traded(side=fill.side, quantity=fill.quantity, price=fill.price, fee=fill.fee)

    def traded(self, *, side: Side, quantity: Decimal, price: Decimal, fee: Decimal) -> Position:
        """After `quantity` (above 0) at `price`: adding averages the entry, reducing realises, crossing 0 does both."""
        signed = quantity if side is Side.BUY else -quantity
        after = replace(self, quantity=self.quantity + signed, fees=self.fees + fee)
        if self.entry_price is None or self.quantity * signed > 0:
            paid = (self.entry_price or Decimal(0)) * abs(self.quantity) + price * quantity
            return replace(after, entry_price=paid / abs(after.quantity))
        closed = min(abs(self.quantity), quantity)
        gain = (price - self.entry_price) * closed * (1 if self.quantity > 0 else -1)
        after = replace(after, realised_pnl=self.realised_pnl + gain)
        if after.quantity == 0:
            return replace(after, entry_price=None)
        return after if quantity < abs(self.quantity) else replace(after, entry_price=price)
