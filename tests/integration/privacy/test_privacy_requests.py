"""Leads who ask of their own data: queued, carried out over every table, told once, and forgotten for good."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlalchemy import Text, func, insert, select, update
from sqlalchemy import cast as sql_cast

from ghl_real_estate_ai.compliance.privacy import ANSWERED_WITHIN, PrivacyKind, Pseudonyms
from ghl_real_estate_ai.conversation.clock import SystemClock, new_uuid7
from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.ports import Crm
from ghl_real_estate_ai.delivery.store import SqlOutbox
from ghl_real_estate_ai.handoff import JorgeHandoffService
from ghl_real_estate_ai.privacy.holdings import HOLDINGS, NOT_OF_A_CONTACT, Fate
from ghl_real_estate_ai.privacy.model import RequestState
from ghl_real_estate_ai.privacy.run_requests import carry_out, run_privacy_requests
from ghl_real_estate_ai.privacy.store import RequestUnknown, SqlPrivacy, read_standing
from ghl_real_estate_ai.storage.database import Database
from ghl_real_estate_ai.storage.tables import (
    consents,
    contacts,
    dead_letters,
    jorge_bot_interactions,
    metadata,
    outbox,
    privacy_requests,
    suppressions,
)
from ghl_real_estate_ai.telemetry import BotMetricsCollector, PerformanceTracker
from ghl_real_estate_ai.telemetry.record_turn import RecordTurn
from ghl_real_estate_ai.turns.model import TurnResult
from ghl_real_estate_ai.turns.store import SqlTurnStore
from ghl_real_estate_ai.turns.take_turn import TakeTurn

HERE, ANN, BOB = LocationId("here"), ContactId("ann-7f3a"), ContactId("bob-11c2")
PHONE = "+15125550142"
MARKS = ("ann-7f3a", "5125550142", "Zebulon Pike Lane")
"""What of Ann must be nowhere once she is forgotten."""


@dataclass
class Team:
    """Jorge without a CRM: turns are taken and their effects are kept."""

    database: Database
    pseudonyms: Pseudonyms

    @property
    def privacy(self) -> SqlPrivacy:
        return SqlPrivacy(self.database, self.pseudonyms)

    @property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self.database, pseudonyms=self.pseudonyms)

    async def meets(self, contact: ContactId, **known: Any) -> None:
        row = {"location_id": HERE, "contact_id": contact, "tags": ["Needs Qualifying"], "dnd": False, **known}
        async with self.database.begin() as connection:
            await connection.execute(insert(contacts).values(row))

    async def hears(self, contact: ContactId, text: str) -> TurnResult:
        turns = TakeTurn(
            store=SqlTurnStore(self.database, pseudonyms=self.pseudonyms),
            crm=cast(Crm, None),  # no contact is made or looked up here
            record=RecordTurn(PerformanceTracker(), BotMetricsCollector(), None),
            handoffs=JorgeHandoffService(),
            clock=SystemClock(),
            new_id=new_uuid7,
            node="one",
            business_name="the team",
            makes_contacts=False,
        )
        return await turns.chat(HERE, contact, text, deliver=True)

    async def sends_everything(self) -> None:
        async with self.database.begin() as connection:
            await connection.execute(update(outbox).where(outbox.c.state == "pending").values(state="sent"))

    async def rows(self, table: Any, **where: Any) -> list[Any]:
        found = select(table).where(*(table.c[name] == value for name, value in where.items()))
        async with self.database.begin() as connection:
            return list((await connection.execute(found)).all())

    async def traces(self) -> list[tuple[str, str]]:
        """Every table and mark of Ann that are found together, but for the record of her request."""
        found = []
        async with self.database.begin() as connection:
            for name, table in metadata.tables.items():
                whole = sql_cast(func.to_jsonb(select(table).subquery().table_valued()), Text)
                rows = await connection.execute(select(whole))
                for text in rows.scalars():
                    plain = bytes.fromhex(text).decode() if text.startswith("0x") else _with_bytes(text)
                    found += [(name, mark) for mark in MARKS if mark in plain and name != "privacy_requests"]
        return found


def _with_bytes(text: str) -> str:
    """*text* with what PostgreSQL prints of bytes read."""
    shown = re.findall(r"\\\\x([0-9a-f]+)", text)
    return text + " ".join(bytes.fromhex(one).decode(errors="replace") for one in shown)


@pytest.fixture
def team(database: Database) -> Team:
    return Team(database, Pseudonyms(b"a key"))


async def known_ann(team: Team) -> None:
    """Ann has a number, said where she lives, and left a measurement, an outcome's row and a dead letter."""
    await team.meets(ANN, phone=PHONE, first_name="Ann")
    await team.hears(ANN, "I want to sell my house at 12 Zebulon Pike Lane in Austin")
    moment = SystemClock().now()
    async with team.database.begin() as connection:
        await connection.execute(
            insert(jorge_bot_interactions).values(
                location_id=HERE,
                timestamp=moment,
                event_id=uuid4(),
                contact_id=ANN,
                bot_type="lead_bot",
                duration_ms=3.0,
                success=True,
                metadata={"said": "Zebulon Pike Lane"},
            )
        )
        await connection.execute(
            insert(dead_letters).values(
                location_id=HERE,
                event_id=uuid4(),
                target_table="jorge_bot_interactions",
                reason="refused",
                record=b'{"contact_id":"%s"}' % ANN.encode(),
            )
        )


