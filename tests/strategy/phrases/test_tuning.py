"""The share of the tuning corpus that comes out right, from the words to the drafted strategy, may not fall."""

from __future__ import annotations

import json
from pathlib import Path

from tests.strategy.phrases.facts import Reading, check_facts, shares
from vibex.strategy.drafting import draft
from vibex.strategy.phrases import read

TUNING = Path(__file__).parent / "corpus" / "tuning.jsonl"


def test_the_tuning_corpus_is_drafted_as_well_as_it_was() -> None:
    readings = []
    for line in TUNING.read_text(encoding="utf-8").splitlines():
        request = json.loads(line)
        drafted = draft(read(request["text"]))
        spec = None if drafted.spec is None else drafted.spec.to_json_dict()
        results = check_facts(request["expect"], spec, [issue.to_json() for issue in drafted.issues])
        readings.append(Reading(kind=request["kind"], results=results))
    found = shares(readings)
    assert found.facts >= 0.99
    assert found.sentences >= 0.98
    assert found.unclear >= 0.96
    assert found.silent <= 0.005
