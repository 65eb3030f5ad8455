"""What a strategy expects of the market, what it risks, how its indicators are read: notes for people, by rule."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from vibex.strategy.draft import Language
from vibex.strategy.explain.conditions import operand_text
from vibex.strategy.explain.voice import Voice, number, voice_for
from vibex.strategy.explain.words import READS
from vibex.strategy.spec import PRICES, Indicator, Metadata, Ref, StrategySpec

_CANDLES = "CDL"
_PRICE_INPUTS = frozenset(PRICES) - {"volume"}


def metadata_of(spec: StrategySpec, language: Language = "en", frequency: str | None = None) -> Metadata:
    """The notes of `spec`; `frequency` is how often it signals, in words, and None when nobody measured it."""
    voice = voice_for(spec, language)
    return Metadata(
        expected_conditions=voice.say(f"conditions.{spec.archetype}"),
        risk_assumptions=tuple(risks(spec, voice)),
        signal_frequency=frequency or voice.say("frequency.unknown"),
        indicator_interpretation={each.id: interpretation(each, voice) for each in spec.indicators},
    )


def rationale_lines(spec: StrategySpec, voice: Voice) -> Iterator[str]:
    """Expected conditions, risks, frequency and the reading of each indicator, a line each."""
    yield voice.say("conditions", conditions=voice.say(f"conditions.{spec.archetype}"))
    for risk in risks(spec, voice):
        yield voice.say("risk", text=risk)
    yield voice.say("frequency", text=spec.metadata.signal_frequency or voice.say("frequency.unknown"))
    for indicator in spec.indicators:
        yield voice.say("reads", label=voice.labels[indicator.id], text=interpretation(indicator, voice))


def interpretation(indicator: Indicator, voice: Voice) -> str:
    """How traders read it. Usual readings are those of a price, so another input or an unusual indicator says so."""
    series = indicator.input
    if isinstance(series, BaseModel) and not (isinstance(series, Ref) and series.ref in _PRICE_INPUTS):
        return voice.say("reads.of", input=operand_text(series, voice))
    family = _CANDLES if indicator.name.startswith(_CANDLES) else indicator.name
    return READS[voice.language].get(family) or voice.say("reads.generic", meaning=voice.meaning(indicator))


def risks(spec: StrategySpec, voice: Voice) -> Iterator[str]:
    """What can go wrong with the way this strategy trades."""
    if spec.stop_loss is None and spec.trailing_stop is None:
        yield voice.say("risk.no_stop")
    else:
        yield voice.say("risk.gap")
    if spec.leverage > 1:
        yield voice.say("risk.leverage", value=number(spec.leverage), move=number(round(100 / spec.leverage, 2)))
    if spec.trades_short:
        yield voice.say("risk.short")
    if len(spec.symbols) > 1 and spec.archetype != "pairs":
        yield voice.say("risk.symbols", count=str(len(spec.symbols)))
    if spec.market.is_equity and spec.session_exit_minutes is None:
        yield voice.say("risk.overnight")


def frequency_text(entries: int, days: float, bars: int, language: Language = "en") -> str:
    """`entries` in `days` calendar days (`bars` bars) as "about 4 a month": the unit in which it is at least one."""
    voice = Voice(language=language)
    if entries == 0 or days <= 0:
        return voice.say("frequency.none", bars=str(bars))
    units = (("day", 1.0), ("week", 7.0), ("month", 30.44), ("year", 365.25))
    unit, length = next((each for each in units if entries / days * each[1] >= 1), units[-1])
    rate = entries / days * length
    return voice.say(f"frequency.{unit}", count=number(float(f"{rate:.2g}") if rate < 10 else round(rate)))
