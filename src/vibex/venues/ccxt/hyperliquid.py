"""Hyperliquid: perpetuals against USDC, signed by an agent wallet that trades for `user`.

Source: the venue's documents (Exchange endpoint, Info endpoint, Tick and lot size). It has no market orders: one is
an immediate-or-cancel limit 5 % beyond the mark, for entries within the approved band. Triggers are on the mark price.
Every action is signed as a whole, so that numbers are written without trailing zeros and keys in the venue's order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from types import MappingProxyType

from vibex.domain import ApprovedEntry, OrderStatus, OrderType, ProtectiveExit, RetryLater, Side, TimeInForce
from vibex.venues.ccxt.client_ids import from_number, to_number
from vibex.venues.ccxt.dialect import Call, Codes, Contract, Reads, Receipt, VenueError
from vibex.venues.ccxt.documents import Json, decimal, fields, inside, required, rows, text
from vibex.venues.ccxt.wording import at, epoch_ms, plain
from vibex.venues.outcome import Refused
from vibex.venues.profile import FeeSchedule, Request, TriggerPrice, VenueProfile
from vibex.venues.reports import Balance, IncomeRow, MarginMode, PositionMode

_TIMES_IN_FORCE = {TimeInForce.GTC: "Gtc", TimeInForce.IOC: "Ioc", TimeInForce.POST_ONLY: "Alo"}
_SLIP = Decimal("0.05")
_FIGURES = 5
_FUNDING, _FILLS, _LEDGER = "userFunding", "userFillsByTime", "userNonFundingLedgerUpdates"


class Hyperliquid:
    """Ids of ours go as 128-bit numbers (`client_ids`)."""

    name = "hyperliquid"
    ccxt_class = "hyperliquid"
    settle = frozenset({"USDC"})
    profile = VenueProfile(
        name="hyperliquid",
        # Stop entries: nothing proves that its triggers open positions as ours would mean it.
        entry_types=frozenset({OrderType.MARKET, OrderType.LIMIT}),
        exit_types=frozenset(OrderType),
        closing_types=frozenset(),
        times_in_force=frozenset(_TIMES_IN_FORCE),
        entry_trigger=TriggerPrice.MARK,
        exit_trigger=TriggerPrice.MARK,
        # Set together with the leverage: cross.
        margin_modes=frozenset(),
        position_modes=frozenset({PositionMode.ONE_WAY}),
        # Ours have 20; no other text has a number there.
        longest_client_id=20,
        max_leverage=50,
        weight_per_minute=1200,
        orders_per_minute=1200,
        batch_size=1,
        client_id_is_unique_for_ever=False,
        has_dead_mans_switch=False,
        has_account_stream=False,
        history_window=timedelta(days=7),
        fees=FeeSchedule(maker=Decimal("0.00015"), taker=Decimal("0.00045"), funding_interval_hours=1),
    )
    options: Mapping[str, object] = MappingProxyType(
        {
            "fetchMarkets": {"types": ["swap"]},
            "defaultType": "swap",
            # No fee of a third party on any order.
            "builderFee": False,
            "approvedBuilderFee": False,
        }
    )
    # The venue answers with sentences; there are no codes, and none that leaves a request in doubt.
    codes = Codes(missing=frozenset({"unknownOid", "never-placed"}))
    reads = Reads(bars_page=2000, mark_page=None, rates_page=500, deepest_book=20)

    def error(self, document: object) -> VenueError | None:
        if text(document, "status") == "unknownOid":
            return VenueError(code="unknownOid", words="no such order")
        words = text(document, "response") if text(document, "status") == "err" else None
        words = words or text(document, "response", "data", "statuses", 0, "error")
        if words is None:
            return None
        missing = "never placed, already canceled, or filled" in words
        return VenueError(code="never-placed" if missing else "refused", words=words)

    def check(self, request: Request, contract: Contract) -> Refused | None:
        """Prices have at most five significant digits, unless they are whole."""
        for price in (request.price, request.trigger_price):
            if price is not None and price != on_grid(price, contract, up=False):
                return Refused(
                    code="off-grid",
                    words=f"{price} has more digits than {self.name} takes for {contract.instrument.symbol}",
                    remedy="five significant digits, and no finer than the contract's tick",
                )
        return None

    def needs_mark(self, request: Request) -> bool:
        return request.type is OrderType.MARKET

    def place(self, request: Request, contract: Contract, mark: Decimal | None) -> Call:
        exits = isinstance(request, ProtectiveExit)
        if contract.asset is None or request.quantity is None:
            raise ValueError("a contract without its number, or an order without a quantity")
        order: dict[str, Json] = {
            "a": contract.asset,
            "b": request.side is Side.BUY,
            "p": plain(_limit(request, contract, mark)),
            "s": plain(request.quantity),
            "r": exits,
            "t": _kind(request),
            "c": to_number(str(request.client_order_id)),
        }
        return _action({"type": "order", "orders": [order], "grouping": "na"})

    def receipt(self, document: object) -> Receipt | None:
        status = inside(document, "response", "data", "statuses", 0)
        if status == "waitingForTrigger":
            return Receipt(venue_order_id="")
        resting, filled = fields(inside(status, "resting")), fields(inside(status, "filled"))
        if resting:
            return Receipt(venue_order_id=text(resting, "oid") or "")
        if not filled:
            return None
        # A part of an immediate order may be left; the venue drops it.
        return Receipt(
            venue_order_id=text(filled, "oid") or "",
            status=OrderStatus.PARTIALLY_FILLED,
            filled=required(filled, "totalSz"),
            average_price=decimal(filled, "avgPx"),
        )

    def cancel(self, contract: Contract, client_order_id: str) -> Sequence[Call]:
        cancels: Json = [{"asset": contract.asset, "cloid": to_number(client_order_id)}]
        return (_action({"type": "cancelByCloid", "cancels": cancels}),)

    def find(self, contract: Contract, client_order_id: str, user: str) -> Sequence[Call]:
        return (_ask({"type": "orderStatus", "user": user, "oid": to_number(client_order_id)}),)

    def found(self, document: object) -> Mapping[str, object] | None:
        return fields(inside(document, "order")) or None

    def follow(self, contract: Contract, order: Mapping[str, object]) -> Call | None:
        return None

    def client_order_id(self, venue_client_id: str | None) -> str:
        return "" if venue_client_id is None else from_number(venue_client_id)

    def venue_type(self, order: Mapping[str, object]) -> str:
        return text(order, "order", "orderType") or text(order, "orderType") or ""

    def set_leverage(self, contract: Contract, leverage: int) -> Call:
        """Leverage and margin mode are one setting there: cross."""
        return _action({"type": "updateLeverage", "asset": contract.asset, "isCross": True, "leverage": leverage})

    def set_margin_mode(self, contract: Contract, mode: MarginMode) -> Call | None:
        return None

    def modes(self) -> Call | None:
        return None

    def read_modes(self, document: object) -> tuple[bool, bool]:
        return False, False

    def balances(self, user: str) -> Call:
        return _ask({"type": "clearinghouseState", "user": user})

    def read_balances(self, document: object) -> Sequence[Balance]:
        """The venue tells the account's value; what is owned is that less the open profit."""
        open_profit = sum(
            (required(row, "position", "unrealizedPnl") for row in rows(inside(document, "assetPositions"))),
            Decimal(0),
        )
        owned = required(document, "marginSummary", "accountValue") - open_profit
        return (
            Balance(
                asset="USDC",
                wallet=owned,
                available=decimal(document, "withdrawable"),
                cross_wallet=required(document, "crossMarginSummary", "accountValue") - open_profit,
            ),
        )

    def income(self, start: datetime, end: datetime, user: str, cursor: str | None) -> Call:
        """Three books one after the other: funding, fills, transfers."""
        return _ask({"type": cursor or _FUNDING, "user": user, "startTime": epoch_ms(start), "endTime": epoch_ms(end)})

    def read_income(self, document: object, cursor: str | None) -> tuple[Sequence[IncomeRow], str | None]:
        if cursor == _FILLS:
            return tuple(row for fill in rows(document) for row in _fill_rows(fill)), _LEDGER
        if cursor == _LEDGER:
            return tuple(map(_ledger_row, rows(document))), None
        return tuple(map(_funding_row, rows(document))), _FILLS


