"""What the exchange in this process knows, in the words of the port."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from vibex.domain import Liquidity, OrderStatus, Side, VenueOrderId
from vibex.venues.reports import (
    Balance,
    IncomeRow,
    MarginMode,
    ReportedFill,
    ReportedOrder,
    ReportedPosition,
)
from vibex.venues.simulator.exchange import Exchange, Fill, Order
from vibex.venues.simulator.exchange import account as kept
from vibex.venues.simulator.exchange.margin import cross_wallet, liquidation_price, margin_state
from vibex.venues.simulator.exchange.words import Status

_STATUSES = {
    Status.NEW: OrderStatus.OPEN,
    Status.PARTIALLY_FILLED: OrderStatus.PARTIALLY_FILLED,
    Status.FILLED: OrderStatus.FILLED,
    Status.CANCELED: OrderStatus.CANCELLED,
    Status.EXPIRED: OrderStatus.EXPIRED,
}


def order(one: Order, symbol: str) -> ReportedOrder:
    return ReportedOrder(
        symbol=symbol,
        venue_order_id=VenueOrderId(str(one.order_id)),
        client_order_id=one.client_id,
        side=Side(one.side.value.lower()),
        position_side=None,
        venue_type=one.orig_type.value,
        time_in_force=one.time_in_force.value,
        status=_STATUSES[one.status],
        quantity=None if one.close_position else one.quantity,
        filled_quantity=one.filled,
        average_price=one.average_price or None,
        price=one.price or None,
        trigger_price=one.stop_price or None,
        reduce_only=one.reduce_only or one.close_position,
        closes_position=one.close_position,
        updated_at=_at(one.updated),
    )


def fill(one: Fill, symbol: str, client_order_id: str | None, currency: str) -> ReportedFill:
    return ReportedFill(
        symbol=symbol,
        trade_id=str(one.trade_id),
        venue_order_id=VenueOrderId(str(one.order_id)),
        client_order_id=client_order_id,
        side=Side(one.side.value.lower()),
        position_side=None,
        price=one.price,
        quantity=one.quantity,
        fee=one.fee,
        fee_currency=currency,
        liquidity=Liquidity.MAKER if one.maker else Liquidity.TAKER,
        realised_pnl=one.realised,
        event_at=_at(one.time),
    )


def position(exchange: Exchange, account: kept.Account, one: kept.Position, symbol: str) -> ReportedPosition:
    market = exchange.floor.markets[one.symbol]
    settings = account.settings_for(one.symbol)
    return ReportedPosition(
        symbol=symbol,
        position_side=None,
        quantity=one.amount,
        entry_price=one.entry_price or None,
        mark_price=market.mark or None,
        liquidation_price=liquidation_price(exchange.floor, account, one) or None,
        leverage=Decimal(settings.leverage),
        margin_mode=MarginMode.ISOLATED if settings.isolated else MarginMode.CROSS,
        isolated_margin=one.isolated_wallet if settings.isolated else None,
        unrealised_pnl=one.unrealised(market.mark),
        updated_at=_at(one.updated),
    )


def balance(exchange: Exchange, account: kept.Account, currency: str) -> Balance:
    state = margin_state(exchange.floor, account)
    return Balance(
        asset=currency,
        wallet=account.wallet,
        available=state.available,
        cross_wallet=cross_wallet(account),
        updated_at=_at(exchange.floor.now),
    )


def income(row: kept.IncomeRow, symbol: str | None, currency: str) -> IncomeRow:
    return IncomeRow(
        kind=row.kind.value,
        row_id=str(row.tran_id),
        symbol=symbol,
        amount=row.amount,
        asset=currency,
        trade_id=row.trade_id or None,
        info=row.info,
        event_at=_at(row.time),
    )


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
