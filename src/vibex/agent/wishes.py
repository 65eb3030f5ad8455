"""From judged decisions to the domain's: id, data time, time to live, price band; and holds with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from vibex.agent.context import Context, Reading
from vibex.agent.sanitize import JudgedDecision
from vibex.domain import (
    AccountId,
    Clock,
    Decision,
    Intent,
    PositionSide,
    Protection,
    QuantityKind,
    QuantityRule,
    new_id,
)
from vibex.domain.protection import AtPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Makes the decisions of one maker at one moment. `band_pct` is how far the price may go from `data_at` on."""

    account_id: AccountId
    maker: str
    data_at: datetime
    time_to_live: timedelta
    band_pct: Decimal
    clock: Clock

    def hold(self, symbol: str, why: str) -> Decision:
        """Nothing is touched, for a reason in words of this product."""
        return self._decision(symbol, Intent.HOLD, rationale=f"held: {why}")

    def holds(self, symbols: Iterable[str], why: str) -> tuple[Decision, ...]:
        """One hold per symbol."""
        return tuple(self.hold(symbol, why) for symbol in symbols)

    def of(self, judged: Sequence[JudgedDecision], reasons: Sequence[str], context: Context) -> tuple[Decision, ...]:
        """One decision per asset of `context`: the judged one, or a hold where it was not named or is too late."""
        said = {each.asset: each for each in judged}
        late = self.clock.now() > self.data_at + self.time_to_live
        made = []
        for asset in context.assets:
            each = said.get(asset.asset)
            refused = [why.partition(": ")[2] for why in reasons if why.startswith(f"{asset.asset}: ")]
            if each is None:
                made.append(self.hold(asset.symbol, "the answer did not name it"))
            elif each.intent is Intent.HOLD and refused:
                made.append(self.hold(asset.symbol, "; ".join(refused)))
            else:
                price = asset.price.value if isinstance(asset.price, Reading) else None
                made.append(self._wish(each, asset.symbol, price, late=late))
        return tuple(made)

    def open(
        self, symbol: str, side: PositionSide, notional: Decimal, protection: Protection, price: Decimal, why: str
    ) -> Decision:
        """An entry of `notional` in quote currency near `price`."""
        return self._decision(
            symbol,
            Intent.OPEN,
            side=side,
            quantity=QuantityRule(QuantityKind.NOTIONAL, notional),
            protection=protection,
            price=price,
            rationale=why,
        )

    def close(self, symbol: str, why: str) -> Decision:
        """The whole position."""
        return self._decision(symbol, Intent.CLOSE, rationale=why)

    def _wish(self, judged: JudgedDecision, symbol: str, price: Decimal | None, *, late: bool) -> Decision:
        intent, late_words = judged.intent, ""
        if late and intent.opens:
            intent = Intent.CLOSE if intent is Intent.REVERSE else Intent.HOLD
            late_words = f"held: the answer came after {self.time_to_live.total_seconds():g} s; "
        opens = intent.opens
        touches = opens or intent is Intent.AMEND
        return self._decision(
            symbol,
            intent,
            side=judged.side if opens else None,
            quantity=QuantityRule(QuantityKind.NOTIONAL, judged.allocation_usd) if opens else None,
            protection=_protection(judged) if touches else Protection(),
            price=price if opens else None,
            exit_plan=judged.exit_plan,
            rationale=late_words + judged.rationale,
        )

    def _decision(
        self,
        symbol: str,
        intent: Intent,
        *,
        side: PositionSide | None = None,
        quantity: QuantityRule | None = None,
        protection: Protection | None = None,
        price: Decimal | None = None,
        exit_plan: str = "",
        rationale: str = "",
    ) -> Decision:
        away = self.band_pct / 100
        return Decision(
            id=new_id(self.clock),
            account_id=self.account_id,
            symbol=symbol,
            intent=intent,
            maker=self.maker,
            data_at=self.data_at,
            time_to_live=self.time_to_live,
            side=side,
            quantity=quantity,
            protection=protection or Protection(),
            min_price=None if price is None else price * (1 - away),
            max_price=None if price is None else price * (1 + away),
            exit_plan=exit_plan,
            rationale=rationale,
        )


def _protection(judged: JudgedDecision) -> Protection:
    return Protection(
        stop=None if judged.sl_price is None else AtPrice(judged.sl_price),
        target=None if judged.tp_price is None else AtPrice(judged.tp_price),
    )
