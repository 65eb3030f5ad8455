"""From bound statements to the partial strategy: market, timeframe, rules, management, and what is amiss."""

from __future__ import annotations

from dataclasses import dataclass, field

from vibex.domain import Timeframe
from vibex.strategy.phrases.grammar.terms import (
    OTHER,
    Calc,
    Compare,
    Condition,
    Counted,
    Group,
    Num,
    Operand,
    Series,
    Side,
    any_of,
    mirror,
    series_in,
)
from vibex.strategy.phrases.meaning.binding import Bound, entry_of
from vibex.strategy.phrases.meaning.emit import Json, Writer
from vibex.strategy.phrases.meaning.management import Management
from vibex.strategy.phrases.meaning.symbols import symbols_of

SIDES: tuple[Side, Side] = ("long", "short")


@dataclass
class Assembled:
    """The partial spec and the findings as (severity, field, message)."""

    partial: Json = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    findings: list[tuple[str, str, str]] = field(default_factory=list)

    def say(self, severity: str, where: str, message: str) -> None:
        if (severity, where, message) not in self.findings:
            self.findings.append((severity, where, message))


def assemble(bound: Bound) -> Assembled:
    """The strategy as far as it was said."""
    return _Assembler(bound).run()


class _Assembler:
    def __init__(self, bound: Bound) -> None:
        self.bound, self.result = bound, Assembled()
        self.entries: dict[Side, Condition | None] = {}
        self.exits: dict[Side, Condition | None] = {}

    def run(self) -> Assembled:
        pair_words = any(note.kind in ("pairs", "spread") for note in self.bound.notes) or any(
            series.name == "RATIO" for condition in self._said() for series in series_in(condition)
        )
        named = list(dict.fromkeys(asset.symbol for asset in self.bound.assets if asset.market))
        if pair_words and self.bound.legs is None and len(named) == 2:
            self.bound.legs = (named[0], named[1])
        self._rules()
        market, symbols = symbols_of(self.bound, self._all_series(), self.result.say)
        frame = self._timeframe()
        writer = Writer(
            timeframe=frame or ("1h" if market == "crypto" else "1d"), market=market or "us_equity", symbols=symbols
        )
        partial = self.result.partial
        if market:
            partial["market"], partial["symbols"] = market, list(symbols)
        if self.bound.legs:
            partial["archetype"] = "pairs"
        if frame:
            partial["timeframe"] = frame
        self._write_rules(writer)
        Management(self.bound, self.result.say, writer, self._traded(), partial, self.result.refused).write()
        if writer.indicators:
            partial["indicators"] = list(writer.indicators)
        for where, message in writer.problems:
            self.result.say("error", where, message)
        for where, message in dict.fromkeys(writer.notes):
            self.result.say("info", where, message)
        return self.result

    def _said(self) -> list[Condition]:
        """Every condition of the text, wherever it belongs."""
        bound = self.bound
        rules = [condition for side in SIDES for _, condition in bound.entries[side]]
        leaving = [condition for side in SIDES for condition in bound.exits[side]]
        return [*rules, *leaving, *bound.shared_exits, *bound.pending, *bound.filters]

    def _traded(self) -> list[Side]:
        return [side for side in SIDES if self.entries.get(side) is not None]

    def _rules(self) -> None:
        bound = self.bound
        for side in SIDES:
            self.entries[side] = entry_of(bound, side)
            self.exits[side] = any_of(bound.exits[side]) if bound.exits[side] else None
        self._mirrored()
        if bound.legs:
            self._both_ways()
        for side in SIDES:
            if bound.shared_exits and self.entries[side] is not None:
                own = self.exits[side]
                self.exits[side] = any_of([*([own] if own else []), *bound.shared_exits])
        for side in SIDES:
            leave = self.exits[side]
            self.exits[side] = None if leave is None else _out_of(leave, side, self.entries[side])
        if any(note.kind == "otherwise" for note in bound.notes):
            for side in SIDES:
                entry = self.entries[side]
                if entry is not None and self.exits[side] is None:
                    self.exits[side] = Group("not", (entry,))
                    bound.bare_exits = 0
        if bound.opposite_exit:
            for side in SIDES:
                if self.entries[side] is not None and self.exits[side] is None:
                    other = self.entries[OTHER[side]]
                    entry = self.entries[side]
                    self.exits[side] = other or (mirror(entry) if entry else None)
        leaving = {"take_profit", "stop_loss", "trailing_stop", "time_stop_bars", "session_exit_minutes"}
        if bound.bare_exits and not any(self.exits.values()) and not leaving & {part.field for part in bound.parts}:
            self.result.say("warning", "exit", "an exit is named without a condition: when should it leave?")
        if self.entries["long"] is not None and self.entries["long"] == self.entries["short"]:
            self.result.say(
                "error", "entry", "the same condition would open a long and a short at once: which side is meant?"
            )
        self._unsaid_sides()
        if not self._traded():
            self._no_entry()
        elif bound.sideless and not bound.entries["short"]:
            self.result.say(
                "info", "entry.long", "the text names no side; it is read as buying, never as selling short"
            )

    def _unsaid_sides(self) -> None:
        """A side that the text wants to trade without saying when."""
        traded = self._traded()
        both = any(note.kind == "only_side" and note.value == "both" for note in self.bound.notes)
        if both and len(traded) == 1 and not self.bound.legs:
            self.result.say(
                "error", f"entry.{OTHER[traded[0]]}", f"both sides are wanted: when should it go {OTHER[traded[0]]}?"
            )
            return
        for side in dict.fromkeys(side for side, _ in self.bound.bare):
            if side and traded and side not in traded:
                self.result.say("warning", f"entry.{side}", f"a {side} entry is named without a condition and left out")

    def _both_ways(self) -> None:
        """A pair that is entered when |z| is large is bought when z is low and sold when it is high."""
        match self.entries["long"], self.entries["short"]:
            case Compare(Calc("abs", (inner,)), (">" | ">="), Num(level)), None:
                self.entries = {"long": Compare(inner, "<", Num(-level)), "short": Compare(inner, ">", Num(level))}

    def _mirrored(self) -> None:
        if not any(note.kind == "bothsides" for note in self.bound.notes):
            return
        for side in SIDES:
            entry, leave, other = self.entries[side], self.exits[side], OTHER[side]
            if entry is not None and self.entries[other] is None:
                self.entries[other] = mirror(entry)
                if leave is not None and self.exits[other] is None:
                    self.exits[other] = mirror(leave)
                self.result.say(
                    "info",
                    f"entry.{other}",
                    f"the {other} side is the mirror image of the {side} side, as the text says",
                )
                return

    def _no_entry(self) -> None:
        bound = self.bound
        if bound.lone_sell:
            message = "a plain sell closes a position and opens none: when should it buy, or is going short meant?"
        elif bound.pending:
            message = "there is a condition but no action: should it buy or go short then?"
        elif bound.bare:
            message = "there is no condition: when should it enter?"
        else:
            message = "there is no entry rule: say when to buy or to go short"
        self.result.say("error", "entry", message)

    def _all_series(self) -> list[Series]:
        conditions = [c for c in (*self.entries.values(), *self.exits.values(), *self.bound.pending) if c is not None]
        return [series for condition in conditions for series in series_in(condition)]

    def _timeframe(self) -> str:
        said = [frame.timeframe for frame, role in self.bound.frames if role == "timeframe"]
        said += [frame.timeframe for frame, _ in self.bound.frames]
        if said:
            others = sorted({each for each in said if each != said[0]})
            if others:
                self.result.say(
                    "warning",
                    "timeframe",
                    f"{', '.join(others)} stands beside {said[0]}; the strategy runs on {said[0]}",
                )
            return said[0]
        inside = {series.timeframe for series in self._all_series() if series.timeframe}
        if inside:
            return min(inside, key=lambda each: Timeframe(each).ms)
        spoken = [
            s for s in self._all_series() if not (s.unit == "week" and s.name in ("DONCHIAN", "MAX", "MIN", "close"))
        ]
        units = {series.unit for series in spoken} | {
            part.unit for part in self.bound.parts if part.field == "time_stop_bars"
        }
        for unit, frame in (("minute", ""), ("hour", "1h"), ("day", "1d"), ("week", "1w")):
            if unit in units and frame:
                self.result.say(
                    "info", "timeframe", f"no timeframe is named; lengths in {unit}s are read as bars of {frame}"
                )
                return frame
        return ""

    def _write_rules(self, writer: Writer) -> None:
        partial = self.result.partial
        entry: Json = {}
        leave: Json = {}
        for side in SIDES:
            opening, closing = self.entries[side], self.exits[side]
            if opening is not None:
                entry[side] = writer.condition(opening)
                if closing is not None:
                    leave[side] = writer.condition(closing)
            elif closing is not None and self._traded():
                self.result.say(
                    "warning",
                    f"exit.{side}",
                    f"the text names an exit of a {side} position but no {side} entry; it is left out",
                )
        if entry:
            partial["entry"] = {side: entry.get(side) for side in SIDES}
        if leave:
            partial["exit"] = {side: leave.get(side) for side in SIDES}


def _out_of(found: Condition, side: Side, entry: Condition | None) -> Condition:
    """The way out of a position of this side where the words name none: up out of a long, down out of a short.

    What was entered beyond the level ("above 100", out at 0) comes back to it from the other side.
    """
    match found:
        case Compare(left, "crosses out" | "returns out" as op, right):
            upward = (side == "long") != _entered_beyond(left, right, side, entry)
            if op == "returns out":
                return Compare(left, ">=" if upward else "<=", right)
            return Compare(left, "crosses_above" if upward else "crosses_below", right)
        case Group(kind, items):
            return Group(kind, tuple(_out_of(item, side, entry) for item in items))
        case Counted(kind, count, items, times, unit):
            return Counted(kind, count, tuple(_out_of(item, side, entry) for item in items), times, unit)
        case _:
            return found


def _entered_beyond(left: Operand, right: Operand, side: Side, entry: Condition | None) -> bool:
    match entry:
        case Compare(entered, op, Num(level)) if entered == left and isinstance(right, Num):
            above = op in (">", ">=", "crosses_above")
            return above and level >= right.value if side == "long" else not above and level <= right.value
        case Group("all", items):
            return any(_entered_beyond(left, right, side, item) for item in items)
        case _:
            return False
