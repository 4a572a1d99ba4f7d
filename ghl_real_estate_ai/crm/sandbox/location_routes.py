"""The sandbox's locations: their name and zone, tags, custom fields, workflows, and native bots."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from ghl_real_estate_ai.crm.sandbox.access import Location
from ghl_real_estate_ai.crm.sandbox.state import SandboxField, SandboxLocation, SandboxState


class TagBody(BaseModel):
    name: Annotated[str, Field(min_length=1)]


class FieldBody(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    name: Annotated[str, Field(min_length=1)]
    data_type: Annotated[str, Field(alias="dataType", min_length=1)]


def build_location_routes(state: SandboxState) -> APIRouter:
    """Return `/locations/...`, `/workflows/` and `/conversation-ai/agents/search`."""
    routes = APIRouter(tags=["HighLevel"])

    @routes.get("/locations/{location_id:path}/tags")
    async def list_tags(location_id: str) -> dict[str, object]:
        place = state.location(location_id)
        return {"tags": [_tag_shown(place, tag_id) for tag_id in place.tags]}

    @routes.post("/locations/{location_id:path}/tags", status_code=201)
    async def create_tag(location_id: str, body: TagBody) -> dict[str, object]:
        place = state.location(location_id)
        if body.name.casefold() in {name.casefold() for name in place.tags.values()}:
            raise HTTPException(400, "The tag name is already exist.")
        tag_id = state.new_id()
        place.tags[tag_id] = body.name
        return {"tag": _tag_shown(place, tag_id)}

    @routes.get("/locations/{location_id:path}/customFields")
    async def list_fields(location_id: str, model: str = "all") -> dict[str, object]:
        place = state.location(location_id)
        shown = [_field_shown(place, one) for one in place.fields.values()]
        return {"customFields": shown if model in ("all", "contact") else []}

    @routes.post("/locations/{location_id:path}/customFields", status_code=201)
    async def create_field(location_id: str, body: FieldBody) -> dict[str, object]:
        place = state.location(location_id)
        if body.name.casefold() in {one.name.casefold() for one in place.fields.values()}:
            raise HTTPException(400, f"{body.name} already exists.")
        return {"customField": _field_shown(place, state.add_field(place, body.name, body.data_type))}

    @routes.get("/locations/{location_id:path}")
    async def get_location(location_id: str) -> dict[str, object]:
        place = state.location(location_id)
        return {"location": {"id": location_id, "name": place.name, "timezone": place.timezone}}

    @routes.get("/workflows/")
    async def list_workflows(location_id: Annotated[str, Query(alias="locationId")]) -> dict[str, object]:
        known = state.location(location_id).workflows
        shown = [
            {"id": workflow_id, "name": name, "status": "published", "version": 1, "locationId": location_id}
            for workflow_id, name in known.items()
        ]
        return {"workflows": shown}

    @routes.get("/conversation-ai/agents/search")
    async def search_native_bots(location: Location = None) -> dict[str, object]:
        known = [state.location(location)] if location is not None else list(state.locations.values())
        agents = [_bot_shown(name, mode) for place in known for name, mode in place.native_bots.items()]
        return {"agents": agents, "totalCount": len(agents), "count": len(agents)}

    return routes


def _tag_shown(place: SandboxLocation, tag_id: str) -> dict[str, object]:
    return {"id": tag_id, "name": place.tags[tag_id], "locationId": place.location_id}


def _field_shown(place: SandboxLocation, one: SandboxField) -> dict[str, object]:
    return {
        "id": one.field_id,
        "name": one.name,
        "fieldKey": f"contact.{one.key}",
        "dataType": one.data_type,
        "locationId": place.location_id,
        "model": "contact",
    }


def _bot_shown(name: str, mode: str) -> dict[str, object]:
    return {
        "id": f"agent-{name}",
        "name": name,
        "mode": mode,
        "channels": ["SMS"],
        "waitTime": 2,
        "waitTimeUnit": "seconds",
        "sleepEnabled": False,
        "actions": [],
        "isPrimary": True,
        "autoPilotMaxMessages": 25,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }
