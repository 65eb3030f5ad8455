"""What the venue keeps for one account: wallet, positions, modes, orders, fills and income rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from vibex.venues.simulator.exchange.order import Fill, Order
from vibex.venues.simulator.exchange.words import ZERO, Income, PositionSide, SelfTrade, Side


@dataclass(slots=True, kw_only=True)
class Position:
    """`amount` in base units, below 0 for a short; `cost` = amount × entry price, with the sign of amount."""

    symbol: str
    side: PositionSide
    amount: Decimal = ZERO
    cost: Decimal = ZERO
    isolated_wallet: Decimal = ZERO
    realised: Decimal = ZERO
    updated: int = 0

    @property
    def entry_price(self) -> Decimal:
        return self.cost / self.amount if self.amount else ZERO

    def unrealised(self, mark: Decimal) -> Decimal:
        return self.amount * mark - self.cost

    def apply(self, signed: Decimal, price: Decimal) -> tuple[Decimal, Decimal]:
        """Book a fill of `signed` base units; (realised profit, share of the old position that was closed)."""
        if self.amount == 0 or (self.amount > 0) == (signed > 0):
            self.amount += signed
            self.cost += signed * price
            return ZERO, ZERO
        held = abs(self.amount)
        if abs(signed) >= held:
            realised = self.amount * price - self.cost
            self.amount += signed
            self.cost = self.amount * price
            self.realised += realised
            return realised, Decimal(1)
        share = abs(signed) / held
        part = self.cost * share
        realised = -signed * price - part
        self.amount += signed
        self.cost -= part
        self.realised += realised
        return realised, share


@dataclass(slots=True, kw_only=True)
class SymbolSettings:
    leverage: int = 20
    isolated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeRow:
    tran_id: int
    kind: Income
    symbol: str
    amount: Decimal
    asset: str
    info: str
    time: int
    trade_id: str


@dataclass(slots=True, kw_only=True)
class Account:
    """`wallet` holds everything, the isolated margins included. A house account makes the market: it has no
    margin, no history and no stream, but its positions and fees count like everybody's."""

    name: str
    wallet: Decimal = ZERO
    deposited: Decimal = ZERO
    maker_rate: Decimal = Decimal("0.0002")
    taker_rate: Decimal = Decimal("0.0004")
    house: bool = False
    hedge: bool = False
    multi_assets: bool = False
    self_trade: SelfTrade = SelfTrade.EXPIRE_TAKER
    in_liquidation: bool = False
    positions: dict[tuple[str, PositionSide], Position] = field(default_factory=dict)
    settings: dict[str, SymbolSettings] = field(default_factory=dict)
    open_orders: dict[int, Order] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    client_ids: dict[str, int] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    income: list[IncomeRow] = field(default_factory=list)
    countdowns: dict[str, int] = field(default_factory=dict)
    # Positions whose owner has been told that their margin runs out.
    called: set[tuple[str, PositionSide]] = field(default_factory=set)
    resting: dict[tuple[str, PositionSide, Side], Decimal] = field(default_factory=dict)

    def position(self, symbol: str, side: PositionSide) -> Position:
        key = (symbol, side)
        found = self.positions.get(key)
        if found is None:
            found = self.positions[key] = Position(symbol=symbol, side=side)
        return found

    def settings_for(self, symbol: str) -> SymbolSettings:
        return self.settings.setdefault(symbol, SymbolSettings())

    def bound_leverage(self, symbol: str, highest: int) -> None:
        """Begin with no more leverage than the symbol allows."""
        settings = self.settings_for(symbol)
        settings.leverage = min(settings.leverage, highest)

    def sides(self) -> tuple[PositionSide, ...]:
        return (PositionSide.LONG, PositionSide.SHORT) if self.hedge else (PositionSide.BOTH,)

    def reducible(self, symbol: str, position_side: PositionSide, side: Side) -> Decimal:
        """How much of the position an order of `side` can close; 0 when it would open or add."""
        position = self.positions.get((symbol, position_side))
        if position is None or position.amount * side.sign >= 0:
            return ZERO
        return abs(position.amount)

    def only_reduces(self, order: Order) -> bool:
        """True for reduce-only and close-position orders, and in hedge mode for the closing side."""
        if order.reduce_only or order.close_position:
            return True
        if order.position_side is PositionSide.BOTH:
            return False
        return (order.position_side is PositionSide.LONG) != (order.side is Side.BUY)

    def open_order(self, order: Order) -> None:
        self.open_orders[order.order_id] = order
        if not self.house:
            self.client_ids[order.client_id] = order.order_id
            self.orders[order.order_id] = order

    def close_order(self, order: Order) -> None:
        self.open_orders.pop(order.order_id, None)

    def rest(self, order: Order, quantity: Decimal) -> None:
        """Count `quantity` more (or fewer, below 0) base units of `order` as standing in the book."""
        if self.house or self.only_reduces(order):
            return
        key = (order.symbol, order.position_side, order.side)
        self.resting[key] = self.resting.get(key, ZERO) + quantity * order.price
