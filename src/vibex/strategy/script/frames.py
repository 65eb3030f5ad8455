"""The bars a script reads: its own and higher timeframes, with the times that the calendar gives them.

Crypto has UTC days, or a chosen session, by arithmetic. Of an exchange a script knows the zone and the regular
opening: what its holidays and half days decide is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vibex.domain import Market, NotSupported, Timeframe
from vibex.domain.timeframe import MINUTE_MS
from vibex.strategy.script.source import Body, Script, call, quoted
from vibex.strategy.spec import StrategySpec
from vibex.strategy.spec.condition import minute_of_day

BAR = {"1m": "1min", "5m": "5min", "15m": "15min", "30m": "30min", "1h": "1h", "4h": "4h", "1d": "1D", "1w": "7D"}
_ZONES = {Market.US_EQUITY: "America/New_York", Market.HK_EQUITY: "Asia/Hong_Kong"}
_REGULAR_OPEN = 9 * 60 + 30
_OPEN_SINCE = {Market.US_EQUITY: "1970-01-01", Market.HK_EQUITY: "2011-03-07"}
_EXACT_CLOSE_MS = 30 * MINUTE_MS  # every session ends on the half hour, so no shorter bar reaches beyond its end
_PRICES = {
    "hl2": "({high} + {low}) / 2",
    "hlc3": "({high} + {low} + {close}) / 3",
    "ohlc4": "({open} + {high} + {low} + {close}) / 4",
}


def refused(what: str, why: str, field_: str | None = None) -> NotSupported:
    """The refusal of a part that a stand-alone script would get wrong."""
    return NotSupported(
        f"a script cannot have {what}: {why}",
        field=field_ or what,
        remedy="the strategy runs as it is in backtest, paper and live; take this part out to export it",
    )


@dataclass(kw_only=True)
class Frame:
    """One timeframe inside one function: local names of its columns, written into `body` when first asked for."""

    spec: StrategySpec
    timeframe: Timeframe
    script: Script
    body: Body
    base: Frame | None = None
    known: dict[str, str] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        return "" if self.base is None else f"_{self.timeframe.value}"

    @property
    def is_exchange(self) -> bool:
        return self.spec.market.is_equity

    def let(self, name: str, expression: str) -> str:
        """The local name of a column of this frame, written once."""
        if name not in self.known:
            self.known[name] = self.body.let(f"{name}{self.suffix}", expression)
        return self.known[name]

    def price(self, name: str) -> str:
        """A price, the volume, or one of hl2, hlc3, ohlc4."""
        if name in self.known:
            return self.known[name]
        if name in _PRICES:
            columns = {each: self.price(each) for each in ("open", "high", "low", "close") if each in _PRICES[name]}
            return self.let(name, _PRICES[name].format(**columns))
        source = "data" if self.base is None else self._bars(self.base)
        self.known[name] = self.body.let(
            f"{'open_' if name == 'open' else name}{self.suffix}", f"{source}[{quoted(name)}]"
        )
        return self.known[name]

    def _bars(self, base: Frame) -> str:
        if "bars" in self.known:
            return self.known["bars"]
        if self.is_exchange:
            raise refused(
                f"{self.timeframe} values in a strategy of {self.spec.timeframe} bars of an exchange",
                "the exchange's holidays and half days decide where a bigger bar ends",
                "indicators",
            )
        index = base.index
        label = f"{index}.floor({quoted(BAR[self.timeframe])})"
        if self.timeframe is Timeframe.W1:
            label = f'{index}.floor("1D") - pd.to_timedelta({index}.day_of_week, unit="D")'
        name = self.body.let(f"label{self.suffix}", label)
        return self.let("bars", call(self.script.helper("bigger_bars"), "data", name))

    @property
    def index(self) -> str:
        """The opening times of the bars."""
        if "index" not in self.known:
            source = 'data["close"]' if self.base is None else self._bars(self.base)
            self.let("index", f"{source}.index")
        return self.known["index"]

    def closes(self, asked_by: str) -> str:
        """When each bar is known. Raises NotSupported where half days decide."""
        if "closes" in self.known:
            return self.known["closes"]
        if self.is_exchange and (self.timeframe.ms > _EXACT_CLOSE_MS or self.spec.session is not None):
            what = "a session of its own" if self.spec.session is not None else f"{self.timeframe} bars"
            raise refused(f"{asked_by} with {what} of an exchange", "half days decide when such a bar ends")
        return self.let("closes", f"{self.index} + pd.Timedelta({quoted(BAR[self.timeframe])})")

    def day(self, asked_by: str) -> str:
        """The date of each bar's session, 00:00 UTC."""
        if "day" in self.known:
            return self.known["day"]
        intraday = self.timeframe.is_intraday
        if self.is_exchange:
            if self.timeframe is Timeframe.W1:
                raise refused(f"{asked_by} on 1w bars of an exchange", "holidays decide a week's last session")
            zone = _ZONES[self.spec.market]
            local = f'{call(self.script.helper("wall_clock"), self.index, quoted(zone))}.floor("D")'
            return self.let("day", local if intraday else f'{self.index}.floor("D")')
        if not intraday:
            last = f'({self.closes(asked_by)} - pd.Timedelta("1ms"))'
            return self.let("day", f'{last}.floor("D")')
        if self.spec.session is None:
            return self.let("day", f'{self.index}.floor("D")')
        zone, _, close = self._chosen()
        return self.let("day", call(self.script.helper("chosen_day"), self.index, quoted(zone), str(close)))

    def session_open(self, asked_by: str) -> str:
        """When each bar's session opens."""
        if "session_open" in self.known:
            return self.known["session_open"]
        day = self.day(asked_by)
        if self.spec.session is not None:
            zone, opened, _ = self._chosen()
            return self.let("session_open", call(self.script.helper("at_clock"), day, quoted(zone), str(opened)))
        if not self.is_exchange:
            return day
        zone, since = _ZONES[self.spec.market], _OPEN_SINCE[self.spec.market]
        helper = self.script.helper("exchange_open")
        return self.let("session_open", call(helper, day, quoted(zone), str(_REGULAR_OPEN), quoted(since)))

    def session_close(self, asked_by: str) -> str:
        """When each bar's session closes. Raises NotSupported for an exchange."""
        if "session_close" in self.known:
            return self.known["session_close"]
        if self.is_exchange:
            raise refused(f"{asked_by} of an exchange", "half days decide when a session ends")
        day = self.day(asked_by)
        if self.spec.session is None:
            return self.let("session_close", f'{day} + pd.Timedelta("1D")')
        zone, _, close = self._chosen()
        return self.let("session_close", call(self.script.helper("at_clock"), day, quoted(zone), str(close)))

    def _chosen(self) -> tuple[str, int, int]:
        """Zone, open and close of the strategy's own session, in minutes after midnight of its date."""
        session = self.spec.session
        if session is None:
            raise AssertionError("no session was chosen")
        opened, close = minute_of_day(session.open), minute_of_day(session.close)
        return session.zone, opened, close if close > opened else close + 24 * 60
