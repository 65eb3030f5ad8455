"""Set phrases that mean a price, a day or a whole condition, each known to the grammar by its key."""

from __future__ import annotations

AVERAGE_VOLUME = (
    "average volume | volume average | avg volume | mean volume | volume ma | volume sma | "
    "volume moving average | average of volume | average daily volume |"
    " average trading volume | 均量 | 平均成交量 | 成交量均线 | 均量线 | 平均量 | 成交均量 | 量均线"
)
# Set phrases that are a condition or an operand by themselves; the grammar knows each by its key.
FIXED = {
    "month_first": "first trading day of month | first day of month | first session of month | "
    "first trading day of each month | first trading day of every month |"
    " start of month | start of each month | beginning of month | turn of month | 月初第一个交易日 | "
    "每月第一个交易日 | 每月首个交易日",
    "month_last": (
        "last trading day of month | last day of month | last trading day of each month | end of month | "
        "last session of month | month end | 每月最后一个交易日 | 月底最后一个交易日"
    ),
    "week_first": "first trading day of week | first day of week | first session of week | 每周第一个交易日",
    "weekdays": "weekdays | monday to friday | weekdays only",
    "weekend": "weekend | weekends | 周末",
    "prev_high": (
        "previous day's high | prior day's high | yesterday's high | previous day high | "
        "prior day high | yesterdays high | last day's high | pdh | previous session high | "
        "previous session's high | prior session high | high of previous day | high of prior day | "
        "high of yesterday | 昨日最高价 | 昨日高点 | 前一日最高价 | 昨天最高价 | 昨日高位 | 前日高位 | "
        "前一日高点 | 前日高点 | 昨天高点"
    ),
    "prev_low": (
        "previous day's low | prior day's low | yesterday's low | previous day low | prior day low | "
        "yesterdays low | last day's low | pdl | previous session low | previous session's low | "
        "prior session low | low of previous day | low of prior day | low of yesterday | 昨日最低价 | "
        "昨日低点 | 前一日最低价 | 昨天最低价 | 昨日低位 | 前日低位 | 前一日低点 | 前日低点 | 昨天低点"
    ),
    "prev_close": (
        "previous day's close | prior day's close | yesterday's close | previous day close | "
        "prior day close | yesterdays close | previous close | prior close | last close | "
        "yesterday's closing price | previous session's close | 昨日收盘价 | 昨收 | 前收盘价 | "
        "昨日收市价 | 前一日收盘价 | 昨天收盘价 | 前收市价"
    ),
    "prev_open": "previous day's open | prior day's open | yesterday's open | previous day open | 昨日开盘价",
    "opening_range": "opening range | or | orb | opening range breakout | 开盘区间",
    "or_high": (
        "opening range high | high of opening range | top of opening range | upper end of opening range | 开盘区间高点"
    ),
    "or_low": (
        "opening range low | low of opening range | bottom of opening range | lower end of opening range | 开盘区间低点"
    ),
    "first": "first | opening | initial | 首 | 开盘首 | 开市首 | 前 | 开盘后 | 最初",
    "final": "last | final | closing | 最后 | 尾",
    "session_open": "open | opening bell | session open | market open | bell | opening | 开盘 | 开市",
    "swing_high": (
        "swing high | last swing high | recent swing high | recent high | previous swing high | "
        "most recent swing high | pivot high | recent highs | 前高 | 近期高点 | 波段高点"
    ),
    "swing_low": (
        "swing low | last swing low | recent swing low | recent low | previous swing low | "
        "most recent swing low | pivot low | recent lows | 前低 | 近期低点 | 波段低点"
    ),
    "signal_low": (
        "low of signal candle | low of entry candle | low of signal bar | low of entry bar | "
        "signal candle's low | signal bar's low | entry candle low | entry bar's low | candle's low | "
        "candle low | low of candle | low of bar | low of breakout candle | low of hammer | bar's low | "
        "pattern low | signal candle low | low of engulfing candle | low of that candle | low of that bar"
    ),
    "signal_high": (
        "high of signal candle | high of entry candle | high of signal bar | high of entry bar | "
        "signal candle's high | signal bar's high | entry candle high | entry bar's high | "
        "candle's high | candle high | high of candle | high of bar | high of breakout candle | "
        "bar's high | pattern high | signal candle high | high of engulfing candle | "
        "high of that candle | high of that bar"
    ),
    "of_following": (
        "of following | of these | of three | of following conditions | of these conditions | of them | "
        "of below | of following are true | out of | 个条件"
    ),
    "true": "true | hold | are met | agree | happen | apply | are true | are satisfied | 成立 | 满足",
    "otherwise": (
        "either one fails | either fails | any of these fails | any of them fails | one of them fails | any fails |"
        " any condition fails | conditions fail | condition fails | any of these is no longer true | no longer true |"
        " no longer the case | no longer hold | no longer holds | any of them is no longer true | stops being true |"
        " is not met any more | otherwise | when not | if not | when no longer true | else |"
        " when condition is no longer true | "
        "when conditions are no longer met | when that is no longer case | 否则 | 不满足时"
    ),
    "all_three": (
        "all three | all of these | all of above | all conditions | all true | all are true | "
        "if all three | all four | both true | all of them | 全部满足 | 以上全部 | 以上条件 | 同时满足"
    ),
    "zero": "zero line | zero | centre line | center line | 0 line | 0轴 | 零轴",
    "all_time_high": "all time high | ath | record high | 历史新高",
    "pairs": (
        "pairs | pair | pair trade | pairs trade | pairs trading | spread trade | stat arb | "
        "statistical arbitrage | 配对 | 配对交易 | 套利"
    ),
    "ratio": "ratio | price ratio | ratio of | 比率 | 比价 | 价格比 | 比值 | 价比",
    "spread": "spread | price spread | 价差",
    "perpetual": "perpetual | perp",
}
# The extreme of a window: which price, of which price it is the extreme.
EXTREMES = {
    (
        "high",
        "high",
    ): (
        "highest high | higher high than | highest price | highest | highs of | max high | "
        "maximum high | 最高价 | 最高点 | "
        "最高 | 高点 | 高位 | 新高"
    ),
    (
        "low",
        "low",
    ): (
        "lowest low | lower low than | lowest price | lowest | min low | minimum low | 最低价 | 最低点 | "
        "最低 | 低点 | 低位 | 新低"
    ),
    (
        "high",
        "close",
    ): "highest close | highest closing price | closing high | highest daily close | 最高收盘价 | 最高收市价",
    (
        "low",
        "close",
    ): "lowest close | lowest closing price | closing low | lowest daily close | 最低收盘价 | 最低收市价",
}
OWN = "its | their | its own | own | it's | 自身 | 其"
LENGTH_WORDS = (
    "length | period of | period | setting | length of | periods of | lookback of | lookback | "
    "multiplier | multiplier of | deviation | deviations | standard deviations | std dev | std | "
    "factor | width | 周期 | 参数 | 倍标准差 | 标准差 | session | stddev | x"
)
