"""How a handoff went, told from what happened after it; pure.

Between bots, the first of these stands: `failed` when the CRM refused the handoff's tags or the new bot's words, or
when the lead's next message within 30 minutes is an opt-out or a request for a person; `reverted` when the contact
goes back within 30 minutes; `successful` at the later of the lead's first engaged message and 30 minutes, if that
message came within 24 hours; else `timeout` at 24 hours.  To a person: `successful` when one writes within the time
promised, else `timeout`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from ghl_real_estate_ai.conversation.model import ContactId, Handed, LocationId, Owner, Slot
from ghl_real_estate_ai.handoff.decide_handoff import asks_for_a_person
from ghl_real_estate_ai.understanding.model import Intent

SETTLING = timedelta(minutes=30)
"""How long a handoff may still turn out wrong."""
PATIENCE = timedelta(hours=24)
PERSON_SLA = timedelta(minutes=15)
"""How soon a person is to write, unless the settings say otherwise."""
CARRYING_EFFECTS = frozenset({"send_text", "add_tag", "remove_tag"})
"""Kinds of effects without which the CRM does not show the handoff, or the lead does not hear of it."""
OPT_OUT_FLAG = "opt_out"
"""Of a turn in which the lead opted out."""
_NOT_ENGAGED = frozenset({Intent.OPT_OUT, Intent.WRONG_NUMBER, Intent.NOT_INTERESTED})


class HandoffOutcome(StrEnum):
    """How a handoff went, as in `jorge_handoff_outcomes.outcome`."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    REVERTED = "reverted"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingHandoff:
    """A handoff whose outcome is not known yet."""

    event_id: UUID
    location_id: LocationId
    contact_id: ContactId
    source: Owner
    target: Owner
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)
    """What was stored with it: confidence, threshold, turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the lead wrote for one turn, as it was understood."""

    at: datetime
    intents: Mapping[Intent, float]
    tells: bool = False
    """Whether it states a fact."""
    wishes_a_time: bool = False
    """Whether the fact is a time to be called or met at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """Everything that happened to a contact after a handoff, each part oldest first."""

    inbound: Sequence[Answered] = ()
    handoffs: Sequence[Handed] = ()
    crm_failures: Sequence[datetime] = ()
    """When the CRM's part of this handoff was given up."""
    person_wrote: Sequence[datetime] = ()
    """When somebody of the team wrote to the lead."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """How it went, since when that is certain, and why."""

    outcome: HandoffOutcome
    at: datetime
    why: str


def resolve_outcome(
    handoff: PendingHandoff, after: Afterwards, now: datetime, *, person_sla: timedelta = PERSON_SLA
) -> Resolution | None:
    """Say how *handoff* went by *now*, or None while that is open.

    The time of the answer is when the rule was fulfilled, however much later it is asked.
    """
    told = _to_person(handoff, after, person_sla) if handoff.target is Owner.HUMAN else _to_bot(handoff, after)
    # At the same moment the worse news stands: `min` keeps the first, and `_to_bot` names those first.
    return min((one for one in told if one.at <= now), key=lambda one: one.at, default=None)


def answered_of(signals: Mapping[str, Any], at: datetime) -> Answered:
    """What a turn's stored signals say; names that this version does not know are left out."""
    known = set(Intent)
    slots = {stated.get("slot") for stated in signals.get("slots", ())}
    intents: dict[Intent, float] = {}
    for found in signals.get("intents", ()):
        if found["label"] in known:
            intent = Intent(found["label"])
            intents[intent] = max(intents.get(intent, 0.0), float(found["confidence"]))
    return Answered(at=at, intents=intents, tells=bool(slots), wishes_a_time=Slot.APPOINTMENT.value in slots)


def answered_at_turn(
    signals: Mapping[str, Any], flags: Iterable[str], written_at: datetime, turn_at: datetime
) -> Answered:
    """What a turn's stored signals and flags say of the lead's words; they were never written later than the turn,
    whatever the CRM's clock says."""
    answer = answered_of(signals, min(written_at, turn_at))
    # The flag also stands for the words of the STOP family that the understanding does not know.
    return replace(answer, intents={**answer.intents, Intent.OPT_OUT: 1.0}) if OPT_OUT_FLAG in flags else answer


def not_before(answer: Answered, at: datetime) -> Answered:
    """The same, and where it was written before *at* and read after it, it counts from then."""
    return answer if answer.at >= at else replace(answer, at=at)


def is_engaged(answer: Answered) -> bool:
    """Whether the lead goes on with the bot that asked: not by an opt-out, a refusal, a call for a person, or thanks
    alone."""
    if _NOT_ENGAGED & set(answer.intents) or _wants_a_person(answer):
        return False
    return answer.tells or set(answer.intents) != {Intent.THANKS}


def _to_person(handoff: PendingHandoff, after: Afterwards, sla: timedelta) -> Iterator[Resolution]:
    deadline = handoff.at + sla
    wrote = next((at for at in after.person_wrote if handoff.at <= at <= deadline), None)
    if wrote is not None:
        yield Resolution(HandoffOutcome.SUCCESSFUL, wrote, "A person wrote in time")
    yield Resolution(HandoffOutcome.TIMEOUT, deadline, "No person wrote in time")


def _to_bot(handoff: PendingHandoff, after: Afterwards) -> Iterator[Resolution]:
    """All that may be told of it, the worse first."""
    settled, given_up = handoff.at + SETTLING, handoff.at + PATIENCE
    if after.crm_failures:
        yield Resolution(HandoffOutcome.FAILED, min(after.crm_failures), "The CRM did not take it")
    first = after.inbound[0] if after.inbound else None
    if first is not None and first.at < settled and _wants_away(first):
        opted_out = Intent.OPT_OUT in first.intents
        yield Resolution(HandoffOutcome.FAILED, first.at, "The lead opted out" if opted_out else "A person was wanted")
    back = _first_at(past.at for past in after.handoffs if past.target is handoff.source and past.at < settled)
    if back is not None:
        yield Resolution(HandoffOutcome.REVERTED, back, f"The contact went back to {handoff.source.value}")
    engaged = _first_at(answer.at for answer in after.inbound if is_engaged(answer))
    if engaged is not None and engaged <= given_up:
        yield Resolution(HandoffOutcome.SUCCESSFUL, max(engaged, settled), "The lead went on with the new bot")
    yield Resolution(HandoffOutcome.TIMEOUT, given_up, "The lead did not go on within a day")


def _first_at(moments: Iterable[datetime]) -> datetime | None:
    return min(moments, default=None)


def _wants_away(answer: Answered) -> bool:
    return Intent.OPT_OUT in answer.intents or _wants_a_person(answer)


def _wants_a_person(answer: Answered) -> bool:
    return asks_for_a_person(answer.intents.get(Intent.HUMAN, 0.0), wishes_a_time=answer.wishes_a_time)
