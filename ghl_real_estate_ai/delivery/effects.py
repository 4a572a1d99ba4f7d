"""Effects as rows hold them: a kind and a JSON object; pure."""

from collections.abc import Mapping
from typing import Any, assert_never

from ghl_real_estate_ai.crm.model import AddNote, AddTag, Effect, RemoveNote, RemoveTag, SendText, SetField
from ghl_real_estate_ai.errors import Rejected

KINDS = ("send_text", "add_tag", "remove_tag", "set_field", "add_note", "remove_note")
"""What this version can carry out; a row of another kind waits for a sender that knows it."""


class UnknownEffect(Rejected):
    """A row holds an effect that this version cannot read: it was written by another version."""


def to_json(effect: Effect) -> tuple[str, dict[str, Any]]:
    """Return the kind and the payload of *effect*."""
    match effect:
        case SendText(text, channel, even_if_opted_out):
            return "send_text", {"text": text, "channel": channel, "even_if_opted_out": even_if_opted_out}
        case AddTag(tag):
            return "add_tag", {"tag": tag}
        case RemoveTag(tag):
            return "remove_tag", {"tag": tag}
        case SetField(key, value):
            return "set_field", {"key": key, "value": value}
        case AddNote(text):
            return "add_note", {"text": text}
        case RemoveNote(note_id):
            return "remove_note", {"note_id": note_id}
        case _:
            assert_never(effect)


def from_json(kind: str, payload: Mapping[str, Any]) -> Effect:
    """Return the effect that `to_json` took apart.

    Raises:
        UnknownEffect: no effect of this version has that kind, or the payload is not its.
    """
    try:
        match kind:
            case "send_text":
                return SendText(
                    payload["text"], payload.get("channel", "SMS"), payload.get("even_if_opted_out", False) is True
                )
            case "add_tag":
                return AddTag(payload["tag"])
            case "remove_tag":
                return RemoveTag(payload["tag"])
            case "set_field":
                return SetField(payload["key"], payload["value"])
            case "add_note":
                return AddNote(payload["text"])
            case "remove_note":
                return RemoveNote(payload["note_id"])
            case _:
                raise UnknownEffect(f"No effect is called {kind!r}.", field="kind")
    except KeyError as error:
        raise UnknownEffect(f"An effect {kind!r} without {error}.", field="payload") from None
