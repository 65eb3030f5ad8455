"""What a close of the replay wishes for each symbol: enter, leave, turn round, move a level; and how it is said."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from vibex.backtest.engine.levels import EntrySkipped
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.position import Position
from vibex.backtest.engine.tape import Tape
from vibex.domain import (
    AccountId,
    Clock,
    Decision,
    Intent,
    PositionSide,
    Protection,
    QuantityRule,
    new_id,
)
from vibex.domain.money import to_decimal
from vibex.signals.levels import EntryProtection, Levels, entry_protection, is_estimate, resting_levels
from vibex.signals.quantities import SizedWish, quantity_of
from vibex.signals.replay import Replay

NOTHING = Protection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a symbol was told last: the close of its last entry, the levels of the position `entered` in that bar."""

    entry_at: datetime | None = None
    entered: int | None = None
    levels: Levels | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One wish at a close, in all but the names of account and maker.

    An amendment has the `levels` that are wanted for the position that was entered in the bar `entered` (epoch ms), and
    those that its entry gave it `first` (None where these were an estimate).
    """

    symbol: str
    intent: Intent
    data_at: datetime
    time_to_live: timedelta
    rationale: str
    side: PositionSide | None = None
    quantity: QuantityRule | None = None
    protection: Protection = NOTHING
    exit_plan: str = ""
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    entered: int | None = None
    levels: Levels | None = None
    first: Levels | None = None

    def repeats(self, said: Said) -> bool:
        """An entry is said once at its close, levels once; what closes a position is said until it is closed."""
        if self.intent is Intent.OPEN:
            return said.entry_at == self.data_at
        return self.intent is Intent.AMEND and self._news(said) == NOTHING

    def _news(self, said: Said) -> Protection:
        """The part of an amendment that does not rest yet; all of another wish's protection."""
        if self.levels is None:
            return self.protection
        known = said.levels if said.entered == self.entered else self.first
        return self.levels.protection if known is None else self.levels.news(known)

    def after(self, said: Said) -> Said:
        """What has been said once this wish was."""
        if self.intent.opens:
            said = replace(said, entry_at=self.data_at)
        return said if self.levels is None else replace(said, entered=self.entered, levels=self.levels)

    def decision(self, said: Said, *, account_id: AccountId, maker: str, clock: Clock) -> Decision:
        """The decision that tells what was not `said` before."""
        return Decision(
            id=new_id(clock),
            account_id=account_id,
            symbol=self.symbol,
            intent=self.intent,
            maker=maker,
            data_at=self.data_at,
            time_to_live=self.time_to_live,
            side=self.side,
            quantity=self.quantity,
            protection=self._news(said),
            min_price=self.min_price,
            max_price=self.max_price,
            exit_plan=self.exit_plan,
            rationale=self.rationale,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WishWriter:
    """Reads the tapes of a replay after its last close, which is that of the bar labelled `opened`."""

    replay: Replay
    opened: datetime
    data_at: datetime
    time_to_live: timedelta
    equity: float
    leverage: float
    max_drift_pct: Decimal | None

    def wish(self, tape: Tape, symbol: str) -> Wish | None:
        """The wish for one symbol; None where its close asks for nothing."""
        position, due = tape.position, tape.exit_due
        if position is not None and tape.index in self.replay.beyond_levels and due is None:
            return self._leave(symbol, position, Reason.STOP_LOSS, "the fill lies beyond the strategy's own levels")
        entry = None if tape.order is None else self._entry(tape, symbol, tape.order.direction)
        if position is None:
            return entry
        if due is None:
            return self._amend(symbol, tape.index, position)
        leave = self._leave(symbol, position, due, _WHY[due])
        if entry is None:
            return leave
        return replace(entry, intent=Intent.REVERSE, rationale=f"{leave.rationale}; then {entry.rationale}")

    def _leave(self, symbol: str, position: Position, reason: Reason, why: str) -> Wish:
        return Wish(
            symbol=symbol,
            intent=Intent.CLOSE,
            side=_side(position.direction),
            data_at=self.data_at,
            time_to_live=self.time_to_live,
            rationale=f"{reason.name.lower()}: {why} ({self._when()})",
        )

    def _entry(self, tape: Tape, symbol: str, direction: int) -> Wish | None:
        """The entry that the close decided; None where a number that it needs is missing, or trades are used up."""
        row, side = self.replay.next_row - 1, self.replay.sides[direction]
        close = tape.close[row]
        if not self.equity > 0:  # rule 41
            return None
        try:
            protected = entry_protection(side.rules, direction, self.replay.numbers(tape, direction, row), close)
            size = quantity_of(side, tape, row, self.replay.next_row, equity=self.equity, leverage=self.leverage)
        except EntrySkipped:
            return None
        if not self.replay.takes_one_more_entry():
            return None
        low, high = self._band(protected, direction, close)
        return Wish(
            symbol=symbol,
            intent=Intent.OPEN,
            side=_side(direction),
            quantity=size.rule,
            protection=protected.protection,
            exit_plan=protected.exit_plan,
            min_price=low,
            max_price=high,
            data_at=self.data_at,
            time_to_live=self.time_to_live,
            rationale=self._why_entered(direction, size),
        )

    def _why_entered(self, direction: int, size: SizedWish) -> str:
        return f"entry: entry.{_side(direction).value} is true ({self._when()}); {size.words}"

    def _band(self, protected: EntryProtection, direction: int, close: float) -> tuple[Decimal | None, Decimal | None]:
        """Beyond no fixed price of a level (rule 42), and within the drift that the deployment allows."""
        stops, targets = protected.stop_prices, protected.target_prices
        below, above = (stops, targets) if direction > 0 else (targets, stops)
        lows, highs = [price.next_plus() for price in below], [price.next_minus() for price in above]
        if self.max_drift_pct is not None:
            price, drift = to_decimal(close), self.max_drift_pct / 100
            lows.append(price * (1 - drift))
            highs.append(price * (1 + drift))
        return max(lows, default=None), min(highs, default=None)

    def _amend(self, symbol: str, index: int, position: Position) -> Wish | None:
        """The levels of an open position, where they may have moved since its entry."""
        rules = position.rules
        if not (rules.moves or rules.trailing or is_estimate(rules)):
            return None
        levels = resting_levels(position)
        return Wish(
            symbol=symbol,
            intent=Intent.AMEND,
            side=_side(position.direction),
            exit_plan="no resting stop" if math.isnan(levels.stop) else position.tighter_stop()[1].name.lower(),
            data_at=self.data_at,
            time_to_live=self.time_to_live,
            rationale=f"amend: the levels as of the close ({self._when()})",
            entered=self.replay.opened_at(position.entry_row),
            levels=levels,
            first=self.replay.first_levels.get(index),
        )

    def _when(self) -> str:
        return f"close of the bar that opened {self.opened:%Y-%m-%d %H:%M} UTC"


_WHY = {
    Reason.SIGNAL: "the exit condition is true",
    Reason.REVERSAL: "the entry of the other side is true",
    Reason.STOP_LOSS: "the close is beyond the stop, or a limit on losses is reached",
    Reason.TAKE_PROFIT: "the close is beyond the target",
    Reason.TRAILING_STOP: "the close is beyond the trailing stop",
    Reason.TIME_STOP: "its time is over",
}


def _side(direction: int) -> PositionSide:
    return PositionSide.LONG if direction > 0 else PositionSide.SHORT
