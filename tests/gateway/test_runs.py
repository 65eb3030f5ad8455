"""What the report server shows of finished backtests, and that names and paths cannot do more than be shown."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from tests.gateway.conftest import RUN, AddRun
from vibex.settings import StorageSettings


class Elements(HTMLParser):
    """Names of the elements of a page, and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


async def test_an_empty_list_says_how_to_make_a_run(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert "vibex backtest --spec" in page.text
    assert "Nothing here trades" in page.text
    assert (await client.get("/runs")).json() == {"runs": [], "more": False}


async def test_the_list_shows_what_was_tested_and_a_dash_for_what_is_undefined(
    client: httpx.AsyncClient, add_run: AddRun
) -> None:
    await add_run()
    text = (await client.get("/")).text
    for shown in ("Golden cross", "SPY, QQQ", "1d", "2019-01-02 to 2024-01-02", "+12.35 %", "−8.10 %", ">3<", ">–<"):
        assert shown in text
    assert "SIMULATED" not in text
    assert f"/runs/{RUN.id}/report.html" in Elements(text).links


async def test_a_run_on_generated_prices_is_marked(client: httpx.AsyncClient, add_run: AddRun) -> None:
    await add_run(simulated=True)
    text = (await client.get("/")).text
    assert 'class="badge"' in text
    assert "say nothing about any market" in text
    assert (await client.get("/runs")).json()["runs"][0]["simulated"] is True


async def test_runs_come_newest_first_and_no_more_than_asked(client: httpx.AsyncClient, add_run: AddRun) -> None:
    ids = [f"01934c5e-0000-7000-8000-00000000000{n}" for n in range(3)]
    for n, run_id in enumerate(ids):
        await add_run(id=run_id, created_at=RUN.created_at + timedelta(days=n), folder=f"runs/{run_id}")
    listed = (await client.get("/runs", params={"limit": 2})).json()
    assert [run["id"] for run in listed["runs"]] == [ids[2], ids[1]]
    assert listed["more"] is True
    assert "newest 2" in (await client.get("/", params={"limit": 2})).text


async def test_a_strategy_name_is_text_whatever_it_contains(client: httpx.AsyncClient, add_run: AddRun) -> None:
    await add_run(strategy_name="<script>alert(1)</script>\"'><img src=x>", symbols=("<b>X</b>",))
    page = (await client.get("/")).text
    assert not {"script", "img", "b"} & set(Elements(page).names)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


async def test_one_run_reads_back_with_its_links(client: httpx.AsyncClient, add_run: AddRun) -> None:
    await add_run()
    body = (await client.get(f"/runs/{RUN.id}")).json()
    assert body["summary_stats"] == RUN.summary_stats
    assert body["digests"] == RUN.digests
    assert body["created_at"] == "2024-05-06T07:08:00Z"
    assert body["links"]["trades.csv"] == f"/runs/{RUN.id}/trades.csv"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("report.html", "text/html; charset=utf-8"),
        ("result.json", "application/json"),
        ("trades.csv", "text/csv; charset=utf-8"),
        ("equity.csv", "text/csv; charset=utf-8"),
    ],
)
async def test_a_file_of_a_run_arrives_as_it_lies_in_its_folder(
    client: httpx.AsyncClient, add_run: AddRun, name: str, media_type: str
) -> None:
    await add_run(files={name: "{} käse"})
    answer = await client.get(f"/runs/{RUN.id}/{name}")
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, "{} käse", media_type)
    head = await client.head(f"/runs/{RUN.id}/{name}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"]


async def test_a_report_may_run_the_script_that_it_contains_and_load_nothing(
    client: httpx.AsyncClient, add_run: AddRun
) -> None:
    await add_run(files={"report.html": "<p>"})
    policy = (await client.get(f"/runs/{RUN.id}/report.html")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'unsafe-inline'" in policy
    assert "http" not in policy


async def test_what_is_not_there_is_a_problem_that_says_so(client: httpx.AsyncClient, add_run: AddRun) -> None:
    unknown = "01934c5e-0000-7000-8000-00000000ffff"
    for path in (f"/runs/{unknown}", f"/runs/{unknown}/report.html", "/nowhere"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert answer.json()["instance"] == path
    await add_run()
    answer = await client.get(f"/runs/{RUN.id}/report.html")
    assert answer.status_code == 404
    assert "report.html" in answer.json()["detail"]


async def test_no_path_leads_out_of_a_run_folder(
    client: httpx.AsyncClient, add_run: AddRun, home: Path, storage: StorageSettings
) -> None:
    run = await add_run(files={"secret.txt": "secret"})
    (home / "secret.txt").write_text("secret")
    for path in (
        "/runs/../secret.txt",
        "/runs/%2e%2e/secret.txt",
        "/runs/..%2f..%2fsecret.txt/report.html",
        f"/runs/{run.id}/../../secret.txt",
        f"/runs/{run.id}/..%2f..%2fsecret.txt",
        f"/runs/{run.id}/%2e%2e/%2e%2e/secret.txt",
        f"/runs/{run.id}/secret.txt",
        f"/runs/{run.id}%00/report.html",
        f"/runs/{run.id}%0a/report.html",
    ):
        answer = await client.get(httpx.URL("http://127.0.0.1:3000").copy_with(raw_path=path.encode()))
        assert answer.status_code in (404, 422), path
        assert "secret" not in answer.json()["title"]
        assert answer.headers["content-type"] == "application/problem+json"
