"""From a name and the settings to a venue: the one list of the venues that there are.

Without keys a venue's public side is read on its live network. Keys trade on the test network unless the settings name
the live one, and there nothing is written unless VIBEX_LIVE is `yes`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from vibex.domain import Clock, InvalidInput, RetryLater
from vibex.venues.venue import Venue

if TYPE_CHECKING:
    from pydantic import SecretStr

    from vibex.settings import AsterSettings, Settings, VenueSettings
    from vibex.venues.aster.client import AsterVenue
    from vibex.venues.ccxt.connection import AccountKeys
    from vibex.venues.paper import MarketSource

Network = Literal["testnet", "mainnet", "simulated"]
CCXT_VENUES = ("binanceusdm", "bybit", "okx", "hyperliquid", "aster-ccxt")
VENUES = ("paper", "simulator", "aster", *CCXT_VENUES)
_WITH_ACCOUNTS = ("aster", "binanceusdm", "bybit", "okx", "hyperliquid")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVenue:
    """A venue as it was opened. `has_account`: whether there are keys (or an account on paper)."""

    venue: Venue
    network: Network
    has_account: bool


def default_venue(settings: Settings) -> str:
    """The venue that there are keys of; `paper` without any. Raises InvalidInput where there are keys of several."""
    known = [name for name in _WITH_ACCOUNTS if _has_keys(name, settings)]
    if len(known) > 1:
        raise InvalidInput(f"there are keys of {', '.join(known)}", field="venue", remedy="name one of them")
    return known[0] if known else "paper"


@asynccontextmanager
async def open_venue(
    name: str, settings: Settings, clock: Clock, *, testnet: bool = False, url: str | None = None
) -> AsyncIterator[OpenVenue]:
    """The venue `name`, closed at the end. `testnet` overrides the settings' network; `url` is another address of
    AsterDEX or a simulator. Raises InvalidInput naming the setting that is missing or wrong."""
    if name not in VENUES:
        raise InvalidInput(f"{name!r} is no venue", field="venue", remedy=f"use one of {', '.join(VENUES)}")
    if url is not None and name not in ("aster", "simulator"):
        raise InvalidInput(f"{name} has no other address", field="url", remedy="leave it out")
    if testnet and name in ("paper", "simulator"):
        raise InvalidInput(f"{name} has no test network: nothing there is real", field="testnet", remedy="leave it out")
    if name == "paper":
        opened = await _open_paper(settings, clock)
    elif name in ("aster", "simulator"):
        opened = _open_aster(name, settings.aster, clock, testnet=testnet, url=url)
    else:
        opened = _open_ccxt(name, settings.venues, clock, testnet=testnet)
    try:
        yield opened
    finally:
        await opened.venue.close()


async def _open_paper(settings: Settings, clock: Clock) -> OpenVenue:
    from vibex.venues.paper import PaperVenue

    terms = settings.venues.paper_venue
    if terms not in _WITH_ACCOUNTS:
        known = ", ".join(_WITH_ACCOUNTS)
        raise InvalidInput(f"{terms!r} is no venue with prices", field="PAPER_VENUE", remedy=f"use one of {known}")
    source, network = _public_side(terms, settings.aster, clock)
    # Money made on a simulator's prices never mixes with money made on a market's.
    name = terms if network == "mainnet" else f"{terms}-{network}"
    async with AsyncExitStack() as on_failure:
        on_failure.push_async_callback(source.close)
        try:
            venue = await PaperVenue.opened(
                source,
                clock,
                settings.storage.home / "paper" / f"{name}.json",
                balance=settings.venues.paper_balance,
            )
        except RetryLater as error:
            raise _without_prices(terms, network, error) from None
        on_failure.pop_all()
    return OpenVenue(venue=venue, network="simulated", has_account=True)


def _without_prices(terms: str, network: Network, error: RetryLater) -> RetryLater:
    """Prices are what paper trading needs of the outside; the simulator needs nothing."""
    if network == "simulated":
        words = "the simulator that ASTERDEX_BASE_URL names does not answer"
        remedy = "start `vibex sim`, and set the address that it prints"
    else:
        words = f"paper trades on the public prices of {terms}, which cannot be read: is this machine offline?"
        remedy = (
            "without a network trade on the simulator: start `vibex sim`, set ASTERDEX_BASE_URL to the address that it "
            "prints, and give `--venue simulator` (`vibex venue … simulator`)"
        )
    return RetryLater(f"{words} ({error.message})", retry_after_ms=error.retry_after_ms, remedy=remedy)


def _public_side(name: str, aster: AsterSettings, clock: Clock) -> tuple[MarketSource, Network]:
    """Prices alone, whatever keys there are; a simulator on this machine where ASTERDEX_BASE_URL says so."""
    if name != "aster":
        from vibex.venues.ccxt import open_ccxt

        return open_ccxt(name, clock, mainnet=True), "mainnet"
    venue = _aster_public(aster, clock, testnet=False)
    return venue, _network_of(venue)


def _open_aster(name: str, settings: AsterSettings, clock: Clock, *, testnet: bool, url: str | None) -> OpenVenue:
    from vibex.settings import AsterNetwork
    from vibex.venues.aster import config_of
    from vibex.venues.aster.client import AsterVenue

    changes: dict[str, object] = {"base_url": url} if url is not None else {}
    if testnet:
        changes["network"] = AsterNetwork.TESTNET
    settings = settings.model_copy(update=changes)
    has_keys = _has_aster_keys(settings)
    if name == "simulator":
        config = config_of(settings)
        if settings.base_url is None or not config.is_local:
            raise InvalidInput(
                "no simulator is named",
                field="ASTERDEX_BASE_URL",
                remedy="start `vibex sim` and set it to the address that it prints, or give --url",
            )
        return OpenVenue(venue=AsterVenue(config, clock), network="simulated", has_account=has_keys)
    venue = AsterVenue(config_of(settings), clock) if has_keys else _aster_public(settings, clock, testnet=testnet)
    return OpenVenue(venue=venue, network=_network_of(venue), has_account=has_keys)


def _aster_public(settings: AsterSettings, clock: Clock, *, testnet: bool) -> AsterVenue:
    """Without keys: the network that is named, the live one where none is."""
    from vibex.venues.aster import config_of, network_config
    from vibex.venues.aster.client import AsterVenue

    named = testnet or settings.base_url is not None or "network" in settings.model_fields_set
    if not named:
        return AsterVenue(network_config("mainnet"), clock)
    bare = settings.model_copy(
        update=dict.fromkeys(("api_key", "api_secret", "user", "signer", "private_key", "mnemonic"))
    )
    return AsterVenue(config_of(bare), clock)


def _network_of(venue: AsterVenue) -> Network:
    config = venue.config
    return "simulated" if config.is_local else config.network


def _open_ccxt(name: str, settings: VenueSettings, clock: Clock, *, testnet: bool) -> OpenVenue:
    from vibex.venues.ccxt import open_ccxt

    keys = _KEYS[name](settings) if name in _KEYS else None
    setting = f"{name}_network"
    told = getattr(settings, setting, None) if keys is not None or setting in settings.model_fields_set else "mainnet"
    mainnet = not testnet and (told or "mainnet") == "mainnet"
    venue = open_ccxt(
        name,
        clock,
        keys=keys,
        mainnet=mainnet,
        may_write=not mainnet or settings.live == "yes",
    )
    return OpenVenue(venue=venue, network="mainnet" if mainnet else "testnet", has_account=keys is not None)


def _has_keys(name: str, settings: Settings) -> bool:
    return _has_aster_keys(settings.aster) if name == "aster" else _KEYS[name](settings.venues) is not None


def _has_aster_keys(settings: AsterSettings) -> bool:
    return any((settings.api_key, settings.api_secret, settings.private_key, settings.mnemonic))


def _binanceusdm_keys(settings: VenueSettings) -> AccountKeys | None:
    return _pair("BINANCEUSDM", api_key=settings.binanceusdm_api_key, secret=settings.binanceusdm_api_secret)


def _bybit_keys(settings: VenueSettings) -> AccountKeys | None:
    return _pair("BYBIT", api_key=settings.bybit_api_key, secret=settings.bybit_api_secret)


def _okx_keys(settings: VenueSettings) -> AccountKeys | None:
    parts = {"api_key": settings.okx_api_key, "secret": settings.okx_api_secret, "passphrase": settings.okx_passphrase}
    return _pair("OKX", **parts)


def _hyperliquid_keys(settings: VenueSettings) -> AccountKeys | None:
    return _pair("HYPERLIQUID", user=settings.hyperliquid_user, private_key=settings.hyperliquid_private_key)


_NAMES = {
    "api_key": "API_KEY",
    "secret": "API_SECRET",
    "passphrase": "PASSPHRASE",
    "user": "USER",
    "private_key": "PRIVATE_KEY",
}


def _pair(prefix: str, **parts: SecretStr | str | None) -> AccountKeys | None:
    """All parts or none. Raises InvalidInput naming the variable that is missing."""
    from vibex.venues.ccxt.connection import AccountKeys

    if not any(parts.values()):
        return None
    missing = [f"{prefix}_{_NAMES[name]}" for name, value in parts.items() if not value]
    if missing:
        raise InvalidInput("a part of the keys is missing", field=missing[0], remedy=f"set {', '.join(missing)}")
    user = parts.get("user")
    return AccountKeys(
        api_key=_secret(parts.get("api_key")),
        secret=_secret(parts.get("secret")),
        passphrase=_secret(parts.get("passphrase")),
        private_key=_secret(parts.get("private_key")),
        user=user if isinstance(user, str) else None,
    )


def _secret(value: SecretStr | str | None) -> SecretStr | None:
    return None if value is None or isinstance(value, str) else value


_KEYS: Mapping[str, Callable[[VenueSettings], AccountKeys | None]] = MappingProxyType(
    {
        "binanceusdm": _binanceusdm_keys,
        "bybit": _bybit_keys,
        "okx": _okx_keys,
        "hyperliquid": _hyperliquid_keys,
    }
)
