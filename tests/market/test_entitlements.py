"""Dividends and splits on the rows of a run, and that all three adjustments give the holder the same return."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from vibex.domain import Bars, Market
from vibex.domain.arrays import F64
from vibex.market import ActionKind, Adjustment, CorporateAction, CorporateActions, adjust, read_actions, read_bars
from vibex.market.entitlements import Entitlements, entitlements_of

MakeBars = Callable[..., Bars]
RAW, SPLIT, TOTAL = Adjustment.RAW, Adjustment.SPLIT, Adjustment.TOTAL


def action(day: int, kind: str, value: float, *, split_adjusted: bool = False) -> CorporateAction:
    return CorporateAction(
        symbol="ABC",
        ex_date=date(2024, 1, day),
        kind=ActionKind(kind),
        value=value,
        split_adjusted=split_adjusted,
    )


def value_of_one_share(bars: Bars, events: Entitlements) -> F64:
    """What one share bought at the first close is worth at each close, every dividend reinvested at the close before
    the ex-date less the dividend, as total-return prices assume."""
    shares, worth = 1.0, np.empty(len(bars))
    splits = dict(zip(events.split_row.tolist(), events.split_ratio.tolist(), strict=True))
    cash = dict(zip(events.dividend_row.tolist(), events.cash_per_share.tolist(), strict=True))
    for row in range(len(bars)):
        ratio = splits.get(row, 1.0)
        shares *= ratio
        if row in cash:
            ex_price = bars.close[row - 1] / ratio - cash[row]
            shares += shares * cash[row] / ex_price
        worth[row] = shares * bars.close[row]
    return worth


def test_raw_prices_bring_shares_and_cash_split_prices_cash_and_total_prices_nothing(make_bars: MakeBars) -> None:
    bars = make_bars([40, 44, 11, 12, 11.5])
    actions = CorporateActions(actions=(action(4, "split", 4), action(6, "dividend", 0.5), action(3, "dividend", 2.0)))
    raw = entitlements_of(bars, actions, RAW)
    assert (raw.split_row.tolist(), raw.split_ratio.tolist()) == ([2], [4.0])
    assert (raw.dividend_row.tolist(), raw.cash_per_share.tolist()) == ([1, 4], [2.0, 0.5])
    split = entitlements_of(adjust(bars, actions, RAW, SPLIT), actions, SPLIT)
    assert split.split_row.tolist() == []
    assert (split.dividend_row.tolist(), split.cash_per_share.tolist()) == ([1, 4], [0.5, 0.5])
    total = entitlements_of(adjust(bars, actions, RAW, TOTAL), actions, TOTAL)
    assert len(total.split_row) == len(total.dividend_row) == 0


def test_a_dividend_in_todays_shares_is_told_in_those_of_its_day(make_bars: MakeBars) -> None:
    actions = CorporateActions(actions=(action(4, "split", 4), action(3, "dividend", 0.5, split_adjusted=True)))
    assert entitlements_of(make_bars([40, 44, 11]), actions, RAW).cash_per_share.tolist() == [2.0]


def test_events_before_the_second_bar_and_after_the_last_belong_to_nobody(make_bars: MakeBars) -> None:
    actions = CorporateActions(actions=(action(2, "dividend", 1.0), action(9, "dividend", 1.0), action(9, "split", 2)))
    events = entitlements_of(make_bars([40, 44, 45]), actions, RAW)
    assert len(events.dividend_row) == len(events.split_row) == 0


def test_a_holder_of_apple_across_its_splits_has_the_same_return_in_all_three_adjustments(
    shared_data: Path, tmp_path: Path
) -> None:
    raw = read_bars(shared_data / "us_AAPL_1d.parquet", "AAPL").bars
    raw = raw.between(int(np.datetime64("2013-01-02", "ms").astype(np.int64)), None)
    every = (shared_data / "us_corporate_actions.csv").read_text("utf-8").splitlines()
    of_one_source = [line for line in every if "split-adjusted" not in line]
    (tmp_path / "actions.csv").write_text("\n".join(of_one_source) + "\n", "utf-8")
    actions = read_actions(tmp_path / "actions.csv", Market.US_EQUITY)
    worth = {
        state: value_of_one_share(bars, entitlements_of(bars, actions, state))
        for state, bars in ((s, adjust(raw, actions, RAW, s)) for s in Adjustment)
    }
    for state in (SPLIT, TOTAL):
        np.testing.assert_allclose(worth[state] / worth[state][0], worth[RAW] / worth[RAW][0], rtol=1e-9)
    row = int(np.searchsorted(raw.open_time, np.datetime64("2020-08-31", "ms").astype(np.int64)))
    assert raw.close[row - 1] == pytest.approx(499.23)
    assert row in entitlements_of(raw, actions, RAW).split_row
    assert worth[RAW][row] / worth[RAW][row - 1] == pytest.approx(129.04 * 4 / 499.23, rel=1e-3)


def test_tencent_paid_its_three_dividends(shared_data: Path) -> None:
    bars = read_bars(shared_data / "hk_0700_1d.parquet", "0700.HK").bars
    actions = read_actions(shared_data / "hk_corporate_actions.csv", Market.HK_EQUITY)
    events = entitlements_of(bars, actions, SPLIT)
    days = [str(day) for day in bars.open_time[events.dividend_row].astype("datetime64[ms]").astype("datetime64[D]")]
    assert dict(zip(days, events.cash_per_share.tolist(), strict=True)) == {
        "2020-05-15": 1.2,
        "2021-05-24": 1.6,
        "2022-05-20": 1.6,
    }
