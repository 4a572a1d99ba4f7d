"""What `/api/chat` says and does makes nobody textable: on PostgreSQL and in memory alike."""

from collections.abc import AsyncIterator

import pytest
from whole_turns import WholeTurns, whole_turns

from ghl_real_estate_ai.conversation.model import Owner

BUYS = "I want to buy a house with a $500k budget"


@pytest.fixture(params=["sql", "memory"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[WholeTurns]:
    """Both stores, one after the other."""
    async with whole_turns(request.getfixturevalue("database_dsn") if request.param == "sql" else None) as turns:
        yield turns


async def test_whoever_no_bot_has_gets_no_turn(place: WholeTurns) -> None:
    """A contact that is known to have none of the tags is met with silence, and nothing is kept of the chat."""
    await place.has_in_crm("c1", "Newsletter")
    await place.writes("c1", "hi there")

    turn = await place.chats("c1", BUYS)
    await place.writes("c1", "are you there?")

    assert (None, None, Owner.LEAD, ("held",), ()) == (
        turn.turn_id,
        turn.reply,
        turn.owner,
        turn.flags,
        turn.tags_added,
    )
    assert [] == await place.rows("turns")
    assert {"Newsletter"} == await place.known_tags("c1")
    assert [("silent", "not_activated")] * 2 == await place.reasons()
    assert [] == place.texts("c1")


async def test_an_opt_out_is_kept_from_the_chat_too(place: WholeTurns) -> None:
    """Whoever the contact is."""
    await place.has_in_crm("c1", "Newsletter")
    await place.writes("c1", "hi there")

    turn = await place.chats("c1", "STOP")

    assert ("opt_out",) == turn.flags
    assert 1 == len(await place.rows("suppressions"))


@pytest.mark.parametrize(
    ("tags", "is_dnd"), [(["Newsletter"], False), (["Needs Qualifying", "AI-Off"], False), (["Buyer-Lead"], True)]
)
async def test_the_first_real_message_goes_by_the_crm(place: WholeTurns, tags: list[str], is_dnd: bool) -> None:
    """Somebody first met in the chat is answered there, and never by a text that the CRM's tags or DND forbid."""
    await place.has_in_crm("c1", *tags, dnd=is_dnd)
    turn = await place.chats("c1", BUYS)

    await place.writes("c1", "are you there?")

    assert turn.reply is not None
    assert set(tags) == await place.known_tags("c1")
    assert set(tags) == place.crm_tags("c1")
    assert [] == place.texts("c1")


async def test_what_the_crm_does_not_confirm_is_silence(place: WholeTurns) -> None:
    """While the CRM knows nobody of that name the message waits, whatever tags the chat has made up."""
    await place.chats("c1", BUYS)

    await place.writes("c1", "are you there?")

    assert ["pending"] == [state for state, _ in await place.reasons()]
    assert await place.known_tags("c1") is None


async def test_whoever_the_crm_hands_to_a_bot_is_answered(place: WholeTurns) -> None:
    """The owner is the one that the chat has moved the contact to, and the tags are the CRM's."""
    await place.has_in_crm("c1", "Needs Qualifying")
    await place.chats("c1", BUYS)

    await place.writes("c1", "we are preapproved")

    assert 1 == len(place.texts("c1"))
    assert ["buyer"] == [row["owner"] for row in await place.rows("conversations")]
    assert "Buyer-Lead" not in (await place.known_tags("c1") or set())


async def test_a_bare_post_makes_whom_the_chat_made_up(place: WholeTurns) -> None:
    """In a sandbox the contact is made there, as without the chat."""
    await place.chats("c1", "hi there")

    await place.is_posted("c1", BUYS)

    assert 1 == len(place.texts("c1"))
    assert "Buyer-Lead" in place.crm_tags("c1")


async def test_tags_known_before_the_chat_stay_as_they_are(place: WholeTurns) -> None:
    """A handoff in the chat moves the owner for the chat, and no tag that a text goes by."""
    await place.has_in_crm("c1", "Needs Qualifying")
    await place.writes("c1", "hi there")

    turn = await place.chats("c1", BUYS)
    again = await place.chats("c1", "we are preapproved")

    assert "Buyer-Lead" in turn.tags_added
    assert (Owner.BUYER, Owner.BUYER) == (turn.owner, again.owner)
    assert {"Needs Qualifying"} == await place.known_tags("c1")


async def test_a_stop_tag_of_the_crm_silences_the_chat(place: WholeTurns) -> None:
    """Silence on every route, also where the chat began before."""
    await place.chats("c1", "hi there")
    await place.is_tagged("c1", "Needs Qualifying", "Qualified")

    turn = await place.chats("c1", BUYS)

    assert (None, ("held",)) == (turn.reply, turn.flags)


async def test_the_chat_gives_no_consent(place: WholeTurns) -> None:
    """The lead has not written first before a message really came; then that is kept."""
    await place.has_in_crm("c1", "Needs Qualifying")
    await place.chats("c1", "hi there")
    await place.chats("c1", BUYS)
    before = await place.rows("consents")

    await place.writes("c1", "are you there?")
    await place.writes("c1", "3 bedrooms")

    assert [] == before
    assert ["inbound_text"] == [row["source"] for row in await place.rows("consents")]


async def test_the_chat_lifts_only_its_own_opt_out(place: WholeTurns) -> None:
    """START in the chat takes back STOP in the chat; what the lead wrote stands until the lead writes otherwise."""
    await place.has_in_crm("c1", "Needs Qualifying")
    await place.chats("c2", "STOP")
    again = await place.chats("c2", "START")
    await place.writes("c1", "STOP")
    await place.chats("c1", "START")

    await place.writes("c1", "are you there?")

    standing = [row["contact_id"] for row in await place.rows("suppressions") if row["lifted_at"] is None]
    assert (Owner.LEAD, ("opt_in",)) == (again.owner, again.flags)
    assert ["c1"] == standing
    assert [] == place.texts("c1")
    assert "opt_in" not in [row["source"] for row in await place.rows("consents")]
