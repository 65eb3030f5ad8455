"""ACTIVE, REDUCING, HALTED: what moves an account, what passes by itself, and who leads it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.risk.risk_kit import account, inputs
from vibex.domain import InvalidInput
from vibex.risk import Health, Standing, Threat, TradingState, advance, rearm, threats

D = Decimal
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ACTIVE = Standing(since=NOON)
NONE: frozenset[Threat] = frozenset()


@pytest.mark.parametrize("threat", list(Threat))
def test_every_threat_leads_away_from_active_and_says_why(threat: Threat) -> None:
    after = advance(ACTIVE, {threat}, NOON + timedelta(minutes=1))
    assert after.state is threat.leads_to
    assert not after.state.takes_entries
    assert after.words == f"The account is {after.state.value} since 2026-03-02 12:01:00 UTC because {threat.words}."


def test_reducing_ends_with_its_reasons() -> None:
    reducing = advance(ACTIVE, {Threat.CLOCK, Threat.FEED}, NOON)
    one_left = advance(reducing, {Threat.FEED}, NOON + timedelta(seconds=5))
    assert one_left.state is TradingState.REDUCING
    assert set(one_left.threats) == {Threat.FEED}
    assert one_left.since == NOON
    assert advance(one_left, NONE, NOON + timedelta(seconds=9)).state is TradingState.ACTIVE


@pytest.mark.parametrize("threat", [Threat.DAILY_LOSS, Threat.LIQUIDATED])
def test_a_daily_loss_and_a_forced_closing_last_until_the_next_utc_day(threat: Threat) -> None:
    lost = advance(ACTIVE, {threat}, NOON)
    assert advance(lost, NONE, NOON.replace(hour=23, minute=59)).state is TradingState.REDUCING
    assert advance(lost, NONE, NOON + timedelta(hours=12)).state is TradingState.ACTIVE


@given(steps=st.lists(st.sets(st.sampled_from(list(Threat))), max_size=8))
def test_nothing_but_a_person_leaves_halted(steps: list[set[Threat]]) -> None:
    standing = advance(ACTIVE, {Threat.KILLED}, NOON)
    for number, present in enumerate(steps):
        standing = advance(standing, present, NOON + timedelta(hours=number))
        assert standing.state is TradingState.HALTED
        assert Threat.KILLED in standing.threats
    rearmed = rearm(standing, by="kim", present=NONE, now=NOON + timedelta(days=3))
    assert rearmed.state is TradingState.ACTIVE


def test_rearming_needs_a_name_and_a_mended_cause() -> None:
    halted = advance(ACTIVE, {Threat.DRAWDOWN}, NOON)
    with pytest.raises(InvalidInput, match="only a named person"):
        rearm(halted, by=" ", present=NONE, now=NOON)
    with pytest.raises(InvalidInput, match="stays halted because the loss from the highest equity"):
        rearm(halted, by="kim", present={Threat.DRAWDOWN}, now=NOON)
    still_blind = rearm(halted, by="kim", present={Threat.FEED}, now=NOON)
    assert still_blind.state is TradingState.REDUCING


def test_rearming_does_not_forgive_the_loss_of_the_day() -> None:
    halted = advance(ACTIVE, {Threat.DAILY_LOSS, Threat.KILLED}, NOON)
    assert rearm(halted, by="kim", present=NONE, now=NOON).state is TradingState.REDUCING


def test_the_breakers_read_threats_from_what_is_known() -> None:
    assert threats(inputs()) == NONE
    sick = Health(
        lease_held=False, clock_skew_ms=1200, market_feed_alive=False, account_feed_alive=True, reconciled=False
    )
    assert threats(replace(inputs(), health=sick)) == {Threat.LEASE, Threat.CLOCK, Threat.FEED, Threat.MISMATCH}
    unknown = Health(
        lease_held=None, clock_skew_ms=None, market_feed_alive=None, account_feed_alive=None, reconciled=None
    )
    assert threats(replace(inputs(), health=unknown)) == {Threat.CLOCK, Threat.FEED, Threat.MISMATCH}
    assert threats(replace(inputs(), account=None)) == {Threat.FEED}
    assert threats(inputs(account_facts=account(equity=D("NaN")))) == {Threat.FEED}


@pytest.mark.parametrize(
    ("equity", "expected"),
    [
        ("9501", set()),
        ("9500", {Threat.DAILY_LOSS}),
        ("8000", {Threat.DAILY_LOSS, Threat.DRAWDOWN}),
        ("-100", {Threat.DAILY_LOSS, Threat.DRAWDOWN}),
    ],
)
def test_losses_are_threats(equity: str, expected: set[Threat]) -> None:
    assert threats(inputs(account_facts=account(equity=D(equity)))) == expected
