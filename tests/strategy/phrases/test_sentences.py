"""Sentences and what the reader makes of them, by construction; the table is meant to be read."""

from __future__ import annotations

import pytest

from tests.strategy.phrases.conditions import alternatives
from tests.strategy.phrases.fragments import readers
from vibex.domain import JsonValue
from vibex.strategy.draft import Reading
from vibex.strategy.phrases import read


def rule(reading: Reading, part: str, side: str = "long") -> str:
    """One condition of the reading in the notation of the corpus."""
    assert reading.partial is not None, reading.issues
    spec = {"timeframe": "1d", **reading.partial}
    condition = spec[part][side]  # type: ignore[index,call-overload]
    return next(iter(alternatives(condition, readers(spec)[0])))


def expected(condition: JsonValue, timeframe: str = "1d", symbols: tuple[str, ...] = ("BTC/USDT",)) -> str:
    spec = {"timeframe": timeframe, "symbols": list(symbols), "indicators": []}
    return next(iter(alternatives(condition, readers(spec)[1])))


def compare(left: JsonValue, op: str, right: JsonValue) -> JsonValue:
    return {"left": left, "op": op, "right": right}


CONDITIONS: list[tuple[str, JsonValue]] = [
    ("RSI(14) is below 30", compare("RSI(14)", "<", 30)),
    ("the 14-period RSI drops below 30", compare("RSI(14)", "crosses_below", 30)),
    ("rsi14<30", compare("RSI(14)", "<", 30)),
    ("price is above the 200-day simple moving average", compare("close", ">", "SMA(200)")),
    ("the 20 EMA crosses over the 50 EMA", compare("EMA(20)", "crosses_above", "EMA(50)")),
    ("the 50-day crosses above the 200-day", compare("SMA(50)", "crosses_above", "SMA(200)")),
    ("the 10 EMA crosses the 30 EMA from below", compare("EMA(10)", "crosses_above", "EMA(30)")),
    ("MACD has a bullish crossover", compare("MACD():macd", "crosses_above", "MACD():signal")),
    ("there is a golden cross of the 10 and 30 SMA", compare("SMA(10)", "crosses_above", "SMA(30)")),
    ("volume is more than 1.5 times the 20-day average volume",
     compare("volume", ">", {"mul": ["SMA(volume,20)", 1.5]})),
    ("volume is at least twice its 20-bar average", compare("volume", ">=", {"mul": ["SMA(volume,20)", 2]})),
    ("volume is above the 20-day average", compare("volume", ">", "SMA(volume,20)")),
    ("OBV is above its 20-period moving average", compare("OBV()", ">", "SMA(OBV(),20)")),
    ("price is within 1% of its 200-day SMA",
     compare({"abs": {"sub": ["close", "SMA(200)"]}}, "<=", {"mul": ["SMA(200)", 0.01]})),
    ("price is within 0.5 ATR of the 20 EMA",
     compare({"abs": {"sub": ["close", "EMA(20)"]}}, "<=", {"mul": ["ATR(14)", 0.5]})),
    ("the close is 3% below the 20 SMA", compare("close", "<", {"mul": ["SMA(20)", 0.97]})),
    ("the close is more than 2 standard deviations below the 20 SMA", compare("close", "<", "BBANDS(20,2):lower")),
    ("price closes above the highest high of the last 20 bars", compare("close", ">", "DONCHIAN(20):upper")),
    ("it makes a new 55 day high", compare("close", ">", "DONCHIAN(55):upper")),
    ("it falls 5% in one day", compare("close", "<", {"mul": ["close[1]", 0.95]})),
    ("it closed lower for 3 bars in a row", compare("close", "falling", 3)),
    ("the close is higher than the close 10 bars ago", compare("close", ">", "close[10]")),
    ("RSI is not above 50", {"not": compare("RSI(14)", ">", 50)}),
    ("RSI was below 30 within the last 10 bars", {"within": 10, "of": compare("RSI(14)", "<", 30)}),
    ("RSI is below 40 for 3 bars in a row", {"for": 3, "of": compare("RSI(14)", "<", 40)}),
    ("a hammer appears", compare("CDLHAMMER()", ">", 0)),
    ("EMA 9 > EMA 21 > EMA 55", {"all": [compare("EMA(9)", ">", "EMA(21)"), compare("EMA(21)", ">", "EMA(55)")]}),
    ("the close is above VWAP, (2) RSI(14) > 55",
     {"all": [compare("close", ">", "VWAP()"), compare("RSI(14)", ">", 55)]}),
    ("the 50-day SMA slopes up and price is above it",
     {"all": [compare("SMA(50)", "rising", 1), compare("close", ">", "SMA(50)")]}),
    ("the close is below the 20 SMA by more than 2 ATR",
     compare("close", "<", {"sub": ["SMA(20)", {"mul": ["ATR(14)", 2]}]})),
    ("RSI < 30 and either MACD crosses up or price > EMA(50)",
     {"all": [compare("RSI(14)", "<", 30),
              {"any": [compare("MACD():macd", "crosses_above", "MACD():signal"), compare("close", ">", "EMA(50)")]}]}),
    ("RSI < 30 or price > EMA(50) and ADX > 20",
     {"any": [compare("RSI(14)", "<", 30), {"all": [compare("close", ">", "EMA(50)"), compare("ADX(14)", ">", 20)]}]}),
    ("two of these are true: RSI above 50, close above EMA(100), ADX above 20",
     {"at_least": 2,
      "of": [compare("RSI(14)", ">", 50), compare("close", ">", "EMA(100)"), compare("ADX(14)", ">", 20)]}),
    ("SPY is above its 200-day moving average", compare("close/SPY", ">", "SMA(200)/SPY")),
    ("the weekly close is above the weekly EMA 20", compare("close@1w", ">", "EMA(20)@1w")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "condition"), CONDITIONS, ids=[words for words, _ in CONDITIONS])
