"""The telemetry of one turn, all of it in one batch and so in one frame of the journal."""

from ghl_real_estate_ai.conversation.model import Bot
from ghl_real_estate_ai.telemetry.model import HandoffEventRecord, InteractionRecord, OperationRecord, RecordBatch
from ghl_real_estate_ai.telemetry.turn_records import records_of_timings, timings_of_turn
from ghl_real_estate_ai.turns.model import ClaimedTurn, FinishedTurn


def bot_name(bot: Bot | str) -> str:
    """The bot's name in `jorge_performance_operations`: `lead_bot` and so on."""
    return f"{bot}_bot"


def stored_timings(finished: FinishedTurn) -> dict[str, float]:
    """The timings for the turn's row: all that its records can be rebuilt from, should its process die before them."""
    decision = finished.decision
    handed_by = None
    if decision.handoff is not None and decision.handoff.source.bot is not None:
        handed_by = decision.handoff.source.value
    return timings_of_turn(
        finished.timings(),
        bot=decision.bot.value,
        handed_by=handed_by,
        completed=None if decision.completed is None else decision.completed.value,
    )


def records_of(finished: FinishedTurn) -> RecordBatch:
    """Every step and the interaction; a handoff adds `handoff` (source bot) and `execute`; completing adds
    `full_qualification`."""
    decision = finished.decision
    contact = decision.conversation.contact
    timings = stored_timings(finished)
    told = records_of_timings(
        timings, at=finished.claim.at, location_id=contact.location_id, contact_id=contact.contact_id
    )
    handed = () if decision.handoff is None else (_handed(finished, timings["decide"], success=True),)
    return RecordBatch(turn_id=finished.turn_id, records=(*told, *handed))


def unsaved_handoff_of(finished: FinishedTurn) -> RecordBatch:
    """That the handoff of a turn which cannot be saved was not carried out; of no turn, since none has written it."""
    handed = () if finished.decision.handoff is None else (_handed(finished, finished.elapsed_ms(), success=False),)
    return RecordBatch(turn_id=None, records=handed)


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


def _handed(finished: FinishedTurn, duration_ms: float, *, success: bool) -> HandoffEventRecord:
    """With *success* for the memory alone: the row was written with the turn."""
    handoff = finished.decision.handoff
    assert handoff is not None  # noqa: S101 - the caller has asked
    contact = finished.decision.conversation.contact
    return HandoffEventRecord(
        source_bot=handoff.source.value,
        target_bot=handoff.target.value,
        success=success,
        duration_ms=duration_ms,
        timestamp=finished.claim.at,
        location_id=contact.location_id,
        contact_id=contact.contact_id,
    )
