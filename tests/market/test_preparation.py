"""What stands between a file and a run: adjustment, jumps, sessions, timeframe, currency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from vibex.domain import Bars, InvalidInput, Market, Timeframe
from vibex.market import (
    ActionKind,
    Adjustment,
    CorporateAction,
    CorporateActions,
    DataFile,
    Declared,
    PreparationRequest,
    measure_quality,
    prepare,
    read_actions,
    read_bars,
)
from vibex.market.repairs import Repairs

MakeBars = Callable[..., Bars]
US = PreparationRequest(market=Market.US_EQUITY, timeframe=Timeframe.D1, adjustment=Adjustment.RAW)
CRYPTO = PreparationRequest(market=Market.CRYPTO, timeframe=Timeframe.H1)


def file_of(bars: Bars, **declared: object) -> DataFile:
    stated = Declared(**declared)  # type: ignore[arg-type]
    quality = measure_quality(bars, source="x.csv", simulated=stated.simulated)
    return DataFile(bars=bars, quality=quality, declared=stated, repairs=Repairs())


def actions_of(kind: str, day: date, value: float, symbol: str = "ABC") -> CorporateActions:
    event = CorporateAction(symbol=symbol, ex_date=day, kind=ActionKind(kind), value=value)
    return CorporateActions(actions=(event,))


def test_equity_data_has_to_say_what_it_is_adjusted_for(make_bars: MakeBars) -> None:
    bars = make_bars([10, 11, 12])
    with pytest.raises(InvalidInput, match="does not say") as refused:
        prepare({"ABC": file_of(bars)}, replace(US, adjustment=None))
    assert refused.value.field == "adjust"
    assert "--adjust raw" in str(refused.value.remedy)
    assert prepare({"ABC": file_of(bars)}, US).adjustment is Adjustment.RAW
    declared = prepare({"ABC": file_of(bars, adjustment=Adjustment.TOTAL)}, replace(US, adjustment=None))
    assert declared.adjustment is Adjustment.TOTAL
    assert declared.quality["ABC"].to_json()["adjustment"] == "total"


def test_a_declaration_is_not_overruled_without_actions(make_bars: MakeBars) -> None:
    file = file_of(make_bars([10, 11, 12]), adjustment=Adjustment.SPLIT)
    with pytest.raises(InvalidInput, match="declares split prices, not raw") as refused:
        prepare({"ABC": file}, US)
    assert refused.value.field == "adjust"


def test_all_symbols_of_a_run_are_adjusted_alike(make_bars: MakeBars) -> None:
    files = {
        "ABC": file_of(make_bars([10, 11]), adjustment=Adjustment.SPLIT),
        "DEF": file_of(make_bars([10, 11]), adjustment=Adjustment.TOTAL),
    }
    with pytest.raises(InvalidInput, match="ABC is split, DEF is total"):
        prepare(files, replace(US, adjustment=None))


def test_an_unexplained_jump_stops_the_run_with_date_and_remedy(make_bars: MakeBars) -> None:
    file = file_of(make_bars([40, 44, 11, 12]))
    with pytest.raises(InvalidInput, match=r"ABC moves -75\.0% on 2024-01-04 \(raw prices") as refused:
        prepare({"ABC": file}, US)
    assert "--actions" in str(refused.value.remedy)
    assert "ABC,2024-01-04,move,1" in str(refused.value.remedy)
    for actions in (actions_of("split", date(2024, 1, 4), 4), actions_of("move", date(2024, 1, 4), 1)):
        assert prepare({"ABC": file}, replace(US, actions=actions)).bars["ABC"].close[0] == 40
    with pytest.raises(InvalidInput, match=r"\+340\.0% on 2024-01-03 \(raw prices, known splits taken out\)"):
        prepare({"ABC": file}, replace(US, actions=actions_of("split", date(2024, 1, 3), 4)))


def test_data_declared_adjusted_is_checked_too_and_a_split_does_not_excuse_it(make_bars: MakeBars) -> None:
    request = replace(US, adjustment=None, actions=actions_of("split", date(2024, 1, 4), 4))
    with pytest.raises(InvalidInput, match=r"-75\.0% on 2024-01-04 \(split prices\)"):
        prepare({"ABC": file_of(make_bars([40, 44, 11]), adjustment=Adjustment.SPLIT)}, request)


def test_adjusting_what_is_adjusted_already_is_noticed(make_bars: MakeBars) -> None:
    request = replace(US, adjustment=Adjustment.SPLIT, actions=actions_of("split", date(2024, 1, 4), 4))
    with pytest.raises(InvalidInput, match=r"\+300\.0% on 2024-01-04"):
        prepare({"ABC": file_of(make_bars([10, 10, 10]))}, request)
    converted = prepare({"ABC": file_of(make_bars([40, 40, 10]))}, request)
    assert converted.bars["ABC"].close.tolist() == [10, 10, 10]
    assert converted.adjustment is Adjustment.SPLIT


def test_a_jump_to_the_open_alone_counts_and_thirty_five_percent_is_allowed(make_bars: MakeBars) -> None:
    bars = make_bars([100, 100, 100])
    wide = replace(bars, open=np.array([100.0, 136, 100]), high=np.array([100.0, 136, 100]))
    with pytest.raises(InvalidInput, match=r"\+36\.0%"):
        prepare({"ABC": file_of(wide)}, US)
    prepare({"ABC": file_of(make_bars([100, 135, 100]))}, US)


def test_crypto_may_jump_and_takes_no_adjustment(make_bars: MakeBars) -> None:
    bars = make_bars([10, 20, 10], timeframe=Timeframe.H1)
    done = prepare({"ABC/USDT": file_of(bars)}, CRYPTO)
    assert (done.adjustment, done.currency, done.bars["ABC/USDT"].symbol) == (None, "USDT", "ABC/USDT")
    with pytest.raises(InvalidInput, match="no splits"):
        prepare({"ABC/USDT": file_of(bars)}, replace(CRYPTO, adjustment=Adjustment.RAW))


def test_finer_data_is_resampled_and_coarser_is_refused(make_bars: MakeBars) -> None:
    done = prepare({"A/USDT": file_of(make_bars(range(1, 121), timeframe=Timeframe.M1))}, CRYPTO)
    assert done.bars["A/USDT"].close.tolist() == [60, 120]
    assert done.quality["A/USDT"].resampled_to is Timeframe.H1
    assert done.quality["A/USDT"].rows == 120
    assert [note.message for note in done.notes] == ["A/USDT: 1m bars were resampled to 1h"]
    with pytest.raises(InvalidInput, match="has 4h bars, the strategy needs 1h") as refused:
        prepare({"A/USDT": file_of(make_bars([1, 2], timeframe=Timeframe.H4))}, CRYPTO)
    assert refused.value.field == "timeframe"


def test_a_file_of_another_symbol_market_or_currency_is_refused(make_bars: MakeBars) -> None:
    bars = make_bars([10, 11], timeframe=Timeframe.H1)
    for declared in ({"symbol": "BTC/USDT"}, {"market": Market.US_EQUITY}, {"currency": "USDC"}):
        with pytest.raises(InvalidInput, match="declares") as refused:
            prepare({"ETH/USDT": file_of(bars, **declared)}, CRYPTO)
        assert refused.value.field == "data"


def test_two_currencies_are_refused(make_bars: MakeBars) -> None:
    file = file_of(make_bars([10, 11], timeframe=Timeframe.H1))
    with pytest.raises(InvalidInput, match="one run has one currency"):
        prepare({"A/USDT": file, "A/USDC": file}, CRYPTO)


def test_hong_kong_needs_a_board_lot_or_says_fractional(make_bars: MakeBars) -> None:
    request = PreparationRequest(market=Market.HK_EQUITY, timeframe=Timeframe.D1, adjustment=Adjustment.SPLIT)
    file = file_of(make_bars([10, 11]))
    with pytest.raises(InvalidInput, match=r"board lot of 6666\.HK"):
        prepare({"6666.HK": file}, request)
    assert prepare({"0700.HK": file}, request).instruments["0700.HK"].lot == 100
    free = prepare({"0700.HK": file}, replace(request, fractional=True))
    assert free.instruments["0700.HK"].lot == 0


def test_a_filter_may_jump_and_needs_no_lot(make_bars: MakeBars) -> None:
    request = replace(US, filters=("VIX",))
    done = prepare({"ABC": file_of(make_bars([10, 11])), "VIX": file_of(make_bars([17, 37]))}, request)
    assert set(done.bars) == {"ABC", "VIX"}
    assert set(done.instruments) == {"ABC"}
    assert any("VIX: the price moves +117.6%" in note.message for note in done.notes)


def test_only_the_regular_session_of_real_minute_bars_is_used(shared_data: Path) -> None:
    file = read_bars(shared_data / "us_SPY_1m.parquet", "SPY")
    done = prepare({"SPY": file}, replace(US, timeframe=Timeframe.M1))
    dropped = done.quality["SPY"].dropped_extended_hours
    assert len(done.bars["SPY"]) == 7 * 390
    assert dropped == len(file.bars) - 7 * 390
    assert any("hole of more than a year" in note.message for note in done.notes)
    all_hours = prepare({"SPY": file}, replace(US, timeframe=Timeframe.M1, extended_hours=True))
    assert len(all_hours.bars["SPY"]) == len(file.bars)
    assert all_hours.quality["SPY"].dropped_extended_hours is None
    hourly = prepare({"SPY": read_bars(shared_data / "us_SPY_1h.parquet")}, replace(US, timeframe=Timeframe.H1))
    assert hourly.quality["SPY"].dropped_extended_hours == 0


def test_apples_split_in_minute_bars_stops_the_run_until_it_is_known(shared_data: Path) -> None:
    file = read_bars(shared_data / "us_AAPL_1m.parquet")
    request = replace(US, timeframe=Timeframe.M5)
    with pytest.raises(InvalidInput, match="2014-06-09"):
        prepare({"AAPL": file}, request)
    actions = read_actions(shared_data / "us_corporate_actions.csv", Market.US_EQUITY)
    known = prepare({"AAPL": file}, replace(request, actions=actions, adjustment=Adjustment.SPLIT))
    assert len(known.bars["AAPL"]) == 3 * 78
    assert known.bars["AAPL"].close[0] == pytest.approx(92.3, abs=1)


def test_apples_crash_of_2000_is_named_after_its_splits_are_known(shared_data: Path) -> None:
    actions = read_actions(shared_data / "us_corporate_actions.csv", Market.US_EQUITY)
    file = read_bars(shared_data / "us_AAPL_1d.parquet")
    with pytest.raises(InvalidInput, match=r"-51\.6% on 2000-09-29"):
        prepare({"AAPL": file}, replace(US, actions=actions))
    checked = actions_of("move", date(2000, 9, 29), 1, symbol="AAPL").actions
    prepare({"AAPL": file}, replace(US, actions=CorporateActions(actions=actions.actions + checked)))
