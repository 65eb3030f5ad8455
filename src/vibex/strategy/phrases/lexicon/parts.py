"""The words around the conditions: entering and leaving, stops and targets, sizes, orders, limits, headings.

Same form as `words`: a meaning and its phrases, parted by "|".
"""

from __future__ import annotations

ACTIONS = {
    "buy": (
        "buy | buys | buying | pick up | pick some up | picks up | bought | purchase | accumulate | buy it |"
        " buy some | dip buy | 买入 | "
        "买进 | 买 | 入货 | 吸纳"
    ),
    "sell": "dispose | dispose of | disposes of | offload | unload | get rid of | part with | ditch | let it go |"
    " let go |"
    " sell | sells | selling | sold | sell it | sell out | liquidate | dump | 卖出 | 卖 | 沽出 | 沽货 | 沽",
    "enter_long": "hold | holds | hold long | be invested | stay in | own | get long | getting long |"
    " hop in long | go in long | 持有 |"
    " go long | hold when | hold while | be invested when | stay invested when | be in market when | "
    "goes long | going long | enter long | entering long | long entry | open long | "
    "open a long | long position | take long |"
    " be long | take longs | get long | buy long | stay long | long | longs | longing | "
    "enter a long position | enter long position | open long position | take long position |"
    " 做多 | 开多 | 买多 | 做好仓 | 开好仓 | 揸 | 开多单 | 多单入场 | 入多 | 建多仓 | 做多单",
    "enter_short": "go short | goes short | going short | enter short | entering short | short entry | open short | "
    "open a short | short position |"
    " sell short | selling short | short sell | short selling | take short | be short | "
    "take shorts | get short | short | shorts | shorting |"
    " enter a short position | enter short position | open short position | take short position |"
    " 做空 | 开空 | 卖空 | 沽空 | 开淡仓 | 做淡 | 开空单 | 空单入场 | 入空 | 建空仓 | 做空单",
    "enter": "in when | in if | want in | get me in | let me in | enter | enters | entering | entry | entries |"
    " get in | gets in |"
    " getting in | jump in |"
    " open position | open trade | open a position | "
    "open a trade | take position | take a position | take trade |"
    " take a trade | enter trade | enter position | trigger | buy signal | entry signal | 入场 | "
    "进场 | 开仓 | 建仓 | 入市 | 建立仓位",
    "exit": "exit | exits | exiting | get out | close | close position | close trade | close it | "
    "close out | leave | out | close everything | close all |"
    " exit position | exit trade | exit it | bail | bail out | get flat | go flat | flatten | "
    "exit everything | leave trade | go to cash | flat | exit the position |"
    " closes position | closes trade | closes it | closes out | closes everything | closing position |"
    " position is closed |"
    " trade is closed | it is closed | position gets closed | trade gets closed | trade is exited |"
    " position is exited |"
    " get me out | get us out | gets out | get out of it | take me out | closes position out | close it out |"
    " closes the trade | unwind | unwinds | unwind it | close it all | step aside | stand aside | goes flat |"
    " hold until | holding until | hold till | keep until | be in cash | move to cash | stay in cash | back to cash |"
    " stay out | stays out | staying out | stay out of market | be flat | stay flat | be out | 走 | 散水 | 走货 |"
    " 空仓 | 离 场 | take it off | square off | exit signal |"
    " sell signal | 出场 | 离场 | 平仓 | 退出 | 清仓 | 走人 | 平 | 离市",
    "exit_long": "long is closed | long position is closed | long trade is closed | longs are closed |"
    " long is exited |"
    " long positions are closed | closes long | closes long position | closing long | closing longs | exits long |"
    " exit long | exit longs | close long | close longs | leave long | sell long | sell longs | "
    "long exit | exit long position | exit longs when | close long position | close long positions |"
    " 平多 | 平多仓 | 平多单 | 平好仓 | 多单出场 | 多单平仓 | 多单离场",
    "exit_short": "short is closed | short position is closed | short trade is closed | shorts are closed |"
    " short is exited |"
    " short positions are closed | closes short | closes short position | closing short | closing shorts |"
    " exits short |"
    " buy it back | buying it back | buying back | buys it back | buys back | cover it | cover position |"
    " exit short | exit shorts | close short | close shorts | cover | covers | cover short | "
    "cover shorts | buy to cover | covering |"
    " buy back | leave short | short exit | close short position | close short positions | "
    "exit short position | 平空 | 平空仓 | 平空单 | 回补 | 平淡仓 | 补仓 | 空单出场 | 空单平仓 | "
    "空单离场",
    "reverse": (
        "reverse | stop and reverse | flip position | flip side | reverse position | always in market | 反手 | 反向开仓"
    ),
}
ONLY_SIDE = {
    "long": "long only | only long | only longs | longs only | only take longs | never short | no shorts | "
    "no shorting | no short |"
    " no short selling | long side only | only go long | only buy | i never short | dont short | "
    "do not short | no shorts please | only trade long | only trade long side | never go short | "
    "不要做空 | 不开空 | 唔做空 | 不可做空 |"
    " nothing to be shorted | nothing shorted | 只做多 | 仅做多 | 不做空 | 不沽空 | 只买不沽 | 净做多",
    "short": (
        "short only | only short | only shorts | shorts only | no longs | never long | "
        "不要做多 | only take shorts | short side only | only go short | 只做空 | 仅做空 | 不做多"
    ),
    "both": (
        "both directions | both sides | long and short | long or short | both ways | long & short | "
        "long + short | longs and shorts | long/short | 多空双向 | 双向 | 多空"
    ),
}
OPPOSITE_SIGNAL = (
    "reverse upon | opposite signal | opposite signals | upon reverse | on reverse | on opposite |"
    " upon opposite | opposite cross | opposite crossover | reverse signal | "
    "opposing signal | reverse cross | reverse crossover |"
    " opposite condition | opposite happens | reverse happens | signal reverses | opposite occurs | "
    "inverse signal | cross reverses | 反向信号 | 相反信号 | 反方向信号 | 反向讯号 | 反转信号"
)

