"""The smallest pieces of a text: numbers, words, signs, Chinese characters, with their places in it.

The text is first brought to one form letter by letter (full-width signs, dashes, quotes, capitals, Traditional
characters), so that offsets stay those of the original. The phrases of the lexicon are cut the same way.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from vibex.strategy.phrases.text.hanzi import fold

_SAME = str.maketrans({
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "、": ",", "。": ".",
    "→": "→", "×": "×", "～": "~", "\t": " ", "\u3000": " ", "\xa0": " ",
})  # fmt: skip
ARTICLES = frozenset({"the", "a", "an"})

_PIECES = re.compile(
    r"""
    (?P<pair>[a-z0-9]{2,10}(?:/|-|_)(?:usdt|usdc|busd|usd|eur|btc|eth)(?:\.p|:usdt|-perp)?(?![a-z0-9])
        |(?<![a-z0-9])[a-z]{2,6}(?:usdt|usdc|busd|perp)(?:\.p)?(?![a-z0-9]))
    |(?P<hk>(?<![\d.])\d{3,5}[ ]?\.?hk(?![a-z0-9])|(?<![a-z])(?:hkex?|sehk)[: ]?\d{3,5}(?!\d))
    |(?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2})
    |(?P<time>(?<!\d)\d{1,2}:\d{2}(?::00)?(?:\ ?[ap]\.?m\b\.?)?|(?<![\d.])\d{1,2}\ ?[ap]m\b)
    |(?P<num>\d+\.\d+[mb](?![a-z])|(?<=\$)\d+[mb](?![a-z])|\d+[mb](?=\ ?(?:shares|usdt?|usdc|dollars|coins|contracts)\b)
        |\d+(?:\.\d+)?\ ?(?:million|billion|mio|mn|bn)(?![a-z])
        |(?:(?<![a-z0-9)%.])[-+])?
        (?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\ 000)+|\d+(?:\.\d+)?|\.\d+)(?:k(?![a-z]))?)
    |(?P<sign>%[kdrj](?![a-z])|[+-]d(?:i|mi)(?![a-z])|(?<![a-z])d(?:i|mi)[+-]|(?<![a-z])vi[+-])
    |(?P<op>>=|<=|=>|=<|==|!=|->)
    |(?P<word>[a-z]+(?:'(?!s(?![a-z]))[a-z]+)*)
    |(?P<poss>'s(?![a-z]))
    |(?P<other>\S)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Atom:
    text: str
    kind: str
    start: int
    end: int


def normalise(text: str) -> str:
    """`text` in one form, of the same length."""
    return fold("".join(map(_letter, text)).translate(_SAME))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    plain = unicodedata.normalize("NFKC", letter).lower()
    return plain if len(plain) == 1 else letter


def cut(normal: str, offset: int = 0) -> list[Atom]:
    """The pieces of normalised text; articles and hyphens inside words are dropped."""
    atoms: list[Atom] = []
    for found in _PIECES.finditer(normal):
        kind, text = found.lastgroup or "other", found.group()
        if kind == "word":
            text = text.replace("'", "")
        if text in ARTICLES or (text in "-_" and _joins(normal, found.start())):
            continue
        atoms.append(Atom(text, kind, offset + found.start(), offset + found.end()))
    return atoms


def _joins(normal: str, at: int) -> bool:
    """Whether the hyphen at `at` stands between two words, or a number and a word."""
    if at == 0 or at + 1 >= len(normal):
        return False
    before, after = normal[at - 1], normal[at + 1]
    written = before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
    return written and not (before.isdigit() and after.isdigit())


def number_value(text: str) -> float:
    plain = text.replace(",", "").replace(" ", "")
    digits = plain.rstrip("abcdefghijklmnopqrstuvwxyz")
    return float(digits) * {"": 1, "k": 1e3, "m": 1e6, "b": 1e9}[plain[len(digits) : len(digits) + 1]]
