"""Operands and conditions in words; brackets stand where the nesting would otherwise be open to two readings."""

from __future__ import annotations

from pydantic import BaseModel

from vibex.strategy.explain.voice import Voice, number, reference_name
from vibex.strategy.spec import (
    Abs,
    Add,
    All,
    Any_,
    AtLeast,
    Calc,
    Clock,
    Compare,
    Condition,
    Dates,
    Div,
    For,
    Max,
    Min,
    Mul,
    Not,
    Number,
    Operand,
    Ref,
    Sub,
    Within,
)


def operand_text(operand: Operand, voice: Voice, *, inner: bool = False) -> str:
    """`operand` in words; `inner`: it stands inside arithmetic, so a sum is put in brackets."""
    match operand:
        case Number(value):
            return number(value)
        case Ref():
            return _reference(operand, voice)
        case Abs(args=(of,)):
            return voice.say("abs", inner=operand_text(of, voice, inner=True))
        case Min() | Max():
            parts = voice.join("comma", (operand_text(each, voice) for each in operand.args))
            return voice.say(operand.op, inner=parts)
        case Add() | Sub() | Mul() | Div():
            text = voice.join(operand.op, (operand_text(each, voice, inner=True) for each in operand.args))
            return voice.say("group", inner=text) if inner else text
        case Calc():
            raise AssertionError(f"no words for {operand.op}")


def _reference(ref: Ref, voice: Voice) -> str:
    text = reference_name(ref.ref, voice)
    if ref.since_entry is not None:
        text = voice.say(f"since.{ref.since_entry}", text=text)
    if ref.shift:
        text = voice.say("shift.one" if ref.shift == 1 else "shift.many", text=text, bars=number(ref.shift))
    return text if ref.times == 1 else voice.say("times", factor=number(ref.times), text=text)


def condition_text(condition: Condition, voice: Voice, *, inner: bool = False) -> str:
    """`condition` in words; `inner`: it stands inside another one, so a list of several is put in brackets."""
    match condition:
        case Compare(left, op, right):
            return voice.say(f"op.{op}", left=operand_text(left, voice), right=operand_text(right, voice))
        case All(of) | Any_(of):
            if len(of) == 1:
                return condition_text(of[0], voice, inner=inner)
            text = voice.join(
                "and" if isinstance(condition, All) else "or", (condition_text(each, voice, inner=True) for each in of)
            )
        case Not(of):
            text = voice.say("not", inner=condition_text(of, voice, inner=True))
        case Within(bars, of, times):
            key = "within.once" if times == 1 else "within.times"
            said = condition_text(of, voice, inner=True)
            text = voice.say(key, bars=number(bars), times=number(times), inner=said)
        case For(bars, of):
            text = voice.say("for", bars=number(bars), inner=condition_text(of, voice, inner=True))
        case AtLeast(count, of):
            said = voice.join("comma", (condition_text(each, voice, inner=True) for each in of))
            text = voice.say("at_least", count=number(count), inner=said)
        case Clock(clock=(start, end), zone=zone):
            return voice.say("clock", start=start, end=end, zone=zone)
        case Dates():
            return _dates(condition, voice)
    return voice.say("group", inner=text) if inner else text


def _dates(dates: Dates, voice: Voice) -> str:
    first, last = dates.first, dates.last
    key = "both" if first and last else "from" if first else "to" if last else "any"
    return voice.say(f"dates.{key}", first=str(first), last=str(last))


def list_items(condition: BaseModel) -> tuple[Condition, ...]:
    """The conditions of an `all` that is worth a list of its own, three or more; otherwise none."""
    return condition.of if isinstance(condition, All) and len(condition.of) > 2 else ()
