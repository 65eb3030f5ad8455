"""Moving the stop and target of an open position: nearer always, farther for few and never past liquidation."""

from __future__ import annotations

from decimal import Decimal

from vibex.domain import Decision, PositionSide
from vibex.domain.protection import AtPrice, LevelRule, resolve
from vibex.risk.exposure import other_cross_profit
from vibex.risk.inputs import RiskInput
from vibex.risk.liquidation import liquidation_price
from vibex.risk.rules.input_facts import (
    account_of,
    brackets_of,
    mark_of,
    marks,
    needed,
    other_maintenance,
    readable,
)
from vibex.risk.rules.liquidation import stop_against
from vibex.risk.verdict import Refused, Rule, Verdict, short
from vibex.venues.reports import MarginMode, ReportedPosition

HUNDRED = Decimal(100)


def judge_amendment(decision: Decision, inputs: RiskInput) -> Verdict:
    """Passes a stop that comes nearer in every state. Raises Refused for one that may not move so.

    A fixed price is meant as it stands; every other level is measured from the entry price of the position.
    """
    stop = decision.protection.stop
    words = "nothing changes" if stop is None else _judge_stop(decision, stop, inputs)
    if decision.protection.target is not None:
        words += " and the target moves" if stop is not None else " but the target"
    return Verdict(
        decision=decision,
        passed=True,
        rule=Rule.AMEND,
        words=f"{decision.symbol}: {words}.",
        protection=decision.protection,
    )


def _judge_stop(decision: Decision, stop: LevelRule, inputs: RiskInput) -> str:
    if inputs.account is None:
        raise Refused(Rule.INPUT, "account is missing", {"field": "account"})
    held = inputs.position(decision.symbol)
    if held is None:
        raise Refused(Rule.POSITION, "no position is open that a stop could protect")
    level = _level(stop, held)
    history = inputs.history.get(decision.symbol)
    present = history.stop_price if history is not None else None
    if present is None or not present.is_finite():
        raise Refused(Rule.INPUT, "the stop that rests now is not known", {"field": "history.stop_price"})
    direction = 1 if held.quantity > 0 else -1
    if present > 0 and (level - present) * direction >= 0:
        return f"the stop comes nearer, from {short(present)} to {short(level)}, which passes in every state"
    unreadable = readable(decision, inputs)
    if unreadable is not None:
        raise Refused(unreadable.rule, unreadable.words, unreadable.numbers)
    if present > 0:
        _may_loosen(present, level, held, inputs)
    _keeps_before_liquidation(level, held, inputs, direction)
    return f"the stop is set to {short(level)}, before liquidation"


def _level(stop: LevelRule, held: ReportedPosition) -> Decimal:
    if isinstance(stop, AtPrice):
        level: Decimal | None = stop.price
    else:
        entry, side = held.entry_price, PositionSide.LONG if held.quantity > 0 else PositionSide.SHORT
        if entry is None or not entry.is_finite():
            raise Refused(Rule.INPUT, "the entry price of the position is missing", {"field": "entry_price"})
        level = resolve(stop, fill=entry, side=side, in_favour=False)
    if level is None or not level.is_finite() or level <= 0:
        raise Refused(Rule.STOP, "its stop lies on no price that loses")
    return level


def _may_loosen(present: Decimal, level: Decimal, held: ReportedPosition, inputs: RiskInput) -> None:
    """Raises Refused unless the maker may move a stop away, the state takes risk, and the policy's distance holds."""
    farther = f"the stop would go farther away, from {short(present)} to {short(level)}"
    numbers = {"present": present, "wanted": level}
    if not inputs.maker.may_loosen_stops:
        raise Refused(Rule.STOP, f"{farther}, and no {inputs.maker.value} ever loosens a stop", numbers)
    if not inputs.state.takes_entries:
        raise Refused(Rule.STATE, f"{farther}, and the account is {inputs.state.value}", numbers)
    price, most = mark_of(held.symbol, inputs), inputs.policy.max_stop_pct
    away = abs(price - level) / price * HUNDRED
    if away > most:
        raise Refused(
            Rule.STOP,
            f"{farther}, {short(away)} % from the price, and {short(most)} % is the most",
            {**numbers, "stop_pct": away, "most_pct": most},
        )


def _keeps_before_liquidation(level: Decimal, held: ReportedPosition, inputs: RiskInput, direction: int) -> None:
    liquidation = _liquidation(held, inputs)
    if liquidation is None:
        return
    refusal = stop_against(
        price=mark_of(held.symbol, inputs),
        stop=level,
        liquidation=liquidation,
        direction=direction,
        buffer_pct=inputs.policy.liquidation_buffer_pct,
    )
    if refusal is not None:
        raise Refused(refusal.rule, refusal.words, refusal.numbers)


def _liquidation(held: ReportedPosition, inputs: RiskInput) -> Decimal | None:
    """As the venue reports it, else by its brackets: a venue that says nothing may mean that no price does it."""
    account = account_of(inputs)
    if held.liquidation_price is not None and held.liquidation_price > 0:
        return held.liquidation_price
    place = f"markets.{held.symbol}"
    brackets = brackets_of(needed(inputs.markets.get(held.symbol), place), place)
    if held.margin_mode is MarginMode.ISOLATED:
        behind = needed(held.isolated_margin, "account.positions.isolated_margin")
    else:
        behind = account.cross_wallet + other_cross_profit(account, held.symbol, marks(account, inputs))
        behind -= other_maintenance(account, held.symbol, inputs)
    return liquidation_price(
        quantity=held.quantity,
        entry_price=needed(held.entry_price, "account.positions.entry_price"),
        behind=behind,
        brackets=brackets,
    )
