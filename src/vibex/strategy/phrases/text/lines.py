"""The shape of a text: lines, headings and labels with their roles, bullets, sentences.

A role says what the lines under a heading are about: "entry", "exit.long", "stop_loss", "sizing" … and "" for none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vibex.strategy.phrases.lexicon import lexicon
from vibex.strategy.phrases.text.atoms import Atom, cut, normalise
from vibex.strategy.phrases.text.lexer import lex
from vibex.strategy.phrases.text.tokens import Token, Typo

_MARKER = re.compile(
    r"\s*(?:[#>]+\s*|[-*•·▪●‣–➤►▶✓✔~]+\s+|[\u2460-\u2473]\s*|\d\ufe0f?\u20e3\s*|[-•·●]+(?=[^\s\d>-])|\(?\d{1,2}[.)、]\s+|\d{1,2}[、.](?=[^\d\s])|[一二三四五六七八九十]{1,2}[、.]\s*|[a-e][.)]\s+)+"
)
_LEADER = re.compile(r"[ .]{0,2}\.{3,}[ .]*(?=\S)|\s+\.{2,}\s+")
_RISK_LABEL = re.compile(
    r"\W*(?:max |maximum )?risk(?: per (?:trade|position)| %)?\W*|\W*(?:单笔|每笔|單筆|每筆)?(?:风险|風險)\W*",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\W*(?:condition|rule|signal|trigger|filter|criterion|step|条件|信号|條件|信號) ?#?\d?\W*", re.IGNORECASE
)
_SIDES = {"entry.long": "long", "entry.short": "short", "exit.long": "long", "exit.short": "short"}
_BARE_SIDES = frozenset({"long", "longs", "short", "shorts", "做多", "做空", "多单", "空单", "多头", "空头"})
_MAX_LABEL = 8
_LABEL_REACH = 100  # characters in which a label inside a line must have its colon


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Tokens up to a full stop. `line` and `block` number lines and the parts under one heading."""

    tokens: tuple[Token, ...]
    role: str
    line: int
    block: int
    any_of: bool = False
    bullet: bool = False


def sentences_of(text: str) -> tuple[list[Sentence], list[Typo]]:
    """The sentences of a text with the roles that headings and labels give them."""
    return _Reader(text).run()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = _plain(text)
        self.role, self.block, self.any_of, self.parent = "", 0, False, ""
        self.sentences: list[Sentence] = []
        self.typos: list[Typo] = []

    def run(self) -> tuple[list[Sentence], list[Typo]]:
        start = 0
        for number, line in enumerate(self.text.split("\n")):
            for first, last in _labelled_parts(line):
                self._line(line[first:last], start + first, number)
            start += len(line) + 1
        return self.sentences, self.typos

    def _line(self, line: str, start: int, number: int) -> None:
        marker = _MARKER.match(line)
        begin = marker.end() if marker and marker.group().strip() else 0
        bullet = begin > 0
        if not line.strip():
            return
        label = _label(line[begin:])
        if label is None:
            self._tokens(start + begin, start + len(line), self.role, number, bullet)
            return
        role, length, any_of, asides = label
        role = self._nested(role, line[begin : begin + length])
        if role == "risk" and line[begin + length :].strip() and _RISK_LABEL.fullmatch(line[begin : begin + length]):
            role = "risk_share"
        rest = line[begin + length :]
        for first, last in asides:
            self._tokens(start + begin + first, start + begin + last, role, number, bullet)
        if rest.strip(" :=*_"):
            self._tokens(start + begin + length, start + len(line), role, number, bullet, any_of=any_of, own=not bullet)
        else:
            self.role, self.any_of = role, any_of
            self.parent = role if not (bullet and role in _SIDES) else self.parent
            self.block += 1

    def _nested(self, role: str, written: str) -> str:
        """A bare side under an exit heading means the exit of that side."""
        word = normalise(written).strip(" :=*_")
        if self.role.startswith(("entry", "exit")) and _COUNTED.fullmatch(written):
            return self.role  # "Condition 2: …" below "Entry"
        if (
            role in ("entry.long", "entry.short")
            and self.parent.startswith("exit")
            and word in _BARE_SIDES | {"long spread", "short spread"}
        ):
            return f"exit.{_SIDES[role]}"
        return role

    def _tokens(
        self, start: int, end: int, role: str, line: int, bullet: bool, *, any_of: bool = False, own: bool = False
    ) -> None:
        letters = [letter for letter in self.text[start:end] if letter.isascii() and letter.isalpha()]
        lexed = lex(self.text, start, end, sum(map(str.isupper, letters)) > max(0.6 * len(letters), 20))
        self.typos += lexed.typos
        block = self.block
        if own:
            self.block += 1
            block = 10_000 + self.block
        current: list[Token] = []
        depth = 0
        for token in lexed.tokens:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.has("stop_sign") and depth <= 0:
                self._sentence(current, role, line, block, any_of or self.any_of, bullet)
                current = []
            else:
                current.append(token)
        self._sentence(current, role, line, block, any_of or self.any_of, bullet)

    def _sentence(self, tokens: list[Token], role: str, line: int, block: int, any_of: bool, bullet: bool) -> None:
        if tokens:
            self.sentences.append(
                Sentence(tokens=tuple(tokens), role=role, line=line, block=block, any_of=any_of, bullet=bullet)
            )


def _labelled_parts(line: str) -> list[tuple[int, int]]:
    """Where sentences of a line start with a label of their own ("Entry: … Exit: …")."""
    cuts = [0]
    for stop in re.finditer(r"[.;。；]\s*", line):
        at = stop.end()
        label = _label(line[at : at + _LABEL_REACH]) if at < len(line) else None
        if label is not None and line[at : at + label[1]].rstrip()[-1:] in (":", "：", "="):
            cuts.append(at)
    return list(zip(cuts, [*cuts[1:], len(line)], strict=True))


