"""The wheel holds what an installed vibex needs beside its modules, so that it starts like a checkout does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    pytest.importorskip("hatchling", reason="the build backend is not installed; make install brings it")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return ZipFile(next(folder.glob("*.whl")))


def test_the_sample_strategies_travel_inside_the_package(wheel: ZipFile) -> None:
    examples = sorted((ROOT / "examples").glob("*.json"))
    assert examples
    for example in examples:
        assert wheel.read(f"vibex/examples/{example.name}") == example.read_bytes()


def test_every_data_file_of_the_rooms_travels_too(wheel: ZipFile) -> None:
    files = [p for p in (ROOT / "src" / "vibex").rglob("*") if p.is_file() and p.parent.name != "__pycache__"]
    missing = {p.relative_to(ROOT / "src").as_posix() for p in files} - set(wheel.namelist())
    assert missing == set()


def test_nothing_but_the_package_is_installed(wheel: ZipFile) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in wheel.namelist()} == {"vibex"}
