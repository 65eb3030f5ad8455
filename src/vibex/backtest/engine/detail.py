"""What happened first inside a bar, read from the bars of a lower timeframe that it consists of (rules 8, 48)."""

from __future__ import annotations

from collections.abc import Callable

from vibex.backtest.engine.plan import Detail


class SubBars:
    """The sub-bars of every bar of every symbol, in time order."""

    def __init__(self, detail: Detail) -> None:
        self.start: list[list[int]] = detail.start.tolist()
        self.open: list[float] = detail.open.tolist()
        self.high: list[float] = detail.high.tolist()
        self.low: list[float] = detail.low.tolist()

    def stop_is_first(self, symbol: int, row: int, d: int, stop: float, target: float, through: float) -> bool | None:
        """Whether the stop is reached before the target; None when one sub-bar holds both, or none holds either."""
        for k in self._of(symbol, row):
            worst, best = (self.low[k], self.high[k]) if d > 0 else (self.high[k], self.low[k])
            stop_in, target_in = d * worst <= d * stop, d * best >= d * target + through
            if stop_in and target_in:
                if d * self.open[k] <= d * stop:
                    return True
                return False if d * self.open[k] >= d * target + through else None
            if stop_in or target_in:
                return stop_in
        return None

    def stop_follows_fill(
        self, symbol: int, row: int, d: int, stop: float, fills: Callable[[float, float], bool]
    ) -> bool | None:
        """Whether the stop is reached after the sub-bar that `fills` the entry; None when only that one reaches it."""
        rows = iter(self._of(symbol, row))
        filled = next((k for k in rows if fills(self.low[k], self.high[k])), None)
        if filled is None:
            return None
        worst = self.low if d > 0 else self.high
        if any(d * worst[k] <= d * stop for k in rows):
            return True
        return None if d * worst[filled] <= d * stop else False

    def _of(self, symbol: int, row: int) -> range:
        return range(self.start[symbol][row], self.start[symbol][row + 1])
