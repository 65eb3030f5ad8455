"""What a caller gets when a request cannot be answered: one shape for every error, RFC 9457 problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from vibex.domain import InvalidInput, RetryLater
from vibex.monitoring import LogDomain, logger

MEDIA_TYPE = "application/problem+json"

log = logger(LogDomain.API)


class Problem(BaseModel):
    """Why a request was not answered."""

    type: str = Field(default="about:blank", description="`about:blank`: the status says what kind of problem it is")
    title: str = Field(description="the status in words")
    status: int
    detail: str = Field(description="what is wrong with this request, and what to do about it")
    instance: str = Field(description="the path that was asked for")
    correlation_id: str = Field(description="names this request in the logs; also in the header X-Correlation-ID")


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE


def problem(status: int, detail: str, *, instance: str, correlation_id: str) -> ProblemResponse:
    body = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, instance=instance, correlation_id=correlation_id
    )
    return ProblemResponse(body.model_dump(), status_code=status)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def answer_errors_with_problems(app: FastAPI) -> None:
    """Register a handler for everything that a route may raise."""

    def answer(request: Request, status: int, detail: str) -> ProblemResponse:
        correlation_id = str(request.state.correlation_id)
        return problem(status, detail, instance=request.url.path, correlation_id=correlation_id)

    async def refused(request: Request, error: HTTPException) -> ProblemResponse:
        response = answer(request, error.status_code, error.detail)
        response.headers.update(error.headers or {})
        return response

    async def malformed(request: Request, error: RequestValidationError) -> ProblemResponse:
        first = error.errors()[0]
        return answer(request, 422, f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}")

    async def invalid(request: Request, error: InvalidInput) -> ProblemResponse:
        return answer(request, 422, str(error))

    async def unavailable(request: Request, error: RetryLater) -> ProblemResponse:
        log.warning("request failed", path=request.url.path, reason=str(error))
        return answer(request, 503, str(error))

    async def unexpected(request: Request, _error: Exception) -> ProblemResponse:
        # The server logs the error with its traceback; the caller learns only under which id.
        return answer(request, 500, "an error in vibex; the log has it under this correlation id")

    handlers = {
        HTTPException: refused,
        RequestValidationError: malformed,
        InvalidInput: invalid,
        RetryLater: unavailable,
        Exception: unexpected,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)  # type: ignore[arg-type]  # each takes the kind it stands under
