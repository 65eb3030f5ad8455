"""Follow-ups in the form that the offline reader knows: “use a 3 % stop instead” is “stop 3 %”, 止損改為3% as well.

One table of nouns with what they are called in a rule, and a few orders of words around them. A text that fits none of
them stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from vibex.strategy.phrases.text.hanzi import fold

NUMBER = r"\d+(?:\.\d+)?"
_BEFORE = re.compile(
    r"^(?:(?:please|pls|ok(?:ay)?|now|and|then|so|but|actually|hmm|well|let'?s|can you|could you|i want to)"
    r"\b[, ]*|请|那么?|帮我|麻烦|我想|可以)+"
)
_BEHIND = re.compile(r"(?:[, ]*\b(?:instead|please|pls|now|then|for me|from now on)\b|吧|了|一下|可以吗)+$")
_VERB = (
    r"(?:(?:make|set|use|change|move|put|tighten|widen|loosen|raise|lower|reduce|increase|bring|have|add|adjust|try|"
    r"switch to|go with|give it|with)\s+)"
)
_ARTICLE = r"(?:(?:it|the|a|an|my|its)\s+)*"
_LINK = r"\s*(?:loss\s+)?(?:to|at|of|be|is|should be|as|=|:|down to|up to)?\s*"
_ZH_VERB = (
    r"(?:改为|改成|改做|改用|改到|设为|设成|设在|调到|调为|调成|收紧到|收紧至|放宽到|放宽至|换成|换为|用|加|变成|为|到)"
)
_NOUNS: Mapping[str, str] = {  # how it may be called: how the reader reads it
    r"trailing[- ]stop(?:[- ]loss)?|trail|(?:追踪|移动|跟踪)止[损蚀]": "trailing stop",
    r"stop[- ]?loss|stop|sl|止[损蚀](?:位|价)?": "stop",
    r"take[- ]?profit|profit target|target|tp|止[盈赚](?:位|价)?|目标": "take profit",
    r"(?:position\s+)?siz(?:e|ing)|position|仓位|注码": "size",
    r"risk(?: per trade)?|(?:每次|单笔)?风险": "risk",
}
_UNITS: Mapping[str, str] = {
    r"%|％|percent|per cent|pct|个?百分点": "%",
    r"(?:x|×|times|倍)?\s*(?:the\s+)?(?:atrs?|平均波幅)": "ATR",
    r"r(?:-multiple)?|倍(?:止[损蚀]|风险)": "R",
}
_LEVERAGE = re.compile(
    rf"^{_VERB}?{_ARTICLE}(?:leverage{_LINK}({NUMBER})\s*(?:x|×|times)?|({NUMBER})\s*(?:x|×|times)\s*leverage)$"
    rf"|^[把将]?(?:杠杆{_ZH_VERB}?({NUMBER})倍?|{_ZH_VERB}?({NUMBER})倍杠杆)$"
)
_NO_STOP = re.compile(
    r"^(?:drop|remove|delete|without|no|take out|lose|去掉|去除|删除|取消|不要|不设|移除)\s*(?:the |my |any |a )?"
    r"(?:stop[- ]?loss|stop|sl|止[损蚀])$"
)


def bare(text: str) -> str:
    """A short command without its punctuation, in lower case."""
    return " ".join(text.split()).strip(".!。！ ").casefold()


def spoken(text: str) -> str:
    """A follow-up without its politeness: lower case, Simplified characters, one space between words."""
    words = fold(bare(text)).replace("％", "%").replace("，", ",")
    return _BEHIND.sub("", _BEFORE.sub("", words)).strip(" ,")


def canonical(text: str) -> str:
    """`text` as the reader knows it, where it names one part and its new value; otherwise `text` itself."""
    words = spoken(text)
    if _NO_STOP.match(words):
        return "no stop"
    leverage = _LEVERAGE.match(words)
    if leverage:
        return f"leverage {next(filter(None, leverage.groups()))}x"
    for noun, called in _NOUNS.items():
        for unit, written in _UNITS.items():
            amount = rf"({NUMBER})\s*(?:{unit})"
            orders = (
                rf"^{_VERB}?{_ARTICLE}(?:{noun}){_LINK}{amount}$",
                rf"^{_VERB}?{_ARTICLE}{amount}\s*(?:的)?(?:{noun})(?:\s+loss)?$",
                rf"^[把将]?(?:{noun}){_ZH_VERB}*\s*{amount}$",
                rf"^{_ZH_VERB}?\s*{amount}\s*的?(?:{noun})$",
            )
            for order in orders:
                found = re.match(order, words)
                if found:
                    return f"{called} {found[1]} {written}"
    return text


def clauses(text: str) -> tuple[str, ...]:
    """The single wishes of a follow-up that joins several."""
    parts = re.split(r"\s*(?:[,;，；、]|\band\b|并且|并|同时|同時|而且)\s*", text)
    return tuple(part for part in parts if part.strip())
