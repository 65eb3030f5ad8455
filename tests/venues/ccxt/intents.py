"""Every request that a venue's profile allows, each in both directions, and how a sent request is written down."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from tests.venues.ccxt.scripted import NOW, Answer, ScriptedSession, Sent, opened, scripted
from vibex.domain import ApprovedEntry, OrderType, ProtectiveExit, Side, TimeInForce
from vibex.domain.ids import AccountId, ClientOrderId, OrderKind
from vibex.venues.profile import Request, VenueProfile
from vibex.venues.reports import MarginMode

D = Decimal
QUANTITY = D("0.0120")
VENUES = ("binanceusdm", "bybit", "okx", "hyperliquid")
# What differs from one call to the next and proves nothing about the request.
_VOLATILE = frozenset({"signature", "timestamp", "nonce"})
_PRICE = {Side.BUY: D("64000"), Side.SELL: D("66000")}
_TRIGGER = {Side.BUY: D("66500"), Side.SELL: D("63500")}

# After which a cancel goes to the path of orders with a trigger.
_NO_SUCH_ORDER = {
    "binanceusdm": Answer("fapi/v1/order", {"code": -2011, "msg": "Unknown order sent."}, status=400),
    "okx": Answer("cancel-order", {"code": "1", "msg": "", "data": [{"sCode": "51400", "sMsg": "No such order"}]}),
}


def symbol_of(venue: str) -> str:
    return "BTC/USDC" if venue == "hyperliquid" else "BTC/USDT"


def order_id(kind: OrderKind, sequence: int = 7) -> ClientOrderId:
    return ClientOrderId(account_tag="abc23", lease_epoch=3, sequence=sequence, kind=kind)


def entry(
    venue: str, kind: OrderType, side: Side, *, force: TimeInForce = TimeInForce.GTC, quantity: Decimal = QUANTITY
) -> ApprovedEntry:
    return ApprovedEntry(
        account_id=AccountId("golden"),
        client_order_id=order_id(OrderKind.ENTRY),
        symbol=symbol_of(venue),
        side=side,
        type=kind,
        quantity=quantity,
        leverage=D(3),
        valid_until=NOW + timedelta(minutes=5),
        min_price=D(60000),
        max_price=D(70000),
        rule="test",
        price=_PRICE[side] if kind.has_price else None,
        trigger_price=_TRIGGER[side] if kind.has_trigger else None,
        time_in_force=force,
    )


def exit_(venue: str, kind: OrderType, side: Side, *, quantity: Decimal | None = QUANTITY) -> ProtectiveExit:
    return ProtectiveExit(
        account_id=AccountId("golden"),
        client_order_id=order_id(OrderKind.STOP if kind.has_trigger else OrderKind.EXIT),
        symbol=symbol_of(venue),
        side=side,
        type=kind,
        quantity=quantity,
        price=_PRICE[side] if kind.has_price else None,
        trigger_price=_TRIGGER[side] if kind.has_trigger else None,
    )


def allowed(venue: str, profile: VenueProfile) -> Iterator[tuple[str, Request]]:
    """(name, request) of every type, time in force and direction that the profile lists."""
    for side in Side:
        for kind in sorted(profile.entry_types):
            forces = sorted(profile.times_in_force) if kind.has_price else [TimeInForce.GTC]
            for force in forces:
                suffix = f" {force}" if kind.has_price else ""
                yield f"entry {kind}{suffix} {side}", entry(venue, kind, side, force=force)
        for kind in sorted(profile.exit_types):
            yield f"exit {kind} {side}", exit_(venue, kind, side)
            if kind is OrderType.LIMIT and TimeInForce.IOC in profile.times_in_force:
                rung = replace(exit_(venue, kind, side), time_in_force=TimeInForce.IOC)
                yield f"exit {kind} {TimeInForce.IOC} {side}", rung
        for kind in sorted(profile.closing_types):
            yield f"close {kind} {side}", exit_(venue, kind, side, quantity=None)


def written(sent: Sent) -> dict[str, object]:
    """Method, address, and parameters without signature, time and nonce."""
    parts = urlsplit(sent.url)
    body: object = None
    if sent.body.startswith(("{", "[")):
        body = json.loads(sent.body)
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if name not in _VOLATILE}
    elif sent.body:
        body = [pair for pair in parse_qsl(sent.body) if pair[0] not in _VOLATILE]
    return {
        "method": sent.method,
        "url": f"{parts.scheme}://{parts.netloc}{parts.path}",
        "query": [list(pair) for pair in parse_qsl(parts.query) if pair[0] not in _VOLATILE],
        "body": [list(pair) for pair in body] if isinstance(body, list) and sent.body[0] != "[" else body,
    }


def _session(venue: str) -> ScriptedSession:
    """Every question after the contracts gets an answer that says nothing: only the request counts."""
    session = scripted(venue)
    session.standing.append(Answer("", {"nothing": True, "code": "0", "retCode": 0, "status": "ok"}))
    return session


async def requests_of(venue: str) -> dict[str, object]:
    """The one request that each allowed intent makes, by its name, none where the venue's own rules refuse it; and
    those of cancel, query and settings."""
    session = _session(venue)
    client = opened(venue, session)
    symbol = symbol_of(venue)
    await client.instruments()
    made: dict[str, object] = {}

    async def note(name: str, call: Awaitable[object]) -> None:
        session.sent.clear()
        await call
        sent = [one for one in session.sent if "metaAndAssetCtxs" not in one.body]
        made[name] = [written(one) for one in sent]

    for name, request in allowed(venue, client.profile):
        await note(name, client.place(request))
    await note("query", client.query(symbol, str(order_id(OrderKind.ENTRY))))
    await note("cancel", client.cancel(symbol, str(order_id(OrderKind.ENTRY))))
    if venue in _NO_SUCH_ORDER:
        session.once.append(_NO_SUCH_ORDER[venue])
        await note("cancel stop", client.cancel(symbol, str(order_id(OrderKind.STOP))))
    await note("leverage 3", client.set_leverage(symbol, 3))
    for mode in MarginMode:
        await note(f"margin {mode}", client.set_margin_mode(symbol, mode))
    await client.close()
    return made
