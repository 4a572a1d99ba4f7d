"""Each shape that HighLevel, a workflow or a person sends is read for what it is."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ghl_real_estate_ai.conversation.model import EventId
from ghl_real_estate_ai.intake.errors import BadField, NotJson
from ghl_real_estate_ai.intake.model import EventState, IncomingEvent
from ghl_real_estate_ai.intake.parse_event import parse_event

PAYLOADS = Path(__file__).parents[2] / "fixtures" / "highlevel"
LOCATION, CONTACT = "LocAustin0000000000a1", "ConMaria000000000b2"


def read(payload: object, **headers: str) -> IncomingEvent:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return parse_event(body, headers, default_location="home", event_id=EventId(UUID(int=1)))


def payload(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return loaded


@pytest.mark.parametrize(
    ("name", "kind", "state", "reason", "channel"),
    [
        ("inbound_sms", "InboundMessage", "pending", None, "SMS"),
        ("inbound_sms_without_ids", "InboundMessage", "pending", None, "SMS"),
        ("inbound_picture", "InboundMessage", "ignored", "attachment_only", "SMS"),
        ("inbound_email", "InboundMessage", "pending", None, "Email"),
        ("inbound_call", "OutboundMessage", "known", "call", None),
        ("inbound_voicemail", "InboundMessage", "known", "voicemail", None),
        ("internal_comment", "OutboundMessage", "ignored", "comment", None),
        ("outbound_sms_by_person", "OutboundMessage", "pending", "person_wrote", "SMS"),
        ("outbound_sms_by_api", "OutboundMessage", "known", "sent_by_api", "SMS"),
        ("contact_create", "ContactCreate", "known", "contact", None),
        ("contact_tag_update", "ContactTagUpdate", "known", "contact", None),
        ("contact_dnd_update", "ContactDndUpdate", "known", "contact", None),
        ("contact_delete", "ContactDelete", "known", "contact", None),
        ("note_create", "NoteCreate", "ignored", "event_not_needed", None),
        ("provider_outbound_sms", "SMS", "ignored", "event_not_needed", None),
        ("outbound_sms_failed", "OutboundMessage", "known", "send_failed", "SMS"),
        ("appointment_create", "AppointmentCreate", "ignored", "event_not_needed", None),
        ("appointment_cancelled", "AppointmentCreate", "ignored", "event_not_needed", None),
        ("opportunity_stage_update", "OpportunityStageUpdate", "ignored", "event_not_needed", None),
        ("voice_ai_call_end", "VoiceAiCallEnd", "known", "call", None),
        ("workflow_reply", "workflow", "pending", None, "SMS"),
        ("workflow_custom_message", "workflow", "pending", None, "SMS"),
        ("workflow_tag_added", "workflow", "known", "contact", "SMS"),
        ("nested_message", "InboundMessage", "pending", None, "SMS"),
        ("wrapped_sms", "InboundMessage", "pending", None, "SMS"),
        ("conversation_message_create", "ConversationMessageCreate", "pending", None, "SMS"),
    ],
)
def test_each_payload_is_read_for_what_it_is(
    name: str, kind: str, state: str, reason: str | None, channel: str | None
) -> None:
    """A payload's kind, use and channel are recognised, in its location and for its contact."""
    event = read(payload(name))

    assert (event.kind, event.state, event.reason, event.channel) == (kind, state, reason, channel)
    assert (event.location_id, event.contact_id, event.quiet) == (LOCATION, CONTACT, reason != "person_wrote")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("inbound_sms", "Hi, is the house on Elm Court still for sale?"),
        ("workflow_reply", "I want to sell my house"),
        ("workflow_custom_message", "Looking for 3 bedrooms"),
        ("nested_message", "Do you have condos downtown?"),
        ("wrapped_sms", "Hi, is the house on Elm Court still for sale?"),
        ("conversation_message_create", "What is my home worth?"),
    ],
)
def test_the_text_is_found_where_each_shape_keeps_it(name: str, text: str) -> None:
    """What the lead wrote is the event's text, wherever the shape puts it."""
    event = read(payload(name))

    assert event.text == text


def test_an_email_is_read_without_markup_and_without_the_quoted_message() -> None:
    """Only the writer's own words count, never the style sheet and never our words quoted below."""
    event = read(payload("inbound_email"))

    assert event.text is not None
    assert [line for line in event.text.split("\n") if line] == ["Yes & my budget is $450k", "Thanks", "Maria"]
    assert event.crm_message_id == "MailOne000000e5"


