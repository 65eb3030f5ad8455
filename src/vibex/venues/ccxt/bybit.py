"""Bybit: linear perpetuals of a unified trading account, in one-way mode.

Source: the venue's v5 documents. Orders are answered with their ids alone. A stop says in which direction the price
has to move (`triggerDirection`); ccxt's unified flags for trailing stops are dropped there, so none is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from vibex.domain import OrderType, ProtectiveExit, Side, TimeInForce
from vibex.venues.ccxt.dialect import Call, Codes, Contract, Reads, Receipt, VenueError
from vibex.venues.ccxt.documents import Json, decimal, fields, inside, required, rows, text
from vibex.venues.ccxt.wording import at, epoch_ms, plain
from vibex.venues.outcome import Refused
from vibex.venues.profile import FeeSchedule, Request, TriggerPrice, VenueProfile
from vibex.venues.reports import Balance, IncomeRow, MarginMode, PositionMode

_TIMES_IN_FORCE = {
    TimeInForce.GTC: "GTC",
    TimeInForce.IOC: "IOC",
    TimeInForce.FOK: "FOK",
    TimeInForce.POST_ONLY: "PostOnly",
}
_RISES, _FALLS = 1, 2
_PAGE = 50


class Bybit:
    """Plain and conditional orders share one path and one space of ids."""

    name = "bybit"
    ccxt_class = "bybit"
    settle = frozenset({"USDT", "USDC"})
    profile = VenueProfile(
        name="bybit",
        entry_types=frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT}),
        exit_types=frozenset(OrderType),
        # The venue's own way to close everything by a stop is bound to its position settings, not to an order.
        closing_types=frozenset(),
        times_in_force=frozenset(TimeInForce),
        entry_trigger=TriggerPrice.LAST,
        exit_trigger=TriggerPrice.MARK,
        # A setting of the whole unified account, left to its owner.
        margin_modes=frozenset(),
        position_modes=frozenset({PositionMode.ONE_WAY}),
        longest_client_id=36,
        max_leverage=100,
        weight_per_minute=7200,
        orders_per_minute=600,
        batch_size=1,
        client_id_is_unique_for_ever=True,
        has_dead_mans_switch=False,
        has_account_stream=False,
        history_window=timedelta(days=7),
        fees=FeeSchedule(maker=Decimal("0.0002"), taker=Decimal("0.00055"), funding_interval_hours=8),
    )
    options: Mapping[str, object] = MappingProxyType(
        {
            "fetchMarkets": {"types": ["linear"]},
            "defaultType": "swap",
            "defaultSubType": "linear",
            "adjustForTimeDifference": True,
            # Known beforehand, or ccxt asks for it in front of the first calls.
            "enableUnifiedMargin": False,
            "enableUnifiedAccount": True,
            "unifiedMarginStatus": 4,
        }
    )
    codes = Codes(
        unknown=frozenset({"10000", "10016", "10019", "170007", "170146"}),
        missing=frozenset({"110001", "170213"}),
        unchanged=frozenset({"110043", "110026"}),
        remedies=MappingProxyType(
            {
                "10001": "if it names the position index: switch the account to one-way mode in the venue's app",
                "110017": "read the position; it is usually flat already",
                "110092": "the stop is breached: exit at market",
                "110093": "the stop is breached: exit at market",
            }
        ),
    )
    reads = Reads(
        bars_page=1000,
        mark_page=1000,
        rates_page=200,
        deepest_book=500,
        open_orders=({"settleCoin": "USDT", "limit": "50"}, {"settleCoin": "USDC", "limit": "50"}),
    )

    def error(self, document: object) -> VenueError | None:
        code = text(document, "retCode")
        return None if code in (None, "0") else VenueError(code=code, words=text(document, "retMsg") or "")

    def check(self, request: Request, contract: Contract) -> Refused | None:
        return None

    def needs_mark(self, request: Request) -> bool:
        return False

    def place(self, request: Request, contract: Contract, mark: Decimal | None) -> Call:
        exits = isinstance(request, ProtectiveExit)
        params: dict[str, Json] = {
            "category": "linear",
            "symbol": contract.id,
            "side": request.side.value.capitalize(),
            "orderType": "Limit" if request.type.has_price else "Market",
            "orderLinkId": str(request.client_order_id),
            "positionIdx": 0,
            "reduceOnly": exits,
        }
        if request.quantity is not None:
            params["qty"] = plain(request.quantity)
        if request.price is not None:
            force = request.time_in_force
            params |= {"price": plain(request.price), "timeInForce": _TIMES_IN_FORCE[force]}
        if request.trigger_price is not None:
            rises = (request.side is Side.BUY) is not (request.type is OrderType.TAKE_PROFIT_MARKET)
            params |= {
                "triggerPrice": plain(request.trigger_price),
                "triggerDirection": _RISES if rises else _FALLS,
                "triggerBy": "MarkPrice" if exits else "LastPrice",
            }
        return Call(method="privatePostV5OrderCreate", params=params)

    def receipt(self, document: object) -> Receipt | None:
        number = text(document, "result", "orderId")
        return None if number is None else Receipt(venue_order_id=number)

    def cancel(self, contract: Contract, client_order_id: str) -> Sequence[Call]:
        params: Json = {"category": "linear", "symbol": contract.id, "orderLinkId": client_order_id}
        return (Call(method="privatePostV5OrderCancel", params=params),)

    def find(self, contract: Contract, client_order_id: str, user: str) -> Sequence[Call]:
        params: Json = {"category": "linear", "symbol": contract.id, "orderLinkId": client_order_id}
        return (
            Call(method="privateGetV5OrderRealtime", params=params),
            Call(method="privateGetV5OrderHistory", params=params),
        )

    def found(self, document: object) -> Mapping[str, object] | None:
        return fields(inside(document, "result", "list", 0)) or None

    def follow(self, contract: Contract, order: Mapping[str, object]) -> Call | None:
        return None

    def client_order_id(self, venue_client_id: str | None) -> str:
        return venue_client_id or ""

    def venue_type(self, order: Mapping[str, object]) -> str:
        kind, stop = text(order, "orderType") or "", text(order, "stopOrderType")
        return kind if stop in (None, "UNKNOWN") else f"{stop} {kind}"

    def set_leverage(self, contract: Contract, leverage: int) -> Call:
        written = str(leverage)
        params: Json = {
            "category": "linear",
            "symbol": contract.id,
            "buyLeverage": written,
            "sellLeverage": written,
        }
        return Call(method="privatePostV5PositionSetLeverage", params=params)

    def set_margin_mode(self, contract: Contract, mode: MarginMode) -> Call | None:
        return None

    def modes(self) -> Call | None:
        return Call(method="privateGetV5PositionList", params={"category": "linear", "settleCoin": "USDT"})

    def read_modes(self, document: object) -> tuple[bool, bool]:
        """A unified account's margin counts every asset; hedge mode shows in the index of a position."""
        return any(text(row, "positionIdx") in ("1", "2") for row in rows(inside(document, "result", "list"))), True

    def balances(self, user: str) -> Call:
        return Call(method="privateGetV5AccountWalletBalance", params={"accountType": "UNIFIED"})

    def read_balances(self, document: object) -> Sequence[Balance]:
        return tuple(
            Balance(
                asset=text(row, "coin") or "",
                wallet=required(row, "walletBalance"),
                # The venue counts what is free for the account as a whole, in US dollars.
                available=None,
                cross_wallet=required(row, "walletBalance"),
            )
            for row in rows(inside(document, "result", "list", 0, "coin"))
        )

    def income(self, start: datetime, end: datetime, user: str, cursor: str | None) -> Call:
        params: dict[str, Json] = {
            "accountType": "UNIFIED",
            "category": "linear",
            "startTime": epoch_ms(start),
            "endTime": epoch_ms(end),
            "limit": _PAGE,
        }
        if cursor is not None:
            params["cursor"] = cursor
        return Call(method="privateGetV5AccountTransactionLog", params=params)

    def read_income(self, document: object, cursor: str | None) -> tuple[Sequence[IncomeRow], str | None]:
        """`change` is what the wallet gained: cash flow + funding − fee."""
        found = tuple(
            IncomeRow(
                kind=text(row, "type") or "",
                row_id=text(row, "id") or "",
                symbol=text(row, "symbol"),
                amount=required(row, "change"),
                asset=text(row, "currency") or "",
                trade_id=text(row, "tradeId"),
                info=f"funding {decimal(row, 'funding') or 0}, fee {decimal(row, 'fee') or 0}",
                event_at=at(required(row, "transactionTime")),
            )
            for row in rows(inside(document, "result", "list"))
        )
        return found, text(document, "result", "nextPageCursor") if found else None
