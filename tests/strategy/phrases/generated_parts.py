"""Stops, targets, holding times, sizes and limits in words, each with the value that the words name.

A part is (value, wordings); "{where}" in a wording is the side of the entry on which the loss lies.
"""

from __future__ import annotations

from random import Random
from typing import Any

Json = Any
Worded = tuple[Any, list[str]]


def stop(rng: Random) -> Worded:
    if rng.random() < 0.7:
        value = rng.choice([1, 1.5, 2, 2.5, 3, 5])
        words = [
            "stop loss {v}%",
            "a {v}% stop",
            "stop at {v}%",
            "SL {v}%",
            "stop: {v} %",
            "use a {v} percent stop loss",
            "a stop {v}% away",
            "cut the loss at {v}%",
            "stop out at -{v}%",
            "max loss {v}%",
        ]
        spelled = {
            1: "one percent",
            1.5: "one and a half percent",
            2: "two percent",
            2.5: "two and a half percent",
            3: "three percent",
            5: "five percent",
        }[value]
        words += [
            f"stop loss {spelled}",
            f"a stop {spelled} {{where}} the entry",
            f"stop {value}% {{where}} entry",
            f"protective stop at {value}% {{where}} the purchase price",
        ]
        return {"type": "percent", "value": value}, [word.format(v=value, where="{where}") for word in words]
    value = rng.choice([1, 1.5, 2, 3])
    words = [
        "stop {v} ATR",
        "a {v} ATR stop",
        "stop loss {v} x ATR(14)",
        "SL {v}*ATR",
        "a stop of {v} ATR(14)",
        "stop at {v} times the ATR(14)",
    ]
    return {"type": "atr", "value": value, "indicator": "ATR(14)"}, [word.format(v=value) for word in words]


def target(rng: Random) -> Worded:
    if rng.random() < 0.6:
        value = rng.choice([4, 6, 7.5, 8, 12])
        words = [
            "take profit {v}%",
            "TP {v}%",
            "a {v}% target",
            "target: {v}%",
            "take profits at {v}%",
            "profit target of {v} percent",
        ]
        return {"type": "percent", "value": value}, [word.format(v=value) for word in words]
    value = rng.choice([1.5, 2, 3])
    words = ["take profit at {v}R", "target {v}R", "TP {v} R", "a target of {v} times the risk", "risk reward 1:{v}"]
    return {"type": "risk_multiple", "value": value}, [word.format(v=value) for word in words]


def held(rng: Random) -> Worded:
    bars = rng.choice([10, 12, 16, 24, 30])
    words = [
        "exit after {n} bars",
        "hold at most {n} bars",
        "time stop {n} bars",
        "max holding time {n} bars",
        "close after {n} bars",
        "hold no longer than {n} bars",
        "get out after {n} bars at the latest",
    ]
    return bars, [word.format(n=bars) for word in words]


def trail(rng: Random) -> Worded:
    value = rng.choice([2, 3, 4])
    if rng.random() < 0.5:
        return {"type": "percent", "value": value}, [
            f"trailing stop {value}%",
            f"a {value}% trailing stop",
            f"trail the stop by {value}%",
        ]
    return {"type": "atr", "value": value, "indicator": "ATR(14)"}, [
        f"trailing stop {value} ATR",
        f"a {value} ATR trailing stop",
    ]


def size(rng: Random) -> Worded:
    kind = rng.choice(["fixed_percent", "risk_percent", "fixed_notional"])
    value, words = {
        "fixed_percent": (
            rng.choice([10, 20, 25]),
            [
                "use {v}% of equity",
                "position size {v}%",
                "{v}% of my account",
                "size: {v}% of capital",
                "put {v}% of the account in",
            ],
        ),
        "risk_percent": (
            rng.choice([0.5, 1, 2]),
            [
                "risk {v}% per trade",
                "{v}% risk per trade",
                "risk {v}% of equity per trade",
                "risk no more than {v}% per trade",
            ],
        ),
        "fixed_notional": (rng.choice([500, 1000]), ["${v} per trade", "trade size ${v}", "size {v} USD per trade"]),
    }[kind]
    return {"type": kind, "value": value}, [word.format(v=value) for word in words]


def leverage(rng: Random) -> Worded:
    value = rng.choice([2, 3, 5])
    return value, [f"{value}x leverage", f"leverage {value}x", f"use {value}x leverage", f"leverage: {value}"]


def limit(rng: Random) -> Worded:
    value = rng.choice([2, 3, 5])
    if rng.random() < 0.5:
        return {"max_trades_per_day": value}, [
            f"max {value} trades per day",
            f"no more than {value} trades a day",
            f"at most {value} trades per day",
        ]
    return {"max_daily_loss_percent": value}, [
        f"max daily loss {value}%",
        f"daily loss limit {value}%",
        f"stop trading after losing {value}% in a day",
    ]


def steps(rng: Random) -> Worded:
    """Two targets, half of the position each."""
    first, second = rng.choice([(3, 6), (4, 10), (5, 12)])
    value = [
        {"type": "percent", "value": first, "fraction": 0.5},
        {"type": "percent", "value": second, "fraction": 0.5},
    ]
    return value, [
        f"take half off at {first}% and the rest at {second}%",
        f"sell half at +{first}%, the rest at +{second}%",
        f"TP1 {first}% (50%), TP2 {second}% (50%)",
        f"half at {first}%, half at {second}%",
        f"take profit on half the position at {first}% and on the other half at {second}%",
    ]


def chatter(rng: Random) -> str:
    """What people say beside their rules, numbers included; it changes nothing."""
    return rng.choice(
        [
            "I have been trading for 5 years",
            "this made 20% last year",
            "hello everyone",
            "thanks a lot",
            "I am 35 years old and work full time",
            "my friend told me about this 3 weeks ago",
            "let me know what you think",
            "I tested 12 ideas before this one",
            "version 2 of my script",
            "the idea is simple",
            "nothing fancy",
            "it won about 60% of the time on paper",
            "I started with $2000",
            "good luck to everybody",
        ]
    )


def session(rng: Random) -> tuple[Json, str]:
    """A filter on time, by its words."""
    return rng.choice(
        [
            (
                {"clock": ["10:00", "15:00"], "zone": "America/New_York"},
                "only trade between 10:00 and 15:00 New York time",
            ),
            ({"left": "weekday", "op": "<=", "right": 4}, "only trade Monday to Thursday"),
            ({"not": {"left": "weekday", "op": "==", "right": 5}}, "no trades on Fridays"),
            ({"not": {"left": "weekday", "op": "==", "right": 1}}, "don't trade on Mondays"),
            ({"not": {"left": "month", "op": "==", "right": 9}}, "no trades in September"),
        ]
    )
