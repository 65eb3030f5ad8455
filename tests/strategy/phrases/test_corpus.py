"""The corpus is well-formed: every line follows the schema, and what it expects is a strategy the contract can hold.

Nothing here shows a sealed line: a failure names its id.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.strategy.phrases.expected_spec import Writer
from tests.strategy.phrases.facts import CONDITIONS, KNOWN_FACTS, check_facts
from vibex.strategy.spec import parse_spec

Json = Any
FOLDER = Path(__file__).parent / "corpus"
PARTS = ("tuning", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "sealed")
SEALED_SHA256 = "b06608ada1903b08858c66edbd94280791c42268666c80687bbff964b707d068"


@cache
def lines(part: str) -> list[Json]:
    return [json.loads(line) for line in (FOLDER / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()]


def everything() -> list[Json]:
    return [line for part in PARTS for line in lines(part)]


def expected_specs(part: str) -> list[Json]:
    return [line for line in lines(part) if line["expect"]["outcome"] == "spec"]


def written(line: Json) -> Json:
    return parse_spec(Writer().spec(line["expect"]["facts"])).to_json_dict()


def test_the_sealed_part_is_the_one_that_was_sealed() -> None:
    assert hashlib.sha256((FOLDER / "sealed.jsonl").read_bytes()).hexdigest() == SEALED_SHA256


def test_the_corpus_is_large_and_varied_enough() -> None:
    assert len(lines("tuning")) >= 150
    assert len(lines("sealed")) >= 120
    kinds = Counter(line["kind"] for line in everything())
    assert kinds["unclear"] >= 70
    assert kinds["long"] >= 55
    languages = Counter(line["language"] for line in everything())
    assert min(languages["zh-Hant"], languages["zh-Hans"]) >= 20
    markets = Counter(line["expect"]["facts"]["market"] for part in PARTS for line in expected_specs(part))
    assert min(markets[market] for market in ("crypto", "us_equity", "hk_equity")) >= 20


def test_ids_and_texts_are_unique() -> None:
    ids = Counter(line["id"] for line in everything())
    assert max(ids.values()) == 1
    said: dict[str, str] = {}
    twice = [
        (line["id"], said[text])
        for line in everything()
        if (text := line["text"].strip().casefold()) and said.setdefault(text, line["id"]) != line["id"]
    ]
    assert not twice


@pytest.mark.parametrize("part", PARTS)
def test_every_line_follows_the_schema(part: str) -> None:
    for line in lines(part):
        assert set(line) == {"id", "text", "language", "kind", "expect"}, line["id"]
        assert line["language"] in ("en", "zh-Hant", "zh-Hans", "other"), line["id"]
        assert line["kind"] in ("short", "long", "unclear"), line["id"]
        expect = line["expect"]
        assert set(expect) <= {"outcome", "why", "facts"}, line["id"]
        outcomes = expect["outcome"] if isinstance(expect["outcome"], list) else [expect["outcome"]]
        assert set(outcomes) <= {"spec", "refuse", "ask"}, line["id"]
        assert set(expect.get("facts", {})) <= KNOWN_FACTS, line["id"]
        assert line["kind"] == "unclear" or outcomes == ["spec"], line["id"]
        assert "facts" in expect if outcomes == ["spec"] else expect["why"], line["id"]


@pytest.mark.parametrize("part", PARTS)
def test_every_request_for_a_side_has_its_entry_condition(part: str) -> None:
    for line in expected_specs(part):
        facts = line["expect"]["facts"]
        assert facts["sides"] == [side for side in ("long", "short") if f"entry_{side}" in facts], line["id"]
        absent = set(facts["absent"])
        assert absent.isdisjoint(facts), line["id"]
        assert absent.isdisjoint(name.replace("_", ".") for name in CONDITIONS if name in facts), line["id"]


@pytest.mark.parametrize("part", PARTS)
def test_what_is_expected_is_a_valid_strategy_that_meets_its_own_facts(part: str) -> None:
    for line in expected_specs(part):
        wrong = [each for each in check_facts(line["expect"], written(line), []) if not each.ok]
        assert not wrong, (line["id"], [each.detail for each in wrong])


@pytest.mark.parametrize("part", PARTS)
def test_a_changed_number_in_the_rules_or_the_stop_is_noticed(part: str) -> None:
    noticed = 0
    for line in expected_specs(part):
        spec = written(line)
        changed = copy.deepcopy(spec)
        for key in ("entry", "stop_loss") if "stop_loss" in line["expect"]["facts"] else ("entry",):
            changed[key] = _scaled(changed[key])
        if changed == spec:
            continue
        noticed += 1
        assert not all(each.ok for each in check_facts(line["expect"], changed, [])), line["id"]
    assert noticed > len(expected_specs(part)) / 2


def _scaled(value: Json) -> Json:
    """Every number that a comparison or a distance names, five percent off; counts of bars stay whole."""
    if isinstance(value, dict):
        counts = ("within", "for", "at_least", "shift", "times")
        steps = value.get("op") in ("rising", "falling") or str(value.get("left", "")).startswith(("cdl", "supertrend"))
        return value if steps else {k: v if k in counts else _scaled(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_scaled(each) for each in value]
    return value * 1.05 if isinstance(value, int | float) and not isinstance(value, bool) else value
