"""What the CRM port promises, kept by the HighLevel adapter against the sandbox over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.ports import Crm, CrmAccessDenied, CrmAway, CrmBusy, CrmOutcomeUnknown, CrmRefused
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer
from ghl_real_estate_ai.crm.sandbox.state import Fault, FaultKind, SandboxMessage

HERE = LocationId("loc-1")
ELSEWHERE = LocationId("loc-2")
ANN = ContactId("ann")
TOKEN = "pit-for-tests"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SHORT_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Bench:
    """A sandbox on a socket, and the adapter that reaches it."""

    sandbox: SandboxServer
    base_url: str
    client: httpx.AsyncClient
    crm: Crm

    def messages(self) -> list[SandboxMessage]:
        return self.sandbox.state.messages_of(HERE, ANN)

    def fails(self, kind: FaultKind, path_prefix: str = "/", **more: float) -> None:
        self.sandbox.state.faults.append(
            Fault(kind=kind, path_prefix=path_prefix, times=1, retry_after=more.get("retry_after"))
        )

    def with_token(self, token: str, *, is_sandbox: bool = True) -> HighLevelCrm:
        return HighLevelCrm(self.client, token, is_sandbox, timeout_seconds=SHORT_SECONDS)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    sandbox = SandboxServer(token=TOKEN)
    base_url = await sandbox.start()
    async with httpx.AsyncClient(base_url=base_url) as client:
        yield Bench(sandbox, base_url, client, HighLevelCrm(client, TOKEN, True, timeout_seconds=10.0))
    await sandbox.stop()


class TestSendText:
    async def test_sends_once_and_returns_the_id(self, bench: Bench) -> None:
        """A text reaches the contact once, under the id that is returned."""
        message_id = await bench.crm.send_text(HERE, ANN, "¿Qué tal, Ann?", channel="SMS")

        sent = [(one.message_id, one.direction, one.body, one.channel) for one in bench.messages()]
        assert sent == [(message_id, "outbound", "¿Qué tal, Ann?", "SMS")]

    async def test_busy_says_when_to_come_back(self, bench: Bench) -> None:
        """A 429 is told as busy, with the seconds of its Retry-After, and nothing is sent."""
        bench.fails(FaultKind.BUSY, "/conversations/messages", retry_after=7)

        with pytest.raises(CrmBusy) as raised:
            await bench.crm.send_text(HERE, ANN, "Hi", channel="SMS")

        assert (raised.value.retry_after_seconds, bench.messages()) == (7.0, [])

    async def test_busy_without_retry_after_waits_a_rate_window(self, bench: Bench) -> None:
        """HighLevel documents no Retry-After: the length of its rate window stands in."""
        bench.fails(FaultKind.BUSY, "/conversations/messages")

        with pytest.raises(CrmBusy) as raised:
            await bench.crm.send_text(HERE, ANN, "Hi", channel="SMS")

        assert raised.value.retry_after_seconds == 10.0

    async def test_failure_leaves_the_outcome_unknown(self, bench: Bench) -> None:
        """A 500 on a send may have sent it."""
        bench.fails(FaultKind.FAILURE, "/conversations/messages")

        with pytest.raises(CrmOutcomeUnknown):
            await bench.crm.send_text(HERE, ANN, "Hi", channel="SMS")

    async def test_hang_leaves_the_outcome_unknown(self, bench: Bench) -> None:
        """No answer in time leaves the outcome unknown, and the call does not wait longer than its limit."""
        bench.fails(FaultKind.HANG, "/conversations/messages")

        with pytest.raises(CrmOutcomeUnknown):
            await bench.with_token(TOKEN).send_text(HERE, ANN, "Hi", channel="SMS")

        assert bench.messages() == []

    async def test_lost_answer_leaves_the_outcome_unknown(self, bench: Bench) -> None:
        """A message that was taken and whose answer is lost is an unknown outcome, not a failure."""
        bench.fails(FaultKind.LOST_ANSWER, "/conversations/messages")

        with pytest.raises(CrmOutcomeUnknown):
            await bench.with_token(TOKEN).send_text(HERE, ANN, "Hi", channel="SMS")

        assert [one.body for one in bench.messages()] == ["Hi"]

    async def test_no_connection_is_certainly_not_sent(self, bench: Bench) -> None:
        """A CRM that cannot be connected to has certainly not taken the message."""
        await bench.sandbox.stop()

        with pytest.raises(CrmAway):
            await bench.crm.send_text(HERE, ANN, "Hi", channel="SMS")

    async def test_dropped_connection_leaves_the_outcome_unknown(self) -> None:
        """A connection that ends after the request has left tells nothing of what was done."""

        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        async with server, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            with pytest.raises(CrmOutcomeUnknown):
                await HighLevelCrm(client, TOKEN, True).send_text(HERE, ANN, "Hi", channel="SMS")

    async def test_empty_success_leaves_the_outcome_unknown(self) -> None:
        """A 201 with an empty body, which HighLevel has given without sending, is no success."""
        empty = httpx.MockTransport(lambda _request: httpx.Response(201))

        async with httpx.AsyncClient(base_url="http://crm.test", transport=empty) as client:
            with pytest.raises(CrmOutcomeUnknown):
                await HighLevelCrm(client, TOKEN, False).send_text(HERE, ANN, "Hi", channel="SMS")

    async def test_wrong_request_is_refused(self, bench: Bench) -> None:
        """What the CRM calls wrong is refused, with the CRM's reason."""
        with pytest.raises(CrmRefused, match="message"):
            await bench.crm.send_text(HERE, ANN, "", channel="SMS")

    async def test_text_to_a_contact_under_dnd_is_refused(self, bench: Bench) -> None:
        """A contact who has said STOP to the CRM gets nothing."""
        bench.sandbox.state.take_up_contact(HERE, ANN).dnd = True

        with pytest.raises(CrmRefused, match="DND"):
            await bench.crm.send_text(HERE, ANN, "Hi", channel="SMS")

    async def test_bad_token_is_an_operators_matter(self, bench: Bench) -> None:
        """A token the CRM does not accept names the setting, and not the token."""
        with pytest.raises(CrmAccessDenied, match="JORGE_GHL_TOKEN") as raised:
            await bench.with_token("wrong-token").send_text(HERE, ANN, "Hi", channel="SMS")

        assert "wrong-token" not in str(raised.value)


