"""One language speaking about one strategy: templates, numbers, and what each indicator is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vibex.analysis.indicators import complete, find
from vibex.domain import InvalidInput
from vibex.strategy.draft import Language
from vibex.strategy.explain.words import TITLES, WORDS
from vibex.strategy.spec import CALENDAR, PRICES, STATE, Indicator, Ref, StrategySpec


@dataclass(frozen=True, kw_only=True)
class Voice:
    """Says things in `language`; `labels` are the names of the strategy's indicators by id."""

    language: Language
    labels: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **parts: str) -> str:
        return WORDS[self.language][key].format(**parts)

    def knows(self, key: str) -> bool:
        return key in WORDS[self.language]

    def join(self, key: str, parts: Iterable[str]) -> str:
        return WORDS[self.language][key].join(parts)

    def meaning(self, indicator: Indicator) -> str:
        """What the indicator is."""
        return TITLES[self.language].get(indicator.name) or find(indicator.name).meaning


def voice_for(spec: StrategySpec, language: Language) -> Voice:
    """The voice that knows the indicators of `spec`; two that would be called alike carry their id."""
    labels: dict[str, str] = {}
    for indicator in spec.indicators:  # an input is an earlier indicator
        labels[indicator.id] = _label(indicator, Voice(language=language, labels=labels))
    shared = Counter(labels.values())
    return Voice(
        language=language,
        labels={id_: label if shared[label] == 1 else f"{label} [{id_}]" for id_, label in labels.items()},
    )


def _label(indicator: Indicator, voice: Voice) -> str:
    """`RSI(14)`, `SMA(20) of the volume`, `MACD(12, 26, 9) on 4h`; kinds of averages only where they were said."""
    try:
        filled = complete(find(indicator.name), indicator.params)
    except InvalidInput:
        filled = dict(indicator.params)
    kept = [number(value) for name, value in filled.items() if not name.endswith("matype") or name in indicator.params]
    series = indicator.name in ("PRICE", "EXPR")
    label = indicator.id if series else indicator.name + (f"({', '.join(kept)})" if kept else "")
    if names_input(indicator) and isinstance(indicator.input, Ref):
        label = voice.say("label.input", label=label, input=reference_name(indicator.input.ref, voice))
    if indicator.timeframe is not None:
        label = voice.say("label.timeframe", label=label, timeframe=indicator.timeframe.value)
    if indicator.symbol is not None:
        label = voice.say("label.symbol", label=label, symbol=indicator.symbol)
    return label


def names_input(indicator: Indicator) -> bool:
    """Whether the input belongs to what the indicator is called: one named series that is not the close."""
    source = indicator.input
    if indicator.name in ("PRICE", "EXPR") or not isinstance(source, Ref) or source.ref == "close":
        return False
    return source.times == 1 and not source.shift and source.since_entry is None


def reference_name(name: str, voice: Voice) -> str:
    """A price, a calendar or state reference, an indicator or one of its outputs, in words."""
    for kind, names in (("price", PRICES), ("calendar", CALENDAR), ("state", STATE)):
        if name in names:
            return voice.say(f"{kind}.{name}")
    head, _, output = name.partition(".")
    label = voice.labels.get(head, head)
    if not output:
        return label
    key = f"output.{output}"
    spoken = voice.say(key) if voice.knows(key) else output.replace("_", " ")
    return voice.say("output", output=spoken, label=label)


def number(value: float) -> str:
    """The shortest text that reads back as `value`: 30, 0.05, 1e+22."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
