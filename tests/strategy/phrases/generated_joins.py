"""Clauses joined to conditions: and, or, unless, either, neither, votes, each with its meaning."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.strategy.phrases.generated_rules import Clause, clause, compare, distinct, number


def condition(rng: Random, *, down: bool = False, prose: bool = True) -> Clause:
    """One to three clauses with the connectives between them."""
    return rng.choices(_JOINS, weights=[5, 4, 3, 2, 1, 1, 1, 1, 1])[0](rng, down) if prose else _and(rng, down)


def _one(rng: Random, down: bool) -> Clause:
    return clause(rng, down=down)


def _and(rng: Random, down: bool) -> Clause:
    a, b = distinct(rng, 2, down=down)
    word = rng.choice(
        [
            " and ",
            ", and ",
            " while ",
            " and also ",
            " but only if ",
            " as long as ",
            " & ",
            " AND ",
            " provided ",
            " together with ",
        ]
    )
    return Clause(words=f"{a.words}{word}{b.words}", meaning={"all": [a.meaning, b.meaning]})


def _or(rng: Random, down: bool) -> Clause:
    a, b = distinct(rng, 2, down=down, plain=True)
    word = rng.choice([" or ", ", or ", " or when ", " or if ", " OR ", ", or when "])
    return Clause(words=f"{a.words}{word}{b.words}", meaning={"any": [a.meaning, b.meaning]})


def _three(rng: Random, down: bool) -> Clause:
    a, b, c = distinct(rng, 3, down=down)
    return Clause(words=f"{a.words}, {b.words} and {c.words}", meaning={"all": [a.meaning, b.meaning, c.meaning]})


def _unless(rng: Random, down: bool) -> Clause:
    a, b = distinct(rng, 2, down=down, plain=True)
    word = rng.choice([" unless ", ", unless ", ", except when ", " but not when ", " except if "])
    return Clause(words=f"{a.words}{word}{b.words}", meaning={"all": [a.meaning, {"not": b.meaning}]})


def _either(rng: Random, down: bool) -> Clause:
    a, b, c = distinct(rng, 3, down=down, plain=True)
    words = rng.choice(
        ["{a} and either {b} or {c}", "{a} and ({b} or {c})", "either {b} or {c}, and {a}", "({b} or {c}) and {a}"]
    )
    return Clause(
        words=words.format(a=a.words, b=b.words, c=c.words),
        meaning={"all": [a.meaning, {"any": [b.meaning, c.meaning]}]},
    )


def _or_of_and(rng: Random, down: bool) -> Clause:
    a, b, c = distinct(rng, 3, down=down, plain=True)
    words = rng.choice(["{a} or ({b} and {c})", "{a}, or when {b} and {c}", "{a}, or if {b} and {c}"])
    return Clause(
        words=words.format(a=a.words, b=b.words, c=c.words),
        meaning={"any": [a.meaning, {"all": [b.meaning, c.meaning]}]},
    )


def _votes(rng: Random, down: bool) -> Clause:
    items = distinct(rng, 3, down=down, plain=True)
    lead = rng.choice(
        [
            "at least two of these are true: ",
            "at least 2 of: ",
            "any two of the following hold: ",
            "two of these three are true: ",
        ]
    )
    return Clause(
        words=lead + ", ".join(item.words for item in items),
        meaning={"at_least": 2, "of": [item.meaning for item in items]},
    )


def _neither(rng: Random, down: bool) -> Clause:
    """Neither of two, said of whole rules or of two series that share their comparison."""
    if rng.random() < 0.5:
        a, b = distinct(rng, 2, down=down, plain=True)
        return Clause(
            words=f"neither {a.words} nor {b.words}", meaning={"all": [{"not": a.meaning}, {"not": b.meaning}]}
        )
    level = rng.choice([55, 65])
    words, meant = rng.choice(
        [
            ("neither {a} nor {b} is above {n}", "not"),
            ("both {a} and {b} are above {n}", "all"),
            ("either {a} or {b} is above {n}", "any"),
            ("{a} and {b} are both above {n}", "all"),
        ]
    )
    items = [compare(each, ">", level) for each in ("RSI(14)", "MFI(14)")]
    meaning = {"all": [{"not": each} for each in items]} if meant == "not" else {meant: items}
    return Clause(words=words.format(a="RSI(14)", b="MFI(14)", n=number(rng, level)), meaning=meaning)


_JOINS: list[Callable[[Random, bool], Clause]] = [
    _one,
    _and,
    _or,
    _three,
    _unless,
    _either,
    _or_of_and,
    _votes,
    _neither,
]
