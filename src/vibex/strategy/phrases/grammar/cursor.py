"""A place in a row of tokens. Every rule of the grammar moves it forward on success and leaves it alone on failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from vibex.strategy.phrases.text.tokens import Token

T = TypeVar("T")
_DEEPEST = 8
Memo = dict[tuple[str, int], tuple[object, int]]
"""What a rule found at a place of the row, and where it ended; cursors of one sentence share it."""


class Cursor:
    """Reads tokens by kind; fillers before the wanted token are passed over."""

    def __init__(self, tokens: Sequence[Token], at: int = 0, known: Memo | None = None) -> None:
        self.tokens, self.i = tokens, at
        self.known: Memo = {} if known is None else known
        self.depth = 0

    @property
    def done(self) -> bool:
        return self.i >= len(self.tokens)

    def find(self, kind: str) -> int | None:
        """Where the next token of this kind stands, with nothing but fillers before it."""
        for at in range(self.i, len(self.tokens)):
            token = self.tokens[at]
            if kind in token.senses:
                return at
            if "fill" not in token.senses:
                return None
        return None

    def peek(self, kind: str) -> object | None:
        at = self.find(kind)
        return None if at is None else self.tokens[at].senses[kind]

    def take(self, kind: str) -> object | None:
        """The value of the next token as `kind`, which is passed; None (and nothing passed) when it is not one."""
        at = self.find(kind)
        if at is None:
            return None
        self.i = at + 1
        return self.tokens[at].senses[kind]

    def take_if(self, kind: str, value: object) -> bool:
        if self.peek(kind) == value:
            self.take(kind)
            return True
        return False

    def sign(self, *texts: str) -> str | None:
        """Pass one of these signs; a sign must be the very next token."""
        if not self.done and self.tokens[self.i].text in texts:
            self.i += 1
            return self.tokens[self.i - 1].text
        return None

    def take_if_text(self, *texts: str) -> bool:
        """Pass the next token that is no filler when it is one of these words."""
        at = self.i
        while at < len(self.tokens) and self.tokens[at].is_filler and not self.tokens[at].reads(*texts):
            at += 1
        if at < len(self.tokens) and self.tokens[at].reads(*texts):
            self.i = at + 1
            return True
        return False

    def number(self) -> float | None:
        value = self.take("num")
        return float(value) if isinstance(value, int | float) else None

    def attempt(self, rule: Callable[[Cursor], T | None]) -> T | None:
        """The result of `rule`; on None the place is as before."""
        start = self.i
        result = rule(self)
        if result is None:
            self.i = start
        return result

    def descend(self) -> bool:
        """Enter brackets or what stands behind a "not"; False when they nest deeper than any person writes."""
        if self.depth >= _DEEPEST:
            return False
        self.depth += 1
        return True

    def once(self, rule: Callable[[Cursor], T | None]) -> T | None:
        """The result of `rule` here, read only once per sentence: many statements begin with the same operand."""
        key = (rule.__name__, self.i)
        if key not in self.known:
            start = self.i
            result = rule(self)
            self.known[key] = (result, start if result is None else self.i)
        result, self.i = self.known[key]  # type: ignore[assignment]
        return result

    def first_of(self, *rules: Callable[[Cursor], T | None]) -> T | None:
        for rule in rules:
            result = self.attempt(rule)
            if result is not None:
                return result
        return None

    def skip(self, *kinds: str) -> bool:
        """Pass any number of tokens of these kinds; whether there was one."""
        start = self.i
        while any(self.take(kind) is not None for kind in kinds):
            pass
        return self.i > start
