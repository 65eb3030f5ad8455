"""A table per rule that needs no size: what is asked, and which rule refuses it with which words."""

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
    client_id,
    decision,
    history,
    in_flight,
    inputs,
    instrument,
    mark,
    market,
    order,
    passes,
    position,
    refused,
    unwell,
)
from vibex.domain import Decision, Intent, PositionSide
from vibex.domain.protection import AtPrice, PercentAway, RiskMultiple
from vibex.risk import Policy, RiskInput, Rule, TradingState, judge
from vibex.venues.reports import MarginMode, PositionMode

D = Decimal
SHORT = {"side": PositionSide.SHORT, "stop": AtPrice(D(61_200))}


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
        ("lease", unwell(lease_held=False)),
        ("lease", unwell(lease_held=None)),
        ("prices", unwell(market_feed_alive=False)),
        ("events of the account", unwell(account_feed_alive=None)),
        ("venue and journal", unwell(reconciled=False)),
        ("venue's clock is not known", unwell(clock_skew_ms=None)),
        ("1000 ms from the venue's", unwell(clock_skew_ms=1000)),
        ("1000 ms from the venue's", unwell(clock_skew_ms=-1000)),
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
