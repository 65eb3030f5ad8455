"""Settles what single statements leave open, in the order of the text: "it", "the middle band", lengths said elsewhere.

An indicator without parameters means the one of that name spoken of before, else after; without either, the
catalogue's customary parameters. Every such choice that the text does not force is reported.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from vibex.strategy.phrases.grammar.comparisons import cross_of
from vibex.strategy.phrases.grammar.series import AVERAGES, CHANNELS
from vibex.strategy.phrases.grammar.terms import (
    CLOSE,
    Calc,
    Compare,
    Condition,
    Counted,
    Group,
    Num,
    Operand,
    Series,
    all_of,
)
from vibex.strategy.phrases.lexicon.indicators import INDICATORS
from vibex.strategy.phrases.lexicon.rarer import RARER
from vibex.strategy.phrases.meaning.memory import Memory, are_alike, is_average, key_of, with_input

_PRICE_LIKE = AVERAGES | CHANNELS | {
    "open", "high", "low", "close", "hl2", "hlc3", "ohlc4", "MAX", "MIN", "VWAP", "SAR", "SUPERTREND", "ATR_TRAIL",
    "PIVOT", "OPENING_RANGE", "SESSION", "?band", "?previous_session", "?session", "?ma",
}  # fmt: skip
NEEDS_LENGTH = frozenset(known.name for known in (*INDICATORS, *RARER) if known.needs_length)


class Settler:
    """Walks conditions and operands in text order; `problems` collects (field, message) of what stays open."""

    def __init__(self) -> None:
        self.now, self.ahead = Memory(), Memory()
        self.learning = False
        self.problems: list[tuple[str, str]] = []
        self.assumed: list[tuple[str, str]] = []
        self.is_pair = False
        self.both_sides = False

    def learn(self, series: Series) -> None:
        """Take note of an indicator that is only mentioned."""
        series = self._named(series)
        if series.name not in AVERAGES | CHANNELS | {"ATR", "OPENING_RANGE"} and self.now.comparison is None:
            self.now.level_left = self._series(series, CLOSE)
        self.now.note(series)

    def condition(self, found: Condition) -> Condition:
        match found:
            case Compare():
                return self._compare(found)
            case Group(kind, items):
                return Group(kind, tuple(self.condition(item) for item in items))
            case Counted(kind, count, items, times, unit):
                return Counted(kind, count, tuple(self.condition(item) for item in items), times, unit)
            case _:
                return found

    def operand(self, found: Operand, subject: Operand = CLOSE) -> Operand:
        match found:
            case Series():
                return self._series(found, subject)
            case Calc(op, args):
                return Calc(op, tuple(self.operand(arg, subject) for arg in args))
            case _:
                return found

    def _compare(self, found: Compare) -> Condition:
        left, right = found.left, found.right
        last = self.now.comparison
        if isinstance(left, Series) and left.name == "?it":
            left = self._it(right)
            if isinstance(left, Series) and left.name.startswith("CDL"):
                self._problem("entry", "a number is compared with nothing that the text names: with what?")
        if isinstance(left, Series) and left.name == "?aligned":
            return self._aligned(found.op)
        if isinstance(left, Series) and left.name == "?closes":
            left = self._closing(right, last)
        if isinstance(left, Series) and left.name in ("?first", "?second"):
            left = CLOSE if last is None else last.left if left.name == "?first" else last.right
            return Compare(left, found.op, self.operand(right))
        if isinstance(left, Calc) and left.op == "abs" and isinstance(left.args[0], Calc) and left.args[0].op == "sub":
            return self._distance(left.args[0].args, found.op, right)
        if isinstance(left, Series) and left.name == "?ma" and isinstance(right, Series):
            left = replace(left, name=right.name if right.name in AVERAGES else self.now.average or "SMA")
        counts = found.op in ("rising", "falling")  # the number on their right counts bars
        left = self._number_alias(left, right)
        if not counts and isinstance(left, Series) and left.name in AVERAGES | {"close", "low", "high"}:
            alias = self._number_alias(right, Series(name="SMA"))
            if alias != right and left.name not in AVERAGES:
                self._assume("entry", "a bare number that is the length of a named average is read as that average")
            right = alias
        if isinstance(left, Series) and left.open_question == "golden cross":
            if self.now.pair:
                left, right = self.now.pair
            elif self.now.oscillator and not self.now.average and (found_cross := cross_of(self.now.oscillator, "up")):
                left, right = found_cross.left, found_cross.right
        left = self.operand(left)
        right = self._right(left, right, last)
        if isinstance(left, Num):
            self._problem("entry", f"the number {left.value:g} stands where an indicator should: which one is meant?")
        if found.op == "crosses?" and not self.both_sides:
            self._problem("entry", "the text names a cross but not its direction: should it be upwards or downwards?")
            return Compare(left, "crosses_above", right)
        if isinstance(right, Num) and right.percent and self._is_price_like(left):
            self._problem("entry", f"{right.value:g}% of what? A price cannot be compared with a percentage")
        if isinstance(left, Series) and left.timeframe and isinstance(right, Series) and not right.timeframe:
            right = replace(right, timeframe=left.timeframe)
        settled = Compare(left, found.op, right)
        self.now.comparison = settled
        if isinstance(right, Num):
            self.now.level_left = left
        if "cross" in found.op and isinstance(left, Series) and isinstance(right, Series) and are_alike(left, right):
            self.now.pair = (left, right)
        return settled

    def _aligned(self, op: str) -> Condition:
        """The averages that the text has named, the shortest first."""
        known = {dict(each.params)["timeperiod"]: each for each in self.now.declared if each.name == self.now.average}
        lines = [known[size] for size in sorted(known)]
        if len(lines) < 2:
            self._problem("entry", "which averages are in order? Name at least two")
            return Compare(CLOSE, op, CLOSE)
        return all_of([Compare(one, op, other) for one, other in itertools.pairwise(lines)])

    def _closing(self, right: Operand, last: Compare | None) -> Operand:
        """What "closes" above a level: the oscillator that has just been compared with it, else the price."""
        if last is None or not isinstance(right, Num) or last.right != right or self._is_price_like(last.left):
            return CLOSE
        return replace(last.left, shift=0) if isinstance(last.left, Series) else last.left

    def _distance(self, ends: tuple[Operand, ...], op: str, right: Operand) -> Compare:
        """ "within 1% of its average": whose average is seen from the left end."""
        one = self.operand(ends[0])
        other = self._right(one, ends[1], None)

        def put(found: Operand) -> Operand:
            if found == ends[1]:
                return other
            return (
                Calc(found.op, tuple(put(arg) for arg in found.args))
                if isinstance(found, Calc)
                else self.operand(found, one)
            )

        return Compare(Calc("abs", (Calc("sub", (one, other)),)), op, put(right))

    def _right(self, left: Operand, right: Operand, last: Compare | None) -> Operand:
        if isinstance(right, Series) and right.name == "?then":
            return replace(left if isinstance(left, Series) else CLOSE, shift=right.shift, unit=right.unit)
        if isinstance(right, Series) and right.name == "?that":
            if last is None:
                self._problem("entry", "a comparison has no right side, and nothing before it says which is meant")
                return CLOSE
            return last.left if last.op in ("rising", "falling") or isinstance(last.right, Num) else last.right
        if isinstance(right, Series) and right.name == "?ma":
            kind = left.name if isinstance(left, Series) and left.name in AVERAGES else self.now.average or "SMA"
            right = replace(right, name=kind)
        if not self._is_price_like(left):
            right = with_input(right, left)
        return self.operand(right, left)

    def _it(self, right: Operand) -> Operand:
        """The left side that is meant by "it" or by nothing at all."""
        last = self.now.comparison
        if isinstance(right, Series) and right.name == "?that":
            return last.left if last else CLOSE
        if isinstance(right, Num):
            return self.now.level_left or (last.left if last else CLOSE)
        if last is not None and isinstance(right, Series) and not self._is_price_like(right):
            return last.left
        if (
            isinstance(right, Series)
            and right.name in AVERAGES
            and last
            and "cross" in last.op
            and last.right == self.operand(replace(right), last.left)
        ):
            return last.left
        return CLOSE

    def _is_price_like(self, found: Operand) -> bool:
        match found:
            case Series():
                return found.name in _PRICE_LIKE and (found.input is None or self._is_price_like(found.input))
            case Calc(op, args):
                return op != "abs" and any(self._is_price_like(arg) for arg in args)
            case _:
                return False

    def _number_alias(self, found: Operand, other: Operand) -> Operand:
        """ "8 above 13" where an 8 EMA and a 13 EMA were declared."""
        if not isinstance(found, Num) or not (isinstance(other, Num) or is_average(other)):
            return found
        return next((each for each in self.now.declared if dict(each.params).get("timeperiod") == found.value), found)

    def _series(self, found: Series, subject: Operand) -> Series:
        found = self._named(found)
        if found.input is not None:
            inner = self._of(found.input, subject)
            if isinstance(inner, Series) and inner.name == "close" and not inner.shift:
                found = replace(
                    found, input=None, symbol=found.symbol or inner.symbol, timeframe=found.timeframe or inner.timeframe
                )
            else:
                found = replace(found, input=inner)
        if found.name == "ZSCORE" and self.is_pair and found.input is None:
            found = replace(found, input=Series(name="RATIO"))
        if found.open_question and found.open_question not in (
            "golden cross",
            "cross direction",
            "bounce",
            "usual volume",
        ):
            self._question(found)
        if found.open_question == "usual volume":
            self._assume("entry", "high and low volume are read against its average of 20 bars")
        if found.open_question == "bounce":
            self._assume("entry", "a bounce is read as a bar that reaches the line and closes back on its own side")
        if found.open_question == "cross direction":
            self._assume("entry", "a cross without a direction is read as the one that goes with the side")
        if found.open_question == "golden cross":
            self._assume("entry", "golden and death cross are read as the 50-bar and the 200-bar simple average")
        found = replace(found, open_question="")
        if not found.params:
            found = self._params(found)
        self.now.note(found)
        return found

    def _of(self, inner: Operand, subject: Operand) -> Operand:
        if isinstance(inner, Series) and inner.name == "?subject":
            return subject
        return self.operand(inner, subject)

    def _named(self, found: Series) -> Series:
        if found.name == "?band":
            name = self.now.channel or self.ahead.channel
            if not name:
                self._problem(
                    "indicators", f"which channel is the {found.output} band of: Bollinger, Keltner or Donchian?"
                )
            return replace(found, name=name or "BBANDS")
        if found.name == "?stoch":
            return replace(found, name=self.now.stochastic or self.ahead.stochastic or "STOCH")
        if found.name == "?ma":
            return replace(found, name=self.now.average or "SMA")
        return found

    def _params(self, found: Series) -> Series:
        key = key_of(found)
        for memory in (self.now, self.ahead):
            if key in memory.params:
                return replace(found, params=memory.params[key], unit=memory.units.get(key, ""))
        if found.name == "OPENING_RANGE":
            minutes = self.now.minutes or self.ahead.minutes
            if minutes is None:
                self._assume("indicators", "the opening range is read as the customary 30 minutes")
            return replace(found, params=(("minutes", minutes or 30.0),))
        if found.name == "SMA" and found.input is None and (bands := self.now.params.get("BBANDS()")):
            return replace(found, params=(("timeperiod", dict(bands)["timeperiod"]),), unit=self.now.units["BBANDS()"])
        if found.name in NEEDS_LENGTH:
            if isinstance(found.input, Series) and found.input.name == "volume":
                self._assume("indicators", "the average volume is read over the customary 20 bars")
                return replace(found, params=(("timeperiod", 20.0),))
            self._problem("indicators", f"over how many bars is the {_spoken(found.name)} taken?")
        return found

    def _question(self, found: Series) -> None:
        if found.open_question == "customary level":
            low, high = next(known.levels for known in (*INDICATORS, *RARER) if known.name == found.name) or (0, 0)
            self._assume(
                "entry",
                f"oversold and overbought of {found.name} are read as the customary levels {low:g} and {high:g}",
            )
        elif found.open_question == "which way":
            self._problem("entry", f"is the pattern {found.name.removeprefix('CDL').lower()} meant bullish or bearish?")
        else:
            self._problem("entry", f"the text leaves open {found.open_question}: how many?")

    def _problem(self, where: str, message: str) -> None:
        if not self.learning and (where, message) not in self.problems:
            self.problems.append((where, message))

    def _assume(self, where: str, message: str) -> None:
        if not self.learning and (where, message) not in self.assumed:
            self.assumed.append((where, message))


def _spoken(name: str) -> str:
    return "moving average" if name in ("SMA", "MA") else name
