"""One decision against the account: what it means where a position is open, and whether its numbers make sense.

An action against an open position closes it, whatever its numbers are: an exit is never refused for the form of what it
does not use. Where the policy allows a flip and only the counter position is refused, the close remains.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from vibex.agent.sanitize.contract import JudgedDecision, OpenPosition, SanitizeInput, hold
from vibex.agent.sanitize.forms import Fault, Form
from vibex.domain import Intent, PositionSide


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A decision that may be used, why anything was refused (clauses), and what was overlooked."""

    decision: JudgedDecision
    refused: tuple[str, ...] = ()
    overlooked: tuple[str, ...] = ()


@dataclass(slots=True)
class Judge:
    """Judges the decisions of one answer in their order; `opened` is the running total of what they open."""

    given: SanitizeInput
    opened: Decimal = field(default=Decimal(0))

    def judge(self, asset: str, form: Form) -> Judgement:
        """`form` for the account's `asset`."""
        if form.repeated:
            return _refused(asset, form, f"it repeats {', '.join(form.repeated)}")
        if form.action is None:
            return _refused(asset, form, "its action is none of buy, sell and hold")
        position = self.given.positions.get(asset)
        if form.action == "hold":
            return self._hold(asset, form)
        side = PositionSide.LONG if form.action == "buy" else PositionSide.SHORT
        if position is not None and position.side is not side:
            return self._against(asset, form, side)
        adds = self.given.pyramiding and not isinstance(form.amount, Fault) and form.amount > 0
        if position is not None and not adds:
            return self._amend(asset, form, side, position)
        return self._open(asset, form, side, Intent.OPEN)

    def _hold(self, asset: str, form: Form) -> Judgement:
        faults = _form_faults(form)
        if faults:
            return _refused(asset, form, *faults)
        return Judgement(decision=hold(asset, exit_plan=form.exit_plan, rationale=form.rationale))

    def _against(self, asset: str, form: Form, side: PositionSide) -> Judgement:
        """The opposite action: a close, or where the policy allows it and the amount asks for it a flip."""
        close = _decision(asset, form, Intent.CLOSE)
        wants_more = isinstance(form.amount, Fault) or form.amount > 0
        if self.given.flip and wants_more:
            flipped = self._open(asset, form, side, Intent.REVERSE)
            if not flipped.refused:
                return flipped
            words = tuple(f"{why}; the position is closed and none is opened" for why in flipped.refused)
            return Judgement(decision=close, refused=words)
        faults = _form_faults(form)
        overlooked = tuple(f"{fault}, which a close does not use" for fault in faults)
        return Judgement(decision=close, overlooked=overlooked)

    def _amend(self, asset: str, form: Form, side: PositionSide, position: OpenPosition) -> Judgement:
        """The same side without adding: new levels move the brackets, null keeps them."""
        faults = [*_form_faults(form), *self._level_faults(asset, form, side)]
        if not faults and form.stop is not None and position.stop is not None:
            moved = (Decimal(form.stop) - position.stop) * side.direction
            if moved < 0:
                faults.append(f"sl_price {form.stop} is looser than the resting stop {position.stop}")
        if faults:
            return _refused(asset, form, *faults)
        intent = Intent.HOLD if form.stop is None and form.target is None else Intent.AMEND
        return Judgement(decision=_decision(asset, form, intent, levels=True))

    def _open(self, asset: str, form: Form, side: PositionSide, intent: Intent) -> Judgement:
        faults = _form_faults(form)
        amount = form.amount
        if isinstance(amount, Fault):
            return _refused(asset, form, *faults)
        cap = self.given.cap
        if amount <= 0:
            faults.append("allocation_usd is 0, which opens nothing")
        elif amount > cap:
            faults.append(f"allocation_usd is above the exposure cap of {_plain(cap)}")
        elif self.opened + amount > cap:
            faults.append(f"allocation_usd takes the running total over the exposure cap of {_plain(cap)}")
        faults += self._level_faults(asset, form, side)
        if faults:
            return _refused(asset, form, *faults)
        self.opened += amount
        return Judgement(decision=_decision(asset, form, intent, amount=amount, levels=True))

    def _level_faults(self, asset: str, form: Form, side: PositionSide) -> list[str]:
        price = self.given.prices.get(asset)
        if price is None:
            return ["its price is not known"]
        faults = []
        for name, level, sign in (("tp_price", form.target, 1), ("sl_price", form.stop, -1)):
            if isinstance(level, Decimal) and (level - price) * sign * side.direction <= 0:
                where = "above" if sign * side.direction > 0 else "below"
                faults.append(f"{name} is on the wrong side: for a {form.action} it must be {where} the price {price}")
        return faults


def _form_faults(form: Form) -> list[str]:
    return [str(each) for each in (form.amount, form.target, form.stop) if isinstance(each, Fault)]


def _refused(asset: str, form: Form, *why: str) -> Judgement:
    return Judgement(decision=hold(asset, exit_plan=form.exit_plan, rationale=form.rationale), refused=why)


def _decision(
    asset: str, form: Form, intent: Intent, *, amount: Decimal = Decimal(0), levels: bool = False
) -> JudgedDecision:
    return JudgedDecision(
        asset=asset,
        action=form.action or "hold",
        allocation_usd=amount,
        tp_price=form.target if levels and isinstance(form.target, Decimal) else None,
        sl_price=form.stop if levels and isinstance(form.stop, Decimal) else None,
        exit_plan=form.exit_plan,
        rationale=form.rationale,
        intent=intent,
    )


def _plain(amount: Decimal) -> str:
    return f"{amount:f}" if abs(amount.adjusted()) < 30 else str(amount)
