"""How the groups of errors are answered over HTTP: what is wrong, and what to do."""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from ghl_real_estate_ai.errors import Misconfigured, Rejected, Retryable

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = "5"


def install_error_answers(app: FastAPI) -> None:
    """Answer the errors that a route lets through: 503 with Retry-After, 422 with the field, 503."""
    app.add_exception_handler(Retryable, _retryable)
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(Misconfigured, _misconfigured)


Handler = Callable[[Request, Exception], Awaitable[JSONResponse]]


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
