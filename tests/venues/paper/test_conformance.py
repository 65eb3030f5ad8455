"""The paper venue plays every card that a real one plays, on a simulated venue's prices over real sockets."""

from __future__ import annotations

from pathlib import Path

from tests.venues.simulated import Approver, running
from vibex.domain import Clock
from vibex.testing import conformance, stepped
from vibex.testing.conformance import READ_ONLY, TRADING, Report, Status
from vibex.venues.paper import PaperVenue


def test_the_paper_venue_passes_every_card(tmp_path: Path) -> None:
    with running("--clock", "stepped", "--symbol", "BTCUSDT", "--levels", "5") as simulated:

        async def play(clock: Clock) -> Report:
            venue = await PaperVenue.opened(simulated.venue(clock), clock, tmp_path / "paper.json")
            report = await conformance.run(venue, cards=(*READ_ONLY, *TRADING), clock=clock, approve=Approver(clock))
            await venue.close()
            return report

        report = stepped.run(play, simulated.ready["clock"], simulated.ready["token"])
    assert report.count(Status.FAILED) == 0, report.table()
    # A venue in this process cannot lose an answer on the way.
    assert [one.card.number for one in report.results if one.status is Status.SKIPPED] == ["T19"]
