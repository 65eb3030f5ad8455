"""All tables of the lexicon as one dictionary from phrases to meanings, with longest match and one-letter typos."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cache
from typing import TypeVar

from vibex.strategy.phrases.lexicon import (
    amounts,
    assets,
    candles,
    chatter,
    common_words,
    crosses,
    equities,
    fixed,
    headings,
    indicators,
    numerals,
    outputs,
    parts,
    rarer,
    states,
    timing,
    words,
)
from vibex.strategy.phrases.text.atoms import cut, normalise

Phrase = tuple[str, ...]
Entry = dict[str, object]
Meaning = TypeVar("Meaning", bound=Hashable)
_MIN_TYPO_LETTERS = 5


class Lexicon:
    """Phrases to entries; an entry maps each kind of the grammar to the value that the phrase has as such."""

    def __init__(self) -> None:
        self.entries: dict[Phrase, Entry] = {}
        self.headings: dict[Phrase, str] = {}
        self.longest: dict[str, int] = {}
        self.vocabulary: set[str] = set(common_words.WORDS)
        self._missing_one: dict[str, set[str]] = {}
        self._no_targets: set[str] = set()

    def add(self, kind: str, value: object, phrases: str) -> None:
        for phrase in phrases.split(" | ") if " | " in phrases else [phrases]:
            key = phrase_of(phrase)
            if not key:
                continue
            self.entries.setdefault(key, {}).setdefault(kind, value)
            self.longest[key[0]] = max(self.longest.get(key[0], 1), len(key))
            self.vocabulary.update(key)

    def add_table(self, kind: str, table: Mapping[Meaning, str]) -> None:
        for value, phrases in table.items():
            self.add(kind, value, phrases)

    def never_meant(self, words: set[str]) -> None:
        """Words that no typo is read as: a slip must not refuse a request."""
        self._no_targets |= words

    def finish(self) -> None:
        """Index the words by what is left of them without one letter."""
        for word in self.vocabulary - self._no_targets:
            if len(word) >= 4 and word.isascii() and word.isalpha():
                for part in _without_one(word):
                    self._missing_one.setdefault(part, set()).add(word)

    def is_known(self, word: str) -> bool:
        return word in self.vocabulary

    def repaired(self, word: str) -> str | None:
        """The one known word that `word` is one letter away from (left out, added, changed, two swapped)."""
        if len(word) > 1 and word.endswith("s") and word[:-1] in self.vocabulary:
            return word[:-1]
        if f"{word}s" in self.vocabulary:
            return None
        if len(word) < _MIN_TYPO_LETTERS or not word.isascii():
            return None
        near = {each for part in _without_one(word) for each in self._missing_one.get(part, ())}
        near = {each for each in near if len(each) >= 4 and _one_apart(word, each)}
        stems = {each.rstrip("s") for each in near}
        return min(near, key=lambda each: (abs(len(each) - len(word)), each)) if len(stems) == 1 else None


def phrase_of(text: str) -> Phrase:
    return tuple(atom.text for atom in cut(normalise(text.strip())))


def _without_one(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _one_apart(a: str, b: str) -> bool:
    """Damerau distance 1."""
    if len(a) == len(b):
        differ = [i for i in range(len(a)) if a[i] != b[i]]
        if len(differ) == 2 and differ[1] == differ[0] + 1:
            i, j = differ
            return a[i] == b[j] and a[j] == b[i]
        return len(differ) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


@cache
def lexicon() -> Lexicon:
    """The one lexicon, built on first use."""
    found = Lexicon()
    _add_words(found)
    _add_parts(found)
    _add_series(found)
    _add_assets(found)
    _add_chatter(found)
    found.finish()
    return found


def _add_words(to: Lexicon) -> None:
    to.add_table("price", words.PRICES)
    to.add_table("cmp", words.COMPARISONS)
    to.add_table("cmp_behind", words.COMPARISONS_BEHIND)
    for op, (verbs, directions) in (*words.STAYS.items(), *crosses.CROSS_VERBS.items(), *crosses.THROUGH.items()):
        for verb in verbs.split(" | "):
            for direction in directions.split(" | "):
                to.add("cmp", op, f"{verb} {direction}")
    to.add_table("cmp", crosses.CROSSES)
    for op, (verbs, ways) in crosses.CROSS_WAYS.items():
        for verb in verbs.split(" | "):
            for way in ways.split(" | "):
                to.add("cmp", op, f"{verb} {way}")
    to.add("cmp", "breaks", crosses.BREAKS)
    to.add("cross", True, crosses.CROSSES_ANYHOW)
    to.add_table("cross_behind", crosses.CROSS_BEHIND)
    to.add_table("cross_noun", crosses.CROSS_NOUNS)
    to.add_table("mood", states.MOODS)
    to.add("turn", True, states.TURNS)
    to.add_table("trend", states.TRENDS)
    to.add_table("closes_toward", states.CLOSES_TOWARD)
    to.add_table("colour", states.CANDLE_COLOURS)
    to.add_table("day_move", states.DAY_MOVES)
    to.add_table("percent_move", states.PERCENT_MOVES)
    to.add_table("gap", states.GAPS)
    to.add_table("alignment", states.ALIGNMENTS)
    to.add("average_of", "day", states.DAY_AVERAGES)
    to.add("average_of", "week", states.WEEK_AVERAGES)
    to.add_table("zero_cross", crosses.ZERO_CROSSES)
    to.add_table("breakout", states.BREAKOUTS)
    to.add_table("volume_mood", states.VOLUME_MOODS)
    to.add("new_extreme", True, states.NEW_EXTREME)
    to.add("touch", True, crosses.TOUCHES)
    to.add_table("bounce", crosses.BOUNCES)
    to.add("held", True, crosses.HELD)
    to.add("near_behind", True, crosses.NEAR_BEHIND)
    to.add_table("stretched", states.STRETCHED)
    for kind, phrases in words.CONNECTIVES.items():
        to.add(kind, True, phrases)
    to.add_table("unit", timing.UNITS)
    to.add("ago", True, timing.AGO)
    to.add("last", True, timing.LAST)
    to.add("previous", True, timing.PREVIOUS)
    to.add("in_a_row", True, timing.IN_A_ROW)
    to.add("current", True, timing.CURRENT)
    to.add_table("weekday", timing.WEEKDAYS)
    to.add_table("month", timing.MONTHS)
    to.add_table("zone", timing.ZONES)
    to.add_table("daypart", timing.DAYPARTS)
    to.add_table("session", timing.SESSIONS)
    to.add_table("phrase", fixed.FIXED)
    to.add_table("extreme", fixed.EXTREMES)
    to.add("own", True, fixed.OWN)
    to.add("length_word", True, fixed.LENGTH_WORDS)
    to.add_table("number", numerals.WORDS)
    to.add_table("multiple", numerals.MULTIPLES)
    to.add("pct", True, numerals.PERCENT)
    to.add("bps", True, numerals.BASIS_POINTS)


def _add_parts(to: Lexicon) -> None:
    to.add_table("act", parts.ACTIONS)
    to.add_table("only_side", parts.ONLY_SIDE)
    to.add_table("combine", parts.COMBINE)
    to.add("excluded", True, amounts.EXCLUDED)
    to.add("small_unit", "second", amounts.SMALL_UNITS)
    to.add_table("order", amounts.ORDERS)
    to.add_table("fraction", parts.FRACTIONS)
    to.add_table("tf", amounts.TIMEFRAMES)
    for kind in (
        "opposite_signal", "stop", "loss", "target", "profit", "trail", "break_even", "move_stop", "entry_point",
        "hold", "size", "equity", "all_in", "risk", "per_trade", "vol_target", "vol_noun", "lookback", "quantity",
        "money", "leverage", "times_sign", "good_for", "trades", "per_day", "maximum", "cooldown", "daily_loss",
        "drawdown", "peak", "nothing",
        "stop_trading", "lose", "benchmark", "buy_and_hold", "session_close", "flat", "overnight", "ignore_opposite",
        "no_stop", "no_target", "no_leverage", "risk_multiple", "reward_ratio", "timeframe_nouns", "heading_words",
        "heading_any",
    ):  # fmt: skip
        to.add(kind, True, _phrases_called(kind.upper()))
    for role, phrases in headings.HEADINGS.items():
        for phrase in phrases.split(" | "):
            to.headings.setdefault(phrase_of(phrase), role)
            to.vocabulary.update(phrase_of(phrase))


def _phrases_called(name: str) -> str:
    """The row of that name, in whichever table it stands."""
    return next(str(getattr(table, name)) for table in (parts, amounts, headings) if hasattr(table, name))


def _add_series(to: Lexicon) -> None:
    for known in (*indicators.INDICATORS, *rarer.RARER):
        to.add("ind", known, known.phrases)
    to.add_table("derived", outputs.DERIVED)
    to.add_table("output", outputs.OUTPUTS)
    to.add_table("candle", candles.CANDLES)
    to.add("inside_bar", "inside", candles.INSIDE_BARS)
    to.add("inside_bar", "outside", candles.OUTSIDE_BARS)
    to.add("average_volume", True, fixed.AVERAGE_VOLUME)


def _add_assets(to: Lexicon) -> None:
    for base, names in assets.CRYPTO.items():
        to.add("asset", ("crypto", f"{base}/USDT"), f"{base} | {names}" if names else base)
    for ticker, names in equities.US.items():
        to.add("asset", ("us_equity", ticker), f"{ticker} | {names}" if names else ticker)
    for code, names in equities.HK.items():
        to.add("asset", ("hk_equity", f"{code}.HK" if code.isdigit() else code), names)
    to.add("market_word", "us_equity", assets.STOCK_WORDS)
    to.add("market_word", "hk_equity", assets.HK_WORDS)
    to.add("market_word", "crypto", assets.CRYPTO_WORDS)


def _add_chatter(to: Lexicon) -> None:
    to.add("fill", True, chatter.FILLERS)
    for kind, row in chatter.PREPOSITIONS.items():
        to.add(kind, True, row)
        to.add("prep", True, row)
    to.add("pronoun", True, chatter.PRONOUNS)
    to.add("chat", True, chatter.CHATTER)
    before = set(to.vocabulary)
    to.add_table("outside", chatter.OUTSIDE)
    to.add("certain_profit", True, chatter.CERTAIN_PROFIT)
    to.add("injection", True, chatter.INJECTION)
    to.never_meant(to.vocabulary - before)
    to.add("vague", True, chatter.VAGUE)
