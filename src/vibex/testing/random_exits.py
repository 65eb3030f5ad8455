"""Random stops, targets, trailing stops and sizings for `random_specs`."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from vibex.testing.random_rules import RuleWriter

Json = dict[str, Any]


@dataclass(kw_only=True)
class ExitWriter:
    """Writes one strategy's protection and sizing; `managed` allows what needs position state (part 2)."""

    rng: random.Random
    rules: RuleWriter
    sides: Sequence[str]
    managed: bool

    def protection(self) -> Json:
        """stop_loss, take_profit, trailing_stop, and with `managed` stop_steps."""
        has_stop = self.rng.random() < 0.75
        written: Json = {
            "stop_loss": self._sided(lambda side: self._exit(side, "stop", has_stop)) if has_stop else None,
            "take_profit": None,
            "trailing_stop": None,
        }
        if self.rng.random() < 0.65:
            written["take_profit"] = self._sided(lambda side: self._target(side, has_stop))
        if self.rng.random() < 0.35:
            written["trailing_stop"] = self._sided(self._trailing)
        if self.managed and has_stop and self.rng.random() < 0.4:
            written["stop_steps"] = [
                {"after": {"type": "risk_multiple", "value": 1}, "to": {"type": "percent", "value": 0}},
                {"after": {"type": "atr", "value": 3}, "to": {"type": "points", "value": 1}},
            ]
        return written

    def sizing(self, *, has_stop: bool) -> Json:
        """One of the six sizings, written once or per side."""
        written: Json = self._sided(lambda side: self._one_sizing(side, has_stop))
        return written

    def _sided(self, write: Callable[[str | None], Any]) -> Any:
        """Written once (side None when it must serve both) or per side."""
        if self.rng.random() < 0.65:
            return write(self.sides[0] if len(self.sides) == 1 else None)
        return {side: write(side) for side in self.sides}

    def _exit(self, side: str | None, role: str, has_stop: bool, depth: int = 0) -> Json:
        kinds = ["percent", "percent", "atr", "points"]
        if side is not None:
            kinds += ["price", "level", "level"]
        if role == "target" and has_stop:
            kinds += ["risk_multiple", "risk_multiple"]
        if depth < 2:
            kinds += ["nearest", "farthest"]
        kind = self.rng.choice(kinds)
        if kind in ("nearest", "farthest"):
            return {kind: [self._exit(side, role, has_stop, depth + 1) for _ in range(self.rng.randint(1, 3))]}
        return self._plain_exit(kind, side, role)

    def _plain_exit(self, kind: str, side: str | None, role: str) -> Json:
        if kind == "atr":
            named = {"indicator": self.rules.atr} if self.rules.atr and self.rng.random() < 0.7 else {}
            return {"type": "atr", "value": self.rng.choice([0.5, 1, 2.5]), **named}
        if kind == "level":
            level: Json = {"type": "level", "value": self._level(side, role)}
            if self.managed and role != "distance" and self.rng.random() < 0.4:
                level |= {"update": "bar"} | self.rng.choice([{}, {"trigger": "close"}])
            return level
        if kind == "price":
            # Far below or above any market, so that stop and target keep their order for every fill.
            low = (role == "target") == (side == "short")
            return {"type": "price", "value": self.rng.choice([0.01, 1]) if low else self.rng.choice([500_000, 1e6])}
        values = {"percent": (0.4, 1, 2.5, 8), "points": (0.5, 3, 40), "risk_multiple": (0.5, 1, 2.2)}[kind]
        return {"type": kind, "value": self.rng.choice(values)}

    def _level(self, side: str | None, role: str) -> object:
        below = (role == "target") == (side == "short")
        price = self.rules.price_level()
        edge = {"min": [price, "low"]} if below else {"max": [price, "high"]}
        return {"mul": [edge, 0.98 if below else 1.02]} if self.rng.random() < 0.7 else edge

    def _target(self, side: str | None, has_stop: bool) -> Json | list[Json]:
        if self.managed and self.rng.random() < 0.4:
            parts = [self._exit(side, "target", has_stop) | {"fraction": 0.25} for _ in range(2)]
            return [*parts, self._exit(side, "target", has_stop) | {"fraction": 0.5}]
        return self._exit(side, "target", has_stop)

    def _trailing(self, side: str | None) -> Json:
        if self.managed and side is not None and self.rng.random() < 0.3:
            return {"type": "level", "value": self._level(side, "stop"), "update": "bar"}
        trailing = self._plain_exit(self.rng.choice(["percent", "atr"]), side, "stop")
        if self.managed and self.rng.random() < 0.3:
            trailing["after"] = {"type": "percent", "value": 1.5}
        return trailing

    def _one_sizing(self, side: str | None, has_stop: bool) -> Json:
        kinds = ["fixed_percent", "fixed_percent", "fixed_notional", "fixed_quantity", "volatility_target"]
        kind = self.rng.choice([*kinds, "risk_percent", "risk_percent", "risk_notional"])
        if kind == "volatility_target":
            return {"type": kind, "value": self.rng.choice([5, 20, 60])} | self.rng.choice([{}, {"lookback": 10}])
        values = {
            "fixed_percent": (5, 33.3, 100),
            "fixed_notional": (500, 2500.5),
            "fixed_quantity": (0.05, 1, 7),
            "risk_percent": (0.5, 2),
            "risk_notional": (25, 150),
        }[kind]
        sizing: Json = {"type": kind, "value": self.rng.choice(values)}
        if kind.startswith("risk_"):
            if not has_stop or self.rng.random() < 0.3:
                sizing["distance"] = self._exit(side, "distance", has_stop=False)
            if self.rng.random() < 0.4:
                sizing["cap_percent"] = self.rng.choice([20, 100])
        return sizing
