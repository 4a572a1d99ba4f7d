"""The sandbox's contacts, with their tags, custom fields and notes."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import AliasChoices, Field

from ghl_real_estate_ai.crm.needs import field_key
from ghl_real_estate_ai.crm.sandbox.access import Location
from ghl_real_estate_ai.crm.sandbox.bodies import Body
from ghl_real_estate_ai.crm.sandbox.shown import contact_shown, note_shown
from ghl_real_estate_ai.crm.sandbox.state import SandboxContact, SandboxState


class TagsBody(Body):
    tags: list[str]


class CustomField(Body):
    field_id: Annotated[str | None, Field(alias="id")] = None
    key: str | None = None
    field_value: Annotated[Any, Field(validation_alias=AliasChoices("field_value", "fieldValue", "value"))] = None


class UpdateBody(Body):
    custom_fields: Annotated[list[CustomField], Field(alias="customFields", default_factory=list)]
    tags: list[str] | None = None
    dnd: bool | None = None


class NoteBody(Body):
    body: Annotated[str, Field(min_length=1)]


def build_contact_routes(state: SandboxState) -> APIRouter:
    """Return `/contacts/...`: the contact itself, its tags and its notes."""
    routes = APIRouter(prefix="/contacts", tags=["HighLevel"])
    # `:path`, since an id may hold a slash; the longer paths therefore come first.

    @routes.post("/{contact_id:path}/tags", status_code=201)
    async def add_tags(contact_id: str, body: TagsBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        contact.add_tags(body.tags)
        return {"tags": contact.tags}

    @routes.delete("/{contact_id:path}/tags")
    async def remove_tags(contact_id: str, body: TagsBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        contact.remove_tags(body.tags)
        return {"tags": contact.tags}

    @routes.post("/{contact_id:path}/notes", status_code=201)
    async def add_note(contact_id: str, body: NoteBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        return {"note": note_shown(contact, state.keep_note(contact, body.body))}

    @routes.delete("/{contact_id:path}/notes/{note_id}")
    async def remove_note(contact_id: str, note_id: str, location: Location = None) -> dict[str, object]:
        contact = known_contact(state, location, contact_id)
        if all(note.note_id != note_id for note in contact.notes):
            raise HTTPException(404, "There is no such note.")
        contact.notes = [note for note in contact.notes if note.note_id != note_id]
        return {"succeded": True}

    @routes.get("/{contact_id:path}/notes")
    async def list_notes(contact_id: str, location: Location = None) -> dict[str, object]:
        contact = state.find_contact(location, contact_id)
        return {"notes": [] if contact is None else [note_shown(contact, note) for note in contact.notes]}

    @routes.get("/{contact_id:path}")
    async def get_contact(contact_id: str, location: Location = None) -> dict[str, object]:
        return {"contact": contact_shown(state, known_contact(state, location, contact_id))}

    @routes.put("/{contact_id:path}")
    async def update_contact(contact_id: str, body: UpdateBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        _set_fields(state, contact, body.custom_fields)
        contact.tags = contact.tags if body.tags is None else list(body.tags)
        contact.dnd = contact.dnd if body.dnd is None else body.dnd
        return {"succeded": True, "contact": contact_shown(state, contact)}

    return routes


def known_contact(state: SandboxState, location_id: str | None, contact_id: str) -> SandboxContact:
    """The contact, or HighLevel's 404."""
    contact = state.find_contact(location_id, contact_id)
    if contact is None:
        raise HTTPException(404, f"Contact with id {contact_id} not found")
    return contact


def _set_fields(state: SandboxState, contact: SandboxContact, given: list[CustomField]) -> None:
    """As in HighLevel: a field is named by its id, or by its key; one that is not there is passed over in silence."""
    fields = state.location(contact.location_id).fields
    keys = {known.key for known in fields.values()}
    for one in given:
        known = fields.get(one.field_id or "")
        key = known.key if known is not None else field_key(one.key or "")
        if key in keys:
            contact.fields[key] = str(one.field_value)
