"""Ten minutes of every fault there is: client and venue end with the same orders, positions and balances."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.venues.simulated import Simulated, running
from tests.venues.soak_kit import LISTED, MINUTES, Trader, scenario, soak
from vibex.domain import Clock
from vibex.testing import stepped

EXACT = Decimal("1e-8")
STATUSES = {"NEW": "open", "PARTIALLY_FILLED": "partially_filled", "FILLED": "filled", "CANCELED": "cancelled",
            "EXPIRED": "expired"}  # fmt: skip


class Auditor:
    """Reads the venue's side with a client of its own: other keys, other code."""

    def __init__(self, simulated: Simulated, clock: Clock) -> None:
        self._account, self._clock = simulated.ready["accounts"][0], clock
        self._client = httpx.AsyncClient(base_url=simulated.ready["rest"], trust_env=False)

    async def read(self, path: str, **query: str | int) -> Any:
        served = (await self._client.get("/fapi/v1/time")).json()["serverTime"]
        text = urlencode({**query, "timestamp": served, "recvWindow": 60_000})
        signature = hmac.new(self._account["secret"].encode(), text.encode(), hashlib.sha256).hexdigest()
        headers = {"X-MBX-APIKEY": self._account["api_key"]}
        answer = await self._client.get(f"/fapi/{path}?{text}&signature={signature}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def close(self) -> None:
        await self._client.aclose()


async def _compare(trader: Trader, audit: Auditor, clock: Clock) -> int:
    """Raises where the two sides differ; the number of orders compared."""
    books = trader.books
    held = {row["clientOrderId"]: row for row in await audit.read("v1/allOrders", symbol=LISTED, limit=1000)}
    mine = {name: order for name, order in books.orders.items() if order is not None and name in held}
    assert set(mine) == {name for name, order in books.orders.items() if order is not None}, "orders that are not there"
    ours = {name for name in held if name.startswith("vx")}
    assert ours == {name for name in mine if name.startswith("vx")}, "orders that the client does not know"
    for name, order in mine.items():
        assert order.status.value == STATUSES[held[name]["status"]], name
        assert order.filled_quantity == Decimal(held[name]["executedQty"]), name

    trades = await audit.read("v1/userTrades", symbol=LISTED, limit=1000)
    assert set(books.fills) == {str(row["id"]) for row in trades}
    signed = sum(
        (fill.quantity if fill.side.value == "buy" else -fill.quantity for fill in books.fills.values()), EXACT * 0
    )
    positions = await audit.read("v2/positionRisk", symbol=LISTED)
    assert signed == sum((Decimal(row["positionAmt"]) for row in positions), EXACT * 0)

    rows = await trader.venue.income(trader.started - timedelta(minutes=1), clock.now() + timedelta(minutes=1))
    wallet = Decimal((await audit.read("v2/balance"))[0]["balance"])
    assert abs(sum((row.amount for row in rows), EXACT * 0) - wallet) <= EXACT
    fees = sum((fill.fee for fill in books.fills.values()), EXACT * 0)
    charged = -sum((row.amount for row in rows if row.kind == "COMMISSION"), EXACT * 0)
    penalties = -sum((row.amount for row in rows if row.kind == "INSURANCE_CLEAR"), EXACT * 0)
    assert abs(fees - charged - penalties) <= EXACT
    return len(mine)


def _soak(seed: int, folder: Path) -> None:
    file = folder / "faults"
    file.write_text(scenario(seed))
    options = ("--clock", "stepped", "--symbol", LISTED, "--levels", "3", "--seed", str(seed), "--scenario", str(file))
    with running(*options) as simulated:

        async def main(clock: Clock) -> int:
            venue = simulated.venue(clock)
            trader = await soak(venue, clock, seed)
            audit = Auditor(simulated, clock)
            compared = await _compare(trader, audit, clock)
            await audit.close()
            await venue.close()
            return compared

        assert stepped.run(main, simulated.ready["clock"], simulated.ready["token"]) > MINUTES * 3


def test_client_and_venue_agree_after_ten_minutes_of_faults(tmp_path: Path) -> None:
    _soak(1, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 12))
def test_client_and_venue_agree_after_every_seed(seed: int, tmp_path: Path) -> None:
    _soak(seed, tmp_path)
