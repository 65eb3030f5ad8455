"""What `sanitize` knows and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from vibex.domain import Intent, InvalidInput, JsonValue, PositionSide, Side


class Outcome(StrEnum):
    """What became of an answer as a whole; the members stand from best to worst."""

    ACCEPT = "accept"
    REPAIR = "repair"
    REJECT_DECISION = "reject_decision"
    FALLBACK_HOLD = "fallback_hold"

    def or_worse(self, other: Outcome) -> Outcome:
        """The worse of the two."""
        order = tuple(Outcome)
        return max(self, other, key=order.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPosition:
    """What is held: `quantity` signed, above 0 long. `stop` is the resting stop's price, None when not known here."""

    quantity: Decimal
    stop: Decimal | None = None

    def __post_init__(self) -> None:
        if not self.quantity.is_finite() or self.quantity == 0:
            raise InvalidInput(f"{self.quantity} is no quantity of an open position", field="positions")

    @property
    def side(self) -> PositionSide:
        return PositionSide.LONG if self.quantity > 0 else PositionSide.SHORT


@dataclass(frozen=True, slots=True, kw_only=True)
class SanitizeInput:
    """The account that an answer is judged against; `assets` as the model is told to write them.

    Amounts in quote currency. `max_exposure` is the most gross notional as a multiple of `equity`. `flip` and
    `pyramiding` are the policy's. `secrets` are texts that must not appear anywhere, whatever the model wrote.
    Raises InvalidInput for numbers that are not finite, prices that are not above 0, and assets that differ in
    letter case only.
    """

    assets: tuple[str, ...]
    equity: Decimal
    prices: Mapping[str, Decimal]
    positions: Mapping[str, OpenPosition] = field(default_factory=dict)
    max_exposure: Decimal = Decimal(1)
    flip: bool = False
    pyramiding: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.assets:
            raise InvalidInput("no asset is named", field="assets", remedy="name at least one, such as BTC")
        if len({asset.upper() for asset in self.assets}) < len(self.assets):
            raise InvalidInput("an asset is named twice", field="assets")
        if not self.equity.is_finite():
            raise InvalidInput(f"{self.equity} is not a finite number", field="equity")
        if not self.max_exposure.is_finite() or self.max_exposure <= 0:
            raise InvalidInput(f"{self.max_exposure} is not above 0", field="max_exposure")
        for asset, price in self.prices.items():
            if not price.is_finite() or price <= 0:
                raise InvalidInput(f"{asset}: {price} is not a price above 0", field="prices")
        for name, known in (("prices", self.prices), ("positions", self.positions)):
            for asset in known:
                if asset not in self.assets:
                    raise InvalidInput(f"{asset} is none of the assets", field=name, remedy="name it there as well")

    @property
    def cap(self) -> Decimal:
        """The most notional that the decisions of one answer may open together; never below 0."""
        return max(Decimal(0), self.equity * self.max_exposure)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedDecision:
    """The seven fields as they may be used, and what they mean for the account.

    `allocation_usd` is 0 where nothing is opened. `exit_plan` and `rationale` are untrusted text without secrets.
    """

    asset: str
    action: str
    allocation_usd: Decimal
    tp_price: Decimal | None
    sl_price: Decimal | None
    exit_plan: str
    rationale: str
    intent: Intent

    @property
    def side(self) -> PositionSide | None:
        """The side that the action buys or sells into; None for a hold."""
        if self.action == "hold":
            return None
        return PositionSide.LONG if self.action == Side.BUY else PositionSide.SHORT

    def to_json(self) -> dict[str, JsonValue]:
        """The seven fields of the contract."""
        return {
            "asset": self.asset,
            "action": self.action,
            "allocation_usd": float(self.allocation_usd),
            "tp_price": None if self.tp_price is None else float(self.tp_price),
            "sl_price": None if self.sl_price is None else float(self.sl_price),
            "exit_plan": self.exit_plan,
            "rationale": self.rationale,
        }


def hold(asset: str, *, exit_plan: str = "", rationale: str = "") -> JudgedDecision:
    """Nothing is touched."""
    return JudgedDecision(
        asset=asset,
        action="hold",
        allocation_usd=Decimal(0),
        tp_price=None,
        sl_price=None,
        exit_plan=exit_plan,
        rationale=rationale,
        intent=Intent.HOLD,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanitized:
    """One decision per asset that was named, on fallback one hold per asset of the account.

    `reasons` say what was refused and why, `repairs` what was read otherwise than it stood; both name the asset where
    there is one.
    """

    outcome: Outcome
    decisions: tuple[JudgedDecision, ...]
    reasons: tuple[str, ...]
    repairs: tuple[str, ...]

    def to_json(self) -> dict[str, JsonValue]:
        return {
            "outcome": self.outcome.value,
            "decisions": [decision.to_json() for decision in self.decisions],
            "reasons": list(self.reasons),
            "repairs": list(self.repairs),
            "intents": {decision.asset: decision.intent.value for decision in self.decisions},
        }
