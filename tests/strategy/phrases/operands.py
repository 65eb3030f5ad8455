"""Operands of a spec and of the corpus's notation, both brought to the one form of `algebra`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from tests.strategy.phrases.algebra import Fraction, Series, atom, constant, nonlinear
from tests.strategy.phrases.notation import PLAIN_NAMES, Written, parse
from vibex.analysis.indicators import InputKind, complete, find

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One indicator with its inputs resolved, before it becomes an atom or arithmetic."""

    name: str
    inputs: tuple[Fraction, ...] = ()
    params: dict[str, float]
    output: str = ""
    timeframe: str = ""
    symbol: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads operands of one strategy. `indicators` by id for a spec; None reads the corpus's notation."""

    timeframe: str
    symbols: tuple[str, ...]
    indicators: dict[str, Json] | None = None

    def operand(self, value: Json) -> Fraction:
        """The operand in its one form. Raises KeyError for a reference that nothing explains."""
        if isinstance(value, int | float):
            return constant(value)
        if isinstance(value, str):
            return self._reference(value)
        if "ref" in value:
            series = self._reference(value["ref"]).shifted(value.get("shift", 0)) * constant(value.get("times", 1))
            return _since_entry(series, value["since_entry"]) if value.get("since_entry") else series
        ((op, args),) = value.items()
        if op == "abs":
            return nonlinear("abs", (self.operand(args),))
        parts = [self.operand(arg) for arg in args]
        if op in ("min", "max"):
            return nonlinear(op, tuple(parts))
        return reduce(_CALC[op], parts)

    def text(self, value: Json) -> str:
        return str(self.operand(value))

    def _reference(self, name: str) -> Fraction:
        if self.indicators is None:
            return self._from_notation(parse(name))
        if name in PLAIN_NAMES:
            return self._plain(name)
        head, _, output = name.partition(".")
        said = self.indicators[head]
        definition = find(said["name"])
        inputs = [said.get("input") or "close"]
        if definition.kind is InputKind.TWO_SERIES:
            inputs.append(said["input2"])
        if definition.kind is InputKind.PIVOT:
            inputs = [said["input"]] if said.get("input") else []
        reads = definition.kind in (InputKind.SERIES, InputKind.TWO_SERIES, InputKind.PIVOT)
        return self._series(
            Resolved(
                name=said["name"],
                inputs=tuple(self.operand(each) for each in inputs) if reads else (),
                params=complete(definition, said.get("params") or {}),
                output=output,
                timeframe=said.get("timeframe") or "",
                symbol=said.get("symbol") or "",
            )
        )

    def _from_notation(self, written: Written) -> Fraction:
        is_price = written.name in PLAIN_NAMES
        if is_price and not written.timeframe and not written.symbol:
            return self._plain(written.name).shifted(written.shift)
        inputs = [self._from_notation(each) for each in written.inputs]
        series = Resolved(
            name="PRICE" if is_price else written.name,
            inputs=(self._plain(written.name),) if is_price else tuple(inputs),
            params=dict(written.params),
            output=written.output,
            timeframe=written.timeframe,
            symbol=written.symbol,
        )
        return self._series(series).shifted(written.shift)

    def _plain(self, name: str) -> Fraction:
        mean = {"hl2": ("high", "low"), "hlc3": ("high", "low", "close"), "ohlc4": ("open", "high", "low", "close")}
        parts = [atom(Series(name=each)) for each in mean.get(name, (name,))]
        return reduce(Fraction.__add__, parts) * constant(1 / len(parts))

    def _series(self, said: Resolved) -> Fraction:
        """The series as arithmetic where it is that, else as one atom."""
        timeframe = "" if said.timeframe == self.timeframe else said.timeframe
        symbol = "" if (said.symbol,) == self.symbols else said.symbol
        inner = said.inputs[0].as_series() if len(said.inputs) == 1 else None
        inputs = said.inputs
        if inner and inner.symbol and not (inner.timeframe or inner.params or inner.shift or timeframe or symbol):
            symbol, inputs = inner.symbol, (atom(Series(name=inner.name)),)  # SMA of SPY's price is SPY's SMA
        name, params, output = _same_series(said.name, said.params, said.output)
        if not timeframe and not symbol:
            written_out = _WRITTEN_OUT.get((name, output))
            if written_out:
                return written_out(inputs, params)
        if name == "MACD" and output == "hist":
            line, signal = (self._atom("MACD", inputs, params, each, timeframe, symbol) for each in ("macd", "signal"))
            return line - signal
        return self._atom(name, inputs, params, output, timeframe, symbol)

    def _atom(
        self,
        name: str,
        inputs: tuple[Fraction, ...],
        params: dict[str, float],
        output: str,
        timeframe: str,
        symbol: str,
    ) -> Fraction:
        if name == "PRICE" and (inner := inputs[0].as_series()) and not inner.params and not inner.shift:
            return atom(Series(name=inner.name, timeframe=timeframe, symbol=symbol))
        return atom(
            Series(
                name=name,
                inputs=tuple(str(each) for each in inputs),
                params=tuple(params.items()),
                output=output,
                timeframe=timeframe,
                symbol=symbol,
            )
        )


