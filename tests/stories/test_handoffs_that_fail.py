"""A CRM that refuses what handoffs ask of it is told to somebody, and costs no lead an answer."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest
from running_jorge import RunningJorge, eventually, serving

from ghl_real_estate_ai.api.cron import check_alerts_now
from ghl_real_estate_ai.settings import Settings

BUYS = "I want to buy a house with a $500k budget"
MANY = [f"c{number}" for number in range(5)]
"""As many as the rule wants to have seen."""


@pytest.fixture
async def jorge(story_settings: Settings, sandbox: str) -> AsyncIterator[RunningJorge]:
    """A Jorge beside it."""
    async with serving(story_settings.model_copy(update={"sandbox_url": sandbox})) as running:
        yield running


async def refuses_tags(sandbox: str) -> None:
    """The CRM takes texts and no tags."""
    async with httpx.AsyncClient(base_url=sandbox) as client:
        for contact in MANY:
            fault = {"kind": "422", "path_prefix": f"/contacts/{contact}/tags", "times": 9, "method": "POST"}
            (await client.post("/sandbox/faults", json=fault)).raise_for_status()


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


async def is_carried_out(dsn: str) -> bool:
    """Whether nothing waits for the CRM any more."""
    return not rows(dsn, "SELECT 1 FROM outbox WHERE state IN ('pending', 'claimed')")


async def alerts(jorge: RunningJorge) -> set[str]:
    await check_alerts_now(jorge.jorge)
    listed = (await jorge.client.get("/api/jorge/alerts", params={"active_only": True})).json()
    return {alert["rule_name"] for alert in listed["alerts"]}


async def test_a_crm_that_refuses_the_tags_is_told(jorge: RunningJorge, sandbox: str, database_dsn: str):
    """The handoffs stand and count as not carried out, and the alert fires."""
    await refuses_tags(sandbox)
    for contact in MANY:
        await jorge.says(contact, BUYS)
    await eventually(lambda: is_carried_out(database_dsn))

    assert "handoff_failure" in await alerts(jorge)
    assert [(False, "buyer")] * len(MANY) == rows(database_dsn, "SELECT success, target_bot FROM jorge_handoff_events")
    assert "buyer" == (await jorge.conversation("c0"))["owner"]


async def test_a_handoff_that_the_crm_refused_counts_for_the_limits(
    jorge: RunningJorge, sandbox: str, database_dsn: str
):
    """The contact did move, so the same pair is blocked for half an hour."""
    await refuses_tags(sandbox)
    await jorge.says("c0", BUYS)
    await eventually(lambda: is_carried_out(database_dsn))
    with psycopg.connect(database_dsn, autocommit=True) as connection:
        connection.execute("UPDATE conversations SET owner = 'lead'")

    story = await jorge.says("c0", BUYS)

    assert "lead" == story["owner"]
    assert [1] == [len(rows(database_dsn, "SELECT 1 FROM handoff_blocks WHERE reason = 'same_pair'"))]


async def test_handoffs_that_the_crm_takes_are_no_alert(jorge: RunningJorge, database_dsn: str):
    """The same leads, and a CRM that is well."""
    for contact in MANY:
        await jorge.says(contact, BUYS)
    await eventually(lambda: is_carried_out(database_dsn))

    assert "handoff_failure" not in await alerts(jorge)
