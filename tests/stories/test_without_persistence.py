"""The rollback switch: with `JORGE_PERSISTENCE=off` the bots go on, in memory."""

import os
from pathlib import Path

from running_jorge import eventually, serving

from ghl_real_estate_ai.api.cron import run_privacy_requests_now
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


async def test_a_deletion_is_carried_out_in_memory(tmp_path: Path):
    """Told once, then gone from every table, with a receipt; a stranger keeps everything, and an opt-out stands."""
    settings = Settings(data_dir=tmp_path, persistence=Persistence.OFF, crm=CrmKind.SANDBOX)

    async with serving(settings) as jorge:
        for contact, text in (("c1", "I want to sell 4 Elm Street"), ("c2", "I want to buy a house")):
            await jorge.client.post("/api/chat", json={"contact_id": contact, "message": text})
        asked = {"contact_id": "c1", "message": "stop texting me and delete all my data"}
        await jorge.client.post("/api/chat", json=asked)
        privacy = jorge.jorge.privacy
        assert privacy is not None
        tables = privacy._database.tables

        async def is_done() -> bool:
            await run_privacy_requests_now(jorge.jorge)
            return all(one["state"] == "done" for one in tables["privacy_requests"].values())

        await eventually(is_done)
        back = await jorge.client.post("/api/chat", json={"contact_id": "c1", "message": "hello?"})
        found = [name for name, rows in tables.items() for one in rows.values() if one.get("contact_id") == "c1"]
        (request,) = tables["privacy_requests"].values()

    assert request["receipt"]["rows"]["messages"] == 4
    assert [one["state"] for one in request["receipt"]["crm"]["effects"] if one["kind"] == "send_text"] == ["dropped"]
    assert back.json()["reply"] is None
    assert {"privacy_requests", "contacts", "conversations", "messages", "turns"} == set(found)
    assert not any("Elm" in str(dict(one)) for rows in tables.values() for one in rows.values())
    assert [one["contact_id"] for one in tables["conversations"].values()] == ["c2", "c1"]
