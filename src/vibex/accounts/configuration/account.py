"""One account as it is configured: validated, frozen, and comparable with what it was before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vibex.domain import AccountId, InvalidInput, Timeframe
from vibex.settings import AsterSettings, ModelSettings, TradingSettings, TradingVenue, part_of

if TYPE_CHECKING:
    from vibex.venues.aster import AsterConfig

_ASSET = re.compile(r"[A-Z0-9]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConfig:
    """One account. `origin` is the file it stands in, or "environment"; two configurations are equal when nothing
    that matters to trading differs. `rate_budget` is request weight per minute, None for a share of the venue's."""

    id: AccountId
    origin: str
    assets: tuple[str, ...]
    interval: Timeframe
    venue: TradingVenue
    policy_file: Path | None
    strategy_file: Path | None
    rate_budget: int | None
    aster: AsterSettings
    model: ModelSettings

    @property
    def maker(self) -> str:
        """Who decides: a strategy where one is named, else the model where one can be asked, else the baseline."""
        if self.strategy_file is not None:
            return "strategy"
        return "model" if self.model.is_configured else "baseline"

    @property
    def has_venue_keys(self) -> bool:
        return any((self.aster.api_key, self.aster.private_key, self.aster.mnemonic))

    def differences(self, before: AccountConfig) -> tuple[str, ...]:
        """Names of the fields that are not what they were; values are not told, keys are among them."""
        names = ("assets", "interval", "venue", "policy_file", "strategy_file", "rate_budget", "aster", "model")
        return tuple(name for name in names if getattr(self, name) != getattr(before, name))


def account_of(account_id: AccountId, values: Mapping[str, object], origin: str) -> AccountConfig:
    """The account that these single-account variables make, and nothing but these.

    Raises InvalidInput naming the account and the variable.
    """
    try:
        trading, aster = part_of(TradingSettings, values), part_of(AsterSettings, values)
        model = part_of(ModelSettings, values)
        assets = _assets(trading.assets)
    except InvalidInput as error:
        raise InvalidInput(
            f"{error.field}: {error.message}", field=f"account {account_id}", remedy=error.remedy
        ) from None
    return AccountConfig(
        id=account_id,
        origin=origin,
        assets=assets,
        interval=Timeframe(trading.interval),
        venue=trading.venue,
        policy_file=trading.policy_file,
        strategy_file=trading.strategy_file,
        rate_budget=trading.rate_budget,
        aster=aster,
        model=model,
    )


def venue_config(account: AccountConfig) -> AsterConfig:
    """Addresses and keys of the account's venue; without keys for paper, whose prices are public.

    Raises InvalidInput naming the account: for keys that are missing or half there, for a simulator that is not on this
    machine, and for keys that would move real money while VIBEX_LIVE is not `yes`.
    """
    from vibex.venues.aster import config_of, public_config

    try:
        if account.venue is TradingVenue.PAPER:
            return public_config(account.aster)
        config = config_of(account.aster)
    except InvalidInput as error:
        raise InvalidInput(f"account {account.id}: {error.message}", field=error.field, remedy=error.remedy) from None
    if account.venue is TradingVenue.SIMULATOR and not config.is_local:
        raise InvalidInput(
            f"account {account.id} trades on a simulator, and no address of one is given",
            field="ASTERDEX_BASE_URL",
            remedy="start `vibex sim` and set the address that it prints as `rest`",
        )
    if config.credentials is None:
        raise InvalidInput(
            f"account {account.id} has no venue keys",
            field="ASTERDEX_API_KEY",
            remedy="set the keys, or TRADING_VENUE=paper to trade without any",
        )
    return config


def _assets(words: tuple[str, ...]) -> tuple[str, ...]:
    for index, asset in enumerate(words):
        if not _ASSET.fullmatch(asset):
            raise InvalidInput(f"{asset!r} is no asset", field="ASSETS", remedy="write BTC ETH SOL")
        if asset in words[:index]:
            raise InvalidInput(f"{asset} is listed twice", field="ASSETS", remedy="leave one out")
    return words