def on_grid(price: Decimal, contract: Contract, *, up: bool) -> Decimal:
    """`price` moved to what the venue takes: the contract's tick, and five significant digits unless whole."""
    step = max(contract.instrument.tick, Decimal(1).scaleb(min(0, price.adjusted() - _FIGURES + 1)))
    return (price / step).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * step


def _limit(request: Request, contract: Contract, mark: Decimal | None) -> Decimal:
    """The worst price: the order's own, or 5 % beyond its trigger or the mark, within the approval of an entry."""
    if request.price is not None:
        return request.price
    reference = request.trigger_price or mark
    if reference is None:
        raise ValueError("a market order needs the mark")
    buys = request.side is Side.BUY
    worst = reference * (1 + _SLIP if buys else 1 - _SLIP)
    if isinstance(request, ApprovedEntry):
        worst = min(worst, request.max_price) if buys else max(worst, request.min_price)
    return on_grid(worst, contract, up=not buys)


def _kind(request: Request) -> Json:
    if request.trigger_price is None:
        if request.type is OrderType.MARKET:
            return {"limit": {"tif": "Ioc"}}
        force = request.time_in_force
        return {"limit": {"tif": _TIMES_IN_FORCE[force]}}
    return {
        "trigger": {
            "isMarket": request.price is None,
            "triggerPx": plain(request.trigger_price),
            "tpsl": "tp" if request.type is OrderType.TAKE_PROFIT_MARKET else "sl",
        }
    }


