"""A run as the reviewer sees it: entries in order, bars since a stop, the costs that were paid."""

from __future__ import annotations

from tests.backtest.runs import FREE, days, on, strategy
from vibex.backtest import RunSettings, evidence_of, run
from vibex.strategy.review import review


def test_an_entry_after_a_stop_counts_the_bars_in_between() -> None:
    # Bought at the open of day 2 at 100, stopped on day 3; bought again at the open of day 6.
    spec = strategy(
        entry={"long": on(1, 5), "short": None}, exit=None, stop_loss={"type": "percent", "value": 5}, benchmark=None
    )
    evidence = evidence_of(run(spec, days(100, 100, 100, 90, 90, 90, 90, 95), settings=FREE))
    assert [trade.bars_after_stop for trade in evidence.trades] == [None, 3]
    assert [trade.reason for trade in evidence.trades] == ["stop_loss", "end_of_data"]
    assert evidence.trades[0].return_percent == -5


def test_an_entry_after_a_signal_exit_has_no_stop_before_it() -> None:
    spec = strategy(entry={"long": on(1, 5), "short": None}, exit={"long": on(3), "short": None})
    evidence = evidence_of(run(spec, days(*range(100, 110)), settings=RunSettings(fee_bps=7, slippage_bps=1)))
    assert [trade.bars_after_stop for trade in evidence.trades] == [None, None]
    assert (evidence.costs.fee_bps, evidence.costs.slippage_bps) == (7, 1)
    assert len(evidence.bars["BTC/USDT"]) == 10


def test_the_review_of_a_run_says_that_it_re_entered_at_once() -> None:
    spec = strategy(
        entry={"long": on(1, 3), "short": None}, exit=None, stop_loss={"type": "percent", "value": 5}, benchmark=None
    )
    evidence = evidence_of(run(spec, days(100, 100, 100, 90, 90, 80, 80), settings=FREE))
    messages = [issue.message for issue in review(spec, evidence)]
    assert any("came within 3 bars of a stop" in message for message in messages)
