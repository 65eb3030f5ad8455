"""What a fill costs, as arithmetic on plain floats: the same lines run as Python and compiled by numba, to the bit.

A schedule travels into an engine body as one vector of `SIZE` numbers, whose places are named below. Everything here
uses floats, `math.floor`, `math.ceil` and `if` only. Costs are positive, rebates negative; a buy is +1, a sell −1.

The order of the float operations of a fee, which both engine bodies keep:

- notional = quantity × price;
- commission = (fixed + per_share × quantity) + rate × notional, with rate the maker's or the taker's; raised to the
  minimum where there is one, then cut to max_share × notional where there is one (a broker's cap beats its minimum);
- duty = ceil((duty_rate × notional) / duty_unit − 1e-9) × duty_unit: rounded up to a whole unit;
- each levy = floor((rate × notional) / levy_unit + 0.5 + 1e-9) × levy_unit: rounded to the nearest unit, halves up;
- a sell adds sell_rate × notional, then sell_per_share × quantity, the latter at most its cap;
- fee = commission, + duty, + levies in their order, + the two of the seller. A part whose rate is 0 adds nothing, so a
  schedule of plain rates costs (quantity × price) × rate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from vibex.domain.arrays import F64

MAKER_RATE = 0
TAKER_RATE = 1
FIXED = 2
PER_SHARE = 3
MIN_PER_ORDER = 4
MAX_SHARE = 5
SELL_RATE = 6
SELL_PER_SHARE = 7
SELL_PER_SHARE_CAP = 8
DUTY_RATE = 9
DUTY_UNIT = 10
LEVIES = 11
LEVY_COUNT = 4
LEVY_UNIT = 15
SIZE = 16
"""Places in the vector; the levies take `LEVIES` to `LEVIES + LEVY_COUNT − 1`. A unit of 0 rounds nothing."""

Vector = F64 | Sequence[float]
"""An array for numba; plain Python is several times faster on a list of the same numbers."""

DAYS_PER_YEAR = 365.0


def fee_from_vector(vector: Vector, side: int, quantity: float, price: float, maker: bool) -> float:
    """The fee of one order in the account's currency; `quantity` and `price` above 0.

    An order that is filled in parts is charged for each part, a minimum too: the side of caution, and what a broker
    does whose order is filled on several days.
    """
    notional = quantity * price
    rate = vector[MAKER_RATE] if maker else vector[TAKER_RATE]
    total = (vector[FIXED] + vector[PER_SHARE] * quantity) + rate * notional
    if vector[MIN_PER_ORDER] > 0.0 and total < vector[MIN_PER_ORDER]:
        total = vector[MIN_PER_ORDER]
    if vector[MAX_SHARE] > 0.0 and total > vector[MAX_SHARE] * notional:
        total = vector[MAX_SHARE] * notional
    if vector[DUTY_RATE] > 0.0:
        duty = vector[DUTY_RATE] * notional
        if vector[DUTY_UNIT] > 0.0:
            duty = math.ceil(duty / vector[DUTY_UNIT] - 1e-9) * vector[DUTY_UNIT]
        total = total + duty
    for place in range(LEVIES, LEVIES + LEVY_COUNT):
        if vector[place] > 0.0:
            levy = vector[place] * notional
            if vector[LEVY_UNIT] > 0.0:
                levy = math.floor(levy / vector[LEVY_UNIT] + 0.5 + 1e-9) * vector[LEVY_UNIT]
            total = total + levy
    if side < 0:
        if vector[SELL_RATE] > 0.0:
            total = total + vector[SELL_RATE] * notional
        if vector[SELL_PER_SHARE] > 0.0:
            activity = vector[SELL_PER_SHARE] * quantity
            if vector[SELL_PER_SHARE_CAP] > 0.0 and activity > vector[SELL_PER_SHARE_CAP]:
                activity = vector[SELL_PER_SHARE_CAP]
            total = total + activity
    return float(total)


def affordable_quantity(vector: Vector, side: int, free: float, price: float, leverage: float, maker: bool) -> float:
    """The largest quantity whose margin and entry fee are sure to fit into `free` cash (rule 32), 0 when none does.

    free ≥ quantity × price / leverage + fee. Roundings are counted at their worst and caps not at all, so that up to
    a unit of duty and half a unit per levy may stay unspent; a schedule of plain rates gives exactly
    free / (price × (1 / leverage + rate)).
    """
    rate = vector[MAKER_RATE] if maker else vector[TAKER_RATE]
    others = vector[DUTY_RATE]
    rounding = 0.0
    if vector[DUTY_RATE] > 0.0:
        rounding = rounding + vector[DUTY_UNIT]
    for place in range(LEVIES, LEVIES + LEVY_COUNT):
        if vector[place] > 0.0:
            others = others + vector[place]
            rounding = rounding + vector[LEVY_UNIT] / 2.0
    per_share = 0.0
    if side < 0:
        others = others + vector[SELL_RATE]
        per_share = vector[SELL_PER_SHARE]
    quantity = (free - (vector[FIXED] + rounding)) / (
        price * (1.0 / leverage + (rate + others)) + (vector[PER_SHARE] + per_share)
    )
    minimum = vector[MIN_PER_ORDER]
    if minimum > 0.0 and (vector[FIXED] + vector[PER_SHARE] * quantity) + rate * (quantity * price) < minimum:
        quantity = (free - (minimum + rounding)) / (price * (1.0 / leverage + others) + per_share)
    return float(max(quantity, 0.0))


def impact(k: float, quantity: float, bar_volume: float) -> float:
    """How far an order of `quantity` moves its own fill, a fraction of the price ≥ 0: k × share².

    share = quantity filled / volume of the bar, `bar_volume` above 0. A buy fills at price × (1 + impact), a sell at
    price × (1 − impact). Source: zipline's volume-share slippage, whose k is 0.1.
    """
    share = quantity / bar_volume
    return k * (share * share)


def borrow_cost(notional: float, days: float, rate_per_year: float) -> float:
    """What a short of `notional` pays for borrowed shares over `days` calendar days: days / 365 × notional × rate."""
    return ((days / DAYS_PER_YEAR) * notional) * rate_per_year
