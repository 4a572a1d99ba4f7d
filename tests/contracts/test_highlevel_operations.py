"""What the adapter asks, and what the sandbox answers, is as HighLevel publishes it; the official client agrees."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from highlevel import HighLevel
from highlevel_operations import Operations

from ghl_real_estate_ai.conversation.model import ContactId, LocationId
from ghl_real_estate_ai.crm.highlevel.adapter import HighLevelCrm
from ghl_real_estate_ai.crm.model import CrmTask
from ghl_real_estate_ai.crm.ports import CrmAccessDenied, CrmRefused
from ghl_real_estate_ai.crm.sandbox.server import SandboxServer

HERE = LocationId("loc-1")
ANN = ContactId("ann")
CALENDAR = "loc-1-calendar"
WORKFLOW = "loc-1-workflow"
MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 6, tzinfo=UTC)
TEN = datetime(2026, 3, 2, 16, tzinfo=UTC)
"""Ten in Chicago."""
TASK = CrmTask(title="Call Ann", due_at=TEN, body="She asked twice.")


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxServer]:
    server = SandboxServer()
    server.state.location(HERE).native_bots["Reception"] = "auto-pilot"
    ann = server.state.take_up_contact(HERE, ANN)
    message = server.state.keep_message(ann, direction="inbound", body="", channel="CALL")
    server.state.transcripts[message.message_id] = [
        {
            "mediaChannel": channel,
            "sentenceIndex": index,
            "startTime": 1500 * index,
            "endTime": 1500 * index + 900,
            "transcript": words,
            "confidence": 0.9,
        }
        for index, (channel, words) in enumerate([(1, "Hello"), (2, "Hi, it is Ann")])
    ]
    yield server
    await server.stop()


async def ask_everything(crm: HighLevelCrm, sandbox: SandboxServer) -> None:
    """Every call of the port, once."""
    call = sandbox.state.messages[0].message_id
    message_id = await crm.send_text(HERE, ANN, "Hi", channel="SMS")
    assert await crm.find_sent(HERE, ANN, "Hi", since=MONDAY) == message_id
    found = await crm.find_message(HERE, message_id)
    assert found is not None
    assert (found.text, found.direction) == ("Hi", "outbound")
    assert [one.text for one in await crm.find_transcript(HERE, call) or ()] == ["Hello", "Hi, it is Ann"]
    await crm.add_tags(HERE, ANN, frozenset({"Hot", "Cold"}))
    await crm.remove_tags(HERE, ANN, frozenset({"Cold"}))
    await crm.set_field(HERE, ANN, "contact.handoff_context", "wants a yard")
    contact = await crm.find_contact(HERE, ANN)
    assert contact is not None
    assert contact.tags == {"Hot"}
    note_id = await crm.add_note(HERE, ANN, "Likes calls")
    assert await crm.find_note(HERE, ANN, "Likes calls", since=MONDAY) == note_id
    await crm.remove_note(HERE, ANN, note_id)
    task_id = await crm.add_task(HERE, ANN, TASK)
    assert await crm.find_task(HERE, ANN, TASK) == task_id
    await crm.start_workflow(HERE, ANN, WORKFLOW, at=TEN)
    location = await crm.find_location(HERE)
    assert location is not None
    assert location.timezone == "America/Chicago"
    assert "Buyer-Lead" in await crm.list_tags(HERE)
    await crm.create_tag(HERE, "Brand new")
    made = await crm.create_field(HERE, "Favourite Color")
    assert made.key == "favourite_color"
    assert made in await crm.list_fields(HERE)
    assert [one.calendar_id for one in await crm.list_calendars(HERE)] == [CALENDAR]
    assert TEN in await crm.free_slots(HERE, CALENDAR, begin=MONDAY, end=TUESDAY)
    booked = await crm.book(HERE, ANN, CALENDAR, starts_at=TEN, title="Showing")
    assert await crm.find_appointment(HERE, booked.appointment_id) == booked
    assert TEN not in await crm.free_slots(HERE, CALENDAR, begin=MONDAY, end=TUESDAY)
    assert [one.answers_by_itself for one in await crm.list_native_bots(HERE)] == [True]


async def test_adapter_and_sandbox_keep_to_the_published_operations(sandbox: SandboxServer) -> None:
    """Each request has the published path, version and body, each answer the published status and fields."""
    operations, faults = Operations(), list[str]()

    async def check(answer: httpx.Response) -> None:
        await answer.aread()
        faults.extend(operations.faults(answer.request, answer))

    async with httpx.AsyncClient(base_url=await sandbox.start(), event_hooks={"response": [check]}) as client:
        await ask_everything(HighLevelCrm(client, "pit-1", True), sandbox)

    unused = {("GET", "/workflows/"), ("POST", "/oauth/token")}
    assert [] == faults
    assert {(one["method"], one["path"]) for one in operations.known} - operations.met == unused


Ask = Callable[[HighLevel, str, str], Awaitable[Any]]

SDK_CALLS: dict[str, Ask] = {
    "send": lambda sdk, _m, _a: sdk.conversations.send_a_new_message(
        {"type": "SMS", "contactId": ANN, "message": "Hi"}
    ),
    "search": lambda sdk, _m, _a: sdk.conversations.search_conversation(HERE, contact_id=ANN),
    "transcript": lambda sdk, message, _a: sdk.conversations.get_message_transcription(HERE, message),
    "add tags": lambda sdk, _m, _a: sdk.contacts.add_tags(ANN, {"tags": ["Hot"]}),
    "remove tags": lambda sdk, _m, _a: sdk.contacts.remove_tags(ANN, {"tags": ["Hot"]}),
    "contact": lambda sdk, _m, _a: sdk.contacts.get_contact(ANN),
    "update": lambda sdk, _m, _a: sdk.contacts.update_contact(
        ANN, {"customFields": [{"key": "handoff_context", "fieldValue": "x"}]}
    ),
    "note": lambda sdk, _m, _a: sdk.contacts.create_note(ANN, {"body": "N"}),
    "notes": lambda sdk, _m, _a: sdk.contacts.get_all_notes(ANN),
    "task": lambda sdk, _m, _a: sdk.contacts.create_task(
        ANN, {"title": "T", "dueDate": "2026-03-02T16:00:00Z", "completed": False}
    ),
    "tasks": lambda sdk, _m, _a: sdk.contacts.get_all_tasks(ANN),
    "workflow": lambda sdk, _m, _a: sdk.contacts.add_contact_to_workflow(
        ANN, WORKFLOW, {"eventStartTime": "2026-03-02T16:00:00+00:00"}
    ),
    "location": lambda sdk, _m, _a: sdk.locations.get_location(HERE),
    "fields": lambda sdk, _m, _a: sdk.locations.get_custom_fields(HERE, "contact"),
    "new field": lambda sdk, _m, _a: sdk.locations.create_custom_field(
        HERE, {"name": "Pet", "dataType": "TEXT", "model": "contact"}
    ),
    "tags": lambda sdk, _m, _a: sdk.locations.get_location_tags(HERE),
    "new tag": lambda sdk, _m, _a: sdk.locations.create_tag(HERE, {"name": "Pet owner"}),
    "calendars": lambda sdk, _m, _a: sdk.calendars.get_calendars(HERE),
    "slots": lambda sdk, _m, _a: sdk.calendars.get_slots(
        CALENDAR, MONDAY.timestamp() * 1000, TUESDAY.timestamp() * 1000
    ),
    "book": lambda sdk, _m, _a: sdk.calendars.create_appointment(
        {"calendarId": CALENDAR, "locationId": HERE, "contactId": ANN, "startTime": "2026-03-02T16:00:00Z"}
    ),
    "appointment": lambda sdk, _m, appointment: sdk.calendars.get_appointment(appointment),
    "workflows": lambda sdk, _m, _a: sdk.workflows.get_workflow(HERE),
    "native bots": lambda sdk, _m, _a: sdk.conversation_ai.search_agent(),
}
"""The official client's way to ask what we ask."""


