"""A result says how many tries it is the outcome of, where somebody counted them."""

from __future__ import annotations

from dataclasses import replace

from tests.backtest.runs import days, result, strategy
from vibex.backtest import TrialCount
from vibex.strategy import parse_spec

TEN = days(10, 11, 12, 13, 14, 15, 16, 17, 18, 19)


def test_a_result_that_nobody_counted_claims_no_number() -> None:
    alone = result(strategy(), TEN)
    assert "trials" not in alone.to_json()
    assert alone.to_full_json()["trials"] is None
    assert "many_trials" not in {warning.code for warning in alone.warnings}


def test_the_count_stands_in_the_result_and_from_the_second_version_on_in_a_warning() -> None:
    alone = result(strategy(), TEN)
    for distinct, warned in ((1, False), (2, True), (7, True)):
        counted = replace(alone, trials=TrialCount(lineage="idea", runs=9, distinct=distinct))
        assert counted.to_json()["trials"] == {"lineage": "idea", "runs": 9, "distinct": distinct}
        found = [warning for warning in counted.warnings if warning.code == "many_trials"]
        assert bool(found) is warned
        assert all(f"{distinct} different versions" in warning.message for warning in found)
        assert counted.digests == alone.digests, "counting changes no trade"


def test_a_name_a_note_or_a_benchmark_makes_no_other_rules() -> None:
    spec = parse_spec(strategy().to_json_dict())
    same = spec.model_copy(update={"name": "another", "benchmark": None})
    assert spec.digest() != same.digest()
    assert spec.rules_digest() == same.rules_digest()
    assert spec.rules_digest() != spec.model_copy(update={"leverage": 2.0}).rules_digest()
