"""The diary tells each story once, in the documents' fifteen fields, and comes out the same from the journal alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vibex.accounts.diary import Diary
from vibex.accounts.diary_entry import DiaryEntry
from vibex.accounts.diary_file import DiaryFile
from vibex.accounts.diary_story import DiaryStories
from vibex.domain import AccountId, ClientOrderId, Event, EventType, InvalidInput, JsonValue, ManualClock, OrderKind
from vibex.store import (
    LOCAL_OWNER,
    Account,
    AccountRepository,
    AccountSource,
    Database,
    DiaryRepository,
    Fact,
    LeaseRepository,
    ProcessEventBus,
    SqlJournal,
)

# The example of §5.2 of the agent's requirements, word for word.
EXAMPLE = """{
  "timestamp": "2025-01-19T10:30:00Z",
  "asset": "BTC",
  "action": "buy",
  "allocation_usd": 1000.0,
  "amount": 0.022,
  "entry_price": 45000.0,
  "tp_price": 46000.0,
  "tp_oid": "12345",
  "sl_price": 44000.0,
  "sl_oid": "12346",
  "exit_plan": "close if 4h close above EMA50",
  "rationale": "Bullish momentum with RSI oversold",
  "order_result": "success",
  "opened_at": "2025-01-19T10:30:00Z",
  "filled": true
}"""
AT = datetime(2025, 1, 19, 10, 30, tzinfo=UTC)
ALPHA = AccountId("alpha")
DECISION: dict[str, JsonValue] = {
    "decision_id": "d1",
    "symbol": "BTCUSDT",
    "intent": "open",
    "side": "long",
    "maker": "model",
    "allocation_usd": "1000",
    "exit_plan": "close if 4h close above EMA50",
    "rationale": "Bullish momentum with RSI oversold",
}


def oid(kind: OrderKind, sequence: int = 1) -> str:
    return str(ClientOrderId(account_tag="abcde", lease_epoch=1, sequence=sequence, kind=kind))


def fact(kind: EventType, **data: JsonValue) -> Fact:
    return Fact(type=kind, event_at=AT, correlation_id="s1", data=data)


def order(kind: OrderKind, sequence: int = 1, **said: JsonValue) -> Fact:
    return fact(EventType.ORDER, symbol="BTCUSDT", client_order_id=oid(kind, sequence), **said)


def fill(kind: OrderKind, trade: str, quantity: str, price: str, side: str = "buy") -> Fact:
    said: dict[str, JsonValue] = {"trade_id": trade, "quantity": quantity, "price": price, "side": side}
    return fact(EventType.FILL, symbol="BTCUSDT", client_order_id=oid(kind), **said)


OPENED = [
    fact(EventType.DECISION, **DECISION),
    fact(EventType.DECISION, decision_id="d1", passed=True, rule="passed"),
    order(OrderKind.ENTRY, status="pending", side="buy", quantity="0.022"),
    fill(OrderKind.ENTRY, "t1", "0.011", "44999"),
    fill(OrderKind.ENTRY, "t2", "0.011", "45001"),
    fill(OrderKind.ENTRY, "t2", "0.011", "45001"),
    order(OrderKind.TARGET, status="pending", side="sell", quantity="0.022", price="46000"),
    order(OrderKind.TARGET, status="open", venue_order_id="12345"),
    order(OrderKind.STOP, status="pending", side="sell", trigger_price="44000"),
    order(OrderKind.STOP, status="open", venue_order_id="12346"),
]


def told(facts: list[Fact]) -> list[DiaryEntry]:
    stories = DiaryStories()
    events = [
        Event(
            type=f.type,
            account_id=ALPHA,
            seq=n,
            event_at=f.event_at,
            recorded_at=AT,
            correlation_id=f.correlation_id,
            data=f.data,
        )
        for n, f in enumerate(facts, start=1)
    ]
    return [entry for event in events if (entry := stories.follow(event)) is not None]


def test_the_entry_of_the_documents_reads_and_writes_as_it_stands() -> None:
    assert DiaryEntry.from_json(json.loads(EXAMPLE)).to_json() == json.loads(EXAMPLE)
    assert list(DiaryEntry.from_json(json.loads(EXAMPLE)).to_json()) == list(json.loads(EXAMPLE)), "in that order"
    broken: list[object] = [{}, [], {**json.loads(EXAMPLE), "more": 1}, {**json.loads(EXAMPLE), "timestamp": "today"}]
    for bad in broken:
        with pytest.raises(InvalidInput):
            DiaryEntry.from_json(bad)


def test_a_trade_is_told_when_it_is_protected_in_the_words_of_the_documents() -> None:
    (entry,) = told(OPENED)
    assert entry.to_json() == json.loads(EXAMPLE)


def test_a_closed_position_is_told_with_what_closed_it() -> None:
    stop = fill(OrderKind.STOP, "t3", "0.022", "43990", side="sell")
    over = order(OrderKind.STOP, status="filled", filled_quantity="0.022", average_price="43990")
    _, entry = told([*OPENED, stop, over, over])
    assert (entry.action, entry.amount, entry.entry_price, entry.filled) == ("sell", 0.022, 45000.0, True)
    assert entry.rationale == "closed by stop loss at 43990"
    assert entry.opened_at == AT


def test_an_exit_of_another_decision_knows_what_it_closed() -> None:
    closing = [
        fact(EventType.DECISION, decision_id="d2", symbol="BTCUSDT", intent="close", rationale="trend is over"),
        order(OrderKind.EXIT, 9, status="pending", side="sell", quantity="0.022"),
        order(OrderKind.EXIT, 9, status="filled", filled_quantity="0.022"),
    ]
    _, entry = told([*OPENED, *(replace(one, correlation_id="s2") for one in closing)])
    assert entry.entry_price == 45000.0
    assert entry.rationale == "closed by exit at an unknown price: trend is over"


@pytest.mark.parametrize(
    ("facts", "action", "result"),
    [
        ([fact(EventType.DECISION, symbol="ETH/USDT", intent="hold", rationale="wait")], "hold", None),
        (
            [fact(EventType.DECISION, **DECISION), fact(EventType.DECISION, passed=False, rule="leverage")],
            "buy",
            "refused: leverage",
        ),
        (
            [fact(EventType.DECISION, **DECISION), order(OrderKind.ENTRY, status="refused", side="buy", quantity="1")],
            "buy",
            "refused",
        ),
        ([fact(EventType.RECONCILIATION, fact="external", symbol="BTCUSDT", words="closed by hand")], "external", None),
        ([fact(EventType.RISK, rule="drawdown", words="5 % below the peak")], "drawdown", None),
    ],
)
def test_what_led_to_no_trade_is_told_at_once(facts: list[Fact], action: str, result: str | None) -> None:
    (entry,) = told([*facts, facts[-1]] if facts[-1].type is EventType.DECISION else facts)
    assert (entry.action, entry.order_result, entry.filled) == (action, result, False)
    assert (entry.amount, entry.entry_price, entry.opened_at) == (None, None, None)


def test_what_no_diary_knows_is_passed_over() -> None:
    odd = [
        fact(EventType.ORDER, client_order_id="someone-else", status="filled"),
        fact(EventType.ORDER, fact="plan", symbol="BTCUSDT"),
        fact(EventType.MARKET, price="1"),
        order(OrderKind.ENTRY, status="pending", quantity="a lot"),
        fact(EventType.FILL, client_order_id=oid(OrderKind.ENTRY), trade_id="t", quantity="NaN", price="1"),
    ]
    assert told(odd) == []


def test_a_file_rotates_and_reads_back_whole_and_an_unfinished_line_is_cut(tmp_path: Path) -> None:
    entry = told(OPENED)[0]
    file = DiaryFile(tmp_path, most_bytes=1200)
    for _ in range(9):
        file.append(entry)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *(f"diary.{n}.jsonl" for n in (1, 2)),
        "diary.jsonl",
    ]
    with file.path.open("ab") as stream:
        stream.write(b'{"timestamp": "2025')
    again = DiaryFile(tmp_path)
    assert list(again.entries()) == [entry] * 9


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'vibex.db'}")
    await database.upgrade()
    yield database
    await database.close()


async def test_rows_and_file_are_made_of_the_journal_and_made_again(database: Database, tmp_path: Path) -> None:
    clock, mine = ManualClock(AT), Account(ALPHA)
    await AccountRepository(database, clock).enrol(LOCAL_OWNER, [ALPHA], AccountSource.FILE)
    journal, repository = SqlJournal(database, clock, ProcessEventBus()), DiaryRepository(database)
    journal.use(await LeaseRepository(database, clock).acquire(mine, "here", ttl=timedelta(hours=1)))

    def diary(folder: str = "a") -> Diary:
        return Diary(mine, journal, repository, DiaryFile(tmp_path / folder))

    first = diary()
    await journal.record(ALPHA, OPENED[:8])
    assert await first.catch_up() == []
    restarted = diary()
    assert await restarted.catch_up() == []
    await journal.record(ALPHA, OPENED[8:])
    assert len(await restarted.catch_up()) == 1, "a story that was open before the restart goes on"
    assert await restarted.catch_up() == []
    await journal.record(ALPHA, [replace(fact(EventType.RISK, rule="drawdown"), event_at=AT + timedelta(minutes=1))])
    assert len(await diary().catch_up()) == 1
    whole = (tmp_path / "a" / "diary.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["action"] for line in whole.splitlines()] == ["buy", "drawdown"]

    (tmp_path / "a" / "diary.jsonl").write_text(whole.splitlines(keepends=True)[0], encoding="utf-8")
    assert await diary().catch_up() == []
    await diary("b").catch_up()
    for folder in "ab":
        assert (tmp_path / folder / "diary.jsonl").read_text(encoding="utf-8") == whole

    assert [entry.action for entry in await repository.newest(mine)] == ["drawdown", "buy"]
    (bought,) = await repository.newest(mine, asset="BTC")
    assert bought.entry == json.loads(EXAMPLE)
    assert await repository.newest(mine, before=bought.seq) == []
    assert await repository.newest(mine, since=AT + timedelta(hours=1)) == []
    assert await repository.newest(Account(AccountId("beta"))) == []
