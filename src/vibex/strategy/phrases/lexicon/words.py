"""The words of conditions: prices, comparisons, movements, time, connectives.

Each table maps a meaning to its phrases, parted by "|", English first, Chinese in Simplified characters. To teach the
reader a phrase, add it to the row with its meaning; nothing else needs to change.
"""

from __future__ import annotations

PRICES = {
    "close": "close | closing price | closing prices | price | prices | last price | market price | it trades |"
    " index | underlying | security | asset price | last trade | spot price | share price | stock price | stock |"
    " etf | coin | token | shares | fund | candle close | bar close | c |"
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
    " exceeding | bigger | greater | outside above | on top of | back above | back over | stays above | staying above | holds above |"
    " holding above | remains above | trades above | trading above | sits above | stronger than | north of | > |"
    " closes above | closing above | close above | closed above | closes over | closes back above | "
    "closes higher than |"
    " close back above | close over |"
    " 高于 | 大于 | 高过 | 大过 | 超过 | 多于 | 高出 | 收高于 | 高企于 | 收在",
    "<": "below | under | smaller | less than | lower than | smaller than | fewer than | beneath | underneath | back below |"
    " back under | stays below | staying below | remains below | trades below | trading below | sits below |"
    " weaker than | south of | < | closes below | closing below | close below | closed below | closes under |"
    " close under | closing under | closes back below | closes back under | closes lower than | close back below |"
    " 低于 | 小于 | 低过 | 少于 | 细过 | 不足",
    ">=": "at least | no less than | not less than | at or above | equal to or above | greater than or equal to |"
    " above or equal to | >= | ≥ | spikes to | 升到 | 升至 | 涨到 | 涨至 | 回升到 | jumps to | "
    "surges to | rises to | gets to | "
    "climbs to | 大于等于 | 大于或等于 | 不低于 | 不小于 | 至少",
    "<=": "at most | no more than | not more than | at or below | less than or equal to | 跌至 | 跌到 | 回落到 | "
    "below or equal to | <= | =< |"
    " ≤ | 小于等于 | 小于或等于 | 不高于 | 不超过 | 不大于",
    "==": "equals | equal to | exactly | == | 等于",
}

# Verbs of staying: every verb goes with every direction of its row.
_STAYS = (
    "stays | stay | staying | stayed | holds | hold | holding | held | remains | remain | remaining | sits |"
    " sit | sitting |"
    " trades | trade | trading | traded | closes | close | closed | closing | prints | finishes | ends |"
    " settles | keeps |"
    " hovers | rests | lies | lives | comes in | prices | price"
)
STAYS = {
    ">": (_STAYS, "above | over | back above | back over | well above | higher than | on top of"),
    "<": (_STAYS, "below | under | beneath | underneath | back below | back under | well below | lower than"),
}

# Chinese comparisons behind the operand: 价格在均线之上.
COMPARISONS_BEHIND = {">": "之上 | 以上 | 上方 | 上面", "<": "之下 | 以下 | 下方 | 下面"}