def test_an_app_install_is_kept_and_ignored() -> None:
    """An event about no contact is kept under its location."""
    event = read(payload("app_install"))

    assert (event.kind, event.state, event.contact_id) == ("INSTALL", EventState.IGNORED, None)


def test_contact_details_tags_and_dnd_are_taken_from_a_contact_event() -> None:
    """A contact event tells everything the contact's row holds."""
    told = read(payload("contact_create")).knowledge

    assert told.tags == frozenset({"Needs Qualifying", "vip"})
    assert told.dnd is False
    assert told.details == {
        "first_name": "Maria",
        "phone": "+15125550143",
        "email": "maria.ortega@example.com",
        "state": "TX",
        "postal_code": "78704",
        "source": "open house form",
    }


def test_a_contacts_creation_date_is_not_when_a_later_event_happened() -> None:
    """`dateAdded` of a contact event is ignored; its `timestamp` counts."""
    created, changed = read(payload("contact_create")), read(payload("contact_tag_update"))

    assert created.occurred_at is None
    assert changed.occurred_at == datetime(2026, 3, 3, 19, 0, tzinfo=UTC)


def test_one_closed_channel_is_dnd_though_the_whole_says_no() -> None:
    """A permanent SMS block counts even where `dnd` itself is false."""
    told = read(payload("contact_dnd_update")).knowledge

    assert told.dnd is True


def test_a_deleted_contact_tells_nothing() -> None:
    """What a deletion repeats of the contact is not taken for news."""
    told = read(payload("contact_delete")).knowledge

    assert told.says_something is False


def test_workflow_tags_are_split_and_its_timezone_and_source_are_taken() -> None:
    """The workflow's comma-separated tags are all the contact's tags."""
    told = read(payload("workflow_reply")).knowledge

    assert told.tags == frozenset({"needs qualifying", "open house"})
    assert (told.timezone, told.source) == ("America/Chicago", "open house form")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [("", frozenset()), ([], frozenset()), (None, None), (7, None), (["a", 7], None), ({"a": 1}, None)],
)
def test_having_no_tags_is_not_the_same_as_unknown_tags(tags: object, expected: frozenset[str] | None) -> None:
    """An empty list or text says "none"; anything unreadable says nothing."""
    event = read(payload("workflow_reply") | {"tags": tags})

    assert event.knowledge.tags == expected


def test_a_single_added_tag_is_not_all_tags() -> None:
    """The tag event that names one tag leaves the set of tags unknown."""
    event = read({"type": "ContactTagAdded", "contactId": "c1", "tag": "Buyer-Lead"})

    assert (event.state, event.contact_id, event.knowledge.tags) == (EventState.KNOWN, "c1", None)


def test_a_message_type_nobody_answers_gets_no_turn() -> None:
    """An unknown message type is kept as knowledge: better silent than wrong."""
    event = read(payload("inbound_sms") | {"messageType": "TYPE_ACTIVITY_APPOINTMENT"})

    assert (event.state, event.reason) == (EventState.KNOWN, "channel_not_answered")


@pytest.mark.parametrize(
    ("told", "channel"), [("TYPE_SMS", "SMS"), ("CHAT", "Live_Chat"), ("TYPE_WHATSAPP", "WhatsApp"), ("Email", "Email")]
)
def test_message_types_are_read_in_each_spelling(told: str, channel: str) -> None:
    """HighLevel's several spellings of a message type lead to the one it wants when sending."""
    event = read(payload("inbound_sms") | {"messageType": told})

    assert event.channel == channel


def test_a_message_without_a_contact_is_ignored() -> None:
    """Nobody can be answered where nobody is named."""
    message = payload("inbound_sms")
    del message["contactId"]

    event = read(message)

    assert (event.state, event.reason) == (EventState.IGNORED, "no_contact")


@pytest.mark.parametrize("shape", [{}, {"location_id": "x"}, {"hello": "world"}, {"data": {}}, {"contactId": "c1"}])
def test_an_object_of_no_known_shape_is_ignored(shape: dict[str, object]) -> None:
    """A JSON object that nobody knows is kept, not refused."""
    event = read(shape)

    assert (event.kind, event.state, event.reason) == ("unknown", EventState.IGNORED, "unknown_shape")


