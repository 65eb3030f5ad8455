"""Prices are exact decimals, and a model without one is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibex.domain import InvalidInput
from vibex.llm import Price, Rate, UnknownPrice, Usage, prices_of, read_prices, shipped_prices
from vibex.settings import ModelSettings

PRICES = st.integers(0, 1_000_000_000).map(lambda micro: Decimal(micro) / 1_000_000)
TOKENS = st.integers(0, 10_000_000)


@settings(max_examples=100)
@given(PRICES, PRICES, PRICES, TOKENS, TOKENS, TOKENS)
def test_a_cost_is_exact_to_the_last_digit(
    dear: Decimal, cheap: Decimal, out: Decimal, fresh: int, cached: int, output: int
) -> None:
    rate = Rate(input=dear, output=out, cached_input=cheap)
    cost = rate.cost(Usage(prompt=fresh + cached, cached=cached, output=output))
    exact = fresh * Fraction(dear) + cached * Fraction(cheap) + output * Fraction(out)
    assert Fraction(cost) == exact / 1_000_000
    assert cost.scaleb(12) == int(cost.scaleb(12)), "a whole number of picodollars, as the store keeps them"


@settings(max_examples=100)
@given(PRICES, PRICES, PRICES, PRICES, PRICES, st.integers(1, 2000), st.integers(0, 3000), st.data())
def test_no_call_within_its_bounds_costs_more_than_the_highest_cost(
    dear: Decimal,
    cheap: Decimal,
    out: Decimal,
    long_in: Decimal,
    long_out: Decimal,
    long_from: int,
    bound: int,
    data: st.DataObject,
) -> None:
    normal = Rate(input=dear, output=out, cached_input=cheap)
    long = Rate(input=long_in, output=long_out, cached_input=long_in)
    price = Price(normal=normal, long_from=long_from, long=long)
    prompt = data.draw(st.integers(0, bound))
    usage = Usage(prompt=prompt, cached=data.draw(st.integers(0, prompt)), output=data.draw(st.integers(0, 50)))
    assert price.cost(usage) <= price.highest_cost(prompt=bound, output=50)


def test_a_long_prompt_is_billed_at_the_long_rate_as_a_whole() -> None:
    grok = shipped_prices().of("x-ai/grok-4")
    assert grok.cost(Usage(prompt=127_999, output=0)) == Decimal("0.383997")
    assert grok.cost(Usage(prompt=128_000, output=0)) == Decimal("0.768")


@pytest.mark.parametrize(
    "model",
    [
        "x-ai/grok-4",
        "deepseek/deepseek-chat",
        "anthropic/claude-3-sonnet",
        "anthropic/claude-sonnet-4",
        "openai/gpt-4o",
        "openai/gpt-5",
        "google/gemini-2.5-pro",
        "qwen/qwen-max",
    ],
)
def test_the_models_of_the_product_documents_have_a_price(model: str) -> None:
    assert shipped_prices().of(model).normal.output > 0


def test_every_shipped_price_names_its_source_and_month() -> None:
    import tomllib

    import vibex.llm.prices as module

    content = tomllib.loads(Path(module.__file__).with_name("prices.toml").read_text(encoding="utf-8"))
    assert len(content) >= 12
    for model, table in content.items():
        assert table["source"], model
        assert date.fromisoformat(f"{table['date']}-01"), model


def test_an_unknown_model_is_refused_and_a_similar_one_only_named() -> None:
    with pytest.raises(UnknownPrice, match=r"x-ai/grok-5 has no price; x-ai/grok-4 has one.*LLM_PRICES_FILE"):
        shipped_prices().of("x-ai/grok-5")


def test_a_local_model_is_free_only_when_this_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_MODEL", "llama3.2")
    with pytest.raises(UnknownPrice):
        prices_of(ModelSettings()).of("llama3.2")
    monkeypatch.setenv("LLM_PRICE", "0/0")
    prices = prices_of(ModelSettings())
    assert prices.of("llama3.2").highest_cost(prompt=10_000, output=10_000) == 0
    with pytest.raises(UnknownPrice):
        prices.of("llama3.3")


def test_an_own_file_wins_over_the_shipped_one_and_the_setting_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('["x-ai/grok-4"]\ninput = 1\noutput = 2.5\nalso = ["house"]\n', encoding="utf-8")
    monkeypatch.setenv("LLM_PRICES_FILE", str(file))
    prices = prices_of(ModelSettings())
    assert prices.of("x-ai/grok-4") == prices.of("house")
    assert prices.of("house").normal == Rate(input=Decimal(1), output=Decimal("2.5"), cached_input=Decimal(1))
    assert prices.of("openai/gpt-4o").normal.input == Decimal("2.5")
    monkeypatch.setenv("LLM_PRICE", "7/8")
    assert prices_of(ModelSettings()).of("x-ai/grok-4").normal.input == 7


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[m", "correct the TOML"),
        ("m = 3", "m is no table"),
        ("[m]\ninput = 1", "m: output is missing"),
        ("[m]\ninput = 1\noutput = 2\ninptu = 1", "m: inptu is not known"),
        ('[m]\ninput = "1"\noutput = 2', "m: '1' is not a number"),
        ("[m]\ninput = -1\noutput = 2", "m: input: -1 is no price"),
        ("[m]\ninput = nan\noutput = 2", "is no price"),
        ("[m]\ninput = 0.0000001\noutput = 2", "at most six decimals"),
        ("[m]\ninput = 1\noutput = 2\nlong_from = 5", "m: None is not a number"),
    ],
)
def test_a_broken_price_file_names_the_model_and_the_field(text: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=complaint) as error:
        read_prices(file)
    assert error.value.field == "LLM_PRICES_FILE"


def test_a_missing_price_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"absent\.toml"):
        read_prices(tmp_path / "absent.toml")
