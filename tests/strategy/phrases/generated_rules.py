"""Conditions in words together with their meaning in the corpus's notation, composed from independent parts.

The meaning is made by the template beside the words, never by the reader. A clause is written for a long position;
its mirror image (`down=True`) for a short one or for the way out of a long one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

Json = Any


_STATE = {
    ">": [
        "is above",
        "is over",
        "is greater than",
        "is higher than",
        ">",
        "sits above",
        "stays above",
        "exceeds",
        "is more than",
        "is bigger than",
    ],
    "<": [
        "is below",
        "is under",
        "is less than",
        "is lower than",
        "<",
        "sits below",
        "stays below",
        "is beneath",
        "is smaller than",
    ],
    ">=": [
        "is at least",
        "is not below",
        ">=",
        "is no less than",
        "isn't below",
        "≥",
        "is at or above",
        "is not less than",
        "is never below",
    ],
    "<=": [
        "is at most",
        "is not above",
        "<=",
        "is no more than",
        "isn't above",
        "≤",
        "is at or below",
        "is not more than",
        "is never above",
    ],
}


_CROSS = {
    ">": ["crosses above", "crosses over", "moves above", "rises above", "goes above", "breaks above", "gets above"],
    "<": ["crosses below", "crosses under", "moves below", "falls below", "goes below", "breaks below", "drops below"],
}


_NUMBERS = {
    5: "five",
    10: "ten",
    20: "twenty",
    25: "twenty-five",
    30: "thirty",
    35: "thirty five",
    45: "forty-five",
    55: "fifty five",
    60: "sixty",
    65: "sixty-five",
    70: "seventy",
    75: "seventy five",
    80: "eighty",
}


_OSCILLATORS = {
    "RSI": (
        "RSI",
        (7, 9, 14, 21),
        [
            "RSI({n})",
            "the {n}-period RSI",
            "the RSI({n})",
            "RSI {n}",
            "the {n} RSI",
            "the {n}-bar RSI",
            "RSI(period={n})",
        ],
    ),
    "MFI": ("MFI", (10, 14), ["MFI({n})", "the {n}-period MFI", "the money flow index ({n})", "the {n}-bar MFI"]),
    "CMO": ("CMO", (9, 14), ["CMO({n})", "the {n}-period CMO"]),
}


_AVERAGES = [
    "{kind}({n})",
    "the {n} {kind}",
    "the {n}-period {kind}",
    "the {n}-bar {kind}",
    "{kind} {n}",
    "{kind}{n}",
    "{kind}-{n}",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What is said and what it means."""

    words: str
    meaning: Json


def compare(left: Json, op: Json, right: Json) -> Json:
    return {"left": left, "op": op, "right": right}


def clause(rng: Random, *, down: bool = False) -> Clause:
    """One comparison."""
    return rng.choice(_CLAUSES)(rng, down)


def number(rng: Random, value: int) -> str:
    """In digits, or spelled out now and then."""
    return _NUMBERS[value] if value in _NUMBERS and rng.random() < 0.12 else str(value)


def average(rng: Random) -> tuple[str, str, int]:
    kind, length = rng.choice(["SMA", "EMA", "WMA"]), rng.choice([8, 13, 21, 50, 100, 200])
    return rng.choice(_AVERAGES).format(kind=kind, n=length), f"{kind}({length})", length


def _oscillator(rng: Random, down: bool) -> Clause:
    name, lengths, wordings = rng.choice(list(_OSCILLATORS.values()))
    length, op = rng.choice(lengths), rng.choice([">", ">="] if down else ["<", "<="])
    level = rng.choice([60, 65, 70, 75, 80] if down else [20, 25, 30, 35, 45])
    said = rng.choice(wordings).format(n=length)
    return Clause(
        words=f"{said} {rng.choice(_STATE[op])} {number(rng, level)}", meaning=compare(f"{name}({length})", op, level)
    )


def _between(rng: Random, down: bool) -> Clause:
    low, high = (55, 75) if down else (25, 45)
    words = rng.choice(
        [
            "is between {a} and {b}",
            "is in between {a} and {b}",
            "between {a} and {b}",
            "is above {a} but below {b}",
            "is at least {a} and at most {b}",
        ]
    )
    meaning = {"all": [compare("RSI(14)", [">", ">="], low), compare("RSI(14)", ["<", "<="], high)]}
    return Clause(words="RSI(14) " + words.format(a=number(rng, low), b=number(rng, high)), meaning=meaning)


