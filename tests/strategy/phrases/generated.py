"""Whole requests composed from independent parts, with the facts that they state: `request(seed)`.

Asset, timeframe, rules, exits, stop, target, size, leverage and limits are drawn apart from each other and put into one
of several shapes: prose in any order, a terse line, a post with headings, Chinese.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.strategy.phrases import generated_parts as parts
from tests.strategy.phrases.generated_joins import condition
from tests.strategy.phrases.generated_rules import Clause, compare, distinct

Json = Any
_ASSETS = [
    ("BTC", "crypto", "BTC/USDT"),
    ("Bitcoin", "crypto", "BTC/USDT"),
    ("ETH/USDT", "crypto", "ETH/USDT"),
    ("SOL", "crypto", "SOL/USDT"),
    ("XRPUSDT", "crypto", "XRP/USDT"),
    ("Apple", "us_equity", "AAPL"),
    ("TSLA", "us_equity", "TSLA"),
    ("Microsoft", "us_equity", "MSFT"),
    ("0700.HK", "hk_equity", "0700.HK"),
    ("Tencent", "hk_equity", "0700.HK"),
    ("SPY", "us_equity", "SPY"),
    ("NVDA", "us_equity", "NVDA"),
]
_FRAMES = {
    "5m": ["5m", "5-minute", "5 min"],
    "15m": ["15m", "15-minute", "15 min"],
    "1h": ["1h", "hourly", "1-hour", "60m"],
    "4h": ["4h", "4-hour", "four-hour", "4 hour"],
    "1d": ["1d", "daily", "1-day"],
}
_FIELDS = (
    "entry.long",
    "entry.short",
    "exit.long",
    "exit.short",
    "stop_loss",
    "take_profit",
    "trailing_stop",
    "time_stop_bars",
    "session_exit_minutes",
    "limits",
    "stop_steps",
)


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
    only: tuple[Json, str] | None = None
    chatter: list[str] = field(default_factory=list)


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
    plan.stop = _maybe(rng, 0.75, parts.stop)
    plan.target = _maybe(rng, 0.5 if plan.stop else 0.0, parts.target)
    if plan.target and rng.random() < 0.25:
        plan.target = parts.steps(rng)
    if plan.frame in ("5m", "15m", "1h") and rng.random() < 0.15:
        plan.only = parts.session(rng)
    if rng.random() < 0.25:
        plan.chatter = [parts.chatter(rng)]
    plan.held = _maybe(rng, 0.3, parts.held)
    plan.trail = _maybe(rng, 0.0 if plan.stop else 0.5, parts.trail)
    plan.size = _maybe(rng, 0.5, parts.size)
    plan.leverage = _maybe(rng, 0.15 if asset[1] == "crypto" else 0.0, parts.leverage)
    plan.limit = _maybe(rng, 0.2, parts.limit)
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
        items = [
            Clause(
                words="the CCI(20) is above 200" if plan.side == "long" else "the CCI(20) is below -200",
                meaning=compare("CCI(20)", *(((">"), 200) if plan.side == "long" else ("<", -200))),
            )
        ]
    if len(items) == 1:
        return items[0]
    word = rng.choice([" or ", ", or ", " or if "])
    return Clause(words=word.join(each.words for each in items), meaning={"any": [each.meaning for each in items]})


def _facts(plan: Plan) -> Json:
    _, market, symbol = plan.asset
    facts: Json = {
        "market": market,
        "symbols": [symbol],
        "timeframe": plan.frame,
        "sides": [plan.side],
        f"entry_{plan.side}": plan.entry.meaning,
    }
    if plan.only:
        facts[f"entry_{plan.side}"] = {"all": [plan.entry.meaning, plan.only[0]]}
    if plan.exit:
        facts[f"exit_{plan.side}"] = plan.exit.meaning
    named = {
        "stop_loss": plan.stop,
        "take_profit": plan.target,
        "time_stop_bars": plan.held,
        "trailing_stop": plan.trail,
        "sizing": plan.size,
        "leverage": plan.leverage,
        "limits": plan.limit,
    }
    facts |= {key: value[0] for key, value in named.items() if value}
    said = {key.replace("_", ".") if key.startswith(("entry_", "exit_")) else key for key in facts}
    assumed = {"stop_loss"} if not plan.stop and not plan.trail else set()
    return facts | {"absent": [each for each in _FIELDS if each not in said | assumed]}


def _rules(plan: Plan, rng: Random) -> tuple[list[str], list[str]]:
    """Sentences of the entry and of everything else."""
    enter = ["buy", "go long", "enter long", "long"] if plan.side == "long" else ["short", "go short", "sell short"]
    leave = ["sell", "exit", "close the position", "get out"] if plan.side == "long" else ["cover", "exit", "get out"]
    when = rng.choice(["when", "if", "whenever"])
    entry = rng.choice(
        [f"{rng.choice(enter)} {{a}}{when} {plan.entry.words}", f"{when} {plan.entry.words}, {rng.choice(enter)} {{a}}"]
    )
    rest = []
    if plan.exit:
        rest.append(f"{rng.choice(leave)} {rng.choice(['when', 'if', 'once'])} {plan.exit.words}")
    named = (plan.stop, plan.target, plan.held, plan.trail, plan.size, plan.leverage, plan.limit)
    managed = [rng.choice(part[1]) for part in named if part] + ([plan.only[1]] if plan.only else [])
    where = "below" if plan.side == "long" else "above"
    return [entry], [*rest, *(each.replace("{where}", where) for each in managed), *plan.chatter]


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
    mark = (
        rng.choice([" | ", "; ", ", "])
        if " or " not in plan.entry.words + (plan.exit.words if plan.exit else "")
        else "; "
    )
    head = f"{plan.asset[0]} {rng.choice(_FRAMES[plan.frame])} {plan.side}"
    entry = f"{head} {rng.choice(['when ', 'if '])}{plan.entry.words}"
    text = mark.join([entry, *rest])
    return text.lower() if rng.random() < 0.3 and ".HK" not in text else text


def _post(rng: Random, plan: Plan) -> str:
    entry_head = {"long": ["Long entry", "Buy", "Entry (long)"], "short": ["Short entry", "Go short", "Entry (short)"]}
    bullet = rng.choice(["- ", "* ", "• ", ""])
    frame = rng.choice(_FRAMES[plan.frame])
    lines = [
        f"{rng.choice(['Market', 'Asset', 'Symbol'])}: {plan.asset[0]}",
        f"{rng.choice(['Timeframe', 'TF', 'Chart'])}: {frame}",
        "",
        f"{rng.choice(entry_head[plan.side])}:",
        f"{bullet}{plan.entry.words}",
    ]
    if plan.exit:
        lines += ["", rng.choice(["Exit:", "Exit rules:"]), f"{bullet}{plan.exit.words}"]
    named = (plan.stop, plan.target, plan.held, plan.trail, plan.size, plan.leverage, plan.limit)
    managed = [f"{bullet}{rng.choice(part[1])}" for part in named if part]
    managed = [each.replace("{where}", "below" if plan.side == "long" else "above") for each in managed]
    managed += [f"{bullet}{plan.only[1]}"] if plan.only else []
    lines = [*(each[0].upper() + each[1:] + "." for each in plan.chatter), "", *lines] if plan.chatter else lines
    if managed:
        lines += ["", rng.choice(["Risk management:", "Risk:", "Management:"]), *managed]
    return "\n".join(lines)


def _chinese(rng: Random) -> tuple[str, Json]:
    name, market, symbol = rng.choice(
        [
            ("比特幣", "crypto", "BTC/USDT"),
            ("以太坊", "crypto", "ETH/USDT"),
            ("騰訊", "hk_equity", "0700.HK"),
            ("蘋果", "us_equity", "AAPL"),
        ]
    )
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
    managed = [
        rng.choice([f"止損 {stop}%", f"止蝕{stop}%", f"跌 {stop}% 止損"]),
        rng.choice([f"止盈 {target}%", f"止賺 {target}%"]),
    ]
    mark = rng.choice(["，", "。", "；"])
    text = mark.join([head, opening, closing, *managed])
    meaning = {"any": entry} if either else {"all": entry}
    facts: Json = {
        "market": market,
        "symbols": [symbol],
        "timeframe": frame,
        "sides": ["long"],
        "entry_long": meaning,
        "exit_long": compare("RSI(14)", [">", ">=", "crosses_above"], high),
        "stop_loss": {"type": "percent", "value": stop},
        "take_profit": {"type": "percent", "value": target},
    }
    said_fields = {"entry.long", "exit.long", "stop_loss", "take_profit"}
    return text, facts | {"absent": [each for each in _FIELDS if each not in said_fields]}
