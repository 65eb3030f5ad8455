"""The words of conditions: prices, comparisons, movements, time, connectives.

Each table maps a meaning to its phrases, parted by "|", English first, Chinese in Simplified characters. To teach the
reader a phrase, add it to the row with its meaning; nothing else needs to change.
"""

from __future__ import annotations

PRICES = {
    "close": "close | closing price | closing prices | price | prices | last price | market price | it trades |"
    " share price | stock price | stock | etf | coin | token | shares | fund | candle close | bar close | c |"
    " 收盘价 | 收市价 | 收盘 | 收市 | 价格 | 股价 | 币价 | 现价 | 价",
    "open": "open | opening price | open price | 开盘价 | 开市价 | 开盘",
    "high": "high | highs | high price | top | 最高价 | 高点 | 高位 | 最高 | 新高",
    "low": "low | lows | low price | bottom | 最低价 | 低点 | 低位 | 最低 | 新低",
    "volume": "volume | volumes | trading volume | turnover | vol | 成交量 | 交易量 | 量能",
    "hl2": "hl2 | midprice",
    "hlc3": "hlc3 | typical price | 典型价",
    "ohlc4": "ohlc4",
}

# Level comparisons: true as long as it holds.
COMPARISONS = {
    ">": "above | over | greater than | higher than | more than | larger than | bigger than | exceeds | exceed |"
    " exceeding | outside above | on top of | back above | back over | stays above | staying above | holds above |"
    " holding above | remains above | trades above | trading above | sits above | stronger than | north of | > |"
    " closes above | closing above | close above | closed above | closes over | closes back above | "
    "closes higher than |"
    " close back above | close over |"
    " 高于 | 大于 | 高过 | 大过 | 超过 | 多于 | 高出 | 收高于 | 高企于 | 收在",
    "<": "below | under | less than | lower than | smaller than | fewer than | beneath | underneath | back below |"
    " back under | stays below | staying below | remains below | trades below | trading below | sits below |"
    " weaker than | south of | < | closes below | closing below | close below | closed below | closes under |"
    " close under | closing under | closes back below | closes back under | closes lower than | close back below |"
    " 低于 | 小于 | 低过 | 少于 | 细过 | 不足",
    ">=": "at least | no less than | not less than | at or above | equal to or above | greater than or equal to |"
    " above or equal to | >= | ≥ | spikes to | 升到 | 升至 | 涨到 | 涨至 | 回升到 | jumps to | surges to | rises to | gets to | "
    "climbs to | 大于等于 | 大于或等于 | 不低于 | 不小于 | 至少",
    "<=": "at most | no more than | not more than | at or below | less than or equal to | 跌至 | 跌到 | 回落到 | "
    "below or equal to | <= | =< |"
    " ≤ | 小于等于 | 小于或等于 | 不高于 | 不超过 | 不大于",
    "==": "equals | equal to | exactly | == | 等于",
}

# Chinese comparisons behind the operand: 价格在均线之上.
COMPARISONS_BEHIND = {">": "之上 | 以上 | 上方 | 上面", "<": "之下 | 以下 | 下方 | 下面"}

