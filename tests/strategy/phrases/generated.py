"""Whole requests composed from independent parts, with the facts that they state: `request(seed)`.

Asset, timeframe, rules, exits, stop, target, size, leverage and limits are drawn apart from each other and put into one
of several shapes: prose in any order, a terse line, a post with headings, Chinese.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.strategy.phrases.generated_rules import Clause, compare, condition, distinct

Json = Any
_ASSETS = [
    ("BTC", "crypto", "BTC/USDT"), ("Bitcoin", "crypto", "BTC/USDT"), ("ETH/USDT", "crypto", "ETH/USDT"),
    ("SOL", "crypto", "SOL/USDT"), ("XRPUSDT", "crypto", "XRP/USDT"), ("Apple", "us_equity", "AAPL"),
    ("TSLA", "us_equity", "TSLA"), ("Microsoft", "us_equity", "MSFT"), ("0700.HK", "hk_equity", "0700.HK"),
    ("Tencent", "hk_equity", "0700.HK"), ("SPY", "us_equity", "SPY"), ("NVDA", "us_equity", "NVDA"),
]  # fmt: skip
_FRAMES = {
    "5m": ["5m", "5-minute", "5 min"], "15m": ["15m", "15-minute", "15 min"], "1h": ["1h", "hourly", "1-hour", "60m"],
    "4h": ["4h", "4-hour", "four-hour", "4 hour"], "1d": ["1d", "daily", "1-day"],
}  # fmt: skip
_FIELDS = ("entry.long", "entry.short", "exit.long", "exit.short", "stop_loss", "take_profit", "trailing_stop",
           "time_stop_bars", "session_exit_minutes", "limits", "stop_steps")  # fmt: skip


@dataclass(kw_only=True)
class Plan:
    """The parts of one request, before they are written."""

    asset: tuple[str, str, str]
    frame: str
    side: str
    entry: Clause
    exit: Clause | None = None
    stop: tuple[Json, list[str]] | None = None
    target: tuple[Json, list[str]] | None = None
    held: tuple[int, list[str]] | None = None
    trail: tuple[Json, list[str]] | None = None
    size: tuple[Json, list[str]] | None = None
    leverage: tuple[float, list[str]] | None = None
    limit: tuple[Json, list[str]] | None = None
    extras: list[str] = field(default_factory=list)


def request(seed: int) -> Json:
    """A corpus line: text, kind, and what is expected of it."""
    rng = Random(seed)
    if rng.random() < 0.15:
        text, facts = _chinese(rng)
    else:
        plan = _plan(rng)
        text, facts = rng.choice([_prose, _prose, _terse, _post])(rng, plan), _facts(plan)
    return {"id": f"g{seed}", "text": text, "kind": "short", "expect": {"outcome": "spec", "facts": facts}}


def _maybe(rng: Random, share: float, make: Callable[[Random], tuple[Any, list[str]]]) -> Any:
    return make(rng) if rng.random() < share else None


def _plan(rng: Random) -> Plan:
    side = "short" if rng.random() < 0.3 else "long"
    asset = rng.choice([each for each in _ASSETS if side == "long" or each[1] == "crypto"])
    plan = Plan(asset=asset, frame=rng.choice(list(_FRAMES)), side=side, entry=condition(rng, down=side == "short"))
    if rng.random() < 0.65:
        plan.exit = _way_out(rng, plan)
    plan.stop = _maybe(rng, 0.75, _stop)
    plan.target = _maybe(rng, 0.5 if plan.stop else 0.0, _target)
    plan.held = _maybe(rng, 0.3, _held)
    plan.trail = _maybe(rng, 0.0 if plan.stop else 0.5, _trail)
    plan.size = _maybe(rng, 0.5, _size)
    plan.leverage = _maybe(rng, 0.15 if asset[1] == "crypto" else 0.0, _leverage)
    plan.limit = _maybe(rng, 0.2, _limit)
    return plan


def _way_out(rng: Random, plan: Plan) -> Clause:
    """One clause or two alternatives about something else than the entry, so that nothing contradicts it."""
    for _ in range(50):
        items = distinct(rng, rng.choice([1, 1, 2]), down=plan.side == "long", plain=True)
        text = " ".join(item.words for item in items)
        subjects = ("SI", "MFI", "oney", "CMO", "MACD", "olume", "ADX", "Boll", "BB", "MA", "ric", "los")
        if not any(word in text and word in plan.entry.words for word in subjects):
            break
    else:
        items = [Clause(words="the CCI(20) is above 200" if plan.side == "long" else "the CCI(20) is below -200",
                        meaning=compare("CCI(20)", *(((">"), 200) if plan.side == "long" else ("<", -200))))]  # fmt: skip
    if len(items) == 1:
        return items[0]
    word = rng.choice([" or ", ", or ", " or if "])
    return Clause(words=word.join(each.words for each in items), meaning={"any": [each.meaning for each in items]})


def _stop(rng: Random) -> tuple[Json, list[str]]:
    if rng.random() < 0.7:
        value = rng.choice([1, 1.5, 2, 2.5, 3, 5])
        words = rng.choice([["stop loss {v}%", "a {v}% stop", "stop at {v}%", "SL {v}%", "stop: {v} %",
                             "use a {v} percent stop loss", "a stop {v}% away", "cut the loss at {v}%",
                             "stop out at -{v}%", "max loss {v}%"]])  # fmt: skip
        return {"type": "percent", "value": value}, [word.format(v=value) for word in words]
    value = rng.choice([1, 1.5, 2, 3])
    words = ["stop {v} ATR", "a {v} ATR stop", "stop loss {v} x ATR(14)", "SL {v}*ATR", "a stop of {v} ATR(14)",
             "stop at {v} times the ATR(14)"]  # fmt: skip
    return {"type": "atr", "value": value, "indicator": "ATR(14)"}, [word.format(v=value) for word in words]


def _target(rng: Random) -> tuple[Json, list[str]]:
    if rng.random() < 0.6:
        value = rng.choice([4, 6, 7.5, 8, 12])
        words = ["take profit {v}%", "TP {v}%", "a {v}% target", "target: {v}%", "take profits at {v}%",
                 "profit target of {v} percent"]  # fmt: skip
        return {"type": "percent", "value": value}, [word.format(v=value) for word in words]
    value = rng.choice([1.5, 2, 3])
    words = ["take profit at {v}R", "target {v}R", "TP {v} R", "a target of {v} times the risk", "risk reward 1:{v}"]
    return {"type": "risk_multiple", "value": value}, [word.format(v=value) for word in words]


def _held(rng: Random) -> tuple[int, list[str]]:
    bars = rng.choice([10, 12, 16, 24, 30])
    words = ["exit after {n} bars", "hold at most {n} bars", "time stop {n} bars", "max holding time {n} bars",
             "close after {n} bars", "hold no longer than {n} bars", "get out after {n} bars at the latest"]  # fmt: skip
    return bars, [word.format(n=bars) for word in words]


def _trail(rng: Random) -> tuple[Json, list[str]]:
    value = rng.choice([2, 3, 4])
    if rng.random() < 0.5:
        return {"type": "percent", "value": value}, [f"trailing stop {value}%", f"a {value}% trailing stop",
                                                     f"trail the stop by {value}%"]  # fmt: skip
    return {"type": "atr", "value": value, "indicator": "ATR(14)"}, [f"trailing stop {value} ATR",
                                                                     f"a {value} ATR trailing stop"]  # fmt: skip


def _size(rng: Random) -> tuple[Json, list[str]]:
    kind = rng.choice(["fixed_percent", "risk_percent", "fixed_notional"])
    value, words = {
        "fixed_percent": (rng.choice([10, 20, 25]), ["use {v}% of equity", "position size {v}%", "{v}% of my account",
                                                     "size: {v}% of capital", "put {v}% of the account in"]),
        "risk_percent": (rng.choice([0.5, 1, 2]), ["risk {v}% per trade", "{v}% risk per trade",
                                                   "risk {v}% of equity per trade", "risk no more than {v}% per trade"]),
        "fixed_notional": (rng.choice([500, 1000]), ["${v} per trade", "trade size ${v}", "size {v} USD per trade"]),
    }[kind]  # fmt: skip
    return {"type": kind, "value": value}, [word.format(v=value) for word in words]


def _leverage(rng: Random) -> tuple[float, list[str]]:
    value = rng.choice([2, 3, 5])
    return value, [f"{value}x leverage", f"leverage {value}x", f"use {value}x leverage", f"leverage: {value}"]


def _limit(rng: Random) -> tuple[Json, list[str]]:
    value = rng.choice([2, 3, 5])
    if rng.random() < 0.5:
        return {"max_trades_per_day": value}, [f"max {value} trades per day", f"no more than {value} trades a day",
                                               f"at most {value} trades per day"]  # fmt: skip
    return {"max_daily_loss_percent": value}, [f"max daily loss {value}%", f"daily loss limit {value}%",
                                               f"stop trading after losing {value}% in a day"]  # fmt: skip


def _facts(plan: Plan) -> Json:
    _, market, symbol = plan.asset
    facts: Json = {"market": market, "symbols": [symbol], "timeframe": plan.frame, "sides": [plan.side],
                   f"entry_{plan.side}": plan.entry.meaning}  # fmt: skip
    if plan.exit:
        facts[f"exit_{plan.side}"] = plan.exit.meaning
    named = {"stop_loss": plan.stop, "take_profit": plan.target, "time_stop_bars": plan.held,
             "trailing_stop": plan.trail, "sizing": plan.size, "leverage": plan.leverage, "limits": plan.limit}  # fmt: skip
    facts |= {key: value[0] for key, value in named.items() if value}
    said = {key.replace("_", ".") if key.startswith(("entry_", "exit_")) else key for key in facts}
    assumed = {"stop_loss"} if not plan.stop and not plan.trail else set()
    return facts | {"absent": [each for each in _FIELDS if each not in said | assumed]}


def _rules(plan: Plan, rng: Random) -> tuple[list[str], list[str]]:
    """Sentences of the entry and of everything else."""
    enter = ["buy", "go long", "enter long", "long"] if plan.side == "long" else ["short", "go short", "sell short"]
    leave = ["sell", "exit", "close the position", "get out"] if plan.side == "long" else ["cover", "exit", "get out"]
    when = rng.choice(["when", "if", "whenever"])
    entry = rng.choice([f"{rng.choice(enter)} {{a}}{when} {plan.entry.words}",
                        f"{when} {plan.entry.words}, {rng.choice(enter)} {{a}}"])  # fmt: skip
    rest = []
    if plan.exit:
        rest.append(f"{rng.choice(leave)} {rng.choice(['when', 'if', 'once'])} {plan.exit.words}")
    parts = (plan.stop, plan.target, plan.held, plan.trail, plan.size, plan.leverage, plan.limit)
    managed = [rng.choice(part[1]) for part in parts if part]
    return [entry], [*rest, *managed]


def _prose(rng: Random, plan: Plan) -> str:
    asset, frame = plan.asset[0], rng.choice(_FRAMES[plan.frame])
    (entry,), rest = _rules(plan, rng)
    rng.shuffle(rest)
    where = rng.choice(["inside", "first"])
    if where == "inside":
        entry = entry.format(a=f"{asset} on the {frame} chart ")
        sentences = [entry, *rest]
    else:
        sentences = [f"{asset}, {frame} bars", entry.format(a=""), *rest]
    if rng.random() < 0.25:
        sentences = [*rest, entry] if where == "inside" else [sentences[0], *rest, entry.format(a="")]
    mark = rng.choice([". ", ". ", "; ", ".\n"])
    return mark.join(each[0].upper() + each[1:] if mark != "; " else each for each in sentences) + "."


def _terse(rng: Random, plan: Plan) -> str:
    (_,), rest = _rules(plan, rng)
    mark = rng.choice([" | ", "; ", ", "]) if " or " not in plan.entry.words + (plan.exit.words if plan.exit else "") else "; "
    head = f"{plan.asset[0]} {rng.choice(_FRAMES[plan.frame])} {plan.side}"
    entry = f"{head} {rng.choice(['when ', 'if '])}{plan.entry.words}"
    text = mark.join([entry, *rest])
    return text.lower() if rng.random() < 0.3 and ".HK" not in text else text


def _post(rng: Random, plan: Plan) -> str:
    entry_head = {"long": ["Long entry", "Buy", "Entry (long)"], "short": ["Short entry", "Go short", "Entry (short)"]}
    bullet = rng.choice(["- ", "* ", "• ", ""])
    frame = rng.choice(_FRAMES[plan.frame])
    lines = [f"{rng.choice(['Market', 'Asset', 'Symbol'])}: {plan.asset[0]}",
             f"{rng.choice(['Timeframe', 'TF', 'Chart'])}: {frame}", "",
             f"{rng.choice(entry_head[plan.side])}:", f"{bullet}{plan.entry.words}"]  # fmt: skip
    if plan.exit:
        lines += ["", rng.choice(["Exit:", "Exit rules:"]), f"{bullet}{plan.exit.words}"]
    parts = (plan.stop, plan.target, plan.held, plan.trail, plan.size, plan.leverage, plan.limit)
    managed = [f"{bullet}{rng.choice(part[1])}" for part in parts if part]
    if managed:
        lines += ["", rng.choice(["Risk management:", "Risk:", "Management:"]), *managed]
    return "\n".join(lines)


def _chinese(rng: Random) -> tuple[str, Json]:
    name, market, symbol = rng.choice([("比特幣", "crypto", "BTC/USDT"), ("以太坊", "crypto", "ETH/USDT"),
                                       ("騰訊", "hk_equity", "0700.HK"), ("蘋果", "us_equity", "AAPL")])  # fmt: skip
    frame, said = rng.choice([("4h", "4小時圖"), ("1h", "1小時"), ("1d", "日線"), ("15m", "15分鐘")])
    low, high = rng.choice([20, 25, 30]), rng.choice([60, 65, 70])
    length = rng.choice([50, 100, 200])
    a = rng.choice([f"RSI(14) 低於 {low}", f"RSI(14) 小於 {low}", f"RSI14 < {low}", f"RSI 低過 {low}"])
    b = rng.choice([f"收市價高於 EMA({length})", f"價格在 EMA{length} 之上", f"收盤價大於 {length} EMA"])
    join = rng.choice([" 且 ", "，並且 ", " 而且 ", " 同埋 ", " 及 "])
    c = rng.choice([f"RSI(14) 高於 {high}", f"RSI14 升到 {high} 以上", f"RSI(14) 大於 {high}"])
    stop, target = rng.choice([2, 3, 5]), rng.choice([6, 8, 10])
    entry = [compare("RSI(14)", "<", low), compare("close", ">", f"EMA({length})")]
    either = rng.random() < 0.25
    join = rng.choice([" 或 ", " 或者 "]) if either else join
    verb, out = rng.choice([("買入", "賣出"), ("做多", "平倉"), ("就買", "就賣"), ("開多", "平多")])
    head, opening, closing = f"{name} {said}", f"{a}{join}{b} {verb}", f"{c} {out}"
    managed = [rng.choice([f"止損 {stop}%", f"止蝕{stop}%", f"跌 {stop}% 止損"]),
               rng.choice([f"止盈 {target}%", f"止賺 {target}%"])]  # fmt: skip
    mark = rng.choice(["，", "。", "；"])
    text = mark.join([head, opening, closing, *managed])
    meaning = {"any": entry} if either else {"all": entry}
    facts: Json = {"market": market, "symbols": [symbol], "timeframe": frame, "sides": ["long"],
                   "entry_long": meaning, "exit_long": compare("RSI(14)", [">", ">=", "crosses_above"], high),
                   "stop_loss": {"type": "percent", "value": stop},
                   "take_profit": {"type": "percent", "value": target}}  # fmt: skip
    said_fields = {"entry.long", "exit.long", "stop_loss", "take_profit"}
    return text, facts | {"absent": [each for each in _FIELDS if each not in said_fields]}
