"""START takes an opt-out back, whoever the contact is: on PostgreSQL and in memory alike."""

from collections.abc import AsyncIterator

import pytest
from whole_turns import WholeTurns, whole_turns


@pytest.fixture(params=["sql", "memory"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[WholeTurns]:
    """Both stores, one after the other."""
    async with whole_turns(request.getfixturevalue("database_dsn") if request.param == "sql" else None) as turns:
        yield turns


async def opted_out(place: WholeTurns) -> list[str]:
    return [row["contact_id"] for row in await place.rows("suppressions") if row["lifted_at"] is None]


@pytest.mark.parametrize("tags", [["Newsletter"], []])
async def test_start_counts_without_a_tag(place: WholeTurns, tags: list[str]) -> None:
    """Who is handed to no bot may be texted again, has said so, and hears nothing from us; the CRM is as before."""
    await place.has_in_crm("c1", *tags)
    await place.writes("c1", "hi there")
    await place.writes("c1", "STOP")
    stopped = await opted_out(place)

    await place.writes("c1", "START")

    assert (["c1"], []) == (stopped, await opted_out(place))
    assert ["opt_in"] == [row["source"] for row in await place.rows("consents") if row["revoked_at"] is None]
    assert [] == place.texts("c1")
    assert set(tags) == await place.known_tags("c1") == place.crm_tags("c1")


async def test_nobody_is_handed_to_a_bot_by_it(place: WholeTurns) -> None:
    """What comes after START is set aside as before."""
    await place.has_in_crm("c1", "Newsletter")
    for words in ("hi there", "STOP", "START", "I want to buy a house"):
        await place.writes("c1", words)

    assert ("silent", "not_activated") == (await place.reasons())[-1]
    assert [] == place.texts("c1")


@pytest.mark.parametrize("words", ["are you there?", "I want to buy a house"])
async def test_other_words_lift_nothing(place: WholeTurns, words: str) -> None:
    """Only an opt-in does."""
    await place.has_in_crm("c1", "Newsletter")
    await place.writes("c1", "STOP")

    await place.writes("c1", words)

    assert ["c1"] == await opted_out(place)


@pytest.mark.parametrize(
    ("tags", "is_dnd"),
    [
        (["Newsletter", "AI-Off"], False),
        (["Stop-Bot"], False),
        (["Needs Qualifying", "AI-Off"], False),
        (["Needs Qualifying"], True),
        (["Qualified"], True),
    ],
)
async def test_what_the_crm_holds_against_texts_stays(place: WholeTurns, tags: list[str], is_dnd: bool) -> None:
    """A stop tag and do-not-disturb are the team's or the carrier's: START leaves them there, and we stay silent."""
    await place.has_in_crm("c1", *tags, dnd=is_dnd)
    await place.writes("c1", "hi there")
    await place.writes("c1", "STOP")

    await place.writes("c1", "START")

    assert [] == await opted_out(place)
    assert set(tags) <= place.crm_tags("c1")
    assert [is_dnd] == [row["dnd"] for row in await place.rows("contacts")]
    assert [] == place.texts("c1")


async def test_whoever_a_bot_has_is_answered(place: WholeTurns) -> None:
    """The lead bot goes on."""
    await place.has_in_crm("c1", "Buyer-Lead")
    await place.writes("c1", "STOP")

    await place.writes("c1", "START")

    assert [] == await opted_out(place)
    assert 1 == len(place.texts("c1"))
    assert {"Buyer-Lead", "Needs Qualifying"} == place.crm_tags("c1")
