"""`vibex venue` against a simulator over real sockets, and against nothing at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

START = [sys.executable, "-c", "from vibex.cli import main; main()"]
Environment = dict[str, str]


def vibex(arguments: Sequence[str], environment: Environment) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*START, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=environment["VIBEX_HOME"],
        check=False,
    )


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """Settings that point at a running simulator with its keys."""
    home = tmp_path_factory.mktemp("home")
    bare = {**os.environ, "VIBEX_HOME": str(home)}
    arguments = [*START, "sim", "--testnet", "--symbol", "BTCUSDT"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=bare) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        account = ready["accounts"][0]
        yield {
            **bare,
            "ASTERDEX_BASE_URL": ready["rest"],
            "ASTERDEX_USER": account["user"],
            "ASTERDEX_SIGNER": account["signer"],
            "ASTERDEX_PRIVATE_KEY": account["private_key"],
        }
        process.terminate()


def test_a_check_with_keys_passes_every_card_on_the_simulator(environment: Environment) -> None:
    done = vibex(["venue", "check", "simulator", "--json"], environment)
    report = json.loads(done.stdout)
    assert (done.returncode, report["passed"], report["network"]) == (0, True, "simulated"), done.stdout + done.stderr
    assert {card["status"] for card in report["cards"]} == {"passed"}
    assert environment["ASTERDEX_PRIVATE_KEY"] not in done.stdout + done.stderr


def test_the_paper_venue_passes_the_same_cards_on_the_simulators_prices(environment: Environment) -> None:
    done = vibex(["venue", "check", "paper", "--json"], environment)
    report = json.loads(done.stdout)
    assert report["passed"], done.stdout
    assert "skipped" not in {card["status"] for card in report["cards"]}
    # Not the file that an account on real prices has.
    assert (Path(environment["VIBEX_HOME"]) / "paper" / "aster-simulated.json").is_file()


def test_a_check_with_wrong_keys_fails_in_words_and_exits_1(environment: Environment) -> None:
    wrong = {**environment, "ASTERDEX_PRIVATE_KEY": "0x" + "1f" * 32}
    wrong.pop("ASTERDEX_SIGNER")
    done = vibex(["venue", "check", "simulator"], wrong)
    assert done.returncode == 1
    assert "failed" in done.stdout
    assert "1f1f1f" not in done.stdout + done.stderr


def test_instruments_book_and_funding_are_shown_as_tables_and_as_json(environment: Environment) -> None:
    table = vibex(["venue", "instruments", "simulator"], environment)
    assert "BTC/USDT" in table.stdout
    listed = json.loads(vibex(["venue", "instruments", "simulator", "BTC/USDT", "--json"], environment).stdout)
    assert [(row["symbol"], row["tick"]) for row in listed["instruments"]] == [("BTC/USDT", "0.1")]
    book = json.loads(vibex(["venue", "book", "simulator", "--depth", "3", "--json"], environment).stdout)
    assert len(book["bids"]) == len(book["asks"]) == 3
    assert float(book["bids"][0][0]) < float(book["asks"][0][0])
    funding = json.loads(vibex(["venue", "funding", "simulator", "BTC/USDT", "--json"], environment).stdout)
    assert funding["symbol"] == "BTC/USDT"
    assert float(funding["mark_price"]) > 0


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
    arguments: list[str], words: str, environment: Environment
) -> None:
    done = vibex(["venue", *arguments], environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "try: " in done.stderr
    assert "Traceback" not in done.stderr
