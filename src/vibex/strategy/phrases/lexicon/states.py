"""The words of moods, trends, candles and movements by an amount. Same form as `words`."""

from __future__ import annotations

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
    "up": "closed green | all green | closed bullish | green one | bullish one | green candle | 收阳线 | 收阳 |"
    " green candles | green bar | green bars |"
    " bullish candle | "
    "bullish candles | "
    "up candle | up bar | up bars |"
    " white candle | bullish bar | bullish bars | green close | green closes | green | "
    "closes green | 阳线 | 阳烛 | 大阳线",
    "down": "closed red | all red | closed bearish | red one | bearish one | red candle | 收阴线 | 收阴 |"
    " red candles | red bar | red bars |"
    " bearish candle | bearish candles | "
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
    " pulls back | retraces | gives back | 回撤 | 回调 |"
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


# Volume without a number: against its customary average of 20 bars, which is reported.
VOLUME_MOODS = {
    "up": (
        "high volume | heavy volume | strong volume | big volume | above average volume |"
        " higher than average volume |"
        " volume spike | volume surge | increased volume | volume above average | volume is above average |"
        " volume is high | 放量 | 放巨量 | 量增 | 成交放大 | 成交量放大 | 带量"
    ),
    "down": (
        "low volume | light volume | weak volume | below average volume | lower than average volume |"
        " volume below average | volume is below average | 缩量 | 量缩 | 成交量萎缩"
    ),
}


BREAKOUTS = {
    "up": "breakout | break out | breakouts | high breakout | 突破",
    "down": "breakdown | break down | low breakdown",
}


ALIGNMENTS = {
    "up": (
        "stacked bullishly | stacked up | bullishly stacked | bullishly aligned | in bullish alignment |"
        " bullish alignment | aligned bullish | aligned bullishly | stacked bullish | in bullish order | "
        "bullish stack | 多头排列 | 呈多头排列"
    ),
    "down": (
        "stacked bearishly | stacked down | bearishly stacked | bearishly aligned | in bearish alignment |"
        " bearish alignment | aligned bearish | aligned bearishly | stacked bearish | in bearish order | "
        "bearish stack | 空头排列 | 呈空头排列"
    ),
}


WEEK_AVERAGES = "周线 | 周均线 | 星期线 | 周移动平均线"


DAY_AVERAGES = "日线 | 天线 | 日均线 | 日线均线 | 天均线 | 日移动平均线 | 天移动平均线 | dma | dsma | day ma"


STRETCHED = {
    "low": "oversold | over sold | 超卖",
    "high": "overbought | over bought | 超买",
}
