"""Conditions as boolean columns of a script, in three-valued logic.

As in the evaluation two questions are asked, where it is true and where it is known to be false; a rule without
`not` only ever asks the first, and reads as plain pandas.
"""

from __future__ import annotations

from collections.abc import Sequence

from vibex.strategy.script.frames import Frame
from vibex.strategy.script.operands import column, operand, repeated, words
from vibex.strategy.script.scope import Scope
from vibex.strategy.script.source import bare, call, quoted
from vibex.strategy.spec import All, Any_, AtLeast, Clock, Compare, Condition, Dates, For, Not, Number, Within

_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_IN_WORDS = {
    ">": "above", ">=": "at_least", "<": "below", "<=": "at_most", "==": "equal_to",
    "crosses_above": "crosses_above", "crosses_below": "crosses_below", "rising": "rising", "falling": "falling",
}  # fmt: skip


def mask(condition: Condition, hint: str, scope: Scope, frame: Frame, *, truth: bool = True) -> str:
    """The boolean column of where `condition` is true, or with `truth` False known to be false; safe to combine."""
    if isinstance(condition, Not):
        return mask(condition.of, hint, scope, frame, truth=not truth)
    if isinstance(condition, All | Any_) and len(condition.of) == 1:
        return mask(condition.of[0], hint, scope, frame, truth=truth)
    key = scope.mask_key(condition, frame, truth)
    if key not in scope.masks:
        expression = _expression(condition, hint, scope, frame, truth=truth)
        # A short comparison stays where it is used; everything longer gets a name.
        inline = isinstance(condition, Compare) and len(expression) <= 60
        name = hint if truth else f"{hint}_is_false"
        scope.masks[key] = expression if inline else scope.body.let(name, bare(expression))
    return scope.masks[key]


def _expression(condition: Condition, hint: str, scope: Scope, frame: Frame, *, truth: bool) -> str:
    match condition:
        case All(of):
            return (" & " if truth else " | ").join(_parts(of, hint, scope, frame, truth=truth))
        case Any_(of):
            return (" | " if truth else " & ").join(_parts(of, hint, scope, frame, truth=truth))
        case AtLeast(count, of):
            votes = " + ".join(f"{part}.astype(int)" for part in _parts(of, hint, scope, frame, truth=truth))
            needed = count if truth else len(of) - count + 1
            return f"({votes}) >= {needed}"
        case Within() | For():
            return _counted(condition, hint, scope, frame, truth=truth)
        case Compare():
            return _compared(condition, hint, scope, frame, truth=truth)
        case Clock() | Dates():
            inside = _calendar(condition, scope, frame)
            return f"pd.Series({inside if truth else f'~{inside}'}, index={frame.index})"
    raise AssertionError(condition)


def _parts(of: Sequence[Condition], hint: str, scope: Scope, frame: Frame, *, truth: bool) -> list[str]:
    return [mask(part, f"{hint}_{at}", scope, frame, truth=truth) for at, part in enumerate(of, start=1)]


def _counted(condition: Within | For, hint: str, scope: Scope, frame: Frame, *, truth: bool) -> str:
    inner = mask(condition.of, f"{hint}_of", scope, frame, truth=truth)
    word = "within" if isinstance(condition, Within) else "for"
    bars = scope.script.param(f"{hint}_{word}_bars", condition.bars, whole=True)
    count = call(scope.script.helper("count_of_last"), inner, bars)
    if isinstance(condition, For):
        return f"{count} >= {bars}" if truth else f"{count} > 0"
    times = scope.script.param(f"{hint}_within_times", condition.times, whole=True)
    return f"{count} >= {times}" if truth else f"{count} > {bars} - {times}"


def _compared(condition: Compare, hint: str, scope: Scope, frame: Frame, *, truth: bool) -> str:
    op = condition.op
    named = f"{hint}_{words(condition.left)}_{_IN_WORDS[op]}"
    if op in ("rising", "falling"):
        if not isinstance(condition.right, Number):
            raise AssertionError(condition.right)
        values = column(condition.left, named, scope, frame)
        steps = scope.script.param(f"{named}_bars", condition.right.value, whole=True)
        return call(scope.script.helper(op if truth else f"is_not_{op}"), values, steps)
    left_hint = f"{hint}_{_IN_WORDS[op]}_{words(condition.right)}" if isinstance(condition.left, Number) else named
    left = operand(condition.left, left_hint, scope, frame)
    right = operand(condition.right, named, scope, frame)
    if isinstance(condition.left, Number) and isinstance(condition.right, Number):
        left = repeated(left, scope, frame)
    if op in ("crosses_above", "crosses_below"):
        helper = scope.script.helper("crosses_above" if truth else "does_not_cross_above")
        return call(helper, *((left, right) if op == "crosses_above" else (right, left)))
    if op == "==":
        return f"({left} == {right})" if truth else call(scope.script.helper("differs"), left, right)
    return f"({left} {op if truth else _OPPOSITE[op]} {right})"


def _calendar(condition: Clock | Dates, scope: Scope, frame: Frame) -> str:
    if isinstance(condition, Dates):
        first, last = ("None" if day is None else quoted(day.isoformat()) for day in condition.dates)
        return call(scope.script.helper("in_dates"), frame.day("dates"), first, last)
    start, end = condition.start_minute, condition.end_minute
    helper = scope.script.helper("in_clock")
    return call(helper, frame.closes("a clock condition"), quoted(condition.zone), str(start), str(end))
