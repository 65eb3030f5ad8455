"""Prices that stop, jump or lie, a book that empties, rules that change, and a wallet that must add up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from vibex.domain import OrderKind
from vibex.domain.protection import PercentAway
from vibex.execution.facts import FactKind as F
from vibex.testing.drills.stage import LISTED, SYMBOL, Stage, expect


async def depth_gap(stage: Stage) -> None:
    watch = stage.desk.watch
    expect(await stage.until(lambda: watch.symbol_refusal(SYMBOL) is None, 15), "no whole book to begin with")
    await stage.fault(f"depth-gap symbol={LISTED}")
    lost = await stage.until(lambda: not watch.prices[SYMBOL].book_is_whole, 15)
    expect(lost and watch.symbol_refusal(SYMBOL) is not None, "the gap went unnoticed")
    expect(await stage.until(lambda: watch.symbol_refusal(SYMBOL) is None, 30), "the book did not come back")


async def frozen_feed(stage: Stage) -> None:
    await stage.held()
    watch = stage.desk.watch
    await stage.until(lambda: watch.symbol_refusal(SYMBOL) is None, 15)
    await stage.fault("freeze-feed for=9000")
    expect(await stage.until(lambda: watch.symbol_refusal(SYMBOL) is not None, 5), "the frozen feed went unnoticed")
    expect(stage.stops() == 1, "the stop did not stay")
    expect(await stage.until(lambda: watch.symbol_refusal(SYMBOL) is None, 30), "the feed did not come back")
    await stage.settle()


async def wick(stage: Stage) -> None:
    await stage.held()
    held, watch = stage.position(), stage.desk.watch
    expect(await stage.until(lambda: watch.symbol_refusal(SYMBOL) is None, 15), "no market to be shocked")
    await stage.fault(f"wick symbol={LISTED} percent=-20")
    expect(await stage.until(lambda: F.OUTLIER in stage.kinds(), 5), "the wick was taken for a price")
    await stage.settle()
    expect(stage.position() == held, "a stop on the mark price fired on the last")


async def thin_book(stage: Stage) -> None:
    await stage.held()
    mark = await stage.mark()
    await stage.fault(f"thin-book symbol={LISTED} percent=90 for=30000")
    await stage.sleep(2)
    expect(await stage.desk.flow.close(SYMBOL, "exit", why="flash crash"), "the ladder did not finish")
    await stage.settle()
    exits = {name for name, order in stage.ledger.orders.items() if order.kind is OrderKind.EXIT}
    prices = [fact.number("price") for fact in stage.journal.facts if fact.kind is F.FILL and fact.order in exits]
    expect(bool(prices) and min(prices) >= mark * Decimal("0.95"), "sold outside the ladder's bands")
    expect(stage.count(F.EXIT) >= 1, "the steps are not in the journal")


async def tick_changes(stage: Stage) -> None:
    before = next(one.tick for one in await stage.venue.instruments() if one.symbol == SYMBOL)
    await stage.fault(f"tick-size symbol={LISTED} tick={before * 7}")
    try:
        await stage.enter(target=PercentAway(Decimal("3.3333")))
        await stage.settle()
        expect(stage.position() > 0, "not filled")
        refused = [fact for fact in stage.journal.facts if fact.kind is F.REFUSED]
        expect(len(refused) <= 4, f"{len(refused)} refusals: a loop")
    finally:
        await stage.fault(f"tick-size symbol={LISTED} tick={before}")


async def wallet_adds_up(stage: Stage) -> None:
    began = stage.clock.now() - timedelta(minutes=1)
    wallet = await _wallet(stage)
    await stage.held()
    await stage.desk.flow.close(SYMBOL, "drill", why="to be added up")
    await stage.settle()
    rows = await stage.venue.income(began, stage.clock.now() + timedelta(minutes=1))
    traded = [row for row in rows if row.kind in ("COMMISSION", "REALIZED_PNL", "FUNDING_FEE")]
    change = sum((row.amount for row in traded), Decimal(0))
    drift = await _wallet(stage) - wallet - change
    expect(abs(drift) <= Decimal("1e-8"), f"{drift} of the wallet is not explained")
    position = stage.ledger.position(SYMBOL)
    ours = position.realised_pnl - position.fees
    funding = sum((row.amount for row in traded if row.kind == "FUNDING_FEE"), Decimal(0))
    expect(abs(ours + funding - change) <= Decimal("1e-8"), f"the journal says {ours}, the venue {change}")


async def _wallet(stage: Stage) -> Decimal:
    return sum((one.wallet for one in (await stage.snapshot()).balances), Decimal(0))
