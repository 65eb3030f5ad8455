"""Which venue is opened, on which network, with which leave: by the settings alone."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.venues.ccxt.scripted import CANARY, PRIVATE_KEY
from vibex.backtest.costs.presets import preset
from vibex.domain import InvalidInput, ManualClock, RetryLater
from vibex.settings import Settings
from vibex.venues.ccxt import DIALECTS
from vibex.venues.opening import CCXT_VENUES, default_venue, open_venue

CLOCK = ManualClock(datetime(2026, 11, 21, tzinfo=UTC))


@pytest.fixture(autouse=True)
def _bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIBEX_HOME", str(tmp_path))


def give_keys(monkeypatch: pytest.MonkeyPatch, venue: str) -> None:
    if venue == "hyperliquid":
        monkeypatch.setenv("HYPERLIQUID_USER", "0x" + "ab" * 20)
        monkeypatch.setenv("HYPERLIQUID_PRIVATE_KEY", PRIVATE_KEY)
        return
    monkeypatch.setenv(f"{venue.upper()}_API_KEY", "a-key")
    monkeypatch.setenv(f"{venue.upper()}_API_SECRET", CANARY)
    if venue == "okx":
        monkeypatch.setenv("OKX_PASSPHRASE", CANARY)


def test_the_list_of_names_is_the_list_of_dialects() -> None:
    assert tuple(DIALECTS) == CCXT_VENUES


def test_without_any_key_the_default_is_paper() -> None:
    assert default_venue(Settings()) == "paper"


def test_with_keys_of_one_venue_it_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    give_keys(monkeypatch, "okx")
    assert default_venue(Settings()) == "okx"


def test_with_keys_of_two_somebody_has_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    give_keys(monkeypatch, "okx")
    give_keys(monkeypatch, "bybit")
    with pytest.raises(InvalidInput, match="bybit, okx"):
        default_venue(Settings())


@pytest.mark.parametrize("venue", ["binanceusdm", "bybit", "okx", "hyperliquid"])
async def test_keys_trade_on_the_test_network_and_no_key_reads_the_live_one(
    venue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_venue(venue, Settings(), CLOCK) as opened:
        assert (opened.network, opened.has_account) == ("mainnet", False)
    give_keys(monkeypatch, venue)
    async with open_venue(venue, Settings(), CLOCK) as opened:
        assert (opened.network, opened.has_account) == ("testnet", True)
    monkeypatch.setenv(f"{venue.upper()}_NETWORK", "mainnet")
    async with open_venue(venue, Settings(), CLOCK) as opened:
        assert opened.network == "mainnet"
        refused = await opened.venue.set_leverage("BTC/USDT", 2)
        assert getattr(refused, "code", None) == "not-live"
    async with open_venue(venue, Settings(), CLOCK, testnet=True) as opened:
        assert opened.network == "testnet"


async def test_asters_public_side_is_the_live_one_unless_a_network_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_venue("aster", Settings(), CLOCK) as opened:
        assert opened.network == "mainnet"
    async with open_venue("aster", Settings(), CLOCK, testnet=True) as opened:
        assert opened.network == "testnet"
    monkeypatch.setenv("ASTERDEX_NETWORK", "testnet")
    async with open_venue("aster", Settings(), CLOCK) as opened:
        assert opened.network == "testnet"


@pytest.mark.parametrize(
    ("name", "variables", "field"),
    [
        ("nosuch", {}, "venue"),
        ("simulator", {}, "ASTERDEX_BASE_URL"),
        ("paper", {"PAPER_VENUE": "paper"}, "PAPER_VENUE"),
        ("okx", {"OKX_API_KEY": "a"}, "OKX_API_SECRET"),
        ("hyperliquid", {"HYPERLIQUID_USER": "0xab"}, "HYPERLIQUID_PRIVATE_KEY"),
    ],
)
async def test_what_is_missing_is_named(
    name: str, variables: dict[str, str], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidInput) as error:
        async with open_venue(name, Settings(), CLOCK):
            pass
    assert error.value.field == field


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name has an address, and no proxy stands between."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


async def test_without_keys_and_network_paper_says_that_prices_are_missing_and_names_the_simulator(
    offline: None, tmp_path: Path
) -> None:
    clock = ManualClock(datetime(2026, 11, 21, tzinfo=UTC))
    with pytest.raises(RetryLater, match="public prices of aster, which cannot be read: is this machine offline") as it:
        async with open_venue(default_venue(Settings()), Settings(), clock):
            pass
    assert "--venue simulator" in str(it.value.remedy)
    assert "vibex sim" in str(it.value.remedy)
    assert not (tmp_path / "paper").exists(), "an account was opened although nothing can be traded"


async def test_half_a_set_of_keys_does_not_repeat_the_other_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYBIT_API_SECRET", CANARY)
    with pytest.raises(InvalidInput) as error:
        async with open_venue("bybit", Settings(), CLOCK):
            pass
    assert CANARY not in str(error.value) + repr(Settings().venues)


@pytest.mark.parametrize(
    ("venue", "costs"),
    [("binanceusdm", "binance-usdm"), ("bybit", "bybit"), ("okx", "okx"), ("hyperliquid", "hyperliquid")],
)
def test_paper_pays_the_same_fees_as_a_backtest(venue: str, costs: str) -> None:
    fees, schedule = DIALECTS[venue].profile.fees, preset(costs)
    assert (float(fees.maker), float(fees.taker)) == (schedule.maker_rate, schedule.taker_rate)


def test_every_profile_and_its_page_agree() -> None:
    from vibex.venues.aster import ASTER_PROFILE

    page = (Path(__file__).resolve().parents[2] / "docs" / "venues.md").read_text(encoding="utf-8")
    profiles = [ASTER_PROFILE, *(dialect.profile for dialect in DIALECTS.values())]
    for profile in profiles:

        def listed(values: frozenset[str]) -> str:
            return ", ".join(sorted(values)) or "none"

        row = (
            f"| {profile.name} | {listed(frozenset(profile.entry_types))} | {listed(frozenset(profile.exit_types))} "
            f"| {listed(frozenset(profile.closing_types))} | {listed(frozenset(profile.times_in_force))} "
            f"| {profile.exit_trigger} | {listed(frozenset(profile.margin_modes))} "
            f"| {profile.longest_client_id} | {profile.max_leverage}× "
            f"| {profile.fees.maker} / {profile.fees.taker} | {profile.fees.funding_interval_hours} h "
            f"| {'yes' if profile.has_account_stream else 'asked every 5 s'} |"
        )
        assert row in page, row
