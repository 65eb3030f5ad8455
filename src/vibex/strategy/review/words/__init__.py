"""The wording of the findings: one file per language, with the same codes and the same slots in each."""

from __future__ import annotations

from collections.abc import Mapping

from vibex.strategy.draft import Language
from vibex.strategy.review.words import english, simplified, traditional

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": english.WORDS,
    "zh-Hant": traditional.WORDS,
    "zh-Hans": simplified.WORDS,
}

__all__ = ["WORDS"]
