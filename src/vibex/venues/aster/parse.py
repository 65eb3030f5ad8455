"""From the venue's documents to reports in the product's words. Pure, and the only place that knows both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from vibex.domain import (
    Bars,
    InvalidBars,
    Liquidity,
    OrderStatus,
    PositionSide,
    RetryLater,
    Side,
    Timeframe,
    VenueOrderId,
)
from vibex.venues.aster import wire
from vibex.venues.aster.limits import Limit
from vibex.venues.reports import (
    Balance,
    BookLevel,
    BookSnapshot,
    FeeRates,
    FundingRate,
    FundingTerms,
    IncomeRow,
    LeverageBracket,
    MarginMode,
    MarkPrice,
    OpenInterest,
    ReportedFill,
    ReportedOrder,
    ReportedPosition,
    VenueInstrument,
)

_STATUS: Mapping[str, OrderStatus] = {
    "NEW": OrderStatus.OPEN,
    "NEW_INSURANCE": OrderStatus.OPEN,
    "NEW_ADL": OrderStatus.OPEN,
    "PARTIALLY_FILLED": OrderStatus.PARTIALLY_FILLED,
    "FILLED": OrderStatus.FILLED,
    "CANCELED": OrderStatus.CANCELLED,
    "REJECTED": OrderStatus.REFUSED,
    "EXPIRED": OrderStatus.EXPIRED,
}
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400}


def at(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def status(text: str) -> OrderStatus:
    """A status that is in no document is UNKNOWN: to be queried, never assumed."""
    return _STATUS.get(text, OrderStatus.UNKNOWN)


def side(text: str) -> Side:
    if text not in ("BUY", "SELL"):
        raise RetryLater(f"the venue names a side {text[:20]!r}")
    return Side(text.lower())


def position_side(text: str) -> PositionSide | None:
    return PositionSide(text.lower()) if text in ("LONG", "SHORT") else None


def margin_mode(text: str) -> MarginMode:
    """The venue writes cross, CROSS and CROSSED."""
    return MarginMode.ISOLATED if text.lower() == "isolated" else MarginMode.CROSS


def or_none(value: Decimal) -> Decimal | None:
    """0 is how the venue says that there is no price."""
    return value if value > 0 else None


def instrument(symbol: wire.WireSymbol) -> VenueInstrument:
    """A contract with its rules; the precisions of the venue are not used, they are finer than its steps."""
    rules = {rule.filter_type: rule for rule in symbol.filters}
    none = wire.WireFilter(filter_type="")
    price, lot = rules.get("PRICE_FILTER", none), rules.get("LOT_SIZE", none)
    market = rules.get("MARKET_LOT_SIZE", lot)
    percent = rules.get("PERCENT_PRICE", none)
    return VenueInstrument(
        symbol=f"{symbol.base_asset}/{symbol.quote_asset}",
        venue_symbol=symbol.symbol,
        base=symbol.base_asset,
        quote=symbol.quote_asset,
        margin_asset=symbol.margin_asset or symbol.quote_asset,
        is_trading=symbol.status == "TRADING",
        status=symbol.status,
        tick=price.tick_size,
        min_price=price.min_price,
        max_price=price.max_price,
        lot=lot.step_size,
        min_quantity=lot.min_qty,
        max_quantity=lot.max_qty,
        market_lot=market.step_size,
        market_min_quantity=market.min_qty,
        market_max_quantity=market.max_qty,
        min_notional=rules.get("MIN_NOTIONAL", none).notional,
        price_up=percent.multiplier_up,
        price_down=percent.multiplier_down,
        max_open_orders=rules.get("MAX_NUM_ORDERS", none).limit,
        max_stop_orders=rules.get("MAX_NUM_ALGO_ORDERS", none).limit,
        order_types=frozenset(symbol.order_types or symbol.order_type),
        times_in_force=frozenset(symbol.time_in_force),
        liquidation_fee=symbol.liquidation_fee,
        market_bound=symbol.market_take_bound,
        trigger_protect=symbol.trigger_protect,
    )


def rate_limits(limits: Sequence[wire.WireRateLimit]) -> tuple[Limit | None, tuple[Limit, ...]]:
    """The weight limit and the order limits that the venue publishes."""
    read = [(r.rate_limit_type, Limit(r.limit, r.interval_num * _SECONDS.get(r.interval, 60))) for r in limits]
    weight = next((limit for kind, limit in read if kind == "REQUEST_WEIGHT"), None)
    return weight, tuple(limit for kind, limit in read if kind == "ORDERS")


def order(document: wire.WireOrder, symbol: str) -> ReportedOrder:
    when = document.update_time or document.time
    return ReportedOrder(
        symbol=symbol,
        venue_order_id=VenueOrderId(document.order_id),
        client_order_id=document.client_order_id,
        side=side(document.side),
        position_side=position_side(document.position_side),
        venue_type=document.orig_type or document.type,
        time_in_force=document.time_in_force,
        status=status(document.status),
        quantity=or_none(document.orig_qty),
        filled_quantity=document.executed_qty,
        average_price=or_none(document.avg_price) if document.executed_qty > 0 else None,
        price=or_none(document.price),
        trigger_price=or_none(document.stop_price),
        reduce_only=document.reduce_only or document.close_position,
        closes_position=document.close_position,
        updated_at=at(when) if when else None,
    )


def fill(trade: wire.WireTrade, symbol: str) -> ReportedFill:
    """The venue's commission is negative when paid, ours is a cost."""
    return ReportedFill(
        symbol=symbol,
        trade_id=trade.id,
        venue_order_id=VenueOrderId(trade.order_id),
        client_order_id=None,
        side=side(trade.side),
        position_side=position_side(trade.position_side),
        price=trade.price,
        quantity=trade.qty,
        fee=-trade.commission,
        fee_currency=trade.commission_asset,
        liquidity=Liquidity.MAKER if trade.maker else Liquidity.TAKER,
        realised_pnl=trade.realized_pnl,
        event_at=at(trade.time),
    )


