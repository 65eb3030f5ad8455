"""Plays the decisions of the backtest over a history in which the fills are those of the account.

The readable engine decides on tapes (rules 21 to 26, 45, 47, 67, 68); its fills are put in their place by what the
account has held. So a wish made live is the order that the backtest would give at that close, by the same code.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np

from vibex.backtest.engine.account import Account
from vibex.backtest.engine.brakes import Brakes
from vibex.backtest.engine.decide import Decisions
from vibex.backtest.engine.entry import SideEntry
from vibex.backtest.engine.levels import EntrySkipped, Numbers, no_program
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import Flag, Plan
from vibex.backtest.engine.position import EntryLevels, Position
from vibex.backtest.engine.tape import Tape
from vibex.domain.arrays import F64, I64
from vibex.signals.holdings import Holdings
from vibex.signals.levels import Levels, is_estimate, resting_levels
from vibex.strategy.evaluation import Episode
from vibex.strategy.evaluation.episodes import Happening, happenings


class Replay:
    """The tapes of `plan` after their last close. `next_row` is the row of the bar in which decisions fill.

    `closes_at` (T,) are the closes of the plan's rows, `next_session` the session of the bar after the last one.
    """

    def __init__(self, plan: Plan, holdings: Holdings, closes_at: I64, next_session: int) -> None:
        plan = replace(plan, capital=holdings.first_equity)
        self.next_row = len(plan.time)
        self.tapes = [Tape(plan, index) for index in range(len(plan.symbols))]
        account = Account(plan, self.tapes)
        self.brakes = None if plan.limits is None else Brakes(plan.limits, account.balance)
        self.sides = {1: SideEntry(plan, plan.long, 1, account), -1: SideEntry(plan, plan.short, -1, account)}
        self.decisions = Decisions(plan, self.tapes, account, self.brakes)
        self.beyond_levels: set[int] = set()
        """Symbols whose fill gave no valid level: they have no stop of the strategy's."""
        self.first_levels: dict[int, Levels] = {}
        """What the entry of each symbol's position gave it to rest, where that was no estimate."""
        self._time: list[int] = plan.time.tolist()
        self._happenings: dict[int, list[tuple[Tape, Happening, Episode]]] = defaultdict(list)
        for tape, symbol in zip(self.tapes, plan.symbols, strict=True):
            rows = np.flatnonzero(plan.flags[tape.index] & Flag.NO_BAR == 0)
            for own_row, what, episode in happenings(holdings.episodes.get(symbol, ()), plan.time[rows]):
                self._happenings[int(rows[own_row])].append((tape, what, episode))
        remembers = plan.state is not None or plan.limits is not None
        self._run(0 if remembers else self._first_row_that_matters(holdings, plan), holdings.equity_at(closes_at))
        for tape in self.tapes:
            tape.own_bars.append(tape.own_bars[-1] + 1)
        if self.brakes is not None:
            self.brakes.session.append(next_session)

    def _first_row_that_matters(self, holdings: Holdings, plan: Plan) -> int:
        """Without state and limits a decision depends on the open positions alone, since their entry."""
        entered = [each.opened for own in holdings.episodes.values() for each in own if each.closed is None]
        last = self.next_row - 1
        return min([last, *(int(np.searchsorted(plan.time, at, side="right")) - 1 for at in entered)])

    def _run(self, first: int, equity: F64) -> None:
        worth = equity.tolist()
        for row in range(first, self.next_row):
            for tape in self.tapes:
                # What was ordered before has been carried out or refused: the happenings say which.
                tape.order = tape.exit_due = None
            for tape, what, episode in self._happenings.get(row, ()):
                self._happen(tape, what, episode, row)
            for tape in self.tapes:
                if tape.position is not None and tape.trades(row):
                    tape.position.survive(tape.low[row], tape.high[row])
            self.decisions.decide(row, worth[row])

    def _happen(self, tape: Tape, what: Happening, episode: Episode, row: int) -> None:
        position = tape.position
        if what is Happening.ENTERED:
            self._enter(tape, episode, row)
        elif position is None:
            return  # held before the first row that matters
        elif what is Happening.TARGET:
            if position.remaining:
                position.remaining[0].hit = True
            position.targets_hit += 1
            position.order_targets()
        elif episode.exit_price is not None:
            tape.position = None
            tape.left_at, tape.left_by = tape.own_bars[row], _reason(episode)
            self.beyond_levels.discard(tape.index)
            if tape.state is not None:
                tape.state.left(position.direction, tape.own_bars[row], episode.exit_price)

    def _enter(self, tape: Tape, episode: Episode, row: int) -> None:
        d, price = episode.side.direction, episode.entry_price
        side, decided = self.sides[d], max(0, row - 1)
        while decided > 0 and tape.flags[decided] & Flag.NO_BAR:
            decided -= 1
        position = Position(
            direction=d,
            rules=side.rules,
            ticks=tape.ticks,
            lot=tape.lot,
            entry_row=row,
            decision_row=decided,
            entry_price=price,
            quantity=1.0,
            entered=1.0,
            fees=0.0,
            lowest=price,
            highest=price,
            reference=price,
        )
        try:
            levels = side.levels_at(tape, decided, row, price)
        except EntrySkipped:
            levels = _no_levels(position)
            self.beyond_levels.add(tape.index)
        position.set_levels(levels)
        self.first_levels.pop(tape.index, None)
        if not is_estimate(side.rules):
            self.first_levels[tape.index] = resting_levels(position)
        tape.position = position
        if tape.state is not None:
            tape.state.entered(d, tape.own_bars[row])
        if self.brakes is not None:
            self.brakes.count_entry(row)

    def numbers(self, tape: Tape, direction: int, decision_row: int) -> Numbers:
        """What the levels of an entry read, as of a fill at the close of `decision_row`."""
        state = tape.state
        if state is None:
            return Numbers(tape.columns, decision_row, no_program)
        own_bars, close = tape.own_bars[self.next_row], tape.close[decision_row]
        return Numbers(
            tape.columns,
            decision_row,
            lambda level: state.level_at_entry(level, direction, decision_row, own_bars, close),
        )

    def opened_at(self, row: int) -> int:
        """The open of the bar in `row`, epoch ms."""
        return self._time[row]

    def takes_one_more_entry(self) -> bool:
        """Whether the next bar's session still allows an entry; if so, it is counted."""
        if self.brakes is None:
            return True
        if self.brakes.trades_are_used_up(self.next_row):
            return False
        self.brakes.count_entry(self.next_row)
        return True


def _reason(episode: Episode) -> Reason | None:
    return None if episode.reason is None else Reason[episode.reason.upper()]


def _no_levels(position: Position) -> EntryLevels:
    rules, d = position.rules, position.direction
    return EntryLevels(
        stop=math.nan,
        targets=[d * math.inf for _ in rules.targets],
        trailing_after=d * math.inf,
        trailing_value=math.nan,
        trailing_stop=math.nan,
        afters=[math.nan for _ in rules.steps],
    )
