"""The API does what its own description says, whatever it is sent: real HTTP, real PostgreSQL."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from running_jorge import serving
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from ghl_real_estate_ai.settings import CrmKind, Settings

TOKEN, SECRET = "the token", "the secret"
ACCESS = {"Authorization": f"Bearer {TOKEN}", "X-Jorge-Secret": SECRET}


@pytest.fixture
def described(database_dsn: str, tmp_path: Path) -> Iterator[BaseSchema]:
    """The description of a server that runs in a thread of its own."""
    chosen = Settings(
        database_url=database_dsn, data_dir=tmp_path, crm=CrmKind.SANDBOX, api_token=TOKEN, webhook_secret=SECRET
    )
    addresses: list[str] = []
    started, stop = threading.Event(), threading.Event()

    async def run() -> None:
        async with serving(chosen) as jorge:
            addresses.append(str(jorge.client.base_url))
            started.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    started.wait()
    yield schemathesis.openapi.from_url(f"{addresses[0]}/openapi.json")
    stop.set()
    thread.join()


def test_answers_as_described(described: BaseSchema):
    """No input makes the server fail, and each answer has a described status and shape."""
    operations = [found.ok() for found in described.get_all_operations()]
    for operation in operations:
        _try_out(operation)

    assert len(operations) > 10


def _try_out(operation: APIOperation) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    def try_one(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=ACCESS, excluded_checks=[positive_data_acceptance])

    try_one()