def _zone_cross(rng: Random, down: bool) -> Clause:
    op, level = ("<", 70) if down else (">", 30)
    return Clause(
        words=f"RSI(14) {rng.choice(_CROSS[op])} {number(rng, level)}",
        meaning=compare("RSI(14)", "crosses_below" if down else "crosses_above", level),
    )


def _trend(rng: Random, down: bool) -> Clause:
    said, meant, _ = average(rng)
    op = "<" if down else ">"
    price = rng.choice(["price", "the price", "the close", "close", "the closing price"])
    return Clause(words=f"{price} {rng.choice(_STATE[op])} {said}", meaning=compare("close", op, meant))


def _averages_cross(rng: Random, down: bool) -> Clause:
    kind, fast, slow = rng.choice(["SMA", "EMA"]), rng.choice([5, 9, 12]), rng.choice([20, 26, 50])
    wording = rng.choice(_AVERAGES)
    way = "<" if down else ">"
    words = f"{wording.format(kind=kind, n=fast)} {rng.choice(_CROSS[way])} {wording.format(kind=kind, n=slow)}"
    return Clause(
        words=words, meaning=compare(f"{kind}({fast})", "crosses_below" if down else "crosses_above", f"{kind}({slow})")
    )


def _macd(rng: Random, down: bool) -> Clause:
    if rng.random() < 0.5:
        words = rng.choice(_CROSS["<" if down else ">"])
        line = rng.choice(["MACD", "the MACD", "the MACD line", "MACD(12,26,9)"])
        return Clause(
            words=f"{line} {words} {rng.choice(['its signal', 'its signal line', 'the signal line'])}",
            meaning=compare("MACD():macd", "crosses_below" if down else "crosses_above", "MACD():signal"),
        )
    op = "<" if down else ">"
    return Clause(
        words=f"the MACD histogram {rng.choice(_STATE[op])} {rng.choice(['zero', '0'])}",
        meaning=compare("MACD():hist", op, 0),
    )


def _volume(rng: Random, down: bool) -> Clause:
    factor = rng.choice([1, 1.5, 2])
    op = rng.choice([">", ">="])
    times = {1: "", 1.5: rng.choice(["1.5 times ", "1.5x ", "1.5 x "]), 2: rng.choice(["twice ", "2x ", "2 times "])}
    base = rng.choice(
        ["its 20-bar average", "its 20-period average", "the 20-bar average volume", "its average of the last 20 bars"]
    )
    right: Json = "SMA(volume,20)" if factor == 1 else {"mul": ["SMA(volume,20)", factor]}
    words = f"{rng.choice(['volume', 'the volume'])} {rng.choice(_STATE[op])} {times[factor]}{base}"
    return Clause(words=words, meaning=compare("volume", op, right))


def _band(rng: Random, down: bool) -> Clause:
    name = rng.choice(["the {side} Bollinger band (20, 2)", "the {side} Bollinger Band(20,2)", "the {side} BB(20, 2)"])
    side, op = ("upper", ">") if down else ("lower", "<")
    words = f"price {rng.choice(_STATE[op])} {name.format(side=side)}"
    return Clause(words=words, meaning=compare("close", op, f"BBANDS(20,2):{side}"))


def _strength(rng: Random, down: bool) -> Clause:
    op, level = rng.choice([(">", 20), (">=", 25), ("<", 20), ("<=", 30)])
    return Clause(
        words=f"{rng.choice(['ADX(14)', 'the 14-period ADX', 'ADX 14'])} {rng.choice(_STATE[op])} {level}",
        meaning=compare("ADX(14)", op, level),
    )


def _slope(rng: Random, down: bool) -> Clause:
    said, meant, _ = average(rng)
    bars = rng.choice([3, 5, 10])
    way = "falling" if down else "rising"
    words = rng.choice(
        ["has been {way} for {n} bars", "is {way} for {n} bars in a row", "has been {way} for the last {n} bars"]
    )
    return Clause(words=f"{said} {words.format(way=way, n=bars)}", meaning=compare(meant, way, bars))


