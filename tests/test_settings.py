"""Settings are read in one place, and `.env.example` lists exactly what is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vibex.domain import InvalidInput
from vibex.settings import Settings, variables

ROOT = Path(__file__).resolve().parents[1]


def test_the_example_file_lists_every_variable_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", text, re.MULTILINE)) == variables()


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("API_PORT=4000\nVIBEX_HOME=/from/file\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIBEX_HOME", str(tmp_path))
    assert Settings().server.port == 4000
    assert Settings().storage.home == tmp_path
    assert str(tmp_path) in Settings().storage.url


@pytest.mark.parametrize(("name", "value"), [("API_PORT", "0"), ("API_PORT", "abc"), ("LOG_LEVEL", "LOUD")])
def test_a_value_that_cannot_be_used_names_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput) as error:
        _ = Settings().server if name == "API_PORT" else Settings().log
    assert error.value.field == name


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_PORT", "")
    assert Settings().server.port == 3000
