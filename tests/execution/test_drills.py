"""The fault scenarios, played by seed over real sockets; and the manual's table of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vibex.testing.drills.catalogue import DRILLS, Drill
from vibex.testing.drills.runner import account_of, play, playable, run
from vibex.testing.drills.stage import simulated_venue

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "execution.md"


@pytest.fixture(scope="module")
def venue() -> Iterator[dict[str, Any]]:
    with simulated_venue(1, [account_of(drill) for drill in playable()]) as ready:
        yield ready


@pytest.mark.parametrize("drill", playable(), ids=lambda drill: f"{drill.number:02d} {drill.name}")
def test_scenario_ends_with_venue_journal_and_position_in_agreement(drill: Drill, venue: dict[str, Any]) -> None:
    assert play(drill, 1, venue).failure is None


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 12))
def test_every_scenario_holds_under_every_seed(seed: int) -> None:
    failures = {one.drill.number: one.failure for one in run(seed) if one.failure is not None}
    assert failures == {}


def test_all_44_scenarios_are_listed_once_and_what_is_not_played_says_why() -> None:
    assert [drill.number for drill in DRILLS] == list(range(1, 45))
    assert all(drill.play is not None or drill.status != "whole" for drill in DRILLS)


def test_the_manual_lists_the_scenarios_as_they_are() -> None:
    rows = [line for line in MANUAL.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    for drill in DRILLS:
        played = "yes" if drill.play is not None else "no"
        assert f"| {drill.number} | {drill.name} | {played} | {drill.status} |" in rows
