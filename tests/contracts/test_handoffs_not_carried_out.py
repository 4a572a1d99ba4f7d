"""A handoff whose tags the CRM refuses counts as not carried out: on PostgreSQL and in memory alike."""

from collections.abc import AsyncIterator

import pytest
from whole_turns import WholeTurns, whole_turns

BUYS = "I want to buy a house with a $500k budget"


@pytest.fixture(params=["sql", "memory"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[WholeTurns]:
    """Both stores, one after the other."""
    async with whole_turns(request.getfixturevalue("database_dsn") if request.param == "sql" else None) as turns:
        yield turns


async def refuses(place: WholeTurns, path: str, method: str) -> None:
    fault = {"kind": "422", "path_prefix": path, "times": 9, "method": method}
    (await place.client.post("/sandbox/faults", json=fault)).raise_for_status()


async def executions(place: WholeTurns) -> list[bool]:
    rows = await place.rows("jorge_handoff_events")
    return [row["success"] for row in sorted(rows, key=lambda row: row["timestamp"])]


@pytest.mark.parametrize(
    ("path", "method", "is_success"),
    [
        ("/contacts/c1/tags", "POST", False),
        ("/contacts/c1/tags", "DELETE", False),
        ("/conversations/messages", "POST", False),
        ("/contacts/c1", "PUT", True),
    ],
)
async def test_what_carries_a_handoff_must_be_taken(
    place: WholeTurns, path: str, method: str, is_success: bool
) -> None:
    """Its tags and the new bot's words; a field that is refused costs the team a copy, and the handoff nothing."""
    await place.has_in_crm("c1", "Needs Qualifying")
    await refuses(place, path, method)

    await place.writes("c1", BUYS)

    assert [is_success] == await executions(place)


async def test_what_another_turn_asks_for_spoils_no_handoff(place: WholeTurns) -> None:
    """Only the effects of its own turn are the handoff's."""
    await place.has_in_crm("c1", "Needs Qualifying")
    await place.writes("c1", BUYS)
    await refuses(place, "/conversations/messages", "POST")

    await place.writes("c1", "we are preapproved")

    assert [True] == await executions(place)
