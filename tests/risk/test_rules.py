"""A table per rule: what is asked, and which rule refuses it with which words."""

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
    client_id,
    decision,
    history,
    in_flight,
    inputs,
    instrument,
    mark,
    market,
    notional,
    order,
    position,
)
from vibex.domain import Decision, Intent, PositionSide, QuantityKind, QuantityRule, Side
from vibex.domain.protection import AtPrice, PercentAway, RiskMultiple
from vibex.risk import Policy, RiskInput, Rule, TradingState, judge
from vibex.venues.reports import MarginMode, PositionMode

D = Decimal
SHORT = {"side": PositionSide.SHORT, "stop": AtPrice(D(61_200))}


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


def health(**changes: object) -> RiskInput:
    known = inputs()
    return replace(known, health=replace(known.health, **changes))  # type: ignore[arg-type]


def btc(**changes: object) -> RiskInput:
    return inputs(markets={**inputs().markets, BTC: market(BTC, **changes)})


def test_a_quiet_account_enters() -> None:
    verdict = judge(decision(), inputs())
    assert verdict.words == (
        "BTC/USDT: buy 0.02 at about 60000 with 2x under policy default: notional 1200, margin 600, loss at the stop "
        "26.1264 with costs, liquidation 49.7992 % away."
    )
    assert verdict.rule is Rule.ENTRY
    assert verdict.margin_mode is MarginMode.ISOLATED


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("account is missing", replace(inputs(), account=None)),
        ("account is 31 s old", inputs(account_facts=account(read_at=NOW - timedelta(seconds=31)))),
        ("account is from the future", inputs(account_facts=account(read_at=NOW + timedelta(seconds=5)))),
        ("account.equity is no finite number", inputs(account_facts=account(equity=D("NaN")))),
        ("account.equity is 0, not above 0", inputs(account_facts=account(equity=D(0)))),
        ("account.free_margin is no finite number", inputs(account_facts=account(free_margin=D("Infinity")))),
        ("markets.BTC/USDT is missing", inputs(markets={})),
        ("last_price is missing", btc(last_price=None)),
        ("last_price is 11 s old", btc(last_price_at=NOW - timedelta(seconds=11))),
        ("mark is missing", btc(mark=None)),
        ("mark is 60 s old", btc(mark=replace(mark(), event_at=NOW - timedelta(seconds=60)))),
        ("mark is 0, not above 0", btc(mark=mark(price=D(0)))),
        ("funding_rate is missing", btc(mark=mark(rate=None))),
        ("funding_hours is missing", btc(funding_hours=None)),
        ("fees is missing", btc(fees=None)),
        ("brackets is missing", btc(brackets=None)),
        ("brackets is no table", btc(brackets=())),
        ("instrument is missing", btc(instrument=None)),
        ("history.BTC/USDT is missing", replace(inputs(), history={})),
        ("last_exit_at is missing", inputs(btc_history=history(last_exit_at=None))),
        ("last_entry_side is missing", inputs(btc_history=history(last_entry_at=NOW))),
        ("entry_times is missing", replace(inputs(), entry_times=None)),
        (
            "markets.SOL/USDT.mark is missing",
            inputs(positions=[position(SOL)], markets={BTC: market(), ETH: market(ETH)}),
        ),
        ("now has no time zone", replace(inputs(), now=NOW.replace(tzinfo=None))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_input_that_is_missing_stale_or_no_number_refuses(words: str, known: RiskInput) -> None:
    refused(Rule.INPUT, words, decision(), known)


def test_a_venue_without_funding_needs_no_rate() -> None:
    passes(decision(), btc(funding_hours=0, mark=mark(rate=None)))


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("lease", health(lease_held=False)),
        ("lease", health(lease_held=None)),
        ("prices", health(market_feed_alive=False)),
        ("events of the account", health(account_feed_alive=None)),
        ("venue and journal", health(reconciled=False)),
        ("venue's clock is not known", health(clock_skew_ms=None)),
        ("1000 ms from the venue's", health(clock_skew_ms=1000)),
        ("1000 ms from the venue's", health(clock_skew_ms=-1000)),
    ],
)
def test_an_unhealthy_process_opens_nothing(words: str, known: RiskInput) -> None:
    refused(Rule.HEALTH, words, decision(), known)