def test_every_table_is_told_apart() -> None:
    """A new table says in holdings.py whether it holds something of a contact, and what becomes of it."""
    named = {
        name
        for name, table in metadata.tables.items()
        if any(word in column.name for column in table.columns for word in ("contact", "phone", "email"))
    }

    assert set(HOLDINGS) | NOT_OF_A_CONTACT == set(metadata.tables)
    assert not set(HOLDINGS) & NOT_OF_A_CONTACT
    assert named == set(HOLDINGS)
    assert all("contact_id" in metadata.tables[name].c for name in HOLDINGS)
    unnamed = [metadata.tables[name].c.contact_id for name, fate in HOLDINGS.items() if fate is Fate.UNNAMED]
    assert all(column.nullable for column in unnamed)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Please delete all my data", {"delete"}),
        ("Delete me from your system and send me a copy of the data you hold", {"delete", "export"}),
        ("what information do you have on me?", {"export"}),
        ("Borren mis datos por favor", {"delete"}),
        ("¿Qué datos tienen de mí?", {"export"}),
    ],
)
async def test_a_request_is_queued_with_its_deadline(team: Team, text: str, kinds: set[str]) -> None:
    """In any wording, once, with the rule and the language it is answered in."""
    await team.meets(ANN)

    first = await team.hears(ANN, text)
    await team.hears(ANN, text)

    asked = await team.rows(privacy_requests)
    assert "privacy" in first.flags
    assert first.reply is not None
    assert {one.kind for one in asked} == kinds
    assert {one.due_by - one.asked_at for one in asked} == {ANSWERED_WITHIN}
    assert all("1798.130" in one.rule for one in asked)
    assert {one.language for one in asked} == {"es" if "datos" in text else "en"}


async def test_a_request_within_an_opt_out_is_queued_too(team: Team) -> None:
    """Whatever the turn answers, and whether it does: the law's clock runs."""
    await team.meets(ANN)

    await team.hears(ANN, "Stop texting me and delete my data")

    assert [one.kind for one in await team.rows(privacy_requests)] == ["delete"]
    assert len(await team.rows(suppressions)) == 1


async def test_a_deletion_leaves_nothing_but_its_record(team: Team) -> None:
    """Told once, then deleted over every table; what is measured stays without a name; the receipt counts it."""
    await known_ann(team)
    await team.hears(ANN, "please delete my data")
    (request,) = await team.privacy.list_requests()

    (begun,) = await carry_out(team.privacy, [request])
    (again,) = await carry_out(team.privacy, [request])
    told = [one for one in await team.rows(outbox) if one.effect_key.startswith("privacy:")]
    await team.sends_everything()
    (done,) = await carry_out(team.privacy, [request])
    (repeated,) = await carry_out(team.privacy, [request])

    assert (begun.state, again.state) == (RequestState.CLOSING, RequestState.CLOSING)
    assert [one.payload["text"] for one in told if one.kind == "send_text"] == [
        f"As you asked, we're deleting the data we hold on you within a day. Reference {request.reference}."
    ]
    assert done.state is RequestState.DONE
    assert done == repeated
    assert done.receipt is not None
    rows = done.receipt["rows"]
    assert (rows["messages"], rows["contacts"], rows["dead_letters"]) == (4, 1, 1)
    assert rows["jorge_bot_interactions"] == 1
    assert done.receipt["crm"]["effects"][0]["state"] == "sent"
    assert await team.traces() == []
    assert [one.contact_id for one in await team.rows(jorge_bot_interactions)] == [None]