def _lasting(rng: Random, down: bool) -> Clause:
    inner = _oscillator(rng, down)
    bars = rng.choice([2, 3, 4])
    words = rng.choice(["for {n} bars in a row", "for {n} consecutive bars", "for {n} straight bars"]).format(n=bars)
    return Clause(words=f"{inner.words} {words}", meaning={"for": bars, "of": inner.meaning})


def _lately(rng: Random, down: bool) -> Clause:
    inner = _zone_cross(rng, down)
    bars = rng.choice([3, 5, 8])
    words = rng.choice(["within the last {n} bars", "in the last {n} bars", "within the past {n} bars"])
    return Clause(words=f"{inner.words} {words.format(n=bars)}", meaning={"within": bars, "of": inner.meaning})


def _other_frame(rng: Random, down: bool) -> Clause:
    """Of the daily chart, which is higher than every timeframe drawn but one, and there the same."""
    op = "<" if down else ">"
    length = rng.choice([20, 50])
    words = rng.choice(
        [
            "the daily close {cmp} the daily EMA({n})",
            "the daily RSI(14) {cmp} 50",
            "RSI(14) on the daily chart {cmp} 50",
        ]
    )
    said = words.format(cmp=rng.choice(_STATE[op]), n=length)
    meaning = compare("close@1d", op, f"EMA({length})@1d") if "EMA" in words else compare("RSI(14)@1d", op, 50)
    return Clause(words=said, meaning=meaning)


def _offset(rng: Random, down: bool) -> Clause:
    said, meant, _ = average(rng)
    share = rng.choice([2, 3])
    if rng.random() < 0.5:
        words = rng.choice(["price is within {v}% of {ma}", "the close is within {v} percent of {ma}"])
        far = {"abs": {"sub": ["close", meant]}}
        return Clause(words=words.format(v=share, ma=said), meaning=compare(far, "<=", {"mul": [meant, share / 100]}))
    words = rng.choice(
        ["price is more than {v}% {way} {ma}", "the close is at least {v}% {way} {ma}", "price is {v}% {way} {ma}"]
    )
    way, op, factor = ("above", ">", 1 + share / 100) if down else ("below", "<", 1 - share / 100)
    return Clause(
        words=words.format(v=share, ma=said, way=way),
        meaning=compare("close", op + "=" if "least" in words else op, {"mul": [meant, factor]}),
    )


def _extreme(rng: Random, down: bool) -> Clause:
    bars = rng.choice([10, 20, 55])
    far, band, op = ("lowest low", "lower", "<") if down else ("highest high", "upper", ">")
    words = rng.choice(
        [
            "price closes {way} the {far} of the last {n} bars",
            "price breaks {way} the {n}-bar {side}",
            "the close is {way} the {n}-bar {side}",
            "price makes a new {n}-bar {side}",
        ]
    )
    said = words.format(way="below" if down else "above", far=far, n=bars, side="low" if down else "high")
    cross = "crosses_below" if down else "crosses_above"
    return Clause(words=said, meaning=compare("close", [op, cross], f"DONCHIAN({bars}):{band}"))


_CLAUSES: list[Callable[[Random, bool], Clause]] = [
    _oscillator,
    _oscillator,
    _between,
    _zone_cross,
    _trend,
    _trend,
    _averages_cross,
    _macd,
    _volume,
    _band,
    _strength,
    _slope,
    _lasting,
    _lately,
    _other_frame,
    _offset,
    _extreme,
]


def distinct(rng: Random, count: int, *, down: bool = False, plain: bool = False) -> list[Clause]:
    """Clauses about different things, so that they neither repeat nor contradict one another.

    `plain`: none that joins comparisons by itself, for use inside a larger grouping.
    """
    kinds = [kind for kind in dict.fromkeys(_CLAUSES) if not plain or kind is not _between]
    groups = {
        kind: "osc"
        if kind in (_oscillator, _between, _zone_cross, _lasting, _lately, _other_frame)
        else "price"
        if kind in (_trend, _offset, _extreme)
        else kind.__name__
        for kind in kinds
    }
    found: list[Clause] = []
    used: set[str] = set()
    for kind in rng.sample(kinds, len(kinds)):
        if groups[kind] not in used and len(found) < count:
            used.add(groups[kind])
            found.append(kind(rng, down))
    return found
