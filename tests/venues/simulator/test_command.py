"""`vibex sim` as a user starts it: the ready line, a signed trade over a real socket, the end, and refusals."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.venues.simulator.wire_kit import sign_v3
from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.http import generate_keys, supply_keys

SOURCE = Path(__file__).resolve().parents[3] / "src"
EVERYWHERE = ".".join("0" * 4)
START = [sys.executable, "-m", "vibex", "sim"]


@contextmanager
def _running(*options: str) -> Iterator[dict[str, Any]]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen([*START, *options], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0


def _refused(*options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.run([*START, *options], env=environment, capture_output=True, text=True, timeout=60, check=False)


def _signed(account: dict[str, str], nonce: int, **business: str) -> str:
    text = urlencode({**business, "nonce": str(nonce), "user": account["user"], "signer": account["signer"]})
    return f"{text}&signature={sign_v3(text, account['private_key'])}"


async def test_a_client_trades_over_real_sockets_and_hears_of_it(tmp_path: Path) -> None:
    scenario = tmp_path / "faults"
    scenario.write_text("lose-answer ms=1 method=POST path=order nth=2\n")
    with _running("--account", "alice", "--balance", "5000", "--scenario", str(scenario), "--seed", "3") as ready:
        assert ready["rest"].startswith("http://127.0.0.1:")
        alice = ready["accounts"][0]
        assert alice["account"] == "alice"
        nonce = time.time_ns() // 1000
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
        async with httpx.AsyncClient(base_url=ready["rest"]) as client:
            key = (await client.post("/fapi/v3/listenKey", content=_signed(alice, nonce))).json()["listenKey"]
            async with connect(f"{ready['stream']}/ws/{key}") as socket:
                placed = await client.post("/fapi/v3/order", content=_signed(alice, nonce + 1, **order))
                assert placed.status_code == 200
                heard = [json.loads(await asyncio.wait_for(socket.recv(), 10))["e"] for _ in range(3)]
                assert heard == ["ORDER_TRADE_UPDATE", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"]
                with pytest.raises(httpx.TransportError):
                    await client.post("/fapi/v3/order", content=_signed(alice, nonce + 2, **order))
            query = _signed(alice, nonce + 3, symbol="BTCUSDT")
            held = (await client.get(f"/fapi/v3/positionRisk?{query}")).json()[0]["positionAmt"]
            assert held == "0.02", "the second order took effect although its answer was lost"


def test_keys_go_to_a_new_private_file_instead_of_the_ready_line(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    with _running("--symbol", "SOLUSDT", "--keys-out", str(file), "--testnet") as ready:
        assert ready["accounts"] == [{"account": "sim-1"}]
        assert ready["chain_id"] == 714
    assert json.loads(file.read_text())[0]["secret"].startswith("sim-")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--symbol", "NOPEUSDT"], "NOPEUSDT has no standard rules"),
        (["--balance", "many"], "balance: 'many' is not an amount"),
        (["--speed", "0"], "speed"),
        (["--account", "a", "--account", "a"], "account a is there already"),
        (["--data", "BTCUSDT"], "names no symbol"),
        (["--scenario", "/nowhere/at.all"], "cannot read"),
        (["--clock", "stepped", "--speed", "3"], "stepped time goes as fast as it can"),
        (["--start", "yesterday"], "'yesterday' is no time"),
        (["--key", "nobody=env:X"], "a key for nobody"),
        (["--key", "sim-1=env:NOT_SET"], "the keys of sim-1 are not complete"),
        (["--snapshot", "BTCUSDT=/nowhere"], "without its book"),
        (["--funding", "BTCUSDT=/nowhere"], "there is no file /nowhere"),
        (["--host", "203.0.113.7"], "203.0.113.7:0"),
    ],
)
def test_what_cannot_be_simulated_is_refused_before_anything_listens(options: list[str], said: str) -> None:
    done = _refused(*options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_an_unknown_fault_is_refused_with_its_line(tmp_path: Path) -> None:
    scenario = tmp_path / "faults"
    scenario.write_text("delay ms=1\nearthquake\n")
    done = _refused("--scenario", str(scenario))
    assert done.returncode == 2
    assert "line 2: unknown fault 'earthquake'" in done.stderr


def test_supplied_keys_sign_and_are_never_shown(tmp_path: Path) -> None:
    keys = generate_keys("alice")
    secrets = {"DESK_API_KEY": keys.api_key, "DESK_API_SECRET": keys.secret, "DESK_USER": keys.user,
               "DESK_PRIVATE_KEY": str(keys.private_key)}  # fmt: skip
    environment = {**os.environ, **secrets, "PYTHONPATH": str(SOURCE)}
    command = [*START, "--account", "alice", "--key", "alice=env:DESK", "--symbol", "BTCUSDT"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        ready = json.loads(said)
        query = _signed({"user": keys.user, "signer": keys.signer, "private_key": str(keys.private_key)},
                        time.time_ns() // 1000)  # fmt: skip
        answer = httpx.get(f"{ready['rest']}/fapi/v3/balance?{query}", trust_env=False)
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=20)
    assert answer.json()[0]["balance"] == "10000"
    assert not any(secret.removeprefix("0x") in said + rest + errors for secret in secrets.values())


def test_an_address_that_others_can_reach_is_warned_of() -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(
        [*START, "--host", EVERYWHERE, "--symbol", "BTCUSDT"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert f"warning: {EVERYWHERE}" in errors
    assert ready["control"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "values",
    [
        {"api_key": "k"},
        {"user": "0x1"},
        {"private_key": "ab"},
        {"user": "0x1", "private_key": "ab"},
        {"user": "0x1", "private_key": "zz"},
        {"user": "0x1", "private_key": "11" * 32, "signer": "0x2"},
    ],
)
def test_half_a_set_of_keys_is_refused_without_repeating_it(values: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        supply_keys("alice", values)
    assert values.get("private_key", "?") not in str(refused.value)
