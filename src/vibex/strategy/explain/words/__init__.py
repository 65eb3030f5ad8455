"""The phrase tables of the explanations: one file per language, with the same keys and the same slots in each."""

from __future__ import annotations

from collections.abc import Mapping

from vibex.strategy.draft import Language
from vibex.strategy.explain.words import (
    english,
    english_indicators,
    simplified,
    simplified_indicators,
    traditional,
    traditional_indicators,
)

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": english.WORDS,
    "zh-Hant": traditional.WORDS,
    "zh-Hans": simplified.WORDS,
}
"""Templates by key; slots in braces are filled by `Voice.say`."""

TITLES: Mapping[Language, Mapping[str, str]] = {
    "en": english_indicators.TITLES,
    "zh-Hant": traditional_indicators.TITLES,
    "zh-Hans": simplified_indicators.TITLES,
}
"""What an indicator is called, by its name in the catalogue; the catalogue's own meaning where there is none."""

READS: Mapping[Language, Mapping[str, str]] = {
    "en": english_indicators.READS,
    "zh-Hant": traditional_indicators.READS,
    "zh-Hans": simplified_indicators.READS,
}
"""How traders read an indicator, by its name; `CDL` serves all candlestick patterns."""

__all__ = ["READS", "TITLES", "WORDS"]
