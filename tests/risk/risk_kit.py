"""A quiet account with one market, and the shortest ways to change one thing about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from vibex.domain import (
    AccountId,
    ApprovedEntry,
    ClientOrderId,
    Decision,
    Intent,
    OrderKind,
    OrderStatus,
    OrderType,
    PositionSide,
    Protection,
    QuantityKind,
    QuantityRule,
    Side,
    VenueOrderId,
)
from vibex.domain.protection import AtPrice, LevelRule
from vibex.risk import (
    NEVER,
    AccountFacts,
    AssetHistory,
    Health,
    MakerKind,
    MarketFacts,
    Policy,
    RiskInput,
    Rule,
    TradingState,
    judge,
)
from vibex.venues.reports import (
    FeeRates,
    LeverageBracket,
    MarginMode,
    MarkPrice,
    PositionMode,
    ReportedOrder,
    ReportedPosition,
    VenueInstrument,
)

D = Decimal
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BTC, ETH, SOL = "BTC/USDT", "ETH/USDT", "SOL/USDT"
NORMAL_RATE, HELD, RESTING, ONE = D("0.0001"), D("0.02"), D("0.01"), D(1)
TWO_PERCENT_BELOW = AtPrice(D(58_800))
PRICES = {BTC: D(60000), ETH: D(3000), SOL: D(150)}

# The first three BTC tiers of Binance's table, joined without gaps.
BRACKETS = (
    LeverageBracket(
        notional_floor=D(0),
        notional_cap=D(50_000),
        max_leverage=D(125),
        maintenance_rate=D("0.004"),
        deduction=D(0),
    ),
    LeverageBracket(
        notional_floor=D(50_000),
        notional_cap=D(600_000),
        max_leverage=D(100),
        maintenance_rate=D("0.005"),
        deduction=D(50),
    ),
    LeverageBracket(
        notional_floor=D(600_000),
        notional_cap=D(3_000_000),
        max_leverage=D(3),
        maintenance_rate=D("0.0065"),
        deduction=D(950),
    ),
)


def client_id(sequence: int = 1) -> ClientOrderId:
    return ClientOrderId(account_tag="abcde", lease_epoch=1, sequence=sequence, kind=OrderKind.ENTRY)


def instrument(symbol: str = BTC, **changes: object) -> VenueInstrument:
    base, _, quote = symbol.partition("/")
    plain = VenueInstrument(
        symbol=symbol,
        venue_symbol=base + quote,
        base=base,
        quote=quote,
        margin_asset=quote,
        is_trading=True,
        status="TRADING",
        tick=D("0.1"),
        min_price=D("0.1"),
        max_price=D(10_000_000),
        lot=D("0.001"),
        min_quantity=D("0.001"),
        max_quantity=D(1000),
        market_lot=D("0.001"),
        market_min_quantity=D("0.001"),
        market_max_quantity=D(120),
        min_notional=D(5),
        price_up=D("1.05"),
        price_down=D("0.95"),
        max_open_orders=200,
        max_stop_orders=100,
        order_types=frozenset({"MARKET"}),
        times_in_force=frozenset({"GTC"}),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def mark(symbol: str = BTC, price: Decimal | None = None, rate: Decimal | None = NORMAL_RATE) -> MarkPrice:
    return MarkPrice(
        symbol=symbol,
        mark_price=PRICES[symbol] if price is None else price,
        index_price=None,
        funding_rate=rate,
        next_funding_at=None,
        event_at=NOW - timedelta(seconds=1),
    )


def market(symbol: str = BTC, **changes: object) -> MarketFacts:
    plain = MarketFacts(
        instrument=instrument(symbol),
        brackets=BRACKETS,
        fees=FeeRates(symbol=symbol, maker=D("0.0001"), taker=D("0.0004")),
        mark=mark(symbol),
        last_price=PRICES[symbol],
        last_price_at=NOW - timedelta(seconds=1),
        funding_hours=8,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def account(**changes: object) -> AccountFacts:
    plain = AccountFacts(
        read_at=NOW - timedelta(seconds=2),
        position_mode=PositionMode.ONE_WAY,
        multi_assets=False,
        equity=D(10_000),
        free_margin=D(10_000),
        cross_wallet=D(10_000),
        day_start_equity=D(10_000),
        peak_equity=D(10_000),
        positions=(),
        open_orders=(),
        in_flight=(),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def history(**changes: object) -> AssetHistory:
    plain = AssetHistory(
        last_entry_at=NEVER,
        last_entry_side=None,
        last_exit_at=NEVER,
        decided_side=PositionSide.LONG,
        decisions_in_a_row=1,
        stop_price=D(0),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def position(symbol: str = BTC, quantity: Decimal = HELD, **changes: object) -> ReportedPosition:
    price = PRICES[symbol]
    plain = ReportedPosition(
        symbol=symbol,
        position_side=None,
        quantity=quantity,
        entry_price=price,
        mark_price=price,
        liquidation_price=None,
        leverage=D(2),
        margin_mode=MarginMode.ISOLATED,
        isolated_margin=abs(quantity) * price / 2,
        unrealised_pnl=D(0),
        updated_at=NOW,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def order(symbol: str = BTC, quantity: Decimal = RESTING, **changes: object) -> ReportedOrder:
    plain = ReportedOrder(
        symbol=symbol,
        venue_order_id=VenueOrderId("1"),
        client_order_id="web_made_by_hand",
        side=Side.BUY,
        position_side=None,
        venue_type="LIMIT",
        time_in_force="GTC",
        status=OrderStatus.OPEN,
        quantity=quantity,
        filled_quantity=D(0),
        average_price=None,
        price=PRICES[symbol],
        trigger_price=None,
        reduce_only=False,
        closes_position=False,
        updated_at=NOW,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def in_flight(symbol: str = ETH, quantity: Decimal = ONE, side: Side = Side.BUY, sequence: int = 7) -> ApprovedEntry:
    """An approval as an earlier verdict would have made it."""
    price = PRICES[symbol]
    return ApprovedEntry(
        account_id=AccountId("main"),
        client_order_id=client_id(sequence),
        symbol=symbol,
        side=side,
        type=OrderType.MARKET,
        quantity=quantity,
        leverage=D(2),
        valid_until=NOW,
        min_price=price,
        max_price=price,
        rule="default",
    )


def inputs(
    *,
    policy: Policy | None = None,
    account_facts: AccountFacts | None = None,
    markets: Mapping[str, MarketFacts] | None = None,
    btc_history: AssetHistory | None = None,
    positions: Sequence[ReportedPosition] = (),
    **changes: object,
) -> RiskInput:
    plain = RiskInput(
        now=NOW,
        policy=policy or Policy(),
        state=TradingState.ACTIVE,
        account_assets=frozenset({"BTC", "ETH", "SOL"}),
        maker=MakerKind.MODEL,
        client_order_id=client_id(),
        health=Health(
            lease_held=True, clock_skew_ms=20, market_feed_alive=True, account_feed_alive=True, reconciled=True
        ),
        account=account_facts or account(positions=positions),
        markets=markets if markets is not None else {symbol: market(symbol) for symbol in PRICES},
        history={BTC: btc_history or history(), ETH: history(), SOL: history()},
        entry_times=(),
        correlations={frozenset((BTC, ETH)): D("0.9"), frozenset((BTC, SOL)): D("0.1")},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def notional(value: int | str) -> QuantityRule:
    return QuantityRule(QuantityKind.NOTIONAL, D(value))


def decision(
    intent: Intent = Intent.OPEN,
    *,
    symbol: str = BTC,
    side: PositionSide | None = PositionSide.LONG,
    quantity: QuantityRule | None = None,
    stop: LevelRule | None = TWO_PERCENT_BELOW,
    target: LevelRule | None = None,
    **changes: object,
) -> Decision:
    """Buy 1,200 worth with a stop 2 % below, unless told otherwise."""
    plain = Decision(
        id="01990000-0000-7000-8000-000000000000",
        account_id=AccountId("main"),
        symbol=symbol,
        intent=intent,
        maker="model:test",
        data_at=NOW - timedelta(seconds=5),
        time_to_live=timedelta(seconds=60),
        side=side,
        quantity=notional(1200) if quantity is None and intent.opens else quantity,
        protection=Protection(stop=stop, target=target),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def refused(rule: Rule, words: str, wish: Decision, known: RiskInput) -> None:
    verdict = judge(wish, known)
    assert not verdict.passed
    assert verdict.entry is None
    assert (verdict.rule, words in verdict.words) == (rule, True), verdict.words
    assert verdict.words.endswith(".")
    assert verdict.words.count(rule.value) >= 1


def passes(wish: Decision, known: RiskInput) -> None:
    verdict = judge(wish, known)
    assert verdict.passed, verdict.words
    assert verdict.entry is not None


def unwell(**changes: object) -> RiskInput:
    """A quiet account where this is different about the process."""
    known = inputs()
    return replace(known, health=replace(known.health, **changes))  # type: ignore[arg-type]


def btc(**changes: object) -> RiskInput:
    """A quiet account where this is different about BTC's market."""
    return inputs(markets={**inputs().markets, BTC: market(BTC, **changes)})
