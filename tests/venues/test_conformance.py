"""The client plays every card of the conformance kit against the simulated venue, over real sockets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from vibex.domain import SystemClock
from vibex.testing import conformance
from vibex.venues.aster.client import AsterVenue
from vibex.venues.aster.config import local_config
from vibex.venues.aster.credentials import agent_key

START = [sys.executable, "-c", "from vibex.cli import main; main()", "sim", "--testnet", "--symbol", "BTCUSDT"]


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[dict[str, Any]]:
    environment = {**os.environ, "VIBEX_HOME": str(tmp_path)}
    with subprocess.Popen(START, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()


async def test_the_client_passes_every_read_only_card(simulator: dict[str, Any]) -> None:
    account = simulator["accounts"][0]
    keys = agent_key(user=account["user"], signer=account["signer"], private_key=SecretStr(account["private_key"]))
    venue = AsterVenue(local_config(simulator["rest"], keys), SystemClock())
    report = await conformance.run(venue, cards=conformance.READ_ONLY)
    await venue.close()
    assert report.count(conformance.Status.PASSED) == len(conformance.READ_ONLY), report.table()
