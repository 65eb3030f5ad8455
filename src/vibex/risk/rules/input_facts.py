"""Rule `input`: what is missing, stale, from the future or no number refuses; nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from vibex.domain import Decision, PositionSide, QuantityRule
from vibex.risk.exposure import symbols_at_stake, waiting_orders
from vibex.risk.inputs import NEVER, AccountFacts, AssetHistory, MarketFacts, RiskInput
from vibex.risk.liquidation import maintenance_margin
from vibex.risk.verdict import Refusal, Refused, Rule
from vibex.risk.wish import KnownMarket, Wish
from vibex.venues.reports import LeverageBracket, MarginMode

DAY_HOURS = Decimal(24)

_T = TypeVar("_T")


def readable(decision: Decision, inputs: RiskInput) -> Refusal | None:
    """Every number that the entry depends on is finite and every time has a zone."""
    at_stake = symbols_at_stake(inputs.account) if inputs.account else set()
    watched = {
        "decision": decision,
        "now": inputs.now,
        "account": inputs.account,
        "entry_times": inputs.entry_times,
        "history": inputs.history.get(decision.symbol),
        "markets": {symbol: inputs.markets.get(symbol) for symbol in {decision.symbol, *at_stake}},
        "correlations": {
            "/".join(sorted(pair)): value for pair, value in inputs.correlations.items() if decision.symbol in pair
        },
    }
    for place, words in _unreadable(watched, ""):
        return Refusal(rule=Rule.INPUT, words=f"{place} {words}", numbers={"field": place})
    return None


def gather(decision: Decision, side: PositionSide, quantity: QuantityRule, inputs: RiskInput) -> Wish:
    """Everything known about an entry. Raises Refused when something that a rule needs is missing or stale."""
    account = account_of(inputs)
    market = _market(decision.symbol, inputs)
    history = inputs.history.get(decision.symbol)
    if history is None:
        raise _missing(f"history.{decision.symbol}")
    _known_side(history)
    return Wish(
        decision=decision,
        side=side,
        quantity_rule=quantity,
        inputs=inputs,
        account=account,
        market=market,
        history=history,
        last_entry_at=needed(history.last_entry_at, "history.last_entry_at"),
        last_exit_at=needed(history.last_exit_at, "history.last_exit_at"),
        decisions_in_a_row=needed(history.decisions_in_a_row, "history.decisions_in_a_row"),
        entry_times=needed(inputs.entry_times, "entry_times"),
        prices=marks(account, inputs) | {decision.symbol: market.mark_price},
        other_maintenance=other_maintenance(account, decision.symbol, inputs),
    )


def account_of(inputs: RiskInput) -> AccountFacts:
    account = needed(inputs.account, "account")
    _fresh(account.read_at, inputs, inputs.policy.max_account_age_s, "account")
    for name in ("equity", "day_start_equity", "peak_equity"):
        _above_zero(getattr(account, name), f"account.{name}")
    if any(order.quantity is None for order in waiting_orders(account)):
        raise _missing("account.open_orders.quantity")
    if any(position.entry_price is None for position in account.positions if position.quantity != 0):
        raise _missing("account.positions.entry_price")
    isolated = (one for one in account.positions if one.margin_mode is MarginMode.ISOLATED and one.quantity != 0)
    if any(position.isolated_margin is None for position in isolated):
        raise _missing("account.positions.isolated_margin")
    return account


def _market(symbol: str, inputs: RiskInput) -> KnownMarket:
    facts = inputs.markets.get(symbol)
    place = f"markets.{symbol}"
    if facts is None:
        raise _missing(place)
    last = _above_zero(needed(facts.last_price, f"{place}.last_price"), f"{place}.last_price")
    _fresh(
        needed(facts.last_price_at, f"{place}.last_price_at"),
        inputs,
        inputs.policy.max_price_age_s,
        f"{place}.last_price",
    )
    return KnownMarket(
        instrument=needed(facts.instrument, f"{place}.instrument"),
        brackets=brackets_of(facts, place),
        taker_fee=needed(facts.fees, f"{place}.fees").taker,
        mark_price=mark_of(symbol, inputs),
        last_price=last,
        daily_funding=_daily_funding(facts, place),
    )


def _daily_funding(facts: MarketFacts, place: str) -> Decimal:
    hours = needed(facts.funding_hours, f"{place}.funding_hours")
    if hours == 0:
        return Decimal(0)
    if hours < 0:
        raise Refused(Rule.INPUT, f"{place}.funding_hours is below 0")
    rate = needed(needed(facts.mark, f"{place}.mark").funding_rate, f"{place}.mark.funding_rate")
    return rate * DAY_HOURS / hours


def brackets_of(facts: MarketFacts, place: str) -> Sequence[LeverageBracket]:
    """The table of a contract, ascending from 0. Raises Refused."""
    brackets = needed(facts.brackets, f"{place}.brackets")
    ends = [bracket.notional_cap for bracket in brackets]
    joined = [Decimal(0), *ends[:-1]] == [bracket.notional_floor for bracket in brackets]
    rates_fit = all(0 <= bracket.maintenance_rate < 1 for bracket in brackets)
    if not brackets or not joined or sorted(set(ends)) != ends or not rates_fit:
        raise Refused(Rule.INPUT, f"{place}.brackets is no table that ascends from 0 without gaps")
    return brackets


def marks(account: AccountFacts, inputs: RiskInput) -> dict[str, Decimal]:
    """The mark of every symbol that is held or waiting. Raises Refused when one is missing or stale."""
    return {symbol: mark_of(symbol, inputs) for symbol in symbols_at_stake(account)} | {
        position.symbol: Decimal(0) for position in account.positions if position.quantity == 0
    }


def mark_of(symbol: str, inputs: RiskInput) -> Decimal:
    """The mark price of `symbol`, fresh and above 0. Raises Refused."""
    place = f"markets.{symbol}.mark"
    facts = inputs.markets.get(symbol)
    mark = needed(facts.mark if facts else None, place)
    _fresh(mark.event_at, inputs, inputs.policy.max_price_age_s, place)
    return _above_zero(mark.mark_price, place)


def other_maintenance(account: AccountFacts, symbol: str, inputs: RiskInput) -> Decimal:
    """The maintenance margins of the cross positions in other symbols. Raises Refused when a bracket is missing."""
    total = Decimal(0)
    for position in account.positions:
        if position.symbol == symbol or position.quantity == 0 or position.margin_mode is not MarginMode.CROSS:
            continue
        place = f"markets.{position.symbol}"
        facts = needed(inputs.markets.get(position.symbol), place)
        brackets = brackets_of(facts, place)
        margin = maintenance_margin(brackets, abs(position.quantity) * mark_of(position.symbol, inputs))
        if margin is None:
            raise Refused(Rule.INPUT, f"the position in {position.symbol} is beyond its table of brackets")
        total += margin
    return total


def _known_side(history: AssetHistory) -> None:
    if history.last_entry_at not in (None, NEVER) and history.last_entry_side is None:
        raise _missing("history.last_entry_side")


def _fresh(at: datetime, inputs: RiskInput, seconds: int, place: str) -> None:
    ahead = timedelta(milliseconds=inputs.policy.max_clock_skew_ms)
    age = inputs.now - at
    if age < -ahead:
        raise Refused(Rule.INPUT, f"{place} is from the future, {-age.total_seconds():g} s ahead", {"field": place})
    if age > timedelta(seconds=seconds):
        raise Refused(
            Rule.INPUT,
            f"{place} is {age.total_seconds():g} s old and stale after {seconds} s",
            {"field": place, "age_s": Decimal(str(age.total_seconds())), "limit_s": Decimal(seconds)},
        )


def _above_zero(value: Decimal, place: str) -> Decimal:
    if value <= 0:
        raise Refused(Rule.INPUT, f"{place} is {value}, not above 0", {"field": place, "value": value})
    return value


def needed(value: _T | None, place: str) -> _T:
    """`value`, known. Raises Refused naming `place`."""
    if value is None:
        raise _missing(place)
    return value


def _missing(place: str) -> Refused:
    return Refused(Rule.INPUT, f"{place} is missing", {"field": place})


def _unreadable(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Places of numbers that are none and of times without zone, anywhere inside `value`."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            yield place, "is no finite number"
    elif isinstance(value, datetime):
        if value.tzinfo is None:
            yield place, "has no time zone"
    elif is_dataclass(value):
        for field in fields(value):
            yield from _unreadable(getattr(value, field.name), f"{place}.{field.name}".lstrip("."))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _unreadable(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for inner in value:
            yield from _unreadable(inner, place)
