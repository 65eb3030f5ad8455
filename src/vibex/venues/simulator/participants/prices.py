"""The price that the market is about, at any moment: walked inside recorded bars, or generated from a seed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

import numpy as np

from vibex.domain.bars import Bars
from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Market
from vibex.domain.timeframe import Timeframe
from vibex.venues.simulator.exchange.market import MINUTE, Candle


class PricePath(Protocol):
    """One symbol's price over time."""

    def price_at(self, now_ms: int) -> Decimal | None:
        """The price at `now_ms`, in quote units; None where the path knows none."""
        ...

    def history(self, now_ms: int) -> list[Candle]:
        """Candles that had closed by `now_ms`, oldest first."""
        ...


class BarPath:
    """Recorded bars. Inside a bar the price walks open → near extreme → far extreme → close in equal times:
    low before high in a rising bar, high before low in a falling one. Past the last bar there is no price."""

    def __init__(self, bars: Bars) -> None:
        if not len(bars):
            raise InvalidInput("a price path needs at least one bar", field="bars")
        self.bars = bars
        self._step = bars.timeframe.ms
        # The market is asked several times within one bar.
        self._walked: tuple[int, tuple[Decimal, Decimal, Decimal, Decimal]] | None = None

    @property
    def start_ms(self) -> int:
        return int(self.bars.open_time[0])

    def price_at(self, now_ms: int) -> Decimal | None:
        row = int(np.searchsorted(self.bars.open_time, now_ms, side="right")) - 1
        if row < 0:
            return None
        elapsed = now_ms - int(self.bars.open_time[row])
        if elapsed >= self._step:
            return None if row == len(self.bars) - 1 else _exact(self.bars.close[row])
        if self._walked is None or self._walked[0] != row:
            self._walked = row, _walk(self.bars, row)
        points = self._walked[1]
        leg, into = divmod(elapsed * 3, self._step)
        begin, end = points[leg], points[leg + 1]
        return begin + (end - begin) * into / self._step

    def history(self, now_ms: int) -> list[Candle]:
        bars = self.bars
        count = int(np.searchsorted(bars.open_time, now_ms - self._step, side="right"))
        return [_candle(bars, row) for row in range(count)]


class TapePath:
    """The price of the last of some recorded trades, given as (time in ms, price), oldest first."""

    def __init__(self, trades: Sequence[tuple[int, Decimal]]) -> None:
        if not trades:
            raise InvalidInput("a price path needs at least one trade", field="trades")
        self._times = [at for at, _ in trades]
        self._prices = [price for _, price in trades]
        self.start_ms = self._times[0]

    def price_at(self, now_ms: int) -> Decimal | None:
        row = bisect_right(self._times, now_ms) - 1
        return self._prices[row] if row >= 0 else None

    def history(self, now_ms: int) -> list[Candle]:
        """Minutes of the trades before `now_ms`, prices alone."""
        made: list[Candle] = []
        for at, price in zip(self._times, self._prices, strict=True):
            start = at - at % MINUTE
            if start + MINUTE > now_ms:
                break
            if made and made[-1].open_time == start:
                made[-1].see(price)
            else:
                made.append(Candle(open_time=start, open=price, high=price, low=price, close=price))
        return made


class GeneratedPath:
    """Minute bars from the seeded generator without end: each stretch goes on where the last one closed."""

    STRETCH = 1440

    def __init__(self, *, symbol: str, seed: int, start_ms: int) -> None:
        self._symbol, self._seed = symbol, seed
        self._paths: list[BarPath] = [self._make(start_ms, None)]
        self.start_ms = self._paths[0].start_ms

    def price_at(self, now_ms: int) -> Decimal | None:
        if now_ms < self.start_ms:
            return None
        return self._stretch(now_ms).price_at(now_ms)

    def history(self, now_ms: int) -> list[Candle]:
        self._stretch(now_ms)
        return [candle for path in self._paths for candle in path.history(now_ms)]

    def _stretch(self, now_ms: int) -> BarPath:
        span = self.STRETCH * 60_000
        wanted = (now_ms - self.start_ms) // span
        while len(self._paths) <= wanted:
            last = self._paths[-1].bars
            self._paths.append(self._make(self.start_ms + len(self._paths) * span, float(last.close[-1])))
        return self._paths[wanted]

    def _make(self, start_ms: int, opening: float | None) -> BarPath:
        from vibex.analysis.generator import generate_market

        number = 0 if opening is None else len(self._paths)
        bars = generate_market(
            seed=self._seed + number,
            symbol=self._symbol,
            market=Market.CRYPTO,
            timeframe=Timeframe.M1,
            start=datetime.fromtimestamp(start_ms / 1000, UTC),
            bars=self.STRETCH,
        ).bars
        if opening is None:
            return BarPath(bars)
        scale = opening / float(bars.open[0])
        columns = {name: np.round(getattr(bars, name) * scale, 8) for name in ("open", "high", "low", "close")}
        return BarPath(
            Bars(symbol=bars.symbol, timeframe=bars.timeframe, open_time=bars.open_time, volume=bars.volume, **columns)
        )


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _walk(bars: Bars, row: int) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    first, high = _exact(bars.open[row]), _exact(bars.high[row])
    low, last = _exact(bars.low[row]), _exact(bars.close[row])
    return (first, low, high, last) if last >= first else (first, high, low, last)


def _candle(bars: Bars, row: int) -> Candle:
    close = _exact(bars.close[row])
    volume = Decimal(0) if bars.volume is None else _exact(bars.volume[row])
    return Candle(
        open_time=int(bars.open_time[row]),
        open=_exact(bars.open[row]),
        high=_exact(bars.high[row]),
        low=_exact(bars.low[row]),
        close=close,
        volume=volume,
        quote_volume=volume * close,
    )