def test_a_bare_post_is_due_at_once_for_a_contact_that_may_be_new() -> None:
    """The bare shape has no quiet period, and a contact never seen is handed to the lead bot."""
    event = read({"contact_id": "test_123", "message": "I want to buy", "metadata": {"any": ["thing"]}})

    assert (event.kind, event.state, event.quiet) == ("bare", EventState.PENDING, False)
    assert (event.location_id, event.contact_id, event.text) == ("home", "test_123", "I want to buy")
    assert event.new_contact_tags == frozenset({"Needs Qualifying"})
    assert event.keys == ()


def test_a_bare_post_may_name_its_location() -> None:
    """`location_id` of the bare shape wins over the default."""
    event = read({"contact_id": "c1", "message": "hi", "location_id": "elsewhere"})

    assert event.location_id == "elsewhere"


@pytest.mark.parametrize(
    ("post", "field"),
    [
        ({"contact_id": "c1"}, "message"),
        ({"message": "hi"}, "contact_id"),
        ({"contact_id": 5, "message": "hi"}, "contact_id"),
        ({"contact_id": None, "message": "hi"}, "contact_id"),
        ({"contact_id": "c1", "message": ["hi"]}, "message"),
        ({"contact_id": "c1", "message": "hi", "location_id": 5}, "location_id"),
        ({"contact_id": " ", "message": "hi"}, "contact_id"),
        ({"contact_id": "c\u0000", "message": "hi"}, "contact_id"),
        ({"contact_id": "c" * 256, "message": "hi"}, "contact_id"),
        ({"contact_id": "c1", "message": "hi", "location_id": "l" * 256}, "location_id"),
        ({"contact_id": "c1", "metadata": {}}, "message"),
    ],
)
def test_a_wrong_bare_post_is_refused_by_the_field(post: dict[str, object], field: str) -> None:
    """A bare post with a missing or non-text field is refused, and the field is named."""
    with pytest.raises(BadField) as refused:
        read(post)

    assert refused.value.field == field


def test_a_field_more_makes_it_no_bare_post() -> None:
    """With any other key the post is read as a workflow's, quiet period and all."""
    event = read({"contact_id": "c1", "message": "hi", "tags": "a,b"})

    assert (event.kind, event.state, event.quiet) == ("workflow", EventState.PENDING, True)


@pytest.mark.parametrize("blank", ["", "   ", "\n\t", "\u0000\u0001", "\u200b\ufeff"])
def test_a_blank_message_is_ignored(blank: str) -> None:
    """Nothing visible is nothing to answer."""
    event = read({"contact_id": "c1", "message": blank})

    assert (event.state, event.reason) == (EventState.IGNORED, "blank")


def test_controls_are_stripped_and_the_body_is_kept_as_it_came() -> None:
    """NUL and controls leave the text; the raw body keeps them."""
    body = b'{"contact_id": "c1", "message": "a\\u0000b\\u0007c\\r\\nd\\te\\u0085"}'

    event = read(body)

    assert (event.text, event.body) == ("abc\nd\te", body)


def test_a_long_text_is_kept_whole() -> None:
    """Text over 2,000 characters is stored whole."""
    event = read({"contact_id": "c1", "message": "x" * 5000})

    assert event.text == "x" * 5000


def test_half_an_emoji_does_not_lose_the_message() -> None:
    """A text cut inside a character is read without the broken half."""
    event = read(b'{"contact_id": "c1", "message": "nice \\ud83d"}')

    assert event.text == "nice "


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"hello",
        b"{",
        b"[]",
        b'"text"',
        b"12",
        b"null",
        b"\xff\xfe{}",
        b'{"a": NaN}',
        b'{"a": NaN, "b": "\\ud83d"}',
        b'{"a":' * 100 + b"1" + b"}" * 100,
        b"[" * 400_000,
        b'{"a": "\\ud83d", "b": ' + b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """An empty body, other JSON, no JSON, and a bottomless one are refused."""
    with pytest.raises(NotJson):
        read(body)


def test_wide_is_not_deep() -> None:
    """Many brackets side by side are no deep nesting."""
    event = read({"contact_id": "c1", "message": "hi", "metadata": [[] for _ in range(500)]})

    assert event.state is EventState.PENDING


def test_an_event_is_a_duplicate_by_webhook_id_and_by_type_and_message_id() -> None:
    """A signed event carries both keys, remembered for a fortnight."""
    event = read(payload("inbound_sms"))

    assert [(key.key, key.window) for key in event.keys] == [
        ("webhook:3f0a2a2e-6f1f-4b4e-9a54-0d3f6f7f1111", timedelta(days=14)),
        ("message:InboundMessage:MsgSms0000000000d4", timedelta(days=14)),
    ]


