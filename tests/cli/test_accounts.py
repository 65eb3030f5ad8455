"""`vibex accounts` and `vibex kill`: what a person sees and says is in the store, and no key is ever shown."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Vibex
from vibex.cli.accounts import app
from vibex.domain import AccountId, SystemClock
from vibex.settings import AccountsSettings, AsterSettings, ModelSettings, TradingSettings, variables
from vibex.store import Account, CommandRepository, Database, LeaseRepository

CANARY = "-".join(["canary", "key", "4711"])
FILE = f"""accounts:
  - {{id: alpha, asterdex: {{api_key: {CANARY}, api_secret: '${{SECRET_1}}'}}, openrouter: {{api_key: {CANARY}}}}}
  - {{id: beta, venue: paper, assets: [SOL]}}
"""


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in variables(AsterSettings, ModelSettings, TradingSettings, AccountsSettings):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_1", CANARY)
    path = tmp_path / "accounts.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def pending(home: Path, account: str) -> list[tuple[str, object]]:
    async def ask() -> list[tuple[str, object]]:
        database = Database(f"sqlite+aiosqlite:///{home / 'vibex.db'}")
        commands = await CommandRepository(database, SystemClock()).pending(Account(AccountId(account)))
        await database.close()
        return [(one.kind.value, one.arguments.get("flatten")) for one in commands]

    return asyncio.run(ask())


def hold(home: Path, account: str) -> None:
    async def acquire() -> None:
        database = Database(f"sqlite+aiosqlite:///{home / 'vibex.db'}")
        leases = LeaseRepository(database, SystemClock())
        await leases.acquire(Account(AccountId(account)), "trader-1", ttl=timedelta(minutes=5))
        await database.close()

    asyncio.run(acquire())


def test_accounts_are_listed_and_shown_without_their_keys(vibex: Vibex, file: Path) -> None:
    listed = vibex("accounts", "list", "--multi-account", "--config", file)
    assert listed.exit_code == 0
    assert "SOL every 1h on paper by baseline, not running" in listed.stdout
    shown = vibex("accounts", "show", "alpha", "--config", file, "--json")
    found = json.loads(shown.stdout)
    assert (found["model"], found["venue_keys"], found["network"]) == ("x-ai/grok-4", True, "testnet")
    plain = vibex("accounts", "show", "alpha", "--config", file)
    assert CANARY not in listed.output + shown.output + plain.output
    again = json.loads(vibex("accounts", "show", "alpha", "--config", file, "--json").stdout)
    assert again["tag"] == found["tag"], "an account keeps its tag"
    assert vibex("accounts", "check", "--config", file).exit_code == 0


def test_an_account_that_is_gone_from_the_configuration_is_still_shown(vibex: Vibex, file: Path) -> None:
    vibex("accounts", "list", "--config", file)
    listed = vibex("accounts", "list")
    assert "default" in listed.stdout
    assert "not configured any more" in listed.stdout


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"ASTERDEX_NETWORK": "mainnet", "ASTERDEX_API_KEY": CANARY, "ASTERDEX_API_SECRET": "s"}, "VIBEX_LIVE=yes"),
        ({"TRADING_VENUE": "paper", "POLICY_FILE": "missing.toml"}, "no file missing.toml"),
        ({}, "no venue keys"),
    ],
)
def test_what_keeps_an_account_from_trading_is_exit_2(
    environment: dict[str, str], said: str, vibex: Vibex, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    checked = vibex("accounts", "check")
    assert checked.exit_code == 2
    assert said in checked.stderr
    if "ASTERDEX_NETWORK" in environment:
        assert "ASTERDEX_NETWORK=testnet" in checked.stderr, "both ways on are named"
    assert CANARY not in checked.output


def test_a_bad_file_is_one_message_and_exit_2(vibex: Vibex, file: Path) -> None:
    file.write_text("accounts: [{id: a, assetts: [BTC]}]", encoding="utf-8")
    refused = vibex("accounts", "list", "--config", file)
    assert refused.exit_code == 2
    assert "did you mean assets?" in refused.stderr


def test_commands_are_rows_in_the_store(vibex: Vibex, file: Path, home: Path) -> None:
    vibex("accounts", "list", "--config", file)
    assert vibex("accounts", "pause", "beta").exit_code == 0
    assert vibex("accounts", "stop", "beta").exit_code == 0
    hold(home, "beta")
    assert "process trader-1 takes it up" in vibex("accounts", "resume", "beta").stdout
    assert [kind for kind, _ in pending(home, "beta")] == ["pause", "stop", "resume"]
    unknown = vibex("accounts", "pause", "betta")
    assert unknown.exit_code == 2
    assert "did you mean beta?" in unknown.stderr


def test_kill_halts_one_account_or_all_and_asks_no_configuration(vibex: Vibex, file: Path, home: Path) -> None:
    assert vibex("kill").exit_code == 2, "there is nobody to kill yet"
    vibex("accounts", "list", "--config", file)
    file.write_text("broken: [", encoding="utf-8")
    assert vibex("kill", "--account", "beta").exit_code == 0
    assert pending(home, "alpha") == []
    flattened = vibex("kill", "--flatten")
    assert flattened.exit_code == 1
    assert "NOT closed" in flattened.stderr, "without a process nobody closes anything, and it says so"
    assert pending(home, "alpha") == [("kill", True)]
    assert pending(home, "beta") == [("kill", False), ("kill", True)]
    resumed = vibex("accounts", "resume", "beta")
    assert resumed.exit_code == 2
    assert "--rearm" in resumed.stderr
    assert vibex("accounts", "resume", "beta", "--rearm").exit_code == 0
    hold(home, "alpha")
    hold(home, "beta")
    assert vibex("kill", "--flatten").exit_code == 0


def test_every_command_is_there() -> None:
    names = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert names == {"list", "show", "check", "pause", "resume", "stop"}
