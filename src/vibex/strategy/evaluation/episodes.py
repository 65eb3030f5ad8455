"""What a deployment remembers of its positions, laid on the rows of a history: the facts that state programs read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from vibex.domain import InvalidInput, PositionSide, format_ms
from vibex.domain.arrays import F64, I64, U8
from vibex.strategy.evaluation.state import SymbolState
from vibex.strategy.evaluation.state_rules import StateRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One holding of a symbol from flat to flat; times are the opens of bars, epoch ms.

    `opened` is the bar of the first entry fill, `entry_price` the mean of the entry fills, `closed` the bar of the fill
    that ended it and `exit_price` that fill's price, both None while it is open. `target_times` has the bar of each of
    several targets that filled without ending it, in order. `reason` says why it ended, in the words of rule 51.
    """

    side: PositionSide
    opened: int
    entry_price: float
    closed: int | None = None
    exit_price: float | None = None
    target_times: tuple[int, ...] = ()
    reason: str | None = None

    def __post_init__(self) -> None:
        if (self.closed is None) != (self.exit_price is None):
            raise InvalidInput("the bar and the price of an exit are known together", field="exit_price")
        if self.closed is not None and self.closed < self.opened:
            raise InvalidInput("ended before it began", field="closed")


class Happening(Enum):
    ENTERED = 0
    TARGET = 1
    LEFT = 2


def happenings(episodes: Sequence[Episode], open_time: I64) -> Iterator[tuple[int, Happening, Episode]]:
    """What happened to a symbol in which row of its bars, in order; what lies after the last bar is not known yet.

    A fill in a bar that the history lacks belongs to the bar before. Raises InvalidInput for holdings that overlap or
    begin before the history.
    """
    before: int | None = None
    for number, episode in enumerate(sorted(episodes, key=lambda each: (each.opened, each.closed or each.opened))):
        if episode.opened < open_time[0]:
            raise InvalidInput(
                f"a position was entered {format_ms(episode.opened)}, before the first bar of the history",
                field="episodes",
                remedy="load all bars since the anchor of this deployment",
            )
        if number > 0 and (before is None or episode.opened < before):
            raise InvalidInput("two holdings of one symbol overlap", field="episodes", remedy="reconcile the account")
        before = episode.closed
        events = [(episode.opened, Happening.ENTERED), *((at, Happening.TARGET) for at in episode.target_times)]
        if episode.closed is not None:
            events.append((episode.closed, Happening.LEFT))
        for at, what in events:
            if at > open_time[-1]:
                return
            yield int(np.searchsorted(open_time, at, side="right")) - 1, what, episode


@dataclass(slots=True)
class _Open:
    """An open position as state programs see it."""

    direction: int
    entry_price: float
    targets_hit: int = 0


def state_flags(flags: U8, rules: StateRules, columns: F64, open_time: I64, episodes: Sequence[Episode]) -> U8:
    """`flags` (T,) with the bits of the conditions that read state, as they were at each close given the `episodes`.

    `columns` (C, T) are those that `rules` were written over.
    """
    state = SymbolState(rules, columns)
    waiting = list(happenings(episodes, open_time))
    held: _Open | None = None
    done = 0
    out = np.empty_like(flags)
    for row, plain in enumerate(flags.tolist()):
        own_bars = row + 1
        while done < len(waiting) and waiting[done][0] == row:
            _, what, episode = waiting[done]
            done += 1
            if what is Happening.ENTERED:
                held = _Open(episode.side.direction, episode.entry_price)
                state.entered(held.direction, own_bars)
            elif what is Happening.TARGET and held is not None:
                held.targets_hit += 1
            elif held is not None and episode.exit_price is not None:
                state.left(held.direction, own_bars, episode.exit_price)
                held = None
        out[row] = state.close(plain, row, own_bars, held)
    return out
