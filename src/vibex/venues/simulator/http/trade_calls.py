"""Signed calls about orders: place, modify, cancel, batch, query."""

from __future__ import annotations

from vibex.venues.simulator.exchange.admission import admit
from vibex.venues.simulator.exchange.floor import Json
from vibex.venues.simulator.exchange.modes import set_countdown
from vibex.venues.simulator.exchange.order import Order, OrderRequest
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.words import OrderType, PositionSide, SelfTrade, Side, TimeInForce, WorkingType
from vibex.venues.simulator.http.answers import acknowledgement, fill_row, order_row
from vibex.venues.simulator.http.calls import Call, Route
from vibex.venues.simulator.http.parameters import Parameters

WEEK_MS = 7 * 86_400_000


def _place(call: Call) -> Json:
    wants_result = call.parameters.maybe("newOrderRespType") == "RESULT"
    request = _order_request(call.parameters)
    call.refuse_unknown()
    order = call.simulator.exchange.place(call.account.name, request)
    # RESULT tells the final state of orders that do not rest; all others are acknowledged.
    final = order.orig_type is OrderType.MARKET or order.time_in_force in _AT_ONCE
    return order_row(order) if wants_result and final else acknowledgement(order)


def _try(call: Call) -> Json:
    """Every check of an order, and no order."""
    request = _order_request(call.parameters)
    call.refuse_unknown()
    admit(call.floor, call.account, request)
    return {}


_AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTX)


def _order_request(read: Parameters) -> OrderRequest:
    return OrderRequest(
        symbol=read.text("symbol"),
        side=read.choice("side", Side, -1117),
        type=read.choice("type", OrderType, -1116),
        position_side=read.maybe_choice("positionSide", PositionSide, -4060),
        time_in_force=read.maybe_choice("timeInForce", TimeInForce, -1115),
        quantity=read.maybe_decimal("quantity"),
        price=read.maybe_decimal("price"),
        stop_price=read.maybe_decimal("stopPrice"),
        reduce_only=read.maybe_flag("reduceOnly"),
        close_position=bool(read.maybe_flag("closePosition")),
        activation_price=read.maybe_decimal("activationPrice"),
        callback_rate=read.maybe_decimal("callbackRate"),
        working_type=read.maybe_choice("workingType", WorkingType) or WorkingType.CONTRACT_PRICE,
        price_protect=bool(read.maybe_flag("priceProtect")),
        self_trade=read.maybe_choice("stpMode", SelfTrade),
        client_id=read.maybe("newClientOrderId"),
    )


def _modify(call: Call) -> Json:
    read = call.parameters
    symbol, (number, client_id) = read.text("symbol"), _which(read)
    quantity, price = read.decimal("quantity"), read.decimal("price")
    side = read.maybe_choice("side", Side, -1117)
    call.refuse_unknown()
    exchange = call.simulator.exchange
    if side is not None and exchange.find(call.account.name, symbol, order_id=number, client_id=client_id).side != side:
        raise Refusal(-1117)
    order = exchange.modify(call.account.name, symbol, quantity, price, order_id=number, client_id=client_id)
    return order_row(order)


def _cancel(call: Call) -> Json:
    symbol, (number, client_id) = call.parameters.text("symbol"), _which(call.parameters)
    call.refuse_unknown()
    order = call.simulator.exchange.cancel(call.account.name, symbol, order_id=number, client_id=client_id)
    return order_row(order)


def _query(call: Call) -> Json:
    return order_row(_found(call))


def _query_open(call: Call) -> Json:
    order = _found(call)
    if not order.status.open:
        raise Refusal(-2013)
    return order_row(order)


def _open_orders(call: Call) -> Json:
    symbol = call.parameters.maybe("symbol")
    if symbol:
        call.floor.market(symbol)
    return [order_row(one) for one in call.account.open_orders.values() if symbol in (None, one.symbol)]


def _all_orders(call: Call) -> Json:
    read = call.parameters
    symbol, first = read.text("symbol"), read.maybe_integer("orderId")
    call.floor.market(symbol)
    start, end, limit = *_span(call), read.limit(500, 1000)
    mine = [
        one
        for one in call.account.orders.values()
        if one.symbol == symbol
        and (one.order_id >= first if first is not None else start <= one.created <= end)
        and (one.status.open or one.filled or call.floor.now - one.updated <= WEEK_MS)
    ]
    mine.sort(key=lambda one: one.order_id)
    return [order_row(one) for one in (mine[:limit] if first is not None else mine[-limit:])]