class TestFindSent:
    async def test_finds_the_message_by_its_text(self, bench: Bench) -> None:
        """An outbound message with exactly this text is found by its id."""
        await bench.crm.send_text(HERE, ANN, "Hi there", channel="SMS")
        message_id = await bench.crm.send_text(HERE, ANN, "Hi", channel="SMS")

        found = await bench.crm.find_sent(HERE, ANN, "Hi", since=LONG_AGO)

        assert found == message_id

    async def test_finds_a_text_with_words_put_behind_it(self, bench: Bench) -> None:
        """HighLevel appends its own words to a first text; it is ours all the same."""
        ann = bench.sandbox.state.take_up_contact(HERE, ANN)
        sent = bench.sandbox.state.keep_message(
            ann, direction="outbound", body="Hi, this is Jorge. Reply STOP to unsubscribe.", channel="SMS"
        )

        found = await bench.crm.find_sent(HERE, ANN, "Hi, this is Jorge.", since=LONG_AGO)

        assert found == sent.message_id

    async def test_does_not_take_another_message_for_ours(self, bench: Bench) -> None:
        """The same words sent before are another effect's when its id is known; the older of two unknown is ours."""
        earlier = await bench.crm.send_text(HERE, ANN, "Are you still looking?", channel="SMS")
        others = frozenset({earlier})

        nothing = await bench.crm.find_sent(HERE, ANN, "Are you still looking?", since=LONG_AGO, others=others)
        sent = await bench.crm.send_text(HERE, ANN, "Are you still looking?", channel="SMS")
        await bench.crm.send_text(HERE, ANN, "Are you still looking?", channel="SMS")
        found = await bench.crm.find_sent(HERE, ANN, "Are you still looking?", since=LONG_AGO, others=others)

        assert (nothing, found) == (None, sent)

    async def test_does_not_find_what_is_older(self, bench: Bench) -> None:
        """The same text sent before the moment asked for is another message."""
        await bench.crm.send_text(HERE, ANN, "Hi", channel="SMS")

        found = await bench.crm.find_sent(HERE, ANN, "Hi", since=datetime.now(UTC) + timedelta(minutes=1))

        assert found is None

    async def test_does_not_find_the_leads_own_words(self, bench: Bench) -> None:
        """An inbound message with the same text is not ours."""
        ann = bench.sandbox.state.take_up_contact(HERE, ANN)
        bench.sandbox.state.keep_message(ann, direction="inbound", body="Hi", channel="SMS")

        found = await bench.crm.find_sent(HERE, ANN, "Hi", since=LONG_AGO)

        assert found is None

    async def test_is_none_for_a_contact_without_a_conversation(self, bench: Bench) -> None:
        """A contact nobody has written to has no message."""
        found = await bench.crm.find_sent(HERE, ANN, "Hi", since=LONG_AGO)

        assert found is None

    async def test_looks_through_further_pages(self, bench: Bench) -> None:
        """A message behind more than two pages of later ones is still found."""
        message_id = await bench.crm.send_text(HERE, ANN, "The first", channel="SMS")
        ann = bench.sandbox.state.take_up_contact(HERE, ANN)
        for n in range(230):
            bench.sandbox.state.keep_message(ann, direction="outbound", body=f"Later {n}", channel="SMS")

        found = await bench.crm.find_sent(HERE, ANN, "The first", since=LONG_AGO)

        assert found == message_id

    async def test_failure_is_not_an_answer(self, bench: Bench) -> None:
        """A look-up that fails is told as such, never as "not sent"."""
        bench.fails(FaultKind.FAILURE, "/conversations/search")

        with pytest.raises(CrmAway):
            await bench.crm.find_sent(HERE, ANN, "Hi", since=LONG_AGO)

    async def test_unreadable_answer_is_not_an_answer(self) -> None:
        """A page of a proxy in the place of the CRM's answer is told as away, never as "not sent"."""
        proxy = httpx.MockTransport(lambda _request: httpx.Response(200, text="<html>hello</html>"))

        async with httpx.AsyncClient(base_url="http://crm.test", transport=proxy) as client:
            with pytest.raises(CrmAway):
                await HighLevelCrm(client, TOKEN, False).find_sent(HERE, ANN, "Hi", since=LONG_AGO)


