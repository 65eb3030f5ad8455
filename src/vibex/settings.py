"""What is configured: one frozen class per part, read from the environment and `./.env`, nowhere else.

Every variable stands in `.env.example`; a test compares the two.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from platformdirs import user_data_path
from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from vibex.domain import json_text
from vibex.domain.errors import InvalidInput

Part = TypeVar("Part", bound=BaseSettings)

_SOURCE = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)


class StorageSettings(BaseSettings):
    """Where state lives. Nothing is written outside `home` unless a command is told to."""

    model_config = _SOURCE

    home: Path = Field(default_factory=lambda: user_data_path("vibex", appauthor=False), alias="VIBEX_HOME")
    database_url: str | None = Field(default=None, alias="DATABASE_URL")

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the store; a SQLite file under `home` unless DATABASE_URL is set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'vibex.db'}"

    @property
    def bars_folder(self) -> Path:
        return self.home / "bars"

    @property
    def runs_folder(self) -> Path:
        return self.home / "runs"

    @property
    def logs_folder(self) -> Path:
        """One rotating file of JSON lines per domain: trading, llm, venue, risk, api."""
        return self.home / "logs"

    def account_folder(self, account_id: str) -> Path:
        """What one account keeps in files: its diary, for one."""
        return self.home / "accounts" / account_id

    @property
    def compiled_folder(self) -> Path:
        """Where numba keeps compiled code, so that only the first run waits for the compiler."""
        return self.home / "cache" / "numba"


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


class LogSettings(BaseSettings):
    """How much is logged, and for whom: `text` for people, `json` for collectors."""

    model_config = _SOURCE

    level: LogLevel = Field(default=LogLevel.INFO, alias="LOG_LEVEL")
    format: LogFormat = Field(default=LogFormat.TEXT, alias="LOG_FORMAT")


class ServerSettings(BaseSettings):
    """The local server. Whatever `host` says, it binds to 127.0.0.1 until there is a login, and `vibex up` says so."""

    model_config = _SOURCE

    host: str = Field(default="127.0.0.1", alias="API_HOST")
    port: int = Field(default=3000, ge=1, le=65535, validation_alias=AliasChoices("API_PORT", "APP_PORT"))


class ModelSettings(BaseSettings):
    """Which model is asked, where, with which key, and what it may cost."""

    model_config = _SOURCE

    api_key: SecretStr | None = Field(default=None, alias="OPENROUTER_API_KEY")
    base_url: str = Field(default="https://openrouter.ai/api/v1", alias="OPENROUTER_BASE_URL")
    referer: str | None = Field(default=None, alias="OPENROUTER_REFERER")
    app_title: str = Field(default="trading-agent", alias="OPENROUTER_APP_TITLE")
    model: str = Field(default="x-ai/grok-4", alias="LLM_MODEL")
    daily_budget_usd: Decimal = Field(default=Decimal(5), ge=0, decimal_places=6, alias="LLM_DAILY_BUDGET_USD")
    call_limit_usd: Decimal = Field(default=Decimal(1), ge=0, decimal_places=6, alias="LLM_CALL_LIMIT_USD")
    price: str | None = Field(default=None, pattern=r"^\d+(\.\d{1,6})?/\d+(\.\d{1,6})?$", alias="LLM_PRICE")
    prices_file: Path | None = Field(default=None, alias="LLM_PRICES_FILE")

    @property
    def is_configured(self) -> bool:
        """Whether somebody named a key or an endpoint: without either there is no model to ask."""
        return self.api_key is not None or "base_url" in self.model_fields_set


class AsterNetwork(StrEnum):
    TESTNET = "testnet"
    MAINNET = "mainnet"


class AsterSettings(BaseSettings):
    """The account on AsterDEX: keys of one of its two schemes, and which network. Live trading is never a default."""

    model_config = _SOURCE

    network: AsterNetwork = Field(default=AsterNetwork.TESTNET, alias="ASTERDEX_NETWORK")
    base_url: str | None = Field(default=None, alias="ASTERDEX_BASE_URL")
    live: Literal["yes", "no"] = Field(default="no", alias="VIBEX_LIVE")
    api_key: SecretStr | None = Field(default=None, alias="ASTERDEX_API_KEY")
    api_secret: SecretStr | None = Field(default=None, alias="ASTERDEX_API_SECRET")
    user: str | None = Field(default=None, alias="ASTERDEX_USER")
    signer: str | None = Field(default=None, alias="ASTERDEX_SIGNER")
    private_key: SecretStr | None = Field(default=None, alias="ASTERDEX_PRIVATE_KEY")
    mnemonic: SecretStr | None = Field(default=None, alias="ASTERDEX_MNEMONIC")


def _listed(value: object) -> object:
    """Words separated by spaces or commas, or a JSON list, as a tuple."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json_text.loads(value)
        except ValueError:
            raise ValueError("is no JSON list") from None
    return tuple(word for word in re.split(r"[\s,]+", value) if word)


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class TradingVenue(StrEnum):
    """`paper` fills on live prices and `simulator` on an AsterDEX of this machine; neither moves money."""

    ASTER = "aster"
    PAPER = "paper"
    SIMULATOR = "simulator"