def _plain(text: str) -> str:
    """Without marks of emphasis, dot leaders and lenticular brackets as labels; of the same length."""
    plain = re.sub(r"\*\*|__|`", lambda found: " " * len(found.group()), text)
    plain = re.sub(r"\((?:[a-hA-H]|i{1,3}|iv|v)\)(?= )", lambda found: " " * len(found.group()), plain)
    plain = re.sub(r"(?<=[:,;.]) *\(\d\)(?= )", lambda found: " " * len(found.group()), plain)
    plain = re.sub(r"(?m)^[ \t]*\|.*\|[ \t]*$", lambda found: found.group().replace("|", " "), plain)
    plain = plain.replace("【", " ").replace("】", ":").replace("\r", " ")
    plain = re.sub(r"(?m)^[ \t]*[-=_*~]{3,}[ \t]*$", lambda found: " " * len(found.group()), plain)
    plain = re.sub(r"(?m)^[ \t]*[=~]{2,}|[=~]{2,}[ \t]*$", lambda found: " " * len(found.group()), plain)
    return _LEADER.sub(lambda found: _leader(found, plain), plain)


def _leader(found: re.Match[str], text: str) -> str:
    """Dots between a label and its value are a colon; an ellipsis inside prose is a full stop."""
    head = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
    head = _MARKER.sub("", head) if _MARKER.match(head) else head
    label = _role_of(cut(normalise(head))) is not None and len(found.group().strip()) > (1 if head.strip() else 3)
    return (":" if label else ".").ljust(len(found.group()))


def _label(line: str) -> tuple[str, int, bool, list[tuple[int, int]]] | None:
    """Role, length, whether any of its conditions suffices, and asides in brackets, of a heading or label."""
    normal = normalise(line)
    colon = re.search(r"[:=](?![=>])(?<![<>=!]=)|->", normal)
    if colon is None or colon.group() == "->":
        found = _whole_line(normal, labelled=False)
        return None if found is None else (found[0], len(line), found[1], found[2])
    head = normal[: colon.start()]
    if re.search(r"\d$", head) and re.match(r"\d", normal[colon.end() :]):
        return None  # a time of day
    found = _whole_line(head, labelled=True)
    return None if found is None else (found[0], colon.end(), found[1], found[2])


def _whole_line(head: str, *, labelled: bool) -> tuple[str, bool, list[tuple[int, int]]] | None:
    bare, asides = head, []
    for bracket in re.finditer(r"\(([^()]*)\)", head):
        bare = bare[: bracket.start()] + " " * len(bracket.group()) + bare[bracket.end() :]
        asides.append((bracket.start(1), bracket.end(1)))
    atoms = cut(bare)
    if re.search(r"[.;!?]\s", bare) or any(atom.kind in ("pair", "hk", "time", "date") for atom in atoms):
        return None
    if not 1 <= len(atoms) <= _MAX_LABEL:
        return None
    if any(atom.text == "%" for atom in atoms) or (not labelled and any(atom.kind == "num" for atom in atoms)):
        return None
    role = _role_of(atoms)
    if role is None:
        return None
    role, asides = _sided(role, head, asides)
    words = lexicon().entries
    any_of = any("heading_any" in words.get((atom.text,), {}) for atom in cut(head)) or any(
        word in head for word in ("任一", "any of", "任意")
    )
    return role, any_of, asides


def _sided(role: str, head: str, asides: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """ "Entry (long)": a side in brackets belongs to the heading."""
    kept = []
    for first, last in asides:
        inner = head[first:last].strip()
        if role in ("entry", "exit") and inner in _BARE_SIDES | {"buy", "sell", "多", "空"}:
            side = (
                "short"
                if inner in ("short", "shorts", "做空", "空单", "空头", "空") or (inner == "sell" and role == "entry")
                else "long"
            )
            role = f"{role}.{side}"
        else:
            kept.append((first, last))
    return role, kept


def _role_of(atoms: list[Atom]) -> str | None:
    """The role that these words name together; None when one of them is no word of a heading."""
    words = lexicon()
    texts = [atom.text for atom in atoms if atom.text.isalnum()]
    if tuple(texts) in words.headings:
        return words.headings[tuple(texts)]
    roles: list[str] = []
    i = 0
    while i < len(texts):
        for length in range(min(4, len(texts) - i), 0, -1):
            if tuple(texts[i : i + length]) in words.headings:
                roles.append(words.headings[tuple(texts[i : i + length])])
                i += length
                break
        else:
            length = _passed(texts, i)
            if length == 0:
                return None
            i += length
    return _together(roles)


def _passed(texts: list[str], i: int) -> int:
    """How many words here may stand in a heading without giving it a role: "rules", "on 1h", a number."""
    words = lexicon()
    for length in range(min(4, len(texts) - i), 0, -1):
        entry = words.entries.get(tuple(texts[i : i + length]), {})
        if entry.keys() & {"heading_words", "tf"} and "act" not in entry:
            return length
    return 1 if texts[i].isdigit() and int(texts[i]) <= 9 and i > 0 else 0


def _together(roles: list[str]) -> str | None:
    if not roles:
        return None
    leaving = any(role.startswith("exit") for role in roles)
    sides = {_SIDES[role] for role in roles if role in _SIDES and role != "exit.long"}
    if leaving and len(roles) > 1:
        return f"exit.{sides.pop()}" if len(sides) == 1 else "exit"
    if "entry" in roles and len(sides) == 1:
        return f"entry.{sides.pop()}"
    if {"stop_loss", "take_profit"} <= set(roles):
        return "risk"
    return roles[0] if roles[0] != "entry" or len(roles) == 1 else roles[1]
