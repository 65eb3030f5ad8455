"""Binance USD-M: the family that AsterDEX belongs to, but with conditional orders on paths and ids of their own.

Source: the venue's documents (New Order, New Algo Order, Query Algo Order, Error Codes), and requests measured through
ccxt. A fired conditional order lives on as another order, found by `actualOrderId`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from vibex.domain import OrderStatus, OrderType, ProtectiveExit, TimeInForce
from vibex.venues.ccxt.dialect import Call, Codes, Contract, Reads, Receipt, VenueError
from vibex.venues.ccxt.documents import Json, decimal, fields, inside, moment, required, rows, text
from vibex.venues.ccxt.wording import at, epoch_ms, plain
from vibex.venues.outcome import Refused
from vibex.venues.profile import FeeSchedule, Request, TriggerPrice, VenueProfile
from vibex.venues.reports import Balance, IncomeRow, MarginMode, PositionMode

_TYPES = {
    OrderType.MARKET: "MARKET",
    OrderType.LIMIT: "LIMIT",
    OrderType.STOP_MARKET: "STOP_MARKET",
    OrderType.STOP_LIMIT: "STOP",
    OrderType.TAKE_PROFIT_MARKET: "TAKE_PROFIT_MARKET",
}
_TIMES_IN_FORCE = {
    TimeInForce.GTC: "GTC",
    TimeInForce.IOC: "IOC",
    TimeInForce.FOK: "FOK",
    TimeInForce.POST_ONLY: "GTX",
}
_STATUSES = {
    "NEW": OrderStatus.OPEN,
    "PARTIALLY_FILLED": OrderStatus.PARTIALLY_FILLED,
    "FILLED": OrderStatus.FILLED,
    "CANCELED": OrderStatus.CANCELLED,
    "EXPIRED": OrderStatus.EXPIRED,
    "EXPIRED_IN_MATCH": OrderStatus.EXPIRED,
    "REJECTED": OrderStatus.REFUSED,
}
_PAGE = 1000


class BinanceUsdm:
    """Orders go to `order`, those with a trigger to `algoOrder`; an id is looked for on both."""

    name = "binanceusdm"
    ccxt_class = "binanceusdm"
    settle = frozenset({"USDT", "USDC"})
    profile = VenueProfile(
        name="binanceusdm",
        entry_types=frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT}),
        exit_types=frozenset(OrderType),
        closing_types=frozenset({OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET}),
        times_in_force=frozenset(TimeInForce),
        entry_trigger=TriggerPrice.LAST,
        exit_trigger=TriggerPrice.MARK,
        margin_modes=frozenset(MarginMode),
        # Without a position side the venue refuses every order of an account in hedge mode (-4061).
        position_modes=frozenset({PositionMode.ONE_WAY}),
        longest_client_id=36,
        max_leverage=125,
        weight_per_minute=2400,
        orders_per_minute=1200,
        batch_size=1,
        client_id_is_unique_for_ever=False,
        has_dead_mans_switch=False,
        has_account_stream=False,
        history_window=timedelta(days=7),
        fees=FeeSchedule(maker=Decimal("0.0002"), taker=Decimal("0.0005"), funding_interval_hours=8),
    )
    options: Mapping[str, object] = MappingProxyType(
        {
            "fetchMarkets": {"types": ["linear"]},
            "warnOnFetchOpenOrdersWithoutSymbol": False,
            "defaultType": "swap",
            "adjustForTimeDifference": True,
        }
    )
    codes = Codes(
        unknown=frozenset({"-1000", "-1001", "-1006", "-1007"}),
        missing=frozenset({"-2011", "-2013"}),
        unchanged=frozenset({"-4046", "-4059"}),
        remedies=MappingProxyType(
            {
                "-4061": "switch the account to one-way mode in the venue's app",
                "-2021": "the stop is breached: exit at market",
                "-2022": "read the position; it is usually flat already",
                "-4120": "this kind of order has moved to another path: report it",
                "-2027": "lower the leverage or the quantity",
            }
        ),
    )
    reads = Reads(
        bars_page=1000,
        mark_page=1000,
        rates_page=1000,
        deepest_book=1000,
        book_depths=(5, 10, 20, 50, 100, 500, 1000),
        open_orders=({}, {"trigger": True}),
    )

    def error(self, document: object) -> VenueError | None:
        """`{"code": -2019, "msg": …}`; a positive code is a success of some paths."""
        code = text(document, "code")
        if code is None or not code.startswith("-"):
            return None
        return VenueError(code=code, words=text(document, "msg") or "")

    def check(self, request: Request, contract: Contract) -> Refused | None:
        return None

    def needs_mark(self, request: Request) -> bool:
        return False

    def place(self, request: Request, contract: Contract, mark: Decimal | None) -> Call:
        exits = isinstance(request, ProtectiveExit)
        conditional = request.type.has_trigger
        params: dict[str, Json] = {
            "symbol": contract.id,
            "side": request.side.name,
            "type": _TYPES[request.type],
            "clientAlgoId" if conditional else "newClientOrderId": str(request.client_order_id),
            "newOrderRespType": "RESULT",
        }
        if request.type.has_price:
            force = request.time_in_force
            params["timeInForce"] = _TIMES_IN_FORCE[force]
        if request.quantity is not None:
            params["quantity"] = plain(request.quantity)
        if request.price is not None:
            params["price"] = plain(request.price)
        if exits:
            params["closePosition" if request.quantity is None else "reduceOnly"] = "true"
        if not conditional or request.trigger_price is None:
            return Call(method="fapiPrivatePostOrder", params=params)
        params |= {
            "algoType": "CONDITIONAL",
            "triggerPrice": plain(request.trigger_price),
            "workingType": "MARK_PRICE" if exits else "CONTRACT_PRICE",
        }
        return Call(method="fapiPrivatePostAlgoOrder", params=params)

    def receipt(self, document: object) -> Receipt | None:
        algo = text(document, "algoId")
        if algo is not None:
            return Receipt(venue_order_id=algo)
        number = text(document, "orderId")
        status = _STATUSES.get(text(document, "status") or "")
        if number is None or status is None:
            return None
        return Receipt(
            venue_order_id=number,
            status=status,
            filled=required(document, "executedQty"),
            average_price=decimal(document, "avgPrice") or None,
        )

    def cancel(self, contract: Contract, client_order_id: str) -> Sequence[Call]:
        return (
            Call(method="fapiPrivateDeleteOrder", params={"symbol": contract.id, "origClientOrderId": client_order_id}),
            Call(method="fapiPrivateDeleteAlgoOrder", params={"clientAlgoId": client_order_id}),
        )

    def find(self, contract: Contract, client_order_id: str, user: str) -> Sequence[Call]:
        return (
            Call(method="fapiPrivateGetOrder", params={"symbol": contract.id, "origClientOrderId": client_order_id}),
            Call(method="fapiPrivateGetAlgoOrder", params={"clientAlgoId": client_order_id}),
        )

    def found(self, document: object) -> Mapping[str, object] | None:
        order = fields(document)
        return order if "orderId" in order or "algoId" in order else None

    def follow(self, contract: Contract, order: Mapping[str, object]) -> Call | None:
        actual = text(order, "actualOrderId")
        if actual in (None, "0"):
            return None
        return Call(method="fapiPrivateGetOrder", params={"symbol": contract.id, "orderId": actual})

    def client_order_id(self, venue_client_id: str | None) -> str:
        return venue_client_id or ""

    def venue_type(self, order: Mapping[str, object]) -> str:
        return text(order, "origType") or text(order, "orderType") or text(order, "type") or ""

    def set_leverage(self, contract: Contract, leverage: int) -> Call:
        return Call(method="fapiPrivatePostLeverage", params={"symbol": contract.id, "leverage": leverage})

    def set_margin_mode(self, contract: Contract, mode: MarginMode) -> Call | None:
        kind = "CROSSED" if mode is MarginMode.CROSS else "ISOLATED"
        return Call(method="fapiPrivatePostMarginType", params={"symbol": contract.id, "marginType": kind})

    def modes(self) -> Call | None:
        return Call(method="fapiPrivateGetAccountConfig")

    def read_modes(self, document: object) -> tuple[bool, bool]:
        return inside(document, "dualSidePosition") is True, inside(document, "multiAssetsMargin") is True

    def balances(self, user: str) -> Call:
        return Call(method="fapiPrivateV3GetBalance")

    def read_balances(self, document: object) -> Sequence[Balance]:
        return tuple(
            Balance(
                asset=text(row, "asset") or "",
                wallet=required(row, "balance"),
                available=decimal(row, "availableBalance"),
                cross_wallet=required(row, "crossWalletBalance"),
                updated_at=moment(row, "updateTime"),
            )
            for row in rows(document)
        )

    def income(self, start: datetime, end: datetime, user: str, cursor: str | None) -> Call:
        return Call(
            method="fapiPrivateGetIncome",
            params={
                "startTime": epoch_ms(start),
                "endTime": epoch_ms(end),
                "limit": _PAGE,
                "page": int(cursor or 1),
            },
        )

    def read_income(self, document: object, cursor: str | None) -> tuple[Sequence[IncomeRow], str | None]:
        read = rows(document)
        found = tuple(
            IncomeRow(
                kind=text(row, "incomeType") or "",
                row_id=text(row, "tranId") or "",
                symbol=text(row, "symbol"),
                amount=required(row, "income"),
                asset=text(row, "asset") or "",
                trade_id=text(row, "tradeId"),
                info=text(row, "info") or "",
                event_at=at(required(row, "time")),
            )
            for row in read
        )
        return found, str(int(cursor or 1) + 1) if len(read) == _PAGE else None
