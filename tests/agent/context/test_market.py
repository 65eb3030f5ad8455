"""Market data in the format of §5.3: its keys, ten points oldest first, TA-Lib's values; or null with a reason."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import talib

from tests.agent.worlds import NOW, World, account_view, walk, world
from vibex.agent.context import ContextBuilder, MarketFrames, Missing, Reading
from vibex.domain import InvalidInput, Timeframe

BTC = "BTC/USDT"
INTRADAY = ("mid_prices", "ema20", "macd", "rsi7", "rsi14")
LONG_TERM = ("ema20_4h", "ema50_4h", "atr3_4h", "atr14_4h", "volume_current", "volume_average", "macd_4h", "rsi14_4h")


async def document(made: World, frames: MarketFrames | None = None, at: Any = NOW) -> dict[str, Any]:
    builder = ContextBuilder(bars=made, facts=made, frames=frames or MarketFrames())
    context = await builder.build([BTC], account_view(), at)
    found: dict[str, Any] = context.assets[0].market
    json.dumps(found, allow_nan=False)
    return found


async def test_the_keys_are_those_of_the_requirements_in_their_order() -> None:
    found = await document(world())
    assert list(found) == [
        *("asset", "timestamp", "open_interest", "funding_rate", "intraday_series", "long_term_context"),
        *("as_of", "missing", "notes"),
    ]
    assert list(found["open_interest"]) == ["latest", "average"]
    assert tuple(found["intraday_series"]) == INTRADAY
    assert tuple(found["long_term_context"]) == LONG_TERM
    assert (found["asset"], found["timestamp"], found["missing"]) == ("BTC", "2025-03-01T12:00:00Z", {})


async def test_series_are_ten_closed_points_oldest_first_with_the_values_of_ta_lib() -> None:
    made = world()
    found = await document(made)
    fine, coarse = made.bars_of[BTC, Timeframe.M5].rows(100, 600), made.bars_of[BTC, Timeframe.H4].rows(100, 600)
    wanted = {
        "ema20": talib.EMA(fine.close, 20),
        "macd": talib.MACD(fine.close, 12, 26, 9)[0],
        "rsi7": talib.RSI(fine.close, 7),
        "rsi14": talib.RSI(fine.close, 14),
    }
    for name, values in wanted.items():
        assert found["intraday_series"][name] == values[-10:].tolist()
    context = found["long_term_context"]
    assert context["ema20_4h"] == talib.EMA(coarse.close, 20)[-1]
    assert context["ema50_4h"] == talib.EMA(coarse.close, 50)[-1]
    assert context["atr3_4h"] == talib.ATR(coarse.high, coarse.low, coarse.close, 3)[-1]
    assert context["atr14_4h"] == talib.ATR(coarse.high, coarse.low, coarse.close, 14)[-1]
    assert context["macd_4h"] == talib.MACD(coarse.close, 12, 26, 9)[0][-10:].tolist()
    assert context["rsi14_4h"] == talib.RSI(coarse.close, 14)[-10:].tolist()
    assert coarse.volume is not None
    assert context["volume_current"] == coarse.volume[-1]
    assert context["volume_average"] == pytest.approx(float(np.mean(coarse.volume[-20:])), rel=1e-12)


async def test_every_value_has_its_time() -> None:
    found = await document(world())
    assert found["as_of"]["intraday_series"][-1] == "2025-03-01T12:00:00Z"
    assert found["as_of"]["intraday_series"][0] == "2025-03-01T11:15:00Z"
    assert found["as_of"]["long_term_context"][-1] == "2025-03-01T12:00:00Z"
    assert found["as_of"]["funding_rate"] == found["as_of"]["open_interest.latest"] == "2025-03-01T12:00:00Z"


async def test_no_bar_is_seen_before_it_is_closed() -> None:
    """A second before noon the bars that close at noon are not there, and what they hold changes nothing."""
    made = world()
    before = NOW - timedelta(seconds=1)
    made.funding = Missing("not asked about")
    found = await document(made, at=before)
    assert found["as_of"]["intraday_series"][-1] == "2025-03-01T11:55:00Z"
    for frame in (Timeframe.M5, Timeframe.H4):
        bars = made.bars_of[BTC, frame]
        made.bars_of[BTC, frame] = replace(bars, close=np.append(bars.close[:-1], bars.high[-1]))
    assert await document(made, at=before) == found


async def test_mids_are_the_recorded_ones_and_closes_stand_in_with_a_note() -> None:
    made = world()
    closes = made.bars_of[BTC, Timeframe.M5].close[-10:].tolist()
    without = await document(made)
    assert without["intraday_series"]["mid_prices"] == closes
    assert "10 of 10 points are closes of the 5m bars: quotes were not recorded" in str(without["notes"])
    made.mids_of[BTC] = [
        Reading(Decimal("60123.5"), NOW - timedelta(seconds=2)),
        Reading(Decimal("60100"), NOW - timedelta(minutes=7)),
    ][::-1]
    partly = await document(made)
    assert partly["intraday_series"]["mid_prices"] == [*closes[:-1], 60123.5]
    assert "9 of 10" in partly["notes"]["intraday_series.mid_prices"]


async def test_open_interest_is_the_latest_and_the_mean_of_a_day() -> None:
    found = await document(world())
    assert found["open_interest"] == {"latest": 25_000.0, "average": pytest.approx(25_012.0)}
    assert found["notes"]["open_interest.average"].startswith("mean of 25 readings")


async def test_what_is_missing_is_null_with_its_reason_and_never_0() -> None:
    made = world()
    made.funding = Missing("the venue did not answer")
    made.interest = ()
    del made.bars_of[BTC, Timeframe.H4]
    found = await document(made)
    assert found["funding_rate"] is None
    assert found["open_interest"] == {"latest": None, "average": None}
    assert set(found["long_term_context"].values()) == {None}
    missing = found["missing"]
    assert missing["funding_rate"] == "the venue did not answer"
    assert missing["open_interest.latest"] == missing["open_interest.average"] == "none was recorded"
    assert missing["long_term_context.macd_4h"] == "there are no 4h bars of BTC/USDT"
    assert not any(value == 0 for value in _numbers(found))


async def test_what_is_stale_is_null_with_its_age() -> None:
    made = world()
    made.funding = Reading(Decimal("0.0001"), NOW - timedelta(hours=3))
    made.interest = [Reading(Decimal(1), NOW - timedelta(hours=1))]
    made.bars_of[BTC, Timeframe.M5] = walk(BTC, Timeframe.M5, 600, end=NOW - timedelta(minutes=30))
    found = await document(made)
    assert found["missing"]["funding_rate"] == "stale: 3 h old, 10 min are allowed"
    assert found["missing"]["open_interest.latest"].startswith("stale")
    assert found["missing"]["intraday_series.rsi7"] == "stale: the last closed 5m bar ended 30 min ago"
    assert found["intraday_series"]["mid_prices"] is None


async def test_a_value_of_the_future_is_refused() -> None:
    made = world()
    made.funding = Reading(Decimal("0.0001"), NOW + timedelta(seconds=1))
    assert "future" in (await document(made))["missing"]["funding_rate"]


@pytest.mark.parametrize(("rows", "known"), [(1, 0), (5, 0), (21, 2), (30, 10)])
async def test_too_few_bars_give_nulls_at_the_front(rows: int, known: int) -> None:
    made = world()
    made.bars_of[BTC, Timeframe.M5] = walk(BTC, Timeframe.M5, rows)
    found = await document(made)
    ema = found["intraday_series"]["ema20"]
    assert len(ema) == 10
    assert sum(value is not None for value in ema) == known
    assert ema[-1] is not None or known == 0
    assert ("intraday_series.ema20" in found["missing"]) == (known < 10)


async def test_bars_without_volume_have_no_volume() -> None:
    made = world()
    made.bars_of[BTC, Timeframe.H4] = replace(made.bars_of[BTC, Timeframe.H4], volume=None)
    found = await document(made)
    assert found["long_term_context"]["volume_current"] is None
    assert found["missing"]["long_term_context.volume_current"] == "the bars have no volume"


async def test_holes_between_bars_are_told() -> None:
    made = world()
    bars = made.bars_of[BTC, Timeframe.M5]
    keep = np.ones(len(bars), dtype=bool)
    keep[590:593] = False
    made.bars_of[BTC, Timeframe.M5] = replace(
        bars,
        **{name: getattr(bars, name)[keep] for name in ("open_time", "open", "high", "low", "close", "volume")},
    )
    assert (await document(made))["notes"]["intraday_series"] == "497 closed 5m bars, 3 missing between them"


async def test_other_timeframes_are_named_likewise() -> None:
    made = world()
    for frame in (Timeframe.H1, Timeframe.D1):
        made.bars_of[BTC, frame] = walk(BTC, frame, 600)
    found = await document(made, MarketFrames(intraday=Timeframe.H1, long_term=(Timeframe.D1, Timeframe.H4)))
    assert tuple(found["intraday_series"]) == INTRADAY
    assert list(found["long_term_context"])[:8] == [name.replace("4h", "1d") for name in LONG_TERM]
    assert list(found["long_term_context"])[8:] == [
        *LONG_TERM[:4], "volume_current_4h", "volume_average_4h", *LONG_TERM[6:]
    ]  # fmt: skip
    assert found["notes"]["intraday_series"] == "500 closed 1h bars"


def test_a_timeframe_that_is_none_of_the_four_is_refused() -> None:
    with pytest.raises(InvalidInput, match="15m is no timeframe of the context"):
        MarketFrames(intraday=Timeframe.M15)


def _numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [number for part in value.values() for number in _numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    return [value] if isinstance(value, float) and math.isfinite(value) else []