async def test_our_notes_in_the_crm_are_removed_and_the_rest_is_named(team: Team) -> None:
    """By the ids that the CRM gave; one that could not be removed, or has no id, is a person's to remove."""
    await team.meets(ANN)
    await team.hears(ANN, "what do you charge, and which school is best?")
    notes = [f"n-{number}" for number in range(2)]
    async with team.database.begin() as connection:
        for crm_id in (*notes, None):
            left = {"effect_key": str(crm_id), "kind": "add_note", "payload": {"text": "N"}, "epoch": 0}
            await connection.execute(
                insert(outbox).values(
                    location_id=HERE, effect_id=uuid4(), contact_id=ANN, state="sent", crm_id=crm_id, **left
                )
            )
    request = await team.privacy.ask((HERE, ANN), PrivacyKind.DELETE, source="the team")
    await team.privacy.begin(request)
    asked = [one.payload["note_id"] for one in await team.rows(outbox, kind="remove_note")]
    async with team.database.begin() as connection:
        refused = outbox.c.payload["note_id"].astext == notes[1]
        await connection.execute(update(outbox).where(refused).values(state="dead", reason="refused"))
    await team.sends_everything()

    done = await team.privacy.finish(request)

    assert asked == notes
    assert done.receipt is not None
    assert {notes[1], None} == set(done.receipt["crm"]["notes_to_remove_by_hand"])
    assert notes[0] not in done.receipt["crm"]["notes_to_remove_by_hand"]


async def test_nobody_elses_rows_are_touched(team: Team) -> None:
    """Bob keeps everything when Ann is forgotten."""
    await known_ann(team)
    await team.meets(BOB)
    await team.hears(BOB, "I want to buy in Round Rock")
    before = await team.privacy.export((HERE, BOB))

    request = await team.privacy.ask((HERE, ANN), PrivacyKind.DELETE, source="the team")
    await team.privacy.begin(request)
    await team.sends_everything()
    await team.privacy.finish(request)

    after = await team.privacy.export((HERE, BOB))
    assert before.keys() == after.keys()
    assert before["messages"] == after["messages"]


async def test_an_opt_out_outlives_the_deletion(team: Team) -> None:
    """Under keyed hashes of contact and number: neither comes back by another contact, until the number says START."""
    await known_ann(team)
    await team.hears(ANN, "stop texting me please and delete my data")
    (request,) = await team.privacy.list_requests()
    await team.privacy.begin(request)
    await team.sends_everything()
    await team.privacy.finish(request)

    (kept,) = await team.rows(suppressions)
    assert await team.traces() == []
    assert (kept.contact_id, kept.phone) == (team.pseudonyms.of(ANN), team.pseudonyms.of(PHONE))
    await team.meets(BOB, phone=PHONE)
    silent = await team.hears(BOB, "hello?")
    assert (silent.reply, silent.owner.value) == (None, "lead")
    back = await team.hears(BOB, "START")
    assert "opt_in" in back.flags
    assert (await team.rows(suppressions))[0].lifted_at is not None


async def test_somebody_who_opted_out_is_not_told(team: Team) -> None:
    """The confirmation stands in the outbox, and the gate holds it."""
    await known_ann(team)
    await team.hears(ANN, "stop texting me please and delete my data")
    (request,) = await team.privacy.list_requests()
    await team.privacy.begin(request)

    (told,) = [one for one in await team.rows(outbox, kind="send_text") if one.effect_key.startswith("privacy:")]
    assert await team.outbox.may_send(HERE, told.effect_id) == "opted_out"


