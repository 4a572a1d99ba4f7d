"""Whatever is sent, reading ends in an event or in one of the two refusals."""

import json
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from ghl_real_estate_ai.conversation.model import EventId
from ghl_real_estate_ai.intake.errors import BadField, NotJson
from ghl_real_estate_ai.intake.model import EventState, IncomingEvent
from ghl_real_estate_ai.intake.parse_event import HEADERS_KEPT, parse_event

FIELD_NAMES = [
    "type",
    "event",
    "data",
    "contact_id",
    "contactId",
    "message",
    "message_id",
    "messageId",
    "body",
    "messageType",
    "direction",
    "location",
    "locationId",
    "location_id",
    "metadata",
    "contact",
    "tags",
    "dnd",
    "dndSettings",
    "customData",
    "id",
    "webhookId",
    "timestamp",
    "dateAdded",
    "status",
    "attachments",
    "callStatus",
    "plainText",
    "source",
    "first_name",
    "phone",
]
WORDS = ["InboundMessage", "OutboundMessage", "ContactTagUpdate", "Email", "SMS", "CALL", "inbound", "a,b", "<p>x</p>"]

texts = st.text(st.characters(), max_size=30) | st.sampled_from(WORDS)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts
names = st.sampled_from(FIELD_NAMES) | st.text(max_size=5)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6), max_leaves=25
)
payloads = st.dictionaries(names, values, max_size=12)
header_values = st.text(st.characters(max_codepoint=255), max_size=40)
headers = st.dictionaries(st.sampled_from([*HEADERS_KEPT, "cookie"]), header_values, max_size=4)


def read(body: bytes, sent_headers: dict[str, str]) -> IncomingEvent | None:
    try:
        return parse_event(body, sent_headers, default_location="home", event_id=EventId(UUID(int=1)))
    except (NotJson, BadField):
        return None


@given(st.binary(max_size=300), headers)
def test_any_bytes_end_in_an_event_or_a_refusal(body: bytes, sent_headers: dict[str, str]) -> None:
    """No bytes raise anything but the two refusals."""
    event = read(body, sent_headers)

    assert event is None or event.body == body


@given(payloads, headers)
@example({"type": "InboundMessage", "contactId": "c", "messageType": "Email", "body": "<![CDATA[<p>"}, {})
def test_any_object_becomes_an_event_that_the_tables_take(
    payload: dict[str, object], sent_headers: dict[str, str]
) -> None:
    """Whatever an object holds, what is read of it fits the columns and keeps its promises."""
    event = read(json.dumps(payload).encode(), sent_headers)

    if event is None:
        return
    stored = [event.kind, event.location_id, event.contact_id, event.text, event.channel, event.crm_message_id]
    stored += [*event.knowledge.details.values(), *(event.knowledge.tags or ()), *event.headers.values()]
    stored += [key.key for key in event.keys]
    assert [value for value in stored if value is not None and _cannot_be_stored(value)] == []
    assert len(event.kind) <= 40
    assert all(len(key.key) <= 300 for key in event.keys)
    if event.state is EventState.PENDING:
        assert event.contact_id
        assert event.text
        assert event.channel
    else:
        assert event.reason


def _cannot_be_stored(value: str) -> bool:
    return "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value)
