"""Random indicators, operands and conditions for `random_specs`."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from vibex.domain import Timeframe

Json = dict[str, Any]

# Series by what their values look like, so that drawn thresholds are sometimes crossed.
_PRICE_LIKE: tuple[tuple[str, Json, tuple[str, ...]], ...] = (
    ("SMA", {"timeperiod": 10}, ()),
    ("EMA", {"timeperiod": 8}, ()),
    ("WMA", {"timeperiod": 5}, ()),
    ("BBANDS", {"timeperiod": 12, "nbdevup": 1.5, "nbdevdn": 1.5}, ("upper", "middle", "lower")),
    ("DONCHIAN", {"timeperiod": 10}, ("upper", "lower", "middle")),
    ("KELTNER", {"timeperiod": 10}, ("upper", "middle", "lower")),
    ("SUPERTREND", {"timeperiod": 7, "multiplier": 2}, ("line",)),
    ("SESSION", {}, ("prev_high", "prev_low", "prev_close")),
    ("PIVOT", {"left": 3, "right": 2}, ("high", "low")),
    ("PRICE", {}, ()),
)
_PERCENT_LIKE: tuple[tuple[str, Json, tuple[str, ...]], ...] = (
    ("RSI", {"timeperiod": 7}, ()),
    ("STOCH", {"fastk_period": 9}, ("k", "d")),
    ("PERCENT_RANK", {"timeperiod": 20}, ()),
    ("AROON", {"timeperiod": 10}, ("up", "down")),
)
_ABOUT_ZERO: tuple[tuple[str, Json, tuple[str, ...]], ...] = (
    ("MACD", {"fastperiod": 5, "slowperiod": 12, "signalperiod": 4}, ("macd", "signal", "hist")),
    ("ZSCORE", {"timeperiod": 15}, ()),
    ("ROC", {"timeperiod": 5}, ()),
    ("CDLENGULFING", {}, ()),
    ("SUPERTREND", {}, ("direction",)),
)
_PRICES = ("open", "high", "low", "close", "hl2", "hlc3", "ohlc4")
_THRESHOLDS = {"percent": (20, 35.5, 50, 65, 80), "zero": (-1, -0.25, 0, 0.25, 1)}


@dataclass(kw_only=True)
class RuleWriter:
    """Writes one strategy's indicators and conditions; `indicators` comes first, it decides what can be named."""

    rng: random.Random
    timeframe: Timeframe
    state: bool  # position state may be used where the contract allows it
    pairs: bool
    other_symbols: tuple[str, ...]
    series: dict[str, list[str]] = field(default_factory=lambda: {"price": list(_PRICES), "percent": [], "zero": []})
    atr: str | None = None

    def indicators(self) -> list[Json]:
        """2 to 7 indicators, later ones partly fed by earlier ones."""
        entries: list[Json] = []
        for kind, choices in (("price", _PRICE_LIKE), ("percent", _PERCENT_LIKE), ("zero", _ABOUT_ZERO)):
            for _ in range(self.rng.randint(1, 2)):
                self._add(entries, kind, *self.rng.choice(choices))
        if self.rng.random() < 0.5:
            self.atr = f"atr_{len(entries)}"
            entries.append({"id": self.atr, "name": "ATR", "params": {"timeperiod": self.rng.choice([5, 14])}})
        if self.rng.random() < 0.3:
            self._add_derived(entries)
        if self.pairs:
            entries.append({"id": "ratio", "name": "RATIO"})
            self._add(entries, "zero", "ZSCORE", {"timeperiod": 20}, ())
            entries[-1]["input"] = "ratio"
        return entries

    def _add(self, entries: list[Json], kind: str, name: str, params: Json, outputs: tuple[str, ...]) -> None:
        entry: Json = {"id": f"{name.lower()}_{len(entries)}", "name": name, "params": dict(params)}
        if name in ("SMA", "EMA", "WMA", "RSI", "ZSCORE", "ROC") and self.rng.random() < 0.3:
            entry["input"] = self.rng.choice(self.series["price"])
        if self.rng.random() < 0.2 and name != "SESSION":
            entry["timeframe"] = self._higher()
        if kind != "price" and self.other_symbols and self.rng.random() < 0.2:
            entry["symbol"] = self.rng.choice(self.other_symbols)
        entries.append(entry)
        self.series[kind] += [f"{entry['id']}.{output}" for output in outputs] or [entry["id"]]

    def _add_derived(self, entries: list[Json]) -> None:
        """An expression, and what was when a condition held."""
        entries.append(
            {"id": "spread", "name": "EXPR", "input": {"sub": ["close", self.rng.choice(self.series["price"])]}}
        )
        self.series["zero"].append("spread")
        when = self._compare("series")
        entries.append({"id": "since", "name": "BARS_SINCE", "params": {"lookback": 30}, "when": when})
        entries.append({"id": "then", "name": "VALUE_WHEN", "params": {"lookback": 30}, "when": when, "input": "close"})
        self.series["price"].append("then")
        self.series["zero"].append("since")

    def _higher(self) -> str | None:
        higher = [each.value for each in Timeframe if each.ms > self.timeframe.ms and each.ms <= 24 * self.timeframe.ms]
        return self.rng.choice(higher) if higher else None

    def price_level(self) -> object:
        """An operand in price units."""
        name = self.rng.choice(self.series["price"])
        roll = self.rng.random()
        if roll < 0.4:
            return name
        if roll < 0.6:
            return {"ref": name, "shift": self.rng.randint(0, 3), "times": self.rng.choice([1, 0.99, 1.01])}
        if roll < 0.8:
            return {self.rng.choice(["min", "max"]): [name, self.rng.choice(self.series["price"]), "close"]}
        return {"div": [{"add": [name, self.rng.choice(_PRICES)]}, 2]}

    def condition(self, depth: int, place: str) -> Json:
        """A condition of up to three levels; `place` entry, exit or series decides which state it may read."""
        roll = self.rng.random()
        if depth >= 3 or roll < 0.55:
            return self._leaf(place)
        below = depth + 1
        if roll < 0.75:
            members = [self.condition(below, place) for _ in range(self.rng.randint(1, 3))]
            return {self.rng.choice(["all", "any", "any"]): members}
        if roll < 0.82:
            return {"not": self.condition(below, place)}
        if roll < 0.89:
            bars = self.rng.randint(1, 6)
            return {"within": bars, "of": self.condition(below, place), "times": self.rng.randint(1, min(2, bars))}
        if roll < 0.94:
            return {"for": self.rng.randint(1, 3), "of": self.condition(below, place)}
        members = [self.condition(below, place) for _ in range(3)]
        return {"at_least": self.rng.randint(1, 3), "of": members}

    def _leaf(self, place: str) -> Json:
        roll = self.rng.random()
        if roll < 0.06 and self.timeframe.is_intraday:
            return {"clock": self.rng.choice([["10:00", "15:00"], ["22:00", "14:00"]]), "zone": "America/New_York"}
        if roll < 0.09:
            return {
                "dates": self.rng.choice([["2021-01-01", None], [None, "2030-01-01"], ["2000-01-01", "2040-06-30"]])
            }
        if roll < 0.15:
            return {"left": self._calendar(), "op": self.rng.choice([">", "<="]), "right": self.rng.randint(1, 4)}
        if roll < 0.25 and self.state:
            return self._state(place)
        return self._compare(place)

    def _compare(self, place: str) -> Json:
        kind = self.rng.choice(["price", "price", "percent", "zero"])
        op = self.rng.choice([">", ">=", "<", "<=", "crosses_above", "crosses_below", "rising", "falling", "=="])
        left: object = self.price_level() if kind == "price" else self.rng.choice(self.series[kind])
        if op in ("rising", "falling"):
            right: object = self.rng.randint(1, 3)
        elif kind == "price":
            right = self.price_level()
        else:
            right = self.rng.choice(_THRESHOLDS[kind])
        if kind == "zero" and self.rng.random() < 0.3:
            left = {"abs": left}
        return {"left": left, "op": op, "right": right}

    def _calendar(self) -> str:
        names = ["weekday", "day", "month", "week_session", "month_session", "month_sessions_left", "session_bar"]
        return self.rng.choice(
            [*names, *(["minutes_since_open", "minutes_to_close"] if self.timeframe.is_intraday else [])]
        )

    def _state(self, place: str) -> Json:
        if place == "entry":
            return {"left": "bars_since_exit", "op": ">", "right": self.rng.randint(1, 5)}
        left: object = self.rng.choice(["entry_price", {"ref": "high", "since_entry": "max"}, "targets_hit"])
        return {"left": left, "op": ">", "right": self.price_level()}
