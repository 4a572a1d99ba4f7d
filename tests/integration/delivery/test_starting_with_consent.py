"""What Jorge starts leaves only with consent, which is looked for in the CRM right before: over HTTP, two locations."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from running_jorge import RunningJorge, serving
from sqlalchemy import select

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.model import SendText
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.sandbox.state import Fault, FaultKind
from ghl_real_estate_ai.delivery.deliver import Deliver
from ghl_real_estate_ai.delivery.model import OutboxEntry
from ghl_real_estate_ai.delivery.queue_effects import insert_effects
from ghl_real_estate_ai.settings import CrmKind, Settings
from ghl_real_estate_ai.storage.tables import conversations, outbox

HERE, THERE = LocationId("default"), LocationId("loc-there")
ANN = ContactId("ann")
WORDING = "Text me about homes"
TEAM = {"locations": {THERE: {"consent": {"fields": {"club": WORDING}, "forms": {"Open House": WORDING}}}}}


class Team:
    """A Jorge, its sandbox, and a sender of ours that keeps no hours."""

    def __init__(self, running: RunningJorge, sandbox: SandboxServer, crm: HighLevelCrm) -> None:
        self.running, self.sandbox, self.crm = running, sandbox, crm
        jorge = running.jorge
        self.outbox = jorge.deliver.outbox
        self.sender = Deliver(
            self.outbox, crm, sender="ours", wait_of=lambda _: None, consents=jorge.take_turn.consents
        )

    async def has(self, location_id: LocationId, *tags: str, source: str | None = None, **fields: str) -> None:
        """The CRM has Ann there."""
        body = {"id": ANN, "locationId": location_id, "tags": list(tags), "source": source}
        (await self.crm_client.post("/sandbox/contacts", json=body)).raise_for_status()
        for name, value in fields.items():
            if name not in {known.key for known in await self.crm.list_fields(location_id)}:
                await self.crm.create_field(location_id, name)
            await self.crm.set_field(location_id, ANN, name, value)

    @property
    def crm_client(self) -> httpx.AsyncClient:
        return self.running.jorge.client

    async def is_told(self, location_id: LocationId, kind: str = "ContactUpdate", **event: Any) -> None:
        body = {"type": kind, "id": ANN, "locationId": location_id, **event}
        assert (await self.running.client.post("/webhook", json=body)).status_code == 200

    async def starts(self, location_id: LocationId, text: str = "Still looking?") -> tuple[str, str | None]:
        """Start a text with Ann there; what became of it, and why."""
        effect_id = uuid4()
        entry = OutboxEntry(
            effect_id=effect_id,
            effect_key=str(effect_id),
            location_id=location_id,
            contact_id=ANN,
            turn_id=None,
            effect=SendText(text),
            epoch=0,
            initiated=True,
        )
        database = self.running.jorge.database
        assert database is not None
        async with database.begin() as connection:
            known = {"location_id": location_id, "contact_id": ANN}
            if (await connection.execute(select(conversations).filter_by(**known))).first() is None:
                await connection.execute(conversations.insert().values(**known))
            await insert_effects(connection, [entry])
        while await self.sender.deliver_due():
            pass
        async with database.begin() as connection:
            found = (await connection.execute(select(outbox).where(outbox.c.effect_id == effect_id))).one()
        return found.state, found.reason

    async def consent(self, location_id: LocationId) -> dict[str, Any] | None:
        address = f"/api/jorge/conversations/{ANN}"
        answer = await self.running.client.get(address, params={"location_id": location_id})
        consent: dict[str, Any] | None = answer.raise_for_status().json()["consent"]
        return consent

    async def standing(self, location_id: LocationId) -> list[tuple[str, str | None, str | None]]:
        address = f"/api/jorge/conversations/{ANN}/standing"
        answer = await self.running.client.get(address, params={"location_id": location_id})
        return [(one["source"], one["evidence"], one["revoked_by"]) for one in answer.json()["consents"]]


@pytest.fixture
async def team(database_dsn: str, tmp_path: Path) -> AsyncIterator[Team]:
    file = tmp_path / "team.json"
    file.write_text(json.dumps(TEAM))
    sandbox = SandboxServer()
    settings = Settings(
        database_url=database_dsn,
        data_dir=tmp_path,
        crm=CrmKind.SANDBOX,
        sandbox_url=await sandbox.start(),
        team_file=file,
    )
    async with serving(settings) as running:
        running.jorge.stop_delivery.set()  # the sender under test is ours
        running.jorge.delivery_wake.set()
        yield Team(running, sandbox, HighLevelCrm(running.jorge.client, "team", is_sandbox=True))
    await sandbox.stop()


async def test_a_tag_that_an_event_told_is_consent_until_it_is_removed(team: Team):
    """With source, time and evidence in the conversation and the standing, and in one location alone."""
    for place in (HERE, THERE):
        await team.has(place, "Needs Qualifying", "SMS-Consent")
        await team.is_told(place, "ContactCreate", tags=["Needs Qualifying", "SMS-Consent"], phone="+15125550100")
    assert ("sent", None) == await team.starts(HERE)
    given = await team.consent(HERE)
    assert given is not None
    assert ("tag", "SMS-Consent", None) == (given["source"], given["evidence"], given["revoked_at"])

    await team.crm.remove_tags(HERE, ANN, frozenset({"SMS-Consent"}))
    await team.is_told(HERE, "ContactTagUpdate", tags=["Needs Qualifying"])

    state, reason = await team.starts(HERE)
    assert ("dropped", True) == (state, str(reason).startswith("no_consent"))
    assert [("tag", "SMS-Consent", "tag sms consent removed")] == await team.standing(HERE)
    assert ("sent", None) == await team.starts(THERE)


async def test_a_field_is_found_right_before_the_text(team: Team):
    """Events tell fields by ids alone, so the CRM is asked; each location by its own marks."""
    for place in (HERE, THERE):
        await team.has(place, "Needs Qualifying", club="Yes, please")
        await team.is_told(place, tags=["Needs Qualifying"])

    assert "dropped" == (await team.starts(HERE))[0]
    assert ("sent", None) == await team.starts(THERE)

    assert [("form", f"club: Yes, please ({WORDING})", None)] == await team.standing(THERE)
    await team.has(THERE, "Needs Qualifying", club="No")
    assert "dropped" == (await team.starts(THERE))[0]
    assert ["field club removed"] == [one[2] for one in await team.standing(THERE)]


async def test_a_form_counts_where_its_team_says_so(team: Team):
    """By the contact's source."""
    for place in (HERE, THERE):
        await team.has(place, "Needs Qualifying", source="Open House")
        await team.is_told(place, tags=["Needs Qualifying"], source="Open House")

    assert ["dropped", "sent"] == [(await team.starts(place))[0] for place in (HERE, THERE)]


