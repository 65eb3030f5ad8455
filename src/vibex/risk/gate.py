"""The gate: one decision and everything known in, one verdict out. Pure, and closed unless every rule agrees.

Exits pass before any rule is asked. An entry is asked of the rules in their fixed order; the first refusal
decides. This is the one place in the product where an `ApprovedEntry` is made.
"""

from __future__ import annotations

from decimal import Decimal

from vibex.domain import ApprovedEntry, Decision, Intent, OrderType
from vibex.risk.amendments import judge_amendment
from vibex.risk.exits import is_exit, judge_exit
from vibex.risk.inputs import RiskInput
from vibex.risk.policy import EntryType
from vibex.risk.rules import EARLY, OF_SIZES, OF_WISHES, timing
from vibex.risk.rules.input_facts import gather
from vibex.risk.sizing import entry_price, propose
from vibex.risk.verdict import Refusal, Refused, Rule, SizeInNumbers, Verdict, short
from vibex.risk.wish import Proposal, Wish


def judge(decision: Decision, inputs: RiskInput) -> Verdict:
    """What becomes of `decision` as things stand in `inputs`. Never raises for what the world may say.

    A reversal against an open position is judged as its closing half; judge it again once the position is flat.
    """
    if decision.intent is Intent.HOLD:
        return Verdict(decision=decision, passed=True, rule=Rule.HOLD, words=f"{decision.symbol}: nothing is touched.")
    if is_exit(decision, inputs):
        return judge_exit(decision, inputs)
    try:
        if decision.intent is Intent.AMEND:
            return judge_amendment(decision, inputs)
        return _judge_entry(decision, inputs)
    except Refused as no:
        return _refuse(decision, no.refusal)
    except ArithmeticError as error:
        # Numbers of absurd size overflow; what cannot be computed is not let through.
        return _refuse(decision, Refusal(rule=Rule.INPUT, words=f"its numbers cannot be computed ({error!r})"))


def _judge_entry(decision: Decision, inputs: RiskInput) -> Verdict:
    for early in EARLY:
        refusal = early(decision, inputs)
        if refusal is not None:
            return _refuse(decision, refusal)
    if decision.side is None or decision.quantity is None:
        return _refuse(decision, Refusal(rule=Rule.INPUT, words="an entry needs a side and a quantity"))
    wish = gather(decision, decision.side, decision.quantity, inputs)
    for of_wish in OF_WISHES:
        refusal = of_wish(wish)
        if refusal is not None:
            return _refuse(decision, refusal)
    proposal = propose(wish)
    for of_size in OF_SIZES:
        refusal = of_size(proposal)
        if refusal is not None:
            return _refuse(decision, refusal, proposal.size)
    return _approve(wish, proposal)


def _approve(wish: Wish, proposal: Proposal) -> Verdict:
    limit = wish.policy.entry_type is EntryType.LIMIT
    entry = ApprovedEntry(
        account_id=wish.decision.account_id,
        client_order_id=wish.inputs.client_order_id,
        symbol=wish.symbol,
        side=wish.side.entry_side,
        type=OrderType.LIMIT if limit else OrderType.MARKET,
        quantity=proposal.quantity,
        leverage=Decimal(proposal.leverage),
        valid_until=timing.valid_until(wish.decision, wish.inputs),
        min_price=proposal.min_price,
        max_price=proposal.max_price,
        rule=wish.policy.name,
        price=entry_price(proposal) if limit else None,
    )
    size = proposal.size
    return Verdict(
        decision=wish.decision,
        passed=True,
        rule=Rule.ENTRY,
        words=(
            f"{wish.symbol}: {entry.side.value} {short(entry.quantity)} at about {short(wish.price)} with "
            f"{proposal.leverage}x under policy {wish.policy.name}: {size.words}."
        ),
        numbers={
            "notional": size.notional,
            "margin": size.margin,
            "loss_at_stop": size.loss_at_stop,
            "liquidation_pct": "out of reach" if size.liquidation_pct is None else size.liquidation_pct,
        },
        entry=entry,
        protection=wish.decision.protection,
        margin_mode=wish.policy.margin_mode,
        size=size,
    )


def _refuse(decision: Decision, refusal: Refusal, size: SizeInNumbers | None = None) -> Verdict:
    wanted = f"{decision.intent.value} {decision.side.value}" if decision.side else decision.intent.value
    return Verdict(
        decision=decision,
        passed=False,
        rule=refusal.rule,
        words=f"{decision.symbol}: {wanted} is refused by {refusal.rule.value}: {refusal.words}.",
        numbers=refusal.numbers,
        size=size,
    )
