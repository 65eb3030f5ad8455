"""The words of a request with their possible meanings, and where each stands in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, sign or fixed phrase.

    `senses` maps a kind of the grammar ("cmp", "stop", "unit" …) to the value it has as such; the grammar picks the
    one that fits. A word that no table knows has none. `start`, `end` are offsets in the text as it was written.
    """

    text: str
    start: int
    end: int
    senses: Mapping[str, object] = field(default_factory=dict)

    def has(self, *kinds: str) -> bool:
        return any(kind in self.senses for kind in kinds)

    def reads(self, *texts: str) -> bool:
        """Whether the token is one of these words; the characters of a Chinese word are kept apart in `text`."""
        return self.text in texts or self.text.replace(" ", "") in texts

    @property
    def is_filler(self) -> bool:
        return "fill" in self.senses


@dataclass(frozen=True, slots=True)
class Typo:
    """A word that was read as another one, because it is one letter away from it."""

    written: str
    read: str
    start: int
