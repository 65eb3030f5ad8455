"""What is read out of the journal: one row per decision, order, fill and position, by symbol, time and state."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.store.conftest import ALPHA, BETA, NOON, fact
from vibex.domain import EventType
from vibex.store import Account, Database, Filter, Income, Period, SqlJournal, TradingRecords

MINE = Account(ALPHA)


async def test_an_order_keeps_what_was_said_of_it_and_takes_what_is_new(
    journal: SqlJournal, trading_store: Database
) -> None:
    records = TradingRecords(trading_store)
    await journal.record(
        ALPHA,
        [
            fact(EventType.ORDER, client_order_id="c1", symbol="BTC", side="buy", quantity="0.5", status="pending"),
            fact(EventType.ORDER, client_order_id="c2", symbol="ETH", side="buy", quantity="1", status="pending"),
            fact(EventType.ORDER, client_order_id="c1", venue_order_id="9", status="filled", average_price="100.10"),
        ],
    )
    (order,) = await records.orders(MINE, Filter(symbol="BTC"))
    assert (order["quantity"], order["status"], order["average_price"]) == ("0.5", "filled", "100.10")
    assert (order["price"], order["reduce_only"]) == (None, None), "what nobody said is unknown"
    assert [one["client_order_id"] for one in await records.orders(MINE, Filter(status="pending"))] == ["c2"]
    assert await records.orders(Account(BETA), Filter()) == []
    assert await records.orders(MINE, Filter(since=NOON + timedelta(seconds=1))) == []


async def test_a_late_report_does_not_bring_a_finished_order_back(journal: SqlJournal, trading_store: Database) -> None:
    states = ("pending", "filled", "partially_filled", None, "open")
    await journal.record(ALPHA, [fact(EventType.ORDER, client_order_id="c1", status=state) for state in states])
    (order,) = await TradingRecords(trading_store).orders(MINE, Filter())
    assert (order["status"], order["seq"]) == ("filled", 2)


async def test_a_fill_that_is_told_twice_is_one_row(journal: SqlJournal, trading_store: Database) -> None:
    fill = fact(EventType.FILL, trade_id="t", symbol="BTC", client_order_id="c", price="1", quantity="2", side="buy")
    await journal.record(ALPHA, [fill])
    await journal.record(ALPHA, [fill])
    (row,) = await TradingRecords(trading_store).fills(MINE, Filter(correlation_id="story"))
    assert (row["seq"], row["quantity"]) == (1, "2")


async def test_a_verdict_joins_the_decision_that_it_is_about(journal: SqlJournal, trading_store: Database) -> None:
    said = {"decision_id": "d", "symbol": "BTC"}
    await journal.record(ALPHA, [fact(EventType.DECISION, **said, intent="open", maker="model")])
    await journal.record(ALPHA, [fact(EventType.DECISION, **said, passed=False, rule="leverage")])
    (row,) = await TradingRecords(trading_store).decisions(MINE, Filter(status="leverage"))
    assert (row["intent"], row["maker"], row["passed"]) == ("open", "model", False)


async def test_a_flat_position_has_no_entry_price_any_more(journal: SqlJournal, trading_store: Database) -> None:
    await journal.record(ALPHA, [fact(EventType.POSITION, symbol="BTC", quantity="1", entry_price="100")])
    await journal.record(ALPHA, [fact(EventType.POSITION, symbol="BTC", quantity="0")])
    (row,) = await TradingRecords(trading_store).positions(MINE)
    assert (row["quantity"], row["entry_price"]) == ("0", None)


async def test_an_event_that_names_no_row_stays_in_the_journal_alone(
    journal: SqlJournal, trading_store: Database
) -> None:
    kinds = (EventType.ORDER, EventType.FILL, EventType.DECISION, EventType.POSITION, EventType.BALANCE)
    await journal.record(ALPHA, [fact(kind, note="no key") for kind in kinds])
    assert await journal.last_seq(ALPHA) == len(kinds)
    assert await TradingRecords(trading_store).orders(MINE, Filter()) == []


async def test_equity_income_and_performance_are_read_back_exactly(
    journal: SqlJournal, trading_store: Database
) -> None:
    records = TradingRecords(trading_store)
    await journal.record(ALPHA, [fact(EventType.BALANCE, equity="10000.10", balance="10000")])
    assert await records.equity(MINE, NOON, NOON + timedelta(days=1)) == [(NOON, Decimal("10000.10"))]
    funding = Income(venue_id="1", kind="funding", amount=Decimal("-0.1"), currency="USDT", event_at=NOON, symbol="BTC")
    await records.add_income(MINE, [funding, funding])
    assert await records.income(MINE, Filter(status="funding")) == [funding]
    for value in (0.1, None):
        await records.keep_performance(MINE, Period.DAY, NOON, {"sharpe": value}, NOON)
    (kept,) = await records.performance(MINE, Period.DAY)
    assert kept["metrics"] == {"sharpe": None}
    assert await records.performance(MINE, Period.WEEK) == []