STOP = (
    "最多亏 | 最多蚀 | 最多输 | "
    "max loss | maximum loss | stop loss | stoploss | stop losses | sl | stop | stops | hard stop |"
    " protective stop | "
    "initial stop | fixed stop | stop out | stopped out |"
    " stop order loss | disaster stop | safety stop | catastrophic stop | cut losses | cut loss | cut it |"
    " cut them | cut the trade | cut my loss | cut position | bail at | stop me out | "
    "cut my losses | my stop | stop level | stop distance | max loss per trade | "
    "maximum loss per trade |"
    " 止损 | 止蚀 | 止损位 | 止损价 | 止蚀位 | 止损线 | 止损设在 | 止损设置"
)
LOSS = "蚀 | 输 | loss | lost | losing | loses | down | against me | against us | 亏损 | 亏 | 损失 | 跌"
TARGET = (
    "take profit | takeprofit | take profits | tp | target | targets | profit target | "
    "profit targets | price target | take gains | taking profit | take profit target | exit target | "
    "bank profits | bank profit | bank gains | book profits | book profit | book gains | cash in | bank it | bank |"
    " lock in gains | lock in profits | lock in profit |"
    " roi | minimal roi | min roi | target price | target profit |"
    " 止盈 | 止赚 | 止盈价 | 止赚价 | 目标 | 获利了结 | 目标价 | 获利 | 止盈位 | 止赚位 | 盈利目标 | 止盈目标"
)
PROFIT = (
    "profit | gain | gains | in profit | up | in my favour | in my favor | in favour | in favor | "
    "盈利 | 赚 | 涨 | 升 | 获利"
)
TRAIL = (
    "trailing stop | trailing stop loss | trailing stops | trail stop | trailing | trail | trails | "
    "trail it | trailing sl | tsl | chandelier stop | chandelier exit | trail stop loss |"
    " trail my stop | trailing exit | 移动止损 | 跟踪止损 | 追踪止损 | 移动止蚀 | 追踪止蚀 | "
    "跟随止损 | 移动止盈 | 追踪止盈"
)
BREAK_EVEN = "break even | breakeven | be | entry | entry price | cost | 保本 | 成本价 | 入场价 | 开仓价 | 成本 | 打和"
MOVE_STOP = (
    "move stop to | move stop loss to | move sl to | move stop up to | raise stop to | "
    "bring stop to | set stop to | shift stop to | move my stop to | moves stop to | stop moves to | "
    "stop goes to | stop to | sl to | stop is moved to | moved to | moving stop to | move stop | "
    "move it to | move to | lift stop to | push stop to |"
    " 止损移至 | 止损移到 | 移动止损至 | 移动止损到 | 将止损移至 | 止损上移至 | 把止损移到 | "
    "止损上移到 | 止损提高到 | 止损提升至 | 止蚀移至 | 止蚀移到"
)
ENTRY_POINT = (
    "where i bought | where i entered | where i got in | my buy price | my purchase price | what i paid | my cost | "
    "average price | entry | entry price | my entry | fill | fill price | purchase price | buy price | from entry | "
    "入场价 | 买入价 | 开仓价 | 成本 | 成本价"
)
HOLD = (
    "max holding time | holding time | hold time | maximum holding time | hold | holding | held | 揸 | 揸住 |"
    " 最多揸 | 拎 | timeout | time out | hold for | hold max | hold at most |"
    " time stop | "
    "time stops | max holding | maximum holding | holding period | max hold | time exit | "
    "max holding period | maximum holding period | time limit | time based exit |"
    " position is open | position open | position has been open | position open for | in trade for | "
    "trade is open | trade has been open | been open | still open after | 持有 | 持仓 | 最长持有 | "
    "最多持有 | 持仓时间 | 持股"
)
PEAK = (
    "peak | high | highs | highest price | highest point | top | highest close | highest high | high since entry |"
    " highest price since entry | high water mark | best price | 高点 | 最高点 | 最高价 | 高位"
)
FRACTIONS = {
    0.5: "half | half of | one half | 50 percent | 一半 | 半仓 | 半",
    0.25: "quarter | one quarter | fourth | 四分之一",
    0.75: "three quarters",
    1 / 3: "third | one third | 三分之一",
    2 / 3: "two thirds | 三分之二",
    -1.0: (
        "rest | remainder | remaining | other half | remaining half | the balance | balance | other | "
        "剩余 | 余下 | 其余 | 剩下 | 另一半"
    ),
}


