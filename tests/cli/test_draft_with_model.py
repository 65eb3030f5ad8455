"""`vibex strategy draft` with a model behind a real endpoint: asked when configured, left out with --offline."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Vibex
from tests.strategy.author.answers import TEXT, gives, spec
from vibex.settings import Settings
from vibex.store import LOCAL_OWNER, Database, ModelCallRepository
from vibex.testing.model_replies import Fails
from vibex.testing.model_server import serve_in_thread


def drafted(vibex: Vibex, *options: object) -> tuple[int, dict[str, object]]:
    result = vibex("strategy", "draft", "--json", *options, "--", TEXT)
    return result.exit_code, json.loads(result.stdout)


def named(answer: dict[str, object]) -> object:
    """The time stop, which only the model of these tests sets."""
    made = answer["spec"]
    assert isinstance(made, dict)
    return made["time_stop_bars"]


MODELS = gives(spec(time_stop_bars=17), assumptions=[{"field": "time_stop_bars", "reason": "to be told apart"}])


def test_a_configured_endpoint_is_asked_and_the_call_recorded(vibex: Vibex, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_in_thread([MODELS]) as server:
        monkeypatch.setenv("OPENROUTER_BASE_URL", server.base_url)
        code, answer = drafted(vibex)
    assert (code, named(answer)) == (0, 17)

    async def recorded() -> list[str]:
        database = Database(Settings().storage.url)
        calls = await ModelCallRepository(database).newest(LOCAL_OWNER)
        await database.close()
        return [call.purpose for call in calls]

    assert asyncio.run(recorded()) == ["strategy_draft"]


def test_a_named_model_is_asked_and_offline_asks_none(vibex: Vibex, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_in_thread([MODELS] * 2) as server:
        monkeypatch.setenv("OPENROUTER_BASE_URL", server.base_url)
        monkeypatch.setenv("LLM_PRICE", "0/0")
        assert named(drafted(vibex, "--model", "local/one")[1]) == 17
        assert server.received[0].body["model"] == "local/one"
        assert named(drafted(vibex, "--offline")[1]) is None
        assert len(server.received) == 1


def test_without_a_key_the_reading_is_offline_unless_a_model_is_named(vibex: Vibex) -> None:
    code, answer = drafted(vibex)
    assert (code, named(answer)) == (0, None)
    for options, said in (((), "OPENROUTER_API_KEY: no key is set"), (("--offline",), "--offline asks no model")):
        refused = vibex("strategy", "draft", *options, "--model", "x-ai/grok-4", "--", TEXT)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert said in refused.stderr


def test_a_failing_model_is_said_in_words_and_the_exit_code_is_the_drafts(
    vibex: Vibex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_in_thread([Fails(status=400, message="no such thing")] * 2) as server:
        monkeypatch.setenv("OPENROUTER_BASE_URL", server.base_url)
        result = vibex("strategy", "draft", "--", TEXT)
    assert result.exit_code == 0
    assert result.stdout.startswith("the model cannot be asked: ")
    assert "this is the offline reading" in result.stdout.splitlines()[0]


def test_a_batch_shares_one_connection_and_keeps_its_order(
    vibex: Vibex, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text("\n".join(json.dumps({"id": id_, "text": TEXT}) for id_ in ("a", "b")))
    with serve_in_thread([MODELS, Fails(status=400)]) as server:
        monkeypatch.setenv("OPENROUTER_BASE_URL", server.base_url)
        result = vibex("strategy", "draft", "--batch", file)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["id"], named(line)) for line in lines] == [("a", 17), ("b", None)]
