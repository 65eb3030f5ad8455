"""The holdings of a backtest as a deployment would remember them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vibex.backtest.engine.outcome import Outcome, Reason
from vibex.backtest.engine.plan import Plan
from vibex.domain import PositionSide
from vibex.strategy.evaluation import Episode


def episodes_of(plan: Plan, outcome: Outcome) -> dict[str, list[Episode]]:
    """Every trade by symbol; the mean entry price, the last exit fill, the bars of partial targets."""
    trades = outcome.trades
    held: dict[str, list[Episode]] = {symbol: [] for symbol in plan.symbols}
    for k in range(len(trades)):
        index, reason = int(trades.symbol[k]), Reason(int(trades.reason[k]))
        entry, leave = int(trades.entry_row[k]), int(trades.exit_row[k])
        price, targets = _exit_fills(plan, outcome, k)
        is_open = reason is Reason.END_OF_DATA
        held[plan.symbols[index]].append(
            Episode(
                side=PositionSide.LONG if trades.direction[k] > 0 else PositionSide.SHORT,
                opened=int(plan.time[entry]),
                entry_price=float(trades.entry_price[k]),
                closed=None if is_open else int(plan.time[leave]),
                exit_price=None if is_open else price,
                target_times=targets,
                reason=None if is_open else reason.name.lower(),
            )
        )
    return held


def _exit_fills(plan: Plan, outcome: Outcome, k: int) -> tuple[float, tuple[int, ...]]:
    """The price of the last exit fill of trade `k`, and the bars of the targets that filled before it."""
    fills, trades = outcome.fills, outcome.trades
    if fills is None:
        return float(trades.exit_price[k]), ()
    exits = [j for j in range(len(fills)) if not fills.entry[j] and _trade_of(outcome, j) == k]
    partial = exits if trades.reason[k] == Reason.END_OF_DATA else exits[:-1]
    hits = tuple(int(plan.time[int(fills.row[j])]) for j in partial if fills.reason[j] == Reason.TAKE_PROFIT)
    return float(fills.price[exits[-1]] if exits else trades.exit_price[k]), hits


def _trade_of(outcome: Outcome, j: int) -> int:
    """The trade that fill `j` belongs to: the one that the number of entries of the symbol so far opened."""
    fills, trades = outcome.fills, outcome.trades
    assert fills is not None
    symbol = int(fills.symbol[j])
    begun = sum(1 for i in range(j + 1) if fills.symbol[i] == symbol and fills.entry[i])
    mine = [k for k in range(len(trades)) if trades.symbol[k] == symbol]
    mine.sort(key=lambda k: (int(trades.entry_row[k]), int(trades.exit_row[k])))
    return mine[begun - 1]


def until(moment: int, held: Mapping[str, Sequence[Episode]]) -> dict[str, list[Episode]]:
    """What was known of `held` at the close of the bar that opened at `moment`."""
    return {symbol: [_known(moment, each) for each in own if each.opened <= moment] for symbol, own in held.items()}


def _known(moment: int, episode: Episode) -> Episode:
    hits = tuple(at for at in episode.target_times if at <= moment)
    if episode.closed is not None and episode.closed <= moment:
        return replace(episode, target_times=hits)
    return replace(episode, target_times=hits, closed=None, exit_price=None, reason=None)
