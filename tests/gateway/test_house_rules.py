"""Rules of every route: local callers only, reads only, no request to other sites, errors in one shape."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.gateway.conftest import RUN, AddRun
from vibex import __version__
from vibex.gateway import create_app
from vibex.gateway.problems import Problem
from vibex.settings import StorageSettings


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:3000", "127.0.0.1:8123", "[::1]:3000", "[::1]"])
async def test_requests_addressed_to_this_machine_are_answered(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/health", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:3000", "localhost:3000@evil", "", "10.0.0.1"],
)
async def test_a_name_that_was_rebound_to_this_machine_is_refused(client: httpx.AsyncClient, host: str) -> None:
    answer = await client.get("/runs", headers={"Host": host})
    assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")
    assert "runs" not in answer.json()


async def test_two_host_headers_are_refused(client: httpx.AsyncClient) -> None:
    headers = [("Host", "localhost"), ("Host", "evil.example")]
    assert (await client.get("/runs", headers=headers)).status_code == 421


async def test_health_names_version_and_database(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok", "version": __version__, "database": "ok"}


async def test_health_is_a_503_problem_when_the_store_cannot_be_read(storage: StorageSettings) -> None:
    app = create_app(storage)  # its lifespan has not run: the store has no tables
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.get("/health")
    assert answer.status_code == 503
    assert "store cannot be used" in Problem.model_validate(answer.json()).detail


@pytest.mark.parametrize("path", ["/", "/runs", "/health", "/docs", "/openapi.json", f"/runs/{RUN.id}"])
async def test_an_unknown_query_parameter_is_refused_by_name(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, params={"limt": "5"})
    assert answer.status_code == 422
    assert "query.limt" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/runs?limit=0", "/runs?limit=1001", "/runs?limit=x", "/runs/not-an-id", f"/runs/{RUN.id.upper()}"]
)
async def test_a_value_out_of_range_is_a_problem_that_names_it(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert re.search(r"limit|run_id", answer.json()["detail"])


async def test_every_error_has_all_members_of_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"X-Correlation-ID": "mine.1"})
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Not Found",
        "instance": "/nowhere",
        "correlation_id": "mine.1",
    }


async def test_an_error_in_vibex_is_a_problem_without_its_innards(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("password")

    monkeypatch.setattr("vibex.gateway.runs.render_run_list", fail)
    answer = await client.get("/")
    assert answer.status_code == 500
    assert "password" not in answer.text
    assert Problem.model_validate(answer.json()).correlation_id == answer.headers["x-correlation-id"]


async def test_the_callers_correlation_id_comes_back_and_a_harmful_one_is_replaced(client: httpx.AsyncClient) -> None:
    kept = await client.get("/health", headers={"X-Correlation-ID": "abc-123"})
    assert kept.headers["x-correlation-id"] == "abc-123"
    for harmful in ("a b", "x" * 65, "{}"):
        replaced = await client.get("/health", headers={"X-Correlation-ID": harmful})
        assert re.fullmatch(r"[0-9a-f-]{36}", replaced.headers["x-correlation-id"])


async def test_no_route_changes_state(app: FastAPI, client: httpx.AsyncClient) -> None:
    document = app.openapi()
    assert {method for methods in document["paths"].values() for method in methods} == {"get"}
    for path in document["paths"]:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = await client.request(method, path.replace("{run_id}", RUN.id))
            assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


async def test_every_operation_has_its_own_name_and_says_what_it_returns(app: FastAPI) -> None:
    operations = [operation for methods in app.openapi()["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) == 10
    for operation in operations:
        assert operation["responses"]["200"]["content"], operation["operationId"]
        assert "Problem" in json.dumps(operation["responses"]["422"])


async def test_every_reference_of_the_openapi_document_resolves(app: FastAPI) -> None:
    document = app.openapi()
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)):
        assert name in document["components"]["schemas"]


async def test_pages_hold_all_they_need_and_ask_no_other_site(
    client: httpx.AsyncClient, add_run: AddRun, home: Path
) -> None:
    await add_run()
    for path in ("/", "/docs"):
        answer = await client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        without_icon = answer.text.replace("http%3A//www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|<script|@import|url\(|//[a-z]", without_icon), path
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


async def test_the_reference_page_names_every_route_and_schema(app: FastAPI, client: httpx.AsyncClient) -> None:
    text = (await client.get("/docs")).text
    document = app.openapi()
    for name in [*document["paths"], *document["components"]["schemas"]]:
        assert f"<code>{name}</code>" in text


def test_the_application_can_be_made_from_the_settings_alone(home: Path, storage: StorageSettings) -> None:
    assert create_app().title == "vibex"
    assert home.is_dir()
