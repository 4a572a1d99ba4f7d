"""`/sandbox/...` for people and tests: contacts made and shown, faults asked for."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from ghl_real_estate_ai.crm.sandbox.bodies import Body
from ghl_real_estate_ai.crm.sandbox.contact_routes import known_contact
from ghl_real_estate_ai.crm.sandbox.shown import contact_shown, message_shown, note_shown
from ghl_real_estate_ai.crm.sandbox.state import Fault, FaultKind, SandboxState

DETAILS = ("firstName", "lastName", "phone", "email", "state", "postalCode", "timezone", "source")


class NewContactBody(Body):
    model_config = ConfigDict(extra="allow", populate_by_name=True)

    contact_id: Annotated[str, Field(alias="id", min_length=1)]
    location_id: Annotated[str, Field(alias="locationId", min_length=1)] = "default"
    tags: Annotated[list[str], Field(default_factory=list)]
    dnd: bool = False


class DndBody(Body):
    dnd: bool


class FaultBody(Body):
    kind: FaultKind
    path_prefix: str = "/"
    times: Annotated[int, Field(ge=1)] = 1
    method: str | None = None
    retry_after: float | None = None
    seconds: Annotated[float, Field(gt=0, le=300)] = 1.0
    location_id: str | None = None


def build_trial_routes(state: SandboxState) -> APIRouter:
    """Return `/sandbox/contacts`, `/sandbox/messages` and `/sandbox/faults`."""
    routes = APIRouter(prefix="/sandbox", tags=["Sandbox"])

    @routes.post("/contacts", status_code=201)
    async def create_contact(body: NewContactBody) -> JSONResponse:
        known = state.find_contact(body.location_id, body.contact_id)
        contact = known or state.take_up_contact(body.location_id, body.contact_id)
        if known is None:
            contact.tags = list(dict.fromkeys(body.tags))
            contact.dnd = body.dnd
            extra = body.model_extra or {}
            contact.details = {name: str(extra[name]) for name in DETAILS if extra.get(name) is not None}
        return JSONResponse({"contact": contact_shown(state, contact)}, status_code=201 if known is None else 200)

    @routes.put("/contacts/{contact_id:path}/dnd")
    async def set_dnd(contact_id: str, body: DndBody, location_id: str | None = None) -> dict[str, object]:
        contact = known_contact(state, location_id, contact_id)
        contact.dnd = body.dnd
        return {"contact": contact_shown(state, contact)}

    @routes.get("/contacts/{contact_id:path}")
    async def show_contact(contact_id: str, location_id: str | None = None) -> dict[str, object]:
        contact = known_contact(state, location_id, contact_id)
        messages = state.messages_of(contact.location_id, contact_id)
        return {
            "contact": contact_shown(state, contact),
            "notes": [note_shown(contact, note) for note in contact.notes],
            "messages": [message_shown(message) for message in messages],
        }

    @routes.get("/messages")
    async def show_messages(contact_id: str | None = None, location_id: str | None = None) -> dict[str, object]:
        return {"messages": [message_shown(message) for message in state.messages_of(location_id, contact_id)]}

    @routes.post("/faults", status_code=201)
    async def ask_for_fault(body: FaultBody) -> dict[str, object]:
        state.faults.append(
            Fault(
                kind=body.kind,
                path_prefix=body.path_prefix,
                times=body.times,
                method=body.method,
                retry_after=body.retry_after,
                seconds=body.seconds,
                location_id=body.location_id,
            )
        )
        return {"faults": len(state.faults)}

    @routes.delete("/faults")
    async def forget_faults() -> dict[str, object]:
        state.faults.clear()
        return {"faults": 0}

    return routes
