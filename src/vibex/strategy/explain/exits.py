"""Stops, targets, trailing stops and stop steps in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from vibex.strategy.explain.conditions import operand_text
from vibex.strategy.explain.voice import Voice, number, reference_name
from vibex.strategy.spec import (
    AtrExit,
    Exit,
    Farthest,
    LevelExit,
    Nearest,
    PercentExit,
    PerSide,
    PointsExit,
    PriceExit,
    RiskMultipleExit,
    Same,
    StopStep,
    StrategySpec,
    Target,
    TargetHit,
    TrailingAtr,
    TrailingLevel,
    TrailingPercent,
    TrailingStop,
)

T = TypeVar("T")
SIDES = ("long", "short")


def protection_lines(spec: StrategySpec, voice: Voice) -> Iterator[str]:
    """Stop, targets, trailing stop and steps; that there is no stop or target is said as well."""
    if spec.stop_loss is None:
        yield voice.say("stop_loss.none")
    else:
        yield from by_side(spec.stop_loss, lambda one: [voice.say("stop_loss", exit=exit_text(one, voice))], voice)
    if spec.take_profit is None:
        yield voice.say("take_profit.none")
    else:
        yield from by_side(spec.take_profit, lambda one: _targets(one, voice), voice)
    if spec.trailing_stop is not None:
        yield from by_side(spec.trailing_stop, lambda one: [_trailing(one, voice)], voice)
    for step in spec.stop_steps or ():
        yield _step(step, voice)


def by_side(sided: Same[T] | PerSide[T], lines: Callable[[T], list[str]], voice: Voice) -> Iterator[str]:
    """`lines` of a value that serves both sides, or of each side's own with the side named."""
    if not isinstance(sided, PerSide):
        yield from lines(sided.long)
        return
    for side in SIDES:
        value: T | None = getattr(sided, side)
        if value is not None:
            yield from (voice.say("for_side", text=line, side=voice.say(side)) for line in lines(value))


def exit_text(exit_: Exit, voice: Voice) -> str:
    """One Exit, from the entry price."""
    match exit_:
        case PercentExit(value):
            return voice.say("exit.percent", value=number(value))
        case AtrExit(value, indicator):
            return voice.say("exit.atr", value=number(value), atr=_atr(indicator, voice))
        case PriceExit(value):
            return voice.say("exit.price", value=number(value))
        case PointsExit(value):
            return voice.say("exit.points", value=number(value))
        case RiskMultipleExit(value):
            return voice.say("exit.risk_multiple", value=number(value))
        case LevelExit():
            return _level(exit_, voice)
        case Nearest(of) | Farthest(of):
            key = "exit.nearest" if isinstance(exit_, Nearest) else "exit.farthest"
            return voice.say(key, inner=voice.join("comma", (exit_text(each, voice) for each in of)))


def _level(level: LevelExit, voice: Voice) -> str:
    key = "exit.level.bar" if level.update else "exit.level"
    text = voice.say(key, value=operand_text(level.value, voice))
    return voice.say("exit.level.close", text=text) if level.trigger else text


def _atr(indicator: str | None, voice: Voice) -> str:
    return voice.say("exit.default_atr") if indicator is None else reference_name(indicator, voice)


def _targets(target: object, voice: Voice) -> list[str]:
    if not isinstance(target, tuple):
        return [voice.say("take_profit", exit=exit_text(target, voice))]  # type: ignore[arg-type]
    return [
        voice.say(
            "take_profit.part",
            index=str(index),
            fraction=number(part.fraction),
            exit=exit_text(part.exit, voice),
        )
        for index, part in enumerate(target, start=1)
        if isinstance(part, Target)
    ]


def _trailing(trailing: TrailingStop, voice: Voice) -> str:
    match trailing:
        case TrailingPercent(value):
            text = voice.say("trail.percent", value=number(value))
        case TrailingAtr(value, indicator):
            text = voice.say("trail.atr", value=number(value), atr=_atr(indicator, voice))
        case TrailingLevel():
            text = _level(trailing, voice)
    text = voice.say("trailing_stop", exit=text)
    if trailing.after is None:
        return text
    return voice.say("trailing_stop.after", text=text, after=_distance(trailing.after, voice))


def _step(step: StopStep, voice: Voice) -> str:
    to = (
        voice.say("step.even", value=number(step.to.value))
        if isinstance(step.to, PercentExit)
        else exit_text(step.to, voice)
    )
    if isinstance(step.after, TargetHit):
        return voice.say("step.target", target=str(step.after.target), to=to)
    return voice.say("step", after=_distance(step.after, voice), to=to)


def _distance(after: Exit, voice: Voice) -> str:
    return exit_text(after, voice)
