"""A table per rule about size, leverage and levels; and the order in which all rules are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.risk.risk_kit import (
    BTC,
    ETH,
    NOW,
    SOL,
    account,
    btc,
    decision,
    history,
    in_flight,
    inputs,
    instrument,
    mark,
    market,
    notional,
    order,
    passes,
    position,
    refused,
    unwell,
)
from vibex.domain import PositionSide, QuantityKind, QuantityRule, Side
from vibex.domain.protection import AtPrice, PercentAway
from vibex.risk import Policy, RiskInput, Rule, TradingState, judge
from vibex.venues.reports import MarginMode

D = Decimal


@pytest.mark.parametrize(
    ("words", "quantity", "changes"),
    [
        ("less than the venue's least order of 0.001", notional(59), {}),
        ("less than the venue's least of 100", notional(61), {"min_notional": D(100)}),
        ("more than the venue's largest order of 0.01", notional(1200), {"market_max_quantity": D("0.01")}),
        ("less than the venue's least order", QuantityRule(QuantityKind.POSITION_FRACTION, D(1)), {}),
    ],
)
def test_the_venue_must_take_the_size(words: str, quantity: QuantityRule, changes: dict[str, object]) -> None:
    refused(Rule.SIZE, words, decision(quantity=quantity), btc(instrument=instrument(BTC, **changes)))


def test_leverage_is_what_policy_and_venue_give() -> None:
    known = inputs(policy=Policy(pyramiding=True), positions=[position(leverage=D(10), isolated_margin=D(120))])
    refused(Rule.LEVERAGE, "has leverage 10 and an entry may have 2 to 5", decision(), known)
    rich = account(equity=D(10_000_000), free_margin=D(10_000_000), peak_equity=D(1), day_start_equity=D(1))
    four = Policy(min_leverage=4)
    refused(
        Rule.LEVERAGE,
        "at most 3x and the entry has 4x",
        decision(quantity=notional(900_000)),
        inputs(policy=four, account_facts=rich),
    )
    refused(
        Rule.LEVERAGE,
        "larger than the venue has a bracket for",
        decision(quantity=notional(4_000_000)),
        inputs(account_facts=rich),
    )


@pytest.mark.parametrize(
    ("words", "quantity", "known"),
    [
        ("BTC/USDT would weigh 5040 and 5000 is the most", 5_050, inputs()),
        ("1000 is the most", 1200, inputs(policy=Policy(max_position_notional=D(1000)))),
        ("together would weigh 11205", 1200, inputs(positions=[position(ETH, D(3)), position(SOL, D("6.7"))])),
        (
            "2000 is the most",
            1200,
            inputs(policy=Policy(max_total_notional=D(2000)), positions=[position(ETH, D("0.3"))]),
        ),
        ("would weigh 5400", 1200, inputs(account_facts=account(open_orders=[order(quantity=D("0.07"))]))),
        (
            "together would weigh 10200",
            1200,
            inputs(account_facts=account(in_flight=[in_flight(ETH, D(3), Side.SELL)])),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_notional_is_limited_by_asset_and_in_total(words: str, quantity: int, known: RiskInput) -> None:
    refused(Rule.NOTIONAL, words, decision(quantity=notional(quantity)), known)


def test_an_order_that_the_venue_shows_already_is_counted_once() -> None:
    entry = in_flight(ETH, D("1.2"))
    shown = order(ETH, D("1.2"), client_order_id=str(entry.client_order_id))
    both = account(in_flight=[entry], open_orders=[shown])
    passes(decision(), inputs(account_facts=both, policy=Policy(max_total_notional=D(4_800))))
    refused(
        Rule.NOTIONAL,
        "would weigh 4800",
        decision(),
        inputs(account_facts=both, policy=Policy(max_total_notional=D(4_799))),
    )


@pytest.mark.parametrize(
    ("held", "refuses"),
    [
        ((ETH, D("0.5")), True),  # correlation 0.9: loses with a long
        ((ETH, D("-0.5")), False),  # loses when BTC gains
        ((SOL, D(10)), False),  # correlation 0.1
    ],
)
def test_what_moves_together_counts_together(held: tuple[str, Decimal], refuses: bool) -> None:
    known = inputs(policy=Policy(max_group_exposure=D("0.2")), positions=[position(*held)])
    if refuses:
        refused(Rule.GROUP, "BTC/USDT, ETH/USDT would lose together with 2700", decision(), known)
    else:
        passes(decision(), known)


def test_an_unknown_correlation_and_a_named_group_count_as_together() -> None:
    policy = Policy(max_group_exposure=D("0.2"))
    known = inputs(policy=policy, positions=[position(SOL, D(-10))])
    passes(decision(), known)
    refused(Rule.GROUP, "lose together", decision(), replace(known, correlations={}))
    named = Policy(max_group_exposure=D("0.2"), groups={"layer1": ("BTC", "SOL")})
    refused(Rule.GROUP, "lose together", decision(), inputs(policy=named, positions=[position(SOL, D(10))]))


def test_margin_comes_from_what_is_free() -> None:
    tight = inputs(account_facts=account(free_margin=D(1239)))
    refused(Rule.FREE_CAPITAL, "it needs 240.48 of margin and fee at 5x and 239 is free", decision(), tight)
    passes(decision(), inputs(account_facts=account(free_margin=D(1241))))
    underway = account(free_margin=D(2_700), in_flight=[in_flight(ETH, D(1))])
    refused(Rule.FREE_CAPITAL, "200 is free", decision(), inputs(account_facts=underway))


def test_leverage_rises_only_as_far_as_free_margin_asks() -> None:
    for free, leverage in ((D(1601), 2), (D(1500), 3), (D(1310), 4), (D(1250), 5)):
        entry = judge(decision(), inputs(account_facts=account(free_margin=free))).entry
        assert entry is not None
        assert entry.leverage == leverage


def test_the_loss_at_the_stop_is_bounded_with_costs() -> None:
    # 5,000 with a stop 4 % away loses 200 before costs.
    refused(
        Rule.LOSS_AT_STOP,
        "and 200, 2 % of equity, is the most",
        decision(quantity=QuantityRule(QuantityKind.BASE, D("0.083")), stop=AtPrice(D(57_600))),
        inputs(),
    )


def test_a_stop_lies_well_before_liquidation() -> None:
    # Isolated with 5x a long of 60,000 is liquidated near 48,193, 19.7 % away; 10 % is before, 17 % is not.
    five = Policy(min_leverage=5, max_stop_pct=D(50), max_loss_at_stop_pct=D(50))
    refused(Rule.LIQUIDATION, "before liquidation at 48192.8", decision(stop=PercentAway(D(17))), inputs(policy=five))
    passes(decision(stop=PercentAway(D(15))), inputs(policy=five))


def test_a_cross_position_is_liquidated_by_what_the_others_need() -> None:
    cross = Policy(margin_mode=MarginMode.CROSS, max_stop_pct=D(50), max_loss_at_stop_pct=D(50))
    losing = position(ETH, D(3), margin_mode=MarginMode.CROSS, isolated_margin=None, entry_price=D(6_000))
    wish = decision(stop=PercentAway(D(40)))
    passes(wish, inputs(policy=cross))
    drained = account(positions=[losing], cross_wallet=D(9_500))
    known = inputs(
        policy=cross.model_copy(update={"max_gross_exposure": D(2), "max_group_exposure": D(2)}), account_facts=drained
    )
    refused(Rule.LIQUIDATION, "before liquidation", wish, known)


def test_rules_are_asked_in_their_fixed_order() -> None:
    """With everything wrong at once the verdict names the first rule, and the next when that is mended."""
    turned = history(last_entry_at=NOW, last_entry_side=PositionSide.SHORT)
    off_the_mark = {BTC: market(BTC, mark=mark(price=D(50_000)))}
    poor = account(free_margin=D(10))
    known = replace(
        inputs(
            policy=Policy(max_position_exposure=D("0.001")),
            account_facts=account(equity=D(7_000), free_margin=D(10)),
            btc_history=replace(turned, last_exit_at=NOW),
            markets={BTC: market(BTC, mark=mark(price=D(50_000), rate=D("0.01")))},
        ),
        entry_times=[NOW] * 12,
        state=TradingState.HALTED,
        health=unwell(lease_held=False).health,
    )
    wish = decision(data_at=NOW - timedelta(hours=1))
    mends: list[tuple[Rule, dict[str, object]]] = [
        (Rule.HEALTH, {"health": inputs().health}),
        (Rule.STATE, {"state": TradingState.ACTIVE}),
        (Rule.TIME, {}),
        (Rule.DAILY_LOSS, {"account": replace(poor, equity=D(9_900), peak_equity=D(20_000))}),
        (Rule.DRAWDOWN, {"account": poor}),
        (Rule.FREQUENCY, {"entry_times": ()}),
        (Rule.COOLDOWN, {"history": {BTC: turned}}),
        (Rule.HYSTERESIS, {"history": inputs().history}),
        (Rule.FUNDING, {"markets": off_the_mark}),
        (Rule.PRICE, {"markets": inputs().markets}),
        (Rule.NOTIONAL, {"policy": Policy()}),
        (Rule.FREE_CAPITAL, {"account": account()}),
    ]
    for rule, mended in mends:
        assert judge(wish, known).rule is rule
        known = replace(known, **mended)  # type: ignore[arg-type]
        wish = decision() if rule is Rule.TIME else wish
    assert judge(wish, known).passed
    asked = [list(Rule).index(rule) for rule, _ in mends]
    assert asked == sorted(asked)