SESSION_CLOSE = (
    "close | bell | session close | market close | closing bell | end of day | end of session | "
    "eod | close of day | session end | end of the session | the closing | 收盘 | 收市 | 日终 | "
    "收盘前"
)
FLAT = (
    "everything flat | all flat | flat | flatten | closed | close | close all | close everything | exit |"
    " exit all | out | "
    "be flat | everything is closed | all positions closed | get flat | close positions | "
    "close any | close all positions | close open positions | exit any open positions | "
    "exit all positions | everything closed | sell | liquidate | 平仓 | 清仓 | 离场 | 出场"
)
OVERNIGHT = (
    "no overnight | no overnight positions | never hold overnight | do not hold overnight | "
    "dont hold overnight | no overnight holds | not hold overnight | no positions overnight | "
    "never overnight | nothing overnight | 不隔夜 | 不过夜 | 不留隔夜仓 | 唔过夜"
)
IGNORE_OPPOSITE = (
    "ignore opposite signals | ignore opposite signal | no reversal | no reversals | "
    "do not reverse | dont reverse | ignore signals while in trade | ignore opposite | "
    "ignoring opposite signals | never reverse | 忽略反向信号 | 不反手"
)
NO_STOP = (
    "no stop needed | no stop loss needed | no stop loss | no stop | without stop | without stop loss |"
    " no stops | no sl | no stop losses | "
    "dont use stop | do not use stop | without any stop | dont use stop loss | "
    "do not use stop loss | no hard stop | without stops | dont want stop loss | dont want stop | "
    "不设止损 | 无止损 | 不用止损 | 没有止损 | 不要止损 | 不设止蚀 | 不用止蚀 | 唔设止蚀"
)
NOTHING = "none | n/a | nil | nothing | 无 | 没有 | 不设 | 冇"
NO_TARGET = (
    "no take profit | no target | no profit target | without target | no tp | no targets | "
    "without take profit | no fixed target | 不设止盈 | 无止盈 | 不用止盈 | 不设目标"
)
COMBINE = {
    "farthest": (
        "wider of | larger of | farther of | further of | greater of | whichever is wider | "
        "whichever is larger | whichever is farther | whichever is further | whichever is greater | "
        "whichever is bigger | widest of | bigger of | 较远者 | 取较大者 | 较大者 | 较宽者"
    ),
    "nearest": (
        "tighter of | closer of | nearer of | smaller of | lesser of | whichever is closer | "
        "whichever is tighter | whichever is nearer | whichever is smaller | whichever comes first | "
        "whichever is hit first | whichever is less | whichever first | closest of | 较近者 | 取较小者 | "
        "较小者 | 较紧者 | 以较近者为准 | 先到者"
    ),
}
RISK_MULTIPLE = "r | risk | 风险 | initial risk | risk multiple | r multiple | stop distance | rr | times risk | 倍风险"
REWARD_RATIO = (
    "risk reward | risk/reward | reward risk | rr | r:r | risk reward ratio | risk to reward | "
    "reward to risk | reward:risk | risk:reward | reward/risk | 盈亏比 | 风险回报比 | 风报比 | "
    "盈亏比例"
)
