"""A strategy in plain language: what it watches, when it trades, how it is protected, what was assumed, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vibex.strategy.draft import Language
from vibex.strategy.explain.conditions import condition_text, list_items, operand_text
from vibex.strategy.explain.exits import SIDES, protection_lines
from vibex.strategy.explain.rationale import rationale_lines
from vibex.strategy.explain.trading import money_lines, time_lines
from vibex.strategy.explain.voice import Voice, names_input, number, voice_for
from vibex.strategy.spec import Assumption, Condition, Indicator, StrategySpec

_LONGEST_SUMMARY = 400


def explain(spec: StrategySpec, language: Language = "en") -> str:
    """The reading of `spec` in `language`, one statement a line under headings; equal strategies read equal."""
    voice = voice_for(spec, language)
    title = voice.say(
        "title",
        archetype=voice.say(f"archetype.{spec.archetype}"),
        symbols=voice.join("comma", spec.symbols),
        market=voice.say(f"market.{spec.market.value}"),
        timeframe=spec.timeframe.value,
    )
    sections = [
        ("head.indicators", [indicator_text(each, voice) for each in spec.indicators]),
        ("head.rules", list(_rules(spec, voice))),
        ("head.protection", list(protection_lines(spec, voice))),
        ("head.size", list(money_lines(spec, voice))),
        ("head.assumed", [_assumed(each, voice) for each in spec.assumptions]),
        ("head.rationale", list(rationale_lines(spec, voice))),
    ]
    parts = [spec.name, title]
    for heading, lines in sections:
        if lines:
            parts += ["", voice.say(heading), *bullets(lines, voice)]
    return "\n".join(parts)


def summary(spec: StrategySpec, language: Language = "en") -> str:
    """The rules of `spec` in one line, without protection, size and notes."""
    voice = voice_for(spec, language)
    rules = [line.replace("\n", " ") for line in _rules(spec, voice)]
    return f"{', '.join(spec.symbols)} {spec.timeframe.value}{voice.say('colon')}{'; '.join(rules)}"[:_LONGEST_SUMMARY]


def bullets(lines: Iterable[str], voice: Voice) -> Iterator[str]:
    """Each line as an item; a line that itself begins a list keeps its items below it, indented."""
    for line in lines:
        head, *below = line.split("\n")
        yield voice.say("bullet", text=head)
        yield from (f"  {voice.say('bullet', text=each)}" for each in below)


def indicator_text(indicator: Indicator, voice: Voice) -> str:
    """What one indicator computes, with its id, so that the spec can be read beside it."""
    text = voice.say("indicator", id=indicator.id, label=voice.labels[indicator.id], meaning=voice.meaning(indicator))
    if indicator.input is not None and not names_input(indicator):
        text = voice.say("indicator.of", text=text, input=operand_text(indicator.input, voice))
    if indicator.input2 is not None:
        text = voice.say("indicator.with", text=text, input=operand_text(indicator.input2, voice))
    if indicator.when is not None:
        text = voice.say("indicator.when", text=text, condition=condition_text(indicator.when, voice))
    return text


def _rules(spec: StrategySpec, voice: Voice) -> Iterator[str]:
    if spec.archetype == "pairs":
        yield voice.say("pair", first=spec.symbols[0], second=spec.symbols[-1])
    resting = "" if spec.order.type == "market" else "resting."
    for side in SIDES:
        entry: Condition | None = getattr(spec.entry, side)
        if entry is None:
            continue
        items = list_items(entry)
        if items:
            head = voice.say(f"entry.{resting}all.{side}")
            yield "\n".join([head, *(condition_text(item, voice, inner=True) for item in items)])
        else:
            yield voice.say(f"entry.{resting}{side}", condition=condition_text(entry, voice))
        exit_: Condition | None = getattr(spec.exit, side)
        if exit_ is None:
            yield voice.say(f"exit.none.{side}")
        else:
            yield voice.say(f"exit.{side}", condition=condition_text(exit_, voice))
    if spec.trades_long and spec.trades_short:
        yield voice.say(f"opposite.{spec.on_opposite}")
    yield from time_lines(spec, voice)


def _assumed(assumption: Assumption, voice: Voice) -> str:
    value = assumption.value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return f"{assumption.field}{voice.say('colon')}{assumption.reason}"
    shown = value if isinstance(value, str) else number(value)
    return f"{assumption.field} = {shown}{voice.say('colon')}{assumption.reason}"
