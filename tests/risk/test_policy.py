"""The policy file: what it may say, how it refuses, and how it reads."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibex.domain import InvalidInput
from vibex.risk import EntryType, Policy, changed, parse_policy, read_policy, reading
from vibex.venues.reports import MarginMode

D = Decimal

WRITTEN = """
version: 1
name: careful            # carried by every approved order
assets: [BTC, ETH]
margin_mode: cross
max_leverage: 3
max_gross_exposure: 0.75
max_position_exposure: 0.25
max_position_notional: 5000
groups:
  majors: [BTC, ETH]
flip: true
entry_type: limit
"""


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    from_yaml = parse_policy(WRITTEN)
    assert from_yaml.max_gross_exposure == D("0.75")
    assert from_yaml.max_position_notional == D(5000)
    assert (from_yaml.margin_mode, from_yaml.entry_type) == (MarginMode.CROSS, EntryType.LIMIT)
    assert from_yaml.groups == {"majors": ("BTC", "ETH")}
    path = tmp_path / "policy.json"
    values = from_yaml.model_dump(mode="json")
    numbers = {name: float(value) if _is_number(name, value) else value for name, value in values.items()}
    path.write_text("\ufeff" + json.dumps(numbers), encoding="utf-8")
    assert read_policy(path) == from_yaml


def _is_number(name: str, value: object) -> bool:
    return isinstance(value, str) and name not in ("name", "margin_mode", "entry_type")


def test_an_empty_policy_is_the_default_one() -> None:
    assert parse_policy("version: 1") == Policy()
    assert (Policy().min_leverage, Policy().max_leverage) == (2, 5)
    assert changed(Policy()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max_leverge: 3", "unknown field 'max_leverge' (did you mean max_leverage?)"),
        ("colour: red", "unknown field 'colour' (`vibex risk show` lists every field)"),
        ("max_leverage: 126", "max_leverage: must be less than or equal to 125"),
        ("max_leverage: 2.5", "max_leverage: must be a whole number"),
        ('max_leverage: "3"', "max_leverage: must be a whole number"),
        ("max_daily_loss_pct: 0", "max_daily_loss_pct: must be greater than or equal to 0.1"),
        ("max_daily_loss_pct: 5%", "max_daily_loss_pct: must be a number"),
        ('max_daily_loss_pct: "5"', "max_daily_loss_pct: must be a number"),
        ("max_daily_loss_pct: .nan", "max_daily_loss_pct: must be a number"),
        ("max_daily_loss_pct: .inf", "max_daily_loss_pct: must be a number"),
        ("max_daily_loss_pct: 1e2", "max_daily_loss_pct: must be a number"),
        ("max_daily_loss_pct: true", "max_daily_loss_pct: must be a number"),
        ("max_daily_loss_pct:", "max_daily_loss_pct: "),
        ("flip: yes", "flip: must be true or false"),
        ("assets: BTC", "assets: must be a list"),
        ("assets: []", "assets: must name at least one"),
        ("assets: [btc]", "assets.0: must be written like BTC"),
        ("assets: [BTC, BTC]", "assets: names BTC more than once"),
        ("margin_mode: crossed", "margin_mode: must be 'cross' or 'isolated'"),
        ("version: 2", "version: must be 1"),
        ("name: two words", "name: "),
        ("max_leverage: 1", "min_leverage 2 is above max_leverage 1"),
        ("max_gross_exposure: 6", "max_gross_exposure 6 is above max_leverage 5"),
        ("max_position_exposure: 2", "max_position_exposure 2 is above max_gross_exposure 1"),
        ("min_stop_pct: 20", "min_stop_pct 20 is above max_stop_pct 10"),
        ("flip: true\nflip: false", "flip stands there twice"),
        ("groups: {a: [BTC], a: [ETH]}", "a stands there twice"),
        ("a: &x [1]\nb: *x", "anchors"),
        ("- 1", "must be names with values"),
        ("", "is empty"),
        ("a: [", "is no YAML"),
        ("!!python/object/apply:os.system ['true']", "must be names with values"),
        ("a: " + "[" * 5000, "nested too deeply"),
        ("flip: true\n---\nflip: false", "is no YAML"),
    ],
)
def test_what_is_misspelt_or_out_of_range_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_policy(text, source="policy.yaml")
    assert words in str(refusal.value)
    assert refusal.value.field == "policy.yaml"


@pytest.mark.parametrize(
    "text",
    ['{"flip": true, "flip": false}', '{"max_daily_loss_pct": NaN}', "{", "[" * 5000, '{"max_daily_loss_pct": 1e999}'],
)
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_policy(text, is_json=True)


def test_files_that_are_too_long_or_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"#" * 70_000)
    with pytest.raises(InvalidInput, match="65536 bytes"):
        read_policy(path)
    path.write_bytes(b"name: \xff")
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_policy(path)


@given(text=st.text(max_size=200), is_json=st.booleans())
def test_no_text_leads_to_anything_but_a_policy_or_a_refusal(text: str, is_json: bool) -> None:
    with suppress(InvalidInput):
        assert isinstance(parse_policy(text, is_json=is_json), Policy)


def test_every_limit_stands_in_the_reading() -> None:
    """Each field in turn gets another value; the reading must show it."""
    others: dict[str, object] = {
        "name": "other",
        "assets": ("DOGE",),
        "margin_mode": MarginMode.CROSS,
        "entry_type": EntryType.LIMIT,
        "groups": {"majors": ("BTC", "ETH")},
        "max_position_notional": D(1234),
        "max_total_notional": D(1234),
    }
    plain = reading(Policy())
    for name in Policy.model_fields:
        if name == "version":
            continue
        value = getattr(Policy(), name)
        other = others[name] if name in others else not value if isinstance(value, bool) else value + 1
        assert reading(Policy().model_copy(update={name: other})) != plain, name


def test_the_reading_is_plain_sentences() -> None:
    sentences = reading(parse_policy(WRITTEN))
    assert sentences[0] == "Policy careful allows entries in BTC and ETH, by limit orders at the price that was judged."
    assert all(sentence.endswith(".") for sentence in sentences)
    assert changed(parse_policy(WRITTEN)) == [
        "name",
        "assets",
        "flip",
        "margin_mode",
        "max_leverage",
        "entry_type",
        "max_position_exposure",
        "max_gross_exposure",
        "max_position_notional",
        "groups",
    ]
