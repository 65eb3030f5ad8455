"""The options of `vibex backtest` that change what is modelled: each has its effect, or is refused before any work."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from vibex.domain.timeframe import HOUR_MS
from vibex.market import read_bars

from .conftest import Vibex, WriteSpec

EIGHT_HOURS = 8 * HOUR_MS


def result_of(vibex: Vibex, spec: Path, bars: Path, *options: object) -> dict[str, Any]:
    done = vibex("backtest", "--spec", spec, "--data", bars, "--json", "--engine", "reference", *options)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def warning_codes(result: dict[str, Any]) -> set[str]:
    return {str(warning["code"]) for warning in result["warnings"]}


@pytest.fixture
def funding(tmp_path: Path, bars: Path) -> Path:
    """A positive rate every eight hours over the whole of `bars`."""
    first, last = (int(read_bars(bars).bars.open_time[place]) for place in (0, -1))
    path = tmp_path / "funding.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("timestamp", "funding_rate"))
        rows.writerows((moment, 0.0001) for moment in range(first, last + HOUR_MS + 1, EIGHT_HOURS))
    return path


def test_funding_is_paid_by_longs_and_stands_in_every_trade(
    vibex: Vibex, write_spec: WriteSpec, bars: Path, funding: Path
) -> None:
    spec = write_spec()
    without, charged = result_of(vibex, spec, bars), result_of(vibex, spec, bars, "--funding", funding)
    assert charged["stats"]["end_equity"] < without["stats"]["end_equity"]
    paid = [trade["funding"] for trade in charged["trades"]]
    assert min(paid) < 0
    assert max(paid) <= 0
    assert "funding_not_modelled" in warning_codes(without)
    assert "funding" in warning_codes(charged)
    assert charged["digests"]["data"] != without["digests"]["data"]


def test_a_dearer_schedule_costs_more_and_a_maker_fee_is_charged_on_targets(
    vibex: Vibex, write_spec: WriteSpec, bars: Path
) -> None:
    spec = write_spec(take_profit={"type": "percent", "value": 1})
    cheap = result_of(vibex, spec, bars, "--costs", "hyperliquid")
    dear = result_of(vibex, spec, bars, "--costs", "hyperliquid,taker_rate=0.002")
    assert dear["stats"]["fees"] > cheap["stats"]["fees"]
    free_targets = result_of(vibex, spec, bars, "--fee-bps", "5", "--maker-fee-bps", "0")
    hit = next(trade for trade in free_targets["trades"] if trade["reason"] == "take_profit")
    assert hit["fees"] == pytest.approx(hit["quantity"] * hit["entry_price"] * 5e-4)


def test_a_volume_cap_fills_no_more_than_its_share_of_a_bar(vibex: Vibex, write_spec: WriteSpec, bars: Path) -> None:
    spec = write_spec()
    whole = result_of(vibex, spec, bars, "--capital", "1e9")
    capped = result_of(vibex, spec, bars, "--capital", "1e9", "--volume-cap", "0.05", "--impact", "0.1")
    assert max(t["quantity"] for t in capped["trades"]) < max(t["quantity"] for t in whole["trades"])


def test_both_orders_of_an_ambiguous_bar_are_given_and_the_tie_may_be_chosen(
    vibex: Vibex, write_spec: WriteSpec, bars: Path
) -> None:
    spec = write_spec(stop_loss={"type": "percent", "value": 0.3}, take_profit={"type": "percent", "value": 0.3})
    stop_first = result_of(vibex, spec, bars)["stats"]
    assert stop_first["ambiguous_bars"] > 0
    target_first = result_of(vibex, spec, bars, "--tie", "target")
    assert target_first["stats"]["end_equity"] == stop_first["end_equity_target_first"]
    assert "tie_order" in warning_codes(target_first)


def test_the_holdout_is_in_no_bar_of_the_run_and_the_result_says_so(
    vibex: Vibex, write_spec: WriteSpec, bars: Path
) -> None:
    result = result_of(vibex, write_spec(), bars, "--holdout", "20%")
    opens = read_bars(bars).bars.open_time
    sealed = result["holdout"]["sealed_from"]
    assert result["holdout"]["seen"] is False
    assert all(trade["exit_time"] < sealed for trade in result["trades"])
    assert len(opens) * 0.79 < sum(1 for moment in opens if _text(int(moment)) < sealed) < len(opens) * 0.81


def _text(epoch_ms: int) -> str:
    from vibex.domain import format_ms

    return format_ms(epoch_ms)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("--volume-cap", "0"), "volume_cap"),
        (("--volume-cap", "1.5"), "volume_cap"),
        (("--impact", "0.1"), "impact"),
        (("--target-through", "1", "--tick-size", "0"), "target_through"),
        (("--liquidation",), "brackets"),
        (("--costs", "nowhere"), "costs"),
        (("--costs", "aster", "--fee-bps", "3"), "costs"),
        (("--costs", "aster,colour=3"), "costs"),
        (("--entry-order", "alphabet"), "entry_order"),
        (("--holdout", "100%"), "holdout"),
        (("--liquidation-fee-bps", "5"), "liquidation_fee_bps"),
    ],
)
def test_an_option_that_cannot_work_is_refused_by_name(
    vibex: Vibex, write_spec: WriteSpec, bars: Path, options: tuple[str, ...], field: str
) -> None:
    done = vibex("backtest", "--spec", write_spec(), "--data", bars, *options)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {field}:")
    assert "Traceback" not in done.stderr


def test_funding_that_ends_early_is_refused_with_its_dates(
    vibex: Vibex, write_spec: WriteSpec, bars: Path, funding: Path, tmp_path: Path
) -> None:
    short = tmp_path / "short.csv"
    short.write_text("\n".join(funding.read_text().splitlines()[:40]) + "\n")
    done = vibex("backtest", "--spec", write_spec(), "--data", bars, "--funding", short)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: funding: short.csv lacks settlements of BTC/USDT")
