"""Headings and labels of structured posts, by the role that they give the lines below them."""

from __future__ import annotations

HEADINGS = {
    "entry": "getting in | entry | entries | entry rules | entry conditions | enter | when to enter | rules |"
    " trigger | "
    "triggers | signal | signals | conditions | buy rules or | setup rules | logic | entry signal | "
    "how to enter |"
    " 入场 | 进场 | 入场条件 | 进场条件 | 开仓 | 开仓条件 | 入市 | 入市条件 | 规则 | 条件 | "
    "交易规则 | 入场规则 | 进场规则 | 入场信号",
    "filter": (
        "filter | filters | trend filter | trend | regime filter | market filter | bias | daily filter | "
        "regime | condition | confirmation | session filter | time filter | volume filter | 过滤 | "
        "过滤条件 | 趋势过滤 | 趋势"
    ),
    "entry.long": "long if | buy if | bull | bulls | bullish entry | bull entry | buy | long | longs |"
    " buy conditions | buy rules |"
    " when to buy | long entry | buy when | "
    "enter long | go long | long setup | long rules | long conditions | long signal | buy signal | "
    "buy entry | long trade | long trades | long side | long entries |"
    " 买入 | 开多 | 做多 | 买入条件 | 做多条件 | 买入规则 | 多单 | 买入信号 | 开多条件 | 多头入场 | 多头",
    "entry.short": (
        "short if | short | shorts | short entry | short conditions | short rules | enter short | go short | "
        "short setup | when to short | short signal | sell short | short trade | short side | "
        "short trades | short entries | 做空 | 开空 | 做空条件 | 空单 | 沽空 | 开空条件 | 空头入场 | 空头"
    ),
    "exit": (
        "exit if | getting out | exit | exits | exit rules | exit conditions | sell / exit | when to exit |"
        " leave | close | "
        "closing | how to exit | exit strategy | exit signal | trade exit | get out | exit plan | 出场 | "
        "离场 | 出场条件 | 离场条件 | 平仓 | 平仓条件 | 退出 | 出市 | 出场规则 | 离场规则"
    ),
    "exit.long": (
        "sell if | sell | sell rules | sell conditions | when to sell | exit long | leave long | long exit | "
        "close long | exit longs | sell when | sell signal | long exits | 卖出 | 平多 | 卖出条件 | "
        "卖出规则 | 沽出 | 卖出信号"
    ),
    "exit.short": (
        "cover if | cover | exit short | close short | short exit | exit shorts | leave short | when to cover | "
        "short exits | 平空 | 回补"
    ),
    "stop_loss": (
        "invalidation | safety net | stop | stop loss | stops | sl | protective stop | initial stop |"
        " protection | hard stop | "
        "stop-loss | 止损 | 止蚀"
    ),
    "take_profit": (
        "objective | objectives | target | targets | take profit | tp | profit target | tp1 | tp2 | tp3 |"
        " take profits | "
        "profit targets | profit taking | 止盈 | 止赚 | 目标"
    ),
    "trailing_stop": "trailing stop | trail | trailing | 移动止损 | 追踪止损 | 跟踪止损",
    "sizing": (
        "size | sizing | position | position size | position sizing | money management | money | "
        "注码 | how much | bet | capital | allocation | money mgmt | bet size | trade size | 仓位 | 资金 | "
        "资金管理 | 仓位管理 | 头寸"
    ),
    "risk": (
        "breakeven | break even | risk | risk management | risk rules | risk control | risk mgmt |"
        " trade management | "
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
        "max day | max per day | trades day | limit | limits | daily limits | max trades | trading limits |"
        " circuit breaker | daily limit | "
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