class TestTags:
    async def test_adding_keeps_those_there(self, bench: Bench) -> None:
        """Tags are added beside those there, and adding twice changes nothing."""
        await bench.crm.create_contact(HERE, ANN, frozenset({"Needs Qualifying"}))

        for _ in range(2):
            await bench.crm.add_tags(HERE, ANN, frozenset({"Buyer-Lead", "Hot"}))

        contact = await bench.crm.find_contact(HERE, ANN)
        assert contact is not None
        assert contact.tags == {"Needs Qualifying", "Buyer-Lead", "Hot"}

    async def test_removing_what_is_not_there_is_no_error(self, bench: Bench) -> None:
        """Tags are removed, and removing twice changes nothing."""
        await bench.crm.create_contact(HERE, ANN, frozenset({"Needs Qualifying", "Hot"}))

        for _ in range(2):
            await bench.crm.remove_tags(HERE, ANN, frozenset({"Hot", "Never-There"}))

        contact = await bench.crm.find_contact(HERE, ANN)
        assert contact is not None
        assert contact.tags == {"Needs Qualifying"}

    async def test_failure_is_away_since_it_may_be_asked_again(self, bench: Bench) -> None:
        """A call that is safe to make twice never has an unknown outcome."""
        bench.fails(FaultKind.LOST_ANSWER, "/contacts")

        with pytest.raises(CrmAway):
            await bench.with_token(TOKEN).add_tags(HERE, ANN, frozenset({"Hot"}))


