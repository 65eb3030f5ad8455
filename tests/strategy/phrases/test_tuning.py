"""The share of the tuning corpus that the offline reader gets right may not fall.

Contradictions between rules ("RSI above 120") are the review's to find, so that not all unclear requests are
handled by the reader alone.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.strategy.phrases.facts import Reading, check_facts, shares
from tests.strategy.phrases.filled_in import filled_in
from vibex.strategy.phrases import read

TUNING = Path(__file__).parent / "corpus" / "tuning.jsonl"


def test_the_tuning_corpus_is_read_as_well_as_it_was() -> None:
    readings = []
    for line in TUNING.read_text(encoding="utf-8").splitlines():
        request = json.loads(line)
        spec, issues = filled_in(read(request["text"]))
        readings.append(Reading(kind=request["kind"], results=check_facts(request["expect"], spec, issues)))
    found = shares(readings)
    assert found.facts >= 0.99
    assert found.sentences >= 0.98
    assert found.unclear >= 0.88
    assert found.silent <= 0.03
