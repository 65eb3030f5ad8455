"""Explanations: complete, the same words for the same strategy, in three languages."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest

from vibex.analysis.indicators import all_definitions
from vibex.domain import InvalidSpec
from vibex.strategy import StrategySpec, load_spec, parse_spec
from vibex.strategy.draft import Language
from vibex.strategy.explain import explain, frequency_text, metadata_of
from vibex.strategy.explain.voice import number
from vibex.strategy.explain.words import READS, TITLES, WORDS
from vibex.testing.random_specs import random_spec

LANGUAGES: tuple[Language, ...] = get_args(Language)
EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.json"))
READINGS = Path(__file__).with_name("readings")
NOTES = ("version", "metadata", "assumptions")
Json = dict[str, Any]


def numbers_in(node: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], float]]:
    """Every number of a strategy with the way to it."""
    if isinstance(node, bool):
        return
    if isinstance(node, int | float):
        yield path, node
    elif isinstance(node, dict):
        for key, value in node.items():
            if path or key not in NOTES:
                yield from numbers_in(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from numbers_in(value, (*path, index))


def any_strategy(seed: int) -> Json:
    return random_spec(random.Random(seed), runnable=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_strategy_stands_in_its_explanation(language: Language) -> None:
    for seed in range(80):
        spec = parse_spec(any_strategy(seed))
        said = set(re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?", explain(spec, language)))
        missing = [(path, value) for path, value in numbers_in(spec.to_json_dict()) if number(value) not in said]
        assert not missing, (seed, missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_strategies_that_differ_in_one_number_read_differently(language: Language) -> None:
    compared = 0
    for seed in range(60):
        plain = any_strategy(seed)
        rng = random.Random(seed)
        for path, _ in rng.sample(list(numbers_in(plain)), 4):
            changed = copy.deepcopy(plain)
            place: Any = changed
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] += 1
            try:
                other = parse_spec(changed)
            except InvalidSpec:
                continue
            compared += 1
            assert explain(parse_spec(plain), language) != explain(other, language), (seed, path)
    assert compared > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_template_or_key_shows_in_an_explanation(language: Language) -> None:
    for seed in range(80):
        text = explain(parse_spec(any_strategy(seed)), language)
        assert not re.search(r"[{}]|None|\bnan\b", text)


def test_equal_strategies_read_equal_and_sides_read_apart() -> None:
    spec = load_spec(EXAMPLES[0])
    again = parse_spec(json.dumps(spec.to_json_dict()))
    assert explain(spec) == explain(again)
    flipped = spec.to_json_dict()
    entry = flipped["entry"]
    assert isinstance(entry, dict)
    flipped["entry"] = {"long": None, "short": entry["long"]}
    flipped["exit"], flipped["stop_loss"] = None, {"type": "percent", "value": 2}
    assert "Sells short" in explain(parse_spec(flipped))
    assert "Buys at" not in explain(parse_spec(flipped))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_wording_of_the_examples_is_stable(example: Path, language: Language) -> None:
    """A change of words is a change that people see: look at the new text, then write it with this module's main."""
    assert explain(load_spec(example), language) + "\n" == reading_of(example, language).read_text(encoding="utf-8")


def reading_of(example: Path, language: Language) -> Path:
    return READINGS / f"{example.stem}.{language}.txt"


def test_nested_conditions_keep_their_grouping() -> None:
    a, b, c = ({"left": "close", "op": ">", "right": n} for n in (1, 2, 3))
    texts = {
        explain(with_entry(entry))
        for entry in (
            {"all": [a, {"any": [b, c]}]},
            {"any": [{"all": [a, b]}, c]},
            {"all": [a, {"not": {"all": [b, c]}}]},
            {"all": [a, {"not": b}, c]},
        )
    }
    assert len(texts) == 4
    assert any("is above 1 and (the close is above 2 or the close is above 3)" in text for text in texts)


def with_entry(entry: Json) -> StrategySpec:
    return parse_spec(
        {
            "version": 1,
            "name": "nested",
            "market": "crypto",
            "symbols": ["BTC/USDT"],
            "timeframe": "1h",
            "entry": {"long": entry},
            "sizing": {"type": "fixed_percent", "value": 10},
        }
    )


def test_indicators_that_would_be_called_alike_carry_their_ids() -> None:
    spec = load_spec(EXAMPLES[0]).to_json_dict()
    spec["indicators"] = [
        *spec["indicators"],  # type: ignore[misc]
        {"id": "again", "name": "DONCHIAN", "params": {"timeperiod": 30}},
    ]
    text = explain(parse_spec(spec))
    assert "DONCHIAN(30) [again]" in text
    assert "DONCHIAN(30) [channel]" in text


# The tables.


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_phrases_with_the_same_slots(language: Language) -> None:
    english = WORDS["en"]
    assert list(WORDS[language]) == list(english)
    for key, template in WORDS[language].items():
        assert slots(template) == slots(english[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_indicators_of_the_catalogue_are_described(language: Language) -> None:
    known = {definition.name for definition in all_definitions()} | {"CDL"}
    assert set(READS[language]) <= known
    assert set(TITLES[language]) <= known


def test_chinese_tables_are_chinese_and_their_scripts_do_not_mix() -> None:
    only_traditional, only_simplified = (
        set("價買賣線開關應與為個於後長當這條"),
        set("价买卖线开关应与为个于后长当这条") - set("与"),
    )
    for language, foreign in (("zh-Hant", only_simplified), ("zh-Hans", only_traditional)):
        tables = WORDS[language], READS[language], TITLES[language]  # type: ignore[index]
        for table in tables:
            for key, text in table.items():
                assert not foreign & set(text), (language, key, foreign & set(text))


# Notes for people.


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_indicator_of_a_strategy_is_interpreted(language: Language) -> None:
    for seed in range(20):
        spec = parse_spec(any_strategy(seed))
        notes = metadata_of(spec, language)
        assert set(notes.indicator_interpretation) == {each.id for each in spec.indicators}
        assert notes.risk_assumptions
        assert notes.signal_frequency == WORDS[language]["frequency.unknown"]


def test_an_average_of_the_volume_is_not_read_as_a_trend_of_the_price() -> None:
    spec = load_spec(next(path for path in EXAMPLES if "donchian" in path.name))
    assert "uptrend" not in metadata_of(spec).indicator_interpretation["vol_avg"]


@pytest.mark.parametrize(
    ("entries", "days", "text"),
    [
        (48, 365, "about 4 a month"),
        (1000, 100, "about 10 a day"),
        (20, 100, "about 1.4 a week"),
        (3, 730, "about 1.5 a year"),
        (0, 100, "none in 500 bars"),
    ],
)
def test_frequency_is_told_in_the_unit_that_makes_it_at_least_one(entries: int, days: float, text: str) -> None:
    assert frequency_text(entries, days, 500) == text


if __name__ == "__main__":
    READINGS.mkdir(exist_ok=True)
    for path in EXAMPLES:
        for spoken in LANGUAGES:
            reading_of(path, spoken).write_text(explain(load_spec(path), spoken) + "\n", encoding="utf-8")
