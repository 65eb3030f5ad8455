"""Every answer of the corpus (`answers.jsonl`) has the outcome, the intents and the reason that its line says."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.agent.sanitize.accounts import account
from vibex.agent.sanitize import MOST_BYTES, Outcome, Sanitized, sanitize
from vibex.domain import Intent

LINES = [json.loads(line) for line in (Path(__file__).parent / "answers.jsonl").read_text("utf-8").splitlines()]
# Made up here: what looks like a key is not kept in the tree.
PROVIDER_KEY = "sk-" + "or-v1-" + "0123456789abcdef" * 4
GOOD = next(line["text"] for line in LINES if line["name"] == "one buy")


def judged(line: dict[str, Any]) -> Sanitized:
    return sanitize(line["text"].replace("@PROVIDER_KEY@", PROVIDER_KEY), account(**line.get("given", {})))


@pytest.mark.parametrize("line", [pytest.param(line, id=line["name"]) for line in LINES])
def test_an_answer_becomes_what_its_line_says(line: dict[str, Any]) -> None:
    result = judged(line)
    document = result.to_json()
    assert (result.outcome, document["intents"]) == (line["outcome"], line["intents"])
    told = [*result.reasons, *result.repairs]
    assert any(line.get("says", "") in each for each in [*told, ""]), told
    assert bool(result.reasons) == (result.outcome in (Outcome.REJECT_DECISION, Outcome.FALLBACK_HOLD))
    assert bool(result.repairs) or result.outcome is not Outcome.REPAIR
    json.dumps(document, allow_nan=False)


def test_the_corpus_holds_at_least_150_answers_and_every_outcome() -> None:
    assert len(LINES) >= 150
    assert {line["outcome"] for line in LINES} == set(Outcome)


def test_an_accepted_answer_is_used_as_it_stands() -> None:
    assert {"trade_decisions": sanitize(GOOD, account()).to_json()["decisions"]} == json.loads(GOOD)


def test_a_rejected_decision_holds_and_keeps_its_words() -> None:
    result = sanitize(GOOD.replace("1000", "-1000"), account())
    (decision,) = result.decisions
    assert (decision.intent, decision.allocation_usd) == (Intent.HOLD, Decimal(0))
    assert decision.tp_price is decision.sl_price is None
    assert decision.rationale == "momentum"


@pytest.mark.parametrize("text", [" " * (MOST_BYTES + 1), GOOD + " " * MOST_BYTES, "é" * (MOST_BYTES // 2 + 1)])
def test_an_answer_over_1_mb_is_not_read(text: str) -> None:
    result = sanitize(text, account())
    assert result.outcome is Outcome.FALLBACK_HOLD
    assert "over 1 MB" in result.reasons[0]


def test_a_whole_megabyte_is_read() -> None:
    assert sanitize(GOOD + " " * (MOST_BYTES - len(GOOD)), account()).outcome is Outcome.ACCEPT


@pytest.mark.parametrize(
    "unit", ["{", "[", '{"', '["', "{'", "[1,", '{"a":', "/*", "<think>", "```", "[[1],", "{x ", "\\"]
)
def test_a_megabyte_of_the_same_is_judged_without_a_stack_of_calls(unit: str) -> None:
    assert sanitize(unit * (MOST_BYTES // len(unit)), account()).outcome is Outcome.FALLBACK_HOLD


def test_free_text_is_bounded() -> None:
    result = sanitize(GOOD.replace("momentum", "m" * 50_000), account())
    assert len(result.decisions[0].rationale) == 8_000
    assert result.repairs == ("BTC: rationale cut",)
