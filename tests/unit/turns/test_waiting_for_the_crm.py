"""A message waits while the CRM of its location looks others up, rather than have its lead asked what the CRM knows."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from ghl_real_estate_ai.cli.replay import VirtualClock
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.sandbox.app import build_sandbox_app
from ghl_real_estate_ai.crm.sandbox.signing import SandboxSigner
from ghl_real_estate_ai.crm.sandbox.state import SandboxState
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.intake.memory import MemoryInbox
from ghl_real_estate_ai.intake.parse_event import parse_event
from ghl_real_estate_ai.storage.memory import MemoryDatabase
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.memory import MemoryTurnStore
from ghl_real_estate_ai.turns.take_turn import TOLD_RETRY, TOLD_WAIT, TakeTurn

HERE, ANN = LocationId("here"), ContactId("ann")
BUSY = Counter({HERE: 2})


class Lead:
    """Ann, a buyer whose form has told her budget; her location's CRM looks two others up."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.clock = VirtualClock(datetime(2026, 3, 3, 16, tzinfo=UTC))
        self.memory = MemoryDatabase()
        self.crm = HighLevelCrm(client, "ours", is_sandbox=True)
        self.turns = TakeTurn(
            store=MemoryTurnStore(self.memory, self.clock),
            crm=self.crm,
            record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
            handoffs=JorgeHandoffService(self.clock),
            clock=self.clock,
            new_id=new_uuid7,
            node="one",
            business_name="the team",
            makes_contacts=False,
            looking_up=Counter(BUSY),
        )

    async def writes(self) -> None:
        await self.crm.create_contact(HERE, ANN, frozenset({"Buyer-Lead"}))
        await self.crm.create_field(HERE, "budget")
        await self.crm.set_field(HERE, ANN, "budget", "400000")
        body = orjson.dumps({"contact_id": ANN, "message": "hi, I want to buy"})
        event = parse_event(body, {}, default_location=HERE, event_id=EventId(uuid4()))
        inbox = MemoryInbox(self.memory, self.clock.now)
        await inbox.keep([replace(event, new_contact_tags=frozenset({"Buyer-Lead"}))])

    async def is_answered(self) -> bool:
        """Whether the turn that is due now, if any, has answered."""
        claim = await self.turns.claim_due()
        if claim is not None:
            await self.turns.answer_claimed(claim)
        return bool(self.memory.tables["turns"])

    def asked(self) -> list[Any]:
        return [turn["asked"] for turn in self.memory.tables["turns"].values()]


@pytest.fixture
async def lead() -> Any:
    transport = httpx.ASGITransport(build_sandbox_app(SandboxState(), SandboxSigner()))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield Lead(client)


async def test_a_message_waits_until_the_crm_can_be_asked(lead: Lead) -> None:
    """What the form has told is then known, and not asked."""
    await lead.writes()
    assert not await lead.is_answered()
    assert not await lead.is_answered(), "it is put off"

    lead.turns.looking_up.clear()
    lead.clock.move(TOLD_RETRY)

    assert await lead.is_answered()
    assert ["financing"] == lead.asked()


async def test_it_does_not_wait_for_ever(lead: Lead) -> None:
    """After eight seconds the lead is answered with what is known here."""
    await lead.writes()
    assert not await lead.is_answered()

    lead.clock.move(TOLD_WAIT + timedelta(seconds=1))

    assert await lead.is_answered()
    assert ["budget_max"] == lead.asked()
