"""Small bars whose every price is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from vibex.domain import Bars, Timeframe

MakeBars = Callable[..., Bars]


@pytest.fixture
def make_bars() -> MakeBars:
    """Bars without range: open, high, low and close are equal; the first opens on Tuesday, 2024-01-02."""

    def make(closes: Sequence[float], timeframe: Timeframe = Timeframe.D1, start_ms: int = 1_704_153_600_000) -> Bars:
        prices = np.array(closes, dtype=np.float64)
        return Bars(
            symbol="ABC",
            timeframe=timeframe,
            open_time=start_ms + np.arange(len(prices), dtype=np.int64) * timeframe.ms,
            open=prices,
            high=prices,
            low=prices,
            close=prices,
            volume=np.full(len(prices), 100.0),
        )

    return make
