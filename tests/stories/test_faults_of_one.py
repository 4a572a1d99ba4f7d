"""What goes wrong with one contact, or for a moment, costs nobody else their answer."""

import psycopg
from running_jorge import RunningJorge, eventually, serving

from ghl_real_estate_ai.settings import Settings


def execute(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)


async def test_an_unreadable_state_stops_nobody(running: RunningJorge, database_dsn: str):
    """Names that a newer program wrote into a conversation are passed over."""
    await running.says("c1", "hi there")
    execute(
        database_dsn,
        """UPDATE conversations SET state = state || '{"asked": "unheard_of", "attempts": {"what": 1}}'::jsonb""",
    )

    again = await running.says("c1", "I want to buy a house")
    other = await running.says("c2", "hello")

    assert ("buyer", "lead") == (again["owner"], other["owner"])


async def test_a_table_away_for_a_moment_is_waited_for(running: RunningJorge, database_dsn: str):
    """While a table is not there the loops wait, and answer afterwards without a restart."""
    await running.says("c1", "hi there")
    execute(database_dsn, "ALTER TABLE turns RENAME TO turns_moved")
    await running.client.post("/webhook", json={"contact_id": "c2", "message": "hello"})
    held = await running.client.get("/ready")
    execute(database_dsn, "ALTER TABLE turns_moved RENAME TO turns")

    async def is_answered() -> bool:
        return len((await running.conversation("c2")).get("turns", [])) == 1

    await eventually(is_answered)

    assert [] == running.jorge.dead_parts()
    assert held.json()["checks"]["parts"]["ok"]


async def test_chat_alone_discloses_nothing_to_a_phone(running: RunningJorge):
    """The first text that really leaves says that a machine writes, whatever was said in the chat."""
    await running.client.post("/api/chat", json={"contact_id": "c1", "message": "hi"})

    story = await running.says("c1", "I want to buy a house")

    assert "automated assistant" in story["messages"][-1]["text"]


async def test_an_unknown_contact_is_silent_and_seen(story_settings: Settings, database_dsn: str):
    """When the CRM does not know the contact nothing is said, and the team sees what was written and why."""
    settings = story_settings.model_copy(update={"quiet_seconds": 0.0, "quiet_at_most_seconds": 0.0})
    async with serving(settings) as jorge:
        event = {"type": "InboundMessage", "contactId": "c9", "locationId": "default", "messageId": "m9"}
        await jorge.client.post("/webhook", json={**event, "body": "hello", "direction": "inbound"})
        execute(database_dsn, "UPDATE inbox SET received_at = received_at - interval '1 minute'")

        async def has_turn() -> bool:
            return len((await jorge.conversation("c9")).get("turns", [])) == 1

        await eventually(has_turn)
        story = await jorge.conversation("c9")

    assert ["hello"] == [message["text"] for message in story["messages"]]
    assert any("tags" in reason for reason in story["turns"][0]["reasons"]) or "held" in story["turns"][0]["flags"]


async def test_an_effect_of_another_version_holds_up_nobody_else(running: RunningJorge, database_dsn: str):
    """An outbox row this version cannot read is left alone, and the others are sent."""
    execute(
        database_dsn,
        """INSERT INTO outbox (location_id, effect_id, effect_key, contact_id, kind, payload)
           VALUES ('default', gen_random_uuid(), 'other:1', 'c1', 'fly_a_kite', '{}')""",
    )

    await running.says("c2", "hello")
    await eventually(lambda: _sent(running))

    assert [] == running.jorge.dead_parts()


async def _sent(running: RunningJorge) -> bool:
    return running.jorge.counts.sent >= 1
