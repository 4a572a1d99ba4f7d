"""The documented walk-through: a text becomes a reply, a handoff, and rows that outlive a restart."""

import psycopg
from running_jorge import RunningJorge, serving

from ghl_real_estate_ai.settings import Settings

SENTENCE = "I want to buy a house with a $500k budget"


async def test_a_buyer_is_handed_over_and_the_row_outlives_a_restart(story_settings: Settings, database_dsn: str):
    """The sentence of the walk-through moves the lead to the buyer bot, pending, also after a restart."""
    # Monday 10:00 - the lead writes
    async with serving(story_settings) as jorge:
        story = await jorge.says("test_123", SENTENCE)
        threshold = await _routes(jorge)

    # Monday 10:01 - the process is another one
    async with serving(story_settings) as jorge:
        again = await jorge.conversation("test_123")
        threshold_again = await _routes(jorge)

    assert story["owner"] == "buyer"
    assert [message["direction"] for message in story["messages"]] == ["inbound", "outbound"]
    assert story["messages"] == again["messages"]
    assert threshold == threshold_again
    with psycopg.connect(database_dsn) as connection:
        row = connection.execute(
            "SELECT source_bot, target_bot, outcome FROM jorge_handoff_outcomes WHERE contact_id = 'test_123'"
        ).fetchall()
    assert [("lead", "buyer", "pending")] == row


async def _routes(jorge: RunningJorge) -> object:
    answer = await jorge.client.get("/api/jorge/handoffs")
    assert answer.status_code == 200, answer.text
    return answer.json()["routes"]