class TestSetField:
    async def test_sets_the_field_and_spares_the_tags(self, bench: Bench) -> None:
        """A custom field is set, the last value stands, and no tag is lost."""
        await bench.crm.create_contact(HERE, ANN, frozenset({"Needs Qualifying"}))

        await bench.crm.set_field(HERE, ANN, "handoff_context", "400000")
        await bench.crm.set_field(HERE, ANN, "handoff_context", "500000")

        ann = bench.sandbox.state.take_up_contact(HERE, ANN)
        assert (ann.fields, ann.tags) == ({"handoff_context": "500000"}, ["Needs Qualifying"])


class TestNotes:
    async def test_leaves_a_note_that_can_be_found(self, bench: Bench) -> None:
        """A note is left once and found by its text."""
        await bench.crm.add_note(HERE, ANN, "Wants a call")

        found = await bench.crm.find_note(HERE, ANN, "Wants a call", since=LONG_AGO)

        assert [(note.note_id, note.body) for note in bench.sandbox.state.take_up_contact(HERE, ANN).notes] == [
            (found, "Wants a call")
        ]

    async def test_takes_its_note_away_again(self, bench: Bench) -> None:
        """By the id that leaving it gave; a second time is no error, and other notes stay."""
        await bench.crm.add_note(HERE, ANN, "Likes calls")
        note_id = await bench.crm.add_note(HERE, ANN, "Wants a call")

        for _ in range(2):
            await bench.crm.remove_note(HERE, ANN, note_id)

        assert ["Likes calls"] == [note.body for note in bench.sandbox.state.take_up_contact(HERE, ANN).notes]

    async def test_finds_no_other_note(self, bench: Bench) -> None:
        """Neither another text nor an older note is found."""
        await bench.crm.add_note(HERE, ANN, "Wants a call")

        other = await bench.crm.find_note(HERE, ANN, "Wants", since=LONG_AGO)
        older = await bench.crm.find_note(HERE, ANN, "Wants a call", since=datetime.now(UTC) + timedelta(minutes=1))

        assert (other, older) == (None, None)

    async def test_lost_answer_leaves_the_outcome_unknown(self, bench: Bench) -> None:
        """A note is not safe to leave twice, so that a lost answer is an unknown outcome."""
        bench.fails(FaultKind.LOST_ANSWER, "/contacts")

        with pytest.raises(CrmOutcomeUnknown):
            await bench.with_token(TOKEN).add_note(HERE, ANN, "Wants a call")


class TestFindContact:
    async def test_is_none_for_a_stranger(self, bench: Bench) -> None:
        """A contact the CRM does not have is None."""
        found = await bench.crm.find_contact(HERE, ANN)

        assert found is None

    async def test_is_none_for_a_contact_of_another_location(self, bench: Bench) -> None:
        """One location never sees another's contact."""
        await bench.crm.create_contact(ELSEWHERE, ANN, frozenset({"Hot"}))

        found = await bench.crm.find_contact(HERE, ANN)

        assert found is None

    async def test_is_none_when_the_crm_says_so_with_400(self) -> None:
        """HighLevel also says "not found" with status 400."""
        body = {"statusCode": 400, "message": "Contact with id ann not found"}
        absent = httpx.MockTransport(lambda _request: httpx.Response(400, json=body))

        async with httpx.AsyncClient(base_url="http://crm.test", transport=absent) as client:
            found = await HighLevelCrm(client, TOKEN, False).find_contact(HERE, ANN)

        assert found is None

    @pytest.mark.parametrize("status", ["active", "permanent"])
    async def test_dnd_of_any_channel_counts(self, status: str) -> None:
        """DND of one channel is DND."""
        body = {
            "contact": {"id": "ann", "locationId": HERE, "dnd": False, "dndSettings": {"Email": {"status": status}}}
        }
        crm = httpx.MockTransport(lambda _request: httpx.Response(200, json=body))

        async with httpx.AsyncClient(base_url="http://crm.test", transport=crm) as client:
            contact = await HighLevelCrm(client, TOKEN, False).find_contact(HERE, ANN)

        assert contact is not None
        assert contact.dnd is True

    @pytest.mark.parametrize("contact_id", ["", ".", ".."])
    async def test_id_that_would_walk_elsewhere_is_refused(self, bench: Bench, contact_id: str) -> None:
        """An id from outside cannot turn into another path of the CRM."""
        with pytest.raises(CrmRefused):
            await bench.crm.find_contact(HERE, ContactId(contact_id))

    @pytest.mark.parametrize("contact_id", ["a/b", "a?b=c", "a b", "ü", "%2e%2e"])
    async def test_odd_id_stays_one_id(self, bench: Bench, contact_id: str) -> None:
        """Whatever stands in an id, it names that contact and no other."""
        await bench.crm.create_contact(HERE, ContactId(contact_id), frozenset({"Hot"}))

        await bench.crm.set_field(HERE, ContactId(contact_id), "handoff_context", "v")

        assert {key[1]: one.fields for key, one in bench.sandbox.state.contacts.items()} == {
            contact_id: {"handoff_context": "v"}
        }

    @pytest.mark.parametrize("location_id", ["Städt 1", "a/b", "a\nb"])
    async def test_odd_location_stays_one_location(self, bench: Bench, location_id: str) -> None:
        """Whatever stands in a location's name, its contacts are found there."""
        await bench.crm.create_contact(LocationId(location_id), ANN, frozenset({"Hot"}))

        found = await bench.crm.find_contact(LocationId(location_id), ANN)

        assert found is not None
        assert found.tags == {"Hot"}


