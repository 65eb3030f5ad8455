"""The same evaluation, bar by bar: what paper and live trading call at each close.

A deployment keeps the first bar of its history, the anchor. All rows since the anchor are evaluated again at
every close, so that live and batch agree bit for bit on every bar, recursive indicators included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vibex.domain import Bars, InvalidInput, NotSupported
from vibex.strategy.evaluation.signals import SymbolSignals, evaluate
from vibex.strategy.evaluation.stateful import holds_state
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

    def at_last_close(self, history: Mapping[str, Bars]) -> dict[str, BarSignals]:
        """Signals of every traded symbol at the close of its last bar.

        `history` holds closed bars only, from the anchor on; earlier rows are left out. Raises InvalidInput
        when a history does not reach back to its anchor: a recursive indicator would then differ from batch;
        NotSupported for rules that read the position's state, which no history of bars holds.
        """
        self._refuse_state()
        since = {symbol: self._since_anchor(symbol, bars) for symbol, bars in history.items()}
        evaluation = evaluate(self.spec, since)
        return {symbol: _last_row(signals) for symbol, signals in evaluation.symbols.items()}

    def _refuse_state(self) -> None:
        for name, rules in (("entry", self.spec.entry), ("exit", self.spec.exit)):
            if holds_state(rules):
                raise NotSupported(
                    "rules that read the position's state are not evaluated live",
                    field=name,
                    remedy="use rules of prices and indicators",
                )

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


def _last_row(signals: SymbolSignals) -> BarSignals:
    return BarSignals(
        open_time=int(signals.bars.open_time[-1]),
        entry_long=bool(signals.entry_long[-1]),
        exit_long=bool(signals.exit_long[-1]),
        entry_short=bool(signals.entry_short[-1]),
        exit_short=bool(signals.exit_short[-1]),
        session_exit=bool(signals.session_exit[-1]),
    )
