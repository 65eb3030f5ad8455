"""The page on risk is the code: every field with its range and default, every rule in order, every threat."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from tests.docs.test_manual import code_words, page, table_rows
from vibex.risk import Policy, Rule, Threat, parse_policy, read_policy

RISK = page("risk.md")


def test_the_table_of_fields_is_the_policy() -> None:
    rows = list(table_rows(RISK, "### Fields"))
    assert [code_words(row[0]) for row in rows] == [[name] for name in Policy.model_fields]
    for (name, values, default, meaning), field in zip(rows, Policy.model_fields.values(), strict=True):
        assert meaning == field.description, name
        assert default == _shown(field.get_default(call_default_factory=True)), name
        limits = _limits(field)
        if limits:
            assert values == limits, name


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "true" if default else "false"
    if isinstance(default, Enum):
        return str(default.value)
    return "not set" if default is None or default == {} else str(default)


def _limits(field: FieldInfo) -> str:
    found = {name: getattr(part, name) for part in field.metadata for name in ("ge", "le", "gt") if hasattr(part, name)}
    if "ge" in found:
        return f"{found['ge']} to {found['le']}"
    return f"above {found['gt']}" if "gt" in found else ""


def test_the_rules_stand_in_the_order_in_which_they_are_asked() -> None:
    listed = [code_words(row[0])[0] for row in table_rows(RISK, "## The rules")]
    passing = [Rule.ENTRY, Rule.EXIT, Rule.AMEND, Rule.HOLD]
    assert listed == [rule.value for rule in Rule if rule not in passing]
    for rule in passing:
        assert f"`{rule.value}`" in RISK


def test_every_threat_is_listed_with_where_it_leads() -> None:
    rows = list(table_rows(RISK, "| threat | leads to |"))
    assert rows == [[f"`{threat.value}`", threat.leads_to.name, threat.words] for threat in Threat]


def test_the_policy_of_the_page_loads(tmp_path: Path) -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", RISK, re.MULTILINE | re.DOTALL)
    assert blocks
    for text in blocks:
        file = tmp_path / "policy.yaml"
        file.write_text(text, encoding="utf-8")
        assert read_policy(file) == parse_policy(text)


@pytest.mark.parametrize("name", ["judge", "threats", "rearm"])
def test_functions_that_the_page_names_exist(name: str) -> None:
    import vibex.risk

    assert f"`{name}" in RISK
    assert name in vibex.risk.__all__
