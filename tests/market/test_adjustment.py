"""Back-adjustment against hand-made events and against an independent factor file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from vibex.domain import Bars, InvalidInput, Market, NotSupported, Timeframe
from vibex.domain.arrays import F64
from vibex.market import ActionKind, Adjustment, CorporateAction, CorporateActions, adjust, read_actions, read_bars

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


def test_a_split_divides_earlier_prices_and_multiplies_earlier_volume(make_bars: MakeBars) -> None:
    done = adjust(make_bars([40, 44, 11, 12]), CorporateActions(actions=(action(4, "split", 4),)), RAW, SPLIT)
    assert done.close.tolist() == [10, 11, 11, 12]
    assert done.volume is not None
    assert done.volume.tolist() == [400, 400, 100, 100]


def test_total_return_prices_give_the_holders_return(make_bars: MakeBars) -> None:
    # One share at 44 becomes four at 11, which pay 0.5 each when they trade at 12 − 0.5.
    bars = make_bars([40, 44, 11, 12, 11.5])
    actions = CorporateActions(actions=(action(4, "split", 4), action(6, "dividend", 0.5)))
    done = adjust(bars, actions, RAW, TOTAL)
    assert done.close[-1] == 11.5
    assert done.close[4] / done.close[3] == pytest.approx(11.5 / (12 - 0.5))
    assert done.close[1] / done.close[0] == pytest.approx(44 / 40)
    assert done.volume is not None
    assert done.volume.tolist() == [400, 400, 100, 100, 100]


def test_total_is_the_same_by_way_of_split_and_in_either_basis_of_the_dividend(make_bars: MakeBars) -> None:
    bars = make_bars([40, 44, 43, 11, 12])
    split, paid = action(5, "split", 4), action(4, "dividend", 1.0)
    straight = adjust(bars, CorporateActions(actions=(split, paid)), RAW, TOTAL)
    today = CorporateActions(actions=(split, action(4, "dividend", 0.25, split_adjusted=True)))
    for actions in (CorporateActions(actions=(split, paid)), today):
        by_way = adjust(adjust(bars, actions, RAW, SPLIT), actions, SPLIT, TOTAL)
        np.testing.assert_allclose(by_way.close, straight.close, rtol=1e-14)
        np.testing.assert_allclose(adjust(bars, actions, RAW, TOTAL).close, straight.close, rtol=1e-14)


def test_a_dividend_on_the_day_of_a_split_counts_per_new_share(make_bars: MakeBars) -> None:
    actions = CorporateActions(actions=(action(3, "split", 4), action(3, "dividend", 1.0)))
    bars = make_bars([40, 9])
    for done in (adjust(bars, actions, RAW, TOTAL), adjust(adjust(bars, actions, RAW, SPLIT), actions, SPLIT, TOTAL)):
        assert done.close.tolist() == pytest.approx([9, 9])


def test_events_outside_the_data_change_nothing(make_bars: MakeBars) -> None:
    bars = make_bars([10, 11])
    actions = CorporateActions(actions=(action(1, "split", 2), action(2, "split", 2), action(9, "split", 2)))
    assert adjust(bars, actions, RAW, TOTAL).digest() == bars.digest()
    assert adjust(bars, actions, SPLIT, SPLIT) is bars


def test_a_step_back_and_an_impossible_dividend_are_refused(make_bars: MakeBars) -> None:
    with pytest.raises(NotSupported, match="cannot be turned back"):
        adjust(make_bars([10, 11]), CorporateActions(), TOTAL, RAW)
    with pytest.raises(InvalidInput, match="is 12, the close before only 10"):
        adjust(make_bars([10, 11]), CorporateActions(actions=(action(3, "dividend", 12),)), RAW, TOTAL)


def test_an_intraday_split_begins_with_its_trading_day(make_bars: MakeBars) -> None:
    # 23:00 UTC to 01:00 UTC is one winter evening after hours in New York.
    bars = make_bars([40, 40, 10, 10], timeframe=Timeframe.H1, start_ms=1_704_236_400_000)
    done = adjust(bars, CorporateActions(actions=(action(3, "split", 4),)), RAW, SPLIT)
    assert done.close.tolist() == [10, 10, 10, 10]


def test_one_event_from_two_sources_counts_once_and_a_contradiction_is_refused() -> None:
    same = CorporateActions(actions=(action(3, "split", 7), action(3, "split", 6.999997)))
    assert [a.value for a in same.of("ABC", ActionKind.SPLIT)] == [7]
    differing = CorporateActions(actions=(action(3, "dividend", 0.77), action(3, "dividend", 0.19)))
    with pytest.raises(InvalidInput, match=r"dividend of ABC on 2024-01-03 disagree: 0\.77 and 0\.19"):
        differing.of("ABC", ActionKind.DIVIDEND)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("AAPL,31.8.2020,split,4", "line 3: Invalid isoformat"),
        ("AAPL,20200831,merger,4", "line 3: 'merger' is not a valid ActionKind"),
        ("AAPL,20200831,split,0", "line 3: value 0 is not above 0"),
        ("AAPL,20200831,split,four", "line 3: could not convert"),
        ("AAPL,20200831", "line 3: could not convert"),
        ("A APL,20200831,split,4", "line 3: 'A APL' is no US ticker"),
    ],
)
def test_a_bad_line_of_actions_is_refused(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "actions.csv"
    path.write_text(f"symbol,ex_date,type,value\nAAPL,2014-06-09,split,7\n{line}\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=message):
        read_actions(path, Market.US_EQUITY)


def published_factors(folder: Path, bars: Bars, symbol: str) -> tuple[F64, F64]:
    """Price × split and split factor of each bar: those of the first row dated on or after the bar."""
    with (folder / "us_adjustment_factors.csv").open(encoding="utf-8") as file:
        lines = [row for row in csv.DictReader(file) if row["symbol"] == symbol]
    dates = np.array([f"{r['date'][:4]}-{r['date'][4:6]}-{r['date'][6:]}" for r in lines], dtype="datetime64[ms]")
    row = np.searchsorted(dates.astype(np.int64), bars.open_time, side="left")
    splits = np.array([float(r["split_factor"]) for r in lines])[row]
    return np.array([float(r["price_factor"]) for r in lines])[row] * splits, splits


def one_source(path: Path, source: str, folder: Path) -> CorporateActions:
    """The actions of a file's rows from one source: the file lists some events twice, in two bases."""
    lines = path.read_text(encoding="utf-8").splitlines()
    chosen = folder / "one_source.csv"
    chosen.write_text("\n".join([lines[0], *(line for line in lines if source in line)]) + "\n", encoding="utf-8")
    return read_actions(chosen, Market.US_EQUITY)


