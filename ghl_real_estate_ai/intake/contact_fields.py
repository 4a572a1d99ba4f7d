"""What an event's fields tell about its contact, in each of the spellings that HighLevel uses."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ghl_real_estate_ai.crm.needs import field_key
from ghl_real_estate_ai.intake.model import ContactKnowledge
from ghl_real_estate_ai.intake.plain_text import clean_detail

Fields = Mapping[str, Any]

MOST_TAGS = 500
MOST_FIELDS = 200
_DND_IN_FORCE = frozenset({"active", "permanent"})
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def nested(fields: Fields, name: str) -> Fields:
    """Return the object under *name*, or an empty one."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def first_told(sources: tuple[Fields, ...], *names: str) -> str | None:
    """Return the first short text under any of *names* in any of *sources*."""
    for source in sources:
        for name in names:
            told = clean_detail(source.get(name))
            if told is not None:
                return told
    return None


def read_knowledge(fields: Fields, *, source_names: tuple[str, ...] = ()) -> ContactKnowledge:
    """Read what *fields* and the `contact` object inside them tell.

    `source_names` are the fields that name the lead's source; on a message `source` means something else.
    """
    contact = nested(fields, "contact")
    sources = (contact, fields)
    return ContactKnowledge(
        tags=_first_tags(sources),
        dnd=_dnd(contact) if _dnd(contact) is not None else _dnd(fields),
        first_name=first_told(sources, "firstName", "first_name"),
        phone=first_told(sources, "phone"),
        email=first_told(sources, "email"),
        state=first_told(sources, "state"),
        postal_code=first_told(sources, "postalCode", "postal_code"),
        timezone=first_told(sources, "timezone"),
        source=first_told((fields,), *source_names) or first_told((contact,), "source"),
    )


def read_named_fields(fields: Fields) -> dict[str, str]:
    """Read everything in *fields* and in its custom data that could be a custom field, by the key of its name."""
    named = {**fields, **nested(fields, "customData")}
    told = ((name, _field_text(value)) for name, value in list(named.items())[:MOST_FIELDS])
    return {_key_of(name): text for name, text in told if text is not None}


def read_tags(value: object) -> frozenset[str] | None:
    """Read a list of tags or a comma-separated text; None when it is neither (unknown, not empty)."""
    if isinstance(value, str):
        parts: Sequence[object] = value.split(",", MOST_TAGS)[:MOST_TAGS]
    elif isinstance(value, list) and all(isinstance(item, str) for item in value):
        parts = value[:MOST_TAGS]
    else:
        return None
    cleaned = (clean_detail(part) for part in parts)
    return frozenset(tag for tag in cleaned if tag is not None)


def read_moment(*values: object) -> datetime | None:
    """Return the first of *values* that is a moment between 2000 and 2100: ISO 8601 (UTC without a zone), or
    milliseconds since 1970."""
    for value in values:
        moment = _moment(value)
        if moment is not None and _EARLIEST <= moment < _LATEST:
            return moment
    return None


def _moment(value: object) -> datetime | None:
    try:
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value.strip())
            return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _first_tags(sources: tuple[Fields, ...]) -> frozenset[str] | None:
    for source in sources:
        tags = read_tags(source.get("tags"))
        if tags is not None:
            return tags
    return None


def _key_of(name: str) -> str:
    return field_key(name).replace(" ", "_").replace("-", "_")


def _field_text(value: object) -> str | None:
    """A field as text; the labels of ticked boxes come as a list."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "; ".join(value)
    return clean_detail(value) or "" if isinstance(value, str) else None


def _dnd(fields: Fields) -> bool | None:
    """True when any channel is closed; False only when something says so and nothing says otherwise."""
    whole = _yes_or_no(fields.get("dnd"))
    settings = fields.get("dndSettings")
    if not isinstance(settings, dict):
        return whole
    states = {str(channel.get("status")).lower() for channel in settings.values() if isinstance(channel, dict)}
    if whole or states & _DND_IN_FORCE:
        return True
    return False if states else whole


def _yes_or_no(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return None
