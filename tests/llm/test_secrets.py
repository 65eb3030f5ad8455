"""The key is in the request's header and nowhere else: not in errors, tracebacks, logs, records or reprs."""

from __future__ import annotations

import logging
import sqlite3
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from tests.llm.questions import KEY, OCCASION, Clients, question
from vibex.domain import InvalidInput, VibexError
from vibex.llm import Endpoint, Retries, Timeouts, endpoint_of
from vibex.settings import ModelSettings
from vibex.testing.model_replies import Fails, HangsUp, KeepsSilent, Reply, Sends, cut_off, refuses, says
from vibex.testing.model_server import ModelServer

ECHO = f"Incorrect API key provided: {KEY}"
FAULTS: list[Reply] = [
    Fails(status=400, message=ECHO),
    Fails(status=401, message=ECHO),
    Fails(status=429, message=ECHO),
    Fails(status=500, message=ECHO),
    Fails(status=302, headers={"Location": f"https://example.org/?key={KEY}"}),
    Sends(body=ECHO.encode(), content_type="text/html", status=403),
    Sends(body=f'{{"error": {{"code": 401, "message": "{ECHO}"}}}}'.encode()),
    Sends(body=b"<html>", content_type="text/html"),
    Sends(body=b"{broken"),
    HangsUp(),
    KeepsSilent(),
    cut_off("half"),
    refuses("no"),
]


def everything_told_about(error: BaseException) -> str:
    """What any logger could print of an error: text, chain, and the local variables of every frame but the test's."""
    assert error.__traceback__ is not None
    beyond_the_test = error.with_traceback(error.__traceback__.tb_next)
    frames = structlog.tracebacks.ExceptionDictTransformer(
        show_locals=True, locals_max_string=10_000, locals_max_length=100, max_frames=200
    )
    told = str(frames((type(error), beyond_the_test, beyond_the_test.__traceback__)))
    formatted = traceback.TracebackException.from_exception(beyond_the_test, capture_locals=True).format()
    return "".join([*formatted, told, repr(error), str(error)])


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_fault_tells_the_key(
    fault: Reply, clients: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    timeouts, retries = Timeouts(read=0.02), Retries(attempts=2)
    async with (
        ModelServer(lambda _asked: fault) as server,
        clients.of(server, timeouts=timeouts, retries=retries) as client,
    ):
        with pytest.raises(VibexError) as caught:
            await client.ask(question(), OCCASION)
        assert server.received[0].headers["authorization"] == f"Bearer {KEY}"
        assert KEY not in repr(client)
    told = everything_told_about(caught.value)
    assert "client.py" in told, "the frames of the client are looked at"
    assert KEY not in told
    assert KEY not in caplog.text
    assert KEY not in "".join(capfd.readouterr())
    assert KEY not in stored(tmp_path / "vibex.db")


def stored(file: Path) -> str:
    """Everything that a database holds, as text."""
    with sqlite3.connect(file) as connection:
        text = "\n".join(connection.iterdump())
    assert 'INSERT INTO "llm_interactions"' in text
    return text


async def test_a_good_answer_is_recorded_without_the_key(clients: Clients, tmp_path: Path) -> None:
    async with ModelServer([says("long")]) as server, clients.of(server) as client:
        await client.ask(question(), OCCASION)
    assert KEY not in stored(tmp_path / "vibex.db")


@pytest.mark.parametrize("show", [repr, str])
def test_settings_and_endpoints_show_no_key(show: Callable[[object], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
    configured = ModelSettings()
    assert KEY not in show(configured)
    assert KEY not in show(endpoint_of(configured))


@pytest.mark.parametrize("key", ["ключ-от-модели", "key\nwith-a-line"])
def test_a_key_that_no_header_carries_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(InvalidInput, match="OPENROUTER_API_KEY") as error:
        Endpoint(base_url="https://example.org/v1", key=SecretStr(key))
    assert key not in str(error.value)