def test_apples_four_for_one_split_of_2020_is_undone(shared_data: Path) -> None:
    bars = read_bars(shared_data / "us_AAPL_1d.parquet", "AAPL").bars
    actions = read_actions(shared_data / "us_corporate_actions.csv", Market.US_EQUITY)
    done = adjust(bars, actions, RAW, SPLIT)
    ex = int(np.searchsorted(bars.open_time, 1_598_832_000_000))
    assert (bars.close[ex - 1], bars.close[ex]) == (499.23, 129.04)
    assert (done.close[ex - 1], done.close[ex]) == (pytest.approx(124.8075), 129.04)
    with pytest.raises(InvalidInput, match="rows for the dividend of AAPL"):
        adjust(bars, actions, RAW, TOTAL)


@pytest.mark.parametrize("symbol", ["AAPL", "SPY"])
def test_factors_equal_the_published_ones(shared_data: Path, tmp_path: Path, symbol: str) -> None:
    bars = read_bars(shared_data / f"us_{symbol}_1d.parquet", symbol).bars
    actions = one_source(shared_data / "us_corporate_actions.csv", "LEAN", tmp_path)
    total, split = published_factors(shared_data, bars, symbol)
    np.testing.assert_allclose(adjust(bars, actions, RAW, SPLIT).close / bars.close, split, rtol=1e-5)
    # The published factors know dividends after the data's end too; ours are 1 on the last bar.
    ours = adjust(bars, actions, RAW, TOTAL).close / bars.close
    np.testing.assert_allclose(ours, total / total[-1], rtol=2e-3)
