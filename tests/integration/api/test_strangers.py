"""What somebody from elsewhere gets, on every route there is."""

from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from running_jorge import RunningJorge, serving
from starlette.routing import BaseRoute

from ghl_real_estate_ai.api.main import create_app
from ghl_real_estate_ai.settings import CrmKind, Settings

FROM_A_TUNNEL = {"X-Forwarded-For": "203.0.113.7"}
OPEN = {"/health", "/ready", "/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"}
"""Decided on purpose: alive and ready without details, and the description of the API."""


@pytest.fixture
async def running(database_dsn: str, tmp_path: Path) -> AsyncIterator[RunningJorge]:
    """A Jorge without a token: only this machine may call."""
    async with serving(Settings(database_url=database_dsn, data_dir=tmp_path, crm=CrmKind.SANDBOX)) as jorge:
        yield jorge


async def _routes(jorge: RunningJorge) -> list[tuple[str, str]]:
    document = (await jorge.client.get("/openapi.json")).json()
    described = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]
    return [*described, ("POST", "/api/ghl/webhook"), ("GET", "/metrics")]


async def test_every_route_is_closed_to_strangers(running: RunningJorge):
    """Each route answers 401 to a call through a tunnel, but for those decided to be open."""
    answers = {}
    for method, path in await _routes(running):
        if path in OPEN:
            continue
        url = path.replace("{", "").replace("}", "")
        answer = await running.client.request(method, url, headers=FROM_A_TUNNEL, json={"contact_id": "a"})
        answers[f"{method} {path}"] = answer.status_code

    assert set(answers.values()) == {401}, answers
    assert len(answers) > 10


async def test_strangers_learn_whether_but_not_why(running: RunningJorge):
    """`/ready` gives a stranger no address and no reason."""
    answer = await running.client.get("/ready", headers=FROM_A_TUNNEL)

    details = {check["detail"] for check in answer.json()["checks"].values()}
    assert (200, {None}) == (answer.status_code, details)


async def test_a_web_page_is_a_stranger(running: RunningJorge):
    """A page in this machine's browser cannot read or write through it."""
    page = {"Origin": "https://evil.example"}

    read = await running.client.get("/api/jorge/conversations", headers=page)
    write = await running.client.post("/webhook", headers=page, json={"contact_id": "a", "message": "hi"})

    assert (401, 401) == (read.status_code, write.status_code)


async def test_with_a_token_only_its_bearer_is_let_in(database_dsn: str, tmp_path: Path):
    """A token closes the API to this machine too, and opens it to whoever holds it, from anywhere."""
    settings = Settings(database_url=database_dsn, data_dir=tmp_path, crm=CrmKind.SANDBOX, api_token="open sesame")
    async with serving(settings) as jorge:
        without = await jorge.client.get("/api/jorge/metrics")
        wrong = await jorge.client.get("/api/jorge/metrics", headers={"Authorization": "Bearer no"})
        bearer = {"Authorization": "Bearer open sesame"}
        right = await jorge.client.get("/api/jorge/metrics", headers=bearer | FROM_A_TUNNEL)

    assert (401, 401, 200) == (without.status_code, wrong.status_code, right.status_code)
    assert "Bearer" == without.headers["WWW-Authenticate"]


def test_no_route_is_forgotten(database_dsn: str, tmp_path: Path):
    """Every route of the app is either described in the document or tried by name above."""
    app = create_app(Settings(database_url=database_dsn, data_dir=tmp_path, crm=CrmKind.SANDBOX))

    hidden = {route.path for route in _all_routes(app.routes) if not route.include_in_schema}

    assert {"/api/ghl/webhook"} == hidden


def _all_routes(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _all_routes(route.original_router.routes)
