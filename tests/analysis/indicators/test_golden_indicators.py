"""Indicators against the results that another library published for two years of daily quotes.

Not compared: ichimoku (not in the catalogue); doji (body against the price there, against the average range of the
last ten bars in CDLDOJI).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from vibex.analysis.calendars.session import SessionColumns
from vibex.analysis.indicators import IndicatorInput, compute
from vibex.domain import Bars, Timeframe
from vibex.domain.arrays import F64
from vibex.domain.timeframe import DAY_MS


@dataclass(frozen=True)
class Compared:
    """`first_row` is the first row compared, at or after which every row must agree to `relative` (or `absolute`)."""

    theirs: str
    ours: str
    first_row: int
    relative: float = 1e-10
    absolute: float = 0.0
    params: dict[str, float] = field(default_factory=dict)
    why_later: str = ""


MACD_SEED = "TA-Lib starts the fast average on the slow one's first bar; both seeds fade"
WILDER_SEED = "TA-Lib's first sum of directional movement has one bar less; the seed fades"
TABLE = [
    Compared("sma.sma", "SMA", 19, params={"timeperiod": 20}),
    Compared("ema.ema", "EMA", 19, params={"timeperiod": 20}),
    Compared("rsi.rsi", "RSI", 14),
    Compared("macd.macd", "MACD.macd", 110, 1e-6, why_later=MACD_SEED),
    Compared("macd.signal", "MACD.signal", 110, 1e-6, why_later=MACD_SEED),
    Compared("macd.histogram", "MACD.hist", 110, 1e-4, 1e-6, why_later=MACD_SEED),
    Compared("bb.upperBand", "BBANDS.upper", 19),
    Compared("bb.sma", "BBANDS.middle", 19),
    Compared("bb.lowerBand", "BBANDS.lower", 19),
    Compared("atr.atr", "ATR", 14),
    Compared("tr.tr", "TRANGE", 1),
    Compared("adx.pdi", "PLUS_DI", 160, 1e-6, why_later=WILDER_SEED),
    Compared("adx.mdi", "MINUS_DI", 160, 1e-6, why_later=WILDER_SEED),
    Compared("adx.adx", "ADX", 200, 1e-6, why_later=WILDER_SEED),
    Compared("stoch.oscillator", "STOCH.k", 17, why_later="TA-Lib shows k from the first row of d"),
    Compared("stoch.signal", "STOCH.d", 17),
    Compared("vwap.vwap", "VWAP", 0),  # cumulative there: one session over the whole series here
    Compared("supertrend.superTrend", "SUPERTREND.line", 10),
    Compared("donchian.upperBand", "DONCHIAN.upper", 20),
    Compared("donchian.centerline", "DONCHIAN.middle", 20),
    Compared("donchian.lowerBand", "DONCHIAN.lower", 20),
    Compared("cci.cci", "CCI", 19),
    Compared("psar.sar", "SAR", 251, why_later="the first trend is chosen differently; equal from a later reversal on"),
    Compared("roc.roc", "ROC", 14, params={"timeperiod": 14}),
    Compared("roc.momentum", "MOM", 14, params={"timeperiod": 14}),
    Compared("hma.hma", "HMA", 15, params={"timeperiod": 14}),
]


@pytest.fixture(scope="module")
def quotes(shared_data: Path) -> IndicatorInput:
    table = pq.read_table(shared_data / "golden_quotes_1d.parquet")
    times = table["timestamp"].cast("int64").to_numpy()
    columns = {name: table[name].to_numpy().astype(np.float64) for name in ("open", "high", "low", "close", "volume")}
    bars = Bars(symbol="QUOTES", timeframe=Timeframe.D1, open_time=times, **columns)
    one = np.zeros(len(bars), dtype=np.int64)
    whole = SessionColumns(session=one, date=one, open=one, close=one + times[-1] + DAY_MS, bar_close=times + DAY_MS)
    return IndicatorInput(bars=bars, series=bars.close, sessions=whole)


@pytest.fixture(scope="module")
def golden(shared_data: Path) -> dict[str, F64]:
    table = pq.read_table(shared_data / "golden_indicators.parquet").to_pydict()
    columns: dict[str, list[tuple[object, float]]] = {}
    for indicator, name, time, value in zip(
        table["indicator"], table["field"], table["timestamp"], table["value"], strict=True
    ):
        columns.setdefault(f"{indicator}.{name}", []).append((time, np.nan if value is None else value))
    return {key: np.array([value for _, value in sorted(rows)]) for key, rows in columns.items()}


def ours(inputs: IndicatorInput, name: str, params: dict[str, float]) -> F64:
    indicator, _, output = name.partition(".")
    return compute(indicator, params, inputs)[output]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.theirs)
def test_values_are_those_of_the_other_library(row: Compared, quotes: IndicatorInput, golden: dict[str, F64]) -> None:
    mine, theirs = ours(quotes, row.ours, row.params), golden[row.theirs]
    assert row.why_later or np.isnan(mine[: row.first_row]).all()
    assert np.isfinite(theirs[row.first_row :]).all()
    np.testing.assert_allclose(mine[row.first_row :], theirs[row.first_row :], rtol=row.relative, atol=row.absolute)


def test_on_balance_volume_differs_by_the_first_volume_only(quotes: IndicatorInput, golden: dict[str, F64]) -> None:
    """TA-Lib starts at the first bar's volume, the other library at 0."""
    assert quotes.bars.volume is not None
    np.testing.assert_array_equal(ours(quotes, "OBV", {}) - quotes.bars.volume[0], golden["obv.obv"])


def test_z_score_is_the_population_one_times_the_sample_correction(
    quotes: IndicatorInput, golden: dict[str, F64]
) -> None:
    """The other library's z-score divides by n, ours by n − 1."""
    mine = ours(quotes, "ZSCORE", {"timeperiod": 20})
    np.testing.assert_allclose(mine[19:], golden["bb.zScore"][19:] * np.sqrt(19 / 20), rtol=1e-9)


def test_supertrend_points_up_where_the_other_library_shows_a_lower_band(
    quotes: IndicatorInput, golden: dict[str, F64]
) -> None:
    direction = ours(quotes, "SUPERTREND.direction", {})
    np.testing.assert_array_equal(direction[10:] == 1, np.isfinite(golden["supertrend.lowerBand"][10:]))
    np.testing.assert_array_equal(direction[10:] == -1, np.isfinite(golden["supertrend.upperBand"][10:]))