def test_a_condition_in_words_is_read_as_meant(words: str, condition: JsonValue) -> None:
    assert rule(read(f"Buy BTC on the daily chart when {words}. Stop 5%."), "entry") == expected(condition)


CHINESE: list[tuple[str, JsonValue]] = [
    ("RSI(14) 低於 30", compare("RSI(14)", "<", 30)),
    ("RSI 跌穿 30", compare("RSI(14)", "crosses_below", 30)),
    ("收盘价在200日均线之上并且RSI(2)小于10时",
     {"all": [compare("close", ">", "SMA(200)"), compare("RSI(2)", "<", 10)]}),
    ("10日均線上穿30日均線", compare("SMA(10)", "crosses_above", "SMA(30)")),
    ("成交量大於20日均量的1.5倍", compare("volume", ">", {"mul": ["SMA(volume,20)", 1.5]})),
    ("RSI连续3天低于40", {"for": 3, "of": compare("RSI(14)", "<", 40)}),
    ("最近5根K線內MACD金叉", {"within": 5, "of": compare("MACD():macd", "crosses_above", "MACD():signal")}),
    ("收盘价突破过去二十天最高价", compare("close", "crosses_above", "DONCHIAN(20):upper")),
    ("收盘价高于20日均线2%以上", compare("close", ">", {"mul": ["SMA(20)", 1.02]})),
    ("5日均线、10日均线、20日均线多头排列",
     {"all": [compare("SMA(5)", ">", "SMA(10)"), compare("SMA(10)", ">", "SMA(20)")]}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "condition"), CHINESE, ids=[words for words, _ in CHINESE])
def test_a_chinese_condition_in_either_script_is_read_as_meant(words: str, condition: JsonValue) -> None:
    assert rule(read(f"比特幣日線，{words}買入，止損百分之五"), "entry") == expected(condition)