# A verb of movement and a direction make a cross; every verb goes with every direction of its row.
_CROSS = (
    "cross | crosses | crossed | crossing | crossover | crosses back | cross back | crossing back | has crossed |"
    " flips | flip | flipped | flipping | flips back | swings | shifts | closes back"
)
_BREAK = "break | breaks | breaking | broke | breaks out | breaking out | breakout | breaks back | pushes | pushing"
_GO = (
    "goes | go | going | moves | move | moving | gets | get | comes | comes back | turns | turn | gets back |"
    " goes back | returns | moves back"
)
_UP = (
    "rose | risen | climbed | jumped | moved | pushed | lifts | soars | heads | pokes | ticks | gets back up |"
    " comes up |"
    " rises | rise | rising | climbs | climb | jumps | rallies | bounces | bounces back | recovers | rises back |"
    " climbs back | pops | surges | spikes | shoots | advances | reclaims and closes"
)
_DOWN = (
    "fell | fallen | dropped | slid | sank | sink | tumbles | dives | plummets | retreats | eases | cools |"
    " tanks | heads |"
    " pokes | ticks | goes back down | comes down | breaks down | broke down |"
    " drops | drop | dropping | falls | fall | falling | dips | dip | dipping | slips | sinks | "
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
# A cross and its direction without an object: "the MACD crossed up".
CROSS_WAYS = {
    "crosses_above": (_CROSS, "up | upward | upwards | to upside | higher | bullish | bullishly"),
    "crosses_below": (_CROSS, "down | downward | downwards | to downside | lower | bearish | bearishly"),
}
# A movement through a level goes the way of its verb.
THROUGH = {
    "crosses_above": (_UP, "through | thru | up to and through"),
    "crosses_below": (_DOWN, "through | thru"),
}
CROSSES = {
    "crosses_above": "crosses up | crossing up | cross up | crosses upward | crosses upwards | crosses from below | "
    "reclaims |"
    " retakes | tops | topping | surpasses | overtakes | breaks out of | breaking out of | "
    "break above | break over | break out of | breakout through | breakout above | breakout over |"
    " crossing over | crosses up above |"
    " crosses to the upside | 上穿 | 升穿 | 突破 | 向上突破 | 涨破 | 升破 | 上破 | 站上 | 重上 | 向上穿过 |"
    " 由下而上穿过 | 由下向上穿过 | 从下往上穿过 | 自下而上穿过 | 由下往上穿过 | 上穿过 | 升过 | "
    "向上穿越 | 重新站上 | 回升至 | 升越 |"
    " 收盘突破 | 收复 | 由下而上穿越 | 从下方上穿 | 由下向上穿 | 由下往上穿 | 由下而上穿 | 自下而上穿 | 从下往上穿 |"
    " 向上穿 | 穿上 | 企上 | 重返 | 收上 | 冲破",
    "crosses_below": "crosses down | crossing down | cross down | crosses downward | crosses downwards | "
    "breakdown below |"
    " crosses from above | loses | breakdown of | break below | break under | breakdown through | "
    "crosses down below | crosses to the downside |"
    " 下穿 | 跌穿 | 跌破 | 下破 | 向下跌破 | 向下突破 | 失守 | 向下穿过 | 由上而下穿过 | "
    "由上向下穿过 | 自上而下穿过 | 从上往下穿过 |"
    " 跌返落 | 跌返 | 跌回 | 落返 | 跌到低于 |"
    " 下穿过 | 跌至低于 | 跌落 | 向下穿越 | 回落至 | 由上向下穿 | 由上往下穿 | 由上而下穿 | 自上而下穿 |"
    " 从上往下穿 | 向下穿 | 击穿 | 穿下 | 收下",
}
# A break whose direction the level tells: of a high upwards, of a low downwards.
BREAKS = (
    "breaks | break | broke | breaks through | break through | breaking through | break of | breakout of | takes out |"
    " take out | taking out | pierces | pierce | violates | penetrates | clears | clear | is broken | gets broken |"
    " is taken out | gets taken out | taken out | is breached | breached | is cleared | is violated | is exceeded"
)
CROSSES_ANYHOW = "cross | crosses | x | crossing | crossed | crossover | crossovers | 交叉 | 穿过 | 穿越"
CROSS_BEHIND = {
    "up": "from below | up | upward | upwards | to the upside | from underneath | from below to above | 向上",
    "down": "from above | down | downward | downwards | to the downside | from above to below | 向下",
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
TOUCHES = (
    "touches | touch | touching | touched | touch of | tag of | tags | tag | hits | is back at | back at | is back to |"
    " comes down to | goes down to | gets down to | drops down to | falls back to | drops back to |"
    " comes back down to | cools to | cools off to | comes up to | goes up to | gets up to | rises back to |"
    " climbs back to | normalises to | normalizes to | mean reverts to | hit | reaches | tests | rallies to |"
    " bounces to | "
    "reverts to | gets back to | goes back to | pulls back and touches | dips and touches | "
    "returns back to | 回到 | 涨回 | 升回 | 反弹至 | pulls back to | "
    "pullback to | dips to | retraces to | falls to |"
    " drops to | returns to | comes back to | retests | 触及 | 碰到 | 触碰 | 回踩 | 触到 | 回调至 | 回调到 | 到达"
)
HELD = (
    "不破 | 不跌破 | 不穿 | 不失守 | 而不破 | 唔穿 | and holds | and hold | and holds it |"
    " without breaking it |"
    " without closing below it"
)
NEAR_BEHIND = "附近 | 左右 | 周围 | 上下"
BOUNCES = {
    "up": "bounces off | bounce off | bouncing off | bounced off | bounces from | bounce from | bounces at |"
    " finds support at | finds support on | holds support at | respects | rebounds off | rebounds from |"
    " bounces up from | 反弹于 | 受支撑于 | 获支撑于",
    "down": "rejects | rejects from | rejects off | rejecting | gets rejected at | is rejected at | rejected at |"
    " rejection at | rejected from | rejection from |"
    " gets rejected by | is rejected by | rejected by | fails at | finds resistance at | 受阻于 | 遇阻于",
}
ZERO_CROSSES = {
    "up": "turns from negative to positive | goes from negative to positive | flips from negative to positive |"
    " changes from negative to positive | moves from negative to positive | crosses from negative to positive |"
    " from negative to positive | from red to green | 由负转正 | 从负转正 | 转正 | 翻正 | 由绿翻红 | 上穿零轴 |"
    " 上穿0轴",
    "down": "turns from positive to negative | goes from positive to negative | flips from positive to negative |"
    " changes from positive to negative | moves from positive to negative | crosses from positive to negative |"
    " from positive to negative | from green to red | 由正转负 | 从正转负 | 转负 | 翻负 | 由红翻绿 | 下穿零轴 |"
    " 下穿0轴",
}
# Volume without a number: against its customary average of 20 bars, which is reported.
VOLUME_MOODS = {
    "up": (
        "high volume | heavy volume | strong volume | big volume | above average volume | higher than average volume |"
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

CONNECTIVES = {
    "and": "and | & | && | plus | while | as well as | together with | combined with | and also | "
    "and then | along with |"
    " provided | provided that | given that | as long as | but only if | but only when | only if | "
    "only when | accompanied by |"
    " | in addition | additionally | furthermore | at the same time | coupled with | paired with | whilst | 同时且 |"
    " 和 | 且 | 同埋 | 并且 | 而且 | 同时 | 以及 | 加上 | 兼 | 并 | 及",
    "or": "or | 或 | 或者 | 或是 | 又或",
    "either": "either | 要么",
    "both": "both",
    "neither": "neither",
    "nor": "nor | or neither",
    "not": "not | skip | isnt | is not | arent | doesnt | does not | never | dont | do not | wont | avoid | no | "
    "without | not on |"
    " 不 | 不是 | 没有 | 唔 | 勿 | 不要 | 并非 | 未",
    "unless": "unless | except | except for | except in | except on | other than | except when | except if | but not when | but not if | 除非",
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
    "between": "between | in between | in range | inside range of | 介于 | 处于 | 在 | 喺",
    "within": "within | 内",
    "correction": "no wait | wait no | actually make | no make it | make that | or rather | scratch that | correction | actually use | actually make it | "
    "sorry i mean | i mean |"
    " 不对 | 更正 | 说错了",
}
