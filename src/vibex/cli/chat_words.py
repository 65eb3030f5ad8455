"""What `vibex chat` itself says, in the language of the request; the same keys and slots in every table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vibex.strategy.draft import Language

_ENGLISH = {
    "help": (
        "Say what to trade and when: buy BTC when RSI(14) crosses below 30 on 4h, stop 2 %\n"
        "Then change it: make the stop 3 % · only long · try it on ETH 1h · RSI 10 instead of 14 · drop the volume "
        "filter · undo · redo\n"
        "Commands: run · show · code · why · versions · open · help · quit"
    ),
    "offline": "No model is asked: requests are read on this machine.",
    "model": "Requests go to {model}.",
    "resumed": "Conversation {id} goes on: {turns} messages, {versions} versions.",
    "started": "Conversation {id}; to go on later: vibex chat --conversation {id}",
    "version": "Version {number}, by {author}",
    "author.user": "you",
    "author.reader": "the offline reader",
    "author.model": "the model",
    "at": "← now",
    "from": "from version {number}",
    "no_versions": "There is no version yet: say what to trade and when.",
    "choose": "Answer with the number, or in words.",
    "missing": (
        "Prices of {symbols} ({timeframe}) are not at hand, so nothing is measured and nothing can be run. "
        "Bring them in: vibex data fetch, or vibex data import FILE --symbol {first} --market {market}; "
        "or start with --data {first}=FILE"
    ),
    "missing.reason": "Given files: {reason}.",
    "trouble": "It could not be measured on the prices at hand: {reason}",
    "can_run": "Measured on the prices at hand; say “run” to see what it would have done.",
    "interrupted": "Stopped; the strategy is as it was.",
    "run.measure": "From {first} to {last}, start with {capital} {currency}",
    "run.stop": "The stop was assumed, so here is the same size without it:",
    "col.with": "with stop",
    "col.without": "without stop",
    "col.only": "result",
    "row.return": "Return",
    "row.drawdown": "Max drawdown",
    "row.trades": "Closed trades",
    "row.win": "Win rate",
    "row.factor": "Profit factor",
    "row.sharpe": "Sharpe",
    "row.end": "End equity",
    "row.fees": "Fees",
    "benchmark": "{name}: {return}, max drawdown {drawdown}",
    "first": "Read this first:",
    "trials": "Versions of this idea tried on these data: {distinct} ({runs} runs)",
    "holdout.sealed": "History from {date} on is sealed and was not looked at; “open” tests on it, once.",
    "holdout.seen": "The sealed history from {date} on was opened on {at}: it is no test any more.",
    "opened": "Opened: from now on every run of this idea sees all of its history, and says so.",
    "open.nothing": "There is nothing to open: run first, or it was opened before.",
    "report": "Report: {path}",
}
_TRADITIONAL = {
    "help": (
        "請說明交易甚麼、何時交易：BTC 4小時圖 RSI(14) 下穿 30 時買入，止蝕 2 %\n"
        "然後可以更改：止蝕改為 3 % · 只做多 · 改用1小時 · RSI改為10 · 去掉成交量過濾 · 撤銷 · 重做\n"
        "指令：回測 · 顯示 · 代碼 · 為何 · 版本 · 開封 · 說明 · 退出"
    ),
    "offline": "不使用模型：要求在本機上解讀。",
    "model": "要求會送交 {model}。",
    "resumed": "繼續對話 {id}：{turns} 則訊息，{versions} 個版本。",
    "started": "對話 {id}；日後繼續：vibex chat --conversation {id}",
    "version": "版本 {number}，作者：{author}",
    "author.user": "你",
    "author.reader": "離線解讀",
    "author.model": "模型",
    "at": "← 目前",
    "from": "源自版本 {number}",
    "no_versions": "還沒有版本：請說明交易甚麼、何時交易。",
    "choose": "請以號碼或文字回答。",
    "missing": (
        "手上沒有 {symbols}（{timeframe}）的價格，因此沒有量度，也不能回測。"
        "取得方法：vibex data fetch，或 vibex data import FILE --symbol {first} --market {market}，"
        "或以 --data {first}=FILE 啟動"
    ),
    "missing.reason": "已提供的檔案：{reason}。",
    "trouble": "未能以手上的價格量度：{reason}",
    "can_run": "已按手上的價格量度；輸入「回測」可查看結果。",
    "interrupted": "已停止；策略維持不變。",
    "run.measure": "由 {first} 至 {last}，起始資金 {capital} {currency}",
    "run.stop": "止蝕是系統假設的，以下是相同注碼而不設止蝕的結果：",
    "col.with": "有止蝕",
    "col.without": "沒有止蝕",
    "col.only": "結果",
    "row.return": "回報",
    "row.drawdown": "最大回撤",
    "row.trades": "已平倉交易",
    "row.win": "勝率",
    "row.factor": "盈虧比率",
    "row.sharpe": "夏普比率",
    "row.end": "期末資產",
    "row.fees": "費用",
    "benchmark": "{name}：{return}，最大回撤 {drawdown}",
    "first": "請先閱讀：",
    "trials": "這個構想在這批數據上試過的版本：{distinct} 個（{runs} 次回測）",
    "holdout.sealed": "{date} 起的數據已封存，未曾查看；「開封」可用來測試一次。",
    "holdout.seen": "{date} 起的封存數據已於 {at} 開封，不再是檢驗。",
    "opened": "已開封：此後這個構想的每次回測都會看到全部數據，並會註明。",
    "open.nothing": "沒有可以開封的：請先回測，或早已開封。",
    "report": "報告：{path}",
}
_SIMPLIFIED = {
    "help": (
        "请说明交易什么、何时交易：BTC 4小时图 RSI(14) 下穿 30 时买入，止损 2 %\n"
        "然后可以更改：止损改为 3 % · 只做多 · 改用1小时 · RSI改为10 · 去掉成交量过滤 · 撤销 · 重做\n"
        "指令：回测 · 显示 · 代码 · 为什么 · 版本 · 开封 · 帮助 · 退出"
    ),
    "offline": "不使用模型：请求在本机上解读。",
    "model": "请求会送交 {model}。",
    "resumed": "继续对话 {id}：{turns} 条消息，{versions} 个版本。",
    "started": "对话 {id}；以后继续：vibex chat --conversation {id}",
    "version": "版本 {number}，作者：{author}",
    "author.user": "你",
    "author.reader": "离线解读",
    "author.model": "模型",
    "at": "← 当前",
    "from": "源自版本 {number}",
    "no_versions": "还没有版本：请说明交易什么、何时交易。",
    "choose": "请用号码或文字回答。",
    "missing": (
        "手上没有 {symbols}（{timeframe}）的价格，因此没有测量，也不能回测。"
        "获取方法：vibex data fetch，或 vibex data import FILE --symbol {first} --market {market}，"
        "或用 --data {first}=FILE 启动"
    ),
    "missing.reason": "已提供的文件：{reason}。",
    "trouble": "未能用手上的价格测量：{reason}",
    "can_run": "已按手上的价格测量；输入“回测”可查看结果。",
    "interrupted": "已停止；策略保持不变。",
    "run.measure": "从 {first} 到 {last}，起始资金 {capital} {currency}",
    "run.stop": "止损是系统假设的，以下是相同仓位而不设止损的结果：",
    "col.with": "有止损",
    "col.without": "没有止损",
    "col.only": "结果",
    "row.return": "回报",
    "row.drawdown": "最大回撤",
    "row.trades": "已平仓交易",
    "row.win": "胜率",
    "row.factor": "盈亏比率",
    "row.sharpe": "夏普比率",
    "row.end": "期末资产",
    "row.fees": "费用",
    "benchmark": "{name}：{return}，最大回撤 {drawdown}",
    "first": "请先阅读：",
    "trials": "这个构想在这批数据上试过的版本：{distinct} 个（{runs} 次回测）",
    "holdout.sealed": "{date} 起的数据已封存，未曾查看；“开封”可用来测试一次。",
    "holdout.seen": "{date} 起的封存数据已于 {at} 开封，不再是检验。",
    "opened": "已开封：此后这个构想的每次回测都会看到全部数据，并会注明。",
    "open.nothing": "没有可以开封的：请先回测，或早已开封。",
    "report": "报告：{path}",
}
WORDS: Mapping[Language, Mapping[str, str]] = {"en": _ENGLISH, "zh-Hant": _TRADITIONAL, "zh-Hans": _SIMPLIFIED}


def say(language: Language, key: str, **parts: str) -> str:
    return WORDS[language][key].format(**parts)
