"""What the CRM is asked before a request is carried out: the one confirmation, and our own traces in it; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from ghl_real_estate_ai.compliance.privacy import PrivacyKind, confirmation
from ghl_real_estate_ai.conversation.clock import new_uuid7
from ghl_real_estate_ai.crm.model import Effect, RemoveNote, SendText, SetField
from ghl_real_estate_ai.delivery.model import OutboxEntry
from ghl_real_estate_ai.privacy.model import PrivacyRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class OurTraces:
    """What we have left of a person in the CRM."""

    fields: tuple[str, ...] = ()
    """The custom fields that we have written."""
    note_ids: tuple[str, ...] = ()
    """The notes of ours whose id we know."""


def prefix_of(request: PrivacyRequest) -> str:
    """How the keys of its effects begin."""
    return f"privacy:{request.request_id}:"


def farewell(request: PrivacyRequest, traces: OurTraces, *, epoch: int) -> list[OutboxEntry]:
    """The confirmation to the lead, and for a deletion what takes our traces away."""
    effects: list[Effect] = [SendText(confirmation(request.kind, request.language, request.request_id))]
    if request.kind is PrivacyKind.DELETE:
        effects += [SetField(key, "") for key in traces.fields]
        effects += [RemoveNote(note_id) for note_id in traces.note_ids]
    return [_entry(request, effect, number, epoch) for number, effect in enumerate(effects)]


def notes_left(left: Iterable[str | None], removed: Iterable[str]) -> list[str | None]:
    """Those of our notes, by id, that a person must remove: not taken away, or of unknown id (null)."""
    gone = set(removed)
    return [note_id for note_id in left if note_id is None or note_id not in gone]


def _entry(request: PrivacyRequest, effect: Effect, number: int, epoch: int) -> OutboxEntry:
    return OutboxEntry(
        effect_id=new_uuid7(),
        effect_key=f"{prefix_of(request)}{number}",
        location_id=request.location_id,
        contact_id=request.contact_id,
        turn_id=None,
        effect=effect,
        epoch=epoch,
        initiated=True,
    )