def _user_trades(call: Call) -> Json:
    read = call.parameters
    symbol, first = read.text("symbol"), read.maybe_integer("fromId")
    order_id = read.maybe_integer("orderId")
    call.floor.market(symbol)
    start, end, limit = *_span(call), read.limit(500, 1000)
    mine = [
        one
        for one in call.account.fills
        if one.symbol == symbol
        and (order_id is None or one.order_id == order_id)
        and (one.trade_id >= first if first is not None else start <= one.time <= end)
    ]
    return [fill_row(one) for one in (mine[:limit] if first is not None else mine[-limit:])]


def _batch_place(call: Call) -> Json:
    answers: list[Json] = []
    for element in call.parameters.listing("batchOrders", 5):
        if not isinstance(element, dict):
            raise Refusal(-1130, "batchOrders")
        pairs = [(str(name), _spelled(value)) for name, value in element.items()]
        reader = Parameters(pairs, python_booleans=call.floor.habits.python_booleans)
        try:
            answers.append(acknowledgement(call.simulator.exchange.place(call.account.name, _order_request(reader))))
        except Refusal as refusal:
            answers.append({"code": refusal.code, "msg": refusal.message})
    return answers


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _batch_cancel(call: Call) -> Json:
    read, answers = call.parameters, list[Json]()
    symbol = read.text("symbol")
    by_number = read.maybe("orderIdList") is not None
    for one in read.listing("orderIdList" if by_number else "origClientOrderIdList", 10):
        number = one if by_number and isinstance(one, int) else None
        client_id = "" if by_number else str(one)
        exchange = call.simulator.exchange
        try:
            order = exchange.cancel(call.account.name, symbol, order_id=number, client_id=client_id)
            answers.append(order_row(order))
        except Refusal as refusal:
            answers.append({"code": refusal.code, "msg": refusal.message})
    return answers


def _cancel_all(call: Call) -> Json:
    call.simulator.exchange.cancel_all(call.account.name, call.parameters.text("symbol"))
    return {"code": 200, "msg": "The operation of cancel all open order is done."}


def _countdown(call: Call) -> Json:
    symbol, countdown = call.parameters.text("symbol"), call.parameters.integer("countdownTime")
    set_countdown(call.floor, call.account, symbol, countdown)
    return {"symbol": symbol, "countdownTime": str(countdown)}


def _found(call: Call) -> Order:
    symbol, (number, client_id) = call.parameters.text("symbol"), _which(call.parameters)
    return call.simulator.exchange.find(call.account.name, symbol, order_id=number, client_id=client_id)


def _which(read: Parameters) -> tuple[int | None, str]:
    """The order meant: its number wins over the client id; −1102 when neither was sent."""
    number, client_id = read.maybe_integer("orderId"), read.maybe("origClientOrderId")
    if number is None and client_id is None:
        raise Refusal(-1102, "origClientOrderId")
    return number, client_id or ""


def _span(call: Call) -> tuple[int, int]:
    """startTime and endTime: at most seven days, the last seven when neither was sent."""
    start, end = call.parameters.maybe_integer("startTime"), call.parameters.maybe_integer("endTime")
    if end is None:
        end = call.floor.now if start is None else min(call.floor.now, start + WEEK_MS)
    if start is None:
        start = end - WEEK_MS
    if end - start > WEEK_MS:
        raise Refusal(-1130, "startTime")
    return start, end


def _open_orders_weight(read: Parameters) -> int:
    return 1 if read.maybe("symbol") else 40


ROUTES = (
    Route(method="POST", name="order", handler=_place, orders=1),
    Route(method="POST", name="order/test", handler=_try),
    Route(method="PUT", name="order", handler=_modify, orders=1),
    Route(method="DELETE", name="order", handler=_cancel),
    Route(method="GET", name="order", handler=_query),
    Route(method="GET", name="openOrder", handler=_query_open),
    Route(method="GET", name="openOrders", handler=_open_orders, weight=_open_orders_weight),
    Route(method="GET", name="allOrders", handler=_all_orders, weight=5),
    Route(method="POST", name="batchOrders", handler=_batch_place, weight=5, orders=5),
    Route(method="DELETE", name="batchOrders", handler=_batch_cancel),
    Route(method="DELETE", name="allOpenOrders", handler=_cancel_all),
    Route(method="POST", name="countdownCancelAll", handler=_countdown, weight=10),
    Route(method="GET", name="userTrades", handler=_user_trades, weight=5),
)
