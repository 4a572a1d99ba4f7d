"""A lead comes to a person and back: by asking, by the API, by a tag, and by a person who simply writes in the CRM."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from running_jorge import RunningJorge, eventually, serving

from ghl_real_estate_ai.settings import Settings

NOTHING_WAITS = "SELECT count(*) FROM outbox WHERE state IN ('pending', 'claimed')"
LATE = "SELECT state, reason FROM outbox WHERE effect_key = 'late'"
TOM = {"source": "app", "userId": "UserTom0000000001"}


@pytest.fixture
async def jorge(story_settings: Settings) -> AsyncIterator[RunningJorge]:
    """A Jorge with a short quiet period."""
    settings = story_settings.model_copy(update={"quiet_seconds": 0.3, "quiet_at_most_seconds": 1.0})
    async with serving(settings) as running:
        yield running


async def a_person_writes(jorge: RunningJorge, contact: str, text: str, **changes: Any) -> str:
    """HighLevel tells that somebody of the team wrote to the contact; return the message's id."""
    message = {"messageId": uuid4().hex, "contactId": contact, "body": text, "messageType": "SMS", **TOM, **changes}
    event = {"type": "OutboundMessage", "direction": "outbound", "locationId": "default", "webhookId": uuid4().hex}
    answer = await jorge.client.post("/webhook", json={**event, **message})
    assert {"status": "accepted"}.items() <= answer.json().items(), answer.text
    return str(message["messageId"])


async def tags_become(jorge: RunningJorge, contact: str, *tags: str, at: datetime | None = None) -> None:
    """HighLevel tells all tags of the contact, as they are after a change at that moment."""
    told = (at or datetime.now(UTC)).isoformat()
    event = {"type": "ContactTagUpdate", "locationId": "default", "webhookId": uuid4().hex, "timestamp": told}
    answer = await jorge.client.post("/webhook", json={**event, "id": contact, "tags": list(tags)})
    assert {"status": "accepted"}.items() <= answer.json().items(), answer.text


async def posts(jorge: RunningJorge, contact: str, what: str, **body: str) -> dict[str, Any]:
    answer = await jorge.client.post(f"/api/jorge/conversations/{contact}/{what}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def plan(dsn: str) -> None:
    """A text to the one contact is planned for tomorrow."""
    rows(
        dsn,
        "INSERT INTO outbox (location_id, effect_id, effect_key, contact_id, kind, payload, epoch, due_at)"
        " SELECT location_id, gen_random_uuid(), 'late', contact_id, 'send_text',"
        ' \'{"text": "a late word", "channel": "SMS"}\', epoch, now() + interval \'1 day\''
        " FROM conversations RETURNING 1",
    )


def was_taken_up_long_ago(dsn: str, *contacts: str) -> None:
    """A person took these conversations up more than a day ago."""
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "UPDATE conversations SET state = jsonb_set(state, '{person_call,answered_at}', to_jsonb(%s::text))"
            " WHERE contact_id = ANY(%s)",
            ((datetime.now(UTC) - timedelta(hours=25)).isoformat(), list(contacts)),
        )


async def until(dsn: str, query: str, expected: list[tuple[Any, ...]]) -> None:
    async def is_so() -> bool:
        return rows(dsn, query) == expected

    await eventually(is_so)


def bots_last_words(story: dict[str, Any]) -> str:
    return next(
        m["text"]
        for m in reversed(story["messages"])
        if m["author"] in ("lead", "buyer", "seller") and m["direction"] == "outbound"
    )


