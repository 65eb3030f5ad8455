"""Routes that read finished backtests: the list, one summary, and the files of a run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import FileResponse, HTMLResponse

from vibex.gateway.page import html_response
from vibex.gateway.payloads import RUN_FILES, RunList, RunSummary
from vibex.gateway.problems import documented
from vibex.gateway.run_list import render_run_list
from vibex.store import LOCAL_OWNER, Run, RunRepository

_REPORT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The report names its own script and style by hash in the page itself; a browser enforces both policies."""

Limit = Annotated[int, Query(ge=1, le=1000, description="at most this many runs")]
RunId = Annotated[str, Path(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description="the run's UUID")]


def run_routes(runs: RunRepository, home: FilePath) -> APIRouter:
    """`home` is what folders of runs are relative to."""
    router = APIRouter(tags=["runs"], responses=documented(421, 422, 503))

    async def newest(limit: int) -> tuple[list[Run], bool]:
        found = await runs.newest(LOCAL_OWNER, limit=limit + 1)
        return found[:limit], len(found) > limit

    async def existing(run_id: str) -> Run:
        run = await runs.find(LOCAL_OWNER, run_id)
        if run is None:
            raise HTTPException(404, f"there is no run {run_id}; GET /runs lists those there are")
        return run

    @router.get("/", operation_id="show_runs", response_class=HTMLResponse, summary="Page with the list of runs")
    async def show_runs(limit: Limit = 100) -> HTMLResponse:
        """Newest first, with a link to each report."""
        return html_response(render_run_list(*await newest(limit)))

    @router.get("/runs", operation_id="list_runs", summary="List of runs")
    async def list_runs(limit: Limit = 100) -> RunList:
        """Newest first."""
        found, more = await newest(limit)
        return RunList(runs=[RunSummary.of(run) for run in found], more=more)

    @router.get("/runs/{run_id}", operation_id="get_run", summary="One run", responses=documented(404))
    async def get_run(run_id: RunId) -> RunSummary:
        """Summary statistics and digests; the series and trades are in its files."""
        return RunSummary.of(await existing(run_id))

    def reader(name: str, media_type: str) -> Callable[[str], Awaitable[FileResponse]]:
        headers = {"Content-Security-Policy": _REPORT_POLICY} if name == "report.html" else None

        async def read(run_id: RunId) -> FileResponse:
            path = home / (await existing(run_id)).folder / name
            if not path.is_file():
                raise HTTPException(404, f"run {run_id} has no {name} in {path.parent}; run the backtest again")
            return FileResponse(path, media_type=media_type, headers=headers)

        return read

    for name, file in RUN_FILES.items():
        content = {file.media_type.partition(";")[0]: {"schema": {"type": file.schema_type}}}
        router.add_api_route(
            f"/runs/{{run_id}}/{name}",
            reader(name, file.media_type),
            operation_id=file.operation_id,
            summary=file.summary,
            response_class=FileResponse,
            responses={200: {"description": file.summary, "content": content}, **documented(404)},
        )
    return router
