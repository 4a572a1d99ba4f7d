"""The CRM of the settings, for a command that only asks it something."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.highlevel.calls import FixedToken, HighLevelCalls, ReadRetries
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.settings import CrmKind, Settings

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
    token = "sandbox" if settings.ghl_token is None else settings.ghl_token.get_secret_value()
    try:
        async with httpx.AsyncClient(base_url=address or "") as client:
            crm = HighLevelCrm(client, token, is_sandbox, timeout_seconds=TIMEOUT_SECONDS, retries=ReadRetries())
            calls = HighLevelCalls(
                client, FixedToken(token), is_sandbox=is_sandbox, timeout_seconds=TIMEOUT_SECONDS, retries=ReadRetries()
            )
            yield OpenCrm(crm, calls, client, is_sandbox)
    finally:
        if own is not None:
            await own.stop()