async def test_a_lead_who_asks_waits_in_the_queue_and_comes_back_knowing_all(jorge: RunningJorge, database_dsn: str):
    """Asked for: silence, a place in the queue, a card; released: the seller bot goes on without asking again."""
    await jorge.says("c1", "I want to sell my house at 830 Palmetto Way")
    story = await jorge.says("c1", "can i just talk to a real person please")
    assert "human" == story["owner"]

    people = (await jorge.client.get("/api/jorge/people")).json()["people"]
    assert [("c1", None, False)] == [(one["contact_id"], one["answered_at"], one["overdue"]) for one in people]

    card = "SELECT count(*) FROM outbox WHERE kind = 'add_note' AND payload->>'text' LIKE '%asks for a person%'"
    await until(database_dsn, f"{card} AND state = 'sent'", [(1,)])
    field = "SELECT payload->>'value' FROM outbox WHERE payload->>'key' = 'handoff_context' AND state = 'sent'"
    packets = f"SELECT count(*) FROM ({field}) AS packets"  # noqa: S608 - both parts are written here
    await until(database_dsn, packets, [(2,)])
    assert "830 Palmetto Way" in rows(database_dsn, f"{field} ORDER BY seq DESC")[0][0]

    story = await jorge.says("c1", "its in great shape by the way")
    assert 2 == sum(message["direction"] == "outbound" for message in story["messages"])

    await a_person_writes(jorge, "c1", "Hi, Tom here. I'll call you tonight.")
    await until(database_dsn, "SELECT author FROM messages WHERE author = 'person'", [("person",)])
    people = (await jorge.client.get("/api/jorge/people")).json()["people"]
    assert [True] == [one["answered_at"] is not None for one in people]

    change = await posts(jorge, "c1", "release", by="Tom")
    assert ("human", "seller") == (change["previous_owner"], change["owner"])
    assert [] == (await jorge.client.get("/api/jorge/people")).json()["people"]

    story = await jorge.says("c1", "ok what else do you need")
    assert "seller" == story["owner"]
    assert "automated assistant" not in bots_last_words(story)
    assert {"address", "condition"} <= {fact["slot"] for fact in story["facts"]}
    assert story["turns"][-1]["asked"] not in ("address", "condition")


async def people_waiting(jorge: RunningJorge) -> list[tuple[str, bool]]:
    """Who stands in the queue, and whether somebody has taken them up."""
    people = (await jorge.client.get("/api/jorge/people")).json()["people"]
    return [(one["contact_id"], one["answered_at"] is not None) for one in people]


async def test_a_hot_lead_who_has_told_everything_is_called_for_and_answered_meanwhile(
    jorge: RunningJorge, database_dsn: str
):
    """One call with its card and tag, no handoff: the bot goes on until somebody writes, and is silent from then on."""
    delivered = ("SELECT count(*) FROM outbox WHERE state IN ('pending', 'claimed')", [(0,)])
    cards = "SELECT count(*) FROM outbox WHERE kind = 'add_note' AND payload->>'text' LIKE '%hot and has answered%'"
    to_people = "SELECT source_bot, target_bot, outcome FROM jorge_handoff_outcomes WHERE target_bot = 'human'"
    await jorge.says("c1", "I need to sell my house at 1420 Alder Ct, we're relocating for work")
    assert [] == await people_waiting(jorge)

    story = await jorge.says("c1", "out within 30 days, needs paint and carpet. thinking 640k")
    await until(database_dsn, *delivered)

    assert ("seller", "appointment") == (story["owner"], story["turns"][-1]["asked"])
    assert [("c1", False)] == await people_waiting(jorge)
    assert [(1,)] == rows(database_dsn, f"{cards} AND state = 'sent'")
    assert [] == rows(database_dsn, to_people)
    assert jorge.jorge.sandbox is not None
    in_crm = jorge.jorge.sandbox.state.take_up_contact("default", "c1")
    assert {"Seller-Lead", "Human-Follow-Up-Needed"} <= set(in_crm.tags)
    assert "Handoff-Seller-to-Human" not in in_crm.tags
    assert 1 == sum("640" in note.body and "1420 Alder Ct" in note.body for note in in_crm.notes)

    before = len(story["messages"])
    story = await jorge.says("c1", "great. 3 bed 2 bath by the way")
    assert "seller" == story["owner"]
    assert before + 2 == len(story["messages"])
    assert [(1,)] == rows(database_dsn, cards)
    assert [("c1", False)] == await people_waiting(jorge)

    await a_person_writes(jorge, "c1", "Hi, Tom here. Can I come by tonight?")
    await until(database_dsn, "SELECT owner FROM conversations", [("human",)])
    assert [("c1", True)] == await people_waiting(jorge)
    # The person's own words answer the call; the next turn says so, or the clock before it.
    story = await jorge.says("c1", "sure, 6 works")
    assert ["inbound"] == [message["direction"] for message in story["messages"][-1:]]
    await until(database_dsn, to_people, [("seller", "human", "successful")])


