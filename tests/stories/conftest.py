"""What a story begins with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from running_jorge import RunningJorge, serving

from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.settings import CrmKind, Settings


@pytest.fixture
def story_settings(database_dsn: str, tmp_path: Path) -> Settings:
    """Settings of a story: its own database and folder, the sandbox CRM."""
    return Settings(database_url=database_dsn, data_dir=tmp_path, crm=CrmKind.SANDBOX, business_name="Jorge's team")


@pytest.fixture
async def running(story_settings: Settings) -> AsyncIterator[RunningJorge]:
    """A running Jorge."""
    async with serving(story_settings) as jorge:
        yield jorge


@pytest.fixture
async def sandbox() -> AsyncIterator[str]:
    """A sandbox CRM that outlives every Jorge; its address."""
    server = SandboxServer()
    yield await server.start()
    await server.stop()
