"""Accounts are read as the product's documents write them, strictly, and one account's keys never reach another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from vibex.accounts.configuration import AccountConfig, AccountsSource, load_accounts, venue_config
from vibex.accounts.configuration.variables import ACCOUNT_VARIABLES, FILE_KEYS
from vibex.domain import InvalidInput, Timeframe
from vibex.settings import TradingVenue

# §7.2.1 and §7.2.2 of the agent's requirements, word for word.
VARIABLES = """
MULTI_ACCOUNT_MODE=true
ACCOUNT_IDS=account1,account2,account3
ASTERDEX_API_KEY_account1=key1
ASTERDEX_API_SECRET_account1=secret1
OPENROUTER_API_KEY_account1=router_key1
LLM_MODEL_account1=x-ai/grok-4

ASTERDEX_API_KEY_account2=key2
ASTERDEX_API_SECRET_account2=secret2
OPENROUTER_API_KEY_account2=router_key2
LLM_MODEL_account2=deepseek/deepseek-chat

ASTERDEX_API_KEY_account3=key3
ASTERDEX_API_SECRET_account3=secret3
OPENROUTER_API_KEY_account3=router_key3
LLM_MODEL_account3=anthropic/claude-3-sonnet
"""
FILE = """
# accounts.yaml
accounts:
  - id: account1
    asterdex:
      api_key: ${ASTERDEX_KEY_1}
      api_secret: ${ASTERDEX_SECRET_1}
    openrouter:
      api_key: ${OPENROUTER_KEY_1}
    llm_model: x-ai/grok-4
    assets: [BTC, ETH]
    interval: 1h

  - id: account2
    asterdex:
      api_key: ${ASTERDEX_KEY_2}
      api_secret: ${ASTERDEX_SECRET_2}
    openrouter:
      api_key: ${OPENROUTER_KEY_2}
    llm_model: deepseek/deepseek-chat
    assets: [SOL, AVAX]
    interval: 4h

  - id: account3
    asterdex:
      api_key: ${ASTERDEX_KEY_3}
      api_secret: ${ASTERDEX_SECRET_3}
    openrouter:
      api_key: ${OPENROUTER_KEY_3}
    llm_model: anthropic/claude-3-sonnet
    assets: [BTC, ETH, SOL]
    interval: 5m
