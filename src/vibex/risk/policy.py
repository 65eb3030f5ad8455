"""What an account may do, as data: one frozen `Policy` per account, its defaults careful, every value ranged.

The table of the manual, the plain reading and the checks of the file all come from the fields of this class.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from vibex.venues.reports import MarginMode


class EntryType(StrEnum):
    """MARKET takes what is there; LIMIT waits at the price that was judged, until the approval runs out."""

    MARKET = "market"
    LIMIT = "limit"


def _asset(name: str) -> str:
    if not name or not name.isascii() or not name.isalnum() or name != name.upper():
        raise ValueError("must be written like BTC")
    return name


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"names {', '.join(twice)} more than once")
    return names


def _number_of(value: object) -> object:
    """A number as its written digits; text that looks like one is none."""
    if isinstance(value, str | bool):
        raise ValueError("must be a number")
    return Decimal(repr(value)) if isinstance(value, int | float) else value


Number = Annotated[Decimal, BeforeValidator(_number_of)]
Asset = Annotated[str, Field(max_length=20), AfterValidator(_asset)]
Assets = Annotated[tuple[Asset, ...], Field(min_length=1, max_length=200), AfterValidator(_distinct)]
GroupName = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


def _number(least: str, most: str, default: str, description: str) -> Decimal:
    field: Decimal = Field(
        default=Decimal(default), ge=Decimal(least), le=Decimal(most), allow_inf_nan=False, description=description
    )
    return field


class Policy(BaseModel):
    """The limits of one account. Percentages are percent (2 is 2 %), exposures multiples of equity.

    Raises pydantic's ValidationError; `policy_file.parse` turns it into InvalidInput in words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    version: Literal[1] = Field(default=1, description="Form of the file; 1 is the only one.")
    name: str = Field(
        default="default",
        pattern=r"^[A-Za-z0-9_-]{1,40}$",
        description="Name of the policy; every approved order carries it.",
    )

    assets: Assets | None = Field(
        default=None, description="Assets that may be entered. Absent: all that the account is configured for."
    )
    pyramiding: bool = Field(default=False, description="Whether an entry may add to a position of the same side.")
    flip: bool = Field(
        default=False, description="Whether one decision may close a position and then open the other side."
    )

    margin_mode: MarginMode = Field(
        default=MarginMode.ISOLATED,
        description="Isolated: a position can lose its own margin. Cross: all of the account stands behind it.",
    )
    min_leverage: int = Field(default=2, ge=1, le=125, description="Least leverage of an entry, tried first.")
    max_leverage: int = Field(default=5, ge=1, le=125, description="Most leverage; used when less needs more margin.")
    entry_type: EntryType = Field(
        default=EntryType.MARKET, description="Market orders, or limit orders at the price that was judged."
    )

    max_position_exposure: Number = _number(
        "0.001", "125", "0.5", "Most notional in one asset, as a multiple of equity."
    )
    max_gross_exposure: Number = _number(
        "0.001", "125", "1", "Most notional of all positions and waiting entries together, as a multiple of equity."
    )
    max_position_notional: Number | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="Most notional in one asset, in quote currency."
    )
    max_total_notional: Number | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="Most notional of everything, in quote currency."
    )
    groups: dict[GroupName, Assets] = Field(
        default_factory=dict, description="Assets that count as moving together, by name of the group."
    )
    max_group_exposure: Number = _number(
        "0.001", "125", "1", "Most notional that would lose together with an entry, as a multiple of equity."
    )
    group_correlation: Number = _number(
        "0", "1", "0.8", "Assets with at least this correlation count as moving together; so do unknown ones."
    )
    free_margin_reserve_pct: Number = _number(
        "0", "95", "10", "Part of equity that stays free margin after an entry, in percent."
    )

    max_loss_at_stop_pct: Number = _number(
        "0.01", "100", "2", "Most that one entry may lose at its stop, costs included, in percent of equity."
    )
    min_stop_pct: Number = _number("0.01", "50", "0.3", "Least distance of a stop from the price, in percent.")
    max_stop_pct: Number = _number("0.01", "90", "10", "Greatest distance of a stop from the price, in percent.")
    liquidation_buffer_pct: Number = _number(
        "1", "90", "20", "Part of the way to liquidation, next to it, in which no stop may lie, in percent."
    )
    slippage_pct: Number = _number(
        "0", "10", "0.1", "How much worse than its level a stop is assumed to fill, in percent."
    )

    max_daily_loss_pct: Number = _number(
        "0.1", "100", "5", "Loss since 00:00 UTC that ends entries for the day, in percent of equity at 00:00."
    )
    max_drawdown_pct: Number = _number(
        "0.1", "100", "20", "Loss from the highest equity that halts the account, in percent."
    )
    max_orders_per_hour: int = Field(
        default=12, ge=1, le=10_000, description="Entry orders in any 60 minutes; exits are not counted."
    )
    cooldown_minutes: int = Field(
        default=15, ge=0, le=10_080, description="Minutes without a new entry in an asset after its position closed."
    )
    flip_window_minutes: int = Field(
        default=240, ge=0, le=43_200, description="Minutes after an entry in which the other side needs confirmation."
    )
    flip_confirmations: int = Field(
        default=2, ge=1, le=20, description="Decisions in a row for the other side that such an entry needs."
    )
    max_funding_pct_per_day: Number = _number(
        "0", "100", "0.3", "Most funding that an entry may pay at the present rate, in percent of notional per day."
    )

    max_price_drift_pct: Number = _number(
        "0.01", "10", "0.5", "How far the price may go between approval and order, in percent."
    )
    max_mark_gap_pct: Number = _number(
        "0.01", "20", "1", "Most difference of last price and mark price at an entry, in percent."
    )
    max_time_to_live_s: int = Field(
        default=300,
        ge=1,
        le=86_400,
        description="Seconds after which an approval runs out, whatever the decision says.",
    )
    max_price_age_s: int = Field(default=10, ge=1, le=600, description="Seconds after which a price is stale.")
    max_account_age_s: int = Field(
        default=30, ge=1, le=600, description="Seconds after which the reading of the account is stale."
    )
    max_clock_skew_ms: int = Field(
        default=1000,
        ge=1,
        le=5000,
        description="Difference to the venue's clock at which entries stop, in milliseconds.",
    )

    @model_validator(mode="after")
    def _agree(self) -> Policy:
        for less, more in (
            ("min_leverage", "max_leverage"),
            ("min_stop_pct", "max_stop_pct"),
            ("max_position_exposure", "max_gross_exposure"),
            ("max_gross_exposure", "max_leverage"),
        ):
            if getattr(self, less) > getattr(self, more):
                raise ValueError(f"{less} {getattr(self, less)} is above {more} {getattr(self, more)}")
        return self
