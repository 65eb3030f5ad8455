"""Writes exits, sizes, orders and limits into the partial strategy and finds what contradicts itself in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from vibex.domain import JsonValue
from vibex.strategy.phrases.grammar.elements import Part, Value
from vibex.strategy.phrases.grammar.terms import OTHER, Calc, Num, Operand, Series, Side, mirror_operand
from vibex.strategy.phrases.meaning.binding import Bound
from vibex.strategy.phrases.meaning.emit import Json, Writer

Say = Callable[[str, str, str], None]
# A bare "stop 2" is a percentage, a bare "stop 61000" a price; what lies between is either.
_LEAST_PERCENT, _MOST_PERCENT, _LEAST_PRICE = 0.5, 15.0, 100.0
_WRONG = {
    ("stop_loss", "long"): ">",
    ("stop_loss", "short"): "<",
    ("take_profit", "long"): "<",
    ("take_profit", "short"): ">",
}


class Management:
    """One pass over the parts of a request; `traded` are the sides with an entry."""

    def __init__(
        self, bound: Bound, say: Say, writer: Writer, traded: list[Side], partial: Json, refused: set[str]
    ) -> None:
        self.bound, self.say, self.writer, self.partial, self.refused = bound, say, writer, partial, refused
        self.traded = traded

    def write(self) -> None:
        by_field: dict[str, list[Part]] = {}
        for part in map(self._from_entry, self.bound.parts):
            by_field.setdefault(part.field, []).append(part)
        for where, parts in by_field.items():
            match where:
                case "refused":
                    self._refuse(parts)
                case "announced" | "entry_hint":
                    pass
                case "stop_loss" | "trailing_stop":
                    self._single_exit(where, parts)
                case "take_profit":
                    self._targets(parts)
                case "stop_steps":
                    self.partial["stop_steps"] = [self._json(part.value) for part in parts]
                case "time_stop_bars":
                    self._time_stop(parts)
                case "session_exit_minutes":
                    self._session_exit(parts)
                case "order":
                    self._order(parts)
                case _ if where.startswith("limits."):
                    self._limit(where, parts)
                case _:
                    self._plain(where, parts)
        self._about_prices(by_field)

    def _from_entry(self, part: Part) -> Part:
        """A move since the entry that ends the position is its target or its stop, by side."""
        if part.field != "move_exit":
            return part
        short = part.side == "short" or self.traded == ["short"]
        field = "take_profit" if (part.direction == ">") != short else "stop_loss"
        self.say("info", field, "a move after which the position is left is measured from the entry price")
        return replace(part, field=field, direction="")

    def _refuse(self, parts: list[Part]) -> None:
        said = {part.field for part in self.bound.parts}
        for part in parts:
            where = str(part.value)
            self.refused.add(where)
            if where in said:
                self.say("error", where, f"the text names a {where} and rules it out: which is meant?")

    def _single_exit(self, where: str, parts: list[Part]) -> None:
        if self._by_side(where, parts):
            return
        values = list(dict.fromkeys(repr(part.value) for part in parts))
        if len(values) > 1:
            self.say("error", where, f"{where} is named {len(values)} times with different values: which one is meant?")
        part = parts[0]
        self._direction(part)
        part = self._sure(part)
        self.partial[where] = self._sided(part)

    def _by_side(self, where: str, parts: list[Part]) -> bool:
        """Whether the text names the exit of each side by itself, and it was written so."""
        sides = [part.side for part in parts]
        if None in sides or len(set(sides)) != len(sides):
            return False
        if where == "take_profit" and any(part.fraction is not None for part in parts):
            return False
        written = {str(part.side): self._json(self._sure(part).value) for part in parts if part.side in self.traded}
        for part in parts:
            if part.side not in self.traded:
                self.say("warning", where, f"a {where} of {part.side} trades is left out: there are none")
        if not written or len(written) != len(self.traded):
            self.say("warning", where, f"the {where} is named for one side only; the other has none")
        if written:
            self.partial[where] = dict(written)
        return True

    def _sure(self, part: Part) -> Part:
        """A bare number may be a percentage or a price: its size tells, and what is between the two is asked about."""
        if not (isinstance(part.value, Mapping) and part.value.get("unsure")):
            return part
        value = {key: each for key, each in part.value.items() if key != "unsure"}
        number = float(str(value["value"]))
        if _LEAST_PERCENT <= number <= _MOST_PERCENT:
            self.say("warning", part.field, f"{part.field} {number:g} is read as {number:g} percent of the entry price")
            value["type"] = "percent"
        elif number >= _LEAST_PRICE:
            self.say("info", part.field, f"{part.field} {number:g} is read as a price")
        else:
            self.say("error", part.field, f"is {part.field} {number:g} meant in percent or as a price?")
        return replace(part, value=value)

    def _about_prices(self, by_field: Mapping[str, list[Part]]) -> None:
        """Stops and targets at a price against the entry that the text names, and against each other."""
        if len(self.traded) != 1:
            return
        side = self.traded[0]
        stop, target = self._price_of("stop_loss"), self._price_of("take_profit")
        entries = [float(str(part.value)) for part in by_field.get("entry_hint", [])]
        for entry in entries:
            if stop is not None and (stop >= entry) == (side == "long"):
                where = "below" if side == "long" else "above"
                self.say("error", "stop_loss", f"a {side}'s stop must lie {where} its entry {entry:g}, not at {stop:g}")
            if target is not None and (target <= entry) == (side == "long"):
                where = "above" if side == "long" else "below"
                self.say(
                    "error", "take_profit", f"a {side}'s target must lie {where} its entry {entry:g}, not at {target:g}"
                )
            self.say(
                "warning", "entry", f"the entry near {entry:g} is no part of the rules; only the conditions decide"
            )
        if stop is not None and target is not None and (stop >= target) == (side == "long"):
            self.say("error", "stop_loss", f"a {side}'s stop {stop:g} and its target {target:g} are on the wrong sides")

    def _price_of(self, where: str) -> float | None:
        written = self.partial.get(where)
        is_price = isinstance(written, dict) and written.get("type") == "price"
        return float(str(written["value"])) if is_price and isinstance(written, dict) else None

    def _direction(self, part: Part) -> None:
        for side in self.traded:
            if part.direction and _WRONG.get((part.field, side)) == part.direction and len(self.traded) == 1:
                place = {"stop_loss": "stop", "take_profit": "target"}[part.field]
                right = "below" if part.direction == ">" else "above"
                self.say(
                    "error",
                    part.field,
                    f"a {side}'s {place} must lie {right} its entry, the text puts it on the other side",
                )

    def _sided(self, part: Part) -> JsonValue:
        """A level of a strategy with both sides is written for each of them."""
        value = part.value
        if isinstance(value, Mapping) and value.get("type") == "level" and len(self.traded) == 2:
            operand = value["value"]
            if isinstance(operand, Num | Series | Calc):
                below = part.field != "take_profit"
                own: Side = "long" if _lies_below(operand) == below else "short"
                sides: dict[Side, Operand] = {own: operand, OTHER[own]: mirror_operand(operand)}
                return {side: self._json({**value, "value": sides[side]}) for side in sides}
        return self._json(value)

    def _targets(self, parts: list[Part]) -> None:
        if self._by_side("take_profit", parts):
            return
        parts = [self._sure(part) for part in parts]
        unique = list({repr((part.value, part.fraction)): part for part in parts}.values())
        for part in unique:
            self._direction(part)
        if len(unique) == 1 and unique[0].fraction in (None, 1.0):
            self.partial["take_profit"] = self._sided(unique[0])
            return
        fractions = [part.fraction for part in parts]
        if any(each is None for each in fractions):
            self.say("error", "take_profit", "several targets are named: which part of the position leaves at each?")
            return
        left = 1.0
        listed: list[JsonValue] = []
        for part, fraction in zip(parts, fractions, strict=True):
            share = left if fraction is None or fraction < 0 else fraction
            left = round(left - share, 9)
            written = self._json(part.value)
            if isinstance(written, dict):
                listed.append({**written, "fraction": round(share, 9)})
        if left < -1e-9:
            self.say(
                "error",
                "take_profit",
                "the parts of the position that leave at the targets add up to more than all of it",
            )
        self.partial["take_profit"] = listed

    def _time_stop(self, parts: list[Part]) -> None:
        counts = {self.writer.bars(float(str(part.value)), part.unit) for part in parts}
        if len(counts) > 1:
            self.say("error", "time_stop_bars", "several holding times are named: which one is meant?")
        self.partial["time_stop_bars"] = min(counts)

    def _session_exit(self, parts: list[Part]) -> None:
        part = next((each for each in parts if each.value is not None), parts[0])
        if part.value is None:
            frame = self.writer.timeframe
            minutes = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240}.get(frame)
            if minutes is None:
                self.say(
                    "error",
                    "session_exit_minutes",
                    f"bars of {frame} last the whole session: on which timeframe should it leave before the close?",
                )
                return
            self.say(
                "info", "session_exit_minutes", f"leaving by the close is read as one bar ({minutes} minutes) before it"
            )
            self.partial["session_exit_minutes"] = minutes
            return
        scale = {"minute": 1, "hour": 60}.get(part.unit)
        if scale is None:
            self.say("error", "session_exit_minutes", "how many minutes before the close should it leave?")
            return
        self.partial["session_exit_minutes"] = int(float(str(part.value)) * scale)

    def _order(self, parts: list[Part]) -> None:
        value: dict[str, Value] = {}
        for part in parts:
            value |= dict(part.value) if isinstance(part.value, Mapping) else {}
        value.setdefault("type", "market")
        direction = value.pop("direction", None)
        side: Side = self.traded[0] if self.traded else "long"
        if direction is not None:
            better = (direction == "<") == (side == "long")
            wanted = better == (value["type"] == "limit")
            offset = value["offset_bps"]
            value["offset_bps"] = offset if wanted else -float(str(offset))
        if "price" in value:
            price = value["price"]
            if isinstance(price, Num | Series | Calc):
                value["price"] = {
                    each: price if each == side else mirror_operand(price) for each in self.traded or [side]
                }
        self.partial["order"] = self._json(value)

    def _limit(self, where: str, parts: list[Part]) -> None:
        name = where.removeprefix("limits.")
        limits = self.partial.setdefault("limits", {})
        part = parts[-1]
        value = self.writer.bars(float(str(part.value)), part.unit) if part.unit else self._json(part.value)
        if isinstance(limits, dict):
            limits[name] = value

    def _plain(self, where: str, parts: list[Part]) -> None:
        values = list({repr(part.value): part for part in parts}.values())
        if where == "leverage" and not 1 <= float(str(values[0].value)) <= 125:
            self.say("error", where, f"leverage {values[0].value:g} is outside its range: give 1 to 125")
            return
        if len(values) > 1:
            self.say("error", where, f"{where} is named {len(values)} times with different values: which one is meant?")
        self.partial[where] = self._json(values[0].value)

    def _json(self, value: Value | Operand) -> JsonValue:
        match value:
            case Series(name="ATR"):
                return self.writer.series(replace(value, unit=""))
            case Num() | Series() | Calc():
                return self.writer.operand(value)
            case Mapping():
                return {str(key): self._json(each) for key, each in value.items()}
            case tuple():
                return [self._json(each) for each in value]
            case float() if value.is_integer():
                return int(value)
            case None | bool() | int() | float() | str():
                return value
        raise TypeError(f"no part of a strategy: {value!r}")


def _lies_below(found: Operand) -> bool:
    """Whether an operand names something under the price: a low, a lower band, a distance subtracted."""
    match found:
        case Series():
            return found.output in ("lower", "low", "swinglow", "prev_low") or found.name in ("low", "MIN")
        case Calc("sub", _):
            return True
        case Calc("mul", (Num(factor), *_)):
            return factor < 1
        case _:
            return False
