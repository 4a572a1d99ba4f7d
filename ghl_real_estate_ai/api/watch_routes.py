"""For those who watch: alive, ready, and the figures for Prometheus."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ghl_real_estate_ai.api.compose import Jorge
from ghl_real_estate_ai.api.metrics import build_registry
from ghl_real_estate_ai.api.readiness import look


def build_watch_router(
    jorge: Jorge, reader: Callable[..., None], *, is_trusted: Callable[[Request], bool]
) -> APIRouter:
    """Return the routes; strangers learn from `/ready` only whether, not why."""
    router = APIRouter(tags=["watch"])
    registry = build_registry(jorge)

    @router.get("/health")
    async def health() -> dict[str, str]:
        """Say that the process is alive."""
        return {"status": "ok"}

    @router.get("/ready", responses={503: {"description": "This process cannot serve."}})
    async def ready(request: Request) -> Response:
        """Say whether every part works that is needed to serve."""
        found = await look(jorge)
        trusted = is_trusted(request)
        checks: dict[str, Any] = {
            name: {"ok": check.ok, "detail": check.detail if trusted else None} for name, check in found.checks.items()
        }
        body = {"status": found.status, "persistence": found.persistence, "checks": checks}
        return JSONResponse(body, status_code=200 if found.ready else 503)

    @router.get(
        "/metrics",
        dependencies=[Depends(reader)],
        response_class=PlainTextResponse,
        responses={401: {"description": "A valid bearer token is needed."}},
    )
    async def metrics() -> Response:
        """Figures of this process in Prometheus' text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router
