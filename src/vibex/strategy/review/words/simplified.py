"""Every finding of the review in Simplified Chinese; keys as in `english`."""

WORDS: dict[str, str] = {
    # 互相抵消的规则
    "never_together": "以下条件不可能同时成立：{rules}；请更改其中一项，或改用 `any` 连接",
    "never": "这永远不会成立：{rule}",
    "never.bounds": "{name} 介于 {low} 与 {high} 之间",
    "never.floor": "{name} 不会低于 {low}",
    "never.remedy": "请更改",
    "no_effect": "{why}；按目前写法，这部分没有作用",
    "exit_holds_at_entry": (
        "每当入场条件成立（{entry}），离场条件也同时成立（{exit}），因此永远不会入场；请更改其中一项"
    ),
    "always": "入场条件永远成立（{entry}）：只要没有持仓就会入场；如原意是信号，请更正数值",
    "both_sides": "每当{side}的入场条件成立（{entry}），另一方向也同时成立，结果两边都不入场；请说明是哪个方向",
    # 止损与止盈
    "wrong_side": "{side}的{role}必须在入场价{where}，但入场条件（{entry}）不会使{level}处于价格{where}；请选另一价位",
    "wrong_price": "{side}的{role}必须在入场价{where}，但 {price} 不是：入场价在 {entry}；请选另一价格",
    "role.stop_loss": "止损",
    "role.take_profit": "止盈",
    "where.below": "之下",
    "where.above": "之上",
    "small_target": "止盈距离只有止损距离的 {ratio} 倍：大约要 {wins} 次获利才抵得上一次亏损；请移远止盈或移近止损",
    # 不能执行的部分
    "foreign_symbol": (
        "{symbol} 不是 {market} 的代码，该市场用的是{example}；一个策略只交易一个市场，请更改市场或另立策略"
    ),
    "example.crypto": "交易对，例如 BTC/USDT",
    "example.us_equity": "股票代码，例如 SPY",
    "example.hk_equity": "股份代码，例如 0700.HK",
    "no_data": "没有 {symbol} 的数据；请提供它的K线文件",
    "long_warm_up": "指标在首个信号之前需要约 {years} 年的 {timeframe} K线；请缩短周期或用较短的时间框架",
    "short_history": (
        "指标在首个信号之前需要 {needed} 根 {symbol} 的K线，但只有 {bars} 根；请缩短周期或用较短的时间框架"
    ),
    "no_volume": "这里用到成交量，但 {symbols} 的数据没有成交量；请提供有成交量的数据，或删去这个条件",
    "closed_window": (
        "没有 {timeframe} 的K线在 {start} 至 {end} 之前收盘（{zone}{hours}）：永远不会成立；请改用其他时段或较短的K线"
    ),
    "closed_window.hours": "；市场于 {zone} 09:30 至 16:00 开市",
    "not_run_yet": "{what}；{remedy}",
    # 危险
    "leverage": "杠杆 {leverage} 倍超过政策的 {policy} 倍：约 {move} % 的逆向走势就会耗尽保证金；请降低杠杆",
    "stop_beyond_liquidation": (
        "杠杆 {leverage} 倍时，约 {move} % 就会强制平仓，早于约 {stop} % 的止损；请移近止损或降低杠杆"
    ),
    "stop_near_liquidation": (
        "杠杆 {leverage} 倍时，约 {move} % 就会强制平仓，接近约 {stop} % 的止损；请移近止损或降低杠杆"
    ),
    "no_stop": "{side}没有止损：{bound}；常用的选择是 2 × ATR(14)",
    "no_stop.long": "多头的损失只以价格跌至 0 为限",
    "no_stop.short": "空头的损失没有上限",
    "large_position": (
        "以杠杆 {leverage} 倍投入资产的 {percent} %，即持仓为资产的 {notional} %；下跌 {fall} % 就会全部输掉"
    ),
    "sum_of_sizes": (
        "{count} 个标的各 {percent} %，合计为资产的 {total} %：超过 100 % 的入场会按标的名称次序缩减或跳过；"
        "每个最多用 {most} %"
    ),
    "large_risk": "每次交易以资产的 {percent} % 冒险：连输十次后账户只剩 {left} %；常用的是 1 或 2 %",
    "equity_short": "这会卖空 {symbols}：{rule}；如不可行，请删去卖空一方",
    "equity_short.hk_equity": "在香港只有列入交易所指定证券名单的股份可以卖空，而且必须先借入股份",
    "equity_short.us_equity": "在美国必须先找到并借入股份，而借贷利息并未计算在内",
    # 成本
    "costs_against_target": (
        "止盈约距 {move} %，而一买一卖的成本是 {cost} %（每次成交 {fee} + {slippage} 个基点）：{verdict}；"
        "请移远止盈或用较长的时间框架"
    ),
    "costs_against_target.all": "每次获利其实都是亏损",
    "costs_against_target.share": "成本占去每次获利的 {share}",
    "costs_against_trades": (
        "平均每次交易在扣除 {cost} % 成本前只有 {move} % 的有利走势：{count} 次交易的走势都被成本吃掉；"
        "请减少交易或持仓更久"
    ),
    "costs_against_stop": (
        "止损约距 {distance} %，而一买一卖的成本是 {cost} %：亏损大多是成本，一般波动也会触及止损；请移远"
    ),
    # 交易频率
    "no_trade": "从 {first} 到 {last} 一次也不会交易；请放宽入场条件或用更多数据",
    "none_lately": "自 {since} 起没有交易，而数据到 {last} 为止；请检查市场是否仍会出现规则所等待的情况",
    "few_trades": "{count} 次交易太少，分不清实力与运气；需要 {needed} 次或以上：请用更长的历史或更多标的",
    "quick_re_entries": "{trades} 次入场中有 {count} 次在止损后 {bars} 根K线内再次入场：{offer}",
    "lasting_entry": "入场条件是可以维持多根K线的状态，止损后可能立即再入场：{offer}",
    "offer": "如每个信号只应用一次，请用交叉（以 crosses_below 代替“<”）或冷却期（limits.cooldown_bars）",
    "only_stop_ends": "只有止损会结束{side}；请加入离场条件、止盈或时间止损",
    "nothing_ends": "没有任何规则会结束{side}；请加入离场条件、止盈或时间止损",
    "no_target": '没有要求止盈，因此没有加入；可另行试用止损距离的 2 倍（{{"type": "risk_multiple", "value": 2}}）',
}
