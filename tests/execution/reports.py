"""Facts and reports of the venue for the tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from vibex.domain import (
    ClientOrderId,
    Liquidity,
    OrderKind,
    OrderStatus,
    OrderType,
    ProtectiveExit,
    Side,
    VenueOrderId,
    account_id,
)
from vibex.execution.ledger import Ledger
from vibex.execution.orders import intended
from vibex.venues import (
    AccountSnapshot,
    MarginMode,
    PositionMode,
    ReportedFill,
    ReportedOrder,
    ReportedPosition,
    VenueInstrument,
)

SYMBOL = "BTC/USDT"
START = datetime(2026, 1, 5, 12, tzinfo=UTC)
TAG = "tests"
RULES = VenueInstrument(
    symbol=SYMBOL, venue_symbol="BTCUSDT", base="BTC", quote="USDT", margin_asset="USDT", is_trading=True,
    status="TRADING", tick=Decimal("0.1"), min_price=Decimal("0.1"), max_price=Decimal(1_000_000), lot=Decimal("0.001"),
    min_quantity=Decimal("0.001"), max_quantity=Decimal(100), market_lot=Decimal("0.001"),
    market_min_quantity=Decimal("0.001"), market_max_quantity=Decimal(50), min_notional=Decimal(5), price_up=None,
    price_down=None, max_open_orders=None, max_stop_orders=None, order_types=frozenset(), times_in_force=frozenset(),
)  # fmt: skip


def name(sequence: int, kind: OrderKind = OrderKind.ENTRY, tag: str = TAG) -> str:
    return str(ClientOrderId(account_tag=tag, lease_epoch=1, sequence=sequence, kind=kind))


def reported(
    order: str,
    status: OrderStatus,
    filled: str = "0",
    *,
    quantity: str = "1",
    side: Side = Side.BUY,
    trigger: str | None = None,
) -> ReportedOrder:
    done = Decimal(filled)
    return ReportedOrder(
        symbol=SYMBOL,
        venue_order_id=VenueOrderId("9" + order[11:17]),
        client_order_id=order,
        side=side,
        position_side=None,
        venue_type="MARKET" if trigger is None else "STOP_MARKET",
        time_in_force="GTC",
        status=status,
        quantity=Decimal(quantity),
        filled_quantity=done,
        average_price=Decimal(100) if done else None,
        price=None,
        trigger_price=None if trigger is None else Decimal(trigger),
        reduce_only=trigger is not None,
        closes_position=False,
        updated_at=START,
    )


def fill(
    trade_id: str,
    quantity: str,
    *,
    order: str | None,
    venue_id: str = "9000001",
    side: Side = Side.BUY,
    price: str = "100",
) -> ReportedFill:
    return ReportedFill(
        symbol=SYMBOL,
        trade_id=trade_id,
        venue_order_id=VenueOrderId(venue_id),
        client_order_id=order,
        side=side,
        position_side=None,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal("0.01"),
        fee_currency="USDT",
        liquidity=Liquidity.TAKER,
        realised_pnl=Decimal(0),
        event_at=START,
    )


def ledger_with(*sequences: int, quantity: str = "1") -> Ledger:
    """A ledger with the intents of entries that buy at market."""
    ledger = Ledger(account_tag=TAG)
    for sequence in sequences:
        request = ProtectiveExit(
            account_id=account_id("test"),
            client_order_id=ClientOrderId(account_tag=TAG, lease_epoch=1, sequence=sequence, kind=OrderKind.ENTRY),
            symbol=SYMBOL,
            side=Side.BUY,
            type=OrderType.MARKET,
            quantity=Decimal(quantity),
        )
        ledger.follow(intended(request, OrderKind.ENTRY, START - timedelta(seconds=5), f"story-{sequence}"))
    return ledger


def hear(ledger: Ledger, order: ReportedOrder | None, execution: ReportedFill | None = None) -> list[str]:
    """What `Books.hear` does, without a journal; the kinds of the facts."""
    facts = ledger.news(order, execution, START, told=True)
    ledger.fold(facts)
    return [fact.kind.value for fact in facts]


def snapshot(
    *, orders: tuple[ReportedOrder, ...] = (), quantity: str = "0", mode: PositionMode = PositionMode.ONE_WAY
) -> AccountSnapshot:
    held = Decimal(quantity)
    position = ReportedPosition(
        symbol=SYMBOL,
        position_side=None,
        quantity=held,
        entry_price=Decimal(100),
        mark_price=Decimal(101),
        liquidation_price=Decimal(70),
        leverage=Decimal(3),
        margin_mode=MarginMode.CROSS,
        isolated_margin=None,
        unrealised_pnl=Decimal(0),
        updated_at=START,
    )
    return AccountSnapshot(
        started_at=START,
        taken_at=START,
        position_mode=mode,
        multi_assets=False,
        balances=(),
        positions=(position,) if held else (),
        open_orders=orders,
    )
