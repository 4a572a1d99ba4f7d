"""What is to be done about a contact of the sandbox: tasks and workflows."""

from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import Field

from ghl_real_estate_ai.crm.sandbox.access import Location
from ghl_real_estate_ai.crm.sandbox.bodies import Body
from ghl_real_estate_ai.crm.sandbox.contact_routes import known_contact
from ghl_real_estate_ai.crm.sandbox.shown import task_shown
from ghl_real_estate_ai.crm.sandbox.state import SandboxState, SandboxTask


class TaskBody(Body):
    title: Annotated[str, Field(min_length=1)]
    body: str = ""
    due_date: Annotated[str, Field(alias="dueDate", min_length=1)]
    is_completed: Annotated[bool, Field(alias="completed")]
    assigned_to: Annotated[str | None, Field(alias="assignedTo")] = None


class StartBody(Body):
    at: Annotated[str | None, Field(alias="eventStartTime")] = None


def build_work_routes(state: SandboxState) -> APIRouter:
    """What is to be done about a contact: tasks and workflows."""
    routes = APIRouter(prefix="/contacts", tags=["HighLevel"])

    @routes.post("/{contact_id:path}/tasks", status_code=201)
    async def add_task(contact_id: str, body: TaskBody, location: Location = None) -> dict[str, object]:
        contact = state.take_up_contact(location, contact_id)
        task = SandboxTask(
            task_id=state.new_id(),
            title=body.title,
            body=body.body,
            due_date=body.due_date,
            is_completed=body.is_completed,
            assigned_to=body.assigned_to,
        )
        contact.tasks.append(task)
        return {"task": task_shown(contact, task)}

    @routes.get("/{contact_id:path}/tasks")
    async def list_tasks(contact_id: str, location: Location = None) -> dict[str, object]:
        contact = state.find_contact(location, contact_id)
        return {"tasks": [] if contact is None else [task_shown(contact, task) for task in contact.tasks]}

    @routes.post("/{contact_id:path}/workflow/{workflow_id}")
    async def start_workflow(
        contact_id: str, workflow_id: str, body: StartBody, location: Location = None
    ) -> dict[str, object]:
        contact = known_contact(state, location, contact_id)
        place = state.location(contact.location_id)
        if workflow_id not in place.workflows:
            raise HTTPException(404, "Workflow not found")
        place.started.append((contact_id, workflow_id, body.at))
        return {"succeded": True}

    return routes
