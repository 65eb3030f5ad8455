"""The account as values: balances, positions, orders, fills, plans, past decisions, limits; and its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from vibex.agent.context.performance import PerformanceFacts
from vibex.agent.context.readings import Freshness, Missing, Page, Reading, fresh, stamp, words
from vibex.domain import JsonValue, PositionSide, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPosition:
    """An open position; `quantity` above 0 in base units. `stop` and `target` are the prices that rest at the venue."""

    asset: str
    side: PositionSide
    quantity: Decimal
    entry_price: Decimal | None
    mark_price: Decimal | None
    unrealised_pnl: Decimal | None
    liquidation_price: Decimal | None
    leverage: Decimal | None
    stop: Decimal | None = None
    target: Decimal | None = None
    opened_at: datetime | None = None

    @property
    def signed_quantity(self) -> Decimal:
        """Above 0 for a long."""
        return self.quantity * self.side.direction


@dataclass(frozen=True, slots=True, kw_only=True)
class RestingOrder:
    """An open order of the account. `type` is its type in words; `is_foreign`: it was not placed here."""

    asset: str
    side: Side
    type: str
    quantity: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None
    reduce_only: bool
    is_foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentFill:
    """One execution; `fee` a cost when positive."""

    asset: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """Money in quote currency as read at `read_at`; None where the venue does not say."""

    read_at: datetime
    balance: Decimal | None
    equity: Decimal | None
    margin_used: Decimal | None
    available: Decimal | None
    positions: tuple[HeldPosition, ...] = ()
    orders: tuple[RestingOrder, ...] = ()
    fills: tuple[RecentFill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPlan:
    """What was planned for an open position when it was opened. `text` is the maker's: untrusted."""

    asset: str
    text: str
    since: datetime
    decision_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDecision:
    """An earlier decision and what came of it, in words of this product; `rationale` is untrusted."""

    asset: str
    action: str
    allocation_usd: Decimal
    at: datetime
    outcome: str
    rationale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UntrustedText:
    """Words from outside (news, a person's notes): data for the model, never instructions."""

    source: str
    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """What the account's policy allows, as far as a maker has to know; risk decides again.

    `cooldowns` name the time until which an asset must not be entered; `state` is ACTIVE, REDUCING or HALTED;
    `orders_left` are the entries left in this hour, None when they are not limited or not known.
    """

    max_exposure: Decimal = Decimal(1)
    min_leverage: int = 2
    max_leverage: int = 5
    flip: bool = False
    pyramiding: bool = False
    cooldowns: Mapping[str, datetime] = field(default_factory=dict)
    orders_left: int | None = None
    state: str = "ACTIVE"
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """Everything that is known of an account when a decision is made."""

    state: AccountState
    performance: PerformanceFacts
    limits: AccountLimits = AccountLimits()
    plans: tuple[ExitPlan, ...] = ()
    decisions: tuple[PastDecision, ...] = ()
    news: tuple[UntrustedText, ...] = ()

    def position(self, asset: str) -> HeldPosition | None:
        return next((held for held in self.state.positions if held.asset == asset), None)

    def is_stale(self, at: datetime, freshness: Freshness) -> str | None:
        """Why the account's state cannot be relied on at `at`; None when it can."""
        checked = fresh(Reading(Decimal(0), self.state.read_at), at, freshness.account_s)
        return checked.reason if isinstance(checked, Missing) else None


def account_document(view: AccountView, at: datetime) -> dict[str, JsonValue]:
    """Balances, positions and open orders; numbers as numbers, null with a reason under `missing`."""
    state, page = view.state, Page()
    document: dict[str, JsonValue] = {
        name: page.amount(name, getattr(state, name)) for name in ("balance", "equity", "margin_used", "available")
    }
    document["positions"] = [_position(held, at, page) for held in state.positions]
    document["open_orders"] = [_order(order) for order in state.orders]
    return {**document, "as_of": stamp(state.read_at), "missing": page.missing}


def fills_document(view: AccountView) -> list[JsonValue]:
    """Recent fills, newest last."""
    return [
        {
            "asset": fill.asset,
            "side": fill.side.value,
            "quantity": float(fill.quantity),
            "price": float(fill.price),
            "fee": float(fill.fee),
            "at": stamp(fill.at),
        }
        for fill in sorted(view.state.fills, key=lambda fill: fill.at)
    ]


def limits_document(limits: AccountLimits, assets: Mapping[str, object], at: datetime) -> dict[str, JsonValue]:
    """What may be opened, and which assets have to wait."""
    waiting: dict[str, JsonValue] = {
        asset: f"no entry until {stamp(until)} ({words(until - at)} left)"
        for asset, until in limits.cooldowns.items()
        if asset in assets and until > at
    }
    return {
        "trading_state": limits.state,
        "max_gross_exposure_of_equity": float(limits.max_exposure),
        "leverage": [limits.min_leverage, limits.max_leverage],
        "may_flip_in_one_decision": limits.flip,
        "may_add_to_a_position": limits.pyramiding,
        "entries_left_this_hour": limits.orders_left,
        "cooldowns": waiting,
        "rules": list(limits.words),
    }


def _position(held: HeldPosition, at: datetime, page: Page) -> dict[str, JsonValue]:
    where = f"positions.{held.asset}"
    numbers: dict[str, JsonValue] = {
        name: page.amount(f"{where}.{name}", getattr(held, name))
        for name in ("entry_price", "mark_price", "unrealised_pnl", "liquidation_price", "leverage")
    }
    for name, level in (("sl_price", held.stop), ("tp_price", held.target)):
        numbers[name] = page.amount(f"{where}.{name}", level, "none rests at the venue")
    opened: JsonValue = None if held.opened_at is None else stamp(held.opened_at)
    age: JsonValue = None if held.opened_at is None else words(at - held.opened_at)
    return {
        "asset": held.asset,
        "side": held.side.value,
        "quantity": float(held.quantity),
        **numbers,
        "opened_at": opened,
        "held_for": age,
    }


def _order(order: RestingOrder) -> dict[str, JsonValue]:
    return {
        "asset": order.asset,
        "side": order.side.value,
        "type": order.type,
        "quantity": None if order.quantity is None else float(order.quantity),
        "price": None if order.price is None else float(order.price),
        "trigger_price": None if order.trigger_price is None else float(order.trigger_price),
        "reduce_only": order.reduce_only,
        "placed_elsewhere": order.is_foreign,
    }