@pytest.fixture
async def sdk(sandbox: SandboxServer) -> AsyncIterator[HighLevel]:
    address = await sandbox.start()

    class Here(HighLevel):  # type: ignore[misc]  # it has no types
        BASE_URL = address

    client = Here(private_integration_token="pit-1")
    yield client
    await client.http_client.aclose()


class TestTheOfficialClient:
    @pytest.mark.parametrize("name", SDK_CALLS)
    async def test_works_with_nothing_but_its_address_changed(
        self, sandbox: SandboxServer, sdk: HighLevel, name: str
    ) -> None:
        """The client gets from the sandbox what HighLevel publishes that it gets."""
        operations, faults = Operations(), list[str]()
        async with httpx.AsyncClient(base_url=str(sdk.http_client.base_url)) as client:
            booked = await HighLevelCrm(client, "pit-1", True).book(
                HERE, ANN, CALENDAR, starts_at=TEN.replace(hour=17), title="Earlier"
            )

        async def check(answer: httpx.Response) -> None:
            await answer.aread()
            faults.extend(operations.faults(answer.request, answer, is_v3=True))

        sdk.http_client.event_hooks["response"].append(check)
        await SDK_CALLS[name](sdk, sandbox.state.messages[0].message_id, booked.appointment_id)

        assert (1, []) == (len(operations.met), faults)

    async def test_lists_a_conversation(self, sandbox: SandboxServer, sdk: HighLevel) -> None:
        """The messages of a conversation come newest first."""
        ann = sandbox.state.take_up_contact(HERE, ANN)
        sandbox.state.keep_message(ann, direction="outbound", body="Hi", channel="SMS")

        page = await sdk.conversations.get_messages(ann.conversation_id, limit=1)

        assert [one["body"] for one in page["messages"]] == ["Hi"]

    @pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning")  # the client's own way to send a form
    async def test_changes_a_code_into_tokens_and_refreshes_them_once(
        self, sandbox: SandboxServer, sdk: HighLevel
    ) -> None:
        """A code and a refresh token are good once, and the answer is in the words of version 3."""
        sandbox.state.codes["code-1"] = HERE
        app = {"clientId": "app-1", "clientSecret": "secret"}

        first = await sdk.oauth.get_access_token(app | {"grantType": "authorization_code", "code": "code-1"})
        second = await sdk.oauth.refresh_token(first["refreshToken"], "app-1", "secret", "refresh_token", "Location")

        assert (first["locationId"], second["accessToken"] in sandbox.state.access_tokens) == (HERE, True)
        assert first["refreshToken"] not in sandbox.state.refresh_tokens


