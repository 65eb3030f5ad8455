"""`vibex venue` against a simulator over real sockets, and against nothing at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Vibex

START = [sys.executable, "-c", "from vibex.cli import main; main()", "sim", "--testnet", "--symbol", "BTCUSDT"]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings that point at a running simulator, with its keys."""
    environment = {**os.environ, "VIBEX_HOME": str(tmp_path_factory.mktemp("home"))}
    with subprocess.Popen(START, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        account = told["accounts"][0]
        yield {
            "ASTERDEX_BASE_URL": told["rest"],
            "ASTERDEX_USER": account["user"],
            "ASTERDEX_SIGNER": account["signer"],
            "ASTERDEX_PRIVATE_KEY": account["private_key"],
        }
        process.terminate()


@pytest.fixture
def keys(ready: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in ready.items():
        monkeypatch.setenv(name, value)
    return ready


def test_the_paper_venue_passes_every_card_on_the_simulators_prices(
    vibex: Vibex, keys: dict[str, str], home: Path
) -> None:
    done = vibex("venue", "check", "paper", "--json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["passed"], report["network"]) == (0, True, "simulated"), done.stdout + done.stderr
    assert {card["status"] for card in report["cards"]} == {"passed"}
    # Not the file that an account on real prices has.
    assert [path.name for path in (home / "paper").iterdir()] == ["aster-simulated.json"]


def test_a_check_with_wrong_keys_fails_in_words_and_exits_1(
    vibex: Vibex, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTERDEX_PRIVATE_KEY", "0x" + "1f" * 32)
    monkeypatch.delenv("ASTERDEX_SIGNER")
    done = vibex("venue", "check", "simulator")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    failed = next(number for number, line in enumerate(lines) if line.startswith("R11  the account is read whole"))
    assert lines[failed].endswith("failed")
    told = [line.split(maxsplit=1) for line in lines[failed + 1 : failed + 4]]
    assert [name for name, _ in told] == ["expected", "seen", "see"]
    assert told[0][1].startswith("balances are numbers")
    assert "StopTrading" in told[1][1]
    assert told[2][1] == "docs/venues.md, Conformance cards"
    report = json.loads(vibex("venue", "check", "simulator", "--json").stdout)
    differences = {card["number"]: card["difference"] for card in report["cards"]}
    assert differences["R01"] is None
    assert differences["R11"]["expected"] == told[0][1]
    assert set(differences["R11"]) == {"expected", "seen", "where"}
    assert "1f1f1f" not in done.stdout + done.stderr


def test_instruments_book_and_funding_are_shown_as_tables_and_as_json(vibex: Vibex, keys: dict[str, str]) -> None:
    assert "BTC/USDT" in vibex("venue", "instruments", "simulator").stdout
    listed = json.loads(vibex("venue", "instruments", "simulator", "BTC/USDT", "--json").stdout)
    assert [(row["symbol"], row["tick"]) for row in listed["instruments"]] == [("BTC/USDT", "0.1")]
    book = json.loads(vibex("venue", "book", "simulator", "--depth", "3", "--json").stdout)
    assert len(book["bids"]) == len(book["asks"]) == 3
    assert float(book["bids"][0][0]) < float(book["asks"][0][0])
    assert "ask" in vibex("venue", "book", "simulator").stdout
    funding = json.loads(vibex("venue", "funding", "simulator", "BTC/USDT", "--json").stdout)
    assert funding["symbol"] == "BTC/USDT"
    assert float(funding["mark_price"]) > 0
    assert "next funding" in vibex("venue", "funding", "simulator").stdout


def test_without_a_name_the_venue_with_keys_is_asked_and_else_paper(
    vibex: Vibex, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert json.loads(vibex("venue", "funding", "--json").stdout)["venue"] == "aster"
    for name in ("ASTERDEX_USER", "ASTERDEX_SIGNER", "ASTERDEX_PRIVATE_KEY"):
        monkeypatch.delenv(name)
    assert json.loads(vibex("venue", "funding", "--json").stdout)["venue"] == "paper"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "nosuch"], "'nosuch' is no venue"),
        (["book", "simulator", "NOSUCH/USDT"], "unknown symbol"),
        (["instruments", "simulator", "NOSUCH/USDT"], "has no 'NOSUCH/USDT'"),
        (["check", "paper", "--testnet"], "no test network"),
        (["check", "okx", "--url", "http://127.0.0.1:1"], "okx has no other address"),
    ],
)
def test_what_cannot_be_answered_is_one_message_and_exit_code_2(
    arguments: list[str], words: str, vibex: Vibex, keys: dict[str, str]
) -> None:
    done = vibex("venue", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert "try: " in done.stderr
