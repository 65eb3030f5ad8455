"""Any text at all: no exception, no NaN, nothing above the cap, nothing but the account's assets is opened."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.sanitize.accounts import account
from tests.agent.sanitize.test_answers import GOOD, LINES
from vibex.agent.sanitize import Outcome, Sanitized, sanitize
from vibex.domain import Intent

NUMBERS: st.SearchStrategy[Any] = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(10**30), 10**30),
    st.sampled_from(["$1,000", "1k", "NaN", "", "1e9", True, None, [], {}, "１０", 0, -0.0, 1e308]),
)
DECISIONS = st.fixed_dictionaries(
    {
        "asset": st.sampled_from(["BTC", "ETH", "SOL", "btc", "DOGE", "", None, 1]),
        "action": st.sampled_from(["buy", "sell", "hold", "BUY", "close", None]),
        "allocation_usd": NUMBERS | st.floats(0, 6000),
        "tp_price": NUMBERS | st.floats(100, 100_000),
        "sl_price": NUMBERS | st.floats(100, 100_000),
    },
    optional={"exit_plan": st.text(max_size=20), "rationale": st.text(max_size=20), "extra": NUMBERS},
)
ACCOUNTS = st.fixed_dictionaries(
    {
        "positions": st.dictionaries(st.sampled_from(["BTC", "ETH"]), st.sampled_from(["0.5", "-2"])),
        "flip": st.booleans(),
        "pyramiding": st.booleans(),
        "max_exposure": st.sampled_from(["0.5", "1", "3"]),
    }
)


def assert_harmless(result: Sanitized, given: dict[str, Any]) -> None:
    known = account(**given)
    opened = Decimal(0)
    for decision in result.decisions:
        numbers = (decision.allocation_usd, decision.tp_price, decision.sl_price)
        assert all(number is None or math.isfinite(float(number)) for number in numbers)
        if decision.intent.opens:
            assert decision.asset in known.assets
            assert decision.allocation_usd > 0
            opened += decision.allocation_usd
        else:
            assert decision.allocation_usd == 0
        if decision.intent is Intent.REVERSE:
            assert known.flip
        if decision.intent in (Intent.CLOSE, Intent.REVERSE, Intent.AMEND):
            assert decision.asset in known.positions
        price = known.prices.get(decision.asset)
        if price is not None and decision.side is not None:
            sign = decision.side.direction
            assert decision.tp_price is None or (decision.tp_price - price) * sign > 0
            assert decision.sl_price is None or (decision.sl_price - price) * sign < 0
    assert opened <= known.cap
    if result.outcome is Outcome.FALLBACK_HOLD:
        assert [d.asset for d in result.decisions] == list(known.assets)
        assert all(d.intent is Intent.HOLD for d in result.decisions)
    json.dumps(result.to_json(), allow_nan=False).encode("utf-8")
    "".join(result.reasons).encode("utf-8")


@settings(max_examples=120, deadline=None)
@given(text=st.text(max_size=300), given_=ACCOUNTS)
def test_any_text_is_judged_without_harm(text: str, given_: dict[str, Any]) -> None:
    assert_harmless(sanitize(text, account(**given_)), given_)


@settings(max_examples=120, deadline=None)
@given(decisions=st.lists(DECISIONS, max_size=6), given_=ACCOUNTS)
def test_any_decisions_are_judged_without_harm(decisions: list[Any], given_: dict[str, Any]) -> None:
    assert_harmless(sanitize(json.dumps({"trade_decisions": decisions}), account(**given_)), given_)


@settings(max_examples=120, deadline=None)
@given(data=st.data(), given_=ACCOUNTS)
def test_any_damage_to_an_answer_is_judged_without_harm(data: st.DataObject, given_: dict[str, Any]) -> None:
    text = data.draw(st.sampled_from([line["text"] for line in LINES]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    put = data.draw(st.text(st.sampled_from("{}[]\",:'\\ \n/*#<>`-0123456789eEnulNaN\ud800é"), max_size=8))
    assert_harmless(sanitize(text[:start] + put + text[end:], account(**given_)), given_)


@settings(max_examples=60, deadline=None)
@given(end=st.integers(0, len(GOOD) - 1))
def test_an_answer_that_breaks_off_anywhere_holds_every_asset(end: int) -> None:
    result = sanitize(GOOD[:end], account())
    assert result.outcome is Outcome.FALLBACK_HOLD


@settings(max_examples=80, deadline=None)
@given(decisions=st.lists(DECISIONS, min_size=1, max_size=5))
def test_what_is_accepted_is_accepted_again(decisions: list[Any]) -> None:
    """Sanitizing its own output changes nothing."""
    first = sanitize(json.dumps({"trade_decisions": decisions}), account())
    if not first.decisions or first.outcome is Outcome.REJECT_DECISION:
        return
    again = sanitize(json.dumps({"trade_decisions": [d.to_json() for d in first.decisions]}), account())
    assert (again.outcome, again.decisions) == (Outcome.ACCEPT, first.decisions)
