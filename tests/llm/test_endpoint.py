"""Where the key may go: TLS to other machines, plain HTTP to this one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import SecretStr

from tests.llm.questions import NOON
from vibex.domain import InvalidInput, ManualClock
from vibex.llm import Endpoint, endpoint_of, open_model
from vibex.settings import ModelSettings, Settings
from vibex.store import ModelCallRepository


@pytest.mark.parametrize(
    "url",
    [
        "https://openrouter.ai/api/v1",
        "https://api.openai.com/v1",
        "https://api.anthropic.com/v1/",
        "https://generativelanguage.googleapis.com/v1beta/openai/",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    ],
)
def test_endpoints_over_tls_are_taken_with_a_key_only(url: str) -> None:
    endpoint = Endpoint(base_url=url, key=SecretStr("k"))
    assert endpoint.completions_url == url.rstrip("/") + "/chat/completions"
    with pytest.raises(InvalidInput, match="OPENROUTER_API_KEY: no key is set"):
        Endpoint(base_url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:11434/v1", "http://localhost:8000/v1", "http://[::1]:8000/v1"])
def test_a_model_on_this_machine_needs_neither_tls_nor_key(url: str) -> None:
    assert Endpoint(base_url=url).is_local


@pytest.mark.parametrize(
    "url",
    [
        "http://openrouter.ai/api/v1",
        "http://192.168.0.5:8000/v1",
        "http://127.0.0.1.example.org/v1",
        "http://localhost.example.org/v1",
        "ftp://127.0.0.1/v1",
        "openrouter.ai/api/v1",
        "https://",
        "https://[half/v1",
        "https://host:99999/v1",
        "https://me:hunter2@example.org/v1",
        "https://example.org/v1?key=hunter2",
        "https://example.org/v1#hunter2",
        "",
    ],
)
def test_any_other_address_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(InvalidInput) as error:
        Endpoint(base_url=url, key=SecretStr("k"))
    assert error.value.field == "OPENROUTER_BASE_URL"
    assert "hunter2" not in str(error.value)


def test_a_title_that_no_header_carries_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="X-Title"):
        Endpoint(base_url="http://127.0.0.1/v1", headers={"X-Title": "交易"})


def test_the_defaults_are_those_of_the_product_documents() -> None:
    configured = ModelSettings()
    assert configured.base_url == "https://openrouter.ai/api/v1"
    assert configured.model == "x-ai/grok-4"
    assert configured.daily_budget_usd == 5
    assert configured.app_title == "trading-agent"
    assert configured.api_key is None


def test_headers_and_key_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "k")
    monkeypatch.setenv("OPENROUTER_REFERER", "https://example.org")
    endpoint = endpoint_of(Settings().model)
    assert endpoint.headers == {"X-Title": "trading-agent", "HTTP-Referer": "https://example.org"}
    assert endpoint.key == SecretStr("k")


async def test_opening_the_configured_model_without_a_key_names_the_variable(calls: ModelCallRepository) -> None:
    with pytest.raises(InvalidInput, match="OPENROUTER_API_KEY"):
        open_model(ModelSettings(), calls, ManualClock(NOON))


@pytest.mark.parametrize(
    ("name", "value"),
    [("LLM_DAILY_BUDGET_USD", "-1"), ("LLM_DAILY_BUDGET_USD", "NaN"), ("LLM_PRICE", "3"), ("LLM_PRICE", "-1/2")],
)
def test_money_that_makes_no_sense_names_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput) as error:
        _ = Settings().model
    assert error.value.field == name


def test_a_budget_of_nothing_is_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_DAILY_BUDGET_USD", "0")
    assert Settings().model.daily_budget_usd == Decimal(0)
