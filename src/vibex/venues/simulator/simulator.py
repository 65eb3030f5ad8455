"""The venue as it runs: exchange, crowd and accounts on one simulated time that is derived from a clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from vibex.domain.bars import Bars
from vibex.domain.clock import Clock
from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange import Exchange, Habits, standard_rules
from vibex.venues.simulator.participants.crowd import Crowd, CrowdSettings
from vibex.venues.simulator.participants.prices import BarPath, GeneratedPath, PricePath

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to simulate. `speed` is simulated seconds per real second; `step_ms` is simulated time between two
    moves of the crowd. Symbols in `bars` follow them, the others are generated from `seed`."""

    accounts: Sequence[tuple[str, Decimal]]
    symbols: Sequence[str] = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
    seed: int = 1
    speed: float = 1.0
    step_ms: int = 1000
    bars: Mapping[str, Bars] | None = None
    start_ms: int | None = None
    habits: Habits | None = None
    crowd: CrowdSettings | None = None

    def __post_init__(self) -> None:
        if self.speed <= 0 or self.step_ms < 1:
            raise InvalidInput("speed and step must be above 0", field="speed")
        if not self.symbols:
            raise InvalidInput("nothing to trade", field="symbols", remedy="list at least one symbol")
        for name in self.bars or ():
            if name not in self.symbols:
                raise InvalidInput(
                    f"there are bars for {name}, which is not listed", field="data", remedy="list it too"
                )


class Simulator:
    """`now_ms` is the venue's time. It moves only in `catch_up`, in steps that do not depend on who asks when:
    the same plan and the same requests at the same simulated times give the same tape. `before_step` is called at
    each step before the crowd moves; `frozen` keeps the crowd still."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        self.plan, self.clock = plan, clock
        self._started = clock.monotonic()
        self.start_ms = self._first_moment(plan, clock)
        self.exchange = Exchange(now_ms=self.start_ms, habits=plan.habits)
        self.frozen = False
        self.before_step: Callable[[], None] | None = None
        self.crowds = [self._open(symbol) for symbol in plan.symbols]
        for name, balance in plan.accounts:
            self.exchange.open_account(name, balance)
        self.exchange.take_events()
        for crowd in self.crowds:
            crowd.step()
        self._next_step = self.start_ms + plan.step_ms

    @property
    def now_ms(self) -> int:
        return self.exchange.floor.now

    def catch_up(self) -> None:
        """Let happen what has happened since the last call."""
        self.run_to(self.start_ms + int((self.clock.monotonic() - self._started) * 1000 * self.plan.speed))

    def run_to(self, now_ms: int) -> None:
        while self._next_step <= now_ms:
            self.exchange.advance(self._next_step)
            if self.before_step is not None:
                self.before_step()
            if not self.frozen:
                for crowd in self.crowds:
                    crowd.step()
            self._next_step += self.plan.step_ms
        self.exchange.advance(now_ms)

    def _open(self, symbol: str) -> Crowd:
        market = self.exchange.list_symbol(standard_rules(symbol))
        path = self._path(symbol)
        market.candles.extend(path.history(self.start_ms))
        market.funding_rate = market.rules.interest_rate
        return Crowd(self.exchange, symbol, path, seed=self.plan.seed, settings=self.plan.crowd)

    def _path(self, symbol: str) -> PricePath:
        if self.plan.bars and symbol in self.plan.bars:
            return BarPath(self.plan.bars[symbol])
        spelled = f"{symbol.removesuffix('USDT')}/USDT"
        # A day of history stands before the start, so that indicators have bars to warm up on.
        return GeneratedPath(symbol=spelled, seed=self.plan.seed, start_ms=self.start_ms - DAY_MS)

    @staticmethod
    def _first_moment(plan: Plan, clock: Clock) -> int:
        if plan.start_ms is not None:
            return plan.start_ms
        if plan.bars:
            return max(int(bars.open_time[0]) for bars in plan.bars.values())
        return int(clock.now().timestamp() * 1000)