async def test_do_not_disturb_and_an_opt_out_outweigh_every_mark(team: Team):
    """Also after do-not-disturb is taken off again: then only the lead's own word counts."""
    await team.has(HERE, "Needs Qualifying", "SMS-Consent")
    await team.is_told(HERE, tags=["Needs Qualifying", "SMS-Consent"])
    await team.is_told(HERE, "ContactDndUpdate", tags=["Needs Qualifying", "SMS-Consent"], dnd=True)
    await team.is_told(HERE, "ContactDndUpdate", tags=["Needs Qualifying", "SMS-Consent"], dnd=False)

    state, reason = await team.starts(HERE)

    assert ("dropped", True) == (state, str(reason).startswith("no_consent"))
    assert [("tag", "SMS-Consent", "dnd")] == await team.standing(HERE)


async def test_a_crm_that_does_not_answer_drops_nothing(team: Team):
    """The text waits until the CRM can be asked."""
    await team.has(HERE, "Needs Qualifying", "SMS-Consent")
    await team.is_told(HERE, tags=["Needs Qualifying"])
    team.sandbox.state.faults.append(Fault(kind=FaultKind.FAILURE, path_prefix="/contacts/", times=20))

    state, reason = await team.starts(HERE)

    assert ("pending", "crm_away") == (state, reason)
