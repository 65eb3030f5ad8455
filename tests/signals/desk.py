"""A small desk that carries decisions out by the fill rules, and remembers them as a journal would: the test's oracle.

It knows decisions, bars and the page of rules, nothing of the strategy and nothing of the engine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from vibex.analysis.calendars import Calendar
from vibex.domain import (
    AccountId,
    Bars,
    Decision,
    Intent,
    InvalidInput,
    ManualClock,
    PositionSide,
    QuantityKind,
    QuantityRule,
    Timeframe,
)
from vibex.domain.ports import DecisionMaker
from vibex.domain.protection import AtPrice, Choice, DistanceAway, LevelRule, PercentAway, RiskMultiple
from vibex.signals import EquityMark, Holdings
from vibex.strategy.evaluation import Episode

ACCOUNT = AccountId("paper")


class Trade(NamedTuple):
    symbol: str
    side: str
    entered: int
    left: int
    entry_price: float
    exit_price: float
    quantity: float
    reason: str


@dataclass(kw_only=True)
class Target:
    level: float
    planned: float


@dataclass(kw_only=True)
class Held:
    side: PositionSide
    quantity: float
    entered: float
    entry_price: float
    opened: int
    stop: float
    reason: str
    targets: list[Target]
    hits: list[int] = field(default_factory=list)
    proceeds: float = 0.0

    @property
    def d(self) -> int:
        return self.side.direction

    def profit(self, price: float) -> float:
        return (price - self.entry_price) * self.quantity * self.d


@dataclass(frozen=True, kw_only=True)
class Terms:
    capital: float = 10_000.0
    fee: float = 0.0
    slip: float = 0.0
    leverage: float = 1.0
    lot: float = 0.0
    tick: float = 0.0


class Desk:
    """Market orders at the next open, then stops and targets inside the bar. It is the maker's history and record too.

    `bars` are those of traded symbols and filters; `calendar` says when each is closed.
    """

    def __init__(self, bars: Mapping[str, Bars], terms: Terms, calendar: Calendar) -> None:
        self.data = dict(sorted(bars.items()))
        self.closes = {s: calendar.columns(own.open_time, own.timeframe).bar_close for s, own in self.data.items()}
        self.terms = terms
        self.timeframe = next(iter(bars.values())).timeframe
        self.balance = terms.capital
        self.held: dict[str, Held] = {}
        self.marks: dict[str, float] = {}
        self.waiting: dict[str, Decision] = {}
        self.decisions: list[Decision] = []
        self.trades: list[Trade] = []
        self.episodes: dict[str, list[Episode]] = {symbol: [] for symbol in bars}
        first = min(int(own.open_time[0]) for own in bars.values())
        self.equity_marks = [EquityMark(at=_utc(first), equity=Decimal(repr(terms.capital)))]

    async def bars(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        if timeframe is not self.timeframe:
            raise InvalidInput("one timeframe here", field="timeframe")
        closed = int(np.searchsorted(self.closes[symbol], _ms(end), side="right"))
        return self.data[symbol].rows(0, closed).between(_ms(start), None)

    async def holdings(self, account_id: AccountId, symbols: Sequence[str], since: datetime) -> Holdings:
        assert account_id == ACCOUNT
        assert since <= self.equity_marks[0].at
        episodes = {symbol: [*self.episodes[symbol], *self._open_episode(symbol)] for symbol in symbols}
        return Holdings(episodes=episodes, equity=self.equity_marks)

    def _open_episode(self, symbol: str) -> list[Episode]:
        held = self.held.get(symbol)
        return [] if held is None else [_episode(held)]

    async def play(self, maker: DecisionMaker, symbols: Sequence[str]) -> None:
        """Every bar of the first of `symbols`; the others have theirs at the same times."""
        own = self.data[symbols[0]]
        for at, closes in zip(own.open_time.tolist(), self.closes[symbols[0]].tolist(), strict=True):
            self._open(at)
            self._inside(at)
            worth = self.balance
            for symbol, held in sorted(self.held.items()):
                self.marks[symbol] = self._price(symbol, at, "close")
                worth += held.profit(self.marks[symbol])
            close = _utc(closes)
            self.equity_marks.append(EquityMark(at=close, equity=Decimal(repr(worth))))
            self.waiting = {}
            for decision in await maker.decide(ACCOUNT, symbols, close):
                self.decisions.append(decision)
                assert decision.data_at == close
                if decision.intent is Intent.AMEND:
                    self._amend(decision)
                else:
                    self.waiting[decision.symbol] = decision

    def _price(self, symbol: str, at: int, name: str) -> float:
        bars = self.data[symbol]
        return float(getattr(bars, name)[int(bars.open_time.searchsorted(at))])

    def _open(self, at: int) -> None:
        for symbol, decision in sorted(self.waiting.items()):
            if decision.intent in (Intent.CLOSE, Intent.REVERSE):
                held = self.held[symbol]
                self._leave(symbol, at, self._price(symbol, at, "open"), held.quantity, _word(decision), takes=True)
        equity = self.balance + sum(
            held.profit(self._price(symbol, at, "open")) for symbol, held in sorted(self.held.items())
        )
        for symbol, decision in sorted(self.waiting.items()):
            if decision.intent in (Intent.OPEN, Intent.REVERSE):
                self._enter(symbol, at, decision, equity)

    def _enter(self, symbol: str, at: int, decision: Decision, equity: float) -> None:
        assert decision.side is not None
        assert decision.quantity is not None
        assert symbol not in self.held
        d, terms = decision.side.direction, self.terms
        fill = self._price(symbol, at, "open") * (1 + d * terms.slip)
        if not _inside_band(decision, fill):
            return
        protection = decision.protection
        stop, reason = -d * math.inf, "stop_loss"
        if protection.stop is not None:
            rules, names = [protection.stop], [decision.exit_plan]
            if decision.exit_plan == "stop_loss or trailing_stop, the nearer":
                assert isinstance(protection.stop, Choice)
                rules, names = list(protection.stop.rules), ["stop_loss", "trailing_stop"]
            for rule, name in zip(rules, names, strict=True):
                level = self._level(rule, fill, -d, math.nan)
                if level is None:
                    return
                if d * level > d * stop:
                    stop, reason = level, name
        aims: list[LevelRule | None] = [part.rule for part in protection.parts]
        aims = aims or [protection.target]
        levels = [self._level(rule, fill, d, stop) for rule in aims if rule is not None]
        wanted = _wanted(decision.quantity, equity, fill)
        free = self.balance - sum(held.quantity * held.entry_price / terms.leverage for held in self.held.values())
        if equity <= 0 or free <= 0 or any(level is None for level in levels):
            return
        quantity = self._lots(min(wanted, free / (fill * (1 / terms.leverage + terms.fee))))
        if quantity <= 0:
            return
        fractions = [float(part.fraction) for part in protection.parts]
        planned = [self._lots(fraction * quantity) for fraction in fractions] or [quantity] * len(levels)
        if sum(fractions) >= 1 - 1e-9:
            planned[-1] = quantity - sum(planned[:-1])
        targets = [Target(level=level, planned=part) for level, part in zip(levels, planned, strict=True) if level]
        targets.sort(key=lambda target: abs(target.level - fill))
        self.balance -= quantity * fill * terms.fee
        self.held[symbol] = Held(
            side=decision.side,
            quantity=quantity,
            entered=quantity,
            entry_price=fill,
            opened=at,
            stop=stop,
            reason=reason,
            targets=targets,
        )

    def _amend(self, decision: Decision) -> None:
        held, protection = self.held[decision.symbol], decision.protection
        if protection.stop is not None:
            assert isinstance(protection.stop, AtPrice)
            held.stop, held.reason = float(protection.stop.price), decision.exit_plan
        if protection.target is not None:
            assert isinstance(protection.target, AtPrice)
            (target,) = held.targets
            target.level = float(protection.target.price)

    def _inside(self, at: int) -> None:
        for symbol in sorted(self.held):
            held = self.held[symbol]
            d, opened = held.d, self._price(symbol, at, "open")
            low, high = self._price(symbol, at, "low"), self._price(symbol, at, "high")
            worst, best = (low, high) if d > 0 else (high, low)
            if d * opened <= d * held.stop:
                self._leave(symbol, at, opened, held.quantity, held.reason, takes=True)
                continue
            self._take(symbol, at, held, opened)
            if symbol not in self.held:
                continue
            if d * worst <= d * held.stop:
                self._leave(symbol, at, held.stop, held.quantity, held.reason, takes=True)
                continue
            self._take(symbol, at, held, best)

    def _take(self, symbol: str, at: int, held: Held, reached: float) -> None:
        for target in list(held.targets):
            if held.d * reached >= held.d * target.level:
                held.targets.remove(target)
                quantity = min(target.planned, held.quantity)
                if held.quantity - quantity <= 1e-9 * held.entered:
                    quantity = held.quantity
                if quantity > 0 and self._leave(symbol, at, target.level, quantity, "take_profit", takes=False):
                    return
                held.hits.append(at)

    def _leave(self, symbol: str, at: int, base: float, quantity: float, reason: str, *, takes: bool) -> bool:
        held = self.held[symbol]
        price = base * (1 - held.d * self.terms.slip) if takes else base
        self.balance += (price - held.entry_price) * quantity * held.d - quantity * price * self.terms.fee
        held.proceeds += price * quantity
        if quantity < held.quantity:
            held.quantity -= quantity
            return False
        del self.held[symbol]
        mean = held.proceeds / held.entered
        self.trades.append(
            Trade(symbol, held.side.value, held.opened, at, held.entry_price, mean, held.entered, reason)
        )
        self.episodes[symbol].append(_episode(held, closed=at, price=price, reason=reason))
        return True

    def _level(self, rule: LevelRule, fill: float, sign: int, stop: float) -> float | None:
        """The level of `rule` for this fill, on the tick; None where it is not beyond the fill on its side."""
        level = _raw_level(rule, fill, sign, stop)
        tick = self.terms.tick
        if level is not None and tick > 0:
            level = (math.floor(level / tick + 1e-9) if sign < 0 else math.ceil(level / tick - 1e-9)) * tick
        return level if level is not None and sign * (level - fill) > 0 else None

    def _lots(self, quantity: float) -> float:
        lot = self.terms.lot
        return math.floor(quantity / lot + 1e-9) * lot if lot > 0 else quantity


def _raw_level(rule: LevelRule, fill: float, sign: int, stop: float) -> float | None:
    match rule:
        case PercentAway(percent):
            level = fill * (1 + sign * float(percent) / 100)
        case DistanceAway(distance):
            level = fill + sign * float(distance)
        case AtPrice(price):
            level = float(price)
        case RiskMultiple(multiple):
            level = fill + float(multiple) * (fill - stop)
        case Choice(rules, nearest):
            members = [_raw_level(each, fill, sign, stop) for each in rules]
            known = [each for each in members if each is not None]
            if len(known) < len(members):
                return None
            level = (min if nearest else max)(known, key=lambda each: abs(each - fill))
    return level if sign * (level - fill) > 0 else None


def _wanted(rule: QuantityRule, equity: float, fill: float) -> float:
    value = float(rule.value)
    match rule.kind:
        case QuantityKind.EXPOSURE_PERCENT:
            return equity * value / 100 / fill
        case QuantityKind.NOTIONAL:
            return value / fill
        case QuantityKind.BASE:
            return value
        case _:
            raise AssertionError(rule)


def _inside_band(decision: Decision, fill: float) -> bool:
    low, high = decision.min_price, decision.max_price
    price = Decimal(repr(fill))
    return (low is None or price >= low) and (high is None or price <= high)


def _word(decision: Decision) -> str:
    return decision.rationale.split(":")[0]


def _episode(
    held: Held, *, closed: int | None = None, price: float | None = None, reason: str | None = None
) -> Episode:
    return Episode(
        side=held.side,
        opened=held.opened,
        entry_price=held.entry_price,
        closed=closed,
        exit_price=price,
        target_times=tuple(held.hits),
        reason=reason,
    )


def clock() -> ManualClock:
    return ManualClock(datetime(2024, 1, 1, tzinfo=UTC))


def _utc(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
