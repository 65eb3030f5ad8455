"""What the holder of a share is entitled to on the rows of a run: cash dividends, and new shares of splits.

With `raw` prices the account receives both, with `split` prices the dividends only, in today's shares; `total` prices
contain everything, and a dividend in cash would be counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vibex.domain.arrays import F64, I64
from vibex.domain.bars import Bars
from vibex.market.adjustment import ActionKind, Adjustment, CorporateActions, first_row_on, payments


@dataclass(frozen=True, kw_only=True, eq=False)
class Entitlements:
    """Events of one symbol before the open of their row, rows rising; several of one kind in a row are one.

    `split_row` (A,), `split_ratio` (A,): a position of q shares at price p becomes q × ratio shares at p / ratio.
    `dividend_row` (D,), `cash_per_share` (D,): received by a long and paid by a short, per share after the row's split,
    before tax.
    """

    split_row: I64
    split_ratio: F64
    dividend_row: I64
    cash_per_share: F64


def entitlements_of(bars: Bars, actions: CorporateActions, state: Adjustment) -> Entitlements:
    """The events between the first and the last of `bars`, whose prices are adjusted as `state` says.

    Raises InvalidInput (field "actions") as `adjust` does.
    """
    splits: dict[int, float] = {}
    cash: dict[int, float] = {}
    if state is Adjustment.RAW:
        for action in actions.of(bars.symbol, ActionKind.SPLIT):
            row = first_row_on(bars, action.ex_date)
            if row is not None:
                splits[row] = splits.get(row, 1.0) * action.value
    if state is not Adjustment.TOTAL:
        for payment in payments(bars, actions, state):
            cash[payment.row] = cash.get(payment.row, 0.0) + payment.amount
    return Entitlements(
        split_row=np.array(list(splits), dtype=np.int64),
        split_ratio=np.array(list(splits.values()), dtype=np.float64),
        dividend_row=np.array(list(cash), dtype=np.int64),
        cash_per_share=np.array(list(cash.values()), dtype=np.float64),
    )