async def test_a_person_who_writes_in_the_crm_silences_the_bot(jorge: RunningJorge, database_dsn: str):
    """The conversation is theirs from then on, and the handoff has its packet."""
    await jorge.says("c1", "I want to buy a house, budget 400k")
    await a_person_writes(jorge, "c1", "Hi, Tom here, let me help.")
    await until(database_dsn, "SELECT owner FROM conversations", [("human",)])

    story = await jorge.says("c1", "great, 3 bedrooms please")

    assert 1 == sum(m["direction"] == "outbound" and m["author"] != "person" for m in story["messages"])
    packet = "SELECT metadata->'packet'->'facts'->'budget_max'->>'value' FROM jorge_handoff_events"
    assert [("400000",)] == rows(database_dsn, f"{packet} WHERE target_bot = 'human'")


async def test_our_own_message_is_no_person(jorge: RunningJorge, database_dsn: str):
    """HighLevel shows us what we sent: known by its id there, it changes nothing, even if it names a user."""
    await jorge.says("c1", "hello")
    await until(database_dsn, "SELECT state FROM outbox WHERE kind = 'send_text'", [("sent",)])
    ((crm_id, text),) = rows(database_dsn, "SELECT crm_id, payload->>'text' FROM outbox WHERE kind = 'send_text'")

    await a_person_writes(jorge, "c1", text, messageId=crm_id)

    done = "SELECT state, reason FROM inbox WHERE kind = 'OutboundMessage'"
    await until(database_dsn, done, [("known", "our_own_message")])
    assert "lead" == (await jorge.conversation("c1"))["owner"]


async def test_a_person_who_writes_to_somebody_we_do_not_know_starts_nothing(jorge: RunningJorge, database_dsn: str):
    """The team texts many people who are no leads of ours."""
    await a_person_writes(jorge, "stranger", "Lunch at noon?")

    done = "SELECT state, reason FROM inbox WHERE kind = 'OutboundMessage'"
    await until(database_dsn, done, [("known", "no_conversation")])
    assert [] == rows(database_dsn, "SELECT 1 FROM turns")


async def test_a_takeover_drops_what_waits_and_can_be_asked_for_twice(jorge: RunningJorge, database_dsn: str):
    """A reply that has not left yet never leaves; the second takeover changes nothing more."""
    await jorge.says("c1", "I want to buy a house")
    await until(database_dsn, NOTHING_WAITS, [(0,)])
    plan(database_dsn)

    first = await posts(jorge, "c1", "takeover", by="Tom")
    second = await posts(jorge, "c1", "takeover", by="Ana")

    assert ("buyer", "human") == (first["previous_owner"], first["owner"])
    assert ("human", "human") == (second["previous_owner"], second["owner"])
    assert [("dropped", "owner_human")] == rows(database_dsn, LATE)
    assert [(1,)] == rows(database_dsn, "SELECT count(*) FROM jorge_handoff_events WHERE target_bot = 'human'")


async def test_a_person_takes_over_by_a_tag_and_gives_back_by_removing_it(jorge: RunningJorge, database_dsn: str):
    """The tag silences the bot and drops what is planned; without it the bot goes on, and greets nobody again."""
    await jorge.says("c1", "I want to sell my house at 830 Palmetto Way")
    await until(database_dsn, NOTHING_WAITS, [(0,)])
    plan(database_dsn)
    await tags_become(jorge, "c1", "seller-lead", "ai-off")
    await until(database_dsn, "SELECT owner FROM conversations", [("human",)])

    assert [("dropped", "owner_human")] == rows(database_dsn, LATE)
    people = (await jorge.client.get("/api/jorge/people")).json()["people"]
    assert ["A person set a tag that stops the bots"] == [one["why"] for one in people]
    story = await jorge.says("c1", "its in great shape by the way")
    assert 1 == sum(message["direction"] == "outbound" for message in story["messages"])

    await tags_become(jorge, "c1", "seller-lead")
    await until(database_dsn, "SELECT owner FROM conversations", [("seller",)])
    story = await jorge.says("c1", "ok what else do you need")
    assert "automated assistant" not in bots_last_words(story)
    assert {"address", "condition"} <= {fact["slot"] for fact in story["facts"]}
    assert "seller" == story["turns"][-1]["owner_after"]