def _action(action: Json) -> Call:
    return Call(method="privatePostExchange", params=action, signed_action=True)


def _ask(question: Json) -> Call:
    return Call(method="publicPostInfo", params=question)


def _funding_row(row: Mapping[str, object]) -> IncomeRow:
    time = text(row, "time") or ""
    return IncomeRow(
        kind="funding",
        row_id=f"{time}:{text(row, 'delta', 'coin')}",
        symbol=text(row, "delta", "coin"),
        amount=required(row, "delta", "usdc"),
        asset="USDC",
        trade_id=None,
        info=f"rate {text(row, 'delta', 'fundingRate')}",
        event_at=at(required(row, "time")),
    )


def _fill_rows(fill: Mapping[str, object]) -> Sequence[IncomeRow]:
    number = text(fill, "tid") or ""
    booked = (("closedPnl", required(fill, "closedPnl")), ("fee", -required(fill, "fee")))
    return tuple(
        IncomeRow(
            kind=kind,
            row_id=number,
            symbol=text(fill, "coin"),
            amount=amount,
            asset=text(fill, "feeToken") or "USDC" if kind == "fee" else "USDC",
            trade_id=number,
            info=text(fill, "dir") or "",
            event_at=at(required(fill, "time")),
        )
        for kind, amount in booked
        if amount
    )


def _ledger_row(row: Mapping[str, object]) -> IncomeRow:
    """Raises RetryLater for a kind whose sign is not certain: a wrong one would be worse than none."""
    kind = text(row, "delta", "type") or ""
    if kind not in ("deposit", "withdraw"):
        raise RetryLater(f"hyperliquid's ledger holds a {kind!r}, which is not read yet: look it up in the venue's app")
    amount = required(row, "delta", "usdc")
    return IncomeRow(
        kind=kind,
        row_id=text(row, "hash") or "",
        symbol=None,
        amount=-amount if kind == "withdraw" else amount,
        asset="USDC",
        trade_id=None,
        info=kind,
        event_at=at(required(row, "time")),
    )