# A verb of movement and a direction make a cross; every verb goes with every direction of its row.
_CROSS = "cross | crosses | crossed | crossing | crossover | crosses back | cross back | crossing back | has crossed"
_BREAK = "break | breaks | breaking | broke | breaks out | breaking out | breakout | breaks back | pushes | pushing"
_GO = (
    "goes | go | going | moves | move | moving | gets | get | comes | comes back | turns | turn | gets back |"
    " goes back | returns | moves back"
)
_UP = (
    "rises | rise | rising | climbs | climb | jumps | rallies | bounces | bounces back | recovers | rises back |"
    " climbs back | pops | surges | spikes | shoots | advances | reclaims and closes"
)
_DOWN = (
    "drops | drop | dropping | falls | fall | falling | dips | dip | dipping | slips | sinks | "
    "declines | slides |"
    " pulls back | crashes | plunges | drops back | falls back | trades down"
)
CROSS_VERBS = {
    "crosses_above": (
        f"{_CROSS} | {_BREAK} | {_GO} | {_UP}",
        (
            "above | over | up through | up over | back above | up past"
            " | past | back over | upward through | upwards through | back up through"
        ),
    ),
    "crosses_below": (
        f"{_CROSS} | {_BREAK} | {_GO} | {_DOWN}",
        (
            "below | under | beneath | down through | back below |"
            " back under | back down through | downward through | downwards through | underneath"
        ),
    ),
}
CROSSES = {
    "crosses_above": "crosses up | crossing up | cross up | crosses upward | crosses upwards | crosses from below | "
    "reclaims |"
    " retakes | surpasses | overtakes | breaks out of | breaking out of | breakout of | break of | "
    "break above | break over | break out of | breakout through | breakout above | breakout over |"
    " crossing over | crosses up above | breaks |"
    " crosses to the upside | 上穿 | 升穿 | 突破 | 向上突破 | 涨破 | 升破 | 上破 | 站上 | 重上 | 向上穿过 |"
    " 由下而上穿过 | 由下向上穿过 | 从下往上穿过 | 自下而上穿过 | 由下往上穿过 | 上穿过 | 升过 | "
    "向上穿越 | 重新站上 | 回升至 | 升越 |"
    " 收盘突破 | 收复 | 由下而上穿越 | 从下方上穿",
    "crosses_below": "crosses down | crossing down | cross down | crosses downward | crosses downwards | "
    "breakdown below |"
    " crosses from above | loses | breakdown of | break below | break under | breakdown through | "
    "crosses down below | crosses to the downside |"
    " 下穿 | 跌穿 | 跌破 | 下破 | 向下跌破 | 向下突破 | 失守 | 向下穿过 | 由上而下穿过 | "
    "由上向下穿过 | 自上而下穿过 | 从上往下穿过 |"
    " 下穿过 | 跌至低于 | 跌落 | 向下穿越 | 回落至",
}
CROSSES_ANYHOW = "cross | crosses | crossing | crossed | crossover | crossovers | 交叉 | 穿过 | 穿越"
CROSS_BEHIND = {
    "up": "from below | upward | upwards | to the upside | from underneath | from below to above | 向上",
    "down": "from above | downward | downwards | to the downside | from above to below | 向下",
}
CROSS_NOUNS = {
    "up": "golden cross | golden crossover | bullish cross | bullish crossover | bull cross | positive crossover |"
    " cross to upside | crosses bullish | crosses bullishly | 金叉 | 黄金交叉 | 看涨交叉",
    "down": "death cross | dead cross | bearish cross | bearish crossover | bear cross | negative crossover |"
    " crosses bearish | crosses bearishly | 死叉 | 死亡交叉 | 看跌交叉",
}

MOODS = {
    "up": (
        "bullish | green | positive | up | long | buy | uptrend | in uptrend | an uptrend | 多 | 多头 | "
        "看涨 | 绿色 | 涨 | 升"
    ),
    "down": (
        "bearish | red | negative | down | short | sell | downtrend | in downtrend | 空 | 空头 | 看跌 | 红色 | 跌"
    ),
}
TURNS = (
    "turns | turn | turned | turning | flips | flip | flipped | flips to | goes | becomes | switches | switches to |"
    " changes to | turns to | gives | 转 | 翻 | 变 | 转为 | 变为 | 翻为 | 转成 | 转向"
)

