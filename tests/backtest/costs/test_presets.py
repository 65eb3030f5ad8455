"""Presets: named, sourced, overridable, and the documentation shows the same numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from vibex.backtest.costs import Basis, CostSchedule, preset, preset_names
from vibex.domain import InvalidInput

DOCUMENT = Path(__file__).parents[3] / "docs" / "costs.md"


def table_rows(schedule: CostSchedule) -> list[str]:
    """The rows of one preset as docs/costs.md has them."""
    rows = []
    for name, value in schedule.values().items():
        source = schedule.sources[name]
        cells = (f"`{schedule.name}`", f"`{name}`", f"{value:.8f}".rstrip("0").rstrip("."), str(source.date))
        rows.append(f"| {' | '.join((*cells, source.basis.value, source.page))} |")
    return rows


def test_every_number_of_every_preset_has_a_source_and_a_date() -> None:
    for name in preset_names():
        schedule = preset(name)
        assert schedule.values()
        assert set(schedule.sources) == set(schedule.values())
        assert all(source.page and source.date for source in schedule.sources.values())


def test_the_documented_table_is_the_file() -> None:
    text = DOCUMENT.read_text("utf-8").partition("## The presets")[2]
    written = [line for line in text.splitlines() if line.startswith("| `")]
    assert written == [row for name in preset_names() for row in table_rows(preset(name))]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput) as refusal:
        preset("robinhood")
    assert all(name in str(refusal.value) for name in preset_names())
    assert preset(" OKX ") is preset("okx")


def test_any_number_can_be_replaced_and_says_that_it_was() -> None:
    mine = preset("hk-equities").overridden_by({"min_per_order": 50.0, "levy.sfc": 0.00003, "borrow_per_year": 0.01})
    assert mine.min_per_order == 50.0
    assert mine.values()["levy.sfc"] == 0.00003
    assert mine.borrow_per_year == 0.01
    assert mine.sources["min_per_order"].basis is Basis.USER
    assert preset("hk-equities").min_per_order == 18.0
    with pytest.raises(InvalidInput, match="no cost 'tobin_tax'"):
        mine.overridden_by({"tobin_tax": 0.1})


def test_no_preset_pretends_to_know_what_borrowing_costs() -> None:
    assert all(preset(name).borrow_per_year is None for name in preset_names())
    assert preset("us-equities").to_json()["borrow_per_year"] is None
