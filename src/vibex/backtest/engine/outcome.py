"""What a simulation leaves behind: the one output of both engine bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from vibex.domain.arrays import F64, I64


class Reason(IntEnum):
    """Why a trade ended: the closed set of rule 51."""

    SIGNAL = 0
    REVERSAL = 1
    STOP_LOSS = 2  # also the exit that a limit on losses orders
    TAKE_PROFIT = 3
    TRAILING_STOP = 4
    TIME_STOP = 5  # also the exit of `session_exit_minutes`
    END_OF_DATA = 6
    LIQUIDATION = 7


class Skip(IntEnum):
    """Why an entry that was due was not made. The first eight are tested in this order, the first that applies counts.

    The others: the order was dropped (EXPIRED, MAX_TRADES, LOSS_LIMIT) or not even decided (COOLDOWN, LOSS_LIMIT).
    """

    NO_EQUITY = 0  # equity at the open is not above 0 (rule 41)
    MISSING_ATR = 1  # an ATR of the decision bar is not finite or not above 0 (rule 35)
    MISSING_LEVEL = 2  # a level of the decision bar has no value
    WRONG_SIDE_LEVEL = 3  # a level is not beyond the fill on its own side (rule 42)
    MISSING_VOLATILITY = 4  # no realised volatility at the decision bar, or zero (rule 36)
    NO_FREE_CASH = 5  # nothing left for margin and fee (rule 32)
    BELOW_LOT = 6  # the quantity rounds to 0 (rule 33)
    BELOW_MIN_NOTIONAL = 7
    EXPIRED = 8  # nothing of it was filled in time (rules 11, 62)
    MAX_TRADES = 9
    COOLDOWN = 10
    LOSS_LIMIT = 11


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TradeColumns:
    """One row per trade, shape (M,), ordered by exit (clock row, then symbol); open trades last, by symbol.

    `symbol` indexes `Plan.symbols`; `direction` +1 long, −1 short; `entry_row`, `exit_row` are clock rows of
    the fills (the last clock row of the symbol's own bars for END_OF_DATA); `bars_held` counts the symbol's
    own bars between them. `lowest`/`highest` are the extreme prices while it was open: entry fill before
    slippage, low and high of every bar that it survived with trades, and in the exit bar only the open (when
    the position came into that bar) and the exit level before slippage. Prices in quote currency, of several fills
    the quantity-weighted mean; `quantity` > 0 in base units, all that was entered; `funding` and `carry` (dividends,
    borrow) are cash received, negative when paid; `pnl` = gross − fees + funding + carry. `reason` holds Reason
    values, of the fill that ended it.
    """

    symbol: I64
    direction: I64
    entry_row: I64
    exit_row: I64
    entry_price: F64
    exit_price: F64
    quantity: F64
    pnl: F64
    fees: F64
    bars_held: I64
    lowest: F64
    highest: F64
    reason: I64
    funding: F64
    carry: F64

    def __len__(self) -> int:
        return len(self.symbol)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FillColumns:
    """One row per fill, shape (F,), in the order in which they happened. `side` +1 buy, −1 sell; `entry` 1 or 0;
    `reason` holds Reason values, −1 for entries; `price` as paid, `fee` in quote currency."""

    symbol: I64
    row: I64
    side: I64
    entry: I64
    quantity: F64
    price: F64
    fee: F64
    reason: I64

    def __len__(self) -> int:
        return len(self.symbol)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """`equity` (T,) at each close in quote currency; `skipped` counts entries not made (only reasons above 0);
    `ambiguous_bars` by rules 48 and 49; `unfilled_at_end` orders, exits and entries each, that had no later bar;
    `cash_cut` counts entries that free cash made smaller or impossible (rule 32). `fills` is None unless
    `Plan.fills_in_parts`: otherwise each trade is its own two fills."""

    equity: F64
    trades: TradeColumns
    skipped: Mapping[Skip, int]
    ambiguous_bars: int
    unfilled_at_end: int
    cash_cut: int
    fills: FillColumns | None
