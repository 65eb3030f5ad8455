"""Operands as expressions of a script: a local name, a parameter, or arithmetic over them."""

from __future__ import annotations

from functools import reduce

from vibex.domain import NotSupported
from vibex.strategy.script.calendar_columns import calendar_column
from vibex.strategy.script.frames import Frame
from vibex.strategy.script.scope import Scope
from vibex.strategy.script.source import call
from vibex.strategy.spec import CALENDAR, PRICES, Number, Operand, Ref, is_state
from vibex.strategy.spec.operand import Calc

_SIGNS = {"add": " + ", "sub": " - ", "mul": " * ", "div": " / "}


def operand(value: Operand, hint: str, scope: Scope, frame: Frame) -> str:
    """`value` at the close of every bar of `frame`: a column, or `params[…]` for a constant stored under `hint`."""
    match value:
        case Number(number):
            return scope.script.param(hint, number)
        case Ref():
            return _reference(value, hint, scope, frame)
        case Calc():
            return scope.body.let(f"{hint}_value", _calculated(value, hint, scope, frame))
    raise AssertionError(value)


def column(value: Operand, hint: str, scope: Scope, frame: Frame) -> str:
    """`operand` as a column, constants repeated."""
    written = operand(value, hint, scope, frame)
    return repeated(written, scope, frame) if isinstance(value, Number) else written


def repeated(constant: str, scope: Scope, frame: Frame) -> str:
    """A constant on every bar: where two constants meet, pandas must do the arithmetic, which knows no exceptions."""
    return call(scope.script.helper("column"), constant, frame.index)


def series(name: str, scope: Scope, frame: Frame) -> str:
    """The local name of a price, a calendar reference or an indicator's output, visible in `frame`."""
    from vibex.strategy.script.indicators import outputs_of  # indicators read operands, operands read indicators

    if name in PRICES:
        return frame.price(name)
    if name in CALENDAR:
        return calendar_column(name, frame)
    identifier, _, output = name.partition(".")
    indicator = scope.indicator(identifier)
    home = scope.home(indicator)
    return scope.seen(name, outputs_of(indicator, scope, home)[output], home, frame)


def words(value: Operand) -> str:
    """A short name for what `value` is, for parameters and local names."""
    match value:
        case Ref(ref):
            return ref.replace(".", "_")
        case Calc(op, _):
            return op
    return "number"


def _reference(ref: Ref, hint: str, scope: Scope, frame: Frame) -> str:
    if is_state(ref):
        raise NotSupported(
            f"a script knows no position, so {ref.ref} of the position cannot be in its rules",
            field=ref.ref,
            remedy="use a rule of prices and indicators, or run the strategy here",
        )
    name = series(ref.ref, scope, frame)
    if ref.shift:
        # The shift stays a literal: a negative number in PARAMS would look ahead.
        name = f"{name}.shift({ref.shift})"
    if ref.times != 1.0:
        factor = scope.script.param(f"{hint}_{words(ref)}_times", ref.times)
        name = call(scope.script.helper("scaled"), name, factor)
    return name


def _calculated(value: Calc, hint: str, scope: Scope, frame: Frame) -> str:
    parts = [operand(each, f"{hint}_{value.op}_{at}", scope, frame) for at, each in enumerate(value.args, start=1)]
    if all(isinstance(each, Number) for each in value.args):
        parts[0] = repeated(parts[0], scope, frame)
    match value.op:
        case "abs":
            return f"{parts[0]}.abs()"
        case "min" | "max" as which:
            return reduce(lambda left, right: call(f"np.{which}imum", left, right), parts)
        case op:
            return call(scope.script.helper("finite"), _SIGNS[op].join(parts))
