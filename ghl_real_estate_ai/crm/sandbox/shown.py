"""How the sandbox writes what it remembers: HighLevel's names, numbers and moments; pure."""

from datetime import UTC, datetime

from ghl_real_estate_ai.crm.sandbox.state import (
    SandboxContact,
    SandboxMessage,
    SandboxNote,
    SandboxState,
    SandboxTask,
)

TYPES = {
    "CALL": (1, "TYPE_CALL"),
    "SMS": (2, "TYPE_SMS"),
    "Email": (3, "TYPE_EMAIL"),
    "WhatsApp": (19, "TYPE_WHATSAPP"),
    "Live_Chat": (29, "TYPE_LIVE_CHAT"),
}
"""HighLevel's number and name of a kind of message."""


def contact_shown(state: SandboxState, contact: SandboxContact) -> dict[str, object]:
    """A contact as HighLevel answers it."""
    fields = state.location(contact.location_id).fields
    return {
        "id": contact.contact_id,
        "locationId": contact.location_id,
        "tags": contact.tags,
        "dnd": contact.dnd,
        "dndSettings": {"SMS": {"status": "active" if contact.dnd else "inactive"}},
        "customFields": [
            {"id": known.field_id, "value": contact.fields[known.key]}
            for known in fields.values()
            if known.key in contact.fields
        ],
        **contact.details,
    }


def message_shown(message: SandboxMessage) -> dict[str, object]:
    """A message as HighLevel answers it."""
    return {
        "id": message.message_id,
        "type": TYPES.get(message.channel, TYPES["SMS"])[0],
        "messageType": TYPES.get(message.channel, TYPES["SMS"])[1],
        "locationId": message.location_id,
        "contactId": message.contact_id,
        "conversationId": message.conversation_id,
        "dateAdded": moment_shown(message.added_at),
        "body": message.body,
        "direction": message.direction,
        "status": message.status,
        "contentType": "text/plain",
        "source": "api" if message.direction == "outbound" else None,
    }


def conversation_shown(state: SandboxState, contact: SandboxContact) -> dict[str, object]:
    """A conversation as HighLevel's search answers it."""
    messages = state.conversation(contact.conversation_id)
    name = " ".join(filter(None, (contact.details.get("firstName"), contact.details.get("lastName"))))
    return {
        "id": contact.conversation_id,
        "contactId": contact.contact_id,
        "locationId": contact.location_id,
        "lastMessageBody": messages[0].body if messages else "",
        "lastMessageType": TYPES.get(messages[0].channel, TYPES["SMS"])[1] if messages else "TYPE_SMS",
        "type": "TYPE_PHONE",
        "unreadCount": 0,
        "fullName": name,
        "contactName": name,
        "email": contact.details.get("email") or "",
        "phone": contact.details.get("phone") or "",
    }


def task_shown(contact: SandboxContact, task: SandboxTask) -> dict[str, object]:
    """A task as HighLevel answers it."""
    return {
        "id": task.task_id,
        "title": task.title,
        "body": task.body,
        "assignedTo": task.assigned_to,
        "dueDate": task.due_date,
        "completed": task.is_completed,
        "contactId": contact.contact_id,
    }


def note_shown(contact: SandboxContact, note: SandboxNote) -> dict[str, object]:
    """A note as HighLevel answers it."""
    return {
        "id": note.note_id,
        "body": note.body,
        "contactId": contact.contact_id,
        "dateAdded": moment_shown(note.added_at),
    }


def moment_shown(moment: datetime) -> str:
    """To the millisecond, in UTC with a Z, as HighLevel writes it; rounded down as there."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
