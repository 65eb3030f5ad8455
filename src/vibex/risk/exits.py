"""What takes off risk: close, reduce, and the closing half of a reversal pass in every state and on any data.

An exit needs no price, no policy and no health: where the position is not known, execution takes it from the venue.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_UP, Decimal

from vibex.domain import Decision, Intent, QuantityKind, QuantityRule
from vibex.risk.inputs import RiskInput
from vibex.risk.verdict import Rule, Verdict, short
from vibex.venues.reports import ReportedPosition


def is_exit(decision: Decision, inputs: RiskInput) -> bool:
    """Whether `decision`, as things stand, only takes off: a reversal does until the old side is known to be gone."""
    if decision.intent in (Intent.CLOSE, Intent.REDUCE):
        return True
    if decision.intent is not Intent.REVERSE or decision.side is None:
        return False
    if not _is_current(inputs):
        return True
    held = inputs.position(decision.symbol)
    return held is not None and held.quantity * decision.side.direction < 0


def judge_exit(decision: Decision, inputs: RiskInput) -> Verdict:
    held = inputs.position(decision.symbol)
    if decision.intent is Intent.REDUCE:
        quantity = _reduction(decision, held, inputs) if held else None
        what = "the position is reduced" if quantity is None else f"the position is reduced by {short(quantity)}"
    else:
        quantity = abs(held.quantity) if held else None
        what = (
            "the whole position is closed" if quantity is None else f"the whole position, {short(quantity)}, is closed"
        )
    if held is None:
        what += " as the venue holds it, for it is not known here"
    if decision.intent is Intent.REVERSE:
        what += ", and the other side is judged anew once it is flat"
    return Verdict(
        decision=decision,
        passed=True,
        rule=Rule.EXIT,
        words=f"{decision.symbol}: {what}; exits pass in every state.",
        numbers={} if quantity is None else {"quantity": quantity},
        reduces=quantity,
    )


def _reduction(decision: Decision, held: ReportedPosition, inputs: RiskInput) -> Decimal | None:
    """Base units, rounded up to the venue's step and at most the position; None for a decision without a quantity."""
    if decision.quantity is None:
        return None
    size, market = abs(held.quantity), inputs.markets.get(decision.symbol)
    price = held.mark_price if market is None or market.mark is None else market.mark.mark_price
    if price is not None and not (price.is_finite() and price > 0):
        price = None
    step = market.instrument.lot if market is not None and market.instrument is not None else Decimal(0)
    try:
        wanted = _wanted(decision.quantity, held, inputs, price)
        if step.is_finite() and step > 0:
            wanted = (wanted / step).to_integral_value(rounding=ROUND_UP) * step
    except ArithmeticError:
        return size  # a number beyond all computing is more than is held
    return min(wanted, size)


def _wanted(rule: QuantityRule, held: ReportedPosition, inputs: RiskInput, price: Decimal | None) -> Decimal:
    """What `rule` asks to take off, in base units; everything where its price or equity is not known."""
    size = abs(held.quantity)
    match rule.kind:
        case QuantityKind.POSITION_FRACTION:
            return size * rule.value
        case QuantityKind.BASE:
            return rule.value
        case QuantityKind.NOTIONAL:
            return size if price is None else rule.value / price
        case QuantityKind.EQUITY_PERCENT:
            leverage = held.leverage if held.leverage is not None and held.leverage.is_finite() else Decimal(1)
            return size if price is None else _share_of_equity(rule.value, held, inputs, price) * leverage
        case QuantityKind.EXPOSURE_PERCENT:
            return size if price is None else _share_of_equity(rule.value, held, inputs, price)


def _share_of_equity(percent: Decimal, held: ReportedPosition, inputs: RiskInput, price: Decimal) -> Decimal:
    """That share of equity in base units; the whole position where equity is not known."""
    equity = inputs.account.equity if inputs.account is not None else None
    if equity is None or not equity.is_finite() or equity <= 0:
        return abs(held.quantity)
    return equity * percent / Decimal(100) / price


def _is_current(inputs: RiskInput) -> bool:
    """Whether the account as it was read can prove that nothing is held."""
    if inputs.account is None or inputs.now.tzinfo is None or inputs.account.read_at.tzinfo is None:
        return False
    if any(not one.quantity.is_finite() for one in inputs.account.positions):
        return False
    return inputs.now - inputs.account.read_at <= timedelta(seconds=inputs.policy.max_account_age_s)
