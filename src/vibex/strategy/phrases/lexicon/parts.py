"""The words around the conditions: entering and leaving, stops and targets, sizes, orders, limits, headings.

Same form as `words`: a meaning and its phrases, parted by "|".
"""

from __future__ import annotations

ACTIONS = {
    "buy": (
        "buy | buys | buying | bought | purchase | accumulate | buy it | buy some | dip buy | 买入 | "
        "买进 | 买 | 入货 | 吸纳"
    ),
    "sell": "sell | sells | selling | sold | sell it | sell out | liquidate | dump | 卖出 | 卖 | 沽出 | 沽货 | 沽",
    "enter_long": "go long | hold when | hold while | be invested when | stay invested when | be in market when | goes long | going long | enter long | entering long | long entry | open long | "
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
    "enter": "enter | enters | entering | entry | get in | open position | open trade | open a position | "
    "open a trade | take position | take a position | take trade |"
    " take a trade | enter trade | enter position | trigger | buy signal | entry signal | 入场 | "
    "进场 | 开仓 | 建仓 | 入市 | 建立仓位",
    "exit": "exit | exits | exiting | get out | close | close position | close trade | close it | "
    "close out | leave | out | close everything | close all |"
    " exit position | exit trade | exit it | bail | bail out | get flat | go flat | flatten | "
    "exit everything | leave trade | go to cash | flat | exit the position |"
    " unwind | square off | exit signal | sell signal | 出场 | 离场 | 平仓 | 退出 | 清仓 | 走人 | 平 | 离市",
    "exit_long": "exit long | exit longs | close long | close longs | leave long | sell long | sell longs | "
    "long exit | exit long position | exit longs when | close long position | close long positions |"
    " 平多 | 平多仓 | 平多单 | 平好仓 | 多单出场 | 多单平仓 | 多单离场",
    "exit_short": "exit short | exit shorts | close short | close shorts | cover | covers | cover short | "
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
    "只做多 | 仅做多 | 不做空 | 不沽空 | 只买不沽 | 净做多",
    "short": (
        "short only | only short | only shorts | shorts only | no longs | never long | "
        "only take shorts | short side only | only go short | 只做空 | 仅做空 | 不做多"
    ),
    "both": (
        "both directions | both sides | long and short | long or short | both ways | long & short | "
        "long + short | longs and shorts | long/short | 多空双向 | 双向 | 多空"
    ),
}
OPPOSITE_SIGNAL = (
    "opposite signal | opposite signals | opposite cross | opposite crossover | reverse signal | "
    "opposing signal | reverse cross | reverse crossover |"
    " opposite condition | opposite happens | reverse happens | signal reverses | opposite occurs | "
    "inverse signal | cross reverses | 反向信号 | 相反信号 | 反方向信号 | 反向讯号 | 反转信号"
)

