"""What can be looked up, which parameters are taken, and how a wrong request is refused."""

from __future__ import annotations

import subprocess
import sys
from itertools import chain

import pytest
import talib

from vibex.analysis.indicators import InputKind, all_definitions, complete, find
from vibex.domain import InvalidInput

OWN = {
    *("PRICE", "EXPR", "DONCHIAN", "VWAP", "SUPERTREND", "ATR_TRAIL", "KELTNER", "ZSCORE", "ROLLING_VOL", "TSI"),
    *("PERCENT_RANK", "RATIO", "SPREAD", "SESSION", "OPENING_RANGE", "PIVOT", "BARS_SINCE", "VALUE_WHEN"),
}


def test_the_catalogue_is_all_of_talib_and_the_contracts_own_indicators_sorted() -> None:
    names = [definition.name for definition in all_definitions()]
    assert names == sorted(names)
    assert set(names) == {*chain.from_iterable(talib.__function_groups__.values()), *OWN}


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("MACD", "macd signal hist"),
        ("MACDEXT", "macd signal hist"),
        ("MACDFIX", "macd signal hist"),
        ("BBANDS", "upper middle lower"),
        ("ACCBANDS", "upper middle lower"),
        ("STOCH", "k d"),
        ("STOCHF", "k d"),
        ("STOCHRSI", "k d"),
        ("AROON", "down up"),
        ("HT_PHASOR", "inphase quadrature"),
        ("HT_SINE", "sine leadsine"),
        ("MAMA", "mama fama"),
        ("MINMAX", "min max"),
        ("MINMAXINDEX", "minidx maxidx"),
        ("DONCHIAN", "upper lower middle"),
        ("SUPERTREND", "line direction"),
        ("ATR_TRAIL", "line direction"),
        ("KELTNER", "upper middle lower"),
        ("SESSION", "open high low prev_open prev_high prev_low prev_close"),
        ("OPENING_RANGE", "high low"),
        ("PIVOT", "high low prev_high prev_low high_age low_age prev_high_age prev_low_age"),
        ("RSI", ""),
        ("CDLDOJI", ""),
        ("VWAP", ""),
    ],
)
def test_output_names_are_the_contracts(name: str, outputs: str) -> None:
    assert find(name).outputs == tuple(outputs.split())


@pytest.mark.parametrize(
    ("name", "defaults"),
    [
        ("RSI", {"timeperiod": 14}),
        ("BBANDS", {"timeperiod": 20, "nbdevup": 2, "nbdevdn": 2, "matype": 0}),
        ("MACD", {"fastperiod": 12, "slowperiod": 26, "signalperiod": 9}),
        ("ATR", {"timeperiod": 14}),
        ("ADX", {"timeperiod": 14}),
        (
            "STOCH",
            {"fastk_period": 14, "slowk_period": 3, "slowk_matype": 0, "slowd_period": 3, "slowd_matype": 0},
        ),
        ("CCI", {"timeperiod": 20}),
        ("DONCHIAN", {"timeperiod": 20}),
        ("SUPERTREND", {"timeperiod": 10, "multiplier": 3}),
        ("SMA", {"timeperiod": 30}),
        ("SAR", {"acceleration": 0.02, "maximum": 0.2}),
        ("VWAP", {}),
    ],
)
def test_defaults_are_the_ones_that_traders_mean(name: str, defaults: dict[str, float]) -> None:
    assert complete(find(name), {}) == defaults


@pytest.mark.parametrize(
    ("name", "kind", "volume"),
    [
        ("SMA", InputKind.SERIES, False),
        ("OBV", InputKind.SERIES, True),
        ("CORREL", InputKind.TWO_SERIES, False),
        ("BETA", InputKind.TWO_SERIES, False),
        ("ADD", InputKind.TWO_SERIES, False),
        ("MAVP", InputKind.TWO_SERIES, False),
        ("ATR", InputKind.BARS, False),
        ("MFI", InputKind.BARS, True),
        ("RATIO", InputKind.PAIR, False),
    ],
)
def test_an_indicator_tells_what_it_reads(name: str, kind: InputKind, volume: bool) -> None:
    definition = find(name)
    assert (definition.kind, definition.needs_volume) == (kind, volume)


@pytest.mark.parametrize(
    ("name", "params", "rows"),
    [
        ("SMA", {"timeperiod": 20}, 19),
        ("EMA", {}, None),
        ("OBV", {}, None),
        ("SAR", {}, None),
        ("RSI", {}, None),
        ("CDLENGULFING", {}, 2),
        ("BBANDS", {}, 19),
        ("BBANDS", {"matype": 1}, None),
        ("MA", {"timeperiod": 10, "matype": 2}, 9),
        ("MA", {"timeperiod": 10, "matype": 6}, None),
        ("STOCH", {}, 17),
        ("STOCH", {"slowd_matype": 8}, None),
        ("STOCH", {"slowd_matype": 11}, 17),
        ("APO", {}, None),
        ("APO", {"matype": 0}, 25),
        ("APO", {"matype": 11}, None),
        ("DONCHIAN", {"timeperiod": 5}, 5),
    ],
)
def test_warm_up_is_a_number_of_rows_or_anchored(name: str, params: dict[str, float], rows: int | None) -> None:
    definition = find(name)
    assert definition.warm_up(complete(definition, params)) == rows


def test_an_unknown_name_is_refused_with_the_closest_ones() -> None:
    with pytest.raises(InvalidInput, match="BBAND") as caught:
        find("BBAND")
    assert caught.value.field == "indicators"
    assert "BBANDS" in (caught.value.remedy or "")
    with pytest.raises(InvalidInput) as lower_case:
        find("rsi")
    assert "RSI" in (lower_case.value.remedy or "")


@pytest.mark.parametrize(
    ("name", "params", "field", "says"),
    [
        ("RSI", {"period": 14}, "period", "no parameter"),
        ("RSI", {"timeperiod": 1}, "timeperiod", "outside its range"),
        ("RSI", {"timeperiod": 100_001}, "timeperiod", "outside its range"),
        ("RSI", {"timeperiod": 14.5}, "timeperiod", "whole number"),
        ("RSI", {"timeperiod": True}, "timeperiod", "must be a number"),
        ("RSI", {"timeperiod": float("nan")}, "timeperiod", "must be a number"),
        ("BBANDS", {"matype": 14}, "matype", "outside its range"),
        ("MAMA", {"fastlimit": 1.0}, "fastlimit", "outside its range"),
        ("MAVP", {"minperiod": 20, "maxperiod": 10}, "minperiod", "together"),
        ("BARS_SINCE", {}, "lookback", "needs lookback"),
        ("OBV", {"timeperiod": 3}, "timeperiod", "no parameter"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(name: str, params: dict[str, float], field: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        complete(find(name), params)
    assert caught.value.field == field


def test_whole_floats_are_taken_for_whole_parameters() -> None:
    filled = complete(find("SMA"), {"timeperiod": 20.0})
    assert filled == {"timeperiod": 20}
    assert isinstance(filled["timeperiod"], int)


def test_importing_the_room_loads_neither_talib_nor_a_compiler() -> None:
    code = "import sys, vibex.analysis.indicators; print(sorted({'talib', 'numba', 'pandas'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
