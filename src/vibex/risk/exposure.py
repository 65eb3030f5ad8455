"""How much is at stake: notionals by symbol, with waiting entries counted as if they filled.

An order that was sent and not answered counts at its full size: it may be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from vibex.domain import ApprovedEntry, PositionSide, Side
from vibex.risk.inputs import AccountFacts, RiskInput
from vibex.risk.policy import Policy
from vibex.venues.reports import MarginMode, ReportedOrder

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One symbol in quote currency: `held` is signed, `buys` and `sells` wait and are ≥ 0."""

    held: Decimal = ZERO
    buys: Decimal = ZERO
    sells: Decimal = ZERO

    def reach(self, side: PositionSide) -> Decimal:
        """The largest notional on `side` once the waiting orders of that side have filled."""
        return max(ZERO, self.held + self.buys if side is PositionSide.LONG else self.sells - self.held)

    @property
    def worst(self) -> Decimal:
        return max(self.reach(PositionSide.LONG), self.reach(PositionSide.SHORT))

    def plus(self, side: Side, notional: Decimal) -> Exposure:
        if side is Side.BUY:
            return replace(self, buys=self.buys + notional)
        return replace(self, sells=self.sells + notional)


def exposures(account: AccountFacts, prices: Mapping[str, Decimal]) -> dict[str, Exposure]:
    """By symbol. `prices` must hold the mark of every symbol that is held or waiting (`symbols_at_stake`)."""
    found: dict[str, Exposure] = {}
    for position in account.positions:
        before = found.get(position.symbol, Exposure())
        found[position.symbol] = replace(before, held=before.held + position.quantity * prices[position.symbol])
    for order in waiting_orders(account):
        price = max(order.price or order.trigger_price or ZERO, prices[order.symbol])
        found[order.symbol] = found.get(order.symbol, Exposure()).plus(order.side, _remaining(order) * price)
    for entry in unseen_entries(account):
        price = max(entry.max_price, prices[entry.symbol])
        found[entry.symbol] = found.get(entry.symbol, Exposure()).plus(entry.side, entry.quantity * price)
    return found


def symbols_at_stake(account: AccountFacts) -> set[str]:
    held = {position.symbol for position in account.positions if position.quantity != 0}
    waiting = {order.symbol for order in waiting_orders(account)}
    return held | waiting | {entry.symbol for entry in unseen_entries(account)}


def waiting_orders(account: AccountFacts) -> Iterator[ReportedOrder]:
    """Resting orders that can open something, ours or not."""
    for order in account.open_orders:
        if not (order.reduce_only or order.closes_position or order.status.is_final):
            yield order


def unseen_entries(account: AccountFacts) -> Iterator[ApprovedEntry]:
    """Approvals on the way that the venue's list does not show."""
    seen = {order.client_order_id for order in account.open_orders}
    return (entry for entry in account.in_flight if str(entry.client_order_id) not in seen)


def other_cross_profit(account: AccountFacts, symbol: str, prices: Mapping[str, Decimal]) -> Decimal:
    """Open profit, at `prices`, of the cross positions in other symbols than `symbol`."""
    return sum(
        (
            position.quantity * (prices[position.symbol] - position.entry_price)
            for position in account.positions
            if position.symbol != symbol
            and position.quantity != 0
            and position.margin_mode is MarginMode.CROSS
            and position.entry_price is not None
        ),
        ZERO,
    )


def losing_together(
    symbol: str, side: PositionSide, found: Mapping[str, Exposure], inputs: RiskInput
) -> dict[str, Decimal]:
    """The notionals, by symbol, that would lose when `symbol` moves against `side`; its own included."""
    parts: dict[str, Decimal] = {}
    for other, exposure in found.items():
        if other == symbol or _same_group(symbol, other, inputs.policy):
            parts[other] = exposure.reach(side)
            continue
        correlation = inputs.correlations.get(frozenset((symbol, other)))
        if correlation is None:
            parts[other] = exposure.worst
        elif abs(correlation) >= inputs.policy.group_correlation:
            parts[other] = exposure.reach(side if correlation >= 0 else _opposite(side))
    return {other: notional for other, notional in parts.items() if notional > 0}


def asset_of(symbol: str) -> str:
    """BTC of BTC/USDT."""
    return symbol.partition("/")[0]


def _same_group(one: str, other: str, policy: Policy) -> bool:
    pair = {asset_of(one), asset_of(other)}
    return any(pair <= set(members) for members in policy.groups.values())


def _opposite(side: PositionSide) -> PositionSide:
    return PositionSide.SHORT if side is PositionSide.LONG else PositionSide.LONG


def _remaining(order: ReportedOrder) -> Decimal:
    return (order.quantity or ZERO) - order.filled_quantity
