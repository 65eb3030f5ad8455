"""Levels at the real fill: on the grid, inside liquidation, and back from the journal as they were."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.execution.reports import RULES
from vibex.domain import PositionSide, Protection
from vibex.domain.protection import AtPrice, Choice, DistanceAway, LevelRule, PercentAway, RiskMultiple
from vibex.execution.plans import Plan, emergency, levels, plan_data, plan_of, quantity_on_grid

D = Decimal


def _plan(side: PositionSide, stop: LevelRule | None, target: LevelRule | None = None) -> Plan:
    return Plan(side=side, protection=Protection(stop=stop, target=target), correlation_id="story")


def test_levels_are_resolved_at_the_fill_and_put_on_the_grid() -> None:
    plan = _plan(PositionSide.LONG, PercentAway(D(2)), RiskMultiple(D(2)))
    found = levels(plan, entry=D("100.37"), liquidation=None, rules=RULES)
    assert found.stop == D("98.4")  # 98.3626 for a sell rounds up: the stop never gives more away than was said
    assert found.target == D("104.4")  # twice the distance of 98.3626


def test_a_short_is_the_mirror_image() -> None:
    found = levels(
        _plan(PositionSide.SHORT, PercentAway(D(2)), AtPrice(D(90))), entry=D(100), liquidation=None, rules=RULES
    )
    assert (found.stop, found.target) == (D(102), D(90))


@pytest.mark.parametrize(
    ("side", "liquidation", "stop"), [(PositionSide.LONG, D(99), D("99.1")), (PositionSide.SHORT, D(101), D("100.9"))]
)
def test_a_stop_beyond_liquidation_is_moved_inside_it(side: PositionSide, liquidation: Decimal, stop: Decimal) -> None:
    assert levels(_plan(side, PercentAway(D(5))), entry=D(100), liquidation=liquidation, rules=RULES).stop == stop


def test_a_stop_on_the_wrong_side_of_the_real_fill_becomes_the_emergency_stop() -> None:
    found = levels(_plan(PositionSide.LONG, AtPrice(D(105))), entry=D(100), liquidation=None, rules=RULES)
    assert found.stop == D(97)


def test_a_position_without_a_plan_has_a_stop_of_its_own() -> None:
    assert levels(emergency(PositionSide.SHORT, "x"), entry=D(100), liquidation=None, rules=RULES).stop == D(103)


def test_none_in_an_amendment_keeps_what_stands() -> None:
    plan = _plan(PositionSide.LONG, PercentAway(D(2)), PercentAway(D(4)))
    amended = plan.amended(Protection(stop=AtPrice(D(99))))
    assert amended.protection == Protection(stop=AtPrice(D(99)), target=PercentAway(D(4)))


@pytest.mark.parametrize(
    "rule",
    [
        PercentAway(D("1.5")),
        DistanceAway(D("0.0001")),
        AtPrice(D(60_000)),
        RiskMultiple(D(2)),
        Choice((PercentAway(D(1)), Choice((AtPrice(D(5)),), nearest=False)), nearest=True),
    ],
)
def test_a_plan_comes_back_from_the_journal_as_it_was(rule: LevelRule) -> None:
    plan = _plan(PositionSide.SHORT, rule, rule)
    assert plan_of(plan_data(plan), "story") == plan


def test_a_quantity_is_cut_to_the_lot_and_to_the_largest_order() -> None:
    assert quantity_on_grid(RULES, D("0.0129")) == D("0.012")
    assert quantity_on_grid(RULES, D("0.0004")) == 0
    assert quantity_on_grid(RULES, D(80)) == 50
