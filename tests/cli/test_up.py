"""`vibex up` as a user starts it: a process on an empty home, asked over HTTP, stopped by a signal."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

SOURCE = Path(__file__).parents[2] / "src"
START = [sys.executable, "-c", "from vibex.cli import main; main()", "up"]


class Server:
    """One `vibex up` on a port that the system chose."""

    def __init__(self, home: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(SOURCE), "VIBEX_HOME": str(home), "LOG_LEVEL": "WARNING"}
        environment.pop("DATABASE_URL", None)
        self.process = subprocess.Popen(
            [*START, "--port", "0"],
            env=environment,
            cwd=home.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""

    def wait_until_ready(self) -> str:
        """The address in the line that says where it is; the output ends early when the process dies."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
            if found := re.search(r"vibex is at http://localhost:(\d+)/", line):
                return f"http://127.0.0.1:{found[1]}"
        pytest.fail(self.output)

    def stop(self, with_signal: signal.Signals) -> int:
        """The exit code; the rest of the output is added."""
        self.process.send_signal(with_signal)
        code = self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.output += self.process.stdout.read()
        return code


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def start(home: Path) -> Iterator[Callable[[], Server]]:
    """Starts `vibex up` on the home; whatever still runs at the end is killed."""
    started: list[Server] = []

    def one() -> Server:
        started.append(Server(home))
        return started[-1]

    yield one
    for server in started:
        server.process.kill()
        server.process.communicate()


def test_an_empty_home_becomes_a_list_of_reports_and_the_next_start_keeps_it(start: Callable[[], Server]) -> None:
    first = start()
    url = first.wait_until_ready()
    # The socket has listened since before the samples ran: a request waits for the server, it does not fail.
    assert httpx.get(f"{url}/health", timeout=60).json()["status"] == "ok"
    runs = httpx.get(f"{url}/runs").json()["runs"]
    assert len(runs) == len(list((SOURCE.parent / "examples").glob("*.json")))
    assert all(run["simulated"] for run in runs)
    for name, path in runs[0]["links"].items():
        assert httpx.get(url + path).status_code == 200, name
    assert "Nothing here trades" in httpx.get(url).text
    assert first.stop(signal.SIGTERM) == 0
    assert "SIMULATED" in first.output
    assert "Traceback" not in first.output

    second = start()
    url = second.wait_until_ready()
    assert [run["id"] for run in httpx.get(f"{url}/runs", timeout=60).json()["runs"]] == [run["id"] for run in runs]
    assert second.stop(signal.SIGINT) == 0
    assert "0 run now" in second.output
    assert "Stopped." in second.output
    assert "Traceback" not in second.output


def test_a_taken_port_is_one_message_with_its_remedy_and_nothing_is_written(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        environment = {**os.environ, "PYTHONPATH": str(SOURCE), "VIBEX_HOME": str(home), "API_PORT": str(port)}
        done = subprocess.run(
            START, env=environment, cwd=home.parent, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 2
    assert f"port {port} is taken" in done.stderr
    assert "API_PORT=" in done.stderr
    assert "Traceback" not in done.stderr
    assert not home.exists()
