"""What the venue allows for one symbol: filters, leverage brackets, funding terms; and its undecided habits."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal

from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.words import ZERO, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """One step of the leverage table: holds for floor < notional ≤ cap, in quote currency."""

    number: int
    floor: Decimal
    cap: Decimal
    leverage: int
    maintenance_rate: Decimal
    cum: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Smallest, largest and step of a quantity in base units; 0 disables a part."""

    minimum: Decimal
    maximum: Decimal
    step: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolRules:
    """One perpetual. Rates are fractions (0.0004 = 4 bp), prices in quote, quantities in base units."""

    symbol: str
    underlying: str
    quote: str = "USDT"
    tick: Decimal
    min_price: Decimal
    max_price: Decimal
    lot: Lot
    market_lot: Lot
    brackets: tuple[Bracket, ...]
    price_digits: int
    quantity_digits: int
    min_notional: Decimal = Decimal(5)
    max_orders: int = 200
    max_conditional: int = 100
    band_up: Decimal = Decimal("1.05")
    band_down: Decimal = Decimal("0.95")
    market_take_bound: Decimal = Decimal("0.05")
    trigger_protect: Decimal = Decimal("0.05")
    liquidation_fee: Decimal = Decimal("0.0125")
    funding_hours: int = 8
    funding_cap: Decimal = Decimal("0.02")
    funding_floor: Decimal = Decimal("-0.02")
    interest_rate: Decimal = Decimal("0.0001")
    status: str = "TRADING"

    def __post_init__(self) -> None:
        if self.tick <= 0 or self.lot.step <= 0:
            raise InvalidInput(f"{self.symbol}: tick and step must be above 0", field="tick")
        if not self.brackets or any(a.cap != b.floor for a, b in zip(self.brackets, self.brackets[1:], strict=False)):
            raise InvalidInput(f"{self.symbol}: brackets must be there and join without a gap", field="brackets")

    def bracket_for(self, notional: Decimal) -> Bracket:
        """The bracket of a position of `notional`; the last one beyond the table."""
        index = bisect_right([bracket.cap for bracket in self.brackets[:-1]], notional)
        if index and notional == self.brackets[index - 1].cap:
            index -= 1
        return self.brackets[index]

    def largest_notional(self, leverage: int) -> Decimal:
        """The largest position that `leverage` allows; 0 when no bracket does."""
        return max((bracket.cap for bracket in self.brackets if bracket.leverage >= leverage), default=ZERO)

    def check_price(self, price: Decimal) -> None:
        """Refuses a price or stop price off the grid: −4001, −1111, −4002, −4013, −4014."""
        if price <= 0:
            raise Refusal(-4001)
        if _digits(price) > self.price_digits:
            raise Refusal(-1111)
        if self.max_price and price > self.max_price:
            raise Refusal(-4002)
        if price < self.min_price:
            raise Refusal(-4013)
        if (price - self.min_price) % self.tick:
            raise Refusal(-4014)

    def check_quantity(self, quantity: Decimal, *, market: bool) -> None:
        """Refuses a quantity off the grid: −4003, −1111, −4004, −4005, −4023."""
        lot = self.market_lot if market else self.lot
        if quantity <= 0:
            raise Refusal(-4003)
        if _digits(quantity) > self.quantity_digits:
            raise Refusal(-1111)
        if quantity < lot.minimum:
            raise Refusal(-4004)
        if lot.maximum and quantity > lot.maximum:
            raise Refusal(-4005)
        if lot.step and (quantity - lot.minimum) % lot.step:
            raise Refusal(-4023)

    def check_band(self, price: Decimal, side: Side, mark: Decimal) -> None:
        """PERCENT_PRICE: a buy not above mark × up (−4016), a sell not below mark × down (−4024)."""
        if side is Side.BUY and price > mark * self.band_up:
            raise Refusal(-4016)
        if side is Side.SELL and price < mark * self.band_down:
            raise Refusal(-4024)

    def check_stop_band(self, price: Decimal, stop: Decimal) -> None:
        """The limit of a stop-limit order lies within the same band around its stop price (−4183, −4184)."""
        if price > stop * self.band_up:
            raise Refusal(-4183)
        if price < stop * self.band_down:
            raise Refusal(-4184)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What the venue's page leaves open; a client must live with either answer."""

    modify_keeps_priority: bool = False
    trailing_needs_quantity: bool = True
    duplicate_nonce_code: int = -4225
    refuse_unknown_parameters: bool = False
    python_booleans: bool = False
    countdown_cancels_conditional: bool = True
    closed_client_id_reusable: bool = True
    send_retry_after: bool = True


def _digits(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise Refusal(-1130, "number")
    if exponent >= 0 or number == number.to_integral_value():
        return 0
    return -int(number.normalize().as_tuple().exponent)


def decimals(step: Decimal) -> int:
    """How many places a multiple of `step` can have."""
    return _digits(step)