TRENDS = {
    "rising": "rising | rises | increasing | increases | is up | going up | trending up | trends up | sloping up |"
    " slopes up | sloping upward | sloping upwards | upward sloping | slopes upward | turns up | "
    "turning up | growing | ticks up | points up |"
    " 上升 | 上涨 | 向上 | 走高 | 上行 | 上扬 | 升高",
    "falling": "falling | falls | decreasing | decreases | declining | declines | going down | trending down | "
    "drops |"
    " sloping down | slopes down | slopes downward | sloping downward | downward sloping | "
    "turns down | turning down | ticks down | points down | dropping |"
    " 下降 | 下跌 | 向下 | 走低 | 下行 | 回落",
}
CLOSES_TOWARD = {
    "rising": (
        "closes higher | closed higher | closes up | closed up | higher closes | higher close | "
        "up closes | close higher | closing higher | 收高 | 收涨 | 收升"
    ),
    "falling": (
        "closes lower | closed lower | closes down | closed down | lower closes | lower close | "
        "down closes | close lower | closing lower | 收低 | 收跌"
    ),
}
CANDLE_COLOURS = {
    "up": "green candle | 收阳线 | 收阳 | green candles | green bar | green bars | bullish candle | bullish candles | "
    "up candle | up bar | up bars |"
    " white candle | bullish bar | bullish bars | green close | green closes | green | "
    "closes green | 阳线 | 阳烛 | 大阳线",
    "down": "red candle | 收阴线 | 收阴 | red candles | red bar | red bars | bearish candle | bearish candles | "
    "down candle | down bar |"
    " down bars | black candle | bearish bar | bearish bars | red close | red closes | red | "
    "closes red | 阴线 | 阴烛",
}
DAY_MOVES = {
    "rising": "up days | up day | up weeks | green days | green day | gaining days | winning days",
    "falling": "down days | down day | down weeks | red days | red day | losing days",
}
PERCENT_MOVES = {
    "up": "rises | rise | rose | rises by | gains | gain | gained | rallies | jumps | climbs | is up | "
    "up | goes up | increases |"
    " increases by | up by | up more than | goes up by | moves up | advances | surges | pumps | "
    "rally | 上涨 | 涨 | 升 | 上升 | 涨幅 | 升幅 | 涨超 | 升超",
    "down": "falls | fall | fell | falls by | drops | drop | dropped | drops by | loses | declines | "
    "is down | down | goes down |"
    " fallen | has fallen | has dropped | dumps | decline |"
    " down by | goes down by | moves down | dips | dips by | sinks | crashes | plunges | slides | "
    "下跌 | 跌 | 下降 | 跌幅 | 回落 | 跌超",
}
GAPS = {
    "up": "gaps up | gap up | opens higher | 高开 | 跳空高开 | 裂口高开",
    "down": "gaps down | gap down | opens lower | 低开 | 跳空低开 | 裂口低开",
}
NEW_EXTREME = (
    "makes new | make new | making new | making | hits new | sets new | reaches new | at new | "
    "prints new | new | hits | makes | sets | posts | reaches |"
    " 创 | 创出 | 刷新 | 创下 | 见"
)
TOUCHES = (
    "touches | touch | touching | tags | tag | hits | reaches | tests | rallies to | bounces to | reverts to | gets back to | goes back to | pulls back and touches | dips and touches | returns back to | 回到 | 涨回 | 升回 | 反弹至 | pulls back to | "
    "pullback to | dips to | retraces to | falls to |"
    " drops to | returns to | comes back to | retests | 触及 | 碰到 | 触碰 | 回踩 | 触到 | 回调至 | 回调到 | 到达"
)
ZERO_CROSSES = {
    "up": "由负转正 | 从负转正 | 转正 | 翻正 | 由绿翻红 | 上穿零轴 | 上穿0轴",
    "down": "由正转负 | 从正转负 | 转负 | 翻负 | 由红翻绿 | 下穿零轴 | 下穿0轴",
}
BREAKOUTS = {
    "up": "breakout | break out | breakouts | high breakout | 突破",
    "down": "breakdown | break down | low breakdown",
}
ALIGNMENTS = {
    "up": (
        "bullish alignment | aligned bullish | aligned bullishly | stacked bullish | in bullish order | "
        "bullish stack | 多头排列 | 呈多头排列"
    ),
    "down": (
        "bearish alignment | aligned bearish | aligned bearishly | stacked bearish | in bearish order | "
        "bearish stack | 空头排列 | 呈空头排列"
    ),
}
DAY_AVERAGES = "天线 | 日均线 | 日线均线 | 天均线 | 日移动平均线 | 天移动平均线 | dma | dsma | day ma"
STRETCHED = {
    "low": "oversold | over sold | 超卖",
    "high": "overbought | over bought | 超买",
}

CONNECTIVES = {
    "and": "and | & | && | plus | while | as well as | together with | combined with | and also | "
    "and then | along with |"
    " provided | provided that | given that | as long as | but only if | but only when | only if | "
    "only when | accompanied by |"
    " 和 | 且 | 同埋 | 并且 | 而且 | 同时 | 以及 | 加上 | 兼 | 并 | 及",
    "or": "or | 或 | 或者 | 或是 | 又或",
    "either": "either | 要么",
    "both": "both",
    "not": "not | isnt | is not | arent | doesnt | does not | never | dont | do not | wont | avoid | no | "
    "without | not on |"
    " 不 | 不是 | 没有 | 唔 | 勿 | 不要 | 并非 | 未",
    "unless": "unless | except when | except if | but not when | but not if | 除非",
    "when": "when | if | whenever | once | as soon as | in case | after | every time | each time | wehn | "
    "provided | where | upon | on |"
    " 当 | 如果 | 若 | 一旦 | 只要 | 若果 | 如 | 每当 | 每次 | 假如",
    "then": "then | -> | → | => | therefore | so | , then | 则 | 就 | 便 | 即 | 时 | 的时候 | 时候 | 后 | 之后",
    "bothsides": "vice versa | opposite for shorts | the opposite for shorts | reverse for shorts | "
    "mirror for shorts |"
    " mirror image for shorts | opposite for short | reverse for short | inverse for shorts | "
    "shorts are the opposite | shorts the opposite |"
    " mirrored for shorts | same in reverse for shorts | do the opposite for shorts | "
    "opposite rules for shorts | short side mirrored |"
    " reverse conditions for short | reverse conditions for shorts | "
    "mirrored conditions for shorts | shorts mirror longs | shorts are mirrored |"
    " exact opposite for shorts | 反之亦然 | 做空相反 | 反之做空 | 反向做空 | 做空则相反 | "
    "做空条件相反 | 空单相反 | 空头相反",
    "between": "between | in between | in range | inside range of | 介于 | 处于 | 在",
    "within": "within | 内",
    "correction": "no wait | wait no | scratch that | correction | actually use | actually make it | "
    "sorry i mean | i mean |"
    " 不对 | 更正 | 说错了",
}

