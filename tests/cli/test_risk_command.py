"""`vibex risk show`: a policy read out, and refusals in words."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Vibex
from vibex.risk import Policy


def test_the_defaults_are_read_out(vibex: Vibex) -> None:
    shown = vibex("risk", "show")
    assert shown.exit_code == 0
    assert "its leverage is 2x, and up to 5x only where less would need more margin than is free." in shown.stdout
    assert all(name in shown.stdout for name in Policy.model_fields)


def test_a_file_is_read_out_and_what_differs_is_marked(vibex: Vibex, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("assets: [BTC]\nmax_drawdown_pct: 12.5\ngroups: {majors: [BTC, ETH]}\n", encoding="utf-8")
    shown = vibex("risk", "show", path)
    assert "Policy default allows entries in BTC" in shown.stdout
    marked = [line.split()[1] for line in shown.stdout.splitlines() if line.startswith("*")]
    assert marked == ["assets", "groups", "max_drawdown_pct"]
    answer = json.loads(vibex("risk", "show", path, "--json").stdout)
    assert answer["policy"]["max_drawdown_pct"] == "12.5"
    assert answer["changed"] == marked
    assert len(answer["reading"]) > 10


def test_a_misspelt_limit_ends_with_one_message(vibex: Vibex, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("max_leverge: 3\n", encoding="utf-8")
    shown = vibex("risk", "show", path)
    assert shown.exit_code == 2
    assert shown.stdout == ""
    assert shown.stderr == f"error: {path}: unknown field 'max_leverge'\ntry: did you mean max_leverage?\n"
    absent = vibex("risk", "show", tmp_path / "absent.yaml")
    assert (absent.exit_code, absent.stderr.splitlines()[1]) == (2, "try: give the path of a policy in YAML or JSON")
