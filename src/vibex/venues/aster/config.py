"""Which network, which addresses, which keys. Testnet is the default; live needs its own word in the environment."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import SplitResult, urlsplit

from vibex.domain import InvalidInput
from vibex.venues.aster.credentials import Credentials, HmacKey, agent_key

if TYPE_CHECKING:
    from vibex.settings import AsterSettings

Network = Literal["testnet", "mainnet"]

_REST: dict[Network, str] = {
    "mainnet": "https://fapi.asterdex.com",
    "testnet": "https://fapi.asterdex-testnet.com",
}
# The two documents of the testnet disagree; market and account data come from different hosts there.
_MARKET_STREAM: dict[Network, str] = {
    "mainnet": "wss://fstream.asterdex.com",
    "testnet": "wss://fstream5.asterdex-testnet.com",
}
_USER_STREAM: dict[Network, str] = {
    "mainnet": "wss://fstream.asterdex.com",
    "testnet": "wss://fstream.asterdex-testnet.com",
}
_CHAIN_ID: dict[Network, int] = {"mainnet": 1666, "testnet": 714}
_TESTNET_DOMAIN = "asterdex-testnet.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsterConfig:
    """Addresses and keys of one account, or, with `credentials` None, of the public side.

    Raises InvalidInput for an address that is no http(s) or ws(s) URL, that holds credentials or a query, or that is
    not encrypted although its host is not this machine; and for a testnet configuration that points elsewhere.
    """

    network: Network = "testnet"
    rest_url: str = _REST["testnet"]
    market_stream_url: str = _MARKET_STREAM["testnet"]
    user_stream_url: str = _USER_STREAM["testnet"]
    credentials: Credentials | None = None

    def __post_init__(self) -> None:
        for url, plain, encrypted in (
            (self.rest_url, "http", "https"),
            (self.market_stream_url, "ws", "wss"),
            (self.user_stream_url, "ws", "wss"),
        ):
            parts = _parts(url, plain, encrypted)
            if parts.scheme == plain and not _is_loopback(url):
                raise InvalidInput(
                    f"{plain}://{parts.hostname} is not encrypted", field="ASTERDEX_BASE_URL", remedy=f"use {encrypted}"
                )
            if self.network == "testnet" and not _is_harmless(url):
                raise InvalidInput(
                    f"{parts.hostname} does not belong to the testnet",
                    field="ASTERDEX_BASE_URL",
                    remedy="remove it, or set ASTERDEX_NETWORK=mainnet if that is meant",
                )

    @property
    def chain_id(self) -> int:
        """Of the signing domain, not of a chain that money moves on."""
        return _CHAIN_ID[self.network]

    @property
    def is_local(self) -> bool:
        return _is_loopback(self.rest_url)

    @property
    def is_live(self) -> bool:
        """Whether orders would move real money: keys, and a host that is neither the testnet's nor this machine."""
        return self.credentials is not None and not _is_harmless(self.rest_url)


def network_config(network: Network, credentials: Credentials | None = None) -> AsterConfig:
    """The published addresses of `network`."""
    return AsterConfig(
        network=network,
        rest_url=_REST[network],
        market_stream_url=_MARKET_STREAM[network],
        user_stream_url=_USER_STREAM[network],
        credentials=credentials,
    )


def local_config(rest_url: str, credentials: Credentials | None = None, *, network: Network = "testnet") -> AsterConfig:
    """A simulator on this machine that serves HTTP and WebSocket on one port."""
    stream = "ws" + rest_url.rstrip("/").removeprefix("http")
    return AsterConfig(
        network=network,
        rest_url=rest_url,
        market_stream_url=stream,
        user_stream_url=stream,
        credentials=credentials,
    )


def config_of(settings: AsterSettings) -> AsterConfig:
    """The configured account. Raises InvalidInput for half a set of keys, and for keys that would trade live while
    VIBEX_LIVE is not `yes`."""
    network: Network = "mainnet" if settings.network.value == "mainnet" else "testnet"
    credentials = _credentials(settings)
    if settings.base_url is None:
        config = network_config(network, credentials)
    elif _is_loopback(settings.base_url):
        config = local_config(settings.base_url, credentials, network=network)
    else:
        config = AsterConfig(
            network=network,
            rest_url=settings.base_url,
            market_stream_url=_MARKET_STREAM[network],
            user_stream_url=_USER_STREAM[network],
            credentials=credentials,
        )
    if config.is_live and settings.live != "yes":
        raise InvalidInput(
            "keys for the live network, but live trading is not switched on",
            field="VIBEX_LIVE",
            remedy="set VIBEX_LIVE=yes to trade real money, or ASTERDEX_NETWORK=testnet with keys of the testnet",
        )
    return config


def public_config(settings: AsterSettings) -> AsterConfig:
    """Where prices are read, without keys: the live network, whose prices alone are real, or what stands in its place
    in the settings (a simulator on this machine, another address of the live network)."""
    if settings.base_url is not None and _is_loopback(settings.base_url):
        return local_config(settings.base_url)
    if settings.base_url is not None and settings.network.value == "mainnet":
        return replace(network_config("mainnet"), rest_url=settings.base_url)
    return network_config("mainnet")


def _credentials(settings: AsterSettings) -> Credentials | None:
    if settings.private_key or settings.mnemonic:
        if settings.user is None:
            raise InvalidInput(
                "an agent's key needs the wallet that it trades for",
                field="ASTERDEX_USER",
                remedy="set it to the address of the main wallet",
            )
        return agent_key(
            user=settings.user,
            signer=settings.signer,
            private_key=settings.private_key,
            mnemonic=settings.mnemonic,
        )
    if settings.user or settings.signer:
        raise InvalidInput("a wallet without its agent's key cannot trade", field="ASTERDEX_PRIVATE_KEY")
    if settings.api_key and settings.api_secret:
        return HmacKey(api_key=settings.api_key, secret=settings.api_secret)
    if settings.api_key or settings.api_secret:
        missing = "ASTERDEX_API_SECRET" if settings.api_key else "ASTERDEX_API_KEY"
        raise InvalidInput("half of the pair of keys is missing", field=missing)
    return None


def _parts(url: str, *schemes: str) -> SplitResult:
    """The URL taken apart. What is refused is not repeated: it may hold a password."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidInput(f"is no {' or '.join(schemes)} URL", field="ASTERDEX_BASE_URL")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidInput("holds credentials, a query or a fragment", field="ASTERDEX_BASE_URL")
    return parts


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_harmless(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return _is_loopback(url) or host == _TESTNET_DOMAIN or host.endswith(f".{_TESTNET_DOMAIN}")