async def test_our_own_tags_coming_back_are_no_person(jorge: RunningJorge, database_dsn: str):
    """An opt-out sets `AI-Off`, which HighLevel tells us, late and before: nobody took over, nobody gives back."""
    await jorge.says("c1", "I want to buy a house")
    before = datetime.now(UTC)
    await jorge.says("c1", "please stop texting me")
    await until(database_dsn, NOTHING_WAITS, [(0,)])

    await tags_become(jorge, "c1", "buyer-lead", at=before)
    await tags_become(jorge, "c1", "buyer-lead", "ai-off", "tcpa-opt-out")
    await tags_become(jorge, "c1", "buyer-lead", "ai-off", "tcpa-opt-out", "vip")

    told = "SELECT DISTINCT state, reason FROM inbox WHERE kind = 'ContactTagUpdate'"
    assert [("known", "contact")] == rows(database_dsn, told)
    assert [("none",)] == rows(database_dsn, "SELECT owner FROM conversations")


async def test_a_tag_of_ours_that_is_under_way_is_not_taken_for_removed(jorge: RunningJorge, database_dsn: str):
    """Tags told before ours have reached the CRM do not undo them: the lead is still answered."""
    await jorge.says("c1", "I want to buy a house")
    await until(database_dsn, NOTHING_WAITS, [(0,)])

    await tags_become(jorge, "c1", "vip")  # told between the removal of one of our tags and the adding of the other

    ((tags,),) = rows(database_dsn, "SELECT tags FROM contacts")
    assert {"Buyer-Lead", "vip"} <= set(tags)
    story = await jorge.says("c1", "3 bedrooms, up to 400k")
    assert "buyer" == story["turns"][-1]["owner_after"]


async def test_a_tag_on_somebody_we_do_not_know_starts_nothing(jorge: RunningJorge, database_dsn: str):
    """A team sets tags on many who are no leads of ours."""
    await tags_become(jorge, "stranger", "ai-off")

    assert [("known", "contact")] == rows(database_dsn, "SELECT state, reason FROM inbox")
    assert [] == rows(database_dsn, "SELECT 1 FROM conversations")


async def test_a_conversation_that_a_person_has_left_returns_by_itself(jorge: RunningJorge, database_dsn: str):
    """After the time without a word of a person; not before, not where a lead waits, nor where a tag forbids."""
    for contact in ("left", "fresh", "waits", "tagged"):
        await jorge.says(contact, "I want to buy a house")
    for contact in ("left", "fresh", "tagged"):
        await posts(jorge, contact, "takeover", by="Tom")
    await jorge.says("waits", "can i just talk to a real person please")
    rows(database_dsn, "UPDATE contacts SET tags = tags || '{AI-Off}' WHERE contact_id = 'tagged' RETURNING 1")
    was_taken_up_long_ago(database_dsn, "left", "tagged")
    loops = replace(jorge.jorge.loops, return_after=timedelta(hours=24))

    await loops.return_conversations()

    owners = "SELECT contact_id, owner FROM conversations ORDER BY contact_id"
    expected = [("fresh", "human"), ("left", "buyer"), ("tagged", "human"), ("waits", "human")]
    assert expected == rows(database_dsn, owners)
    story = await jorge.says("left", "up to 400k")
    assert "automated assistant" not in bots_last_words(story)


async def test_without_the_setting_nothing_returns_by_itself(jorge: RunningJorge, database_dsn: str):
    """A person keeps a conversation until somebody gives it back."""
    await jorge.says("c1", "I want to buy a house")
    await posts(jorge, "c1", "takeover", by="Tom")
    was_taken_up_long_ago(database_dsn, "c1")

    await jorge.jorge.loops.return_conversations()

    assert [("human",)] == rows(database_dsn, "SELECT owner FROM conversations")


async def test_nobody_to_take_over_is_a_404(jorge: RunningJorge):
    """A contact without a conversation is answered so."""
    for what in ("takeover", "release"):
        answer = await jorge.client.post(f"/api/jorge/conversations/nobody/{what}")

        assert 404 == answer.status_code
