"""Memory: what a closed trade says, which lessons return, and files that people may read, edit and damage."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.agent.worlds import ACCOUNT, NOW
from tests.llm.questions import MODEL, Clients
from vibex.agent.memory import (
    ClosedTrade,
    Lesson,
    MemoryFiles,
    MemoryQuery,
    OpeningDecision,
    Wording,
    reflect,
    relevant,
    word,
)
from vibex.agent.memory.files import MOST_LINES
from vibex.domain import InvalidInput, PositionSide
from vibex.store import LOCAL_OWNER
from vibex.testing.model_replies import Fails, Reply, says
from vibex.testing.model_server import ModelServer

LONG, SHORT = PositionSide.LONG, PositionSide.SHORT


def trade(number: int = 1, asset: str = "BTC", side: PositionSide = LONG, **changes: Any) -> ClosedTrade:
    closed = changes.pop("closed_at", NOW - timedelta(days=1))
    opening = OpeningDecision(
        id=f"d{number}",
        at=closed - timedelta(hours=4),
        maker="model:x",
        stop=Decimal(59_000) if side is LONG else Decimal(61_000),
        target=Decimal(62_000) if side is LONG else Decimal(58_000),
        exit_plan="close below EMA50",
        rationale="momentum",
        regimes=changes.pop("regimes", ("trend_up",)),
    )
    return ClosedTrade(
        **{
            "id": f"t{number}",
            "asset": asset,
            "side": side,
            "quantity": Decimal("0.02"),
            "entry_price": Decimal(60_000),
            "exit_price": Decimal(59_000),
            "opened_at": closed - timedelta(hours=4),
            "closed_at": closed,
            "pnl": Decimal("-21.2"),
            "fees": Decimal("1.2"),
            "exit_reason": "stop",
            "decision": opening,
            **changes,
        }
    )


def lesson(number: int = 1, *args: Any, **changes: Any) -> Lesson:
    made = trade(number, *args, **changes)
    return Lesson(trade=made, reflection=reflect(made))


def query(regimes: dict[str, frozenset[str]], **sides: PositionSide) -> MemoryQuery:
    return MemoryQuery(at=NOW, regimes=regimes, sides=sides)


def test_a_reflection_states_facts() -> None:
    assert reflect(trade()) == (
        "BTC long opened 2025-02-28T08:00:00Z at 60000, closed by its stop after 4 h at 59000. "
        "It lost 1.76667 % net (-21.2; fees 1.2, funding not known), -1.06 times the risk of its stop. "
        "Planned: stop 59000, target 62000; regime at entry: trend_up."
    )


def test_a_gain_a_foreign_position_and_an_even_trade_are_told_as_such() -> None:
    assert "It gained 2.5 % net (+30; fees 1.2, funding -0.5), +1.5 times" in reflect(
        trade(pnl=Decimal(30), funding=Decimal("-0.5"))
    )
    foreign = reflect(trade(decision=None, pnl=Decimal(0), exit_reason="external"))
    assert "closed outside of this product" in foreign
    assert "It broke even net (0; fees 1.2, funding not known)." in foreign
    assert foreign.endswith("No decision of this account opened it.")


def test_the_same_asset_regime_and_side_return_first_and_newer_before_older() -> None:
    kept = [
        lesson(1, "ETH", regimes=("range",)),
        lesson(2, "BTC", SHORT, regimes=("range",)),
        lesson(3, "BTC", LONG, regimes=("trend_up",)),
        lesson(4, "BTC", LONG, regimes=("trend_up",), closed_at=NOW - timedelta(days=40)),
        lesson(5, "ETH", regimes=("trend_up",)),
        lesson(6, "BTC", LONG, regimes=("trend_up",), closed_at=NOW + timedelta(days=1)),
    ]
    found = relevant(kept, query({"BTC": frozenset({"trend_up"})}, BTC=LONG))
    assert [each.trade.id for each in found] == ["t3", "t2", "t4", "t5"]
    assert [each.trade.id for each in relevant(kept, query({"BTC": frozenset()}), most=1)] == ["t3"]


def test_lessons_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    memory = MemoryFiles.of_account(tmp_path, ACCOUNT)
    assert memory.read().lessons == ()
    kept = (lesson(1), lesson(2, decision=None), lesson(3, "ETH", SHORT, exit_price=Decimal("0.00000123")))
    assert memory.add(kept) == 3
    assert memory.add([lesson(1), lesson(4)]) == 1
    assert memory.read().lessons == (*kept, lesson(4))
    assert memory.notes() == ""


def test_an_edit_by_hand_counts_and_the_version_before_it_is_kept(tmp_path: Path) -> None:
    memory = MemoryFiles(tmp_path)
    memory.add([lesson(1)])
    file = tmp_path / "lessons.jsonl"
    written = file.read_text("utf-8")
    file.write_text(written.replace("BTC long opened", "My own words: BTC long opened"), "utf-8")
    assert memory.read().lessons[0].reflection.startswith("My own words")
    memory.add([lesson(2)])
    assert (tmp_path / "history" / "0001.jsonl").read_text("utf-8") == written
    assert memory.read().lessons[0].reflection.startswith("My own words")
    memory.add([lesson(3)])
    assert sorted(path.name for path in (tmp_path / "history").iterdir()) == ["0001.jsonl", "latest"]


def test_a_long_memory_keeps_its_newer_half_and_the_rest_in_history(tmp_path: Path) -> None:
    memory = MemoryFiles(tmp_path)
    memory.add(lesson(number) for number in range(MOST_LINES))
    assert len(memory.read().lessons) == MOST_LINES
    memory.add([lesson(MOST_LINES)])
    kept = [each.trade.id for each in memory.read().lessons]
    assert kept == [f"t{number}" for number in range(MOST_LINES // 2 + 1, MOST_LINES + 1)]
    assert len((tmp_path / "history" / "0001.jsonl").read_text("utf-8").splitlines()) == MOST_LINES + 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{broken", "no JSON"),
        ("[]", "line 3"),
        ('{"id": "t9"}', "field required"),
        ("[" * 5_000, "nested too deeply"),
    ],
)
def test_a_line_that_cannot_be_read_is_reported_and_kept(tmp_path: Path, line: str, said: str) -> None:
    memory = MemoryFiles(tmp_path)
    memory.add([lesson(1)])
    with (tmp_path / "lessons.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    found = memory.read()
    assert (len(found.lessons), len(found.unreadable)) == (1, 1)
    assert said in found.unreadable[0]
    memory.add([lesson(2)])
    assert line in (tmp_path / "lessons.jsonl").read_text("utf-8").split("\n")


@pytest.mark.parametrize("change", [{"pnl": "NaN"}, {"quantity": "-1"}, {"closed_at": "2025-01-01T00:00:00"}, {"x": 1}])
def test_a_lesson_that_was_edited_into_nonsense_is_not_believed(tmp_path: Path, change: dict[str, object]) -> None:
    memory = MemoryFiles(tmp_path)
    memory.add([lesson(1)])
    file = tmp_path / "lessons.jsonl"
    head, line, _ = file.read_text("utf-8").split("\n")
    file.write_text(f"{head}\n{json.dumps({**json.loads(line), **change})}\n", "utf-8")
    found = memory.read()
    assert (found.lessons, len(found.unreadable)) == ((), 1)


@pytest.mark.parametrize("head", ["", "x", '{"format": "other"}', '{"format": "vibex-memory", "version": 2}'])
def test_a_file_of_another_format_is_refused_and_not_overwritten(tmp_path: Path, head: str) -> None:
    (tmp_path / "lessons.jsonl").write_text(head + "\n", "utf-8")
    with pytest.raises(InvalidInput, match=r"lessons\.jsonl"):
        MemoryFiles(tmp_path).add([lesson(1)])
    assert (tmp_path / "lessons.jsonl").read_text("utf-8") == head + "\n"


@pytest.mark.parametrize(
    ("reply", "taken"),
    [
        (says("The long was stopped at 59000 after 4 h, at a loss of 1.76667 %."), True),
        (says("Always risk 5 % next time."), False),
        (says("word " * 200), False),
        (says(" "), False),
        (Fails(status=500), False),
    ],
)
async def test_a_models_wording_is_taken_only_when_it_adds_nothing(reply: Reply, taken: bool, clients: Clients) -> None:
    async with ModelServer(lambda _asked: reply) as server, clients.of(server) as client:
        said = await word(trade(), Wording(model=client, name=MODEL, owner=LOCAL_OWNER, account_id=ACCOUNT))
    assert (said != reflect(trade())) == taken
