"""Time that venue and client share: it jumps only when both wait, and a run repeats to the byte."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from tests.venues.simulated import Approver, Simulated, running
from vibex.domain import ClientOrderId, Clock, InvalidInput, OrderKind, OrderType, Side
from vibex.testing import stepped
from vibex.testing.conformance import Wish
from vibex.venues import Channel, Subscription, Unknown
from vibex.venues.aster.client import AsterVenue
from vibex.venues.aster.endpoints import Endpoint
from vibex.venues.aster.feed import FeedPatience

SYMBOL = "BTC/USDT"
FAULTS = """
lose-answer ms=1 method=POST path=order nth=2
duplicate-events count=3
drop-events count=1 at=4000
delay ms=700 method=POST path=order nth=3
wick symbol=BTCUSDT percent=-3 at=9000
"""


@pytest.mark.parametrize(("patience", "most"), [(None, 400), (FeedPatience(silence_s=600), 4)])
def test_a_silent_account_asks_as_often_as_the_stream_is_told(patience: FeedPatience | None, most: int) -> None:
    with running("--clock", "stepped", "--symbol", "BTCUSDT", "--step-ms", "20000") as simulated:

        async def wait(clock: Clock) -> str:
            venue = simulated.venue(clock, account_patience=patience)
            asked: list[str] = []
            write = venue.transport.write

            async def noted(endpoint: Endpoint, *arguments: Any, **named: Any) -> Any:
                asked.append(endpoint.path)
                return await write(endpoint, *arguments, **named)

            venue.transport.write = noted  # type: ignore[method-assign]

            async def listen() -> None:
                async for _ in venue.account_stream():
                    pass

            listening = asyncio.ensure_future(listen())
            await clock.sleep(1800)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await venue.close()
            return str(len(asked))

        times = int(_play(simulated, wait))
    assert most * 0.7 < times <= most


def _play(simulated: Simulated, main: Callable[[Clock], Awaitable[str]]) -> str:
    return stepped.run(main, simulated.ready["clock"], simulated.ready["token"])


def _wish(number: int, mark: Decimal, side: Side, type_: OrderType, price: Decimal | None = None) -> Wish:
    return Wish(
        client_order_id=ClientOrderId(account_tag="steps", lease_epoch=1, sequence=number, kind=OrderKind.ENTRY),
        symbol=SYMBOL,
        side=side,
        type=type_,
        quantity=Decimal("0.01"),
        min_price=Decimal(1),
        max_price=mark * 2,
        price=price,
    )


async def _trade(venue: AsterVenue, clock: Clock, said: list[str]) -> None:
    """Eight orders among faults, with everything heard and answered noted down with its time."""

    def note(text: object) -> None:
        said.append(f"{clock.now().isoformat()} {text!r}")

    async def listen(stream: object) -> None:
        async for event in stream:  # type: ignore[attr-defined]
            note(event)

    wanted = [Subscription(channel=Channel.QUOTE, symbol=SYMBOL), Subscription(channel=Channel.TRADES, symbol=SYMBOL)]
    listening = [asyncio.ensure_future(listen(venue.account_stream())),
                 asyncio.ensure_future(listen(venue.market_stream(wanted)))]  # fmt: skip
    approve, numbers = Approver(clock), count(1)
    for _ in range(4):
        mark = (await venue.mark_price(SYMBOL)).mark_price
        low = (mark * Decimal("0.99")).quantize(Decimal(1))
        for side, type_, price in ((Side.BUY, OrderType.MARKET, None), (Side.BUY, OrderType.LIMIT, low)):
            outcome = await venue.place(approve(_wish(next(numbers), mark, side, type_, price)))
            note(outcome)
        await clock.sleep(2.5)
    note(await venue.account_snapshot())
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


def _digest(tmp_path: Path, seed: str) -> str:
    scenario = tmp_path / "faults"
    scenario.write_text(FAULTS)
    with running("--clock", "stepped", "--symbol", "BTCUSDT", "--seed", seed, "--scenario", str(scenario)) as simulated:

        async def main(clock: Clock) -> str:
            venue, said = simulated.venue(clock), list[str]()
            await _trade(venue, clock, said)
            await venue.close()
            assert sum("Unknown" in line for line in said) == 1, "the lost answer was not noticed"
            assert len(said) > 40
            return hashlib.sha256("\n".join(said).encode()).hexdigest()

        return _play(simulated, main)


def test_the_same_seed_and_orders_give_the_same_messages_over_real_sockets(tmp_path: Path) -> None:
    first = _digest(tmp_path, "5")
    assert _digest(tmp_path, "5") == first


def test_hours_pass_in_seconds_and_a_timeout_is_a_deadline_of_the_shared_clock() -> None:
    with running("--clock", "stepped", "--symbol", "BTCUSDT", "--step-ms", "20000", "--levels", "1") as simulated:

        async def main(clock: Clock) -> str:
            venue = simulated.venue(clock)
            begun = clock.now()
            await clock.sleep(6 * 3600)
            assert clock.now() - begun == timedelta(hours=6)
            mark = (await venue.mark_price(SYMBOL)).mark_price
            # Rules, mode and time are read before, so that the silence meets the order alone.
            await venue.instruments()
            await venue.account_snapshot()
            await simulated.fault("lose-answer ms=60000 method=POST path=order\n")
            asked = clock.monotonic()
            outcome = await venue.place(Approver(clock)(_wish(1, mark, Side.BUY, OrderType.MARKET)))
            assert isinstance(outcome, Unknown)
            assert clock.monotonic() - asked == 10, "the read time-out, in the venue's seconds"
            await venue.close()
            return "done"

        assert _play(simulated, main) == "done"


def test_time_stands_while_a_thread_works() -> None:
    with running("--clock", "stepped", "--symbol", "BTCUSDT") as simulated:

        async def main(clock: Clock) -> str:
            before = clock.now()
            ticking = asyncio.ensure_future(clock.sleep(1))
            await asyncio.to_thread(time.sleep, 0.05)
            assert clock.now() == before
            assert not ticking.done()
            await ticking
            return "done"

        assert _play(simulated, main) == "done"


def test_a_wrong_token_shares_no_time_and_hears_no_faults() -> None:
    with running("--clock", "stepped", "--symbol", "BTCUSDT") as simulated:
        with pytest.raises(InvalidInput, match="token"):
            stepped.run(lambda clock: clock.sleep(1), simulated.ready["clock"], "guessed")
        control = simulated.ready["control"]
        for headers in ({}, {"Authorization": "Bearer guessed"}):
            answer = httpx.post(f"{control}/faults", content=b"maintenance", headers=headers, trust_env=False)
            assert answer.status_code == 401
        assert httpx.get(f"{control}/faults", headers=simulated.bearer, trust_env=False).json() == []


def test_nothing_answers_where_no_venue_keeps_the_time() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(InvalidInput, match="no clock at"):
        stepped.run(lambda clock: clock.sleep(1), f"127.0.0.1:{port}", "any")


def test_faults_are_put_in_listed_and_taken_out_while_the_venue_runs() -> None:
    with running("--symbol", "BTCUSDT") as simulated:
        rest = simulated.ready["rest"]
        with httpx.Client(base_url=simulated.ready["control"], headers=simulated.bearer, trust_env=False) as control:
            put = control.post("/faults", content=b"maintenance for=60000\nsplit for=1 at=99999999\n")
            assert put.json() == {"added": 2}
            refused = httpx.get(f"{rest}/fapi/v1/ping", trust_env=False)
            assert (refused.status_code, refused.json()["code"]) == (503, -1016)
            assert [row["fault"] for row in control.get("/faults").json()] == ["maintenance", "split"]
            wrong = control.post("/faults", content=b"earthquake\n")
            assert (wrong.status_code, "unknown fault" in wrong.json()["error"]) == (400, True)
            assert "no symbol" in control.post("/faults", content=b"wick symbol=NO percent=1\n").json()["error"]
            assert control.delete("/faults").json() == {"cleared": 2}
            assert httpx.get(f"{rest}/fapi/v1/ping", trust_env=False).status_code == 200
            assert control.get("/time").json()["elapsed_ms"] >= 0
            assert control.get("/nothing").status_code == 404
        with pytest.raises(websockets.InvalidStatus):
            asyncio.run(_connect(simulated.ready["control"].replace("http", "ws")))


async def _connect(url: str) -> None:
    await websockets.connect(url, proxy=None)
