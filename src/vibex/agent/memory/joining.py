"""From fills to closed trades: a position from flat to flat, joined to the decision whose entry opened it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from vibex.agent.memory.trade import ClosedTrade, OpeningDecision
from vibex.domain import ClientOrderId, Fill, InvalidInput, OrderKind, Position, PositionSide

Opener = Callable[[ClientOrderId], OpeningDecision | None]
"""The decision behind an order of ours; None where there is none."""
Funding = Callable[[str, datetime, datetime], Decimal | None]
"""Funding paid (received: below 0) for a symbol between two times, None where it is not known."""

_ENDED_BY = {
    OrderKind.STOP: "stop",
    OrderKind.TARGET: "target",
    OrderKind.EXIT: "decision",
    OrderKind.ENTRY: "decision",
}


@dataclass(slots=True, kw_only=True)
class _Open:
    """A position that is not flat yet: what was traded on each side of it."""

    first: Fill
    side: PositionSide
    position: Position
    entered: Decimal = Decimal(0)
    entered_for: Decimal = Decimal(0)
    left: Decimal = Decimal(0)
    left_for: Decimal = Decimal(0)

    def take(self, fill: Fill) -> None:
        self.position = self.position.apply(fill)
        if fill.side is self.side.entry_side:
            self.entered += fill.quantity
            self.entered_for += fill.notional
        else:
            self.left += fill.quantity
            self.left_for += fill.notional


def closed_trades(fills: Iterable[Fill], opener: Opener, funding: Funding | None = None) -> tuple[ClosedTrade, ...]:
    """Every position that was opened and closed by `fills` (in order, from flat), oldest close first.

    A trade carries the id of its first fill; prices are averages. A fill that crosses zero closes one trade and opens
    the next. A fill that is reported twice counts once. Raises InvalidInput for fees in another currency than the
    symbol's quote, which have to be converted first.
    """
    trades: list[ClosedTrade] = []
    running: dict[str, _Open] = {}
    seen: set[tuple[str, str]] = set()
    for fill in fills:
        if (fill.symbol, fill.trade_id) in seen:
            continue
        seen.add((fill.symbol, fill.trade_id))
        _refuse_foreign_fee(fill)
        for part in _parts(fill, running.get(fill.symbol)):
            now = running.get(fill.symbol)
            if now is None:
                side = PositionSide.LONG if part.side is PositionSide.LONG.entry_side else PositionSide.SHORT
                now = running[fill.symbol] = _Open(first=part, side=side, position=Position(symbol=fill.symbol))
            now.take(part)
            if now.position.quantity == 0:
                trades.append(_closed(now, part, opener, funding))
                del running[fill.symbol]
    return tuple(trades)


def _parts(fill: Fill, now: _Open | None) -> tuple[Fill, ...]:
    """The fill, in two where it crosses zero; the fee is divided by quantity."""
    held = Decimal(0) if now is None else abs(now.position.quantity)
    if now is None or fill.side is now.side.entry_side or fill.quantity <= held:
        return (fill,)
    fee = fill.fee * held / fill.quantity
    return (
        replace(fill, quantity=held, fee=fee),
        replace(fill, quantity=fill.quantity - held, fee=fill.fee - fee),
    )


def _closed(now: _Open, last: Fill, opener: Opener, funding: Funding | None) -> ClosedTrade:
    paid = None if funding is None else funding(last.symbol, now.first.event_at, last.event_at)
    position = now.position
    return ClosedTrade(
        id=f"{last.symbol}:{now.first.trade_id}",
        asset=last.symbol.partition("/")[0],
        side=now.side,
        quantity=now.entered,
        entry_price=now.entered_for / now.entered,
        exit_price=now.left_for / now.left,
        opened_at=now.first.event_at,
        closed_at=last.event_at,
        pnl=position.realised_pnl - position.fees - (paid or Decimal(0)),
        fees=position.fees,
        funding=paid,
        exit_reason=_ENDED_BY[last.client_order_id.kind],
        decision=opener(now.first.client_order_id),
    )


def _refuse_foreign_fee(fill: Fill) -> None:
    quote = fill.symbol.partition("/")[2]
    if fill.fee and quote and fill.fee_currency != quote:
        raise InvalidInput(
            f"the fee of {fill.symbol} {fill.trade_id} is in {fill.fee_currency}, not in {quote}",
            field="fee_currency",
            remedy=f"convert it to {quote} first",
        )
