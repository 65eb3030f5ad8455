"""Everything that is written inside one function of a script, and where its series live."""

from __future__ import annotations

from dataclasses import dataclass, field

from vibex.domain import Timeframe
from vibex.strategy.script.frames import Frame, refused
from vibex.strategy.script.source import Body, Script, call
from vibex.strategy.spec import Condition, Indicator, StrategySpec


@dataclass(kw_only=True)
class Scope:
    """One function: its statements, its frames, and the local names of what it has computed so far."""

    spec: StrategySpec
    script: Script
    body: Body = field(default_factory=Body)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    carried: dict[tuple[str, Timeframe], str] = field(default_factory=dict)
    masks: dict[tuple[str, Timeframe, bool], str] = field(default_factory=dict)
    _frames: dict[Timeframe, Frame] = field(default_factory=dict)

    @property
    def base(self) -> Frame:
        return self.frame(self.spec.timeframe)

    def frame(self, timeframe: Timeframe) -> Frame:
        if timeframe not in self._frames:
            base = None if timeframe is self.spec.timeframe else self.base
            self._frames[timeframe] = Frame(
                spec=self.spec, timeframe=timeframe, script=self.script, body=self.body, base=base
            )
        return self._frames[timeframe]

    def indicator(self, identifier: str) -> Indicator:
        return next(each for each in self.spec.indicators if each.id == identifier)

    def home(self, indicator: Indicator) -> Frame:
        """The frame in which `indicator` is computed. Raises NotSupported for another symbol's data."""
        if indicator.symbol is not None and self.spec.symbols != (indicator.symbol,):
            raise refused(
                f"{indicator.id} of {indicator.symbol}", "a script is given the bars of one symbol", "indicators"
            )
        return self.frame(indicator.timeframe or self.spec.timeframe)

    def seen(self, name: str, local: str, home: Frame, frame: Frame) -> str:
        """The column `local` of `home` as visible at the closes of `frame`."""
        if home is frame:
            return local
        key = (name, frame.timeframe)
        if key not in self.carried:
            closes, now = home.closes(name), frame.closes(name)
            value = call(self.script.helper("as_seen"), local, closes, now, frame.index)
            self.carried[key] = self.body.let(f"{name.replace('.', '_')}{frame.suffix}", value)
        return self.carried[key]

    def mask_key(self, condition: Condition, frame: Frame, truth: bool) -> tuple[str, Timeframe, bool]:
        return repr(condition), frame.timeframe, truth
