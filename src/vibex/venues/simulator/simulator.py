"""The venue as it runs: exchange, other participants and accounts on one simulated time that a clock drives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from vibex.domain.bars import Bars
from vibex.domain.clock import Clock
from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange import Exchange, Habits, SymbolRules, standard_rules
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.participants import (
    BarPath,
    Crowd,
    CrowdSettings,
    DepthMessage,
    GeneratedPath,
    PricePath,
    RecordedTrade,
    Recording,
    TapePath,
)
from vibex.venues.simulator.rates import FundingSeries

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where one symbol's market comes from. Depth (with or without trades) replaces the crowd; bars, or else trades
    alone, are what the crowd gathers around; with none of them prices are generated. `mark` and `index` are series of
    their own; `funding` are (time in ms, rate), oldest first."""

    bars: Bars | None = None
    depth: Sequence[DepthMessage] = ()
    trades: Sequence[RecordedTrade] = ()
    mark: Bars | None = None
    index: Bars | None = None
    funding: Sequence[tuple[int, Decimal]] = ()

    @property
    def first_ms(self) -> int | None:
        """The first moment at which this symbol has a price; None when any moment will do."""
        if self.bars is not None:
            return int(self.bars.open_time[0])
        rows = self.depth or self.trades
        return rows[0].time_ms if rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to simulate. `speed` is simulated seconds per real second; `step_ms` is simulated time between two moves of
    the crowd. Symbols without a source are generated from `seed`; those that are not standard need `rules`."""

    accounts: Sequence[tuple[str, Decimal]]
    symbols: Sequence[str] = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
    seed: int = 1
    speed: float = 1.0
    step_ms: int = 1000
    sources: Mapping[str, Source] = field(default_factory=dict)
    rules: Mapping[str, SymbolRules] = field(default_factory=dict)
    start_ms: int | None = None
    habits: Habits | None = None
    crowd: CrowdSettings | None = None

    def __post_init__(self) -> None:
        if self.speed <= 0 or self.step_ms < 1:
            raise InvalidInput("speed and step must be above 0", field="speed")
        if not self.symbols:
            raise InvalidInput("nothing to trade", field="symbols", remedy="list at least one symbol")
        for name in self.sources:
            if name not in self.symbols:
                raise InvalidInput(f"there is data of {name}, which is not listed", field="data", remedy="list it too")

    @property
    def first_ms(self) -> int | None:
        """When the simulation starts: where it was told to, else at the latest of the sources' beginnings."""
        if self.start_ms is not None:
            return self.start_ms
        return max((at for at in (one.first_ms for one in self.sources.values()) if at is not None), default=None)


class Simulator:
    """`now_ms` is the venue's time. It moves only in `catch_up`, in steps that do not depend on who asks when:
    the same plan and the same requests at the same simulated times give the same tape. `before_step` is called at
    each step before the crowd moves; `frozen` keeps everybody else still."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        self.plan, self.clock = plan, clock
        self._started = clock.monotonic()
        first = plan.first_ms
        self.start_ms = round(clock.now().timestamp() * 1000) if first is None else first
        self.exchange = Exchange(now_ms=self.start_ms, habits=plan.habits)
        self.frozen = False
        self.before_step: Callable[[], None] | None = None
        self.crowds: list[Crowd] = []
        self._recordings: list[Recording] = []
        self._funding: list[tuple[Market, FundingSeries]] = []
        for symbol in plan.symbols:
            self._open(symbol, plan.sources.get(symbol) or Source())
        for name, balance in plan.accounts:
            self.exchange.open_account(name, balance)
        self.exchange.take_events()
        self._play_until(self.start_ms)
        self._set_funding()
        for crowd in self.crowds:
            crowd.step()
        self._next_step = self.start_ms + plan.step_ms

    @property
    def now_ms(self) -> int:
        return self.exchange.floor.now

    def catch_up(self) -> None:
        """Let happen what has happened since the last call."""
        elapsed_us = round((self.clock.monotonic() - self._started) * 1e6 * self.plan.speed)
        self.run_to(self.start_ms + elapsed_us // 1000)

    def run_to(self, now_ms: int) -> None:
        while self._next_step <= now_ms:
            self._play_until(self._next_step)
            self.exchange.advance(self._next_step)
            if self.before_step is not None:
                self.before_step()
            self._set_funding()
            if not self.frozen:
                for crowd in self.crowds:
                    crowd.step()
            self._next_step += self.plan.step_ms
        self._play_until(now_ms)
        self.exchange.advance(now_ms)

    def ms_to_next(self) -> int:
        """Simulated ms until something happens by itself; at least 1."""
        due = [self._next_step, *self.exchange.deadlines()]
        if not self.frozen:
            due.extend(one.next_ms for one in self._recordings if one.next_ms is not None)
        return max(1, min(due) - self.now_ms)

    def crowd_of(self, symbol: str) -> Crowd | None:
        """The crowd of `symbol`; None where a recording stands in for it."""
        return next((crowd for crowd in self.crowds if crowd.symbol == symbol), None)

    def _play_until(self, now_ms: int) -> None:
        """What was recorded up to `now_ms`, of all symbols in the order of its times."""
        while not self.frozen:
            due = [(one.next_ms, number) for number, one in enumerate(self._recordings) if one.next_ms is not None]
            at, number = min(due, default=(now_ms + 1, 0))
            if at > now_ms:
                return
            self.exchange.advance(at)
            self._recordings[number].play_one()

    def _set_funding(self) -> None:
        for market, series in self._funding:
            market.funding_rate = series.rate_at(market.next_funding, market.rules.interest_rate)

    def _open(self, symbol: str, source: Source) -> None:
        rules = self.plan.rules.get(symbol) or standard_rules(symbol)
        series = FundingSeries(source.funding) if source.funding else None
        if series is not None and series.hours is not None:
            rules = replace(rules, funding_hours=series.hours)
        market = self.exchange.list_symbol(rules)
        market.funding_rate = rules.interest_rate
        if series is not None:
            market.funding.extend(series.before(self.start_ms))
            self._funding.append((market, series))
        mark = BarPath(source.mark) if source.mark is not None else None
        index = BarPath(source.index) if source.index is not None else None
        if source.depth:
            self._recordings.append(
                Recording(self.exchange, symbol, source.depth, source.trades, mark=mark, index=index)
            )
            return
        path = self._path(source, market)
        market.candles.extend(path.history(self.start_ms))
        seed, settings = self.plan.seed, self.plan.crowd
        self.crowds.append(Crowd(self.exchange, symbol, path, seed=seed, settings=settings, mark=mark, index=index))

    def _path(self, source: Source, market: Market) -> PricePath:
        if source.bars is not None:
            return BarPath(source.bars)
        if source.trades:
            return TapePath([(trade.time_ms, trade.price) for trade in source.trades])
        spelled = f"{market.rules.underlying}/{market.rules.quote}"
        # A day of history stands before the start, so that indicators have bars to warm up on.
        return GeneratedPath(symbol=spelled, seed=self.plan.seed, start_ms=self.start_ms - DAY_MS)
