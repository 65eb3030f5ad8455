"""The words of how much: sizes, leverage, orders, limits, benchmark, timeframe. Same form as `words`."""

from __future__ import annotations

SIZE = (
    "fixed fraction | fixed fractional | fixed percent | fixed percentage | size | position size | sizing |"
    " position sizing | bet | bet size | trade size | allocate | "
    "allocation | allocating | invest | investing | use | using | put | stake | commit | deploy | "
    "position | positions | order size | exposure |"
    " 注码 | 仓位 | 每次用 | 每注 | 每注用 | 每次 | 每笔 | 使用 | 投入 | 资金 | 用 | 每次投入 | 每单 | 每笔用 |"
    " 动用 | 头寸"
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
    "单笔亏损 | 每笔亏损 | 单笔最大亏损 | 每单亏损 | 单次亏损 | risk | risking | risks | risked | max risk |"
    " risk per trade | risk of | risk budget | 风险 | "
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
MONEY = (
    "块 | 块钱 | 刀 | quid | dollar | dollars | usd | usdt | usdc | hkd | hk$ | us$ | bucks | $ | 美元 |"
    " 港元 | 美金 | 港币 |"
    " 元 |"
    " 蚊"
)
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
    "good for | valid for | valid | lasts | lasting | expires in | expiring in | cancel if not filled within |"
    " cancel if not filled in | cancel if not filled after | cancel if unfilled after | cancelled after |"
    " canceled after | expire in | kill after | expires after | expire after | cancel after | expiring after | "
    "good till | for up to | 有效 | 有效期"
)
TRADES = (
    "单 | 张单 | 单子 | 单交易 | trade | trades | entries | entry | positions | times | signals | 笔 | 次 |"
    " 笔交易 |"
    " 次交易"
)
PER_DAY = "per day | each day | day | daily | every day | in day | in any day | 每天 | 每日 | 一天 | 一日 | 当天 | 当日"
MAXIMUM = (
    "max | maximum | at most | no more | cap of | capped at | no more than | not more than | limit of |"
    " limit to | limited to | "
    "no longer than | not longer than | no later than | at latest | longest | up to | only | never more than |"
    " maximum of | max of | 最多 | 不超过 | 最大 | 上限 | 至多"
)
COOLDOWN = (
    "cool off | cooling off | stand down | take break | rest for | sit still for | wait | cooldown | cool down |"
    " pause | wait at least | no new trades for | no new entries for | "
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
LOSE = "蚀 | 输 | losing | lose | loses | lost | loss of | loss | down | 亏 | 亏损"
BENCHMARK = (
    "compare it against | compare it to | compare this to | compare this with | compare this against |"
    " compare results to | compare that with | compared against | compare performance to | compare performance with |"
    " benchmark | benchmarked | compare with | compare to | compared with | compared to | "
    "compare against | compare it with | compare results with | versus | against benchmark | "
    "measured against | 基准 | 对比 | 比较 | 对照"
)
BUY_AND_HOLD = "buy and hold | buy & hold | 买入持有 | 买入并持有"
NO_LEVERAGE = "no leverage | without leverage | unleveraged | no margin | 不用杠杆 | 无杠杆 | 不加杠杆 | 不使用杠杆"
EXCLUDED = "不用 | 不做 | 不要 | 不交易 | 不碰 | not used | is not used | not needed"
SMALL_UNITS = "s | sec | secs | second | seconds | tick | ticks | 秒"
TIMEFRAMES = {
    "1m": "1m | 1 min | 1min | m1 | one minute | 1 minute | 1分钟 | 一分钟 | 1分",
    "5m": "5m | 5 min | 5min | m5 | five minute | five minutes | 5 minute | 5 minutes | 5 mins | 5分钟 | 五分钟 | 5分",
    "15m": (
        "15m | 15 min | 15min | m15 | fifteen minute | fifteen minutes | 15 minute | 15 minutes | quarter hour |"
        " 15分钟 | 十五分钟 | 15分"
    ),
    "30m": (
        "30m | 30 min | 30min | m30 | thirty minute | thirty minutes | 30 minute | 30 minutes | half hourly |"
        " half hour | "
        "30分钟 | 三十分钟 | 半小时 | 30分"
    ),
    "1h": (
        "1h | h1 | 60m | 60 minutes | 60 mins | 60min | 60 min | 60 minute | hourly | one hour | "
        "1 hour | 1hr | 1 hr | 1 小时 | "
        "一小时 | 60分钟 | 小时线 | 小时图 | 每小时 | 1 hours"
    ),
    "4h": (
        "4h | h4 | 240m | four hour | four hours | 4 hour | 4hr | 4 hr | 4 hourly | four hourly | 4 小时 | 四小时 | "
        "4 hours | 240分钟"
    ),
    "1d": (
        "1d | d1 | daily | 1 day | one day | every day | end of day bars | 日线 | 日图 | 日k | 日线图 | 日k线 | 每日"
    ),
    "1w": "1w | w1 | weekly | 1 week | one week | 周线 | 周图 | 周k | 周线图 | 周k线",
}
TIMEFRAME_NOUNS = (
    "图上 | 线上 | 级别上 | 周期上 | chart | charts | timeframe | timeframes | time frame | candle | "
    "candles | bars | bar | tf | "
    "candlesticks | interval | data | resolution | 图 | 线 | k线 | 周期 | 级别 | 线图 | k线图 | "
    "时间框架"
)
