"""Price steps of the symbols of a run: one number each, or the bands of an exchange's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vibex.backtest.settings import RunSettings
from vibex.domain import Instrument
from vibex.domain.arrays import F64, I64
from vibex.domain.money import to_float
from vibex.market.ticks import tick_bands


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ticks:
    """`tick` (N,), NaN where the bands hold: `sizes[b]` of the first b with price < `bounds[b]`, (B,) each."""

    tick: F64
    bounds: F64
    sizes: F64

    @property
    def coarsest(self) -> F64:
        """The largest step of each symbol, (N,)."""
        return np.where(np.isnan(self.tick), self.sizes.max(initial=0.0), self.tick)


def ticks_of(instruments: Sequence[Instrument], settings: RunSettings, time: I64) -> Ticks:
    """The steps in force on the last day of `time`; all instruments of a run share one market and so one table."""
    if settings.tick_size is not None:
        tick: F64 = np.full(len(instruments), settings.tick_size)
        return Ticks(tick=tick, bounds=np.empty(0), sizes=np.empty(0))
    tick = np.array([np.nan if each.tick_table else to_float(each.tick) for each in instruments])
    banded = next((each for each in instruments if each.tick_table), None)
    if banded is None:
        return Ticks(tick=tick, bounds=np.empty(0), sizes=np.empty(0))
    bands = tick_bands(banded, time[-1:])
    # A band reaches up to and including its bound, and the engine asks for "below".
    bounds: F64 = np.nextafter(bands.upper[-1], np.inf)
    return Ticks(tick=tick, bounds=bounds, sizes=bands.tick[-1].astype(np.float64))
