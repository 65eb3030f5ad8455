"""One account on a simulated venue with production execution at work, the means to hurt it, and the invariant."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
from pydantic import SecretStr

from vibex.domain import Clock, OrderKind, Protection, Side, VibexError, account_id
from vibex.domain.protection import LevelRule, PercentAway
from vibex.execution.desk import Desk, Seat
from vibex.execution.facts import Fact, FactKind, data_of, fact_of
from vibex.execution.flow import Opened, Opening
from vibex.execution.ledger import Ledger
from vibex.execution.ports import OrderJournal
from vibex.execution.reconcile import held_at
from vibex.testing.drills.props import DrillGate, DrillVenue, MemoryJournal, approve
from vibex.venues import AccountSnapshot, MarginMode
from vibex.venues.aster.config import local_config
from vibex.venues.aster.credentials import agent_key

SYMBOL, LISTED = "BTC/USDT", "BTCUSDT"
TAG, STRANGER = "drill", "other"
OTHER_ACCOUNT = "stranger"
ZERO = Decimal(0)
PERCENT = PercentAway(Decimal(2))


class DrillFailed(AssertionError):
    """What was expected and did not come about."""


def expect(holds: bool, words: str) -> None:
    if not holds:
        raise DrillFailed(words)


@contextmanager
def simulated_venue(seed: int, accounts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """`vibex sim` in stepped time in a process of its own; what its ready line says."""
    command = [sys.executable, "-m", "vibex", "sim", "--testnet", "--clock", "stepped", "--symbol", LISTED]
    command += ["--levels", "3", "--seed", str(seed)]
    for name in (*accounts, OTHER_ACCOUNT):
        command += ["--account", name]
    with subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        if process.stdout is None:
            raise DrillFailed("the simulated venue says nothing")
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a drill is played: the venue's ready line, the account's name, and the draw of times and sizes."""

    ready: dict[str, Any]
    account: str
    drawn: random.Random


