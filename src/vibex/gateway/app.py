"""The application: routes, guard and errors put together. Without arguments it serves what the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.types import ASGIApp

from vibex import __version__
from vibex.domain import SystemClock
from vibex.gateway.api_reference import render_api_reference
from vibex.gateway.guard import Guard
from vibex.gateway.page import html_response
from vibex.gateway.payloads import Health
from vibex.gateway.problems import Problem, answer_errors_with_problems, documented
from vibex.gateway.runs import run_routes
from vibex.settings import Settings, StorageSettings
from vibex.store import LOCAL_OWNER, Database, RunRepository


def create_app(storage: StorageSettings | None = None) -> FastAPI:
    """The report server over the store and the folders of `storage`; all of its routes read.

    Started by a server it brings the store's schema to the newest version first. Raises InvalidInput when a setting
    cannot be used.
    """
    storage = storage or Settings().storage
    database = Database(storage.url)
    runs = RunRepository(database)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await database.upgrade()
        yield
        await database.close()

    app = _Application(
        title="vibex",
        version=__version__,
        description="Reads finished backtests on this machine. No route changes anything.",
        lifespan=lifespan,
        dependencies=[Depends(_refuse_unknown_query)],
        # The ready-made pages load their scripts from another site; these routes are made below instead.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(_service_routes(app, runs))
    app.include_router(run_routes(runs, storage.home))
    answer_errors_with_problems(app)
    return app


class _Application(FastAPI):
    """FastAPI with the guard outside everything, so that even the answer to a crash passes it."""

    def build_middleware_stack(self) -> ASGIApp:
        return Guard(super().build_middleware_stack(), SystemClock())

    def openapi(self) -> dict[str, Any]:
        """The document with Problem in it, and without FastAPI's own error, which is never sent."""
        document = super().openapi()
        schemas: dict[str, Any] = document["components"]["schemas"]
        if "Problem" not in schemas:
            schemas["Problem"] = Problem.model_json_schema()
            for unsent in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unsent, None)
        return document


def _service_routes(app: FastAPI, runs: RunRepository) -> APIRouter:
    router = APIRouter(tags=["service"], responses=documented(421, 422))

    @router.get("/health", operation_id="get_health", summary="Whether the server can work", responses=documented(503))
    async def get_health() -> Health:
        """503 when the store cannot be read."""
        await runs.newest(LOCAL_OWNER, limit=1)
        return Health(status="ok", version=__version__, database="ok")

    @router.get(
        "/docs", operation_id="show_docs", response_class=HTMLResponse, summary="Page that documents the routes"
    )
    async def show_docs() -> HTMLResponse:
        """The OpenAPI document as tables."""
        return html_response(render_api_reference(app.openapi()))

    @router.get("/openapi.json", operation_id="get_openapi", summary="The routes as an OpenAPI document")
    async def get_openapi() -> dict[str, Any]:
        """For programs."""
        return app.openapi()

    return router


def _refuse_unknown_query(request: Request) -> None:
    """A misspelt parameter that was ignored would look obeyed."""
    known = {field.alias for field in request.scope["route"].dependant.query_params}
    for name in request.query_params:
        if name not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise RequestValidationError(
                [{"loc": ("query", name), "msg": f"is no parameter of this route (it knows: {allowed})"}]
            )
