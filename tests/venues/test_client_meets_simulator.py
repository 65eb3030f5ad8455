"""The client trades on the simulated venue over real sockets: two readings of one page that share no code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from vibex.domain import (
    ApprovedEntry,
    ClientOrderId,
    OrderKind,
    OrderType,
    ProtectiveExit,
    Side,
    SystemClock,
    account_id,
)
from vibex.venues import Accepted, Done, Refused, ReportedOrder
from vibex.venues.aster.client import AsterVenue
from vibex.venues.aster.config import local_config
from vibex.venues.aster.credentials import Credentials, HmacKey, agent_key

START = [sys.executable, "-c", "from vibex.cli import main; main()", "sim", "--testnet", "--symbol", "BTCUSDT"]
SYMBOL = "BTC/USDT"


def keys_of(account: dict[str, str], scheme: str) -> Credentials:
    if scheme == "hmac":
        return HmacKey(api_key=SecretStr(account["api_key"]), secret=SecretStr(account["secret"]))
    return agent_key(user=account["user"], signer=account["signer"], private_key=SecretStr(account["private_key"]))


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The ready line of a simulated venue in a process of its own."""
    environment = {**os.environ, "VIBEX_HOME": str(tmp_path)}
    with subprocess.Popen(START, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()


@pytest.fixture(params=["agent", "hmac"])
async def venue(request: pytest.FixtureRequest, simulator: dict[str, Any]) -> AsyncIterator[AsterVenue]:
    keys = keys_of(simulator["accounts"][0], request.param)
    venue = AsterVenue(local_config(simulator["rest"], keys), SystemClock())
    yield venue
    await venue.close()


def order_id(sequence: int, kind: OrderKind) -> ClientOrderId:
    return ClientOrderId(account_tag="abcde", lease_epoch=1, sequence=sequence, kind=kind)


async def test_an_entry_its_stop_and_its_exit_run_as_both_sides_read_them(venue: AsterVenue) -> None:
    clock, desk = SystemClock(), account_id("desk")
    assert isinstance(await venue.set_leverage(SYMBOL, 5), Done)
    entry = ApprovedEntry(
        account_id=desk,
        client_order_id=order_id(1, OrderKind.ENTRY),
        symbol=SYMBOL,
        side=Side.BUY,
        type=OrderType.MARKET,
        quantity=Decimal("0.01"),
        leverage=Decimal(5),
        valid_until=clock.now() + timedelta(minutes=1),
        min_price=Decimal(1),
        max_price=Decimal(10_000_000),
        rule="test",
    )
    bought = await venue.place(entry)
    assert isinstance(bought, Accepted), bought
    position = (await venue.account_snapshot()).positions[0]
    assert (position.symbol, position.quantity) == (SYMBOL, Decimal("0.01"))

    mark = (await venue.mark_price(SYMBOL)).mark_price
    trigger = (mark * Decimal("0.95")).quantize(Decimal(1))
    stop = ProtectiveExit(
        account_id=desk,
        client_order_id=order_id(2, OrderKind.STOP),
        symbol=SYMBOL,
        side=Side.SELL,
        type=OrderType.STOP_MARKET,
        quantity=None,
        trigger_price=trigger,
    )
    assert isinstance(await venue.place(stop), Accepted)
    resting = await venue.query(SYMBOL, str(stop.client_order_id))
    assert isinstance(resting, ReportedOrder)
    assert resting.trigger_price == trigger

    leave = ProtectiveExit(
        account_id=desk,
        client_order_id=order_id(3, OrderKind.EXIT),
        symbol=SYMBOL,
        side=Side.SELL,
        type=OrderType.MARKET,
        quantity=Decimal("0.01"),
    )
    sold = await venue.place(leave)
    assert isinstance(sold, Accepted), sold
    assert all(position.quantity == 0 for position in (await venue.account_snapshot()).positions)


async def test_a_reduction_of_nothing_and_a_cancel_of_nothing_are_refused_in_words(venue: AsterVenue) -> None:
    nothing = ProtectiveExit(
        account_id=account_id("desk"),
        client_order_id=order_id(1, OrderKind.EXIT),
        symbol=SYMBOL,
        side=Side.SELL,
        type=OrderType.MARKET,
        quantity=Decimal("0.01"),
    )
    refused = await venue.place(nothing)
    assert isinstance(refused, Refused)
    assert refused.code == "-2022"
    cancelled = await venue.cancel(SYMBOL, str(order_id(9, OrderKind.ENTRY)))
    assert isinstance(cancelled, Refused)
    assert cancelled.words
