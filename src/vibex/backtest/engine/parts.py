"""The optional parts of a `Plan`: what a run needs only when its strategy or its settings ask for it.

Every part is None (or empty) by default; a plan without parts is the plain case: market entries, one target, one fee
rate. Per-symbol series on the plan's clock have shape (N, T); events on it are laid out like a sparse matrix: the
events of symbol s in row r are `start[s, r] <= k < start[s, r + 1]`, `start` being (N, T + 1) int64 into flat arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from vibex.domain.arrays import F64, I64


class EntryType(IntEnum):
    """How an entry is sent (rules 3, 10, 62)."""

    MARKET = 0
    LIMIT = 1
    STOP = 2


class Tie(IntEnum):
    """Which of stop and target fills when one bar holds both and the open had reached neither (rule 8)."""

    STOP_FIRST = 0
    TARGET_FIRST = 1
    NEARER_FIRST = 2  # the one on the side of the extreme nearer to the open; at equal distances the stop


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EntryOrder:
    """Entries that rest (rule 62), and how long the rest of a partly filled one does (rule 11).

    The price of a side is the row of `Plan.columns` at the decision bar, or, with column −1, from its close:
    LIMIT close × (1 − d × offset), STOP close × (1 + d × offset), `offset` a fraction.
    """

    type: EntryType
    offset: float
    expires_bars: int
    long_column: int
    short_column: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VolumeRules:
    """Rule 11. `volume` (N, T) of each bar in base units; one bar fills at most `cap` × volume of a symbol.

    A fill of quantity q moves the price of a market or stop fill against the trader by `impact` × (q / volume)².
    """

    volume: F64
    cap: float
    impact: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MarkPrices:
    """Mark prices (N, T), finite where the symbol has a bar: what stops and liquidation are tested on."""

    open: F64
    high: F64
    low: F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Funding:
    """Settlements (rule 63): `start` (N, T + 1); `price` is the mark price and `rate` the rate of each, (K,)."""

    start: I64
    price: F64
    rate: F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Liquidation:
    """Maintenance-margin brackets: those of symbol s are `start[s] <= k < start[s + 1]`, by ascending floor.

    At notional n the bracket with the last `floor` <= n holds: maintenance = n × `rate` − `amount`. `fee_rate` is
    charged on the notional of a liquidation on top of the taker fee.
    """

    start: I64
    floor: F64
    rate: F64
    amount: F64
    isolated: bool
    fee_rate: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detail:
    """Bars of a lower timeframe inside each bar, `start` (N, T + 1), prices (K,), in time order (rule 8)."""

    start: I64
    open: F64
    high: F64
    low: F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carry:
    """What holding costs or gives over time, applied before anything else in a row.

    `borrow_per_year` is a fraction of a short's value (365 days). Corporate actions: `start` (N, T + 1); each first
    divides the position's prices and multiplies its quantity by `split` (1.0: none), then pays `cash` per share.
    """

    borrow_per_year: float
    start: I64
    split: F64
    cash: F64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimitRules:
    """Brakes of the whole strategy. `session` (T,) numbers the session of each row, ascending.

    0 trades, 0 bars and 0.0 (fractions of equity) mean: no such limit.
    """

    session: I64
    max_trades: int
    cooldown_bars: int
    max_daily_loss: float
    max_drawdown: float