class TestCreateContact:
    async def test_known_contact_stays_as_it_is(self, bench: Bench) -> None:
        """Making a contact known twice does not touch what the CRM has."""
        await bench.crm.create_contact(HERE, ANN, frozenset({"Needs Qualifying"}))

        await bench.crm.create_contact(HERE, ANN, frozenset({"Other"}))

        contact = await bench.crm.find_contact(HERE, ANN)
        assert contact is not None
        assert contact.tags == {"Needs Qualifying"}

    async def test_real_crm_refuses(self, bench: Bench) -> None:
        """In a real CRM no contact is made."""
        with pytest.raises(CrmRefused):
            await bench.with_token(TOKEN, is_sandbox=False).create_contact(HERE, ANN, frozenset())

        assert bench.sandbox.state.contacts == {}


class TestSandboxRoutes:
    async def test_faults_are_asked_for_over_http(self, bench: Bench) -> None:
        """Anyone on this machine can ask for a fault, and it strikes as often as asked."""
        fault = {"kind": "500", "path_prefix": "/contacts", "times": 1}
        asked = await bench.client.post("/sandbox/faults", json=fault)

        with pytest.raises(CrmAway):
            await bench.crm.find_contact(HERE, ANN)
        after = await bench.crm.find_contact(HERE, ANN)

        assert (asked.status_code, after) == (201, None)

    async def test_shows_a_contact_with_its_messages(self, bench: Bench) -> None:
        """A person can read what a contact was sent."""
        await bench.crm.create_contact(HERE, ANN, frozenset({"Needs Qualifying"}))
        await bench.crm.send_text(HERE, ANN, "Hi", channel="SMS")

        shown = (await bench.client.get("/sandbox/contacts/ann")).json()
        listed = (await bench.client.get("/sandbox/messages", params={"contact_id": "ann"})).json()

        assert shown["contact"]["tags"] == ["Needs Qualifying"]
        assert [one["body"] for one in shown["messages"]] == ["Hi"]
        assert shown["messages"] == listed["messages"]

    async def test_answers_carry_the_rate_limit(self, bench: Bench) -> None:
        """Every answer says how much of the rate limit is left, as HighLevel's do."""
        answer = await bench.client.get("/contacts/ann", headers={"Authorization": f"Bearer {TOKEN}", "Version": "v3"})

        assert {name for name in answer.headers if name.startswith("x-ratelimit")} == {
            "x-ratelimit-limit-daily",
            "x-ratelimit-daily-remaining",
            "x-ratelimit-interval-milliseconds",
            "x-ratelimit-max",
            "x-ratelimit-remaining",
        }

    async def test_missing_version_is_not_let_in(self, bench: Bench) -> None:
        """HighLevel wants its Version header; so does the sandbox."""
        answer = await bench.client.get("/contacts/ann", headers={"Authorization": f"Bearer {TOKEN}"})

        assert answer.status_code == 401
