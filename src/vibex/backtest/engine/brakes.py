"""The brakes of the whole strategy: losses, drawdown and trades of a session, and the pause after an exit."""

from __future__ import annotations

from vibex.backtest.engine.plan import LimitRules
from vibex.backtest.engine.tape import Tape


class Brakes:
    """`LimitRules` with what they remember; equity is that of the closes."""

    def __init__(self, rules: LimitRules, capital: float) -> None:
        self.session: list[int] = rules.session.tolist()
        self.max_trades = rules.max_trades
        self.cooldown_bars = rules.cooldown_bars
        self.day_floor = 1 - float(rules.max_daily_loss) if rules.max_daily_loss > 0 else None
        self.peak_floor = 1 - float(rules.max_drawdown) if rules.max_drawdown > 0 else None
        self.day_start = self.before = self.peak = capital
        self.day_blocked = self.halted = False
        self.entries = 0
        self.counted_session: int | None = None

    def close(self, row: int, equity: float) -> bool:
        """Take in the equity of a close. Whether nothing may be entered and everything must be left."""
        if row > 0 and self.session[row] != self.session[row - 1]:
            self.day_start, self.day_blocked = self.before, False
        self.before = equity
        self.peak = max(self.peak, equity)
        if self.day_floor is not None and equity <= self.day_start * self.day_floor:
            self.day_blocked = True
        if self.peak_floor is not None and equity <= self.peak * self.peak_floor:
            self.halted = True
        return self.day_blocked or self.halted

    def count_entry(self, row: int) -> None:
        """An entry has filled in the session of `row`."""
        self.entries = 1 + (self.entries if self.session[row] == self.counted_session else 0)
        self.counted_session = self.session[row]

    def trades_are_used_up(self, row: int) -> bool:
        """Whether the session of `row` has had its entries."""
        return 0 < self.max_trades <= (self.entries if self.session[row] == self.counted_session else 0)

    def pauses(self, tape: Tape, row: int, *, reverses: bool) -> bool:
        """Whether the symbol has to wait after its last exit, or would not wait at all (a reversal)."""
        return self.cooldown_bars > 0 and (reverses or tape.own_bars[row] - tape.left_at < self.cooldown_bars)
