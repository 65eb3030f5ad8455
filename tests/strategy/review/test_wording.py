"""Findings in three languages: every table says everything, and says it about the same things."""

from __future__ import annotations

import random
import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import vibex.strategy.review
from vibex.strategy import parse_spec
from vibex.strategy.draft import Language
from vibex.strategy.drafting import draft
from vibex.strategy.phrases import read
from vibex.strategy.review import review
from vibex.strategy.review.words import WORDS
from vibex.testing.random_specs import random_spec

LANGUAGES: tuple[Language, ...] = get_args(Language)
ROOM = Path(vibex.strategy.review.__file__).parent


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_has_every_code_with_the_same_slots(language: Language) -> None:
    assert list(WORDS[language]) == list(WORDS["en"])
    different = [code for code, words in WORDS[language].items() if slots(words) != slots(WORDS["en"][code])]
    assert different == []


def test_every_code_is_used_and_every_used_code_is_worded() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    named = set(re.findall(r'"([a-z][a-z_.]+)"', source))
    families = {match + "." for match in re.findall(r'f"([a-z_]+)\.\{', source)}
    unused = [code for code in WORDS["en"] if code not in named and not code.startswith(tuple(families))]
    assert unused == []
    codes = set(re.findall(r'finding\(\s*"(?:error|warning|info)",\s*"([a-z_]+)"', source))
    assert len(codes) > 20
    assert codes <= set(WORDS["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_are_the_same_in_every_language_but_for_their_words(language: Language) -> None:
    for seed in range(40):
        spec = parse_spec(random_spec(random.Random(seed), runnable=False))
        english, other = review(spec), review(spec, language=language)
        assert [(i.severity, i.field, i.code) for i in other] == [(i.severity, i.field, i.code) for i in english]
        assert all("{" not in issue.message.replace('{"type"', "") for issue in other)


def test_a_chinese_request_gets_chinese_findings() -> None:
    for text, word in (
        ("當 RSI(14) 低於 30 買入 BTC，槓桿 20 倍", "槓桿"),
        ("RSI(14)低于30时买入BTC，杠杆20倍", "杠杆"),
    ):
        made = draft(read(text))
        found = [issue for issue in made.issues if issue.code == "leverage"]
        assert found, made.issues
        assert word in found[0].message