class TestRefusals:
    async def test_a_422_names_its_field(self, sandbox: SandboxServer) -> None:
        """HighLevel's list of sentences becomes one, and the first property it complains of is the field."""
        async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
            with pytest.raises(CrmRefused, match="message") as raised:
                await HighLevelCrm(client, "pit-1", True).send_text(HERE, ANN, "", channel="SMS")

        assert raised.value.field == "message"

    async def test_an_unknown_field_is_refused_before_anything_is_written(self, sandbox: SandboxServer) -> None:
        """HighLevel would pass over an unknown field in silence."""
        async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
            with pytest.raises(CrmRefused, match="jorge setup"):
                await HighLevelCrm(client, "pit-1", True).set_field(HERE, ANN, "shoe_size", "9")

    async def test_field_ids_are_asked_for_once(self, sandbox: SandboxServer) -> None:
        """A hundred fields set cost one look-up of their ids."""
        paths = list[str]()

        async def note(request: httpx.Request) -> None:
            paths.append(request.url.path)

        async with httpx.AsyncClient(base_url=await sandbox.start(), event_hooks={"request": [note]}) as client:
            crm = HighLevelCrm(client, "pit-1", True)
            for value in ("a", "b", "c"):
                await crm.set_field(HERE, ANN, "handoff_context", value)

        assert paths.count("/locations/loc-1/customFields") == 1

    async def test_a_missing_scope_is_an_operators_matter(self, sandbox: SandboxServer) -> None:
        """A token without the right says so, in HighLevel's words."""
        sandbox.state.scopes = frozenset({"contacts.readonly"})
        async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
            with pytest.raises(CrmAccessDenied, match="scope"):
                await HighLevelCrm(client, "pit-1", True).add_tags(HERE, ANN, frozenset({"Hot"}))

    async def test_taken_hour_is_refused(self, sandbox: SandboxServer) -> None:
        """An hour is given once."""
        async with httpx.AsyncClient(base_url=await sandbox.start()) as client:
            crm = HighLevelCrm(client, "pit-1", True)
            await crm.book(HERE, ANN, CALENDAR, starts_at=TEN, title="First")

            with pytest.raises(CrmRefused, match="no longer available"):
                await crm.book(HERE, ANN, CALENDAR, starts_at=TEN, title="Second")

    async def test_messages_are_read_one_level_deeper_too(self) -> None:
        """HighLevel has sent the page of messages inside `messages`."""
        message = {"id": "m-1", "direction": "outbound", "body": "Hi", "dateAdded": "2026-03-02T10:00:00-06:00"}

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/search"):
                return httpx.Response(200, json={"conversations": [{"id": "c-1"}]})
            return httpx.Response(200, json={"messages": {"nextPage": False, "messages": [message]}})

        async with httpx.AsyncClient(base_url="http://crm.test", transport=httpx.MockTransport(answer)) as client:
            found = await HighLevelCrm(client, "pit-1", False).find_sent(HERE, ANN, "Hi", since=MONDAY)

        assert found == "m-1"
