"""The wordings of forums and chats: breaks, bounces, ribbons, bare stops, orders, and what must be asked about."""

from __future__ import annotations

import pytest

from tests.strategy.phrases.test_sentences import compare, expected, rule
from vibex.domain import JsonValue
from vibex.strategy.draft import Reading
from vibex.strategy.phrases import read

WIDTH: JsonValue = {"sub": ["BBANDS(20,2):upper", "BBANDS(20,2):lower"]}

CONDITIONS: list[tuple[str, JsonValue]] = [
    ("RSI(14) is less than minus 5", compare("RSI(14)", "<", -5)),
    ("RSI(14) is now over 50", compare("RSI(14)", ">", 50)),
    ("the 14,3,3 stochastic %K crosses above 20", compare("STOCH(14,3,3):k", "crosses_above", 20)),
    ("the MACD crossed up", compare("MACD():macd", "crosses_above", "MACD():signal")),
    ("the MACD histogram turns from negative to positive", compare("MACD():hist", "crosses_above", 0)),
    ("the linear regression slope of 20 bars is positive", compare("LINEARREG_SLOPE(20)", ">", 0)),
    ("the Chaikin oscillator crosses above zero", compare("ADOSC(3,10)", "crosses_above", 0)),
    ("Bollinger bandwidth is below 0.04", compare({"div": [WIDTH, "BBANDS(20,2):middle"]}, "<", 0.04)),
    ("%B is below 0", compare({"div": [{"sub": ["close", "BBANDS(20,2):lower"]}, WIDTH]}, "<", 0)),
    ("ATR(14) as % of the close is below 2%", compare("NATR(14)", "<", 2)),
    ("price breaks yesterday's low", compare("close", "crosses_below", "low[1]")),
    ("the 20-day high is taken out", compare("close", "crosses_above", "DONCHIAN(20):upper")),
    ("price falls through the 50 EMA", compare("close", "crosses_below", "EMA(50)")),
    ("price bounces off the 50 EMA",
     {"all": [compare("low", "<=", "EMA(50)"), compare("close", ">", "EMA(50)")]}),
    ("CCI(20) crosses up from oversold (-100)", compare("CCI(20)", "crosses_above", -100)),
    ("RSI(14) has been above 50 for the last 4 bars", {"for": 4, "of": compare("RSI(14)", ">", 50)}),
    ("there are two red candles, then a green one",
     {"all": [{"for": 2, "of": compare("close[1]", "<", "open[1]")}, compare("close", ">", "open")]}),
    ("Aroon Up(25) is above 70", compare("AROON(25):up", ">", 70)),
    ("volume is double its 20-bar average", compare("volume", ">=", {"mul": ["SMA(volume,20)", 2]})),
    ("the close is higher than 10 days ago", compare("close", ">", "close[10]")),
    ("it has fallen four days in a row", compare("close", "falling", 4)),
    ("volume is the highest of the last 20 bars", compare("volume", ">=", "MAX(volume,20)")),
    ("volume is over 1.5m shares", compare("volume", ">", 1_500_000)),
    ("it is the 3rd trading day of the month", compare("month_session", "==", 3)),
    ("the 50 SMA is rising plus price is above the 50 SMA",
     {"all": [compare("SMA(50)", "rising", 1), compare("close", ">", "SMA(50)")]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "condition"), CONDITIONS, ids=[text for text, _ in CONDITIONS])
def test_a_condition_is_read_as_it_is_said_in_forums(text: str, condition: JsonValue) -> None:
    assert rule(read(f"Buy BTC daily when {text}."), "entry") == expected(condition)


CHINESE: list[tuple[str, JsonValue]] = [
    ("MACD 喺零軸以上金叉",
     {"all": [compare("MACD():macd", "crosses_above", "MACD():signal"), compare("MACD():macd", ">", 0)]}),
    ("RSI 喺 40 至 60 之間", {"all": [compare("RSI(14)", ">=", 40), compare("RSI(14)", "<=", 60)]}),
    ("價格在 EMA50 附近 0.5% 以內",
     compare({"abs": {"sub": ["close", "EMA(50)"]}}, "<=", {"mul": ["EMA(50)", 0.005]})),
    ("价格回踩 EMA50 不破", {"all": [compare("low", "<=", "EMA(50)"), compare("close", ">", "EMA(50)")]}),
    ("RSI(14) 由下向上升穿 50", compare("RSI(14)", "crosses_above", 50)),
    ("收市價企穩 EMA 200 之上", compare("close", ">", "EMA(200)")),
    ("成交量大於 5萬", compare("volume", ">", 50_000)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "condition"), CHINESE, ids=[text for text, _ in CHINESE])
def test_a_chinese_condition_keeps_its_refinement(text: str, condition: JsonValue) -> None:
    assert rule(read(f"BTC 日線，{text}，買入"), "entry") == expected(condition)


PARTS: list[tuple[str, str, JsonValue]] = [
    ("sl 2 tp 5", "stop_loss", {"type": "percent", "value": 2}),
    ("Stop 66.5k.", "stop_loss", {"type": "price", "value": 66500}),
    ("If I lose more than 3 percent get me out.", "stop_loss", {"type": "percent", "value": 3}),
    ("I don't want to lose more than 5% on any trade.", "stop_loss", {"type": "percent", "value": 5}),
    ("Sell if it falls 8% from its peak.", "trailing_stop", {"type": "percent", "value": 8}),
    ("Once the trade is 2% in profit start trailing by 1%.", "trailing_stop",
     {"type": "percent", "value": 1, "after": {"type": "percent", "value": 2}}),
    ("Position of 0.25 BTC.", "sizing", {"type": "fixed_quantity", "value": 0.25}),
    ("Risk: 1% of balance", "sizing", {"type": "risk_percent", "value": 1}),
    ("用 5萬 美金", "sizing", {"type": "fixed_notional", "value": 50000}),
    ("Size to 20% annual volatility.", "sizing", {"type": "volatility_target", "value": 20}),
    ("I never take more than 4 trades per day.", "limits", {"max_trades_per_day": 4}),
    ("Done for the day after losing 1.5%.", "limits", {"max_daily_loss_percent": 1.5}),
    ("Limit buy at 58,000.", "order", {"type": "limit", "price": {"long": 58000}}),
    ("Compare it against ETH.", "benchmark", "ETH/USDT"),
    ("Hold for 12 bars.", "time_stop_bars", 12),
    ("Exit: 12 bars in trade", "time_stop_bars", 12),
    ("Sell at +2% or -1%.", "stop_loss", {"type": "percent", "value": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "field", "value"), PARTS, ids=[text for text, _, _ in PARTS])
def test_a_part_is_read_as_it_is_said_in_forums(text: str, field: str, value: JsonValue) -> None:
    reading = read(f"Buy BTC 4h when RSI(14) < 30.\n{text}")
    assert reading.partial is not None
    assert reading.partial.get(field) == value
    assert reading.partial["symbols"] == ["BTC/USDT"]


def errors(reading: Reading) -> set[str]:
    return {issue.field.split(".")[0] for issue in reading.issues if issue.severity == "error"}


ASKED = [
    ("Long BTC 4h when RSI < 30. Entry around 60000, stop at 65000.", "stop_loss"),
    ("Long BTC 4h when RSI < 30. Stop 70000, target 65000.", "stop_loss"),
    ("Long SUI 4h when RSI < 30. Stop 40.", "stop_loss"),
    ("Be long and short BTC 1h whenever price is above the 20 EMA.", "entry"),
    ("Buy SPY and short SPY whenever RSI(14) is under 50.", "entry"),
    ("When the 20 EMA crosses the 50 EMA on BTC 1h, trade it.", "entry"),
    ("Buy BTC 1h when price slides toward the 50 SMA.", "entry"),
    ("Buy BTC 1h when the wobble of the 14 RSI thing is over 1.2.", "entry"),
    ("比特幣 3 小時圖 RSI 低於 30 買入", "timeframe"),
]


@pytest.mark.parametrize(("text", "field"), ASKED, ids=[text for text, _ in ASKED])
def test_a_reading_that_could_be_wrong_is_asked_about(text: str, field: str) -> None:
    assert field in errors(read(text))


def test_a_cross_without_direction_goes_with_the_side_and_says_so() -> None:
    reading = read("BTC 15m: ema9 x ema21 long")
    assert rule(reading, "entry") == expected(compare("EMA(9)", "crosses_above", "EMA(21)"), "15m")
    assert any(issue.field == "entry" and "direction" in issue.message for issue in reading.issues)


def test_a_cross_of_both_sides_goes_up_for_longs_and_down_for_shorts() -> None:
    reading = read("Trade UNI 1h both ways with the 9/21 EMA cross.")
    assert rule(reading, "entry") == expected(compare("EMA(9)", "crosses_above", "EMA(21)"), "1h")
    assert rule(reading, "entry", "short") == expected(compare("EMA(9)", "crosses_below", "EMA(21)"), "1h")


def test_averages_that_are_named_once_are_stacked_in_their_order() -> None:
    reading = read("NVDA 1d. EMA ribbon 8/13/21: long when they're stacked bullishly.")
    stacked: JsonValue = {"all": [compare("EMA(8)", ">", "EMA(13)"), compare("EMA(13)", ">", "EMA(21)")]}
    assert rule(reading, "entry") == expected(stacked, symbols=("NVDA",))


def test_an_exit_at_a_level_comes_from_the_side_of_the_entry() -> None:
    reading = read("ADA 1h. Long: CCI(20) > 100. Short: CCI(20) < -100. Exit at CCI zero.")
    assert rule(reading, "exit") == expected(compare("CCI(20)", "<=", 0), "1h")
    assert rule(reading, "exit", "short") == expected(compare("CCI(20)", ">=", 0), "1h")


def test_a_time_of_day_that_no_rule_takes_is_named() -> None:
    reading = read("Buy SPY 5m when RSI(14) < 30. Breakfast 10:00.")
    assert any("10:00" in issue.message for issue in reading.issues)
