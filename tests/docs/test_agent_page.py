"""What the agent's page states is what the room does: its example, its order of dropping, its regimes, its limits."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from vibex.agent.context import Freshness, RegimeName, RegimeRules
from vibex.agent.deliberation import MakerSettings
from vibex.agent.memory.recall import HALF_LIFE_DAYS, MOST
from vibex.agent.prompt import DROP_ORDER, PromptWriter
from vibex.agent.sanitize import Outcome
from vibex.agent.tools import ToolLimits
from vibex.cli.app import app

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "agent.md").read_text("utf-8")
ANSWER = """Here: ```json
{"trade_decisions": [
 {"asset": "btc", "action": "buy", "allocation_usd": 1000, "tp_price": 66000, "sl_price": 58000, "exit_plan": "", "rationale": ""},
 {"asset": "ETH", "action": "buy", "allocation_usd": 1000000, "tp_price": null, "sl_price": null, "exit_plan": "", "rationale": ""}
]}```"""  # noqa: E501


def table(heading: str) -> list[str]:
    """The code words in the first column of the table whose head begins with `heading`."""
    rows = PAGE[PAGE.index(f"| {heading}") :].split("\n\n")[0].splitlines()[2:]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_the_example_prints_what_the_page_shows() -> None:
    shown = PAGE[PAGE.index("$ vibex agent sanitize") :].split("```")[0].splitlines()
    command = shown[0].removeprefix("$ vibex ").removesuffix(" < answer.txt").split()
    printed = CliRunner().invoke(app, command, input=ANSWER).stdout.splitlines()
    assert [line for line in printed if "repaired" not in line] == shown[1:]


def test_outcomes_and_regimes_are_listed_completely() -> None:
    assert table("outcome") == list(Outcome)
    assert table("regime") == list(RegimeName)


def test_sections_are_named_in_the_order_in_which_they_are_dropped() -> None:
    part = PAGE[PAGE.index("by leaving out, in this order") :].split(". ")[0]
    assert tuple(re.findall(r"`(\w+)`", part)) == DROP_ORDER


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    said = " ".join(PAGE.split())
    rules, ages, maker, tools = RegimeRules(), Freshness(), MakerSettings(model="x"), ToolLimits()
    assert (rules.trend_adx, rules.range_adx, rules.volatility_ratio) == (25, 20, 1.5)
    assert (rules.volatility_bars, rules.funding_rate, rules.drawdown) == (100, 0.0005, 0.10)
    quotes, funding, interest = (
        f"{ages.quote_s:.0f} s",
        f"{ages.funding_s / 60:.0f} min",
        f"{ages.open_interest_s / 60:.0f}",
    )
    assert (
        f"quotes {quotes}, funding {funding}, open interest {interest} min, the account {ages.account_s:.0f} s" in said
    )
    assert f"closed {ages.bar_s:.0f} s ago" in said
    assert f"{PromptWriter().token_budget:,} tokens" in said
    assert f"in at most {tools.rounds} rounds, {tools.calls} calls and {tools.rows} rows" in said
    assert f"({maker.deadline_s:.0f} s from the data" in said
    assert f"price band of {maker.band_pct} %" in said
    assert f"At most {MOST} lessons" in said
    assert f"halved every {HALF_LIFE_DAYS:.0f} days" in said
