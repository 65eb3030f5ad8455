"""What the gate answers: the rule that decided, its numbers, one sentence; and what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from vibex.domain import ApprovedEntry, Decision, InvalidInput, Protection
from vibex.venues.reports import MarginMode

Numbers = Mapping[str, Decimal | str]


class Rule(StrEnum):
    """Every rule by name, in the order in which the gate asks, then the names of what passes."""

    INPUT = "input"
    HEALTH = "health"
    STATE = "state"
    ASSETS = "assets"
    TIME = "time"
    POSITION = "position"
    DAILY_LOSS = "daily_loss"
    DRAWDOWN = "drawdown"
    FREQUENCY = "frequency"
    COOLDOWN = "cooldown"
    HYSTERESIS = "hysteresis"
    FUNDING = "funding"
    PRICE = "price"
    STOP = "stop"
    SIZE = "size"
    LEVERAGE = "leverage"
    NOTIONAL = "notional"
    GROUP = "group"
    FREE_CAPITAL = "free_capital"
    LOSS_AT_STOP = "loss_at_stop"
    LIQUIDATION = "liquidation"
    ENTRY = "entry"
    EXIT = "exit"
    AMEND = "amend"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One rule's no. `words` is a clause without a full stop: "0.6 % is more than the 0.5 % that …"."""

    rule: Rule
    words: str
    numbers: Numbers = field(default_factory=dict)


class Refused(Exception):
    """Ends the way from a decision to a size where there is none; never leaves this room."""

    def __init__(self, rule: Rule, words: str, numbers: Numbers | None = None) -> None:
        self.refusal = Refusal(rule=rule, words=words, numbers=numbers or {})
        super().__init__(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeInNumbers:
    """The four numbers by which every size is shown; money in quote currency.

    `loss_at_stop` includes both fees and the assumed slippage. `liquidation_pct` is the way from the price to
    liquidation in percent of the price; None when no price above 0 liquidates.
    """

    notional: Decimal
    margin: Decimal
    loss_at_stop: Decimal
    liquidation_pct: Decimal | None

    @property
    def words(self) -> str:
        away = "out of reach" if self.liquidation_pct is None else f"{short(self.liquidation_pct)} % away"
        return (
            f"notional {short(self.notional)}, margin {short(self.margin)}, "
            f"loss at the stop {short(self.loss_at_stop)} with costs, liquidation {away}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The gate's answer to one decision.

    `entry` is there exactly when something may be opened. `reduces` is the quantity that a close or a reduction
    takes off, in base units; None on one that passed means that the position is not known here: execution takes
    it from the venue. `protection` is to be resolved at the real fill. `size` is known once a size was computed,
    refused or not.
    """

    decision: Decision
    passed: bool
    rule: Rule
    words: str
    numbers: Numbers = field(default_factory=dict)
    entry: ApprovedEntry | None = None
    reduces: Decimal | None = None
    protection: Protection = field(default_factory=Protection)
    margin_mode: MarginMode | None = None
    size: SizeInNumbers | None = None

    def __post_init__(self) -> None:
        if not self.passed and (self.entry is not None or self.reduces is not None):
            raise InvalidInput("a refused decision moves nothing", field="passed")
        if (self.entry is None) != (self.margin_mode is None):
            raise InvalidInput("belongs to an entry", field="margin_mode")


def short(value: Decimal) -> str:
    """`value` for a sentence: at most six digits, no exponent."""
    if not value.is_finite():
        return str(value)
    text = format(+value if value == 0 else value.normalize(), "f")
    if len(text.replace(".", "").lstrip("-0")) > 6 and "." in text:
        decimals = max(0, 6 - len(text.partition(".")[0].lstrip("-0")))
        if decimals == 6:  # below 1: six digits from the first that counts
            decimals = 5 - value.adjusted()
        text = format(round(value, decimals), "f").rstrip("0").rstrip(".")
    return text
