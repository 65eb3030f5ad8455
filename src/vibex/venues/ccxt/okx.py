"""OKX: swaps of an account in net mode. Quantities on the wire are contracts (BTC: 0.01 each).

Source: the venue's v5 documents. Conditional orders have a path and client ids of their own (`algoClOrdId`), which
ccxt's unified call does not fill. A passed price would turn a market stop into a limit stop, so that both prices of a
stop are always written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from vibex.domain import ApprovedEntry, OrderType, ProtectiveExit, TimeInForce
from vibex.venues.ccxt.dialect import Call, Codes, Contract, Reads, Receipt, VenueError
from vibex.venues.ccxt.documents import Json, decimal, fields, inside, moment, required, rows, text
from vibex.venues.ccxt.wording import at, epoch_ms, plain
from vibex.venues.outcome import Refused
from vibex.venues.profile import FeeSchedule, Request, TriggerPrice, VenueProfile
from vibex.venues.reports import Balance, IncomeRow, MarginMode, PositionMode

_LIMIT_KINDS = {
    TimeInForce.GTC: "limit",
    TimeInForce.IOC: "ioc",
    TimeInForce.FOK: "fok",
    TimeInForce.POST_ONLY: "post_only",
}
_AT_MARKET = "-1"
_PAGE = 100


class Okx:
    """Entries with a trigger are `trigger` orders on the last price, protective ones `conditional` on the mark."""

    name = "okx"
    ccxt_class = "okx"
    settle = frozenset({"USDT", "USDC"})
    profile = VenueProfile(
        name="okx",
        entry_types=frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT}),
        exit_types=frozenset(OrderType),
        closing_types=frozenset(),
        times_in_force=frozenset(TimeInForce),
        entry_trigger=TriggerPrice.LAST,
        exit_trigger=TriggerPrice.MARK,
        # The mode is a part of every order there (`tdMode`).
        margin_modes=frozenset({MarginMode.CROSS}),
        position_modes=frozenset({PositionMode.ONE_WAY}),
        longest_client_id=32,
        max_leverage=100,
        weight_per_minute=600,
        orders_per_minute=600,
        batch_size=1,
        client_id_is_unique_for_ever=False,
        has_dead_mans_switch=False,
        has_account_stream=False,
        history_window=timedelta(days=7),
        fees=FeeSchedule(maker=Decimal("0.0002"), taker=Decimal("0.0005"), funding_interval_hours=8),
    )
    options: Mapping[str, object] = MappingProxyType(
        {
            "fetchMarkets": {"types": ["swap"]},
            "defaultType": "swap",
            "adjustForTimeDifference": True,
        }
    )
    codes = Codes(
        unknown=frozenset({"50001", "50004", "50013", "50026", "51149", "51054"}),
        missing=frozenset({"51400", "51401", "51402", "51603", "51290"}),
        unchanged=frozenset(),
        remedies=MappingProxyType(
            {
                "51000": "if it names posSide: switch the account to net mode in the venue's app",
                "51010": "switch the account to a futures mode in the venue's app",
                "51169": "read the position; it is usually flat already",
                "51205": "read the position; it is usually flat already",
                "51279": "the stop is breached: exit at market",
                "51280": "the stop is breached: exit at market",
                "50101": "the key is of the other network: check OKX_NETWORK",
            }
        ),
    )
    reads = Reads(
        bars_page=300,
        mark_page=100,
        rates_page=100,
        deepest_book=400,
        open_orders=({}, {"trigger": True, "ordType": "trigger"}, {"trigger": True, "ordType": "conditional"}),
        rates_end="after",
        end_is_excluded=True,
    )

    def error(self, document: object) -> VenueError | None:
        """The refusal of a single order stands beside it (`sCode`), under an outer code that only says so."""
        code = text(document, "code")
        inner = text(document, "data", 0, "sCode")
        if inner not in (None, "0"):
            return VenueError(code=inner, words=text(document, "data", 0, "sMsg") or "")
        return None if code in (None, "0") else VenueError(code=code, words=text(document, "msg") or "")

    def check(self, request: Request, contract: Contract) -> Refused | None:
        """An order behind a trigger carries no time in force there: it would be dropped in silence."""
        if not isinstance(request, ApprovedEntry) or request.type is not OrderType.STOP_LIMIT:
            return None
        if request.time_in_force is TimeInForce.GTC:
            return None
        return Refused(
            code="not-in-profile",
            words=f"okx has no {request.time_in_force} behind a trigger",
            remedy="use gtc",
        )

    def needs_mark(self, request: Request) -> bool:
        return False

    def place(self, request: Request, contract: Contract, mark: Decimal | None) -> Call:
        exits = isinstance(request, ProtectiveExit)
        params: dict[str, Json] = {"instId": contract.id, "tdMode": "cross", "side": request.side.value}
        if request.quantity is not None:
            params["sz"] = plain(contract.contracts(request.quantity))
        if exits:
            params["reduceOnly"] = True
        if request.trigger_price is None:
            return self._plain(request, params)
        trigger = plain(request.trigger_price)
        limit = _AT_MARKET if request.price is None else plain(request.price)
        # Where `clOrdId` is missing, ccxt adds one of its own with its broker's tag.
        params |= {"algoClOrdId": str(request.client_order_id), "clOrdId": str(request.client_order_id)}
        if not exits:
            params |= {"ordType": "trigger", "triggerPx": trigger, "orderPx": limit, "triggerPxType": "last"}
        elif request.type is OrderType.TAKE_PROFIT_MARKET:
            params |= {"ordType": "conditional", "tpTriggerPx": trigger, "tpOrdPx": limit, "tpTriggerPxType": "mark"}
        else:
            params |= {"ordType": "conditional", "slTriggerPx": trigger, "slOrdPx": limit, "slTriggerPxType": "mark"}
        return Call(method="privatePostTradeOrderAlgo", params=params)

    def _plain(self, request: Request, params: dict[str, Json]) -> Call:
        params["clOrdId"] = str(request.client_order_id)
        if request.price is None:
            params["ordType"] = "market"
        else:
            force = request.time_in_force
            params |= {"ordType": _LIMIT_KINDS[force], "px": plain(request.price)}
        return Call(method="privatePostTradeOrder", params=params)

    def receipt(self, document: object) -> Receipt | None:
        number = text(document, "data", 0, "ordId") or text(document, "data", 0, "algoId")
        return None if number is None else Receipt(venue_order_id=number)

    def cancel(self, contract: Contract, client_order_id: str) -> Sequence[Call]:
        return (
            Call(method="privatePostTradeCancelOrder", params={"instId": contract.id, "clOrdId": client_order_id}),
            Call(
                method="privatePostTradeCancelAlgos", params=[{"instId": contract.id, "algoClOrdId": client_order_id}]
            ),
        )

    def find(self, contract: Contract, client_order_id: str, user: str) -> Sequence[Call]:
        return (
            Call(method="privateGetTradeOrder", params={"instId": contract.id, "clOrdId": client_order_id}),
            Call(method="privateGetTradeOrderAlgo", params={"algoClOrdId": client_order_id}),
        )

    def found(self, document: object) -> Mapping[str, object] | None:
        return fields(inside(document, "data", 0)) or None

    def follow(self, contract: Contract, order: Mapping[str, object]) -> Call | None:
        number = text(order, "ordIdList", 0) or text(order, "ordId")
        if text(order, "algoId") is None or number in (None, "0") or text(order, "state") not in _FIRED:
            return None
        return Call(method="privateGetTradeOrder", params={"instId": contract.id, "ordId": number})

    def client_order_id(self, venue_client_id: str | None) -> str:
        return venue_client_id or ""

    def venue_type(self, order: Mapping[str, object]) -> str:
        return text(order, "ordType") or ""

    def set_leverage(self, contract: Contract, leverage: int) -> Call:
        params: Json = {"instId": contract.id, "lever": str(leverage), "mgnMode": "cross"}
        return Call(method="privatePostAccountSetLeverage", params=params)

    def set_margin_mode(self, contract: Contract, mode: MarginMode) -> Call | None:
        return None

    def modes(self) -> Call | None:
        return Call(method="privateGetAccountConfig")

    def read_modes(self, document: object) -> tuple[bool, bool]:
        """Account levels 3 and 4 count every currency as margin."""
        account = inside(document, "data", 0)
        return text(account, "posMode") == "long_short_mode", text(account, "acctLv") in ("3", "4")

    def balances(self, user: str) -> Call:
        return Call(method="privateGetAccountBalance")

    def read_balances(self, document: object) -> Sequence[Balance]:
        return tuple(
            Balance(
                asset=text(row, "ccy") or "",
                wallet=required(row, "cashBal"),
                available=decimal(row, "availEq") if text(row, "availEq") else decimal(row, "availBal"),
                cross_wallet=required(row, "cashBal"),
                updated_at=moment(row, "uTime"),
            )
            for row in rows(inside(document, "data", 0, "details"))
        )

    def income(self, start: datetime, end: datetime, user: str, cursor: str | None) -> Call:
        params: dict[str, Json] = {
            "instType": "SWAP",
            "begin": str(epoch_ms(start)),
            "end": str(epoch_ms(end)),
            "limit": str(_PAGE),
        }
        if cursor is not None:
            params["after"] = cursor
        return Call(method="privateGetAccountBillsArchive", params=params)

    def read_income(self, document: object, cursor: str | None) -> tuple[Sequence[IncomeRow], str | None]:
        """`kind` is the bill's type: 2 trade, 8 funding, 1 transfer, 5 liquidation."""
        read = rows(inside(document, "data"))
        found = tuple(
            IncomeRow(
                kind=text(row, "type") or "",
                row_id=text(row, "billId") or "",
                symbol=text(row, "instId"),
                amount=required(row, "balChg"),
                asset=text(row, "ccy") or "",
                trade_id=text(row, "tradeId"),
                info=text(row, "subType") or "",
                event_at=at(required(row, "ts")),
            )
            for row in read
        )
        return found, found[-1].row_id if len(read) == _PAGE else None


_FIRED = ("effective", "partially_effective")
