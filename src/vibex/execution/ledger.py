"""The account as the journal tells it: orders, positions, plans. A pure fold; the venue's events become facts here.

Fills are known by (symbol, trade id), so that whatever comes twice counts once (bugs: nautilus_trader#3104, PR#3493;
QuantDinger PR#232: a ledger that doubled after a restart).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from vibex.domain import ClientOrderId, InvalidInput, OrderKind, Position, PositionSide, Side
from vibex.execution.facts import Fact, FactKind, plain
from vibex.execution.orders import TrackedOrder, order_of, recovered, report
from vibex.execution.plans import Plan, plan_of
from vibex.venues import ReportedFill, ReportedOrder

LIQUIDATION, DELEVERAGING = "autoclose-", "adl_autoclose"
"""How the venue names the orders by which it closes positions itself."""


def is_forced(client_order_id: str | None) -> bool:
    return client_order_id is not None and client_order_id.startswith((LIQUIDATION, DELEVERAGING))


@dataclass(slots=True)
class Ledger:
    """`account_tag` tells our orders from those of others."""

    account_tag: str
    orders: dict[str, TrackedOrder] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    trades: set[tuple[str, str]] = field(default_factory=set)
    killed: bool = False
    last_fill_at: datetime | None = None
    _entry_plans: dict[str, Plan] = field(default_factory=dict)
    _strays: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    """Executions of orders that were nobody's when they were read, by the venue's order id: the trade list carries no
    client id, and an order of ours that is in doubt has no venue id yet."""

    def fold(self, facts: Iterable[Fact]) -> Ledger:
        for fact in facts:
            self.follow(fact)
        return self

    def is_ours(self, client_order_id: str | None) -> bool:
        """By prefix and tag; an id of ours that another process made is ours as well."""
        try:
            return client_order_id is not None and ClientOrderId.parse(client_order_id).account_tag == self.account_tag
        except InvalidInput:
            return False

    def position(self, symbol: str) -> Position:
        return self.positions.get(symbol) or Position(symbol=symbol)

    def live(self, symbol: str | None = None, *kinds: OrderKind) -> list[TrackedOrder]:
        """Orders that may still trade, oldest first."""
        return [
            order
            for order in self.orders.values()
            if order.is_live and symbol in (None, order.symbol) and (not kinds or order.kind in kinds)
        ]

    def in_doubt(self, symbol: str) -> TrackedOrder | None:
        """An order of `symbol` whose fate is not known: it blocks new risk there (rule 3)."""
        return next((order for order in self.live(symbol) if order.is_in_doubt), None)

    def exposed(self) -> set[str]:
        """Symbols with a position or with a live order."""
        held = {symbol for symbol, position in self.positions.items() if position.quantity}
        return held | {order.symbol for order in self.live()}

    # What follows from a fact.

    def follow(self, fact: Fact) -> None:
        """Raises Overfilled, and changes nothing, when an order would be filled beyond its quantity."""
        match fact.kind:
            case FactKind.INTENT | FactKind.RECOVERED:
                self._begin(fact)
            case FactKind.FILL:
                self._fill(fact)
            case FactKind.PLAN:
                self.plans[_symbol(fact)] = plan_of(fact.values, fact.correlation_id)
            case FactKind.ADOPTED | FactKind.EXTERNAL if "quantity" in fact.values:
                self._set_position(fact)
            case FactKind.KILL_STARTED:
                self.killed = True
            case _:
                self._tell(fact)

    def _begin(self, fact: Fact) -> None:
        order = order_of(fact)
        self.orders[order.client_order_id] = order
        protection = fact.values.get("protection")
        if isinstance(protection, dict):
            self._entry_plans[order.client_order_id] = plan_of(protection, fact.correlation_id)

    def _tell(self, fact: Fact) -> None:
        order = self.orders.get(fact.order or "")
        if order is None:
            return
        order = order.follow(fact)
        for trade_id, quantity in self._strays.pop(order.venue_order_id or "", {}).items():
            order = order.executed(trade_id, quantity)
            self._take_up_plan(order.symbol, order.client_order_id)
        self.orders[order.client_order_id] = order

    def _take_up_plan(self, symbol: str, name: str) -> None:
        """The exits that came with an entry are the position's as soon as it fills."""
        plan, side = self._entry_plans.get(name), self.position(symbol).side
        if plan is not None and side is plan.side:
            standing = self.plans.get(symbol)
            fresh = standing is None or standing.is_emergency
            self.plans[symbol] = plan if standing is None or fresh else standing.amended(plan.protection)

    def _fill(self, fact: Fact) -> None:
        symbol = _symbol(fact)
        key = (symbol, fact.text("trade_id"))
        if key in self.trades:
            return
        self._tell(fact)
        self.trades.add(key)
        before = self.position(symbol)
        after = before.traded(
            side=Side(fact.text("side")),
            quantity=fact.number("quantity"),
            price=fact.number("price"),
            fee=fact.number("fee"),
        )
        self._hold(symbol, before, after)
        self._take_up_plan(symbol, fact.order or "")
        venue_id = fact.maybe_text("venue_order_id")
        if venue_id is not None and fact.order not in self.orders:
            self._strays.setdefault(venue_id, {})[key[1]] = fact.number("quantity")
        if self.last_fill_at is None or fact.at > self.last_fill_at:
            self.last_fill_at = fact.at

    def _set_position(self, fact: Fact) -> None:
        """The venue's word where fills do not account for it."""
        symbol, quantity = _symbol(fact), fact.number("quantity")
        before = self.position(symbol)
        after = Position(
            symbol=symbol,
            quantity=quantity,
            entry_price=fact.maybe_number("entry_price") if quantity else None,
            realised_pnl=before.realised_pnl,
            fees=before.fees,
        )
        self._hold(symbol, before, after)

    def _hold(self, symbol: str, before: Position, after: Position) -> None:
        self.positions[symbol] = after
        if after.side is not before.side:
            self.plans.pop(symbol, None)

    # What becomes of the venue's word.

    def news(self, order: ReportedOrder | None, fill: ReportedFill | None, at: datetime, *, told: bool) -> list[Fact]:
        """The facts in a report that the journal does not have yet. `told` marks a message of the stream, whose
        repetition is noted; what is read again on purpose is not."""
        facts: list[Fact] = []
        known: TrackedOrder | None = None
        if order is not None:
            known = self.orders.get(order.client_order_id)
            if known is None and self.is_ours(order.client_order_id):
                facts.append(recovered(order, at))
                known = order_of(facts[0])
        if fill is not None:
            owner = known or self._owner(fill)
            if (fill.symbol, fill.trade_id) not in self.trades:
                facts.extend(self._fill_facts(fill, owner))
                if owner is not None:
                    known = owner.executed(fill.trade_id, fill.quantity)
            elif told:
                facts.append(_row(FactKind.DUPLICATE, fill, at, owner))
        if order is not None and known is not None:
            news = report(order, at, known.correlation_id)
            if known.follow(news) != known:
                facts.append(news)
        return facts

    def _owner(self, fill: ReportedFill) -> TrackedOrder | None:
        by_name = self.orders.get(fill.client_order_id or "")
        if by_name is not None:
            return by_name
        same = (one for one in self.orders.values() if one.venue_order_id == fill.venue_order_id)
        return next((one for one in same if one.symbol == fill.symbol), None)

    def _fill_facts(self, fill: ReportedFill, owner: TrackedOrder | None) -> list[Fact]:
        facts = [_row(FactKind.FILL, fill, fill.event_at, owner)]
        name = fill.client_order_id or ""
        if owner is None:
            kind = FactKind.EXTERNAL
            if name.startswith(LIQUIDATION):
                kind = FactKind.LIQUIDATED
            elif name.startswith(DELEVERAGING):
                kind = FactKind.DELEVERAGED
            facts.append(
                Fact(
                    kind=kind,
                    at=fill.event_at,
                    correlation_id=name or fill.trade_id,
                    symbol=fill.symbol,
                    order=name or None,
                    values={"traded": plain(fill.quantity), "side": fill.side.value, "price": plain(fill.price)},
                )
            )
        return facts

    def missing_fills(self) -> set[str]:
        """Symbols in which an order of ours filled more than the known executions account for."""
        return {order.symbol for order in self.orders.values() if order.missing_fills}

    def next_sequence(self, lease_epoch: int) -> int:
        """The first unused sequence of ids under `lease_epoch`."""
        used = [
            made.sequence
            for made in (ClientOrderId.parse(name) for name in self.orders if self.is_ours(name))
            if made.lease_epoch == lease_epoch
        ]
        return max(used, default=0) + 1


def _symbol(fact: Fact) -> str:
    if fact.symbol is None:
        raise InvalidInput(f"a {fact.kind} row without a symbol", field="symbol", remedy="restore the journal")
    return fact.symbol


def _row(kind: FactKind, fill: ReportedFill, at: datetime, owner: TrackedOrder | None) -> Fact:
    return Fact(
        kind=kind,
        at=at,
        correlation_id=(fill.client_order_id or fill.trade_id) if owner is None else owner.correlation_id,
        symbol=fill.symbol,
        order=fill.client_order_id if owner is None else owner.client_order_id,
        values={
            "trade_id": fill.trade_id,
            "venue_order_id": str(fill.venue_order_id),
            "side": fill.side.value,
            "quantity": plain(fill.quantity),
            "price": plain(fill.price),
            "fee": plain(fill.fee),
            "fee_currency": fill.fee_currency,
            "liquidity": fill.liquidity.value,
        },
    )


def closing_side(position: Position) -> Side:
    return Side.SELL if position.quantity > 0 else Side.BUY


def side_of(quantity: Decimal) -> PositionSide:
    return PositionSide.LONG if quantity > 0 else PositionSide.SHORT
