"""From the venue's stream events to ours. Pure; an event that this product does not use gives None."""

from __future__ import annotations

from decimal import Decimal

from vibex.domain import Liquidity, Side, Timeframe, VenueOrderId
from vibex.venues.aster import wire_events as w
from vibex.venues.aster.answers import Json
from vibex.venues.aster.parse import at, margin_mode, or_none, position_side, side, status
from vibex.venues.aster.symbols import SymbolNames
from vibex.venues.aster.wire import expect
from vibex.venues.events import (
    AccountChanged,
    AccountEvent,
    BarUpdate,
    ConfigurationChanged,
    MarginCalled,
    OrderChanged,
    Quote,
    Trade,
    WalletChange,
)
from vibex.venues.reports import BookLevel, MarginMode, MarkPrice, ReportedFill, ReportedOrder, ReportedPosition

KEY_EXPIRED = "listenKeyExpired"


def kind_of(document: Json) -> str:
    """The name of an event, "" for what is none (answers to commands)."""
    kind = document.get("e") if isinstance(document, dict) else None
    return kind if isinstance(kind, str) else ""


def unwrapped(frame: Json) -> Json:
    """The event inside a combined stream's envelope."""
    return frame["data"] if isinstance(frame, dict) and "stream" in frame and "data" in frame else frame


def market_event(document: Json, names: SymbolNames) -> Trade | MarkPrice | BarUpdate | Quote | w.DepthEvent | None:
    """Depth differences stay as they are: only a book can read them. Raises RetryLater for a malformed event."""
    kind = kind_of(document)
    if kind in ("aggTrade", "trade"):
        return _trade(expect(w.TradeEvent, document, kind), names)
    if kind == "markPriceUpdate":
        return _mark(expect(w.MarkPriceEvent, document, kind), names)
    if kind == "kline":
        return _bar(expect(w.KlineEvent, document, kind), names)
    if kind == "bookTicker":
        return _quote(expect(w.BookTickerEvent, document, kind), names)
    if kind == "depthUpdate":
        return expect(w.DepthEvent, document, kind)
    return None


def account_event(document: Json, names: SymbolNames) -> AccountEvent | None:
    """Raises RetryLater for a malformed event: something happened that could not be read."""
    kind = kind_of(document)
    if kind == "ORDER_TRADE_UPDATE":
        return _order(expect(w.OrderEvent, document, kind), names)
    if kind == "ACCOUNT_UPDATE":
        return _account(expect(w.AccountEventDocument, document, kind), names)
    if kind == "MARGIN_CALL":
        called = expect(w.MarginCallEvent, document, kind)
        return MarginCalled(
            positions=tuple((names.to_ours(p.symbol), position_side(p.position_side)) for p in called.positions),
            event_at=at(called.event_time),
        )
    if kind == "ACCOUNT_CONFIG_UPDATE":
        changed = expect(w.ConfigurationEvent, document, kind)
        return ConfigurationChanged(
            symbol=None if changed.leverage is None else names.to_ours(changed.leverage.symbol),
            leverage=None if changed.leverage is None else changed.leverage.leverage,
            hedge=None if changed.modes is None else changed.modes.hedge,
            multi_assets=None if changed.modes is None else changed.modes.multi_assets,
            event_at=at(changed.event_time),
        )
    return None


def _trade(event: w.TradeEvent, names: SymbolNames) -> Trade:
    return Trade(
        symbol=names.to_ours(event.symbol),
        trade_id=event.aggregate_id or event.trade_id or "",
        price=event.price,
        quantity=event.quantity,
        side=Side.SELL if event.buyer_is_maker else Side.BUY,
        event_at=at(event.time),
    )


def _mark(event: w.MarkPriceEvent, names: SymbolNames) -> MarkPrice:
    return MarkPrice(
        symbol=names.to_ours(event.symbol),
        mark_price=event.mark,
        index_price=event.index,
        funding_rate=event.funding_rate,
        next_funding_at=at(event.next_funding) if event.next_funding else None,
        event_at=at(event.event_time),
    )


