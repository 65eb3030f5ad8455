"""What a venue reports of itself and of an account, in our words and in Decimal: facts, ours or anybody's.

Orders and positions here may be foreign (made by hand in the venue's app), so client order ids are plain text.
Quantities are in base units; prices, pnl and notionals in quote currency; times aware UTC. None means that the venue
does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from vibex.domain import Liquidity, OrderStatus, PositionSide, Side, VenueOrderId


class MarginMode(StrEnum):
    CROSS = "cross"
    ISOLATED = "isolated"


class PositionMode(StrEnum):
    """ONE_WAY nets all orders of a symbol; HEDGE holds a long and a short apart."""

    ONE_WAY = "one_way"
    HEDGE = "hedge"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueInstrument:
    """A contract and the rules that its orders are held to. A step, bound or limit of 0 in a rule means: no such rule.

    `price_up` and `price_down` are multiples of the mark price that a buy must not exceed and a sell not go below.
    `liquidation_fee` and `market_bound` (how far a market order may go from the mark) are fractions.
    """

    symbol: str
    venue_symbol: str
    base: str
    quote: str
    margin_asset: str
    is_trading: bool
    status: str
    tick: Decimal
    min_price: Decimal
    max_price: Decimal
    lot: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    market_lot: Decimal
    market_min_quantity: Decimal
    market_max_quantity: Decimal
    min_notional: Decimal
    price_up: Decimal | None
    price_down: Decimal | None
    max_open_orders: int | None
    max_stop_orders: int | None
    order_types: frozenset[str]
    times_in_force: frozenset[str]
    liquidation_fee: Decimal | None = None
    market_bound: Decimal | None = None
    trigger_protect: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedOrder:
    """An order as the venue has it. `venue_type` is the venue's word and never lost; `quantity` None: whole position.

    `position_side` None in one-way mode. After a trigger the venue may call a stop a market order: `venue_type` is the
    type that the order was placed with.
    """

    symbol: str
    venue_order_id: VenueOrderId
    client_order_id: str
    side: Side
    position_side: PositionSide | None
    venue_type: str
    time_in_force: str
    status: OrderStatus
    quantity: Decimal | None
    filled_quantity: Decimal
    average_price: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None
    reduce_only: bool
    closes_position: bool
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFill:
    """One execution. `fee` is a cost when positive; (symbol, trade_id) makes a repeated report harmless."""

    symbol: str
    trade_id: str
    venue_order_id: VenueOrderId
    client_order_id: str | None
    side: Side
    position_side: PositionSide | None
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_currency: str | None
    liquidity: Liquidity
    realised_pnl: Decimal
    event_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPosition:
    """`quantity` is signed: long above 0. `position_side` None in one-way mode."""

    symbol: str
    position_side: PositionSide | None
    quantity: Decimal
    entry_price: Decimal | None
    mark_price: Decimal | None
    liquidation_price: Decimal | None
    leverage: Decimal | None
    margin_mode: MarginMode
    isolated_margin: Decimal | None
    unrealised_pnl: Decimal
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """`wallet` is what is owned without open profit and loss; `available` what new positions may use."""

    asset: str
    wallet: Decimal
    available: Decimal | None
    cross_wallet: Decimal
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSnapshot:
    """Everything of an account as read between `started_at` and `taken_at`; the parts are separate answers."""

    started_at: datetime
    taken_at: datetime
    position_mode: PositionMode
    multi_assets: bool
    balances: Sequence[Balance]
    positions: Sequence[ReportedPosition]
    open_orders: Sequence[ReportedOrder]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPrice:
    """Mark and index price, with the funding rate (fraction per interval; longs pay when positive) next due."""

    symbol: str
    mark_price: Decimal
    index_price: Decimal | None
    funding_rate: Decimal | None
    next_funding_at: datetime | None
    event_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRate:
    """One settled rate: a fraction of the notional that longs paid to shorts (received when negative)."""

    symbol: str
    rate: Decimal
    event_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingTerms:
    """How often funding is settled, and the bounds of a rate (fractions)."""

    symbol: str
    interval_hours: int
    rate_cap: Decimal | None
    rate_floor: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInterest:
    symbol: str
    quantity: Decimal
    event_at: datetime


@dataclass(frozen=True, slots=True)
class BookLevel:
    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSnapshot:
    """Best level first on both sides."""

    symbol: str
    update_id: int
    bids: Sequence[BookLevel]
    asks: Sequence[BookLevel]
    event_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeRow:
    """One change of a wallet: negative is paid. `kind` is the venue's word (FUNDING_FEE, COMMISSION, …); the pair
    (`kind`, `row_id`) is unique."""

    kind: str
    row_id: str
    symbol: str | None
    amount: Decimal
    asset: str
    trade_id: str | None
    info: str
    event_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverageBracket:
    """Maintenance margin of a notional in [floor, cap) is notional × `maintenance_rate` − `deduction`."""

    notional_floor: Decimal
    notional_cap: Decimal
    max_leverage: Decimal
    maintenance_rate: Decimal
    deduction: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRates:
    """Fractions of the notional; a negative rate is a rebate."""

    symbol: str
    maker: Decimal
    taker: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How well the venue can be asked: skew of this machine's clock against the venue's (None before the first
    reading, above 0 when ahead), share of the rate budget that this minute has used, seconds of silence that the venue
    has imposed on all but exits, and on everything."""

    clock_skew_s: float | None
    used_share: float
    quiet_s: float
    banned_s: float
