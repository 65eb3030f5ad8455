"""Writes the StrategySpec that a corpus line expects, to prove that its facts say something the contract can hold."""

from __future__ import annotations

from typing import Any

from tests.strategy.phrases.notation import PLAIN_NAMES, Written, parse
from vibex.analysis.indicators import InputKind, find

Json = Any
_TOP = ("market", "symbols", "timeframe", "archetype", "on_opposite", "benchmark", "leverage")
_EXITS = ("stop_loss", "take_profit", "trailing_stop", "stop_steps", "limits", "order")


class Writer:
    """Collects the indicators while operands are written; the first of several allowed readings is taken."""

    def __init__(self) -> None:
        self.indicators: list[Json] = []

    def spec(self, facts: Json) -> Json:
        """A whole spec as plain JSON; what the facts leave open is filled in with something harmless."""
        facts = {key: _first(value) for key, value in facts.items()}
        spec: Json = {"version": 1, "name": "expected", "timeframe": "1d"}
        spec |= {key: facts[key] for key in (*_TOP, "time_stop_bars", "session_exit_minutes") if key in facts}
        for part in ("entry", "exit"):
            sides = {side: facts.get(f"{part}_{side}") for side in ("long", "short")}
            spec[part] = {side: each and self.condition(each) for side, each in sides.items()}
        spec |= {key: self.fragment(facts[key]) for key in _EXITS if key in facts}
        if "stop_loss" not in facts and "stop_loss" not in facts.get("absent", []):
            spec["stop_loss"] = {"type": "atr", "value": 2}
        spec["sizing"] = self.fragment(facts.get("sizing", {"type": "fixed_percent", "value": 50}))
        if "order_type" in facts:
            spec["order"] = spec.get("order", {}) | {"type": facts["order_type"]}
        spec["assumptions"] = [{"field": field, "reason": "not said"} for field in facts.get("assumed", [])]
        for each in facts.get("indicators", []):
            inside = {"input": self.operand(each["input"])} if "input" in each else {}
            self._add({key: each[key] for key in ("name", "params", "timeframe", "symbol") if key in each} | inside)
        for each in self.indicators:
            if each.get("timeframe") == spec["timeframe"]:
                del each["timeframe"]
        return spec | {"indicators": self.indicators}

    def condition(self, value: Json) -> Json:
        value = _first(value)
        if "left" in value:
            op = value["op"][0] if isinstance(value["op"], list) else value["op"]
            return {"left": self.operand(value["left"]), "op": op, "right": self.operand(value["right"])}
        return {key: self._part(key, each) for key, each in value.items()}

    def _part(self, key: str, value: Json) -> Json:
        if isinstance(value, list) and key != "clock" and key != "dates":
            return [self.condition(each) for each in value]
        return self.condition(value) if isinstance(value, dict) else value

    def fragment(self, value: Json) -> Json:
        """An exit, sizing or order with its operands as references."""
        value = _first(value)
        if isinstance(value, list):
            return [self.fragment(each) for each in value]
        if not isinstance(value, dict):
            return value
        if value.get("type") == "level":
            return value | {"value": self.operand(value["value"])}
        if value.get("type") == "atr" and "indicator" in value:
            return {key: self.fragment(each) for key, each in value.items()} | {
                "indicator": self.operand(value["indicator"])
            }
        if isinstance(value.get("price"), dict):
            return value | {"price": {side: self.operand(each) for side, each in value["price"].items()}}
        return {key: self.fragment(each) for key, each in value.items()}

    def operand(self, value: Json) -> Json:
        if isinstance(value, int | float):
            return value
        if isinstance(value, str):
            written = parse(value)
            name = self._reference(written)
            return {"ref": name, "shift": written.shift} if written.shift else name
        if "ref" in value:
            return value | {"ref": self.operand(value["ref"])}
        ((op, args),) = value.items()
        return {op: self.operand(args) if op == "abs" else [self.operand(arg) for arg in args]}

    def _reference(self, written: Written) -> str:
        place = {key: getattr(written, key) for key in ("timeframe", "symbol") if getattr(written, key)}
        if written.name in PLAIN_NAMES:
            return self._add({"name": "PRICE", "input": written.name} | place) if place else written.name
        inputs = [self._reference(each) for each in written.inputs]
        indicator = {"name": written.name, "params": dict(written.params)} | place
        if find(written.name).kind is not InputKind.BARS:
            indicator |= dict(zip(("input", "input2"), inputs, strict=False))
        name = self._add(indicator)
        return f"{name}.{written.output}" if written.output else name

    def _add(self, indicator: Json) -> str:
        for known in self.indicators:
            if {key: each for key, each in known.items() if key != "id"} == indicator:
                return str(known["id"])
        self.indicators.append({"id": f"{indicator['name'].lower()}_{len(self.indicators)}"} | indicator)
        return str(self.indicators[-1]["id"])


def _first(value: Json) -> Json:
    """The first of several readings that are equally right."""
    return value["one_of"][0] if isinstance(value, dict) and "one_of" in value else value