@pytest.mark.parametrize("state", [TradingState.REDUCING, TradingState.HALTED])
def test_entries_need_an_active_account(state: TradingState) -> None:
    refused(Rule.STATE, f"the account is {state.value}", decision(), replace(inputs(), state=state))


def test_only_assets_of_account_and_policy_are_entered() -> None:
    refused(Rule.ASSETS, "DOGE is not among the account's assets", decision(symbol="DOGE/USDT"), inputs())
    only_eth = Policy(assets=("ETH",))
    refused(Rule.ASSETS, "BTC is not among the policy's assets (ETH)", decision(), inputs(policy=only_eth))
    resting = btc(instrument=instrument(is_trading=False, status="SETTLING"))
    refused(Rule.ASSETS, "status SETTLING", decision(), resting)


def test_a_decision_runs_out() -> None:
    old = decision(data_at=NOW - timedelta(seconds=61))
    refused(Rule.TIME, "61 s old and it was good for 60 s", old, inputs())
    refused(Rule.TIME, "from the future", decision(data_at=NOW + timedelta(seconds=2)), inputs())


HELD = [position()]
AGAINST = [position(quantity=D("-0.02"))]


@pytest.mark.parametrize(
    ("words", "wish", "known"),
    [
        ("does not add to them", decision(), inputs(positions=HELD)),
        ("held on the other side", decision(), inputs(positions=AGAINST)),
        ("opens no other side", decision(Intent.REVERSE), inputs()),
        ("does not add", decision(Intent.REVERSE), inputs(positions=HELD, policy=Policy(flip=True))),
        (
            "the position is isolated and the policy is cross",
            decision(),
            inputs(positions=HELD, policy=Policy(pyramiding=True, margin_mode=MarginMode.CROSS)),
        ),
        (
            "still on its way",
            decision(),
            inputs(account_facts=account(open_orders=[order(client_order_id=str(client_id(3)))])),
        ),
        ("still on its way", decision(), inputs(account_facts=account(in_flight=[in_flight(BTC, D("0.01"))]))),
        ("one-way", decision(), inputs(account_facts=account(position_mode=PositionMode.HEDGE))),
        ("single-asset", decision(), inputs(account_facts=account(multi_assets=True))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_open_or_on_its_way_is_respected(words: str, wish: Decision, known: RiskInput) -> None:
    refused(Rule.POSITION, words, wish, known)


def test_pyramiding_and_flip_are_allowed_by_the_policy_that_says_so() -> None:
    passes(decision(), inputs(positions=HELD, policy=Policy(pyramiding=True)))
    just_closed = history(last_exit_at=NOW)
    passes(decision(Intent.REVERSE), inputs(policy=Policy(flip=True), btc_history=just_closed))


def test_the_second_of_two_cycles_does_not_repeat_an_entry_that_was_not_read_yet() -> None:
    # passivbot#980: a slow loop repeated an entry before its fill was read.
    known = inputs()
    first = judge(decision(), known).entry
    assert first is not None
    again = replace(known, account=account(in_flight=[first]), client_order_id=client_id(2))
    refused(Rule.POSITION, "still on its way", decision(), again)


@pytest.mark.parametrize(
    ("rule", "equity", "peak", "day_start", "words"),
    [
        (Rule.DAILY_LOSS, 9_500, 10_000, 10_000, "5 % were lost since 00:00 UTC and the limit of the day is 5 %"),
        (Rule.DRAWDOWN, 8_000, 10_000, 8_000, "20 % were lost from the highest equity and the limit is 20 %"),
        (None, 9_501, 10_000, 10_000, ""),
        (None, 8_001, 10_000, 8_000, ""),
    ],
)
def test_losses_end_entries(rule: Rule | None, equity: int, peak: int, day_start: int, words: str) -> None:
    known = inputs(account_facts=account(equity=D(equity), peak_equity=D(peak), day_start_equity=D(day_start)))
    if rule is None:
        passes(decision(), known)
    else:
        refused(rule, words, decision(), known)


def test_orders_per_hour_are_counted_over_any_sixty_minutes() -> None:
    twelve = [NOW - timedelta(minutes=4 * number) for number in range(12)]
    refused(Rule.FREQUENCY, "12 entry orders", decision(), replace(inputs(), entry_times=twelve))
    passes(decision(), replace(inputs(), entry_times=[NOW - timedelta(minutes=60), *twelve[1:]]))


def test_an_asset_rests_after_its_position_closed() -> None:
    refused(
        Rule.COOLDOWN,
        "closed 14.0 minutes ago and the asset rests for 15",
        decision(),
        inputs(btc_history=history(last_exit_at=NOW - timedelta(minutes=14))),
    )
    passes(decision(), inputs(btc_history=history(last_exit_at=NOW - timedelta(minutes=15))))


@pytest.mark.parametrize(
    ("minutes", "decided", "in_a_row", "refuses"),
    [
        (10, PositionSide.LONG, 1, True),
        (10, PositionSide.LONG, 2, False),
        (10, PositionSide.SHORT, 5, True),
        (240, PositionSide.LONG, 1, False),
    ],
)
def test_a_flip_needs_more_than_one_decision(minutes: int, decided: PositionSide, in_a_row: int, refuses: bool) -> None:
    past = history(
        last_entry_at=NOW - timedelta(minutes=minutes),
        last_entry_side=PositionSide.SHORT,
        decided_side=decided,
        decisions_in_a_row=in_a_row,
    )
    if refuses:
        refused(Rule.HYSTERESIS, "the other side needs 2 decisions in a row", decision(), inputs(btc_history=past))
    else:
        passes(decision(), inputs(btc_history=past))


def test_the_same_side_again_needs_no_confirmation() -> None:
    past = history(last_entry_at=NOW - timedelta(minutes=20), last_entry_side=PositionSide.LONG)
    passes(decision(), inputs(btc_history=past))


def test_funding_is_paid_by_one_side_only() -> None:
    # 0.11 % every 8 hours is 0.33 % a day, which a long pays and a short receives.
    dear = btc(mark=mark(rate=D("0.0011")))
    refused(Rule.FUNDING, "a long pays 0.33 % of its notional per day", decision(), dear)
    passes(decision(**SHORT), dear)  # type: ignore[arg-type]
    passes(decision(), btc(mark=mark(rate=D("0.001"))))


def test_the_price_stays_in_the_band_and_near_the_mark() -> None:
    refused(Rule.PRICE, "the price is 60000 and the decision holds from 60001", decision(min_price=D(60_001)), inputs())
    refused(Rule.PRICE, "to 59999", decision(max_price=D(59_999)), inputs())
    refused(Rule.PRICE, "% apart and 1 % is the most", decision(), btc(mark=mark(price=D(59_000))))
    entry = judge(decision(max_price=D(60_100)), inputs()).entry
    assert entry is not None
    assert (entry.min_price, entry.max_price) == (D(59_700), D(60_100))


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("needs a stop", decision(stop=None)),
        ("no price that loses", decision(stop=AtPrice(D(60_000)))),
        ("no price that loses", decision(stop=AtPrice(D(61_000)))),
        ("no price that loses", decision(stop=PercentAway(D(120)))),
        ("must be 0.3 to 10 % away", decision(stop=AtPrice(D(59_900)))),
        ("must be 0.3 to 10 % away", decision(stop=PercentAway(D(11)))),
        ("no price that wins", decision(target=AtPrice(D(59_000)))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_entry_has_a_sensible_stop(words: str, wish: Decision) -> None:
    refused(Rule.STOP, words, wish, inputs())


def test_a_target_measured_by_the_stop_is_understood() -> None:
    passes(decision(target=RiskMultiple(D(2))), inputs())


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
        health=health(lease_held=False).health,
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
