"""The indicator tool: everything that is offered can be computed, and both makers stand behind the same port."""

from __future__ import annotations

import json

import pytest

from tests.agent.worlds import ACCOUNT, NOW, account_view, world
from vibex.agent.baseline import Baseline
from vibex.agent.context import ContextBuilder
from vibex.agent.tools import ALLOWED, ToolLimits, answer_call, indicator_tool
from vibex.domain import ManualClock
from vibex.domain.ports import DecisionMaker
from vibex.llm import ToolCall


@pytest.mark.parametrize("name", ALLOWED)
async def test_every_indicator_that_is_offered_has_values(name: str) -> None:
    made = world(symbols=["BTC/USDT"])
    context = await ContextBuilder(bars=made, facts=made).build(["BTC/USDT"], account_view(), NOW)
    call = ToolCall(id="1", name="indicator", arguments={"asset": "BTC", "timeframe": "5m", "name": name, "rows": 4})
    found = json.loads(answer_call(call, context, ToolLimits()))
    assert found["values"], found
    assert all(len(values) == 4 and values[-1] is not None for values in found["values"].values())


async def test_the_tool_offers_the_assets_and_timeframes_of_the_context() -> None:
    made = world()
    context = await ContextBuilder(bars=made, facts=made).build(["ETH/USDT"], account_view(), NOW)
    parameters = json.loads(json.dumps(indicator_tool(context, ToolLimits(rows=7)).parameters))
    assert parameters["properties"]["asset"]["enum"] == ["ETH"]
    assert parameters["properties"]["timeframe"]["enum"] == ["5m", "4h"]
    assert parameters["properties"]["rows"]["maximum"] == 7


async def test_makers_are_asked_through_one_port() -> None:
    made = world()
    maker: DecisionMaker = Baseline(ContextBuilder(bars=made, facts=made), made, ManualClock(NOW))
    assert {each.maker for each in await maker.decide(ACCOUNT, ["BTC/USDT"], NOW)} == {maker.name}
