"""Finds out what a token allows, by requests that change nothing."""

from ghl_real_estate_ai.conversation.model import LocationId
from ghl_real_estate_ai.crm.highlevel.calls import HighLevelCalls
from ghl_real_estate_ai.crm.ports import CrmAccessDenied, CrmRefused

NOBODY = "jorge-doctor-asks-for-nobody"

READS = {
    "contacts.readonly": f"/contacts/{NOBODY}",
    "conversations.readonly": "/conversations/search?locationId={location}&limit=1",
    "conversations/message.readonly": f"/conversations/{NOBODY}/messages",
    "locations.readonly": "/locations/{location}",
    "locations/customFields.readonly": "/locations/{location}/customFields",
    "locations/tags.readonly": "/locations/{location}/tags",
    "calendars.readonly": "/calendars/?locationId={location}",
    "calendars/events.readonly": f"/calendars/events/appointments/{NOBODY}",
    "workflows.readonly": "/workflows/?locationId={location}",
    "conversation-ai.readonly": "/conversation-ai/agents/search",
}
"""By scope, a path whose reading needs it."""

EMPTY_WRITES = {
    "contacts.write": f"/contacts/{NOBODY}/tasks",
    "conversations/message.write": "/conversations/messages",
    "locations/customFields.write": "/locations/{location}/customFields",
    "locations/tags.write": "/locations/{location}/tags",
    "calendars/events.write": "/calendars/events/appointments",
}
"""By scope, a path to which an empty body is sent: with the scope it is refused as incomplete, without as forbidden."""


async def missing_scopes(calls: HighLevelCalls, location_id: LocationId) -> list[str]:
    """Return the scopes that the token lacks, of those that can be found out.

    Raises:
        Retryable: the CRM cannot be asked.
    """
    missing = []
    for scope, path in (READS | EMPTY_WRITES).items():
        try:
            await _try(calls, location_id, path, is_write=scope in EMPTY_WRITES)
        except CrmAccessDenied:
            missing.append(scope)
        except CrmRefused:
            continue  # it was understood and found wanting: the right is there
    return missing


async def _try(calls: HighLevelCalls, location_id: LocationId, template: str, *, is_write: bool) -> None:
    path, _, asked = template.partition("?")
    path = path.replace("{location}", location_id)
    query = dict(part.split("=", 1) for part in asked.replace("{location}", location_id).split("&")) if asked else None
    if is_write:
        await calls.call("POST", path, location_id, body={})
    else:
        await calls.read(path, location_id, query=query, may_be_absent=True)