PARTS: list[tuple[str, str, JsonValue]] = [
    ("Stop loss 2%", "stop_loss", {"type": "percent", "value": 2}),
    ("SL 1.5 ATR below entry", "stop_loss", {"type": "atr", "value": 1.5, "indicator": "atr_14"}),
    ("2 x ATR(20) stop", "stop_loss", {"type": "atr", "value": 2, "indicator": "atr_20"}),
    ("Stop at $5 below entry", "stop_loss", {"type": "points", "value": 5}),
    ("Stop below the low of the last 10 bars", "stop_loss", {"type": "level", "value": "donchian_10.lower"}),
    ("Stop is the wider of 2% and 2 ATR", "stop_loss",
     {"farthest": [{"type": "percent", "value": 2}, {"type": "atr", "value": 2, "indicator": "atr_14"}]}),
    ("Target 2R", "take_profit", {"type": "risk_multiple", "value": 2}),
    ("Target 2:1", "take_profit", {"type": "risk_multiple", "value": 2}),
    ("Risk reward 1:3", "take_profit", {"type": "risk_multiple", "value": 3}),
    ("Half at 1R and the rest at 3R", "take_profit",
     [{"type": "risk_multiple", "value": 1, "fraction": 0.5}, {"type": "risk_multiple", "value": 3, "fraction": 0.5}]),
    ("Trail the stop by 3 ATR", "trailing_stop", {"type": "atr", "value": 3, "indicator": "atr_14"}),
    ("Once up 3% move the stop to break-even", "stop_steps",
     [{"after": {"type": "percent", "value": 3}, "to": {"type": "percent", "value": 0}}]),
    ("Hold for at most 5 days", "time_stop_bars", 5),
    ("Risk 1% of equity per trade", "sizing", {"type": "risk_percent", "value": 1}),
    ("Risk $500 per trade", "sizing", {"type": "risk_notional", "value": 500}),
    ("Use half of my account", "sizing", {"type": "fixed_percent", "value": 50}),
    ("Size 1000 USDT per trade", "sizing", {"type": "fixed_notional", "value": 1000}),
    ("Target 15% annual volatility with a 20 day lookback", "sizing",
     {"type": "volatility_target", "value": 15, "lookback": 20}),
    ("3x leverage", "leverage", 3),
    ("Limit order 0.5% below the close, good for 3 bars", "order",
     {"type": "limit", "offset_bps": 50, "expires_bars": 3}),
    ("Max two trades per day, stop after losing 3% in a day", "limits",
     {"max_trades_per_day": 2, "max_daily_loss_percent": 3}),
    ("Wait 5 bars after each exit", "limits", {"cooldown_bars": 5}),
    ("Compare with SPY", "benchmark", "SPY"),
    ("Ignore opposite signals while in a trade", "on_opposite", "ignore"),
    ("止蝕百分之二", "stop_loss", {"type": "percent", "value": 2}),
    ("每次用三成资金", "sizing", {"type": "fixed_percent", "value": 30}),
    ("每天最多3笔", "limits", {"max_trades_per_day": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "field", "value"), PARTS, ids=[words for words, _, _ in PARTS])
def test_an_exit_or_a_setting_in_words_is_read_as_meant(words: str, field: str, value: JsonValue) -> None:
    reading = read(f"Buy BTC on the daily chart when RSI(14) < 30. {words}.")
    assert reading.partial is not None
    assert reading.partial[field] == value
    assert not [issue for issue in reading.issues if issue.severity != "info"]


def test_a_plain_sell_closes_the_long_and_opens_no_short() -> None:
    reading = read("buy tesla when rsi under 30 sell when rsi over 70")
    assert reading.partial is not None
    assert reading.partial["entry"] == {"long": {"left": "rsi_14", "op": "<", "right": 30}, "short": None}
    assert reading.partial["exit"] == {"long": {"left": "rsi_14", "op": ">", "right": 70}, "short": None}


def test_the_short_side_is_mirrored_only_when_the_text_says_so() -> None:
    words = "BTC 4h: long when supertrend is bullish and RSI > 60."
    assert rule(read(f"{words} Opposite for shorts."), "entry", "short") == expected(
        {"all": [compare("SUPERTREND():direction", "<", 0), compare("RSI(14)", "<", 40)]}, "4h"
    )
    alone = read(words).partial
    assert alone is not None
    assert alone["entry"]["short"] is None  # type: ignore[index,call-overload]


def test_a_pair_is_bought_and_sold_by_its_legs() -> None:
    reading = read("pairs: long BTC short ETH when the z-score of the BTC/ETH ratio over 30 days is below -2. daily")
    assert reading.partial is not None
    assert reading.partial["archetype"] == "pairs"
    assert reading.partial["symbols"] == ["BTC/USDT", "ETH/USDT"]
    assert rule(reading, "entry") == expected(compare("ZSCORE(RATIO(),30)", "<", -2), symbols=("BTC/USDT", "ETH/USDT"))


def test_a_typo_of_one_letter_is_read_and_reported() -> None:
    reading = read("Buy BTC when RSI(14) drops belwo 30 on the 1h, stpo loss 2%. Selll when RSI(14) is abvoe 60.")
    assert any("belwo" in issue.message and issue.severity == "info" for issue in reading.issues)
    assert rule(reading, "entry") == expected(compare("RSI(14)", "crosses_below", 30), "1h")
    assert rule(reading, "exit") == expected(compare("RSI(14)", ">", 60), "1h")


def test_words_that_the_grammar_cannot_place_are_quoted() -> None:
    reading = read("Buy BTC 1h when RSI(14) < 30 and the plumbus hums. Stop 2%.")
    assert any("plumbus" in issue.message and issue.field == "entry" for issue in reading.issues)


def test_an_unknown_subject_is_never_replaced_by_the_price() -> None:
    reading = read("Buy BTC 1h when the zorbl index is above 70. Stop 2%.")
    assert any(issue.severity == "error" for issue in reading.issues)


def test_facts_name_the_numbers_and_assets_where_they_stand() -> None:
    text = "Buy Apple when RSI(14) is below 30, stop 2 %"
    found = {(fact.kind, fact.value, text[fact.start : fact.end]) for fact in read(text).facts}
    assert found == {("asset", "AAPL", "Apple"), ("number", 14.0, "14"), ("number", 30.0, "30"), ("number", 2.0, "2")}


def test_no_stop_is_remembered_as_ruled_out() -> None:
    assert read("AAPL daily: buy when RSI(14) < 30. No stop loss.").refused == {"stop_loss"}


def test_the_same_text_gives_the_same_reading() -> None:
    text = "ETH 4h: buy when EMA 9 crosses above EMA 21, sell when it crosses below."
    assert read(text) == read(text)
