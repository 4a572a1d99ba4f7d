"""The rollback switch: with `JORGE_PERSISTENCE=off` the bots go on, in memory."""

import os
from pathlib import Path

from running_jorge import eventually, serving

from ghl_real_estate_ai.settings import CrmKind, Persistence, Settings


async def test_a_lead_is_answered_from_memory(tmp_path: Path):
    """A webhook leads to a reply in the CRM, and the process says that it keeps nothing."""
    settings = Settings(data_dir=tmp_path, persistence=Persistence.OFF, crm=CrmKind.SANDBOX)

    async with serving(settings) as jorge:
        ready = await jorge.client.get("/ready")
        await jorge.client.post("/webhook", json={"contact_id": "c1", "message": "hi there"})
        sandbox = jorge.jorge.sandbox
        assert sandbox is not None
        await eventually(lambda: _has_sent(jorge.jorge.counts))

    assert (200, "off") == (ready.status_code, ready.json()["persistence"])
    assert [] == os.listdir(tmp_path)


async def _has_sent(counts) -> bool:
    return counts.sent >= 1


async def test_chat_remembers_within_the_process(tmp_path: Path):
    """Two messages of one contact belong to one conversation."""
    settings = Settings(data_dir=tmp_path, persistence=Persistence.OFF, crm=CrmKind.SANDBOX)

    async with serving(settings) as jorge:
        await jorge.client.post("/api/chat", json={"contact_id": "c1", "message": "I want to buy a house"})
        second = await jorge.client.post("/api/chat", json={"contact_id": "c1", "message": "ok"})

    assert "buyer" == second.json()["owner"]
