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
    " exceeding | bigger | greater | outside above | on top of | back above | back over | stays above |"
    " staying above | holds above |"
    " holding above | remains above | trades above | trading above | sits above | stronger than | north of | > |"
    " closes above | closing above | close above | closed above | closes over | closes back above | "
    "closes higher than |"
    " close back above | close over |"
    " 高于 | 大于 | 高过 | 大过 | 超过 | 多于 | 高出 | 收高于 | 高企于 | 收在",
    "<": "below | under | smaller | less than | lower than | smaller than | fewer than | beneath | underneath |"
    " back below |"
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


CONNECTIVES = {
    "and": "and | & | && | plus | while | as well as | together with | combined with | and also | "
    "and then | along with |"
    " provided | provided that | given that | as long as | but only if | but only when | only if | "
    "only when | accompanied by |"
    " | in addition | additionally | furthermore | at the same time | coupled with | paired with | whilst | 同时且 |"
    " ∧ | 又 | 和 | 且 | 同埋 | 并且 | 而且 | 同时 | 以及 | 加上 | 兼 | 并 | 及",
    "or": "or | ∨ | 或 | 或者 | 或是 | 又或",
    "either": "either | 要么",
    "both": "both",
    "neither": "neither",
    "nor": "nor | or neither",
    "not": "not | skip | isnt | is not | arent | doesnt | does not | never | dont | do not | wont | avoid | no | "
    "without | not on |"
    " 不 | 不是 | 没有 | 唔 | 勿 | 不要 | 并非 | 未",
    "unless": "unless | except | except for | except in | except on | other than | except when | except if |"
    " but not when | but not if | 除非",
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
    "correction": "no wait | wait no | actually make | no make it | make that | or rather | scratch that |"
    " correction | actually use | actually make it | "
    "sorry i mean | i mean |"
    " 不对 | 更正 | 说错了",
}
