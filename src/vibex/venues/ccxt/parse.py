"""From ccxt's unified structures to our reports; quantities become base units here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np

from vibex.domain import (
    Bars,
    InvalidBars,
    Liquidity,
    OrderStatus,
    ProtectiveExit,
    RetryLater,
    Side,
    Timeframe,
    VenueOrderId,
)
from vibex.domain.arrays import F64
from vibex.venues.ccxt.contracts import our_symbol
from vibex.venues.ccxt.dialect import Contract, Dialect, Receipt
from vibex.venues.ccxt.documents import decimal, fields, inside, moment, required, text
from vibex.venues.profile import Request
from vibex.venues.reports import (
    BookLevel,
    BookSnapshot,
    FundingRate,
    MarginMode,
    MarkPrice,
    OpenInterest,
    ReportedFill,
    ReportedOrder,
    ReportedPosition,
)

_STATUSES = {
    "canceled": OrderStatus.CANCELLED,
    "canceling": OrderStatus.OPEN,
    "expired": OrderStatus.EXPIRED,
    "rejected": OrderStatus.REFUSED,
}
_ZERO = Decimal(0)


def order(unified: Mapping[str, object], contract: Contract | None, dialect: Dialect) -> ReportedOrder:
    """An order as the venue has it. Of a fired stop (`algoId`) nothing is known but that it fired: ccxt calls it closed
    and filled, while what it became is another order, which may not have traded at all."""
    info = fields(unified.get("info"))
    size = _ONE if contract is None else contract.size
    quantity = decimal(unified, "amount")
    fired = "algoId" in info and text(unified, "status") == "closed"
    filled = _ZERO if fired else decimal(unified, "filled") or _ZERO
    closes = text(info, "closePosition") in ("true", "True")
    return ReportedOrder(
        symbol=our_symbol(text(unified, "symbol") or ""),
        venue_order_id=VenueOrderId(text(unified, "id") or ""),
        client_order_id=dialect.client_order_id(_client_id(unified, info)),
        side=Side(text(unified, "side") or _missing("side")),
        position_side=None,
        venue_type=dialect.venue_type(info),
        time_in_force=text(unified, "timeInForce") or "",
        status=OrderStatus.UNKNOWN if fired else _status(text(unified, "status"), quantity, filled),
        quantity=None if closes or quantity is None else quantity * size,
        filled_quantity=filled * size,
        average_price=decimal(unified, "average") or None,
        price=decimal(unified, "price") or None,
        trigger_price=decimal(unified, "triggerPrice") or decimal(unified, "stopPrice") or None,
        reduce_only=closes or inside(unified, "reduceOnly") is True or text(info, "reduceOnly") in ("true", "True"),
        closes_position=closes,
        updated_at=moment(unified, "lastUpdateTimestamp") or moment(unified, "timestamp"),
    )


_ONE = Decimal(1)


def _client_id(unified: Mapping[str, object], info: Mapping[str, object]) -> str | None:
    return (
        text(unified, "clientOrderId")
        or text(info, "algoClOrdId")
        or text(info, "clientAlgoId")
        or text(info, "order", "cloid")
    )


def _status(word: str | None, quantity: Decimal | None, filled: Decimal) -> OrderStatus:
    if word == "open":
        return OrderStatus.PARTIALLY_FILLED if filled > 0 else OrderStatus.OPEN
    if word == "closed":
        return OrderStatus.FILLED if quantity is not None and filled >= quantity > 0 else OrderStatus.UNKNOWN
    return _STATUSES.get(word or "", OrderStatus.UNKNOWN)


def placed(request: Request, receipt: Receipt, contract: Contract, at: datetime) -> ReportedOrder:
    """The order that a venue took, by the request and as much as the receipt says."""
    filled = receipt.filled * contract.size
    full = request.quantity is not None and filled >= request.quantity
    return ReportedOrder(
        symbol=request.symbol,
        venue_order_id=VenueOrderId(receipt.venue_order_id),
        client_order_id=str(request.client_order_id),
        side=request.side,
        position_side=None,
        venue_type=request.type.value,
        time_in_force="",
        status=OrderStatus.FILLED if full else receipt.status,
        quantity=request.quantity,
        filled_quantity=filled,
        average_price=receipt.average_price,
        price=request.price,
        trigger_price=request.trigger_price,
        reduce_only=isinstance(request, ProtectiveExit),
        closes_position=request.quantity is None,
        updated_at=at,
    )


def position(unified: Mapping[str, object], contract: Contract | None) -> ReportedPosition | None:
    """None for a flat one."""
    size = _ONE if contract is None else contract.size
    held = (decimal(unified, "contracts") or _ZERO) * size
    if not held:
        return None
    isolated = text(unified, "marginMode") == "isolated"
    return ReportedPosition(
        symbol=our_symbol(text(unified, "symbol") or ""),
        position_side=None,
        quantity=-held if text(unified, "side") == "short" else held,
        entry_price=decimal(unified, "entryPrice"),
        mark_price=decimal(unified, "markPrice"),
        liquidation_price=decimal(unified, "liquidationPrice") or None,
        leverage=decimal(unified, "leverage"),
        margin_mode=MarginMode.ISOLATED if isolated else MarginMode.CROSS,
        isolated_margin=decimal(unified, "collateral") if isolated else None,
        unrealised_pnl=required(unified, "unrealizedPnl"),
        updated_at=moment(unified, "timestamp"),
    )


def fill(unified: Mapping[str, object], contract: Contract, dialect: Dialect) -> ReportedFill:
    info = fields(unified.get("info"))
    ours = _client_id(unified, info) or text(info, "orderLinkId") or text(info, "clOrdId") or text(info, "cloid")
    profit = next((name for name in ("realizedPnl", "closedPnl", "fillPnl", "execPnl") if name in info), None)
    return ReportedFill(
        symbol=contract.instrument.symbol,
        trade_id=text(unified, "id") or _missing("trade id"),
        venue_order_id=VenueOrderId(text(unified, "order") or ""),
        client_order_id=None if ours is None else dialect.client_order_id(ours),
        side=Side(text(unified, "side") or _missing("side")),
        position_side=None,
        price=required(unified, "price"),
        quantity=required(unified, "amount") * contract.size,
        fee=required(unified, "fee", "cost"),
        fee_currency=text(unified, "fee", "currency"),
        liquidity=Liquidity.MAKER if text(unified, "takerOrMaker") == "maker" else Liquidity.TAKER,
        realised_pnl=_ZERO if profit is None else required(info, profit),
        event_at=moment(unified, "timestamp") or _no_time(),
    )


def mark_price(unified: Mapping[str, object], symbol: str, mark: Decimal | None, now: datetime) -> MarkPrice:
    """`mark` stands in where the funding answer has none."""
    told = decimal(unified, "markPrice") or mark
    if told is None:
        raise RetryLater(f"the venue tells no mark price of {symbol}")
    return MarkPrice(
        symbol=symbol,
        mark_price=told,
        index_price=decimal(unified, "indexPrice"),
        funding_rate=decimal(unified, "fundingRate"),
        next_funding_at=moment(unified, "fundingTimestamp") or moment(unified, "nextFundingTimestamp"),
        event_at=moment(unified, "timestamp") or now,
    )


def funding_rate(unified: Mapping[str, object], symbol: str) -> FundingRate:
    at = moment(unified, "timestamp")
    return FundingRate(symbol=symbol, rate=required(unified, "fundingRate"), event_at=at or _no_time())


def open_interest(unified: Mapping[str, object], contract: Contract, now: datetime) -> OpenInterest:
    """OKX tells contracts and, beside them, base units (`oiCcy`)."""
    base = decimal(unified, "info", "oiCcy")
    quantity = required(unified, "openInterestAmount") * contract.size if base is None else base
    return OpenInterest(
        symbol=contract.instrument.symbol, quantity=quantity, event_at=moment(unified, "timestamp") or now
    )


def book(unified: Mapping[str, object], contract: Contract) -> BookSnapshot:
    def side(name: str) -> tuple[BookLevel, ...]:
        levels = unified.get(name)
        if not isinstance(levels, Sequence):
            raise RetryLater("the venue's book has no levels")
        return tuple(BookLevel(required(row, 0), required(row, 1) * contract.size) for row in levels)

    return BookSnapshot(
        symbol=contract.instrument.symbol,
        update_id=int(decimal(unified, "nonce") or 0),
        bids=side("bids"),
        asks=side("asks"),
        event_at=moment(unified, "timestamp"),
    )


def bars(
    candles: Sequence[Sequence[object]], contract: Contract, timeframe: Timeframe, *, has_volume: bool = True
) -> Bars:
    """Raises RetryLater for rows that break the rules of `Bars`. Volumes are base units."""
    width = 5 if has_volume else 4
    columns: F64 = np.array([[float(str(value)) for value in row[1 : 1 + width]] for row in candles], dtype=np.float64)
    columns = columns.reshape(-1, width)
    try:
        return Bars(
            symbol=contract.instrument.symbol,
            timeframe=timeframe,
            open_time=np.array([int(str(row[0])) for row in candles], dtype=np.int64),
            open=columns[:, 0],
            high=columns[:, 1],
            low=columns[:, 2],
            close=columns[:, 3],
            volume=columns[:, 4] if has_volume else None,
        )
    except InvalidBars as error:
        raise RetryLater(f"the venue's bars of {contract.instrument.symbol} break a rule: {error}") from None


def _missing(what: str) -> str:
    raise RetryLater(f"the venue's answer has no {what}")


def _no_time() -> datetime:
    raise RetryLater("the venue's answer has no time")
