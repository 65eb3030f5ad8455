"""Requests composed from parts are read as composed, and what is read wrong is never wrong in silence.

The expected strategy comes from the template (`generated`), not from the reader.
"""

from __future__ import annotations

import pytest

from tests.strategy.phrases.facts import check_facts
from tests.strategy.phrases.generated import request
from vibex.strategy.drafting import draft
from vibex.strategy.phrases import read


def _outcome(seed: int) -> tuple[bool, bool]:
    """Whether every fact is right, and whether one is wrong without an issue that says what was not understood."""
    line = request(seed)
    drafted = draft(read(line["text"]))
    spec = None if drafted.spec is None else drafted.spec.to_json_dict()
    issues = [issue.to_json() for issue in drafted.issues]
    wrong = [each for each in check_facts(line["expect"], spec, issues) if not each.ok]
    named = any(
        issue.severity == "error" or (issue.severity == "warning" and "not understood" in issue.message)
        for issue in drafted.issues
    )
    return not wrong, bool(wrong) and (not named or any(not each.flagged for each in wrong))


def _measured(seeds: range) -> tuple[float, list[int]]:
    outcomes = {seed: _outcome(seed) for seed in seeds}
    return sum(right for right, _ in outcomes.values()) / len(seeds), [s for s, (_, mute) in outcomes.items() if mute]


def test_composed_requests_are_read_as_composed() -> None:
    right, silent = _measured(range(200))
    assert not silent
    assert right >= 0.98


@pytest.mark.proof
def test_two_thousand_composed_requests_are_read_as_composed() -> None:
    right, silent = _measured(range(1_000, 3_000))
    assert not silent
    assert right >= 0.98