def balance(row: wire.WireBalance) -> Balance:
    return Balance(
        asset=row.asset,
        wallet=row.balance,
        available=row.available_balance,
        cross_wallet=row.cross_wallet_balance,
        updated_at=at(row.update_time) if row.update_time else None,
    )


def position(row: wire.WirePosition, symbol: str) -> ReportedPosition:
    return ReportedPosition(
        symbol=symbol,
        position_side=position_side(row.position_side),
        quantity=row.position_amt,
        entry_price=or_none(row.entry_price) if row.position_amt else None,
        mark_price=or_none(row.mark_price),
        liquidation_price=or_none(row.liquidation_price) if row.position_amt else None,
        leverage=row.leverage,
        margin_mode=margin_mode(row.margin_type),
        isolated_margin=row.isolated_margin if margin_mode(row.margin_type) is MarginMode.ISOLATED else None,
        unrealised_pnl=row.un_realized_profit,
        updated_at=at(row.update_time) if row.update_time else None,
    )


def book(depth: wire.WireDepth, symbol: str) -> BookSnapshot:
    return BookSnapshot(
        symbol=symbol,
        update_id=depth.last_update_id,
        bids=tuple(BookLevel(price, quantity) for price, quantity in depth.bids),
        asks=tuple(BookLevel(price, quantity) for price, quantity in depth.asks),
        event_at=None if depth.event_time is None else at(depth.event_time),
    )


def mark_price(row: wire.WirePremiumIndex, symbol: str) -> MarkPrice:
    return MarkPrice(
        symbol=symbol,
        mark_price=row.mark_price,
        index_price=row.index_price,
        funding_rate=row.last_funding_rate,
        next_funding_at=at(row.next_funding_time) if row.next_funding_time else None,
        event_at=at(row.time),
    )


def funding_rate(row: wire.WireFundingRate, symbol: str) -> FundingRate:
    return FundingRate(symbol=symbol, rate=row.funding_rate, event_at=at(row.funding_time))


def funding_terms(row: wire.WireFundingInfo, symbol: str) -> FundingTerms:
    return FundingTerms(
        symbol=symbol,
        interval_hours=row.funding_interval_hours,
        rate_cap=row.funding_fee_cap,
        rate_floor=row.funding_fee_floor,
    )


def open_interest(row: wire.WireOpenInterest, symbol: str) -> OpenInterest:
    return OpenInterest(symbol=symbol, quantity=row.open_interest, event_at=at(row.time))


def income(row: wire.WireIncome, symbol: str | None) -> IncomeRow:
    return IncomeRow(
        kind=row.income_type,
        row_id=row.tran_id,
        symbol=symbol,
        amount=row.income,
        asset=row.asset,
        trade_id=row.trade_id or None,
        info=row.info,
        event_at=at(row.time),
    )


def brackets(rows: Sequence[wire.WireBracket]) -> tuple[LeverageBracket, ...]:
    """Lowest notional first."""
    read = (
        LeverageBracket(
            notional_floor=row.notional_floor,
            notional_cap=row.notional_cap,
            max_leverage=row.initial_leverage,
            maintenance_rate=row.maint_margin_ratio,
            deduction=row.cum,
        )
        for row in rows
    )
    return tuple(sorted(read, key=lambda bracket: bracket.notional_floor))


def fee_rates(row: wire.WireCommissionRate, symbol: str) -> FeeRates:
    return FeeRates(symbol=symbol, maker=row.maker_commission_rate, taker=row.taker_commission_rate)


def bars(rows: Sequence[wire.WireBar], symbol: str, timeframe: Timeframe) -> Bars:
    """Closed and open bars alike; the caller leaves out what has not closed. Raises RetryLater for rows that break
    the rules of `Bars`."""
    prices = np.array([[float(value) for value in row[1:6]] for row in rows], dtype=np.float64).reshape(-1, 5)
    try:
        return Bars(
            symbol=symbol,
            timeframe=timeframe,
            open_time=np.array([row[0] for row in rows], dtype=np.int64),
            open=prices[:, 0],
            high=prices[:, 1],
            low=prices[:, 2],
            close=prices[:, 3],
            volume=prices[:, 4],
        )
    except InvalidBars as error:
        raise RetryLater(f"the venue's bars of {symbol} break a rule: {error}") from None
