"""What the compiled body works on when a plan has parts: one record for each kind of thing."""

from __future__ import annotations

from typing import Final, Protocol

from vibex.backtest.engine.kernel_records import Account, Side
from vibex.backtest.engine.parts import EntryType

MARKET, LIMIT, STOP = map(int, EntryType)
EVENT: Final = 128
"""A bit beside those of `Flag`: something is settled in this row, or a session begins with it."""


class Holding(Protocol):
    """One symbol between events. A level that does not exist lies at ±inf, where nothing reaches it."""

    direction: int  # +1 long, −1 short, 0 flat
    entry_row: int
    decided: int  # row of the decision
    bars: int  # own closes since the fill, the entry bar's included
    entry_price: float  # mean of the entry fills
    quantity: float  # still held
    entered: float
    exited: float
    proceeds: float  # Σ price × quantity of the exit fills
    exit_fills: int
    exit_price: float  # of the last exit fill
    gross: float
    fees: float
    funding: float
    carry: float
    mark: float  # last own close
    lowest: float
    highest: float
    stop: float
    first_stop: float  # as the entry set it: what RISK_MULTIPLE measures from
    stop_moved: int
    floor: float  # what steps have reached: a moving stop is no looser
    trailing: int
    trail: float
    trail_gap: float  # PERCENT: level = reference × gap; ATR: level = reference − direction × gap
    trail_live: int
    trail_after: float
    reference: float
    targets_hit: int
    liquidation_price: float  # for the three that follow
    priced_quantity: float
    priced_entry: float
    priced_collateral: float
    exit_reason: int  # of the exit order that is due, NONE without one
    order: int  # direction of the entry order, 0 without one
    order_row: int
    order_type: int
    order_price: float
    order_tick: float
    order_age: int  # own closes since the decision
    order_filled: int  # 1: what waits is the rest of the order that opened this position
    rest: float
    cash_cut: int  # free cash has made the entry smaller
    takes: int  # how the fill that is being made is charged: slippage and impact,
    maker: int  # and the maker's rate
    closes: int  # own closes so far
    last_exit: int  # number of the own bar that ended the last trade
    last_reason: int


class Past(Protocol):
    """What a side remembers of its trades; bars by their number among the symbol's own, 0 before the first."""

    entered_at: int
    left_at: int
    exit_price: float


class Bar(Protocol):
    """What one row holds for a symbol. `adverse_…`: what stops are tested on, the mark series or the bar."""

    open: float
    high: float
    low: float
    close: float
    flag: int
    adverse_open: float
    adverse_high: float
    adverse_low: float
    volume: float
    taken: float  # of the volume, by own fills
    detail_begin: int
    detail_end: int
    lot: float
    tick: float
    through: float
    bracket_begin: int
    bracket_end: int


class Goal(Protocol):
    """A target of a position; `left` is what it has still to fill, inf for all that is held."""

    level: float
    left: float
    done: int


class Rung(Protocol):
    """A step of a position's stop."""

    after: float
    reached: int
    applied: int


class Aim(Protocol):
    """A target of a side: its program and its share of the position."""

    begin: int
    end: int
    fraction: float


class RungPlan(Protocol):
    """A `StopStep` of a side."""

    after_begin: int
    after_end: int
    after_target: int
    to_begin: int
    to_end: int


class ManagedSide(Side, Protocol):
    """A `SidePlan` with its `Management`. `goals` counts its targets; `shares`: they have fractions."""

    goals: int
    shares: int
    whole: int  # the fractions make up the position
    rungs: int
    stop_moves: int
    target_moves: int
    stop_on_close: int
    target_on_close: int
    trailing_on_close: int
    after_begin: int
    after_end: int
    trail_begin: int
    trail_end: int
    watched: int  # something of it changes at every close


class Program(Protocol):
    """A step program in the code of all; whether levels of the long (short) side ask for it."""

    begin: int
    end: int
    long_asks: int
    short_asks: int


class Accumulator(Protocol):
    """A column of which a side keeps something since its entry."""

    column: int
    kind: int


class SkipCount(Protocol):
    """How many entries were not made for one reason."""

    count: int


class Bracket(Protocol):
    """One maintenance-margin bracket."""

    floor: float
    rate: float
    amount: float


class Fill(Protocol):
    """One row of `FillColumns`."""

    symbol: int
    row: int
    side: int
    entry: int
    quantity: float
    price: float
    fee: float
    reason: int


class Purse(Account, Protocol):
    """The shared cash, the counters, and what the brakes remember."""

    fills: int
    session_entries: int
    day_start: float
    peak: float
    day_blocked: int
    halted: int
    row: int  # the one that is played


class FullRules(Protocol):
    """The plan's numbers. `buy`, `sell`: 1 ± slippage; `margin`: cash that one unit of notional ties up."""

    leverage: float
    fee_rate: float
    maker_rate: float
    margin: float
    maker_margin: float
    slip: float
    buy: float
    sell: float
    min_notional: float
    reverse: int
    time_stop_bars: int
    tie: int
    target_takes: int
    linked: int
    in_parts: int
    order_type: int
    offset: float
    expires_bars: int  # 0: never
    long_column: int
    short_column: int
    by_volume: int
    cap: float
    impact: float
    by_mark: int
    liquidates: int
    isolated: int
    liquidation_fee: float
    carries: int
    borrow_per_year: float
    funds: int
    limits: int
    max_trades: int
    cooldown_bars: int
    max_daily_loss: float
    max_drawdown: float
    state: int  # something reads the position's state
    conditions: int  # bits of the flags that programs give
    levels: int  # level programs that read the state
    rings: int  # a condition has memory, so it runs at every close