def _bar(event: w.KlineEvent, names: SymbolNames) -> BarUpdate:
    return BarUpdate(
        symbol=names.to_ours(event.symbol),
        timeframe=Timeframe.parse(event.bar.interval),
        open_time=event.bar.open_time,
        open=event.bar.open,
        high=event.bar.high,
        low=event.bar.low,
        close=event.bar.close,
        volume=event.bar.volume,
        is_closed=event.bar.is_closed,
        event_at=at(event.event_time),
    )


def _quote(event: w.BookTickerEvent, names: SymbolNames) -> Quote:
    return Quote(
        symbol=names.to_ours(event.symbol),
        update_id=event.update_id,
        bid=BookLevel(event.bid, event.bid_quantity),
        ask=BookLevel(event.ask, event.ask_quantity),
        event_at=None if event.event_time is None else at(event.event_time),
    )


def _order(event: w.OrderEvent, names: SymbolNames) -> OrderChanged:
    body = event.order
    symbol = names.to_ours(body.symbol)
    order = ReportedOrder(
        symbol=symbol,
        venue_order_id=VenueOrderId(body.order_id),
        client_order_id=body.client_order_id,
        side=side(body.side),
        position_side=position_side(body.position_side),
        venue_type=body.original_type or body.type,
        time_in_force=body.time_in_force,
        status=status(body.status),
        quantity=or_none(body.quantity),
        filled_quantity=body.filled_quantity,
        average_price=or_none(body.average_price) if body.filled_quantity > 0 else None,
        price=or_none(body.price),
        trigger_price=or_none(body.trigger_price),
        reduce_only=body.reduce_only or body.closes_position,
        closes_position=body.closes_position,
        updated_at=at(body.time),
    )
    return OrderChanged(order=order, fill=_fill(body, symbol), execution=body.execution, event_at=at(event.event_time))


def _fill(body: w.OrderBody, symbol: str) -> ReportedFill | None:
    """The stream's fee is a cost when positive, unlike the commission of the trade list."""
    if body.execution not in ("TRADE", "CALCULATED") or body.last_quantity <= 0 or body.last_price <= 0:
        return None
    return ReportedFill(
        symbol=symbol,
        trade_id=body.trade_id,
        venue_order_id=VenueOrderId(body.order_id),
        client_order_id=body.client_order_id,
        side=side(body.side),
        position_side=position_side(body.position_side),
        price=body.last_price,
        quantity=body.last_quantity,
        fee=body.fee,
        fee_currency=body.fee_asset,
        liquidity=Liquidity.MAKER if body.is_maker else Liquidity.TAKER,
        realised_pnl=body.realised_pnl,
        event_at=at(body.time),
    )


def _account(event: w.AccountEventDocument, names: SymbolNames) -> AccountChanged:
    return AccountChanged(
        reason=event.account.reason,
        wallets=tuple(
            WalletChange(asset=row.asset, wallet=row.wallet, cross_wallet=row.cross_wallet, change=row.change)
            for row in event.account.wallets
        ),
        positions=tuple(_position(row, names, event.event_time) for row in event.account.positions),
        event_at=at(event.event_time),
    )


def _position(row: w.PositionBody, names: SymbolNames, event_time: int) -> ReportedPosition:
    mode = margin_mode(row.margin_type)
    margin: Decimal | None = row.isolated_wallet if mode is MarginMode.ISOLATED else None
    return ReportedPosition(
        symbol=names.to_ours(row.symbol),
        position_side=position_side(row.position_side),
        quantity=row.quantity,
        entry_price=or_none(row.entry_price) if row.quantity else None,
        mark_price=None,
        liquidation_price=None,
        leverage=None,
        margin_mode=mode,
        isolated_margin=margin,
        unrealised_pnl=row.unrealised_pnl,
        updated_at=at(event_time),
    )
