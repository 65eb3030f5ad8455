"""Cuts a text into tokens: longest phrase of the lexicon first, numbers in any writing, one-letter typos read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vibex.strategy.phrases.lexicon import Lexicon, lexicon
from vibex.strategy.phrases.lexicon.assets import AMBIGUOUS
from vibex.strategy.phrases.text.atoms import Atom, cut, normalise, number_value
from vibex.strategy.phrases.text.hanzi import MYRIADS, NUMERALS, numeral
from vibex.strategy.phrases.text.tokens import Token, Typo

_NEVER_BARE = frozenset({"ma", "v", "t", "c", "f", "ms", "low", "op", "li", "cost", "shop", "all", "cat", "ga"})
_JOINED = re.compile(r"([a-z0-9]+?)(usdt|usdc|busd|perp)(?:\.p)?$")
_PERCENT_OF = "百分之"


@dataclass
class Lexed:
    tokens: list[Token] = field(default_factory=list)
    typos: list[Typo] = field(default_factory=list)


def lex(text: str, start: int, end: int, shouting: bool = False) -> Lexed:
    """The tokens of text[start:end]; `shouting`: the text is all in capitals, so that capitals say nothing."""
    return _Lexer(text, cut(normalise(text[start:end]), start), shouting).run()


class _Lexer:
    def __init__(self, text: str, atoms: list[Atom], shouting: bool) -> None:
        self.text, self.shouting = text, shouting
        self.found, self.words = Lexed(), lexicon()
        self.atoms = [self._spelled(atom) for atom in atoms]

    def _spelled(self, atom: Atom) -> Atom:
        if atom.kind != "word" or self.words.is_known(atom.text):
            return atom
        written = self.text[atom.start : atom.end]
        if written.isupper() and len(written) <= 5 and not self.shouting:
            return atom  # a ticker that no table has, rather than a typo
        read = self.words.repaired(atom.text)
        if read is None:
            return atom
        if read != atom.text.removesuffix("s"):
            self.found.typos.append(Typo(written, read, atom.start))
        return Atom(read, atom.kind, atom.start, atom.end)

    def run(self) -> Lexed:
        i = 0
        while i < len(self.atoms):
            i = self._special(i) or self._phrase(i) or self._number(i) or self._unknown(i)
        return self.found

    def _emit(self, first: int, last: int, senses: dict[str, object]) -> int:
        start, end = self.atoms[first].start, self.atoms[last - 1].end
        text = " ".join(atom.text for atom in self.atoms[first:last])
        self.found.tokens.append(Token(text, start, end, senses))
        return last

    def _special(self, i: int) -> int | None:
        atom = self.atoms[i]
        match atom.kind:
            case "pair":
                return self._emit(i, i + 1, _pair_senses(atom.text))
            case "hk":
                code = f"{int(re.sub(r'[^0-9]', '', atom.text)):04d}.HK"
                return self._emit(i, i + 1, {"asset": ("hk_equity", code), "explicit": True})
            case "date":
                year, month, day = re.split("[-/]", atom.text)
                return self._emit(i, i + 1, {"date": f"{year}-{int(month):02d}-{int(day):02d}"})
            case "time":
                return self._emit(i, i + 1, {"time": _time(atom.text)})
        return None

    def _phrase(self, i: int) -> int | None:
        """The longest phrase that starts here, if it says more than a number would."""
        longest = self.words.longest.get(self.atoms[i].text, 0)
        for length in range(min(longest, len(self.atoms) - i), 0, -1):
            key = tuple(atom.text for atom in self.atoms[i : i + length])
            entry = self.words.entries.get(key)
            if entry is None or (length == 1 and self.atoms[i].text in NUMERALS):
                continue
            if self.atoms[i].kind == "num" and length == 1:
                continue
            senses = self._senses(i, length, entry)
            if "number" in senses:
                return self._number_words(i)
            if senses:
                return self._emit(i, i + length, senses)
        return None

    def _senses(self, i: int, length: int, entry: dict[str, object]) -> dict[str, object]:
        senses = dict(entry)
        first = self.atoms[i]
        if "asset" in senses and length == 1 and (first.text in AMBIGUOUS or first.text in _NEVER_BARE):
            marked = i > 0 and self.atoms[i - 1].text == "$"
            capitals = self.text[first.start : first.end].isupper() and not self.shouting
            if not marked and (first.text in _NEVER_BARE or not capitals):
                del senses["asset"]
        if "tf" in senses:
            amount, unit = self._amount(i, length)
            if amount:
                senses |= {"quantity_of": (amount, unit)}
        return senses

    def _amount(self, i: int, length: int) -> tuple[float, str]:
        """What a timeframe such as "15 minutes" is as a duration."""
        if length < 2:
            return 0.0, ""
        first = self.atoms[i]
        words = {"one": 1, "five": 5, "fifteen": 15, "thirty": 30, "four": 4, "一": 1, "五": 5, "四": 4}
        count = number_value(first.text) if first.kind == "num" else words.get(first.text, 0)
        unit = self.words.entries.get(tuple(atom.text for atom in self.atoms[i + 1 : i + length]), {}).get("unit")
        return (float(count), str(unit)) if unit else (0.0, "")

    def _number_words(self, i: int) -> int:
        """ "twenty five", "two hundred"."""
        total, j, last = 0.0, i, 0.0
        while j < len(self.atoms):
            value = self.words.entries.get((self.atoms[j].text,), {}).get("number")
            if not isinstance(value, int | float):
                break
            if value == 100 and j > i:
                total *= 100
            elif j > i and not (last >= 20 and last % 10 == 0 and 0 < value < 10):
                break
            else:
                total += value
            last, j = float(value), j + 1
        tail = tuple(atom.text for atom in self.atoms[j : j + 2])
        if tail == ("and", "half"):
            total, j = total + 0.5, j + 2  # "two and a half percent"
        senses: dict[str, object] = {"num": total, "spelled": True}
        single = self.words.entries.get((self.atoms[i].text,), {}) if j == i + 1 else {}
        return self._emit(i, j, {**{k: v for k, v in single.items() if k != "number"}, **senses})

    def _number(self, i: int) -> int | None:
        atom = self.atoms[i]
        value: float | None
        if atom.kind == "num" and (code := self._hk_code(atom.text)):
            return self._emit(i, i + 1, {"asset": ("hk_equity", code), "explicit": True})
        if atom.kind == "num":
            scale = self._scale(i + 1)
            value = number_value(atom.text) * (scale or 1)
            return self._emit(i, i + (2 if scale else 1), {"num": value} | _sign(atom.text))
        if "".join(a.text for a in self.atoms[i : i + 3]) == _PERCENT_OF:
            return self._percent_of(i)
        j = i
        while j < len(self.atoms) and self.atoms[j].text in NUMERALS:
            j += 1
        value = numeral("".join(a.text for a in self.atoms[i:j])) if j > i else None
        return None if value is None else self._emit(i, j, {"num": value, "spelled": True})

    def _scale(self, i: int) -> float | None:
        """ "5万" is 50,000."""
        return MYRIADS.get(self.atoms[i].text) if i < len(self.atoms) else None

    def _hk_code(self, text: str) -> str | None:
        """ "0700", or the number of the company that was just named."""
        if not text.isdigit() or not 3 <= len(text) <= 5:
            return None
        code = f"{int(text):04d}.HK"
        before = self.found.tokens[-1].senses.get("asset") if self.found.tokens else None
        return code if text.startswith("0") or (isinstance(before, tuple) and before[1] == code) else None

    def _percent_of(self, i: int) -> int | None:
        """百分之五 reads as 5 %."""
        before = len(self.found.tokens)
        j = self._number(i + 3) if i + 3 < len(self.atoms) else None
        if j is None:
            return None
        number = self.found.tokens[before]
        self.found.tokens[before] = Token(number.text, self.atoms[i].start, number.end, number.senses)
        self.found.tokens.append(Token("%", number.end, number.end, {"pct": True}))
        return j

    def _unknown(self, i: int) -> int:
        atom = self.atoms[i]
        senses: dict[str, object] = {}
        if atom.kind == "word":
            written = self.text[atom.start : atom.end]
            marked = i > 0 and self.atoms[i - 1].text == "$"
            if (written.isupper() and not self.shouting and 2 <= len(written) <= 5) or marked:
                senses = {"ticker": written.upper(), "marked": True} if marked else {"ticker": written}
        elif atom.kind in ("other", "op") and not atom.text.isalnum():
            senses = {"sign": atom.text}
            if atom.text in ",;.!?:":
                senses["break" if atom.text in ",:" else "stop_sign"] = atom.text
        return self._emit(i, i + 1, senses)


def _sign(text: str) -> dict[str, object]:
    return {"signed": True} if text[0] in "+-" else {}


def _pair_senses(text: str) -> dict[str, object]:
    joined = _JOINED.match(text)
    parts = re.split("[/_-]", text)
    if len(parts) >= 2:
        base, quote = parts[0], re.sub(r"[.:].*", "", parts[1])
    elif joined:
        base, quote = joined[1], joined[2]
    else:
        base, quote = text, "usdt"
    quote = "usdt" if quote == "perp" else quote
    senses: dict[str, object] = {"asset": ("crypto", f"{base.upper()}/{quote.upper()}"), "explicit": True}
    if quote in ("btc", "eth") and len(parts) == 2:
        senses["legs"] = (f"{base.upper()}/USDT", f"{quote.upper()}/USDT")
    return senses


def _time(text: str) -> str:
    digits = re.findall(r"\d+", text)
    hour, minute = int(digits[0]), int(digits[1]) if len(digits) > 1 else 0
    if "p" in text and hour < 12:
        hour += 12
    if "a" in text and hour == 12:
        hour = 0
    return f"{hour:02d}:{minute:02d}"


__all__ = ["Lexed", "Lexicon", "lex"]