"""
FILE_ENVIRONMENT = {
    f"{name}_{n}": f"{name.lower()}{n}"
    for name in ("ASTERDEX_KEY", "ASTERDEX_SECRET", "OPENROUTER_KEY")
    for n in (1, 2, 3)
}
ONE = {"ASTERDEX_API_KEY": "a", "ASTERDEX_API_SECRET": "b"}


def parsed(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.split() if line)


def key(account: AccountConfig) -> str | None:
    secret = account.aster.api_key
    return None if secret is None else secret.get_secret_value()


def from_file(folder: Path, text: str, name: str = "accounts.yaml", **environment: str) -> tuple[AccountConfig, ...]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    known = {**FILE_ENVIRONMENT, **environment}
    return load_accounts(AccountsSource(environment=known, multi_account=True, file=path))


def test_the_single_account_of_the_documents() -> None:
    text = "ASTERDEX_API_KEY=key1 ASTERDEX_API_SECRET=s OPENROUTER_API_KEY=r LLM_MODEL=x-ai/grok-4 INTERVAL=4h"
    (account,) = load_accounts(AccountsSource(environment={**parsed(text), "ASSETS": "BTC ETH SOL"}))
    assert (account.id, account.assets, account.interval) == ("default", ("BTC", "ETH", "SOL"), Timeframe.H4)
    assert (key(account), account.maker, account.venue) == ("key1", "model", TradingVenue.ASTER)
    assert "key1" not in repr(account)


@pytest.mark.parametrize("written", ["BTC ETH SOL", "BTC,ETH,SOL", "BTC, ETH,  SOL", '["BTC", "ETH", "SOL"]'])
def test_assets_are_separated_by_spaces_or_commas(written: str) -> None:
    (account,) = load_accounts(AccountsSource(environment={"ASSETS": written}))
    assert account.assets == ("BTC", "ETH", "SOL")


@pytest.mark.parametrize("ids", ["account1,account2,account3", '["account1", "account2", "account3"]'])
def test_the_suffixed_variables_of_the_documents(ids: str) -> None:
    accounts = load_accounts(AccountsSource(environment={**parsed(VARIABLES), "ACCOUNT_IDS": ids}))
    assert [account.id for account in accounts] == ["account1", "account2", "account3"]
    assert [key(account) for account in accounts] == ["key1", "key2", "key3"]
    assert accounts[1].model.model == "deepseek/deepseek-chat"


@pytest.mark.parametrize("as_json", [False, True])
def test_the_file_of_the_documents_in_both_spellings(as_json: bool, tmp_path: Path) -> None:
    import yaml

    text = json.dumps(yaml.safe_load(FILE)) if as_json else FILE
    accounts = from_file(tmp_path, text, "accounts.json" if as_json else "accounts.yaml")
    assert [key(account) for account in accounts] == ["asterdex_key1", "asterdex_key2", "asterdex_key3"]
    assert [account.assets for account in accounts] == [("BTC", "ETH"), ("SOL", "AVAX"), ("BTC", "ETH", "SOL")]
    assert [account.interval.value for account in accounts] == ["1h", "4h", "5m"]


def test_keys_without_a_suffix_reach_no_account_of_many_and_other_variables_reach_all() -> None:
    environment = {
        "MULTI_ACCOUNT_MODE": "true",
        "ACCOUNT_IDS": "a,b",
        **ONE,
        "OPENROUTER_API_KEY": "r",
        "LLM_MODEL": "shared/model",
        "INTERVAL_b": "5m",
        "ASTERDEX_PRIVATE_KEY": "p",
    }
    first, second = load_accounts(AccountsSource(environment=environment))
    assert not first.has_venue_keys
    assert first.model.api_key is None
    assert (first.model.model, second.model.model) == ("shared/model", "shared/model")
    assert (first.interval, second.interval) == (Timeframe.H1, Timeframe.M5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ACCOUNT_IDS": ""}, "none is named"),
        ({"ACCOUNT_IDS": "a,a"}, "configured twice"),
        ({"ACCOUNT_IDS": "a-b"}, "no account id"),
        ({"ASTERDEX_API_KEY_acount1": "x"}, "did you mean ASTERDEX_API_KEY_account1"),
        ({"LLM_MODLE_account1": "x"}, "did you mean LLM_MODEL_account1"),
        ({"INTERVAL_account1": "7m"}, "account account1: INTERVAL"),
        ({"ASSETS_account1": "btc"}, "'btc' is no asset"),
        ({"ASSETS_account1": "BTC BTC"}, "listed twice"),
        ({"ASTERDEX_API_KEY_account2": "key1"}, "same venue keys as account account1"),
        ({"MULTI_ACCOUNT_MODE": "false"}, "MULTI_ACCOUNT_MODE=true"),
    ],
)
def test_what_is_wrong_with_the_variables_is_said(changes: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        load_accounts(AccountsSource(environment={**parsed(VARIABLES), **changes}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accounts: [{id: a, assetts: [BTC]}]", "did you mean assets"),
        ("accounts: [{id: a, asterdex: {api_kye: x}}]", "did you mean api_key"),
        ("acounts: []", "no list of accounts"),
        ("accounts: []\nextra: 1", "'extra' is no part"),
        ("accounts: [{assets: [BTC]}]", "has no id"),
        ("accounts: [{id: a}, {id: a}]", "configured twice"),
        ("accounts: [{id: a, llm_model: '${UNSET_ONE}'}]", "UNSET_ONE is not set"),
        ("accounts: [{id: a, llm_model: '${}'}]", "names no variable"),
        ("accounts: [{id: a, llm_model: x, llm_model: y}]", "twice in one place"),
        ("a: &x 1\naccounts: [{id: *x}]", "alias"),
        ("accounts: [{id: a, interval: true}]", "neither text nor a number"),
        ("accounts: [{id: a, asterdex: key}]", "no group"),
        ("accounts: [", "not YAML"),
        ("accounts: [{id: !!python/object:os.system a}]", "not YAML"),
        ("[" * 5000, "not YAML"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=said):
        from_file(tmp_path, text)


def test_a_value_of_a_variable_is_text_and_never_read_again(tmp_path: Path) -> None:
    text = "accounts: [{id: a, asterdex: {api_key: '${TRICK}', api_secret: s}}]"
    (account,) = from_file(tmp_path, text, TRICK="x}, id: b, ${ASTERDEX_KEY_1}")
    assert key(account) == "x}, id: b, ${ASTERDEX_KEY_1}"


def test_one_id_in_two_places_refuses(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="configured twice, in environment and in"):
        from_file(tmp_path, "accounts: [{id: a}]", ACCOUNT_IDS="a")


def test_paths_in_a_file_are_relative_to_it(tmp_path: Path) -> None:
    (account,) = from_file(tmp_path, "accounts: [{id: 7, policy: risk.toml, strategy: /s.json, rate_budget: 600}]")
    assert (account.id, account.policy_file, account.rate_budget) == ("7", tmp_path / "risk.toml", 600)
    assert (str(account.strategy_file), account.maker) == ("/s.json", "strategy")


def test_every_variable_of_an_account_has_a_place_in_the_file() -> None:
    assert set(FILE_KEYS.values()) == ACCOUNT_VARIABLES


def test_keys_of_the_live_network_need_a_word_more() -> None:
    (account,) = load_accounts(AccountsSource(environment={**ONE, "ASTERDEX_NETWORK": "mainnet"}))
    with pytest.raises(InvalidInput, match=r"account default.*not switched on") as refused:
        venue_config(account)
    assert "VIBEX_LIVE=yes" in str(refused.value)
    assert "testnet" in str(refused.value)
    (live,) = load_accounts(AccountsSource(environment={**ONE, "ASTERDEX_NETWORK": "mainnet", "VIBEX_LIVE": "yes"}))
    assert venue_config(live).is_live


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "has no venue keys"),
        ({"ASTERDEX_API_KEY": "a"}, "half of the pair"),
        ({**ONE, "TRADING_VENUE": "simulator"}, "no address of one"),
    ],
)
def test_an_account_that_cannot_reach_its_venue_says_why(environment: dict[str, str], said: str) -> None:
    (account,) = load_accounts(AccountsSource(environment=environment))
    with pytest.raises(InvalidInput, match=said):
        venue_config(account)


def test_paper_needs_no_keys_and_takes_none() -> None:
    (account,) = load_accounts(AccountsSource(environment={**ONE, "TRADING_VENUE": "paper"}))
    assert venue_config(account).credentials is None


def test_the_manual_lists_every_variable_with_its_key_and_no_other() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs" / "accounts.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| `([a-z_.]+)` \|", manual, re.MULTILINE)
    assert {file_key: variable for variable, file_key in rows} == FILE_KEYS