_CALC: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "add": Fraction.__add__,
    "sub": Fraction.__sub__,
    "mul": Fraction.__mul__,
    "div": Fraction.__truediv__,
}


def _since_entry(series: Fraction, which: str) -> Fraction:
    alone = series.as_series()
    if alone is None:
        raise KeyError(f"since_entry of {series}")
    return atom(Series(**{key: getattr(alone, key) for key in Series.__slots__} | {"since_entry": which}))


def _same_series(name: str, params: dict[str, float], output: str) -> tuple[str, dict[str, float], str]:
    """One name where the catalogue has two for the same numbers."""
    if name == "MA" and params["matype"] in (0, 1):
        return ("SMA", "EMA")[int(params["matype"])], {"timeperiod": params["timeperiod"]}, ""
    if name == "BBANDS" and output == "middle" and params["matype"] == 0:
        return "SMA", {"timeperiod": params["timeperiod"]}, ""
    if name == "KC":
        return "KELTNER", dict(zip(("timeperiod", "atr_period", "multiplier"), params.values(), strict=True)), output
    return name, params, output


def _extreme(name: str, price: str, period: float) -> Fraction:
    """The highest or lowest of the bars before this one."""
    return atom(Series(name=name, inputs=(price,), params=(("timeperiod", period),), shift=1))


Build = Callable[[tuple[Fraction, ...], dict[str, float]], Fraction]


def _before(inputs: tuple[Fraction, ...], params: dict[str, float]) -> Fraction:
    return inputs[0].shifted(int(params["timeperiod"]))


_WRITTEN_OUT: dict[tuple[str, str], Build] = {
    ("PRICE", ""): lambda x, p: x[0],
    ("EXPR", ""): lambda x, p: x[0],
    ("MOM", ""): lambda x, p: x[0] - _before(x, p),
    ("ROC", ""): lambda x, p: (x[0] / _before(x, p) - constant(1)) * constant(100),
    ("ROCP", ""): lambda x, p: x[0] / _before(x, p) - constant(1),
    ("ROCR", ""): lambda x, p: x[0] / _before(x, p),
    ("ROCR100", ""): lambda x, p: x[0] / _before(x, p) * constant(100),
    ("DONCHIAN", "upper"): lambda x, p: _extreme("MAX", "high", p["timeperiod"]),
    ("DONCHIAN", "lower"): lambda x, p: _extreme("MIN", "low", p["timeperiod"]),
    ("DONCHIAN", "middle"): lambda x, p: (
        (_extreme("MAX", "high", p["timeperiod"]) + _extreme("MIN", "low", p["timeperiod"])) * constant(0.5)
    ),
}
