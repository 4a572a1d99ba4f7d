"""Tags decide who is answered, an opt-out is honoured whoever sends it, and a burst gets one answer."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from running_jorge import RunningJorge, eventually, serving

from ghl_real_estate_ai.settings import Settings


@pytest.fixture
async def jorge(story_settings: Settings) -> AsyncIterator[RunningJorge]:
    """A Jorge with a short quiet period."""
    settings = story_settings.model_copy(update={"quiet_seconds": 0.3, "quiet_at_most_seconds": 1.0})
    async with serving(settings) as running:
        yield running


async def is_tagged(jorge: RunningJorge, contact: str, *tags: str, dnd: bool = False) -> None:
    """HighLevel tells which tags the contact has."""
    await _posts(jorge, {"type": "ContactTagUpdate", "id": contact, "tags": list(tags), "dnd": dnd})


async def writes(jorge: RunningJorge, contact: str, text: str) -> None:
    """HighLevel tells what the contact wrote."""
    message = {"contactId": contact, "body": text, "direction": "inbound", "messageType": "SMS"}
    await _posts(jorge, {"type": "InboundMessage", "messageId": uuid4().hex, **message})


async def _posts(jorge: RunningJorge, event: dict[str, Any]) -> None:
    answer = await jorge.client.post("/webhook", json={**event, "locationId": "default", "webhookId": uuid4().hex})
    assert {"status": "accepted"}.items() <= answer.json().items(), answer.text


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


async def settled(dsn: str, messages: int = 1) -> list[tuple[Any, ...]]:
    """Wait until so many messages wait no more; return their states."""

    async def are_settled() -> bool:
        return len(_states(dsn)) == messages

    await eventually(are_settled)
    return _states(dsn)


def _states(dsn: str) -> list[tuple[Any, ...]]:
    return rows(
        dsn, "SELECT state, reason FROM inbox WHERE kind = 'InboundMessage' AND state <> 'pending' ORDER BY seq"
    )


@pytest.mark.parametrize(
    ("tags", "owner"),
    [(["Needs Qualifying"], "lead"), (["buyer-lead"], "buyer"), (["VIP", "Seller-Lead"], "seller")],
)
async def test_the_tag_chooses_the_bot(jorge: RunningJorge, database_dsn: str, tags: list[str], owner: str):
    """The first answer comes from the bot that the tags call, in whatever case they are written."""
    await is_tagged(jorge, "c1", *tags)
    await writes(jorge, "c1", "hello there")

    await settled(database_dsn)

    assert owner == (await jorge.conversation("c1"))["owner"]


@pytest.mark.parametrize("tags", [["VIP"], []])
async def test_nobody_answers_without_a_tag(jorge: RunningJorge, database_dsn: str, tags: list[str]):
    """A contact that no tag hands to a bot is kept, and gets no turn."""
    await is_tagged(jorge, "c1", *tags)
    await writes(jorge, "c1", "hello there")

    assert [("silent", "not_activated")] == await settled(database_dsn)
    assert [] == rows(database_dsn, "SELECT 1 FROM turns")


@pytest.mark.parametrize("tag", ["AI-Off", "stop-bot", "Qualified", "do not contact"])
async def test_a_stop_tag_is_silence(jorge: RunningJorge, database_dsn: str, tag: str):
    """With a tag that stops the bots nothing is said."""
    await is_tagged(jorge, "c1", "Needs Qualifying", tag)
    await writes(jorge, "c1", "hello there")

    await settled(database_dsn)

    assert [] == rows(database_dsn, "SELECT 1 FROM messages WHERE direction = 'outbound'")


async def test_an_opt_out_is_kept_whoever_sends_it(jorge: RunningJorge, database_dsn: str):
    """STOP from a contact that no bot answers is persisted all the same, and gets no text of ours."""
    await is_tagged(jorge, "c1", "VIP")
    await writes(jorge, "c1", "STOP")

    await settled(database_dsn)

    assert [("c1",)] == rows(database_dsn, "SELECT contact_id FROM suppressions WHERE lifted_at IS NULL")
    assert [] == rows(database_dsn, "SELECT 1 FROM messages WHERE direction = 'outbound'")


@pytest.mark.parametrize("text", ["wrong number", "take me off whatever list this is, no more messages"])
async def test_the_last_words_reach_whoever_is_let_go(jorge: RunningJorge, database_dsn: str, text: str):
    """The one apology, or confirmation, is sent, although the contact is suppressed in the same turn."""
    await is_tagged(jorge, "c1", "Needs Qualifying")
    await writes(jorge, "c1", text)

    await settled(database_dsn)
    texts = "SELECT state FROM outbox WHERE kind = 'send_text'"

    async def have_left() -> bool:
        return not rows(database_dsn, f"{texts} AND ended_at IS NULL")

    await eventually(have_left)
    assert [("sent",)] == rows(database_dsn, texts)
    assert [("c1",)] == rows(database_dsn, "SELECT contact_id FROM suppressions WHERE lifted_at IS NULL")


async def test_a_burst_gets_one_answer(jorge: RunningJorge, database_dsn: str):
    """Two messages within the quiet period belong to one turn, and both are read."""
    await is_tagged(jorge, "c1", "Needs Qualifying")
    await writes(jorge, "c1", "I want to buy a house")
    await writes(jorge, "c1", "3 bedrooms, under 400k")

    await settled(database_dsn, messages=2)
    story = await jorge.conversation("c1")

    assert 1 == len(story["turns"])
    assert {"bedrooms", "budget_max"} <= {fact["slot"] for fact in story["facts"]}


async def test_a_stop_inside_a_burst_stops(jorge: RunningJorge, database_dsn: str):
    """An opt-out among several messages is honoured."""
    await is_tagged(jorge, "c1", "Needs Qualifying")
    await writes(jorge, "c1", "I want to buy a house")
    await writes(jorge, "c1", "STOP")

    await settled(database_dsn, messages=2)

    assert "none" == (await jorge.conversation("c1"))["owner"]
    assert [] == rows(database_dsn, "SELECT 1 FROM messages WHERE direction = 'outbound'")
