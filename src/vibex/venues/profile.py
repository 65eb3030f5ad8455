"""What a venue can do, as data, and the check that refuses everything else before the wire.

A client must not send what its profile does not list: venues and libraries drop unknown flags in silence, and a stop
without its reduce-only flag opens a position.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from vibex.domain import ApprovedEntry, OrderType, ProtectiveExit, TimeInForce
from vibex.venues.outcome import Refused
from vibex.venues.reports import MarginMode, PositionMode

Request = ApprovedEntry | ProtectiveExit


class TriggerPrice(StrEnum):
    """Which price fires a stop."""

    LAST = "last"
    MARK = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSchedule:
    """Published costs of an account without discounts: for paper trading and estimates; what an account really pays is
    the venue's answer. Fractions of the notional, negative for a rebate; funding at most every so many hours."""

    maker: Decimal
    taker: Decimal
    funding_interval_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueProfile:
    """The abilities of a venue that this product uses and has proved.

    `exit_types` are reduce-only with a quantity, `closing_types` close the whole position without one. Without
    `has_account_stream` the stream only says, every few seconds, that the account has to be read again. Limits count
    per account unless named otherwise.
    """

    name: str
    entry_types: frozenset[OrderType]
    exit_types: frozenset[OrderType]
    closing_types: frozenset[OrderType]
    times_in_force: frozenset[TimeInForce]
    entry_trigger: TriggerPrice
    exit_trigger: TriggerPrice
    margin_modes: frozenset[MarginMode]
    position_modes: frozenset[PositionMode]
    longest_client_id: int
    max_leverage: int
    weight_per_minute: int
    orders_per_minute: int
    batch_size: int
    client_id_is_unique_for_ever: bool
    has_dead_mans_switch: bool
    has_account_stream: bool
    history_window: timedelta
    fees: FeeSchedule


def check(request: Request, profile: VenueProfile, now: datetime) -> Refused | None:
    """None when `request` may be sent at `now`; otherwise why not."""
    if len(str(request.client_order_id)) > profile.longest_client_id:
        return _refused(
            "client-id-too-long", f"{profile.name} takes {profile.longest_client_id} characters", "map the client id"
        )
    if isinstance(request, ApprovedEntry):
        return _check_entry(request, profile, now)
    return _check_exit(request, profile)


def _check_entry(entry: ApprovedEntry, profile: VenueProfile, now: datetime) -> Refused | None:
    if entry.type not in profile.entry_types:
        return _refused("not-in-profile", f"{profile.name} has no {entry.type} entries", _one_of(profile.entry_types))
    if entry.time_in_force not in profile.times_in_force:
        return _refused(
            "not-in-profile", f"{profile.name} has no {entry.time_in_force}", _one_of(profile.times_in_force)
        )
    if not entry.type.has_price and entry.time_in_force is not TimeInForce.GTC:
        return _refused(
            "not-in-profile", f"a {entry.type} order has no time in force", "leave it at gtc, which is not sent"
        )
    if entry.leverage > profile.max_leverage:
        return _refused("not-in-profile", f"{profile.name} has at most {profile.max_leverage}× leverage", "lower it")
    if now > entry.valid_until:
        return _refused("too-late", "the approval has run out", "ask the risk gate again")
    for price in (entry.price, entry.trigger_price):
        if price is not None and not entry.min_price <= price <= entry.max_price:
            return _refused(
                "outside-approval",
                f"{price} lies outside the approved {entry.min_price}..{entry.max_price}",
                "ask the risk gate again",
            )
    return None


def _check_exit(order: ProtectiveExit, profile: VenueProfile) -> Refused | None:
    known = profile.closing_types if order.closes_position else profile.exit_types
    if order.type in known:
        return None
    what = "exits of the whole position" if order.closes_position else "reduce-only exits"
    remedy = "name the quantity" if order.type in profile.exit_types else _one_of(known)
    return _refused("not-in-profile", f"{profile.name} has no {order.type} {what}", remedy)


def _one_of(values: frozenset[OrderType] | frozenset[TimeInForce]) -> str:
    return "use one of " + ", ".join(sorted(values))


def _refused(code: str, words: str, remedy: str) -> Refused:
    return Refused(code=code, words=words, remedy=remedy)
