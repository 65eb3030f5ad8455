"""A request of the port as the exchange in this process takes it: exits fire on the mark, entries on the last price."""

from __future__ import annotations

from vibex.domain import ProtectiveExit
from vibex.venues.paper.terms import paper_symbol
from vibex.venues.profile import Request
from vibex.venues.simulator.exchange import OrderRequest
from vibex.venues.simulator.exchange.words import OrderType, Side, TimeInForce, WorkingType

_TYPES = {
    "market": OrderType.MARKET,
    "limit": OrderType.LIMIT,
    "stop_market": OrderType.STOP_MARKET,
    "stop_limit": OrderType.STOP,
    "take_profit_market": OrderType.TAKE_PROFIT_MARKET,
}
_TIMES_IN_FORCE = {
    "gtc": TimeInForce.GTC,
    "ioc": TimeInForce.IOC,
    "fok": TimeInForce.FOK,
    "post_only": TimeInForce.GTX,
}


def order_request(request: Request) -> OrderRequest:
    exits = isinstance(request, ProtectiveExit)
    force = _TIMES_IN_FORCE[request.time_in_force.value]
    return OrderRequest(
        symbol=paper_symbol(request.symbol),
        side=Side(request.side.name),
        type=_TYPES[request.type.value],
        time_in_force=force if request.type.has_price else None,
        quantity=request.quantity,
        price=request.price,
        stop_price=request.trigger_price,
        reduce_only=True if exits and request.quantity is not None else None,
        close_position=request.quantity is None,
        working_type=WorkingType.MARK_PRICE if exits else WorkingType.CONTRACT_PRICE,
        client_id=str(request.client_order_id),
    )
