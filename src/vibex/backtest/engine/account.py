"""The one cash account of a run: what it is worth, what is free, and how fills are priced and booked."""

from __future__ import annotations

from collections.abc import Sequence

from vibex.backtest.costs.arithmetic import fee_from_vector
from vibex.backtest.engine.outcome import FillColumns, Reason, Skip
from vibex.backtest.engine.plan import Flag, Plan
from vibex.backtest.engine.position import Position
from vibex.backtest.engine.tape import Tape
from vibex.backtest.engine.trade_log import Fill, Trade, fill_columns


class Account:
    """Cash, costs and the log. Fees are booked at their fills (rule 39)."""

    def __init__(self, plan: Plan, tapes: Sequence[Tape]) -> None:
        self.tapes = tapes
        self.balance = float(plan.capital)
        self.leverage = float(plan.leverage)
        self.taker, self.maker = float(plan.fee_rate), float(plan.maker_rate)
        self.schedule: list[float] | None = plan.schedule.tolist() or None
        self.slip = float(plan.slip)
        self.buy, self.sell = 1 + self.slip, 1 - self.slip
        self.cap = 0.0 if plan.volume is None else float(plan.volume.cap)
        self.impact = 0.0 if plan.volume is None else float(plan.volume.impact)
        self.holding = 0
        self.closed: list[Trade] = []
        self.fills: list[Fill] | None = [] if plan.fills_in_parts else None
        self.skipped: dict[Skip, int] = {}
        self.cash_cut = 0

    def skip(self, skip: Skip) -> None:
        """Count an entry that was not made."""
        self.skipped[skip] = self.skipped.get(skip, 0) + 1

    def fee(self, side: int, quantity: float, price: float, *, maker: bool) -> float:
        """The fee of one fill; `side` +1 buy, −1 sell."""
        if self.schedule is not None:
            return fee_from_vector(self.schedule, side, quantity, price, maker)
        return quantity * price * (self.maker if maker else self.taker)

    def slipped(self, side: int, base: float) -> float:
        """What a fill that takes liquidity pays without impact (rule 37)."""
        return base * (self.buy if side > 0 else self.sell)

    def taking_price(self, tape: Tape, row: int, side: int, base: float, quantity: float) -> float:
        """The same with the impact of `quantity` on this bar's volume (rule 11)."""
        if tape.volume is None or self.impact == 0:
            return self.slipped(side, base)
        share = quantity / tape.volume[row]
        moved = self.slip + self.impact * share * share
        return base * (1 + moved) if side > 0 else base * (1 - moved)

    def dearest(self, tape: Tape, side: int, base: float) -> float:
        """The price at which cash must suffice: a buy of the whole cap (rule 32)."""
        if tape.volume is None or side < 0:
            return self.slipped(side, base)
        return base * (1 + (self.slip + self.impact * self.cap * self.cap))

    def equity(self) -> float:
        """The balance and every open position at its mark, in symbol order."""
        equity = self.balance
        for tape in self.tapes:
            if tape.position is not None:
                equity += tape.position.gross_at(tape.mark)
        return equity

    def equity_at_the_open(self, row: int) -> float:
        """Equity with each symbol that has a bar marked at its open (rule 30)."""
        for tape in self.tapes:
            if tape.position is not None and not tape.flags[row] & Flag.NO_BAR:
                tape.mark = tape.open[row]
        return self.equity()

    def free_cash(self) -> float:
        """The balance less the margin of the open positions; unrealised profit is no cash (rule 32)."""
        free = self.balance
        for tape in self.tapes:
            position = tape.position
            if position is not None:
                free -= position.quantity * position.entry_price / self.leverage
        return free

    def book_entry(self, tape: Tape, position: Position, row: int, quantity: float, price: float, fee: float) -> None:
        """Pay for an entry fill of `position`, which the symbol holds from now on."""
        self.balance -= fee
        if tape.position is None:
            tape.position = position
            tape.mark = tape.open[row]
            self.holding += 1
            if tape.state is not None:
                tape.state.entered(position.direction, tape.own_bars[row])
        if tape.volume is not None:
            tape.take(row, quantity)
        if self.fills is not None:
            self.fills.append(Fill(tape.index, row, position.direction, 1, quantity, price, fee, -1))

    def leave(
        self, tape: Tape, position: Position, row: int, reason: Reason, level: float, quantity: float, *, takes: bool
    ) -> bool:
        """Fill an exit of `quantity` at `level`, moved by slippage and impact where it `takes` liquidity.

        Whether the position is gone.
        """
        side = -position.direction
        price = self.taking_price(tape, row, side, level, quantity) if takes else level
        fee = self.fee(side, quantity, price, maker=not takes)
        if tape.volume is not None:
            tape.take(row, quantity)
        gross = (price - position.entry_price) * quantity * position.direction
        return self.book_exit(tape, position, row, reason, level, quantity, price, gross, fee, gross - fee)

    def book_exit(
        self, tape: Tape, position: Position, row: int, reason: Reason, level: float, quantity: float, price: float,
        gross: float, fee: float, net: float,
    ) -> bool:  # fmt: skip
        """Book an exit fill; the last one ends the trade (rules 28, 39). Whether the position is gone."""
        self.balance += net
        position.gross += gross
        position.fees += fee
        position.exited += quantity
        position.exit_value += price * quantity
        position.exit_fills += 1
        seen = level if position.inside_row == row else tape.open[row]  # the open, when it came into the bar
        position.lowest = min(position.lowest, seen, level)
        position.highest = max(position.highest, seen, level)
        if self.fills is not None:
            self.fills.append(Fill(tape.index, row, -position.direction, 0, quantity, price, fee, int(reason)))
        if tape.order is not None and tape.order.partly_filled:
            tape.order = None  # the rest of an entry is not wanted while the position is being left
        if quantity < position.quantity:
            position.quantity -= quantity
            return False
        mean = price if position.exit_fills == 1 else position.exit_value / position.exited
        self.closed.append(trade_of(tape, position, row, reason, mean))
        tape.position = tape.exit_due = None
        self.holding -= 1
        tape.left_at, tape.left_by = tape.own_bars[row], reason
        if tape.state is not None:
            tape.state.left(position.direction, tape.own_bars[row], price)
        return True

    def trades_still_open(self) -> list[Trade]:
        """Open positions as trades at the last close, without exit fee or slippage (rule 27)."""
        trades: list[Trade] = []
        for tape in self.tapes:
            position = tape.position
            if position is not None:
                position.bars -= 1  # the last own close is the exit's own bar
                position.gross += position.gross_at(tape.mark)
                price = tape.mark
                if position.exit_fills:
                    value = position.exit_value + price * position.quantity
                    price = value / (position.exited + position.quantity)
                trades.append(trade_of(tape, position, tape.last_own_row(), Reason.END_OF_DATA, price))
        return trades

    def fill_rows(self) -> FillColumns | None:
        return None if self.fills is None else fill_columns(self.fills)


def trade_of(tape: Tape, position: Position, row: int, reason: Reason, price: float) -> Trade:
    """A position as a row of the trade log (rules 28, 39)."""
    return Trade(
        symbol=tape.index,
        direction=position.direction,
        entry_row=position.entry_row,
        exit_row=row,
        entry_price=position.entry_price,
        exit_price=price,
        quantity=position.entered,
        pnl=((position.gross - position.fees) + position.funding) + position.carry,
        fees=position.fees,
        bars_held=position.bars,
        lowest=position.lowest,
        highest=position.highest,
        reason=reason,
        funding=position.funding,
        carry=position.carry,
    )
