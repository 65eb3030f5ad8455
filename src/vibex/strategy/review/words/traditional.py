"""Every finding of the review in Traditional Chinese, in the words of Hong Kong traders; keys as in `english`."""

WORDS: dict[str, str] = {
    # 互相抵銷的規則
    "never_together": "以下條件不可能同時成立：{rules}；請更改其中一項，或改以 `any` 連接",
    "never": "這永遠不會成立：{rule}",
    "never.bounds": "{name} 介乎 {low} 與 {high} 之間",
    "never.floor": "{name} 不會低於 {low}",
    "never.remedy": "請更改",
    "no_effect": "{why}；照目前寫法，這部分沒有作用",
    "exit_holds_at_entry": (
        "每當入場條件成立（{entry}），離場條件亦同時成立（{exit}），因此永遠不會入場；請更改其中一項"
    ),
    "always": "入場條件永遠成立（{entry}）：只要沒有持倉便會入場；如原意是訊號，請更正數值",
    "both_sides": "每當{side}的入場條件成立（{entry}），另一方向亦同時成立，結果兩邊都不入場；請說明是哪個方向",
    # 止蝕與止賺
    "wrong_side": "{side}的{role}必須在入場價{where}，但入場條件（{entry}）不會令{level}處於價格{where}；請選另一價位",
    "wrong_price": "{side}的{role}必須在入場價{where}，但 {price} 不是：入場價在 {entry}；請選另一價格",
    "role.stop_loss": "止蝕",
    "role.take_profit": "止賺",
    "where.below": "之下",
    "where.above": "之上",
    "small_target": "止賺距離只有止蝕距離的 {ratio} 倍：約要 {wins} 次獲利才抵得上一次虧損；請移遠止賺或移近止蝕",
    # 不能執行的部分
    "foreign_symbol": (
        "{symbol} 不是 {market} 的代號，該市場用的是{example}；一個策略只交易一個市場，請更改市場或另立策略"
    ),
    "example.crypto": "交易對，例如 BTC/USDT",
    "example.us_equity": "股票代號，例如 SPY",
    "example.hk_equity": "股份代號，例如 0700.HK",
    "no_data": "沒有 {symbol} 的數據；請提供它的K線檔案",
    "long_warm_up": "指標在首個訊號之前需要約 {years} 年的 {timeframe} K線；請縮短週期或用較短的時間框架",
    "short_history": (
        "指標在首個訊號之前需要 {needed} 根 {symbol} 的K線，但只有 {bars} 根；請縮短週期或用較短的時間框架"
    ),
    "no_volume": "這裏用到成交量，但 {symbols} 的數據沒有成交量；請提供有成交量的數據，或刪去這個條件",
    "closed_window": (
        "沒有 {timeframe} 的K線在 {start} 至 {end} 之前收市（{zone}{hours}）：永遠不會成立；請改用其他時段或較短的K線"
    ),
    "closed_window.hours": "；市場於 {zone} 09:30 至 16:00 開市",
    "not_run_yet": "{what}；{remedy}",
    # 危險
    "leverage": "槓桿 {leverage} 倍超過政策的 {policy} 倍：約 {move} % 的逆向走勢便會耗盡保證金；請降低槓桿",
    "stop_beyond_liquidation": (
        "槓桿 {leverage} 倍時，約 {move} % 便會強制平倉，早於約 {stop} % 的止蝕；請移近止蝕或降低槓桿"
    ),
    "stop_near_liquidation": (
        "槓桿 {leverage} 倍時，約 {move} % 便會強制平倉，接近約 {stop} % 的止蝕；請移近止蝕或降低槓桿"
    ),
    "no_stop": "{side}沒有止蝕：{bound}；常用的選擇是 2 × ATR(14)",
    "no_stop.long": "好倉的損失只以價格跌至 0 為限",
    "no_stop.short": "淡倉的損失沒有上限",
    "large_position": (
        "以槓桿 {leverage} 倍投入資產的 {percent} %，即持倉為資產的 {notional} %；下跌 {fall} % 便會全部輸掉"
    ),
    "sum_of_sizes": (
        "{count} 個標的各 {percent} %，合計為資產的 {total} %：超過 100 % 的入場會按標的名稱次序縮減或略過；"
        "每個最多用 {most} %"
    ),
    "large_risk": "每次交易以資產的 {percent} % 冒險：連輸十次後戶口只剩 {left} %；常用的是 1 或 2 %",
    "equity_short": "這會沽空 {symbols}：{rule}；如不可行，請刪去沽空一方",
    "equity_short.hk_equity": "在香港只有列入交易所指定證券名單的股份可以沽空，而且必須先借入股份",
    "equity_short.us_equity": "在美國必須先尋得並借入股份，而借貸利息並未計算在內",
    # 成本
    "costs_against_target": (
        "止賺約距 {move} %，而一買一賣的成本是 {cost} %（每次成交 {fee} + {slippage} 個基點）：{verdict}；"
        "請移遠止賺或用較長的時間框架"
    ),
    "costs_against_target.all": "每次獲利其實都是虧損",
    "costs_against_target.share": "成本佔去每次獲利的 {share}",
    "costs_against_trades": (
        "平均每次交易在扣除 {cost} % 成本前只有 {move} % 的有利走勢：{count} 次交易的走勢都被成本吃掉；"
        "請減少交易或持倉較久"
    ),
    "costs_against_stop": (
        "止蝕約距 {distance} %，而一買一賣的成本是 {cost} %：虧損大多是成本，一般波動也會觸及止蝕；請移遠"
    ),
    # 交易頻率
    "no_trade": "由 {first} 至 {last} 一次也不會交易；請放寬入場條件或用更多數據",
    "none_lately": "自 {since} 起沒有交易，而數據至 {last} 為止；請檢查市場是否仍會出現規則所等待的情況",
    "few_trades": "{count} 次交易太少，分不清實力與運氣；需要 {needed} 次或以上：請用更長的歷史或更多標的",
    "quick_re_entries": "{trades} 次入場中有 {count} 次在止蝕後 {bars} 根K線內再次入場：{offer}",
    "lasting_entry": "入場條件是可以維持多根K線的狀態，止蝕後可能即時再入場：{offer}",
    "offer": "如每個訊號只應用一次，請用交叉（以 crosses_below 代替「<」）或冷卻期（limits.cooldown_bars）",
    "only_stop_ends": "只有止蝕會結束{side}；請加入離場條件、止賺或時間止蝕",
    "nothing_ends": "沒有任何規則會結束{side}；請加入離場條件、止賺或時間止蝕",
    "no_target": '沒有要求止賺，因此沒有加入；可另行試用止蝕距離的 2 倍（{{"type": "risk_multiple", "value": 2}}）',
}
