"""Turns from the inbox to a sandbox CRM, on either store, taken one by one: nothing runs by itself."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
from sqlalchemy import text

from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, EventId, LocationId
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.sandbox.app import build_sandbox_app
from ghl_real_estate_ai.crm.sandbox.signing import SandboxSigner
from ghl_real_estate_ai.crm.sandbox.state import SandboxState
from ghl_real_estate_ai.delivery.deliver import Deliver
from ghl_real_estate_ai.delivery.memory import MemoryOutbox
from ghl_real_estate_ai.delivery.ports import Outbox
from ghl_real_estate_ai.delivery.store import SqlOutbox
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.intake.memory import MemoryInbox
from ghl_real_estate_ai.intake.parse_event import parse_event
from ghl_real_estate_ai.intake.ports import Inbox
from ghl_real_estate_ai.intake.store import SqlInbox
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.memory import MemoryDatabase
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.memory import MemoryTurnStore
from ghl_real_estate_ai.turns.model import TurnResult
from ghl_real_estate_ai.turns.ports import TurnStore
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.turns.take_turn import TakeTurn

HERE = LocationId("here")
AT_ONCE = timedelta()


class WholeTurns:
    """A process without loops, the CRM that it writes to, and its rows."""

    def __init__(
        self,
        store: TurnStore,
        inbox: Inbox,
        outbox: Outbox,
        tables: Database | MemoryDatabase,
        client: httpx.AsyncClient,
        state: SandboxState,
    ) -> None:
        self.client = client
        self.state = state
        self._inbox = inbox
        self._tables = tables
        crm = HighLevelCrm(client, "ours", is_sandbox=True)
        self.turns = TakeTurn(
            store=store,
            crm=crm,
            record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
            handoffs=JorgeHandoffService(),
            clock=SystemClock(),
            new_id=new_uuid7,
            node="test",
            business_name="the team",
            makes_contacts=True,
        )
        self._deliver = Deliver(outbox, crm, sender="test")

    async def has_in_crm(self, contact: str, *tags: str, dnd: bool = False) -> None:
        """The team has made the contact there, with these tags."""
        body = {"id": contact, "locationId": HERE, "tags": list(tags), "dnd": dnd}
        (await self.client.post("/sandbox/contacts", json=body)).raise_for_status()

    def crm_tags(self, contact: str) -> set[str]:
        found = self.state.find_contact(HERE, contact)
        return set() if found is None else set(found.tags)

    def texts(self, contact: str) -> list[str]:
        """What has really been sent to the contact."""
        return [message.body for message in self.state.messages_of(HERE, contact) if message.direction == "outbound"]

    async def chats(self, contact: str, words: str) -> TurnResult:
        """`/api/chat`."""
        return await self.turns.chat(HERE, ContactId(contact), words, deliver=False)

    async def writes(self, contact: str, words: str) -> None:
        """The lead writes a text; what is due then is answered and delivered."""
        message = {"contactId": contact, "body": words, "direction": "inbound", "messageType": "SMS"}
        await self._comes({"type": "InboundMessage", "messageId": uuid4().hex, **message})

    async def is_posted(self, contact: str, words: str) -> None:
        """The same as a bare post."""
        await self._comes({"contact_id": contact, "message": words})

    async def is_tagged(self, contact: str, *tags: str) -> None:
        """HighLevel tells all the tags of the contact."""
        await self._comes({"type": "ContactTagUpdate", "id": contact, "tags": list(tags)})

    async def rows(self, table: str) -> list[Mapping[str, Any]]:
        if isinstance(self._tables, MemoryDatabase):
            return list(self._tables.tables[table].values())
        async with self._tables.connect() as connection:
            found = (await connection.execute(text(f"SELECT * FROM {table}"))).mappings()  # noqa: S608 - our names
            return [dict(one) for one in found]

    async def known_tags(self, contact: str) -> set[str] | None:
        """The tags that a text goes by."""
        tags = next(row["tags"] for row in await self.rows("contacts") if row["contact_id"] == contact)
        return None if tags is None else set(tags)

    async def reasons(self) -> list[tuple[str, str | None]]:
        """How each text of a lead ended, oldest first."""
        theirs = [row for row in await self.rows("inbox") if row["kind"] == "InboundMessage"]
        return [(row["state"], row["reason"]) for row in sorted(theirs, key=lambda row: row["seq"])]

    async def _comes(self, event: Mapping[str, Any]) -> None:
        body = orjson.dumps({**event, "location_id" if "message" in event else "locationId": HERE})
        await self._inbox.keep([parse_event(body, {}, default_location=HERE, event_id=EventId(uuid4()))])
        while (claim := await self.turns.claim_due()) is not None:
            await self.turns.answer_claimed(claim)
        while await self._deliver.deliver_due():
            pass


@asynccontextmanager
async def whole_turns(dsn: str | None) -> AsyncIterator[WholeTurns]:
    """On the database at *dsn*, or in memory."""
    state = SandboxState()
    transport = httpx.ASGITransport(build_sandbox_app(state, SandboxSigner()))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        if dsn is None:
            memory, clock = MemoryDatabase(), SystemClock()
            inbox = MemoryInbox(memory, clock.now, quiet=AT_ONCE)
            outbox = MemoryOutbox(memory, now=clock.now)
            yield WholeTurns(MemoryTurnStore(memory, clock), inbox, outbox, memory, client, state)
            return
        database = Database(dsn)
        inbox_rows = SqlInbox(database, quiet=AT_ONCE)
        yield WholeTurns(SqlTurnStore(database), inbox_rows, SqlOutbox(database), database, client, state)
        await database.close()
