"""The sandbox's calendars: hours that are free, and appointments that take them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ghl_real_estate_ai.crm.sandbox.state import SandboxAppointment, SandboxLocation, SandboxState

LENGTH = timedelta(hours=1)
LONGEST_RANGE_DAYS = 31
"""HighLevel refuses a longer one."""


class AppointmentBody(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    calendar_id: Annotated[str, Field(alias="calendarId", min_length=1)]
    location_id: Annotated[str, Field(alias="locationId", min_length=1)]
    contact_id: Annotated[str, Field(alias="contactId", min_length=1)]
    starts_at: Annotated[AwareDatetime, Field(alias="startTime")]
    title: str = ""
    status: Annotated[str, Field(alias="appointmentStatus")] = "confirmed"
    is_forced: Annotated[bool, Field(alias="ignoreFreeSlotValidation")] = False


def build_calendar_routes(state: SandboxState) -> APIRouter:
    """Return `/calendars/...`."""
    routes = APIRouter(prefix="/calendars", tags=["HighLevel"])

    @routes.get("/")
    async def list_calendars(location_id: Annotated[str, Query(alias="locationId")]) -> dict[str, object]:
        known = state.location(location_id).calendars
        shown = [{"id": one, "name": name, "locationId": location_id, "isActive": True} for one, name in known.items()]
        return {"calendars": shown}

    @routes.post("/events/appointments")
    async def book(body: AppointmentBody) -> dict[str, object]:
        return _appointment_shown(_booked(state, body))

    @routes.get("/events/appointments/{appointment_id}")
    async def get_appointment(appointment_id: str) -> dict[str, object]:
        known = (one for place in state.locations.values() for one in place.appointments)
        for one in known:
            if one.appointment_id == appointment_id:
                return {"event": _appointment_shown(one) | _event_details(one)}
        raise HTTPException(404, "Appointment not found")

    @routes.get("/{calendar_id}/free-slots")
    async def list_free_slots(
        calendar_id: str,
        begin_milliseconds: Annotated[float, Query(alias="startDate")],
        end_milliseconds: Annotated[float, Query(alias="endDate")],
    ) -> dict[str, object]:
        begin, end = _moment(begin_milliseconds), _moment(end_milliseconds)
        if not 0 <= (end - begin).days <= LONGEST_RANGE_DAYS:
            raise HTTPException(400, f"The range must be of {LONGEST_RANGE_DAYS} days at most.")
        days = _by_day(_place_of(state, calendar_id).free_slots(calendar_id, begin, end))
        return {**days, "traceId": state.new_id()}

    return routes


def _booked(state: SandboxState, body: AppointmentBody) -> SandboxAppointment:
    place = _place_of(state, body.calendar_id)
    if place.location_id != body.location_id or state.find_contact(body.location_id, body.contact_id) is None:
        raise HTTPException(400, "The contact or the location is not found.")
    starts_at = body.starts_at.astimezone(UTC)
    free = {slot.astimezone(UTC) for slot in place.free_slots(body.calendar_id, starts_at, _just_after(starts_at))}
    if starts_at not in free and not body.is_forced:
        raise HTTPException(400, "The slot you have selected is no longer available.")
    made = SandboxAppointment(
        appointment_id=state.new_id(),
        calendar_id=body.calendar_id,
        location_id=body.location_id,
        contact_id=body.contact_id,
        title=body.title,
        starts_at=starts_at,
        status=body.status,
    )
    place.appointments.append(made)
    return made


def _by_day(slots: list[datetime]) -> dict[str, dict[str, list[str]]]:
    days: dict[str, dict[str, list[str]]] = {}
    for slot in slots:
        days.setdefault(slot.date().isoformat(), {"slots": []})["slots"].append(slot.isoformat())
    return days


def _place_of(state: SandboxState, calendar_id: str) -> SandboxLocation:
    for place in state.locations.values():
        if calendar_id in place.calendars:
            return place
    raise HTTPException(404, "Calendar not found")


def _moment(milliseconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        raise HTTPException(422, ["startDate and endDate must be milliseconds since 1970"]) from None


def _just_after(moment: datetime) -> datetime:
    return moment.replace(microsecond=min(moment.microsecond + 1, 999_999))


def _appointment_shown(one: SandboxAppointment) -> dict[str, object]:
    return {
        "id": one.appointment_id,
        "calendarId": one.calendar_id,
        "locationId": one.location_id,
        "contactId": one.contact_id,
        "title": one.title,
        "startTime": one.starts_at.isoformat().replace("+00:00", "Z"),
        "appointmentStatus": one.status,
    }


def _event_details(one: SandboxAppointment) -> dict[str, object]:
    """What HighLevel tells of an appointment that is looked up, and not of one that is made."""
    made_at = one.starts_at.isoformat().replace("+00:00", "Z")
    return {
        "endTime": (one.starts_at + LENGTH).isoformat().replace("+00:00", "Z"),
        "groupId": "",
        "assignedUserId": "sandbox-user",
        "users": [],
        "dateAdded": made_at,
        "dateUpdated": made_at,
    }
