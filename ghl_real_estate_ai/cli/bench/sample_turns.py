"""Turns to record: the six records of an ordinary one, in the shape that a real turn gives them."""

from datetime import datetime

import uuid_utils.compat

from ghl_real_estate_ai.conversation.clock import SystemClock
from ghl_real_estate_ai.telemetry.model import InteractionRecord, OperationRecord, RecordBatch
from ghl_real_estate_ai.telemetry.turn_records import STEPS

RECORDS = len(STEPS) + 1
DURATIONS_MS = (0.41, 0.22, 0.05, 2.31, 3.04)
_clock = SystemClock()


def turn_batch(run: str, number: int, at: datetime | None = None) -> RecordBatch:
    """The records of turn *number* of *run*; both stand in the contact's id, by which what arrived is told apart."""
    at = at or _clock.now()
    contact_id = f"{run}-{number}"
    operations = tuple(
        OperationRecord(
            bot_name="seller_bot", operation=step, duration_ms=duration, timestamp=at, contact_id=contact_id
        )
        for step, duration in zip(STEPS, DURATIONS_MS, strict=True)
    )
    interaction = InteractionRecord(bot_type="seller", duration_ms=3.04, timestamp=at, contact_id=contact_id)
    return RecordBatch(uuid_utils.compat.uuid7(), (*operations, interaction))
