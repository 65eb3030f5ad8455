"""SIGKILL behind each row of the durable journal while a position is opened: the next process puts it in order."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.execution.dying_trader import DurableStage
from vibex.domain import Clock
from vibex.testing import stepped
from vibex.testing.drills.stage import Place, expect, simulated_venue

ROOT = Path(__file__).resolve().parents[2]
ROWS = range(1, 9)


def _kill_and_restart(rows: int, folder: Path) -> None:
    account, url = f"killed{rows}", f"sqlite+aiosqlite:///{folder / 'store.db'}"
    with simulated_venue(1, [account]) as ready:
        told = folder / "told.json"
        told.write_text(json.dumps({"ready": ready, "account": account, "url": url}), encoding="utf-8")
        command = [sys.executable, "-m", "tests.execution.dying_trader", str(told), str(rows)]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        ended = subprocess.run(command, env=environment, cwd=ROOT, timeout=120, check=False)
        assert ended.returncode == -signal.SIGKILL, "the process was not killed"

        async def again(clock: Clock) -> None:
            stage = DurableStage(Place(ready, account, random.Random(2)), clock)
            stage.may_be_unprotected = True
            await stage.start_durable(url, 0)
            await stage.settle()
            facts = await stage.written()
            expect(len(facts) >= rows, "rows are missing that were on the disk")
            await stage.invariant()
            await stage.stop()
            await stage.database.close()

        stepped.run(again, ready["clock"], ready["token"])


def test_a_process_killed_behind_the_intent_of_its_entry_leaves_nothing_unexplained(tmp_path: Path) -> None:
    _kill_and_restart(1, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("rows", ROWS)
def test_a_process_killed_behind_any_row_leaves_a_position_that_the_next_one_protects(
    rows: int, tmp_path: Path
) -> None:
    _kill_and_restart(rows, tmp_path)