STOP = (
    "stop loss | stoploss | stop losses | sl | stop | stops | hard stop | protective stop | "
    "initial stop | fixed stop | stop out | stopped out |"
    " stop order loss | disaster stop | safety stop | catastrophic stop | cut losses | cut loss | "
    "cut my losses | my stop | stop level | stop distance | max loss per trade | "
    "maximum loss per trade |"
    " 止损 | 止蚀 | 止损位 | 止损价 | 止蚀位 | 止损线 | 止损设在 | 止损设置"
)
LOSS = "loss | lost | losing | loses | down | against me | against us | 亏损 | 亏 | 损失 | 跌"
TARGET = (
    "take profit | takeprofit | take profits | tp | target | targets | profit target | "
    "profit targets | price target | take gains | taking profit | take profit target | exit target | "
    "lock in profits | lock in profit |"
    " 止盈 | 止赚 | 目标 | 获利了结 | 目标价 | 获利 | 止盈位 | 止赚位 | 盈利目标 | 止盈目标"
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
    "entry | entry price | my entry | fill | fill price | purchase price | buy price | from entry | "
    "入场价 | 买入价 | 开仓价 | 成本 | 成本价"
)
HOLD = (
    "hold | holding | held | timeout | time out | hold for | hold max | hold at most | time stop | "
    "time stops | max holding | maximum holding | holding period | max hold | time exit | "
    "max holding period | maximum holding period | time limit | time based exit |"
    " position is open | position open | position has been open | position open for | in trade for | "
    "trade is open | trade has been open | been open | still open after | 持有 | 持仓 | 最长持有 | "
    "最多持有 | 持仓时间 | 持股"
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

SIZE = (
    "size | position size | sizing | position sizing | bet | bet size | trade size | allocate | "
    "allocation | allocating | invest | investing | use | using | put | stake | commit | deploy | "
    "position | positions | order size | exposure |"
    " 仓位 | 每次用 | 每注 | 每注用 | 每次 | 每笔 | 使用 | 投入 | 资金 | 用 | 每次投入 | 每单 | 每笔用 | 动用 | 头寸"
)
EQUITY = (
    "equity | account | capital | portfolio | balance | of my account | funds | cash | "
    "account equity | account balance | margin | my money | bankroll | nav | net worth | wallet | "
    "account value |"
    " 资金 | 本金 | 账户 | 总资金 | 仓位 | 权益 | 净值 | 资产 | 仓 | 账户资金"
)
ALL_IN = (
    "all in | full equity | everything | whole account | entire account | full position | "
    "full account | all my capital | all capital | all equity | all available capital | "
    "fully invested | 全仓 | 满仓 | 全部资金"
)
RISK = (
    "risk | risking | risks | risked | max risk | risk per trade | risk of | risk budget | 风险 | "
    "单笔风险 | 每笔风险 | 每次风险 | 每笔冒险 | 承担风险"
)
PER_TRADE = (
    "per trade | each trade | per position | each | trade | every trade | each position | "
    "into each trade | per entry | each time | per stock | per symbol | per coin | per order | "
    "on each trade | per signal | 每笔 | 每次 | 一笔 | 每次交易 | 单笔 | 每笔交易"
)
VOL_TARGET = (
    "volatility target | target volatility | vol target | volatility targeting | target vol | "
    "targeting volatility | annual volatility | annualised volatility target |"
    " annualized volatility target | 目标波动率 | 波动率目标"
)
VOL_NOUN = (
    "annual volatility | annualised volatility | annualized volatility | volatility | annual vol | "
    "annualized vol | annualised vol | vol | realised volatility | realized volatility | "
    "historical volatility | 年化波动率 | 波动率 | 历史波动率"
)
LOOKBACK = "lookback | look back | window | 回看"
QUANTITY = "share | shares | unit | units | contract | contracts | coin | coins | lot | lots | 股 | 手 | 张 | 枚 | 个币"
MONEY = "dollar | dollars | usd | usdt | usdc | hkd | hk$ | us$ | bucks | $ | 美元 | 港元 | 美金 | 港币 | 元 | 蚊"
LEVERAGE = "leverage | leveraged | lev | margin leverage | 杠杆 | 倍杠杆"
TIMES_SIGN = "x | × | * | times | 倍"

ORDERS = {
    "limit": (
        "limit order | limit orders | limit | limit buy | limit entry | buy limit | sell limit | "
        "limit price | 限价单 | 限价 | 限价买入 | 挂单"
    ),
    "stop": (
        "stop order | stop orders | buy stop | sell stop | stop entry | stop buy | stop limit entry | "
        "停损单 | 突破单 | 止损单"
    ),
    "market": (
        "market order | market orders | at market | at the market | at next open | next open | "
        "on next open | next bar's open | 市价单 | 市价 | 下一根开盘"
    ),
}
GOOD_FOR = (
    "good for | valid for | expires after | expire after | cancel after | expiring after | "
    "good till | for up to | 有效 | 有效期"
)
TRADES = "trade | trades | entries | entry | positions | times | signals | 笔 | 次 | 笔交易 | 次交易"
PER_DAY = "per day | each day | day | daily | every day | in day | in any day | 每天 | 每日 | 一天 | 一日 | 当天 | 当日"
MAXIMUM = (
    "max | maximum | at most | no more than | not more than | limit of | limit to | limited to | "
    "up to | only | never more than | maximum of | max of | 最多 | 不超过 | 最大 | 上限 | 至多"
)
COOLDOWN = (
    "wait | cooldown | cool down | pause | wait at least | no new trades for | no new entries for | "
    "no re entry for | no trades for | cooldown of | sit out | no reentry for | skip next | 冷却 | "
    "等待 | 停手 | 冷静期"
)
DAILY_LOSS = (
    "daily loss | max daily loss | daily loss limit | daily drawdown | maximum daily loss | "
    "lose in day | loss in day | losing in day | loss per day | daily stop | daily max loss | "
    "每日亏损 | 单日亏损 | 当日亏损 | 日亏损 | 每日最大亏损"
)
DRAWDOWN = (
    "drawdown | max drawdown | maximum drawdown | total drawdown | drawdown limit | "
    "equity drawdown | 最大回撤 | 回撤 | 最大回撤限制"
)
STOP_TRADING = (
    "stop trading | stop for the day | stop everything | shut down | quit trading | halt | halts | "
    "stop after | done for day | quit | quit for day | 停止交易 | 停止 | 收手 | 当天停止"
)
LOSE = "losing | lose | loses | lost | loss of | loss | down | 亏 | 亏损"
BENCHMARK = (
    "benchmark | benchmarked | compare with | compare to | compared with | compared to | "
    "compare against | compare it with | compare results with | versus | against benchmark | "
    "measured against | 基准 | 对比 | 比较 | 对照"
)
BUY_AND_HOLD = "buy and hold | buy & hold | 买入持有 | 买入并持有"
SESSION_CLOSE = (
    "close | bell | session close | market close | closing bell | end of day | end of session | "
    "eod | close of day | session end | end of the session | the closing | 收盘 | 收市 | 日终 | "
    "收盘前"
)
FLAT = (
    "flat | flatten | closed | close | close all | close everything | exit | exit all | out | "
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
    "no stop loss | no stop | without stop | without stop loss | no stops | no sl | no stop losses | "
    "dont use stop | do not use stop | without any stop | dont use stop loss | "
    "do not use stop loss | no hard stop | without stops | dont want stop loss | dont want stop | "
    "不设止损 | 无止损 | 不用止损 | 没有止损 | 不要止损 | 不设止蚀 | 不用止蚀 | 唔设止蚀"
)
NO_TARGET = (
    "no take profit | no target | no profit target | without target | no tp | no targets | "
    "without take profit | no fixed target | 不设止盈 | 无止盈 | 不用止盈 | 不设目标"
)
NO_LEVERAGE = "no leverage | without leverage | unleveraged | no margin | 不用杠杆 | 无杠杆 | 不加杠杆 | 不使用杠杆"
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
EXCLUDED = "不用 | 不做 | 不要 | 不交易 | 不碰 | not used | is not used | not needed"
SMALL_UNITS = "s | sec | secs | second | seconds | tick | ticks | 秒"
RISK_MULTIPLE = "r | risk | 风险 | initial risk | risk multiple | r multiple | stop distance | rr | times risk | 倍风险"
REWARD_RATIO = (
    "risk reward | risk/reward | reward risk | rr | r:r | risk reward ratio | risk to reward | "
    "reward to risk | reward:risk | risk:reward | reward/risk | 盈亏比 | 风险回报比 | 风报比 | "
    "盈亏比例"
)

TIMEFRAMES = {
    "1m": "1m | 1 min | 1min | m1 | one minute | 1 minute | 1分钟 | 一分钟 | 1分",
    "5m": "5m | 5 min | 5min | m5 | five minute | 5 minute | 5 minutes | 5 mins | 5分钟 | 五分钟 | 5分",
    "15m": (
        "15m | 15 min | 15min | m15 | fifteen minute | 15 minute | 15 minutes | quarter hour | 15分钟 | 十五分钟 | 15分"
    ),
    "30m": (
        "30m | 30 min | 30min | m30 | thirty minute | 30 minute | 30 minutes | half hourly | half hour | "
        "30分钟 | 三十分钟 | 半小时 | 30分"
    ),
    "1h": (
        "1h | h1 | 60m | 60 minutes | 60 mins | 60min | 60 min | 60 minute | hourly | one hour | 1 hour | 1hr | 1 hr | 1 小时 | "
        "一小时 | 60分钟 | 小时线 | 小时图 | 每小时 | 1 hours"
    ),
    "4h": (
        "4h | h4 | 240m | four hour | 4 hour | 4hr | 4 hr | 4 hourly | four hourly | 4 小时 | 四小时 | "
        "4 hours | 240分钟"
    ),
    "1d": (
        "1d | d1 | daily | 1 day | one day | every day | end of day bars | 日线 | 日图 | 日k | 日线图 | 日k线 | 每日"
    ),
    "1w": "1w | w1 | weekly | 1 week | one week | 周线 | 周图 | 周k | 周线图 | 周k线",
}
TIMEFRAME_NOUNS = (
    "图上 | 线上 | 级别上 | 周期上 | chart | charts | timeframe | timeframes | time frame | candle | candles | bars | bar | tf | "
    "candlesticks | interval | data | resolution | 图 | 线 | k线 | 周期 | 级别 | 线图 | k线图 | "
    "时间框架"
)

HEADINGS = {
    "entry": "entry | entries | entry rules | entry conditions | enter | when to enter | rules | trigger | "
    "triggers | signal | signals | conditions | buy rules or | setup rules | logic | entry signal | "
    "how to enter |"
    " 入场 | 进场 | 入场条件 | 进场条件 | 开仓 | 开仓条件 | 入市 | 入市条件 | 规则 | 条件 | "
    "交易规则 | 入场规则 | 进场规则 | 入场信号",
    "filter": (
        "filter | filters | trend filter | trend | regime filter | market filter | bias | daily filter | "
        "regime | condition | confirmation | session filter | time filter | volume filter | 过滤 | "
        "过滤条件 | 趋势过滤 | 趋势"
    ),
    "entry.long": "buy | long | longs | buy conditions | buy rules | when to buy | long entry | buy when | "
    "enter long | go long | long setup | long rules | long conditions | long signal | buy signal | "
    "buy entry | long trade | long trades | long side | long entries |"
    " 买入 | 开多 | 做多 | 买入条件 | 做多条件 | 买入规则 | 多单 | 买入信号 | 开多条件 | 多头入场 | 多头",
    "entry.short": (
        "short | shorts | short entry | short conditions | short rules | enter short | go short | "
        "short setup | when to short | short signal | sell short | short trade | short side | "
        "short trades | short entries | 做空 | 开空 | 做空条件 | 空单 | 沽空 | 开空条件 | 空头入场 | 空头"
    ),
    "exit": (
        "exit | exits | exit rules | exit conditions | sell / exit | when to exit | leave | close | "
        "closing | how to exit | exit strategy | exit signal | trade exit | get out | exit plan | 出场 | "
        "离场 | 出场条件 | 离场条件 | 平仓 | 平仓条件 | 退出 | 出市 | 出场规则 | 离场规则"
    ),
    "exit.long": (
        "sell | sell rules | sell conditions | when to sell | exit long | leave long | long exit | "
        "close long | exit longs | sell when | sell signal | long exits | 卖出 | 平多 | 卖出条件 | "
        "卖出规则 | 沽出 | 卖出信号"
    ),
    "exit.short": (
        "cover | exit short | close short | short exit | exit shorts | leave short | when to cover | "
        "short exits | 平空 | 回补"
    ),
    "stop_loss": (
        "stop | stop loss | stops | sl | protective stop | initial stop | protection | hard stop | "
        "stop-loss | 止损 | 止蚀"
    ),
    "take_profit": (
        "target | targets | take profit | tp | profit target | tp1 | tp2 | tp3 | take profits | "
        "profit targets | profit taking | 止盈 | 止赚 | 目标"
    ),
    "trailing_stop": "trailing stop | trail | trailing | 移动止损 | 追踪止损 | 跟踪止损",
    "sizing": (
        "size | sizing | position | position size | position sizing | money management | money | "
        "how much | bet | capital | allocation | money mgmt | bet size | trade size | 仓位 | 资金 | "
        "资金管理 | 仓位管理 | 头寸"
    ),
    "risk": (
        "risk | risk management | risk rules | risk control | risk mgmt | trade management | "
        "management | risk & sizing | risk and sizing | exits and risk | stops and targets | orders | "
        "other | notes | misc | 风险 | 风控 | 风险管理 | 风险控制 | 资金与风险 | 风险管控"
    ),
    "timeframe": (
        "timeframe | time frame | tf | chart | interval | bars | trading timeframe | bar size | candle | "
        "candles | chart timeframe | 周期 | 时间周期 | 时间框架 | k线周期 | 级别 | 图表"
    ),
    "symbols": (
        "symbol | symbols | market | markets | pair | asset | assets | instrument | instruments | "
        "ticker | tickers | coin | stock | stocks | underlying | universe | traded | product | 标的 | "
        "品种 | 交易标的 | 股票 | 币种 | 交易品种 | 市场 | 交易对"
    ),
    "indicators": (
        "indicator | indicators | tools | indicators used | setup | chart setup | setup and indicators | "
        "studies | inputs | parameters | settings | fast | slow | mid | medium | fast ma | slow ma | "
        "fast line | slow line | 指标 | 参数 | 技术指标 | 设置"
    ),
    "leverage": "leverage | lev | 杠杆",
    "order": "order | order type | entry order | execution | 订单 | 订单类型 | 下单",
    "limits": (
        "limit | limits | daily limits | max trades | trading limits | circuit breaker | daily limit | "
        "限制 | 交易限制 | 每日限制"
    ),
    "benchmark": "benchmark | comparison | 基准",
    "time": (
        "time | hours | session | trading hours | when | time window | days | trading days | "
        "time of day | 时间 | 交易时间 | 交易时段 | 时段"
    ),
    "time_stop": (
        "time stop | max hold | holding period | max holding period | hold | time exit | time limit | "
        "时间止损 | 最长持仓 | 持仓时间"
    ),
    "note": "title | name | author | disclaimer | source | strategy name | 名称 | 策略名称 | 作者",
}
HEADING_WORDS = (
    "conditions | condition | rules | rule | criteria | signals | signal | setup | requirements | "
    "all | any | of | trade | trades | position | positions | trigger |"
    " must be true | all must be true | need all | any of | all of | side | for | the | my | logic | "
    "please | and | & | all required | any one | either | on | 条件 | 规则 | 信号 | 全部满足 | "
    "全部 | 任一 | 满足任一 | 满足全部"
)
HEADING_ANY = "any | any of | any one | either | one of | 任一 | 任意一个 | 满足任一 | 任意"
