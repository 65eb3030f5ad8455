"""A filter symbol whose hours are labelled 09:30, 10:30 … is not seen before its last hour has ended."""

from __future__ import annotations

import numpy as np
import pytest

from vibex.domain import Bars, InvalidInput, Timeframe
from vibex.strategy import evaluate, parse_spec

HOUR = 3_600_000
DAY = 1_709_510_400_000  # Monday 2024-03-04, New York opens at 14:30 UTC
RAW = {
    "version": 1,
    "name": "filter",
    "market": "us_equity",
    "symbols": ["SPY"],
    "timeframe": "1h",
    "indicators": [{"id": "other", "name": "PRICE", "timeframe": "4h", "symbol": "QQQ"}],
    "entry": {"long": {"left": "close", "op": ">", "right": "other"}},
    "sizing": {"type": "fixed_percent", "value": 50},
}


def hours(symbol: str, first_label: int, closes: list[float], volume: np.ndarray | None = None) -> Bars:
    prices = np.array(closes)
    return Bars(
        symbol=symbol,
        timeframe=Timeframe.H1,
        open_time=DAY + first_label + np.arange(len(closes)) * HOUR,
        open=prices,
        high=prices,
        low=prices,
        close=prices,
        volume=volume,
    )


def test_a_bucket_is_seen_when_its_last_source_bar_has_ended() -> None:
    traded = hours("SPY", 14 * HOUR, [1.0] * 7)  # 14:00 … 20:00, the last closes at 21:00
    other = hours("QQQ", 14 * HOUR + HOUR // 2, [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0])  # 14:30 … 20:30
    seen = evaluate(parse_spec(RAW), [traded, other])["SPY"].values("other")
    # The bucket 12:00–16:00 holds the hour 15:30–16:30: SPY's bar that closes at 16:00 must not see it.
    assert np.isnan(seen[:2]).all()
    assert seen[2] == 11.0


def test_volume_that_the_data_lacks_is_refused_instead_of_read_as_zero() -> None:
    for indicator, operand in (({"id": "obv", "name": "OBV"}, "obv"), (None, "volume")):
        raw = {
            **RAW,
            "indicators": [indicator] if indicator else [],
            "entry": {"long": {"left": operand, "op": ">", "right": 0}},
        }
        for volume in (None, np.zeros(7)):
            with pytest.raises(InvalidInput) as error:
                evaluate(parse_spec(raw), hours("SPY", 14 * HOUR, [1.0] * 7, volume))
            assert error.value.field == "volume"
