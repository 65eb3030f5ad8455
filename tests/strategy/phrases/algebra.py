"""One form for every way to write the same arithmetic, so that two operands can be compared as text.

An operand is a fraction of two polynomials over atoms (series, minima, maxima, absolute values). Series that are
arithmetic themselves (ROC, MOM, the MACD histogram, hl2, a Donchian band …) are written out. Denominators are taken
to be positive: they are prices, volumes and ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product

TINY = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series that arithmetic does not take apart. `inputs` are texts of operands; plain prices have none."""

    name: str
    inputs: tuple[str, ...] = ()
    params: tuple[tuple[str, float], ...] = ()
    output: str = ""
    timeframe: str = ""
    symbol: str = ""
    shift: int = 0
    since_entry: str = ""

    def shifted(self, bars: int) -> Series:
        return replace(self, shift=self.shift + bars)

    def __str__(self) -> str:
        inside = [text for text in self.inputs if text != "close"]
        if inside and len(self.inputs) > 1:
            inside = list(self.inputs)
        inside += [f"{key}={number(value)}" if key.endswith("matype") else number(value) for key, value in self.params]
        return (
            self.name
            + (f"({','.join(inside)})" if self.name.isupper() else "")
            + (f"@{self.timeframe}" if self.timeframe else "")
            + (f":{self.output}" if self.output else "")
            + (f"/{self.symbol}" if self.symbol else "")
            + (f"[{self.shift}]" if self.shift else "")
            + (f"{{{self.since_entry}}}" if self.since_entry else "")
        )


@dataclass(frozen=True, slots=True)
class Nonlinear:
    """`min`, `max` or `abs` of operands."""

    op: str
    args: tuple[Fraction, ...]

    def shifted(self, bars: int) -> Nonlinear:
        return Nonlinear(self.op, tuple(arg.shifted(bars) for arg in self.args))

    def __str__(self) -> str:
        return f"{self.op}({', '.join(sorted({str(arg) for arg in self.args}))})"


Atom = Series | Nonlinear
Poly = Mapping[tuple[str, ...], tuple[float, tuple[Atom, ...]]]
"""Coefficient and atoms by the sorted texts of the atoms; the constant has the key ()."""


@dataclass(frozen=True, slots=True)
class Fraction:
    """num / den."""

    num: Poly
    den: Poly

    def shifted(self, bars: int) -> Fraction:
        return Fraction(_shifted(self.num, bars), _shifted(self.den, bars))

    def __add__(self, other: Fraction) -> Fraction:
        if poly_text(self.den) == poly_text(other.den):
            return Fraction(_sum(self.num, other.num), self.den)
        return Fraction(_sum(_times(self.num, other.den), _times(other.num, self.den)), _times(self.den, other.den))

    def __sub__(self, other: Fraction) -> Fraction:
        return self + constant(-1) * other

    def __mul__(self, other: Fraction) -> Fraction:
        return Fraction(_times(self.num, other.num), _times(self.den, other.den))

    def __truediv__(self, other: Fraction) -> Fraction:
        return Fraction(_times(self.num, other.den), _times(self.den, other.num))

    def as_number(self) -> float | None:
        """The value of a constant, None for anything else."""
        if any(self.num) or any(self.den) or not self.den:
            return None
        return sum(c for c, _ in self.num.values()) / sum(c for c, _ in self.den.values())

    def as_series(self) -> Series | None:
        """The one series that this operand is, None when it is anything else."""
        if list(self.den) != [()] or len(self.num) != 1:
            return None
        (coefficient, atoms), (below, _) = next(iter(self.num.values())), self.den[()]
        alone = len(atoms) == 1 and abs(coefficient / below - 1) < TINY
        return atoms[0] if alone and isinstance(atoms[0], Series) else None

    def __str__(self) -> str:
        scale = leading(self.den)
        above, below = poly_text(self.num, scale), poly_text(self.den, scale)
        return above if below == "1" else f"({above})/({below})"


def constant(value: float) -> Fraction:
    return Fraction({(): (float(value), ())} if value else {}, {(): (1.0, ())})


def atom(value: Atom) -> Fraction:
    return Fraction({(str(value),): (1.0, (value,))}, {(): (1.0, ())})


def nonlinear(op: str, args: tuple[Fraction, ...]) -> Fraction:
    """`min`, `max` or `abs`; |a − b| and |b − a| come out the same."""
    numbers = [arg.as_number() for arg in args]
    known = [value for value in numbers if value is not None]
    if len(known) == len(numbers):
        functions: dict[str, Callable[[list[float]], float]] = {"min": min, "max": max, "abs": lambda v: abs(v[0])}
        return constant(functions[op](known))
    if op == "abs" and leading(args[0].num) < 0:
        args = (constant(-1) * args[0],)
    return atom(Nonlinear(op, args))


def leading(poly: Poly) -> float:
    """The coefficient that comes first in the order of texts, constants last; 1 for nothing."""
    keys = sorted((key for key in poly if key), key=str) or list(poly)
    return poly[keys[0]][0] if keys else 1.0


def poly_text(poly: Poly, scale: float = 1.0) -> str:
    """Terms in a fixed order, each coefficient divided by `scale`."""
    terms = []
    for key in sorted(poly, key=str):
        coefficient = number(poly[key][0] / scale)
        terms.append(coefficient if not key else "*".join([*([coefficient] if coefficient != "1" else []), *key]))
    return " + ".join(terms) or "0"


def number(value: float) -> str:
    """Nine significant digits: closer numbers are the same."""
    return f"{value + 0.0:.9g}"


def _sum(a: Poly, b: Poly) -> Poly:
    total = dict(a)
    for key, (coefficient, atoms) in b.items():
        total[key] = (total.get(key, (0.0, ()))[0] + coefficient, atoms)
    biggest = max((abs(c) for c, _ in [*a.values(), *b.values()]), default=0.0)
    return {key: term for key, term in total.items() if abs(term[0]) > TINY * biggest}


def _times(a: Poly, b: Poly) -> Poly:
    result: Poly = {}
    for (left, left_atoms), (right, right_atoms) in product(a.values(), b.values()):
        atoms = tuple(sorted((*left_atoms, *right_atoms), key=str))
        result = _sum(result, {tuple(str(each) for each in atoms): (left * right, atoms)})
    return result


def _shifted(poly: Poly, bars: int) -> Poly:
    result: Poly = {}
    for coefficient, atoms in poly.values():
        moved = tuple(sorted((each.shifted(bars) for each in atoms), key=str))
        result = _sum(result, {tuple(str(each) for each in moved): (coefficient, moved)})
    return result
