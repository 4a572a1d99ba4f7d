"""The records of a turn from its timings: of a turn that was just taken, and of one that is rebuilt from its row.

A row's timings are milliseconds by step.  Steps of others than the answering bot stand under `who/step`, as
`seller_bot/handoff`; the answering bot itself under `interaction/seller`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ghl_real_estate_ai.telemetry.model import BOT_NAMES, BOT_TYPES, InteractionRecord, OperationRecord

STEPS = ("understand", "decide", "phrase", "save", "process")
WHOLE_TURN = "process"
INTERACTION = "interaction"


def timings_of_turn(
    steps: Mapping[str, float], *, bot: str, handed_by: str | None = None, completed: str | None = None
) -> dict[str, float]:
    """Say in a turn's timings all that its records hold.

    *bot* answered; *handed_by* is the bot that gave the contact away; *completed* the one whose questions are all
    answered now.  A turn that took no time, as when a person takes over, has no records.
    """
    timings = dict(steps)
    if WHOLE_TURN not in timings:
        return timings
    timings[f"{INTERACTION}/{bot}"] = timings[WHOLE_TURN]
    if handed_by is not None:
        timings[f"{handed_by}_bot/handoff"] = timings.get("decide", 0.0)
        timings["handoff/execute"] = timings.get("save", 0.0)
    if completed is not None:
        timings[f"{completed}_bot/full_qualification"] = timings[WHOLE_TURN]
    return timings


def records_of_timings(
    timings: Mapping[str, float],
    *,
    at: datetime,
    location_id: str,
    contact_id: str,
    metadata: Mapping[str, Any] | None = None,
) -> tuple[OperationRecord | InteractionRecord, ...]:
    """Every step as an operation of the answering bot, those of others, and the interaction; nothing without a bot."""
    bot = next((bot for bot in BOT_TYPES if f"{INTERACTION}/{bot}" in timings), None)
    if bot is None:
        return ()
    operations = [(f"{bot}_bot", step, timings.get(step, 0.0)) for step in STEPS]
    for name, duration in timings.items():
        who, _, step = name.partition("/")
        if step and who in BOT_NAMES:
            operations.append((who, step, duration))
    return (
        *(
            OperationRecord(
                bot_name=who,
                operation=step,
                duration_ms=duration,
                timestamp=at,
                location_id=location_id,
                contact_id=contact_id,
                metadata=metadata,
            )
            for who, step, duration in operations
        ),
        InteractionRecord(
            bot_type=bot,
            duration_ms=timings[WHOLE_TURN],
            timestamp=at,
            location_id=location_id,
            contact_id=contact_id,
            metadata=metadata,
        ),
    )