def test_a_dated_message_without_ids_is_a_duplicate_by_its_body() -> None:
    """Where HighLevel leaves both ids out, the same body with the same moment is the same event."""
    message = payload("inbound_sms_without_ids")

    first, again, undated = read(message), read(message), read(message | {"dateAdded": None})

    assert first.keys == again.keys != ()
    assert undated.keys == ()


def test_a_workflow_call_is_a_duplicate_by_body_and_trace_for_a_minute() -> None:
    """The same body under another trace is a lead who repeats themselves."""
    reply = payload("workflow_reply")

    first, again, other = (read(reply, traceparent=trace) for trace in ("00-a-1-01", "00-a-1-01", "00-b-1-01"))

    assert first.keys == again.keys != other.keys
    assert [key.window for key in first.keys] == [timedelta(seconds=60)]


def test_a_bare_post_is_a_duplicate_only_by_its_idempotency_key() -> None:
    """With an Idempotency-Key the sender says that it is the same post."""
    event = read({"contact_id": "c1", "message": "hi"}, **{"idempotency-key": "abc"})

    assert [key.key for key in event.keys] == ["idempotency:abc"]


@pytest.mark.parametrize("long", ["k" * 5000, "k\u0000", "k\ud83d"])
def test_an_unwieldy_key_becomes_a_digest(long: str) -> None:
    """A key that no index takes is kept as its digest."""
    event = read(payload("note_create") | {"webhookId": long})

    assert len(event.keys[0].key) == len("webhook:") + 64


def test_secrets_are_not_among_the_kept_headers() -> None:
    """Of the headers only the harmless ones are kept."""
    event = read(
        payload("inbound_sms"),
        **{"x-jorge-secret": "s3cret", "authorization": "Bearer t", "cookie": "c", "traceparent": "00-a-1-01"},
    )

    assert event.headers == {"traceparent": "00-a-1-01"}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-03T16:00:05", datetime(2026, 3, 3, 16, 0, 5, tzinfo=UTC)),
        ("2026-03-03T16:00:05+02:00", datetime(2026, 3, 3, 14, 0, 5, tzinfo=UTC)),
        (1772553605000, datetime(2026, 3, 3, 16, 0, 5, tzinfo=UTC)),
        ("1666-01-01T00:00:00Z", None),
        ("yesterday", None),
        (True, None),
        (1e300, None),
    ],
)
def test_moments_are_read_or_left_out(
    moment: object, expected: datetime | None, read_message: Callable[[object], IncomingEvent]
) -> None:
    """A moment that makes no sense is none."""
    event = read_message(moment)

    assert event.occurred_at == expected


@pytest.fixture
def read_message() -> Callable[[object], IncomingEvent]:
    """Read the text message with another date and no other moment in it."""
    undated = {name: value for name, value in payload("inbound_sms").items() if name != "timestamp"}
    return lambda moment: read(undated | {"dateAdded": moment})


def test_a_text_without_an_id_is_the_same_under_another_webhook_id():
    """A retry may come under a webhook id of its own; the message is the same all the same."""
    first = payload("inbound_sms_without_ids") | {"webhookId": "hook-1", "timestamp": "2026-03-03T16:00:01Z"}
    retried = first | {"webhookId": "hook-2", "timestamp": "2026-03-03T16:09:01Z"}
    another = first | {"webhookId": "hook-3", "body": "And is the one on Oak Street?"}

    keys = [{key.key for key in read(each).keys} for each in (first, retried, another)]

    assert keys[0] & keys[1]
    assert not keys[0] & keys[2]


def test_a_message_that_failed_later_is_another_event_than_its_sending():
    """The failure of a message that was told before is news."""
    sent = payload("outbound_sms_failed") | {"status": "sent", "webhookId": "hook-a"}
    failed = payload("outbound_sms_failed") | {"webhookId": "hook-b"}
    again = payload("outbound_sms_failed") | {"webhookId": "hook-c"}

    keys = [{key.key for key in read(each).keys} for each in (sent, failed, again)]

    assert not keys[0] & keys[1]
    assert keys[1] & keys[2]


def test_an_app_that_goes_is_kept():
    """An uninstallation names a location and no contact."""
    event = read(payload("app_uninstall"))

    assert (event.kind, event.state, event.location_id, event.contact_id) == ("UNINSTALL", "ignored", LOCATION, None)