class Stage:
    """Set up by `play`; `desk` is replaced by `restart`."""

    def __init__(self, place: Place, clock: Clock) -> None:
        self.place, self.clock, self.drawn = place, clock, place.drawn
        self.journal = MemoryJournal()
        self.gate = DrillGate(clock)
        self.epoch = 0
        self.may_be_unprotected = False
        self.durable: OrderJournal
        self.venue: DrillVenue
        self.desk: Desk

    @property
    def ledger(self) -> Ledger:
        return self.desk.books.ledger

    async def start(self) -> None:
        self.journal.revive()
        await self.start_on(self.journal.writer(self.epoch + 1))

    async def start_on(self, journal: OrderJournal) -> None:
        """Execution over `journal`, under the next lease."""
        self.epoch += 1
        self.gate = DrillGate(self.clock)
        self.venue = self._client(self.place.account)
        self.durable = journal
        seat = Seat(account_id=account_id(self.place.account), account_tag=TAG, lease_epoch=self.epoch)
        self.desk = Desk(seat, self.venue, journal, self.gate, self.clock, symbols=(SYMBOL,))
        await self.desk.__aenter__()
        await self.until(lambda: self.gate.refusal() is None or bool(self.gate.present), 20)

    async def written(self) -> Sequence[Fact]:
        """The journal as the next process would read it."""
        return await self.durable.read()

    async def stop(self) -> None:
        await self.desk.__aexit__()
        await self.venue.close()

    async def restart(self) -> None:
        """A new process: everything but the journal and the venue is gone."""
        await self.stop()
        await self.start()

    def _client(self, name: str) -> DrillVenue:
        row = next(one for one in self.place.ready["accounts"] if one["account"] == name)
        keys = agent_key(user=row["user"], signer=row["signer"], private_key=SecretStr(row["private_key"]))
        return DrillVenue(local_config(self.place.ready["rest"], keys), self.clock)

    # What may be done.

    async def fault(self, lines: str) -> None:
        """Put faults in force from now on; `{account}` is this drill's."""
        text = "\n".join(line.strip() for line in lines.format(account=self.place.account).splitlines())
        await self._control("POST", text)

    async def by_hand(self, side: str, quantity: Decimal, *, account: str | None = None) -> None:
        """A market order as from the venue's app: of the owner, or of `account`."""
        name = account or self.place.account
        await self._control("POST", f"manual-trade account={name} symbol={LISTED} side={side} quantity={quantity:f}")

    async def clear_faults(self) -> None:
        await self._control("DELETE", None)

    async def _control(self, method: str, content: str | None) -> None:
        headers = {"Authorization": f"Bearer {self.place.ready['token']}"}
        async with httpx.AsyncClient(base_url=self.place.ready["control"], headers=headers, trust_env=False) as client:
            answer = await client.request(method, "/faults", content=content)
            expect(answer.status_code == 200, f"the venue takes no fault: {answer.text}")

    async def mark(self) -> Decimal:
        return (await self.venue.mark_price(SYMBOL)).mark_price

    async def opening(
        self,
        *,
        quantity: str = "0.02",
        side: Side = Side.BUY,
        stop: LevelRule | None = PERCENT,
        target: LevelRule | None = None,
        share: str | None = None,
        price: Decimal | None = None,
        time_to_live_s: float = 60.0,
    ) -> Opening:
        """An approved entry at market, or a limit at `share` of the mark or at `price`."""
        mark = await self.mark()
        if share is not None:
            price = (mark * Decimal(share)).quantize(Decimal(1))
        entry = approve(
            account_id(self.place.account),
            self.desk.ids.next(OrderKind.ENTRY),
            self.clock,
            symbol=SYMBOL,
            side=side,
            quantity=Decimal(quantity),
            mark=mark,
            price=price,
            time_to_live_s=time_to_live_s,
        )
        return Opening(entry=entry, protection=Protection(stop=stop, target=target), margin_mode=MarginMode.CROSS)

    async def enter(self, **wish: Any) -> Opened:
        return await self.desk.flow.open(await self.opening(**wish), "drill")

    async def enter_quietly(self, **wish: Any) -> bool:
        """Try an entry while the venue may be out of reach; whether nothing came of it."""
        try:
            opened = await self.enter(**wish)
        except VibexError:
            return True
        return opened.order is None or not opened.order.filled

    async def held(self) -> Opened:
        """A protected long position with a target, to begin with."""
        opened = await self.enter(target=PercentAway(Decimal(4)))
        for _ in range(5):
            if self.position():
                break
            # A market order expires where nobody offers at that moment.
            await self.sleep(2)
            opened = await self.enter(target=PercentAway(Decimal(4)))
        expect(opened.is_protected and self.position() > 0, f"no position to begin with: {opened.words}")
        return opened

    async def until(self, done: Any, seconds: float) -> bool:
        """Whether `done()` came true within `seconds` of the venue's time."""
        deadline = self.clock.deadline(seconds)
        while not done():
            if self.clock.monotonic() >= deadline:
                return False
            await self.clock.sleep(0.05)
        return True

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)

    # What may be asked.

    def position(self) -> Decimal:
        return self.ledger.position(SYMBOL).quantity

    def kinds(self, order: str | None = None) -> list[FactKind]:
        """The kinds of facts in the journal, of one order or of all."""
        return [fact.kind for fact in self.journal.facts if order in (None, fact.order)]

    def count(self, kind: FactKind) -> int:
        return self.kinds().count(kind)

    def expect_in_order(self, *kinds: FactKind, order: str | None = None) -> None:
        """Every one of `kinds` stands in the journal, one after the other, whatever lies between."""
        rows = iter(self.kinds(order))
        for kind in kinds:
            expect(any(row is kind for row in rows), f"no {kind} in order in {' '.join(self.kinds(order))}")

    def entries(self) -> list[str]:
        return [name for name, order in self.ledger.orders.items() if order.kind is OrderKind.ENTRY]

    def stops(self) -> int:
        return len(self.ledger.live(SYMBOL, OrderKind.STOP))

    async def snapshot(self) -> AccountSnapshot:
        return await self.venue.account_snapshot()

    async def settle(self, seconds: float = 60.0) -> None:
        """Until every order is answered for, every position protected, and the account agrees."""
        deadline = self.clock.deadline(seconds)
        while self.clock.monotonic() < deadline:
            if self.desk.is_settled and await self.desk.reconciler.reconcile("settle") and self.desk.is_settled:
                return
            await self.clock.sleep(0.5)
        threats = ", ".join(sorted(self.gate.present))
        raise DrillFailed(f"not settled after {seconds:g} s: {threats} {' '.join(self.kinds()[-12:])}")

    async def invariant(self) -> None:
        """Venue = journal = position: quantities, live orders, executions; the journal folded anew says the same."""
        snapshot = await self.snapshot()
        held = held_at(snapshot)
        venue = held[SYMBOL].quantity if SYMBOL in held else ZERO
        facts = await self.written()
        again = Ledger(account_tag=TAG)
        for fact in facts:
            read = fact_of(json.loads(json.dumps(data_of(fact))), fact.at, fact.correlation_id)
            if read is not None:
                again.follow(read)
        expect(venue == self.position(), f"the venue holds {venue}, the ledger {self.position()}")
        expect(again.position(SYMBOL).quantity == venue, f"the journal adds up to {again.position(SYMBOL).quantity}")
        resting = {one.client_order_id for one in snapshot.open_orders if self.ledger.is_ours(one.client_order_id)}
        live = {order.client_order_id for order in self.ledger.live(SYMBOL)}
        expect(resting == live, f"at the venue {sorted(resting - live)}, in the ledger {sorted(live - resting)}")
        expect({order.client_order_id for order in again.live(SYMBOL)} == live, "the journal lists other live orders")
        intents = [fact.order for fact in facts if fact.kind is FactKind.INTENT]
        expect(len(intents) == len(set(intents)), "an id was used twice")
        trades = [fact.text("trade_id") for fact in facts if fact.kind is FactKind.FILL]
        expect(len(trades) == len(set(trades)), "an execution stands in the journal twice")
        if venue:
            expect(self.desk.brackets.is_protected(SYMBOL), "a position without a stop")
            expect(self.stops() == 1, f"{self.stops()} stops")
        else:
            expect(not self.ledger.live(SYMBOL, OrderKind.STOP, OrderKind.TARGET), "exits beside a flat position")
        if not self.may_be_unprotected:
            self._expect_protected_in_time(facts)

    def _expect_protected_in_time(self, facts: Sequence[Fact]) -> None:
        """Between the fill that opened a position and an acknowledged stop (or the exit) lie at most 3 s."""
        ledger, naked_since = Ledger(account_tag=TAG), None
        for fact in facts:
            ledger.follow(fact)
            stops = [one for one in ledger.live(SYMBOL, OrderKind.STOP) if not one.is_in_doubt]
            if ledger.position(SYMBOL).quantity == 0 or stops or fact.kind is FactKind.EXIT:
                naked_since = None
            elif naked_since is None:
                naked_since = fact.at
            else:
                naked = (fact.at - naked_since).total_seconds()
                expect(naked <= 3, f"{naked:.1f} s without a stop")

    async def flatten(self) -> None:
        """Leave the account as it was found, for whoever plays next."""
        await self.clear_faults()
        if self.position():
            await self.desk.flow.close(SYMBOL, "drill-over", why="the drill is over")