class TradingSettings(BaseSettings):
    """What an account trades, how often, where, and under which files."""

    model_config = _SOURCE

    assets: Words = Field(default=("BTC", "ETH", "SOL"), min_length=1, alias="ASSETS")
    interval: Literal["5m", "1h", "4h", "1d"] = Field(default="1h", alias="INTERVAL")
    venue: TradingVenue = Field(default=TradingVenue.ASTER, alias="TRADING_VENUE")
    policy_file: Path | None = Field(default=None, alias="POLICY_FILE")
    strategy_file: Path | None = Field(default=None, alias="STRATEGY_FILE")
    rate_budget: int | None = Field(default=None, ge=60, le=2400, alias="RATE_BUDGET")


class AccountsSettings(BaseSettings):
    """Whether one account trades or many, and where the many are written down."""

    model_config = _SOURCE

    multi_account: bool = Field(default=False, alias="MULTI_ACCOUNT_MODE")
    account_ids: Words = Field(default=(), alias="ACCOUNT_IDS")
    accounts_file: Path | None = Field(default=None, alias="ACCOUNTS_FILE")


class VenueSettings(BaseSettings):
    """Accounts on the venues behind ccxt, and paper trading. Keys trade on the test network unless told otherwise."""

    model_config = _SOURCE

    live: Literal["yes", "no"] = Field(default="no", alias="VIBEX_LIVE")
    paper_venue: str = Field(default="aster", alias="PAPER_VENUE")
    paper_balance: Decimal = Field(default=Decimal(10_000), gt=0, alias="PAPER_BALANCE")
    binanceusdm_network: Literal["testnet", "mainnet"] = Field(default="testnet", alias="BINANCEUSDM_NETWORK")
    binanceusdm_api_key: SecretStr | None = Field(default=None, alias="BINANCEUSDM_API_KEY")
    binanceusdm_api_secret: SecretStr | None = Field(default=None, alias="BINANCEUSDM_API_SECRET")
    bybit_network: Literal["testnet", "mainnet"] = Field(default="testnet", alias="BYBIT_NETWORK")
    bybit_api_key: SecretStr | None = Field(default=None, alias="BYBIT_API_KEY")
    bybit_api_secret: SecretStr | None = Field(default=None, alias="BYBIT_API_SECRET")
    okx_network: Literal["testnet", "mainnet"] = Field(default="testnet", alias="OKX_NETWORK")
    okx_api_key: SecretStr | None = Field(default=None, alias="OKX_API_KEY")
    okx_api_secret: SecretStr | None = Field(default=None, alias="OKX_API_SECRET")
    okx_passphrase: SecretStr | None = Field(default=None, alias="OKX_PASSPHRASE")
    hyperliquid_network: Literal["testnet", "mainnet"] = Field(default="testnet", alias="HYPERLIQUID_NETWORK")
    hyperliquid_user: str | None = Field(default=None, alias="HYPERLIQUID_USER")
    hyperliquid_private_key: SecretStr | None = Field(default=None, alias="HYPERLIQUID_PRIVATE_KEY")


class Settings:
    """All parts. Raises InvalidInput, naming the variable, when a value cannot be used."""

    @cached_property
    def storage(self) -> StorageSettings:
        return _read(StorageSettings)

    @cached_property
    def log(self) -> LogSettings:
        return _read(LogSettings)

    @cached_property
    def server(self) -> ServerSettings:
        return _read(ServerSettings)

    @cached_property
    def model(self) -> ModelSettings:
        return _read(ModelSettings)

    @cached_property
    def aster(self) -> AsterSettings:
        return _read(AsterSettings)

    @cached_property
    def accounts(self) -> AccountsSettings:
        return _read(AccountsSettings)

    @cached_property
    def venues(self) -> VenueSettings:
        return _read(VenueSettings)


PARTS: tuple[type[BaseSettings], ...] = (
    StorageSettings,
    LogSettings,
    ServerSettings,
    ModelSettings,
    AsterSettings,
    VenueSettings,
    TradingSettings,
    AccountsSettings,
)


def environment() -> dict[str, str]:
    """Every variable that is set and not empty: those of `./.env`, and over them those of the process."""
    from dotenv import dotenv_values

    return {name: value for name, value in {**dotenv_values(".env"), **os.environ}.items() if value}


def part_of(part: type[Part], values: Mapping[str, object]) -> Part:
    """The part that these variables alone make; neither the environment nor `./.env` adds to them.

    Raises InvalidInput, naming the variable and never repeating its value, when one cannot be used.
    """
    try:
        made: Part = _detached(part)(**{name: values[name] for name in variables(part) if name in values})
        return made
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(first["msg"].lower(), field=str(first["loc"][0])) from None


@cache
def _detached(part: type[Part]) -> type[Part]:
    """One class per part, so that two readings of the same values are equal."""

    def only_given(_cls: Any, /, _part: object, init_settings: object, **_others: object) -> object:
        return (init_settings,)

    return type(part.__name__, (part,), {"settings_customise_sources": classmethod(only_given)})


def variables(*parts: type[BaseSettings]) -> set[str]:
    """The names of the environment variables that `parts` read; without any, of all that the product reads."""
    names: set[str] = set()
    for part in parts or PARTS:
        for info in part.model_fields.values():
            alias = info.validation_alias or info.alias
            names.update(str(c) for c in alias.choices) if isinstance(alias, AliasChoices) else names.add(str(alias))
    return names


def _read(part: type[Part]) -> Part:
    try:
        return part()
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            f"{first['input']!r}: {first['msg'].lower()}",
            field=str(first["loc"][0]),
            remedy="correct it in the environment or in ./.env",
        ) from None
