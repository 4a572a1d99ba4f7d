"""How the groups of errors are answered over HTTP: what is wrong, and what to do."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from ghl_real_estate_ai.errors import Misconfigured, Rejected, Retryable

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = "5"


class Problem(BaseModel):
    """What is wrong with a request, and in which part of it."""

    detail: str
    field: str | None = None


ANSWERS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body cannot be read."},
    401: {"description": "A valid bearer token is needed."},
    422: {"description": "The request is wrong; `field` names the part to mend.", "model": Problem},
    503: {"description": "Not now: the database is away, or another turn of the contact is under way."},
}
"""What every route behind the access check may answer besides its own."""


def install_error_answers(app: FastAPI) -> None:
    """Answer the errors that a route lets through: 503 with Retry-After, 422 with the field, 503."""
    app.add_exception_handler(Retryable, _retryable)
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(Misconfigured, _misconfigured)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _retryable(request: Request, error: Exception) -> JSONResponse:
    log.warning("api.not_now", path=request.url.path, error=str(error))
    body = {"detail": "This cannot be answered right now; try again in a few seconds."}
    return JSONResponse(body, status_code=503, headers={"Retry-After": RETRY_AFTER_SECONDS})


async def _rejected(_: Request, error: Exception) -> JSONResponse:
    field = error.field if isinstance(error, Rejected) else None
    return JSONResponse({"detail": str(error), "field": field}, status_code=422)


async def _misconfigured(request: Request, error: Exception) -> JSONResponse:
    log.error("api.misconfigured", path=request.url.path, error=str(error))
    return JSONResponse({"detail": "The server is misconfigured; its log says how."}, status_code=503)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    problem = error.errors()[0]
    if problem["type"] == "json_invalid":
        return JSONResponse({"detail": "The body is not JSON."}, status_code=400)
    place = [str(part) for part in problem["loc"] if part not in ("body", "query", "path")]
    field = ".".join(place) or None
    return JSONResponse({"detail": f"{field or 'body'}: {problem['msg']}", "field": field}, status_code=422)