UNITS = {
    "bar": (
        "bar | bars | candle | candles | period | periods | candlestick | candlesticks | closes | 根 | "
        "根k线 | k线 | 根k | 根蜡烛 | 周期 | 支烛 | 根阴阳烛 | 个周期 | 期 | 根bar"
    ),
    "minute": "m | minute | minutes | min | mins | 分钟 | 分",
    "hour": "h | hour | hours | hr | hrs | 小时 | 个小时 | 个钟 | 钟头",
    "day": (
        "d | day | days | trading day | trading days | session | sessions | business days | 日 | 天 | 个交易日 | 交易日"
    ),
    "week": "w | week | weeks | wk | 周 | 星期 | 个星期",
    "month": "month | months | 个月 | 月",
    "year": "year | years | 年",
}
AGO = "ago | earlier | before | prior | previously | back | 前 | 之前"
LAST = (
    "last | past | previous | prior | preceding | recent | most recent | trailing | 过去 | 最近 | 近 | 前 | 之前 | 上"
)
PREVIOUS = (
    "previous | prior | last | preceding | yesterday | yesterdays | yesterday's | previous day's | "
    "昨日 | 昨天 | 上一 | 前一 | 前日"
)
IN_A_ROW = (
    "in a row | in row | consecutive | consecutively | straight | successive | running | "
    "back to back | on end | in succession | 连续 | 连"
)
CURRENT = "today's | todays | current | this | present | today | now | 今日 | 今天 | 当前 | 当日"
WEEKDAYS = {
    1: "monday | mondays | mon | 周一 | 星期一 | 礼拜一",
    2: "tuesday | tuesdays | tue | tues | 周二 | 星期二 | 礼拜二",
    3: "wednesday | wednesdays | wed | 周三 | 星期三 | 礼拜三",
    4: "thursday | thursdays | thu | thurs | 周四 | 星期四 | 礼拜四",
    5: "friday | fridays | fri | 周五 | 星期五 | 礼拜五",
    6: "saturday | saturdays | 周六 | 星期六",
    7: "sunday | sundays | 周日 | 星期日 | 星期天",
}
MONTHS = {
    1: "january",
    2: "february",
    3: "march",
    4: "april",
    6: "june",
    7: "july",
    8: "august",
    9: "september",
    10: "october",
    11: "november",
    12: "december",
}
ZONES = {
    "America/New_York": "new york time | new york | ny time | ny | et | est | edt | eastern | eastern time | "
    "us eastern | us eastern time |"
    " 纽约时间 | 美东时间 | 美东",
    "Asia/Hong_Kong": "hong kong time | hong kong | hk time | hkt | 香港时间 | 北京时间 | 香港",
    "UTC": "utc | gmt | utc time | z",
    "Europe/London": "london time | london | uk time | 伦敦时间 | bst",
    "Asia/Tokyo": "tokyo time | jst | 东京时间",
    "America/Chicago": "chicago time | central time | cst",
}
SESSIONS = {
    ("08:00", "16:30", "Europe/London"): "london session | european session | 伦敦时段 | 欧洲时段 | 欧盘",
    (
        "09:30",
        "16:00",
        "America/New_York",
    ): (
        "new york session | us session | american session | ny session | regular trading hours | "
        "regular hours | rth | 美股时段 | 美盘 | 纽约时段"
    ),
    ("09:00", "15:00", "Asia/Tokyo"): "asian session | asia session | tokyo session | 亚洲时段 | 亚盘",
}
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
        "otherwise | when not | if not | when no longer true | else | when condition is no longer true | "
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
        "highest high | higher high than | highest price | highest | highs of | max high | maximum high | 最高价 | 最高点 | "
        "最高 | 高点 | 高位 | 新高"
    ),
    (
        "low",
        "low",
    ): "lowest low | lower low than | lowest price | lowest | min low | minimum low | 最低价 | 最低点 | 最低 | 低点 | 低位 | 新低",
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

DAYPARTS = {"am": "上午 | 早上 | 凌晨", "pm": "下午 | 晚上 | 午后"}
