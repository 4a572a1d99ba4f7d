"""The CRM of the settings, for a command that only asks it something."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from ghl_real_estate_ai.api.compose import build_installation
from ghl_real_estate_ai.conversation.clock import SystemClock
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.highlevel.calls import FixedToken, HighLevelCalls, ReadRetries
from ghl_real_estate_ai.crm.ports import Tokens
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.errors import Misconfigured
from ghl_real_estate_ai.settings import CrmKind, Settings
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.locate import locate_database

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class OpenCrm:
    crm: HighLevelCrm
    calls: HighLevelCalls
    client: httpx.AsyncClient
    """Its last answer's headers tell the rate budget."""
    is_sandbox: bool


@asynccontextmanager
async def open_crm(settings: Settings) -> AsyncIterator[OpenCrm]:
    """Open it; a sandbox that does not run yet is started for it, and ends after."""
    is_sandbox = settings.crm_in_use is CrmKind.SANDBOX
    own = SandboxServer() if is_sandbox and settings.sandbox_url is None else None
    address = await own.start() if own is not None else settings.sandbox_url if is_sandbox else settings.ghl_base_url
    try:
        async with httpx.AsyncClient(base_url=address or "") as client, _open_tokens(settings, client) as tokens:
            crm = HighLevelCrm(client, tokens, is_sandbox, timeout_seconds=TIMEOUT_SECONDS, retries=ReadRetries())
            calls = HighLevelCalls(
                client, tokens, is_sandbox=is_sandbox, timeout_seconds=TIMEOUT_SECONDS, retries=ReadRetries()
            )
            yield OpenCrm(crm, calls, client, is_sandbox)
    finally:
        if own is not None:
            await own.stop()


@asynccontextmanager
async def _open_tokens(settings: Settings, client: httpx.AsyncClient) -> AsyncIterator[Tokens]:
    """The private token, or with an app those of the installed locations, from the database."""
    if settings.oauth_client_id is None or settings.crm_in_use is CrmKind.SANDBOX:
        yield FixedToken("sandbox" if settings.ghl_token is None else settings.ghl_token.get_secret_value())
        return
    location = await asyncio.to_thread(locate_database, settings.database_address, settings.data_dir)
    database = Database(location.dsn)
    try:
        claimer = f"{socket.gethostname()}-{os.getpid()}"
        installation = build_installation(settings, database, client, SystemClock(), claimer)
        if installation is None:
            raise Misconfigured("JORGE_OAUTH_CLIENT_ID needs a secret and a key. See docs/settings.md.")
        yield installation.tokens
    finally:
        await database.close()
        await asyncio.to_thread(location.stop)