async def test_what_came_late_is_swept_and_what_is_new_stays(team: Team) -> None:
    """A record that was on its way in a journal loses the name; one of after the person came back keeps it."""
    await known_ann(team)
    request = await team.privacy.ask((HERE, ANN), PrivacyKind.DELETE, source="the team")
    await team.privacy.begin(request)
    await team.sends_everything()
    done = await team.privacy.finish(request)
    assert done.done_at is not None
    async with team.database.begin() as connection:
        for moment in (done.done_at - timedelta(minutes=1), done.done_at + timedelta(minutes=1)):
            await connection.execute(
                insert(jorge_bot_interactions).values(
                    location_id=HERE,
                    timestamp=moment,
                    event_id=uuid4(),
                    contact_id=ANN,
                    bot_type="lead_bot",
                    duration_ms=3.0,
                    success=True,
                )
            )

    assert await team.privacy.sweep() == 1
    assert await team.privacy.sweep() == 0
    assert sorted(str(one.contact_id) for one in await team.rows(jorge_bot_interactions)) == ["None", "None", ANN]


async def test_the_clock_begins_what_is_nearly_due(team: Team) -> None:
    """A deletion that nobody looked at is begun in the last week, and finished once its confirmation has left."""
    await known_ann(team)
    await team.hears(ANN, "please delete my data")
    await run_privacy_requests(team.privacy)
    assert [one.state for one in await team.rows(privacy_requests)] == ["open"]
    async with team.database.begin() as connection:
        await connection.execute(update(privacy_requests).values(due_by=func.now() + timedelta(days=6)))

    await run_privacy_requests(team.privacy)
    await team.sends_everything()
    await run_privacy_requests(team.privacy)

    assert [one.state for one in await team.rows(privacy_requests)] == ["done"]
    assert await team.traces() == []


async def test_an_export_holds_everything(team: Team) -> None:
    """What is held on Ann by table, the words of the conversation among it; she is told that it is ready."""
    await known_ann(team)
    await team.hears(ANN, "what data do you have on me?")
    (request,) = await team.privacy.list_requests()

    held = await team.privacy.export((HERE, ANN))
    (begun,) = await carry_out(team.privacy, [request])
    await team.sends_everything()
    (done,) = await carry_out(team.privacy, [request])

    assert {"messages", "contacts", "conversations", "turns", "consents", "privacy_requests"} <= held.keys()
    assert any("Zebulon" in row["text"] for row in held["messages"])
    assert (begun.state, done.state) == (RequestState.CLOSING, RequestState.DONE)
    assert len(await team.rows(contacts)) == 1


async def test_what_a_person_must_read_is_not_run(team: Team) -> None:
    """A request that is neither waits for somebody who says what it is."""
    request = await team.privacy.ask((HERE, ANN), PrivacyKind.OTHER, source="the team")

    with pytest.raises(RequestUnknown, match="Read it"):
        await team.privacy.begin(request)


async def test_consent_is_given_by_writing_taken_back_by_an_opt_out_and_given_again(team: Team) -> None:
    """With when, how, and the message; what we start asks for it, also by the number under another contact."""
    await team.meets(ANN, phone=PHONE)
    await team.meets(BOB, phone=PHONE)
    assert not (await team.outbox.start_of(HERE, BOB)).has_consent

    await team.hears(ANN, "Hi, I saw your listing")
    assert (await team.outbox.start_of(HERE, BOB)).has_consent
    await team.hears(ANN, "stop texting me please")
    assert not (await team.outbox.start_of(HERE, ANN)).has_consent
    await team.hears(ANN, "START")

    assert (await team.outbox.start_of(HERE, ANN)).has_consent
    given = sorted(await team.rows(consents), key=lambda one: one.given_at)
    assert [(one.source, one.revoked_by, one.phone) for one in given] == [
        ("inbound_text", "opt_out", PHONE),
        ("opt_in", None, PHONE),
    ]
    assert all(one.source_message_id is not None for one in given)


async def test_a_person_can_see_how_a_contact_stands(team: Team) -> None:
    """Consent, suppression, request and the fate of each send, found by contact, also where the number is forgotten."""
    await known_ann(team)
    await team.hears(ANN, "stop texting me please and delete my data")

    seen = await read_standing(team.database, team.pseudonyms, (HERE, ANN))

    assert [one["revoked_by"] for one in seen["consents"]] == ["opt_out"]
    assert [one["lifted_at"] for one in seen["suppressions"]] == [None]
    assert [one["kind"] for one in seen["privacy_requests"]] == ["delete"]
    assert {one["kind"] for one in seen["sends"]} >= {"send_text", "add_tag"}
