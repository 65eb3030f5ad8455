"""Client and simulated venue over loopback: how long an order takes, and how fast shared time goes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import SecretStr

from bench.measure import Figure, cpu_ms
from vibex.domain import (
    ApprovedEntry,
    ClientOrderId,
    Clock,
    OrderKind,
    OrderType,
    Side,
    SystemClock,
    Timeframe,
    account_id,
)
from vibex.testing import stepped
from vibex.venues import Accepted
from vibex.venues.aster.client import AsterVenue
from vibex.venues.aster.config import local_config
from vibex.venues.aster.credentials import agent_key

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
ORDERS, AT_ONCE, HOURS = 150, 10, 6


def figures() -> list[Figure]:
    with _running("--symbol", "BTCUSDT") as (ready, pid):
        alone, together, cost = asyncio.run(_orders(ready, pid))
    with _running("--clock", "stepped", "--step-ms", "20000", "--levels", "2") as (ready, _):
        begun = time.perf_counter()
        stepped.run(lambda clock: _watch(ready, clock), ready["clock"], ready["token"])
        passed = (time.perf_counter() - begun) * 1e3
    slowest = statistics.quantiles(alone, n=100)[98]
    return [
        Figure(
            job="order",
            body="place to accepted",
            bars=1,
            minimum=min(alone),
            median=statistics.median(alone),
            note=f"one after the other; p99 {slowest:.1f} ms; at most 10 and 40",
        ),
        Figure(
            job="orders",
            body=f"{AT_ONCE} at once",
            bars=AT_ONCE,
            minimum=min(together),
            median=statistics.median(together),
            note=f"{ORDERS / sum(together) * 1e3:.0f} a second over HTTP, at least 200; processor {cost}",
        ),
        Figure(
            job="shared time",
            body=f"{HOURS} h, 3 symbols",
            bars=HOURS * 60 * len(SYMBOLS),
            minimum=passed,
            median=passed,
            note=f"bars read each minute; 14 days in {passed / HOURS * 24 * 14 / 60_000:.1f} min",
        ),
    ]


@contextmanager
def _running(*options: str) -> Iterator[tuple[dict[str, Any], int]]:
    """The ready line, and the venue's process."""
    command = [sys.executable, "-m", "vibex", "sim", "--testnet", "--balance", "10000000", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("no ready line")
        try:
            yield json.loads(process.stdout.readline()), process.pid
        finally:
            process.send_signal(signal.SIGTERM)


def _venue(ready: dict[str, Any], clock: Clock) -> AsterVenue:
    one = ready["accounts"][0]
    keys = agent_key(user=one["user"], signer=one["signer"], private_key=SecretStr(one["private_key"]))
    return AsterVenue(local_config(ready["rest"], keys), clock)


async def _orders(ready: dict[str, Any], pid: int) -> tuple[list[float], list[float], str]:
    """Milliseconds of each order placed alone and of each group placed at once, and what an order of a group costs."""
    clock = SystemClock()
    venue = _venue(ready, clock)
    mark = (await venue.mark_price("BTC/USDT")).mark_price
    entries = [_entry(number, mark, clock) for number in range(2 * ORDERS)]
    alone = []
    for number, entry in enumerate(entries[:ORDERS]):
        # Below the venue's limit of orders in ten seconds that the client keeps to.
        begun = time.perf_counter()
        outcome = await venue.place(entry)
        alone.append((time.perf_counter() - begun) * 1e3)
        if not isinstance(outcome, Accepted):
            raise RuntimeError(f"order {number}: {outcome}")
    await venue.orders.cancel_all("BTC/USDT")
    # The client's own budget for entries would hold back more orders than this in ten seconds.
    await clock.sleep(10)
    together = []
    ours, theirs = cpu_ms(os.getpid()), cpu_ms(pid)
    for first in range(ORDERS, 2 * ORDERS, AT_ONCE):
        begun = time.perf_counter()
        outcomes = await asyncio.gather(*(venue.place(entry) for entry in entries[first : first + AT_ONCE]))
        together.append((time.perf_counter() - begun) * 1e3)
        refused = [outcome for outcome in outcomes if not isinstance(outcome, Accepted)]
        if refused:
            raise RuntimeError(str(refused[0]))
    ours, theirs = (cpu_ms(os.getpid()) - ours) / ORDERS, (cpu_ms(pid) - theirs) / ORDERS
    await venue.close()
    return alone, together, f"{ours:.1f} ms here, {theirs:.1f} ms there"


def _entry(number: int, mark: Decimal, clock: Clock) -> ApprovedEntry:
    return ApprovedEntry(
        account_id=account_id("bench"),
        client_order_id=ClientOrderId(account_tag="bench", lease_epoch=1, sequence=number, kind=OrderKind.ENTRY),
        symbol="BTC/USDT",
        side=Side.BUY,
        type=OrderType.LIMIT,
        quantity=Decimal("0.001"),
        leverage=Decimal(3),
        valid_until=clock.now() + timedelta(minutes=5),
        min_price=Decimal(1),
        max_price=mark * 2,
        rule="bench",
        price=(mark * Decimal("0.97")).quantize(Decimal(1)),
    )


async def _watch(ready: dict[str, Any], clock: Clock) -> None:
    venue = _venue(ready, clock)
    for _ in range(HOURS * 60):
        await clock.sleep(60)
        for symbol in SYMBOLS:
            await venue.bar_history(symbol, Timeframe.M1, clock.now() - timedelta(minutes=5), clock.now())
    await venue.close()
