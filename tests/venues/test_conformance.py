"""The client plays every card of the conformance kit against the simulated venue, over real sockets; and the kit itself
finds what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.venues.simulated import Approver, running
from vibex.domain import Clock, InvalidInput
from vibex.testing import conformance, stepped
from vibex.testing.conformance import READ_ONLY, TRADING, Card, CardFailed, CardSkipped, Report, Status
from vibex.testing.conformance.card import Session


@pytest.mark.parametrize(
    ("scheme", "cards"), [("agent", (*READ_ONLY, *TRADING)), ("hmac", (*READ_ONLY[10:], *TRADING[:3]))]
)
def test_the_client_passes_every_card_against_the_simulated_venue(scheme: str, cards: Sequence[Card]) -> None:
    with running("--clock", "stepped", "--symbol", "BTCUSDT", "--levels", "5") as simulated:

        async def play(clock: Clock) -> Report:
            venue = simulated.venue(clock, scheme=scheme)
            report = await conformance.run(
                venue,
                cards=cards,
                clock=clock,
                approve=Approver(clock),
                lose_next_answer=simulated.lose_next_answer,
            )
            await venue.close()
            return report

        report = stepped.run(play, simulated.ready["clock"], simulated.ready["token"])
    assert report.count(Status.PASSED) == len(cards), report.table()


def _card(number: str, outcome: Exception | None, *, needs_account: bool = False) -> Card:
    async def check(_: Session) -> None:
        if outcome is not None:
            raise outcome

    return Card(
        number=number, title=f"card {number}", prerequisite="none", steps=(), passes="", needs_account=needs_account,
        check=check,
    )  # fmt: skip


def test_the_report_tells_what_failed_what_was_skipped_and_why() -> None:
    cards = [
        _card("X01", None),
        _card("X02", CardFailed("the book is crossed")),
        _card("X03", CardSkipped("one margin mode")),
        _card("X04", None, needs_account=True),
        _card("X05", InvalidInput("no such symbol")),
    ]
    with running("--clock", "stepped", "--symbol", "BTCUSDT") as simulated:

        async def play(clock: Clock) -> Report:
            return await conformance.run(simulated.venue(clock), cards, clock=clock, has_account=False)

        report = stepped.run(play, simulated.ready["clock"], simulated.ready["token"])
    assert [one.status for one in report.results] == ["passed", "failed", "skipped", "skipped", "failed"]
    assert not report.passed
    assert "the book is crossed" in report.table()
    assert report.results[3].words == "no keys"
    assert report.table().endswith("aster BTC/USDT: 1 passed, 2 failed, 2 skipped")


def test_card_numbers_are_given_once() -> None:
    numbers = [card.number for card in (*READ_ONLY, *TRADING)]
    assert len(numbers) == len(set(numbers))


def test_the_manual_lists_exactly_the_cards() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "venues.md").read_text("utf-8")
    for card in (*READ_ONLY, *TRADING):
        assert f"| {card.number} | {card.title} | {'yes' if card.needs_account else 'no'} |" in page
        assert all((card.steps, card.passes, card.prerequisite))
        assert f"\n## {card.section}\n" in page or f"\n### {card.section}\n" in page, card.section
    assert sum(line.startswith(("| R", "| T")) for line in page.splitlines()) == len(READ_ONLY) + len(TRADING)
