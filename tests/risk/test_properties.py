"""What holds for every input: no approval beyond the policy, and no refusal that a missing input turns round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.risk.risk_kit import (
    BTC,
    ETH,
    NOW,
    PRICES,
    SOL,
    account,
    decision,
    history,
    in_flight,
    inputs,
    instrument,
    mark,
    market,
    order,
    position,
)
from vibex.domain import Decision, Intent, InvalidInput, PositionSide, QuantityKind, QuantityRule, Side
from vibex.domain.protection import AtPrice, DistanceAway, LevelRule, PercentAway
from vibex.risk import NEVER, Policy, RiskInput, TradingState, Verdict, judge, liquidation_price, maintenance_margin
from vibex.venues.reports import MarginMode

D = Decimal
SYMBOLS = st.sampled_from([BTC, ETH, SOL])
NAN = D("NaN")


def number(least: str, most: str, places: int = 4) -> st.SearchStrategy[Decimal]:
    return st.decimals(least, most, places=places, allow_nan=False)


def seldom(strategy: st.SearchStrategy[Any], otherwise: Any) -> st.SearchStrategy[Any]:
    """`otherwise` in four of five cases: a world with everything wrong at once proves nothing about limits."""
    return st.integers(0, 4).flatmap(lambda die: strategy if die == 4 else st.just(otherwise))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    least = draw(st.integers(1, 10))
    most = draw(st.integers(least, 20))
    gross = draw(number("0.2", str(most), 2))
    return Policy(
        min_leverage=least,
        max_leverage=most,
        max_gross_exposure=gross,
        max_position_exposure=draw(number("0.1", str(gross), 2)),
        max_position_notional=draw(st.none() | number("500", "20000", 0)),
        max_total_notional=draw(st.none() | number("1000", "40000", 0)),
        max_group_exposure=draw(number("0.1", "2", 2)),
        groups=draw(st.sampled_from([{}, {"g": ("BTC", "SOL")}])),
        free_margin_reserve_pct=draw(number("0", "50", 0)),
        max_loss_at_stop_pct=draw(number("0.2", "20", 1)),
        min_stop_pct=draw(number("0.1", "1", 1)),
        max_stop_pct=draw(number("5", "30", 0)),
        liquidation_buffer_pct=draw(number("1", "50", 0)),
        max_daily_loss_pct=draw(number("2", "50", 0)),
        max_orders_per_hour=draw(st.integers(1, 6)),
        max_funding_pct_per_day=draw(number("0", "0.5", 2)),
        margin_mode=draw(st.sampled_from(MarginMode)),
        pyramiding=draw(st.booleans()),
        flip=draw(st.booleans()),
    )


@st.composite
def worlds(draw: st.DrawFn) -> RiskInput:
    policy = draw(policies())
    equity = draw(number("2000", "50000", 0))
    held = draw(st.dictionaries(SYMBOLS, number("-0.3", "0.3", 2).filter(bool), max_size=1))
    leverage = D(draw(st.integers(policy.min_leverage, policy.max_leverage)))
    facts = account(
        equity=equity,
        free_margin=equity * draw(number("0.3", "1", 2)),
        cross_wallet=equity,
        day_start_equity=equity * draw(seldom(number("0.9", "1.2", 2), D(1))),
        peak_equity=equity * draw(seldom(number("0.9", "1.4", 2), D(1))),
        positions=[
            position(
                symbol,
                share * equity / PRICES[symbol],
                margin_mode=policy.margin_mode,
                leverage=leverage,
                isolated_margin=abs(share) * equity / leverage,
                entry_price=PRICES[symbol] * draw(number("0.9", "1.1", 2)),
            )
            for symbol, share in held.items()
        ],
        open_orders=[order(symbol, draw(number("0.001", "0.05", 3))) for symbol in draw(st.sets(SYMBOLS, max_size=1))],
        in_flight=[
            in_flight(symbol, draw(number("0.01", "0.1", 2)), draw(st.sampled_from(Side)))
            for symbol in draw(seldom(st.sets(SYMBOLS, max_size=1), set()))
        ],
    )
    last = {symbol: price * draw(number("0.995", "1.005", 3)) for symbol, price in PRICES.items()}
    rate = draw(st.sampled_from([D("0.0001"), D("-0.0001"), D("0.0008"), D("-0.0008")]))
    past = history(
        last_entry_at=draw(seldom(st.just(NOW - timedelta(minutes=30)), NEVER)),
        last_entry_side=draw(st.sampled_from(PositionSide)),
        last_exit_at=draw(seldom(st.just(NOW - timedelta(minutes=5)), NEVER)),
        decided_side=draw(st.sampled_from(PositionSide)),
        decisions_in_a_row=draw(st.integers(0, 3)),
    )
    return replace(
        inputs(
            policy=policy,
            account_facts=facts,
            markets={
                symbol: market(symbol, last_price=last[symbol], mark=mark(symbol, rate=rate)) for symbol in PRICES
            },
        ),
        history=dict.fromkeys(PRICES, past),
        entry_times=[NOW - timedelta(minutes=m) for m in draw(st.lists(st.integers(0, 90), max_size=4))],
        state=draw(st.sampled_from([*[TradingState.ACTIVE] * 9, TradingState.REDUCING])),
        correlations={frozenset(pair): draw(number("-1", "1", 1)) for pair in ((BTC, ETH), (BTC, SOL), (ETH, SOL))},
    )


@st.composite
def wishes(draw: st.DrawFn) -> Decision:
    symbol = draw(SYMBOLS)
    side = draw(st.sampled_from(PositionSide))
    away = draw(number("0.3", "12", 2))
    levels: list[LevelRule] = [
        PercentAway(away),
        DistanceAway(PRICES[symbol] * away / 100),
        AtPrice(PRICES[symbol] * (1 - side.direction * away / 100)),
    ]
    stop = draw(st.sampled_from(levels))
    quantity = draw(
        st.one_of(
            number("50", "5000", 0).map(lambda value: QuantityRule(QuantityKind.NOTIONAL, value)),
            number("200", "4000", 0).map(lambda value: QuantityRule(QuantityKind.BASE, value / PRICES[symbol])),
            number("1", "30", 1).map(lambda value: QuantityRule(QuantityKind.EQUITY_PERCENT, value)),
            number("0.1", "1", 1).map(lambda value: QuantityRule(QuantityKind.POSITION_FRACTION, value)),
        )
    )
    return decision(
        draw(seldom(st.just(Intent.REVERSE), Intent.OPEN)), symbol=symbol, side=side, stop=stop, quantity=quantity
    )


# Most worlds refuse; only what is approved is looked at.
FEW_PASS = [HealthCheck.filter_too_much]


@settings(max_examples=80, deadline=None, suppress_health_check=FEW_PASS)
@given(wish=wishes(), known=worlds())
def test_no_approval_exceeds_any_limit_of_the_policy(wish: Decision, known: RiskInput) -> None:
    """The limits are computed anew here, plainly, from the input and the approved order alone."""
    _assert_approved_within_limits(wish, known)


@pytest.mark.proof
@settings(max_examples=400, deadline=None, suppress_health_check=FEW_PASS)
@given(wish=wishes(), known=worlds())
def test_no_approval_of_hundreds_exceeds_any_limit_of_the_policy(wish: Decision, known: RiskInput) -> None:
    _assert_approved_within_limits(wish, known)


def _assert_approved_within_limits(wish: Decision, known: RiskInput) -> None:
    verdict = judge(wish, known)
    assume(verdict.entry is not None)
    _assert_within_limits(verdict, known)


def _assert_within_limits(verdict: Verdict, known: RiskInput) -> None:
    entry, policy, facts, size = verdict.entry, known.policy, known.account, verdict.size
    assert entry is not None
    assert facts is not None
    assert size is not None
    there = known.markets[entry.symbol]
    price = there.last_price
    assert price is not None
    assert known.state is TradingState.ACTIVE
    sign = 1 if entry.side is Side.BUY else -1

    held = {one.symbol: one.quantity * PRICES[one.symbol] for one in facts.positions}
    waiting = [
        (one.symbol, one.side, one.quantity or D(0), max(one.price or D(0), PRICES[one.symbol]))
        for one in facts.open_orders
    ]
    waiting += [(one.symbol, one.side, one.quantity, one.max_price) for one in facts.in_flight]
    waiting.append((entry.symbol, entry.side, entry.quantity, price))
    weights = {}
    for symbol in {*held, *(row[0] for row in waiting)}:
        buys = sum((q * p for s, side, q, p in waiting if s == symbol and side is Side.BUY), D(0))
        sells = sum((q * p for s, side, q, p in waiting if s == symbol and side is Side.SELL), D(0))
        weights[symbol] = max(abs(held.get(symbol, D(0)) + buys), abs(held.get(symbol, D(0)) - sells))
    own, total = weights[entry.symbol], sum(weights.values())
    assert own <= policy.max_position_exposure * facts.equity
    assert total <= policy.max_gross_exposure * facts.equity
    assert own <= (policy.max_position_notional or own)
    assert total <= (policy.max_total_notional or total)

    assert policy.min_leverage <= entry.leverage <= policy.max_leverage
    margin = entry.quantity * price / entry.leverage
    underway = sum((one.quantity * one.max_price / one.leverage for one in facts.in_flight), D(0))
    left = facts.free_margin - underway - margin
    assert left >= facts.equity * policy.free_margin_reserve_pct / 100

    stop = _level(verdict.decision, price, sign)
    away = (price - stop) * sign / price * 100
    assert policy.min_stop_pct <= away <= policy.max_stop_pct
    loss = entry.quantity * ((price - stop) * sign + stop * policy.slippage_pct / 100 + (price + stop) * D("0.0004"))
    assert loss <= facts.equity * policy.max_loss_at_stop_pct / 100
    assert size.loss_at_stop == loss

    pays = sign * (there.mark.funding_rate or D(0)) * 3 * 100 if there.mark else D(0)
    assert pays <= policy.max_funding_pct_per_day
    assert (facts.day_start_equity - facts.equity) / facts.day_start_equity * 100 < policy.max_daily_loss_pct
    assert (facts.peak_equity - facts.equity) / facts.peak_equity * 100 < policy.max_drawdown_pct
    recent = [at for at in known.entry_times or () if NOW - at < timedelta(hours=1)]
    assert len(recent) < policy.max_orders_per_hour
    assert entry.min_price <= price <= entry.max_price
    assert entry.valid_until <= verdict.decision.valid_until
    assert entry.quantity % D("0.001") == 0
    held_before = held.get(entry.symbol, D(0))
    assert held_before == 0 or (policy.pyramiding and held_before * sign > 0)
    assert _losing_with(verdict, known, held, waiting, sign) <= policy.max_group_exposure * facts.equity
    _assert_paced(verdict, known)
    _assert_stop_before_liquidation(verdict, known, stop, price, sign)


def _losing_with(
    verdict: Verdict,
    known: RiskInput,
    held: Mapping[str, Decimal],
    waiting: Sequence[tuple[str, Side, Decimal, Decimal]],
    sign: int,
) -> Decimal:
    """What would lose together with the entry: by the named group, else by correlation."""
    total = D(0)
    here = verdict.decision.symbol
    for symbol in {*held, *(row[0] for row in waiting)}:
        correlation = known.correlations.get(frozenset((here, symbol)), D(0))
        if symbol == here or (known.policy.groups and {here, symbol} == {BTC, SOL}):
            correlation = D(1)
        if abs(correlation) < known.policy.group_correlation:
            continue
        way = sign if correlation >= 0 else -sign
        side = Side.BUY if way > 0 else Side.SELL
        more = sum((q * p for s, one, q, p in waiting if s == symbol and one is side), D(0))
        total += max(D(0), held.get(symbol, D(0)) * way + more)
    return total


def _assert_paced(verdict: Verdict, known: RiskInput) -> None:
    wish, policy, past = verdict.decision, known.policy, known.history[verdict.decision.symbol]
    assert past.last_exit_at is not None
    assert past.last_entry_at is not None
    assert past.decisions_in_a_row is not None
    if wish.intent is Intent.REVERSE:
        assert policy.flip
    else:
        assert NOW - past.last_exit_at >= timedelta(minutes=policy.cooldown_minutes)
    if past.last_entry_side is not wish.side and NOW - past.last_entry_at < timedelta(
        minutes=policy.flip_window_minutes
    ):
        assert past.decided_side is wish.side
        assert past.decisions_in_a_row >= policy.flip_confirmations


def _level(wish: Decision, price: Decimal, sign: int) -> Decimal:
    match wish.protection.stop:
        case PercentAway(percent):
            return price * (1 - sign * percent / 100)
        case DistanceAway(distance):
            return price - sign * distance
        case AtPrice(at):
            return at
    raise AssertionError("an approved entry without a stop")


def _assert_stop_before_liquidation(
    verdict: Verdict, known: RiskInput, stop: Decimal, price: Decimal, sign: int
) -> None:
    """At the stop the margin behind the position is still more than its maintenance margin."""
    entry, facts = verdict.entry, known.account
    assert entry is not None
    assert facts is not None
    brackets = known.markets[entry.symbol].brackets
    assert brackets is not None
    mine = next((one for one in facts.positions if one.symbol == entry.symbol), None)
    quantity = entry.quantity * sign + (mine.quantity if mine else D(0))
    profit = entry.quantity * sign * (stop - price)
    if mine is not None and mine.entry_price is not None:
        profit += mine.quantity * (stop - mine.entry_price)
    if known.policy.margin_mode is MarginMode.ISOLATED:
        behind = entry.quantity * price / entry.leverage + ((mine.isolated_margin or D(0)) if mine else D(0))
    else:
        behind = facts.cross_wallet - entry.quantity * price * D("0.0004")
        for one in facts.positions:
            if one.symbol != entry.symbol and one.margin_mode is MarginMode.CROSS and one.entry_price is not None:
                needed = maintenance_margin(brackets, abs(one.quantity) * PRICES[one.symbol])
                behind += one.quantity * (PRICES[one.symbol] - one.entry_price) - (needed or D(0))
    needed = maintenance_margin(brackets, abs(quantity) * stop)
    assert needed is not None
    assert behind + profit > needed


def _damaged(value: Any) -> Iterator[Any]:
    """`value` with one input less: a number that is none, an unknown where unknown is allowed, an entry gone."""
    if isinstance(value, Decimal):
        yield NAN
        yield D("Infinity")
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            inner = getattr(value, field.name)
            kind = str(field.type)
            if inner is not None and kind.endswith("| None") and field.name not in MEANT_AS_NONE:
                yield replace(value, **{field.name: None})
            for broken in _damaged(inner):
                with suppress(InvalidInput):  # a type that holds no such number cannot be spoilt so
                    yield replace(value, **{field.name: broken})
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield {other: kept for other, kept in value.items() if other != key}
            for broken in _damaged(inner):
                yield {**value, key: broken}
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number_, inner in enumerate(value):
            for broken in _damaged(inner):
                yield [*value[:number_], broken, *value[number_ + 1 :]]


MEANT_AS_NONE = frozenset(
    {
        # None is a statement of the venue, not a gap: no trigger, no such bound, one-way mode, not reported.
        "price",
        "trigger_price",
        "position_side",
        "price_up",
        "price_down",
    }
)


@settings(max_examples=60, deadline=None)
@given(wish=wishes(), known=worlds(), chance=st.randoms(use_true_random=False))
def test_removing_or_spoiling_one_input_never_turns_a_refusal_into_an_approval(
    wish: Decision, known: RiskInput, chance: Random
) -> None:
    damages = list(_one_less(known))
    _assert_still_refused(wish, known, chance.sample(damages, k=20))


@pytest.mark.proof
@settings(max_examples=100, deadline=None)
@given(wish=wishes(), known=worlds())
def test_none_of_all_possible_damages_turns_a_refusal_into_an_approval(wish: Decision, known: RiskInput) -> None:
    _assert_still_refused(wish, known, _one_less(known))


def _assert_still_refused(wish: Decision, known: RiskInput, damages: Iterable[RiskInput]) -> None:
    if judge(wish, known).entry is not None:
        return
    for broken in damages:
        verdict = judge(wish, broken)
        assert verdict.entry is None, verdict.words


def _one_less(known: RiskInput) -> Iterator[RiskInput]:
    yield replace(known, account=None)
    yield replace(known, entry_times=None)
    for name in ("health", "account", "markets", "history", "entry_times", "correlations"):
        for broken in _damaged(getattr(known, name)):
            yield replace(known, **{name: broken})


def test_spoiling_what_an_approval_rests_on_refuses_it() -> None:
    """Nearly every number matters: with it spoilt, what passed does not pass. What may be spoilt is listed."""
    harmless = 0
    known = inputs(positions=[position(ETH, D("0.5"))])
    assert judge(decision(), known).passed
    damages = list(_one_less(known))
    for broken in damages:
        harmless += judge(decision(), broken).entry is not None
    assert len(damages) > 200
    assert harmless < len(damages) / 2


@settings(max_examples=60, deadline=None)
@given(
    quantity=st.decimals("0.001", "1e18", allow_nan=False, places=3),
    price=st.decimals("1e-9", "1e15", allow_nan=False, places=9).filter(lambda value: value > 0),
    equity=st.decimals("1e-6", "1e18", allow_nan=False, places=6).filter(lambda value: value > 0),
)
def test_numbers_of_any_size_lead_to_a_verdict(quantity: Decimal, price: Decimal, equity: Decimal) -> None:
    known = inputs(
        account_facts=account(equity=equity, free_margin=equity, day_start_equity=equity, peak_equity=equity),
        markets={BTC: market(last_price=price, mark=mark(price=price), instrument=instrument(tick=D(0), lot=D(0)))},
    )
    verdict = judge(decision(quantity=QuantityRule(QuantityKind.BASE, quantity), stop=PercentAway(D(2))), known)
    assert verdict.words.endswith(".")
    if verdict.entry is not None:
        assert verdict.entry.quantity * price <= equity


def test_an_overflow_is_a_refusal() -> None:
    huge = decision(quantity=QuantityRule(QuantityKind.BASE, D("1e999999")))
    verdict = judge(huge, inputs())
    assert not verdict.passed
    assert "cannot be computed" in verdict.words


def test_the_same_question_has_the_same_answer() -> None:
    wish, known = decision(), inputs(positions=[position(ETH, D("0.3"))])
    assert judge(wish, known) == judge(wish, known)
    assert liquidation_price(quantity=D(1), entry_price=D(1), behind=D(2), brackets=market().brackets or ()) is None


@pytest.mark.parametrize("bound", ["NaN", "Infinity", "0", "-1"])
@pytest.mark.parametrize("field", ["min_price", "max_price"])
def test_an_approval_has_a_price_band_of_numbers(field: str, bound: str) -> None:
    with pytest.raises(InvalidInput, match="is not above 0"):
        replace(in_flight(), **{field: D(bound)})  # type: ignore[arg-type]
