"""From a reading to a strategy, or to a refusal that names the problem."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibex.analysis.generator import generate_market
from vibex.domain import Market, Timeframe
from vibex.strategy import StrategySpec, parse_spec
from vibex.strategy.draft import Draft, Issue, Language
from vibex.strategy.drafting import draft
from vibex.strategy.review import Evidence, MeasuredTrade
from vibex.testing.evidence import Measured

from .readings import OVERSOLD, Json, partial, reading

_FIELDS = (
    *("symbols", "market", "timeframe", "entry", "exit", "stop_loss", "take_profit", "sizing", "indicators", "name"),
    *("archetype", "session", "order", "leverage", "limits", "assumptions", "unheard_of"),
)
_KEYS = ("long", "short", "all", "not", "left", "op", "right", "ref", "type", "value", "id", "name", "params")


def assert_refused(made: Draft, field: str, word: str) -> None:
    assert made.spec is None
    errors = [issue for issue in made.issues if issue.severity == "error"]
    assert errors
    assert all(issue.field and issue.message for issue in errors)
    assert any(issue.field.startswith(field) and word in issue.message for issue in errors), errors
    assert errors[0].message in made.explanation


def test_a_reading_becomes_a_strategy_with_its_assumptions_and_notes() -> None:
    made = draft(reading(partial()))
    assert made.spec is not None
    assert {each.field for each in made.spec.assumptions} >= {"timeframe", "stop_loss", "sizing"}
    assert made.spec.take_profit is None
    assert made.spec.metadata.signal_frequency == "not measured"
    assert [issue.field for issue in made.issues] == ["take_profit"]
    assert "RSI(14) crosses below 30" in made.explanation


def test_the_draft_is_the_object_of_the_contract() -> None:
    shown = draft(reading(partial())).to_json()
    assert set(shown) == {"spec", "issues", "explanation"}
    assert parse_spec(shown["spec"]).digest()
    assert draft(reading(None)).to_json()["spec"] is None


@pytest.mark.parametrize(
    ("content", "field", "word"),
    [
        (None, "text", "no trading rule"),
        (partial("entry", "exit"), "entry", "when to enter"),
        (partial("entry"), "entry", "when to leave, not when to enter"),
        (partial("symbols"), "symbols", "which asset"),
        (partial("indicators"), "entry.long", "rsi_14"),
        (partial(entry={"long": {"left": "rsi_14", "op": ">", "right": 120}}), "entry.long", "between 0 and 100"),
        (partial(stop_loss={"type": "percent", "value": -2}), "stop_loss", "below its entry"),
        (partial(leverage=500), "leverage", "125"),
        (partial(timeframe="7h"), "timeframe", "1h"),
        (partial(symbols=["BTC/USDT", "AAPL"]), "symbols[1]", "no symbol of crypto"),
        (partial(entry={"long": [OVERSOLD]}), "entry.long", "condition"),
    ],
)
def test_what_cannot_be_drafted_is_refused_with_the_field_and_the_problem(
    content: Json | None, field: str, word: str
) -> None:
    assert_refused(draft(reading(content)), field, word)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 400)
    | st.floats(-1, 1e6)
    | st.sampled_from(["close", "BTC/USDT", "ü", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=3), refused=st.sets(st.sampled_from(_FIELDS)))
def test_whatever_was_read_is_drafted_or_refused_with_a_reason(changes: Json, refused: set[str]) -> None:
    made = draft(reading(partial(**changes), refused=tuple(refused)))
    errors = [issue for issue in made.issues if issue.severity == "error"]
    assert (made.spec is None) == bool(errors)
    assert all(issue.field and issue.message for issue in made.issues)
    assert made.explanation


def test_endless_nesting_is_refused() -> None:
    deep: Json = OVERSOLD
    for _ in range(5000):
        deep = {"not": deep}
    assert_refused(draft(reading({**partial(), "entry": {"long": deep}})), "entry", "nested")


def test_an_error_of_the_reader_refuses_even_a_complete_strategy() -> None:
    asked = Issue(severity="error", field="entry.long", message="is the RSI on 1h or on 4h?")
    made = draft(reading(partial(), issues=(asked,)))
    assert_refused(made, "entry.long", "1h or on 4h")


def test_an_error_without_a_field_is_about_the_text() -> None:
    assert_refused(
        draft(reading(None, issues=(Issue(severity="error", field="", message="only emoji"),))), "text", "only emoji"
    )


def test_the_reader_asks_alone_when_it_asks() -> None:
    asked = Issue(severity="error", field="entry", message="buy or sell?")
    made = draft(reading(partial("symbols"), issues=(asked,)))
    assert [issue for issue in made.issues if issue.severity == "error"] == [asked]


def test_only_one_question_is_asked() -> None:
    made = draft(reading({"timeframe": "1h"}))
    assert len([issue for issue in made.issues if issue.message.endswith("?")]) == 1


def test_no_stop_is_kept_with_a_warning() -> None:
    made = draft(reading(partial(), refused=("stop_loss",)))
    assert made.spec is not None
    assert made.spec.stop_loss is None
    assert [issue.severity for issue in made.issues if issue.field == "stop_loss"] == ["warning"]


def test_a_refused_take_profit_is_not_suggested() -> None:
    made = draft(reading(partial(), refused=("take_profit",)))
    assert not [issue for issue in made.issues if issue.field == "take_profit"]


def test_issues_of_reader_and_review_are_ordered_and_not_repeated() -> None:
    hint = Issue(severity="info", field="text", message="read “dip” as a fall")
    doubt = Issue(severity="warning", field="text", message="not placed: “maybe”")
    made = draft(reading(partial(leverage=20), issues=(hint, doubt, hint)))
    severities = [issue.severity for issue in made.issues]
    assert severities == sorted(severities, key=("error", "warning", "info").index)
    assert made.issues.count(hint) == 1


@pytest.mark.parametrize("language", get_args(Language))
def test_questions_and_explanations_are_in_the_language_of_the_request(language: Language) -> None:
    asked = draft(reading(partial("symbols"), language=language))
    made = draft(reading(partial(), language=language))
    assert made.spec is not None
    for text in (asked.issues[0].message, made.explanation, made.spec.assumptions[0].reason):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text) == (language != "en")


def test_frequency_and_findings_are_measured_when_someone_measures() -> None:
    start = datetime(2022, 1, 3, tzinfo=UTC)
    data = generate_market(
        seed=1, symbol="BTC/USDT", market=Market.CRYPTO, timeframe=Timeframe.H1, start=start, bars=24 * 60
    ).bars

    def measure(spec: StrategySpec) -> Evidence:
        assert spec.symbols == ("BTC/USDT",)
        times = [int(at) for at in data.open_time[::120]]
        return Measured(bars={"BTC/USDT": data}, trades=[trade(at) for at in times])

    made = draft(reading(partial()), measure)
    assert made.spec is not None
    assert made.spec.metadata.signal_frequency == "about 1.4 a week"
    assert "about 1.4 a week" in made.explanation
    assert any("too few" in issue.message for issue in made.issues)


def trade(entry_ms: int) -> MeasuredTrade:
    return MeasuredTrade(symbol="BTC/USDT", entry_ms=entry_ms, return_percent=1, reason="signal")


def test_nothing_is_measured_for_a_refused_request() -> None:
    def measure(_: StrategySpec) -> Evidence:
        raise AssertionError("measured a refused request")

    asked = Issue(severity="error", field="text", message="which one?")
    assert draft(reading(partial(), issues=(asked,)), measure).spec is None
    assert draft(reading(partial("entry")), measure).spec is None


def test_a_refusal_still_says_what_was_understood() -> None:
    made = draft(reading(partial(entry={"long": {"left": "rsi_14", "op": ">", "right": 120}})))
    assert "What was understood" in made.explanation
    assert "RSI(14) is above 120" in made.explanation
    assert all(issue.severity != "info" for issue in made.issues)
