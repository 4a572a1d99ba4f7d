"""The telemetry of one turn, all of it in one batch and so in one frame of the journal."""

from collections.abc import Mapping

from ghl_real_estate_ai.conversation.model import Bot
from ghl_real_estate_ai.telemetry.model import HandoffEventRecord, InteractionRecord, OperationRecord, RecordBatch
from ghl_real_estate_ai.turns.model import ClaimedTurn, FinishedTurn

STEPS = ("understand", "decide", "phrase", "save", "process")


def bot_name(bot: Bot | str) -> str:
    """The bot's name in `jorge_performance_operations`: `lead_bot` and so on."""
    return f"{bot}_bot"


def records_of(finished: FinishedTurn, timings: Mapping[str, float]) -> RecordBatch:
    """Every step and the interaction; a handoff adds `handoff` (source bot) and `execute`; completing adds
    `full_qualification`."""
    decision = finished.decision
    answering = bot_name(decision.bot.value)
    operations = [(answering, step, timings.get(step, 0.0)) for step in STEPS]
    if decision.handoff is not None and decision.handoff.source.bot is not None:
        operations.append((bot_name(decision.handoff.source.value), "handoff", timings["decide"]))
        operations.append(("handoff", "execute", timings["save"]))
    if decision.completed is not None:
        operations.append((bot_name(decision.completed.value), "full_qualification", timings["process"]))
    contact = decision.conversation.contact
    at = finished.claim.at
    handed = () if decision.handoff is None else (_handed(finished, timings["decide"]),)
    return RecordBatch(
        turn_id=finished.turn_id,
        records=(
            *(
                OperationRecord(
                    bot_name=name,
                    operation=operation,
                    duration_ms=duration,
                    success=True,
                    cache_hit=None,
                    metadata=None,
                    timestamp=at,
                    location_id=contact.location_id,
                    contact_id=contact.contact_id,
                )
                for name, operation, duration in operations
            ),
            InteractionRecord(
                bot_type=decision.bot.value,
                duration_ms=timings["process"],
                success=True,
                cache_hit=None,
                metadata=None,
                timestamp=at,
                location_id=contact.location_id,
                contact_id=contact.contact_id,
            ),
            *handed,
        ),
    )


def failure_of(claim: ClaimedTurn, elapsed_ms: float) -> RecordBatch:
    """A turn that an error of ours ended: a failed `process` and a failed interaction of the bot that owns it."""
    conversation = claim.conversation
    bot = conversation.owner.bot or Bot.LEAD
    location_id, contact_id = conversation.contact.location_id, conversation.contact.contact_id
    return RecordBatch(
        turn_id=None,
        records=(
            OperationRecord(
                bot_name=bot_name(bot.value),
                operation="process",
                duration_ms=elapsed_ms,
                success=False,
                timestamp=claim.at,
                location_id=location_id,
                contact_id=contact_id,
            ),
            InteractionRecord(
                bot_type=bot.value,
                duration_ms=elapsed_ms,
                success=False,
                timestamp=claim.at,
                location_id=location_id,
                contact_id=contact_id,
            ),
        ),
    )


def _handed(finished: FinishedTurn, duration_ms: float) -> HandoffEventRecord:
    """For the memory alone: the row was written with the turn."""
    handoff = finished.decision.handoff
    assert handoff is not None  # noqa: S101 - the caller has asked
    contact = finished.decision.conversation.contact
    return HandoffEventRecord(
        source_bot=handoff.source.value,
        target_bot=handoff.target.value,
        success=True,
        duration_ms=duration_ms,
        timestamp=finished.claim.at,
        location_id=contact.location_id,
        contact_id=contact.contact_id,
    )
