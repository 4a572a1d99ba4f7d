"""What a location must have before Jorge can work in it: tags, custom fields, and rights of its token; pure."""

TAGS = (
    "Needs Qualifying",
    "Buyer-Lead",
    "Seller-Lead",
    "AI-Off",
    "Stop-Bot",
    "Qualified",
    "Seller-Qualified",
    "Human-Follow-Up-Needed",
    "Needs-Manual-Scheduling",
)
"""Those that people give or look for; the others make themselves when a contact first gets them."""

FIELDS = (
    "handoff_context",
    "handoff_source",
    "handoff_target",
    "handoff_outcome",
    "handoff_confidence",
    "handoff_timestamp",
)
"""Keys of the fields that we write; HighLevel makes a key from a name, and these names are their own keys."""

SCOPES = (
    "contacts.readonly",
    "contacts.write",
    "conversations.readonly",
    "conversations.write",
    "conversations/message.readonly",
    "conversations/message.write",
    "locations.readonly",
    "locations/customFields.readonly",
    "locations/customFields.write",
    "locations/tags.readonly",
    "locations/tags.write",
    "calendars.readonly",
    "calendars/events.readonly",
    "calendars/events.write",
    "workflows.readonly",
    "conversation-ai.readonly",
)
"""What a token must allow, whether it is a private integration's or an app's."""


def field_key(name: str) -> str:
    """The key under which we know a field, of whatever spelling: `contact.Handoff_Context` is `handoff_context`."""
    return name.strip().removeprefix("{{").removesuffix("}}").strip().casefold().removeprefix("contact.")


def plain_tag(tag: str) -> str:
    """A tag as it is looked up: in small letters, with spaces."""
    return " ".join(tag.casefold().replace("-", " ").replace("_", " ").split())
