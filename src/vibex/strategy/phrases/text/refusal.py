"""Recognises what is no request for a strategy: nothing, noise, another language, code, markup."""

from __future__ import annotations

import re

from vibex.strategy.phrases.lexicon import lexicon
from vibex.strategy.phrases.text.atoms import cut, normalise
from vibex.strategy.phrases.text.hanzi import is_hanzi

MAX_CHARACTERS = 10_000
_CODE_SIGNS: dict[str, tuple[str, ...]] = {
    "Pine Script": (
        r"//\s*@version", r"\bstrategy\.(entry|exit|close)\b", r"\bta\.\w+\(", r"\binput\.(int|float)\(",
        r"\b(indicator|strategy)\s*\(\s*[\"']",
    ),
    "freqtrade code": (
        r"\bIStrategy\b", r"populate_(entry_trend|exit_trend|buy_trend|sell_trend|indicators)", r"dataframe\.loc\[",
        r"\bfreqtrade\b.*\bimport\b",
    ),
    "MetaTrader code (MQL)": (r"\bOrderSend\s*\(", r"\bOnTick\s*\(", r"\biMA\s*\("),
    "Python code": (
        r"(?m)^\s*(import \w+|from \w[\w.]* import |def \w+\(.*\):|class \w+.*:\s*$|@\w+)", r"\b__import__\b",
        r"\bexec\(", r"\beval\(",
    ),
    "SQL": (
        r"(?i)\bselect\s+.+\s+from\s+\w+", r"(?i)\bdrop\s+table", r"(?i)\binsert\s+into", r"(?i)\bdelete\s+from",
        r"(?i)\bunion\s+select\b",
    ),
    "HTML or script markup": (
        r"(?i)</?(script|html|body|img|iframe|div|span|svg|a|p|style)\b[^>]*>", r"(?i)javascript:", r"<!--",
    ),
    "JavaScript code": (r"\bfunction\s*\w*\(.*\)\s*\{", r"\bconsole\.log\(", r"=>\s*\{", r"\bconst \w+ = "),
}  # fmt: skip
_CODE = {name: tuple(re.compile(sign) for sign in signs) for name, signs in _CODE_SIGNS.items()}
_INLINE_CODE = re.compile(
    r"\bimport \w+\s*;?|\bos\.\w+\([^)]*\)|\brm -rf\b[^\s'\"]*|\bsubprocess\b|\$\([^)]*\)|\{\{.*?\}\}|\bsudo \w+"
)
_OTHER_SCRIPTS = re.compile(
    r"[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f\u0590-\u05ff\u0900-\u097f\u0370-\u03ff]"
)


def refusal(text: str) -> tuple[str, str] | None:
    """The field and the message of the one reason why there is nothing to read, None for a text to be read."""
    if len(text) > MAX_CHARACTERS:
        return "text", f"the request has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read, so shorten it"
    if not text.strip():
        return "text", "the request is empty: say what to trade and when to buy or sell"
    if not any(letter.isalnum() for letter in text):
        return "text", "the request holds no words, only signs or emoji: say what to trade and when to buy or sell"
    for name, patterns in _CODE.items():
        if any(pattern.search(text) for pattern in patterns):
            return "text", f"this is {name}, which the reader recognises but never runs: describe its rules in words"
    return _language(text)


def inline_code(text: str) -> list[tuple[int, int]]:
    """Where pieces of code stand inside an otherwise readable request; they are left out."""
    return [found.span() for found in _INLINE_CODE.finditer(text)]


def _language(text: str) -> tuple[str, str] | None:
    letters = [letter for letter in text if letter.isalpha()]
    if len(_OTHER_SCRIPTS.findall(text)) > 0.2 * max(len(letters), 1):
        return "text", "the request is in a language that the reader does not know: write it in English or Chinese"
    if any(map(is_hanzi, text)):
        return None
    known = lexicon()
    words = [atom.text for atom in cut(normalise(text)) if atom.kind == "word"]
    understood = sum(known.is_known(word) or known.is_known(word.removesuffix("s")) for word in words)
    if len(words) >= 4 and understood < 0.5 * len(words):
        return (
            "text",
            "most words are unknown to the reader: write the request in English or Chinese, in words of trading",
        )
    return None
