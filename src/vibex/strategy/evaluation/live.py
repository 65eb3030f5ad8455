"""The same evaluation, bar by bar: what paper and live trading call at each close.

A deployment keeps the first bar of its history, the anchor. All rows since the anchor are evaluated again at
every close, so that live and batch agree bit for bit on every bar, recursive indicators included. Rules that read
the position are replayed over the same rows with what the deployment has held, so that a restart needs nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vibex.domain import Bars, InvalidInput
from vibex.domain.signals import Flag
from vibex.strategy.evaluation.columns import ColumnTable
from vibex.strategy.evaluation.episodes import Episode, state_flags
from vibex.strategy.evaluation.signals import SymbolSignals, evaluate
from vibex.strategy.evaluation.state_rules import StateParts, StateRules
from vibex.strategy.evaluation.stateful import ProgramWriter
from vibex.strategy.spec import StrategySpec


@dataclass(frozen=True, slots=True, kw_only=True)
class BarSignals:
    """The raw conditions of one symbol at one close (see `SymbolSignals`)."""

    open_time: int
    entry_long: bool
    exit_long: bool
    entry_short: bool
    exit_short: bool
    session_exit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEvaluation:
    """A strategy with the anchor of every symbol: epoch ms of the first bar of its history."""

    spec: StrategySpec
    anchors: Mapping[str, int]

    def at_last_close(
        self, history: Mapping[str, Bars], episodes: Mapping[str, Sequence[Episode]] | None = None
    ) -> dict[str, BarSignals]:
        """Signals of every traded symbol at the close of its last bar.

        `history` holds closed bars only, from the anchor on; earlier rows are left out. `episodes` are the holdings
        of each symbol since the anchor, which conditions that read the position need; a symbol without an entry has
        held nothing. Raises InvalidInput when a history does not reach back to its anchor (a recursive indicator
        would then differ from batch), or when holdings are needed and not given.
        """
        evaluation = evaluate(self.spec, self.since_anchors(history))
        table = ColumnTable()
        rules = StateParts(self.spec, ProgramWriter(table)).rules()
        if rules is not None and episodes is None:
            raise InvalidInput(
                "the strategy reads the state of its position, and what it has held is not given",
                field="episodes",
                remedy="give the holdings since the anchor, an empty list for none",
            )
        held = episodes or {}
        return {
            symbol: _at_last_row(signals, rules, table, held.get(symbol, ()))
            for symbol, signals in evaluation.symbols.items()
        }

    def since_anchors(self, history: Mapping[str, Bars]) -> dict[str, Bars]:
        """`history` without the rows before each symbol's anchor. Raises InvalidInput when an anchor is not in it."""
        return {symbol: self._since_anchor(symbol, bars) for symbol, bars in history.items()}

    def _since_anchor(self, symbol: str, bars: Bars) -> Bars:
        anchor = self.anchors.get(symbol)
        if anchor is None:
            raise InvalidInput(
                f"{symbol} has no anchor", field="anchors", remedy="deploy with a history of each symbol"
            )
        kept = bars.between(anchor, None)
        if len(kept) == 0 or int(kept.open_time[0]) != anchor:
            raise InvalidInput(
                f"the history of {symbol} does not hold its first bar",
                field="history",
                remedy="load all bars since the anchor of this deployment",
            )
        return kept


def _at_last_row(
    signals: SymbolSignals, rules: StateRules | None, table: ColumnTable, episodes: Sequence[Episode]
) -> BarSignals:
    flags = signals.flags
    if rules is not None:
        flags = state_flags(flags, rules, table.values(signals.frame), signals.bars.open_time, episodes)
    last = int(flags[-1])
    return BarSignals(
        open_time=int(signals.bars.open_time[-1]),
        entry_long=bool(last & Flag.ENTRY_LONG),
        exit_long=bool(last & Flag.EXIT_LONG),
        entry_short=bool(last & Flag.ENTRY_SHORT),
        exit_short=bool(last & Flag.EXIT_SHORT),
        session_exit=bool(last & Flag.SESSION_EXIT),
    )
