"""What takes off risk always passes; a stop comes nearer always, and farther for few and never past liquidation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.risk.risk_kit import BTC, NOW, account, decision, history, inputs, instrument, mark, market, position
from vibex.domain import Decision, Intent, PositionSide, QuantityKind, QuantityRule
from vibex.domain.protection import AtPrice, LevelRule, PercentAway
from vibex.risk import Health, MakerKind, Policy, RiskInput, Rule, TradingState, judge
from vibex.venues.reports import MarginMode

D = Decimal

NOTHING_WORKS = Health(
    lease_held=False, clock_skew_ms=None, market_feed_alive=False, account_feed_alive=False, reconciled=False
)


def close() -> Decision:
    return decision(Intent.CLOSE, side=None, stop=None)


def reduce(kind: QuantityKind, value: str) -> Decision:
    return decision(Intent.REDUCE, side=None, stop=None, quantity=QuantityRule(kind, D(value)))


def amend(stop: LevelRule | None) -> Decision:
    return decision(Intent.AMEND, side=None, stop=stop)


def protected(stop: str | None, *, quantity: str = "0.02", **changes: object) -> RiskInput:
    """Holding BTC from 60,000 with this stop at rest, by a person unless told otherwise."""
    held = position(quantity=D(quantity), liquidation_price=D(30_000) if D(quantity) > 0 else D(90_000))
    known = inputs(positions=[held], btc_history=history(stop_price=None if stop is None else D(stop)))
    return replace(known, **{"maker": MakerKind.PERSON, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("state", list(TradingState))
@pytest.mark.parametrize(
    "damage",
    [
        {},
        {"account": None, "markets": {}, "history": {}, "entry_times": None},
        {"account": account(equity=D("NaN"), positions=[position(quantity=D("NaN"))])},
        {"now": NOW + timedelta(days=1), "health": NOTHING_WORKS, "account_assets": frozenset()},
        {"now": NOW.replace(tzinfo=None)},
    ],
    ids=["well", "blind", "no numbers", "sick and stale", "no zone"],
)
def test_exits_pass_in_every_state_and_on_any_data(state: TradingState, damage: dict[str, object]) -> None:
    known = replace(inputs(positions=[position()]), state=state, **damage)  # type: ignore[arg-type]
    against = decision(Intent.REVERSE, side=PositionSide.SHORT, stop=AtPrice(D(61_000)))
    for wish in (close(), reduce(QuantityKind.BASE, "0.01"), against):
        verdict = judge(wish, known)
        assert verdict.passed
        assert verdict.rule is Rule.EXIT
        assert verdict.entry is None


def test_a_close_takes_the_whole_position_and_an_unknown_one_from_the_venue() -> None:
    assert judge(close(), inputs(positions=[position(quantity=D("-0.5"))])).reduces == D("0.5")
    flat = judge(close(), inputs())
    assert flat.reduces is None
    assert "as the venue holds it" in flat.words


@pytest.mark.parametrize(
    ("kind", "value", "taken"),
    [
        (QuantityKind.POSITION_FRACTION, "0.5", "0.011"),  # 0.0105 rounded up to the step
        (QuantityKind.POSITION_FRACTION, "1", "0.021"),
        (QuantityKind.BASE, "0.005", "0.005"),
        (QuantityKind.BASE, "0.0001", "0.001"),
        (QuantityKind.BASE, "7", "0.021"),
        (QuantityKind.EQUITY_PERCENT, "9e999999", "0.021"),
        (QuantityKind.NOTIONAL, "600", "0.01"),
        (QuantityKind.EQUITY_PERCENT, "3", "0.01"),  # 300 of margin at 2x
    ],
)
def test_a_reduction_is_never_less_than_asked_nor_more_than_held(kind: QuantityKind, value: str, taken: str) -> None:
    verdict = judge(reduce(kind, value), inputs(positions=[position(quantity=D("0.021"))]))
    assert verdict.reduces == D(taken)


def test_a_reduction_by_notional_without_a_price_takes_everything() -> None:
    known = inputs(positions=[position()], markets={BTC: market(mark=mark(price=D("NaN")), instrument=instrument())})
    assert judge(reduce(QuantityKind.NOTIONAL, "60"), known).reduces == D("0.02")


def test_a_reversal_closes_first_and_is_judged_anew_when_flat() -> None:
    wish = decision(Intent.REVERSE, side=PositionSide.SHORT, stop=AtPrice(D(61_200)))
    known = inputs(policy=Policy(flip=True), positions=[position()])
    closing = judge(wish, known)
    assert (closing.reduces, closing.entry) == (D("0.02"), None)
    opening = judge(wish, replace(known, account=account()))
    assert opening.entry is not None
    assert judge(wish, replace(known, account=account(), policy=Policy())).rule is Rule.POSITION


def test_a_stale_reading_cannot_prove_that_there_is_nothing_to_close() -> None:
    wish = decision(Intent.REVERSE, side=PositionSide.SHORT, stop=AtPrice(D(61_200)))
    stale = inputs(policy=Policy(flip=True), account_facts=account(read_at=NOW - timedelta(minutes=5)))
    verdict = judge(wish, stale)
    assert verdict.rule is Rule.EXIT
    assert verdict.reduces is None


def test_holding_touches_nothing() -> None:
    verdict = judge(decision(Intent.HOLD, side=None, stop=None), replace(inputs(), account=None))
    assert (verdict.passed, verdict.rule) == (True, Rule.HOLD)


@pytest.mark.parametrize("state", list(TradingState))
@pytest.mark.parametrize("maker", list(MakerKind))
@pytest.mark.parametrize(
    ("quantity", "present", "wanted"),
    [("0.02", "58000", "58500"), ("0.02", "58000", "58000"), ("-0.02", "62000", "61000"), ("0.02", "58000", "61000")],
)
def test_a_stop_comes_nearer_in_every_state_by_any_maker(
    state: TradingState, maker: MakerKind, quantity: str, present: str, wanted: str
) -> None:
    known = protected(present, quantity=quantity, state=state, maker=maker, markets={}, health=NOTHING_WORKS)
    verdict = judge(amend(AtPrice(D(wanted))), known)
    assert verdict.passed, verdict.words
    assert verdict.protection.stop == AtPrice(D(wanted))


@pytest.mark.parametrize(
    ("rule", "words", "wanted", "known"),
    [
        (Rule.STOP, "no model ever loosens", "57000", protected("58000", maker=MakerKind.MODEL)),
        (Rule.STOP, "no ensemble ever loosens", "57000", protected("58000", maker=MakerKind.ENSEMBLE)),
        (Rule.STATE, "is reducing", "57000", protected("58000", state=TradingState.REDUCING)),
        (Rule.STOP, "15 % from the price, and 10 % is the most", "51000", protected("58000")),
        (Rule.LIQUIDATION, "before liquidation at 30000", "29000", protected("0")),
        (Rule.LIQUIDATION, "before liquidation at 30000", "33000", protected("0")),
        (Rule.LIQUIDATION, "before liquidation at 90000", "91000", protected("0", quantity="-0.02")),
        (Rule.INPUT, "rests now is not known", "59000", protected(None)),
        (Rule.INPUT, "account is missing", "59000", protected("58000", account=None)),
        (Rule.POSITION, "no position is open", "59000", inputs()),
        (Rule.INPUT, "mark is missing", "57000", protected("58000", markets={BTC: market(mark=None)})),
    ],
)
def test_a_stop_does_not_go_farther_away_like_this(rule: Rule, words: str, wanted: str, known: RiskInput) -> None:
    verdict = judge(amend(AtPrice(D(wanted))), known)
    assert not verdict.passed
    assert (verdict.rule, words in verdict.words) == (rule, True), verdict.words


@pytest.mark.parametrize("maker", [MakerKind.PERSON, MakerKind.STRATEGY])
def test_a_person_and_a_strategy_may_loosen_within_the_policy(maker: MakerKind) -> None:
    assert judge(amend(PercentAway(D(5))), protected("58000", maker=maker)).passed


def test_where_the_venue_names_no_liquidation_price_it_is_computed() -> None:
    # Isolated at 5x: liquidated near 48,193.
    silent = position(liquidation_price=None, isolated_margin=D(240))
    known = replace(inputs(positions=[silent]), maker=MakerKind.PERSON)
    assert judge(amend(AtPrice(D(48_000))), known).rule is Rule.LIQUIDATION
    assert judge(amend(AtPrice(D(52_000))), known).passed
    cross = position(liquidation_price=None, isolated_margin=None, margin_mode=MarginMode.CROSS)
    out_of_reach = replace(inputs(positions=[cross]), maker=MakerKind.PERSON)
    assert judge(amend(AtPrice(D(48_000))), out_of_reach).passed


def test_a_target_alone_moves_freely() -> None:
    wish = replace(amend(None), protection=replace(amend(None).protection, target=AtPrice(D(70_000))))
    verdict = judge(wish, protected(None, state=TradingState.HALTED))
    assert verdict.passed
    assert verdict.protection.target == AtPrice(D(70_000))
