"""Which addresses and keys are accepted: live trading is never reached by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.venues.aster.keys import PRIVATE, USER
from vibex.domain import InvalidInput
from vibex.settings import Settings, variables
from vibex.venues.aster.config import AsterConfig, config_of, local_config
from vibex.venues.aster.credentials import AgentKey, HmacKey


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment nor the `.env` of whoever runs the tests counts."""
    monkeypatch.chdir(tmp_path)
    for name in variables():
        monkeypatch.delenv(name, raising=False)


def configured(monkeypatch: pytest.MonkeyPatch, **variables: str) -> AsterConfig:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return config_of(Settings().aster)


def test_without_variables_the_public_testnet_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    config = configured(monkeypatch)
    assert config.credentials is None
    assert config.chain_id == 714
    assert config.rest_url == "https://fapi.asterdex-testnet.com"


def test_live_keys_need_the_word_that_switches_them_on(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"ASTERDEX_NETWORK": "mainnet", "ASTERDEX_USER": USER, "ASTERDEX_PRIVATE_KEY": PRIVATE}
    with pytest.raises(InvalidInput, match="not switched on") as caught:
        configured(monkeypatch, **keys)
    assert "VIBEX_LIVE=yes" in str(caught.value)
    assert "ASTERDEX_NETWORK=testnet" in str(caught.value)
    config = configured(monkeypatch, VIBEX_LIVE="yes")
    assert config.is_live
    assert config.chain_id == 1666
    assert isinstance(config.credentials, AgentKey)


def test_a_testnet_configuration_cannot_point_at_the_live_venue(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="does not belong to the testnet"):
        configured(monkeypatch, ASTERDEX_BASE_URL="https://fapi.asterdex.com")


def test_public_live_data_needs_no_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not configured(monkeypatch, ASTERDEX_NETWORK="mainnet").is_live


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"ASTERDEX_API_KEY": "a"}, "ASTERDEX_API_SECRET"),
        ({"ASTERDEX_API_SECRET": "a"}, "ASTERDEX_API_KEY"),
        ({"ASTERDEX_PRIVATE_KEY": PRIVATE}, "ASTERDEX_USER"),
        ({"ASTERDEX_USER": USER}, "ASTERDEX_PRIVATE_KEY"),
        ({"ASTERDEX_USER": "me", "ASTERDEX_PRIVATE_KEY": PRIVATE}, "ASTERDEX_USER"),
    ],
)
def test_half_a_set_of_keys_is_refused_by_name(
    variables: dict[str, str], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput) as caught:
        configured(monkeypatch, **variables)
    assert caught.value.field == field


def test_the_older_pair_of_keys_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = {"ASTERDEX_API_KEY": "a", "ASTERDEX_API_SECRET": "b"}
    config = configured(monkeypatch, **pair)
    assert isinstance(config.credentials, HmacKey)


def test_only_this_machine_is_spoken_to_without_encryption() -> None:
    assert local_config("http://127.0.0.1:8000").market_stream_url == "ws://127.0.0.1:8000"
    assert local_config("http://[::1]:8000").is_local
    with pytest.raises(InvalidInput, match="not encrypted"):
        AsterConfig(network="mainnet", rest_url="http://fapi.asterdex.com")


@pytest.mark.parametrize("url", ["ftp://x", "https://u:p@x.com", "https://x.com/?a=b", "https://", "https://x:y"])
def test_addresses_that_are_none_are_not_repeated(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        AsterConfig(network="mainnet", rest_url=url)
    assert "u:p" not in str(caught.value)
