"""The simulated venue: order events in process, checked requests, and a day of minutes replayed for ten symbols."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode

from bench.measure import Figure, timed
from vibex.domain import ManualClock
from vibex.venues.simulator.exchange import Exchange, Order, OrderRequest, standard_rules
from vibex.venues.simulator.exchange.words import OrderType, Side, TimeInForce
from vibex.venues.simulator.http import AccountKeys, Application, generate_keys
from vibex.venues.simulator.http.signatures import Sent, eip712_digest
from vibex.venues.simulator.participants import Crowd, CrowdSettings, GeneratedPath
from vibex.venues.simulator.simulator import Plan, Simulator

SYMBOL = "BTCUSDT"
START = datetime(2026, 1, 5, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
EVENTS, REQUESTS, SYMBOLS = 10_000, 200, 10


def figures() -> list[Figure]:
    return [
        _figure(
            "order events",
            "exchange",
            EVENTS,
            _order_events,
            note="placements and cancellations; at least 5,000 a second",
        ),
        _figure("signed orders", "application", REQUESTS, _signed_orders(), note="checked, in process, no socket"),
        _figure(
            "replay",
            "one day, 10 symbols",
            SYMBOLS * 1440,
            _replay,
            note="of 1-minute bars, nobody else trades; at most 5 s",
        ),
    ]


def _figure(job: str, body: str, count: int, call: Callable[[], object], *, note: str) -> Figure:
    minimum, median = timed(call, runs=3)
    return Figure(job=job, body=body, bars=count, minimum=minimum, median=median, note=note)


def _order_events() -> None:
    exchange = Exchange(now_ms=START_MS)
    exchange.list_symbol(standard_rules(SYMBOL))
    for name in ("a", "b"):
        exchange.open_account(name, Decimal(100_000_000))
    exchange.set_price(SYMBOL, Decimal(50_000))
    drawn = random.Random(1)
    live: list[Order] = []
    for number in range(EVENTS):
        if len(live) > 100:
            order = live.pop(drawn.randrange(len(live)))
            if order.status.open:
                exchange.cancel(order.account, SYMBOL, order_id=order.order_id)
                continue
        side = Side.BUY if number % 4 < 2 else Side.SELL
        price = Decimal(50_000 - side.sign * 60 + drawn.randint(-100, 100))
        live.append(exchange.place(("a", "b")[number % 2], _limit(side, price)))


def _limit(side: Side, price: Decimal) -> OrderRequest:
    return OrderRequest(
        symbol=SYMBOL,
        side=side,
        type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=Decimal("0.01"),
        price=price,
    )


def _signed_orders() -> Callable[[], object]:
    """Requests are signed before the clock starts; each run has a venue of its own."""
    keys = generate_keys("a")
    requests = [_request(keys, number) for number in range(REQUESTS)]

    async def run() -> None:
        clock = ManualClock(START)
        plan = Plan(accounts=[("a", Decimal(10_000))], symbols=(SYMBOL,), start_ms=START_MS)
        application = Application(Simulator(plan, clock), [keys], clock=clock)
        for request in requests:
            answer = await application.answer(request)
            if answer.status != 200:
                raise RuntimeError(answer.body.decode())

    return lambda: asyncio.run(run())


def _request(keys: AccountKeys, number: int) -> Sent:
    from eth_keys.datatypes import PrivateKey

    order = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.001", "price": "40000"}
    business = {"symbol": SYMBOL} | (order if number % 2 == 0 else {})
    text = urlencode(
        {**business, "nonce": str(START_MS * 1000 + number), "user": keys.user, "signer": keys.signer}
    )  # fmt: skip
    key = PrivateKey(bytes.fromhex((keys.private_key or "").removeprefix("0x")))
    raw = key.sign_msg_hash(eip712_digest(text, 1666)).to_bytes()
    method, name = ("POST", "order") if number % 2 == 0 else ("DELETE", "allOpenOrders")
    signature = (raw[:64] + bytes([raw[64] + 27])).hex()
    return Sent(method=method, path=f"/fapi/v3/{name}", body=f"{text}&signature={signature}")


def _replay() -> None:
    exchange = Exchange(now_ms=START_MS)
    quiet = CrowdSettings(levels=1, noise=0, momentum=0)
    crowds = []
    for number in range(SYMBOLS):
        symbol = f"S{number}USDT"
        exchange.list_symbol(replace(standard_rules(SYMBOL), symbol=symbol))
        path = GeneratedPath(symbol="BTC/USDT", seed=number, start_ms=START_MS)
        crowds.append(Crowd(exchange, symbol, path, seed=number, settings=quiet))
    # Three points a bar: both extremes and the close.
    for step in range(1440 * 3):
        exchange.advance(START_MS + step * 20_000)
        for crowd in crowds:
            crowd.step()
